"""What can be broken behind the page, and mended again: Azure's VMs, datastores, Azure itself, the bot, the pace."""

from ..arm.faults import Fault, Trouble
from ..estate.model import Mount, ProtectedItem
from ..run import Sandbox
from .asked import Asked
from .bot import Bot
from .pace import set_speed
from .problems import Problem
from .state import machine_name

WAIT_SECONDS = 30
"""What a throttling Azure asks for: longer than a check waits, so that it tells what keeps it."""
SLOWEST, FASTEST = 1, 3600


class Breaking:
    """`bot` is None where it is somebody else's process."""

    def __init__(self, sandbox: Sandbox, bot: Bot | None) -> None:
        self._sandbox = sandbox
        self._bot = bot
        self._mounts: dict[str, dict[str, Mount]] = {}
        """Those of datastores that were made read-only."""
        self._throttle = Fault(Trouble.REFUSAL, "", None, 429, "TooManyRequests", WAIT_SECONDS)

    @property
    def throttled(self) -> bool:
        return self._throttle in self._sandbox.arm.faults.planned

    async def do(self, asked: Asked) -> None:
        match asked.text("what"):
            case "azure_vm":
                self._azure_vm(asked.text("machine"), running=asked.flag("running"))
            case "datastore":
                self._datastore(asked)
            case "throttle":
                self._throttled(on=asked.flag("on"))
            case "kill":
                await self._kill()
            case "revive":
                await self._revive()
            case "speed":
                set_speed(self._sandbox.estate, asked.number("times", least=SLOWEST, most=FASTEST))
            case what:
                raise Problem(f"There is no {what!r} that could be broken.")

    def _azure_vm(self, name: str, *, running: bool) -> None:
        item = self._item(name)
        if not item.azure_vm or not item.azure_vm.exists:
            raise Problem(f"{name} has no VM in Azure.")
        item.azure_vm.power = "running" if running else "deallocated"
        item.azure_vm.agent = "Ready" if running else "Not Ready"
        # Its agent reports at once when it is back: nobody wants to wait here for the quarter of an hour it takes.
        item.agent_silent_minutes = 1 if running else 47

    def _datastore(self, asked: Asked) -> None:
        """Lost or found (`accessible`), or mounted read-only on every host or as before (`read_only`)."""
        name = asked.text("name")
        store = next((one for one in self._sandbox.estate.vcenter.datastores if one.name == name), None)
        if store is None:
            raise Problem(f"There is no datastore {name!r}.")
        if "read_only" not in asked:
            store.accessible = asked.flag("accessible")
        elif asked.flag("read_only"):
            self._mounts.setdefault(name, dict(store.mounts))
            store.mounts = dict.fromkeys(store.mounts, "readOnly")
        else:
            store.mounts = self._mounts.pop(name, store.mounts)

    def _throttled(self, *, on: bool) -> None:
        planned = self._sandbox.arm.faults.planned
        if on and self._throttle not in planned:
            planned.append(self._throttle)
        elif not on and self._throttle in planned:
            planned.remove(self._throttle)

    async def _kill(self) -> None:
        if not await self._own().kill():
            raise Problem("The bot is down already.")

    async def _revive(self) -> None:
        if not await self._own().revive():
            raise Problem("The bot runs already.")

    def _own(self) -> Bot:
        if self._bot is None:
            raise Problem("The bot runs in another terminal (--no-bot): stop or start it there.")
        return self._bot

    def _item(self, name: str) -> ProtectedItem:
        found = next((item for item in self._sandbox.estate.vault.items if machine_name(item) == name), None)
        if found is None:
            raise Problem(f"There is no machine {name!r}.")
        return found
