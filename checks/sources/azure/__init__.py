"""Reading Azure: Site Recovery's vaults, the failed-over VMs, and the few resources beside them."""

from .connection import AzureConnection
from .network import unplaced
from .reader import AzureReader
from .vault import Fabric, Plan, VaultReader

__all__ = ["AzureConnection", "AzureReader", "Fabric", "Plan", "VaultReader", "unplaced"]
