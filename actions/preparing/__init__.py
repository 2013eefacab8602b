"""Preparing: from what somebody asked to a frozen plan with the checks' verdict."""

from .changes import changes
from .collecting import ReadForStart
from .preparer import Preparer

__all__ = ["Preparer", "ReadForStart", "changes"]
