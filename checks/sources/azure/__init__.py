"""Reading Azure: Site Recovery's vaults, the failed-over VMs, and the few resources beside them."""

from .connection import AzureConnection
from .vault import Fabric, Plan, VaultReader

__all__ = ["AzureConnection", "Fabric", "Plan", "VaultReader"]
