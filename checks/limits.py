"""Limits that rules judge by and choices go by, each with its source: written once, so that they never differ."""

from datetime import timedelta

HEARTBEAT_LIMIT = timedelta(minutes=15)
"""Microsoft: a server without a heartbeat for 15 minutes is critical (monitor the process server)."""

LOAD_CRITICAL_PERCENT = 95
SPACE_CRITICAL_PERCENT = 25
"""Microsoft: a process server with more of its CPU or memory in use, or less of its cache free, is critical."""

DEAD_VERSIONS = frozenset({"expired", "notsupported"})
"""Words of agent_version_status (SDK: AgentVersionStatus) for a version that no longer works."""

FAILBACK_DATASTORES = frozenset({"vmfs", "vsan"})
"""Microsoft: failback goes to VMFS or vSAN datastores only."""
