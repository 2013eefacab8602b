"""Wiring and running: register(app), settings, composition, command line, sandbox."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .plugin import Homeward, register
    from .settings import Settings, SettingsError
    from .settings_file import load

__all__ = ["Homeward", "Settings", "SettingsError", "load", "register"]


def __getattr__(name: str) -> object:
    """Imports what a host asks for when it asks: the command line must not wait for Bolt and the Azure SDK."""
    from importlib import import_module

    if name in {"Homeward", "register"}:
        return getattr(import_module(".plugin", __name__), name)
    if name in {"Settings", "SettingsError"}:
        return getattr(import_module(".settings", __name__), name)
    if name == "load":
        return getattr(import_module(".settings_file", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
