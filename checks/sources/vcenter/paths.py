"""The properties that are read: the requests ask for exactly these, and no others can be parsed."""

VM = (
    "name",
    "config.uuid",
    "config.instanceUuid",
    "config.extraConfig",
    "config.hardware.device",
    "config.hardware.memoryMB",
    "guest.toolsRunningStatus",
    "guest.hostName",
    "guest.ipAddress",
    "runtime.connectionState",
    "runtime.powerState",
    "runtime.host",
    "runtime.consolidationNeeded",
    "snapshot",
    "datastore",
)

NAMED_VM = ("name", "config.instanceUuid")
"""Of the other VMs on the target's host."""

KNOWN_VM = ("name", "config.uuid", "config.instanceUuid", "guest.hostName", "guest.ipAddress")
"""Of every VM in the inventory, to find one again."""

HOST = (
    "name",
    "config.product",
    "runtime.connectionState",
    "runtime.inMaintenanceMode",
    "summary.hardware.memorySize",
    "summary.quickStats.overallMemoryUsage",
    "vm",
    "datastore",
)

DATASTORE = (
    "name",
    "summary.type",
    "summary.accessible",
    "summary.maintenanceMode",
    "summary.freeSpace",
    "summary.capacity",
    "host",
    "parent",
)

KNOWN_DATASTORE = ("name",)

POD = ("name", "podStorageDrsEntry")

DATACENTER = ("name", "datastore")

LICENCES = ("licenses",)

PRIVILEGES = ("privilegeList",)
