"""The scorecard of a plan as recorded now, read once as long as nobody writes (accounts/reading.py)."""

from datetime import date

from accounts.reading import Kept, read_still

from .position import ScorecardPosition, scorecard_position

scorecards: Kept[ScorecardPosition] = Kept(lambda *key: scorecard_position(*key))


def current_scorecard(plan_id: int, as_at: date) -> ScorecardPosition:
    """The indicators of a plan at `as_at` as recorded now."""
    _, (found,) = read_still(scorecards, key=(plan_id, as_at))
    return found
