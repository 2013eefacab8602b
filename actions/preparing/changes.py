"""What differs between a machine as it was approved and as it would run now, in words for people."""

from homeward.actions.plan import PlannedItem


def changes(before: PlannedItem, now: PlannedItem) -> tuple[str, ...]:
    """A clause for each thing that would run differently: "its datastore would be ds2, not ds1". Empty: nothing."""
    return () if before == now else ("it is not what was approved any more",)
