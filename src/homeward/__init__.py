"""Homeward: brings virtual machines home from Azure, from Slack.

The four folders beside this file are links to the repository's top-level folders (docs/adr/0001-links-in-src.md).
"""

__version__ = "0.1.0"
