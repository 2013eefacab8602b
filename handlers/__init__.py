"""Slack in, Slack out: one module per command or surface, and the views that build blocks."""
