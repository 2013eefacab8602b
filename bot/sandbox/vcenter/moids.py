"""Managed object ids, shaped like vCenter's and the same for an object as long as the sandbox runs."""

ROOT_FOLDER = "group-d1"
DATACENTER = "datacenter-3"
VM_FOLDER = "group-v4"
HOST_FOLDER = "group-h5"
DATASTORE_FOLDER = "group-s6"
NETWORK_FOLDER = "group-n7"
CLUSTER = "domain-c8"
RESOURCE_POOL = "resgroup-9"

_FIRST_FREE = 12
_FIRST_VM = 1000


class Moids:
    """Numbers names as they are first seen; virtual machines have a number of their own."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}

    def host(self, name: str) -> str:
        return self._of("host-", name)

    def datastore(self, name: str) -> str:
        return self._of("datastore-", name)

    def pod(self, name: str) -> str:
        return self._of("group-p", name)

    @staticmethod
    def vm(number: int) -> str:
        return f"vm-{_FIRST_VM + number}"

    @staticmethod
    def snapshot(number: int) -> str:
        return f"snapshot-{_FIRST_VM + number}"

    def _of(self, prefix: str, name: str) -> str:
        return self._given.setdefault((prefix, name), f"{prefix}{_FIRST_FREE + len(self._given)}")
