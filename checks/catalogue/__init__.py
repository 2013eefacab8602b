"""The error catalogue: what codes, topics and symptoms mean, and the search in it."""

from .load import entries
from .model import Cause, Entry, Kind, Source, Stack
from .search import Answer, lookup, search
from .wire import as_dict

__all__ = ["Answer", "Cause", "Entry", "Kind", "Source", "Stack", "as_dict", "entries", "lookup", "search"]
