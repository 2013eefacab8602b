"""Preparing: from what somebody asked to a frozen plan with the checks' verdict, and what there is to choose from."""

from .changes import changes
from .collecting import ReadForStart
from .offering import ForMachine, ForValue, Offered, Offering, Points, Possible
from .preparer import Preparer
from .values import Value

__all__ = [
    "ForMachine",
    "ForValue",
    "Offered",
    "Offering",
    "Points",
    "Possible",
    "Preparer",
    "ReadForStart",
    "Value",
    "changes",
]
