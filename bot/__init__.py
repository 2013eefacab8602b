"""Wiring and running: register(app), settings, composition, command line, sandbox."""

from .plugin import Homeward, register
from .settings import Settings, SettingsError, load

__all__ = ["Homeward", "Settings", "SettingsError", "load", "register"]
