"""Preparing: from what somebody asked to a frozen plan with the checks' verdict."""

from .changes import changes

__all__ = ["changes"]
