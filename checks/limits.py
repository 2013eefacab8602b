"""Limits that rules judge by and choices go by, each with its source: written once, so that they never differ."""

from collections.abc import Mapping
from datetime import timedelta

from .facts import Topology

HEARTBEAT_LIMIT = timedelta(minutes=15)
"""Microsoft: a server without a heartbeat for 15 minutes is critical (monitor the process server)."""

LOAD_CRITICAL_PERCENT = 95
SPACE_CRITICAL_PERCENT = 25
"""Microsoft: a process server with more of its CPU or memory in use, or less of its cache free, is critical."""

DEAD_VERSIONS = frozenset({"expired", "notsupported"})
"""Words of agent_version_status (SDK: AgentVersionStatus) for a version that no longer works."""

FAILBACK_DATASTORES = frozenset({"vmfs", "vsan"})
"""Microsoft: failback goes to VMFS or vSAN datastores only."""

UNSUPPORTED_DATASTORES = frozenset({"nfs", "nfs41"})
"""Microsoft: failback goes to VMFS or vSAN and not to NFS; of other types (VVOL) it says nothing."""

FAILBACK_PROVIDERS: Mapping[Topology, str] = {Topology.CLASSIC: "inmage", Topology.MODERNIZED: "inmagercmfailback"}
"""The provider of a failback policy (SDK: instanceType of the policy)."""

FORWARD_PROVIDERS: Mapping[Topology, str] = {Topology.CLASSIC: "inmageazurev2", Topology.MODERNIZED: "inmagercm"}
"""The provider of a policy toward Azure (SDK: instanceType of the policy)."""

POINT_LATE = timedelta(minutes=15)
"""Microsoft: the recovery point threshold of the failback policy, which cannot be edited."""

POINTS_KEPT = timedelta(hours=24)
"""Microsoft: how long the failback policy keeps recovery points; where the newest is older, none has come for a day."""

MOVES_REMEMBERED = timedelta(days=30)
"""vCenter forgets events after this by default, and so whether a disk was moved before."""
