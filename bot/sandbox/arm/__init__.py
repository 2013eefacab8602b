"""The sandbox's Azure Resource Manager: Site Recovery, Compute and what else the readers ask, drawn from the estate."""

from .faults import Fault, Faults, Trouble
from .server import Received, SandboxArm, Start

__all__ = ["Fault", "Faults", "Received", "SandboxArm", "Start", "Trouble"]
