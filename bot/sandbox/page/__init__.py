"""The sandbox in a browser: its own Slack seen through a page, and the means to break what lies behind."""

from .bot import Bot
from .server import Page

__all__ = ["Bot", "Page"]
