"""A look inside the Azure VM by run-command: opt-in, off by default, changes nothing in the guest."""

import asyncio
import re
from ipaddress import ip_address

from azure.mgmt.compute.models import RunCommandInput

from homeward.checks.facts import GuestProbe, Missing, Os

from .compute import VM
from .connection import AzureConnection
from .ids import resource
from .wire import Wire

POLL_SECONDS = 2
AT_ONCE = 4
"""Commands in flight: they are work for Azure's agents and for the guests, not reads."""
_SAID = re.compile(r"homeward running=(\d) automatic=(\d) control=(\d) data=(\d)")

_WINDOWS = """\
$names = 'svagents', 'InMage Scout Application Service'
$all = @(Get-CimInstance Win32_Service | Where-Object {{ $names -contains $_.Name }})
$running = [int]($all.Count -eq 2 -and @($all | Where-Object {{ $_.State -ne 'Running' }}).Count -eq 0)
$automatic = [int]($all.Count -eq 2 -and @($all | Where-Object {{ $_.StartMode -ne 'Auto' }}).Count -eq 0)
function Reach($address, $port) {{
  $client = New-Object Net.Sockets.TcpClient
  try {{ [int]($client.ConnectAsync($address, $port).Wait(5000) -and $client.Connected) }}
  catch {{ 0 }}
  finally {{ $client.Close() }}
}}
"homeward running=$running automatic=$automatic control=$(Reach '{control}' 443) data=$(Reach '{data}' 9443)"
"""
_LINUX = """\
yes() {{ "$@" >/dev/null 2>&1 && echo 1 || echo 0; }}
running=$(yes pgrep -f svagents)
automatic=$(yes sh -c 'systemctl is-enabled vxagent || chkconfig vxagent')
control=$(yes timeout 5 bash -c '</dev/tcp/{control}/443')
data=$(yes timeout 5 bash -c '</dev/tcp/{data}/9443')
echo "homeward running=$running automatic=$automatic control=$control data=$data"
"""


class GuestProber:
    """Runs commands where the settings allow it: `AT_ONCE` at a time for all checks, each at most `timeout` seconds."""

    def __init__(self, connection: AzureConnection, *, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def probe(self, vm_id: str, os: Os | Missing, *, control: str, data: str) -> GuestProbe | Missing:
        """`control` and `data` are the addresses that have to be reached on 443 and 9443. May raise `SourceError`."""
        vm = resource(vm_id, VM)
        if vm is None:
            return Missing("Azure does not tell which VM it is")
        if not (_is_address(control) and _is_address(data)):
            return Missing("the addresses to be reached from the VM are not known")
        if os is not Os.WINDOWS and os is not Os.LINUX:
            return os if isinstance(os, Missing) else Missing("no probe for this operating system")
        command, script = ("RunPowerShellScript", _WINDOWS) if os is Os.WINDOWS else ("RunShellScript", _LINUX)
        lines = script.format(control=control, data=data).splitlines()
        async with self._turns, self._connection.asking(f"run-command in {vm.name}", timeout=self._timeout):
            client = await self._connection.compute(vm.subscription)
            poller = await client.virtual_machines.begin_run_command(
                vm.group,
                vm.name,
                RunCommandInput(command_id=command, script=lines),
                polling_interval=POLL_SECONDS,
                retry_total=0,
            )
            answer = await poller.result()
        said = " ".join(part.text("message") for part in Wire(answer).parts("value"))
        match = _SAID.search(said)
        if match is None:
            return Missing(f"run-command in {vm.name} gave no result")
        running, automatic, reaches_443, reaches_9443 = (group == "1" for group in match.groups())
        return GuestProbe(running, automatic, reaches_443, reaches_9443)


def _is_address(text: str) -> bool:
    """The address becomes part of a script: nothing but an address may."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
