"""That somebody said of words which look as if they tell who a child is that they do not (childdata.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.utils.text import Truncator

from accounts.history import operating, save_with_reason

from .models import ChildDataOverride, Plan

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Override:
    """Where the words are saved, such as “Milestone 1.1, progress note”, and what they look like; never the words.

    Without a plan it belongs to the plan that the operation gives back, or to that of what it gives back.
    """

    where: str
    kinds: str
    plan: Plan | None = None


def with_override(save: Callable[P, R], override: Override | None) -> Callable[P, R]:
    """The operation `save`, or what calls one; where there is an override, it is recorded too: both or neither.

    Where nothing is written, as after a button pressed twice, nothing is recorded.
    """
    if override is None:
        return save

    @wraps(save)
    def saving(*args: P.args, **kwargs: P.kwargs) -> R:
        by: Any = kwargs["by"]
        with operating(by=by, name="") as running:
            saved = save(*args, **kwargs)
            if running.wrote:
                plan = saved if isinstance(saved, Plan) else getattr(saved, "plan", None)
                note_override(override, plan=plan, by=by)
        return saved

    return saving


def note_override(override: Override, *, plan: Plan | None = None, by: Any) -> ChildDataOverride:
    """Records an override within the operation under way. `plan` is for one that names none."""
    where = Truncator(override.where).chars(200)
    row = ChildDataOverride(plan=override.plan or plan, where=where, kinds=override.kinds, by=by)
    row.full_clean()
    return save_with_reason(row, reason="Saved as it is: it does not tell who a child is", by=by)
