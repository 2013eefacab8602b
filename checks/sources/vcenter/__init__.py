"""Reading vCenter through pyVmomi: read-only, TLS always verified, one round trip for a warm check."""

from .merge import merge
from .read import VCenterReader
from .wanted import OnPremises, VmQuery, Wanted

__all__ = ["OnPremises", "VCenterReader", "VmQuery", "Wanted", "merge"]
