"""The estate of a night that can be played through: trouble, machines that come home, and two that fail at first."""

from . import company
from .model import Estate
from .reprotects import no_memory, unreachable
from .shop import add_shop
from .way_home import add_way_home

SPEED = 45
"""How fast Azure's minutes pass: the 22 of a reprotect take half a minute."""
FAILS_TO_START, FAILS_TO_RETURN = "shop-web02", "erp-app02"
"""Their first reprotect and their first failback fail; the second goes well."""


def night() -> Estate:
    """The company, the shop and the machines that wait for their failback."""
    estate = add_way_home(add_shop(company()))
    estate.speed = SPEED
    estate.vault.item(FAILS_TO_START).fates.append(unreachable(FAILS_TO_START))
    estate.vault.item(FAILS_TO_RETURN).fates.append(no_memory(FAILS_TO_RETURN))
    return estate
