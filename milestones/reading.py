"""The milestones of a plan as recorded now, read once as long as nobody writes (accounts/reading.py)."""

from datetime import date, datetime

from accounts.reading import Kept, read_still

from .position import MilestoneSlice, milestone_slice

slices: Kept[MilestoneSlice] = Kept(lambda *key: milestone_slice(*key))


def current_slice(plan_id: int, as_at: date) -> tuple[datetime | None, MilestoneSlice]:
    """The milestones of a plan at `as_at` as recorded now, and the instant of the newest operation they know of.

    Raises Plan.DoesNotExist.
    """
    newest, (found,) = read_still(slices, key=(plan_id, as_at))
    return newest, found
