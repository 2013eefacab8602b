"""The sandbox's vCenter: the vSphere API for the real pyVmomi, drawn from the estate."""

from .faults import Faults
from .server import SandboxVCenter

__all__ = ["Faults", "SandboxVCenter"]
