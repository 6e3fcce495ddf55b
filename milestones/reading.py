"""The slice of now: read whole without a lock, and read once as long as nobody writes (ADRs 0005 and 0013)."""

from collections import OrderedDict
from datetime import date, datetime
from threading import Lock

from django.db import connection

from accounts.history import newest_instant

from .position import MilestoneSlice, milestone_slice

LIVE_READS = 3
#: How many slices a process keeps; one of 300 milestones takes about two megabytes.
KEPT = 8

_kept: OrderedDict[tuple[int, date], tuple[datetime | None, MilestoneSlice]] = OrderedDict()
_lock = Lock()


def current_slice(plan_id: int, as_at: date) -> tuple[datetime | None, MilestoneSlice]:
    """The milestones of a plan at `as_at` as recorded now, and the instant of the newest operation they know of.

    Every write is an operation, and instants only grow: while the newest one is the same, so is the slice. Inside a
    transaction nothing is kept, for what it writes has no instant yet. Raises Plan.DoesNotExist.
    """
    before = newest_instant()
    is_kept = not connection.in_atomic_block
    if is_kept and (found := _look_up(plan_id, as_at, before)):
        return before, found
    for _ in range(LIVE_READS):
        found = milestone_slice(plan_id, as_at)
        after = newest_instant()
        if after == before:
            if is_kept:
                _keep(plan_id, as_at, before, found)
            return before, found
        before = after
    # Somebody saves faster than we read; what was recorded by now holds still.
    return before, milestone_slice(plan_id, as_at, before)


def forget_slices() -> None:
    """Lets go of every slice that is kept; for tests, whose databases begin anew."""
    with _lock:
        _kept.clear()


def _look_up(plan_id: int, as_at: date, newest: datetime | None) -> MilestoneSlice | None:
    with _lock:
        instant, found = _kept.get((plan_id, as_at), (None, None))
        if found is None or instant != newest:
            return None
        _kept.move_to_end((plan_id, as_at))
        return found


def _keep(plan_id: int, as_at: date, newest: datetime | None, found: MilestoneSlice) -> None:
    with _lock:
        _kept[plan_id, as_at] = newest, found
        _kept.move_to_end((plan_id, as_at))
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
