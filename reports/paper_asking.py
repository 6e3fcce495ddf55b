"""What somebody asks for who orders a paper: the position they may see, the form, the order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from milestones.policies import Sight, own_milestones, sight_of
from plans.as_at import NOT_RECORDED, asked_position, may_look_back
from plans.models import Plan
from plans.policies import Right, check_has, rights_of

from .changes_reading import as_open_as, earlier_of, last_report_day
from .forms import FORMS, AnyPaperForm, FolderForm
from .look_reading import look_of
from .milestone_paper import Layout
from .papers import KINDS, Order
from .position import PlanPosition, plan_position
from .selection import Readers, evidence_for_sight, for_readers, only_own


class Asked:
    """The position that was asked for, or today's where that cannot be read; the form then says what is wrong.

    `recorded_by` is the moment whose records it tells of where the parameters name none; None for now.
    Of the position there is what its reader may make papers of, and of its slices what the kind of paper tells of.
    """

    def __init__(
        self,
        plan: Plan,
        params: Mapping[str, str],
        sight: Sight,
        kind: str = "",
        recorded_by: datetime | None = None,
    ) -> None:
        self.plan = plan
        self.sight = sight
        self.recorded_by = recorded_by
        self.has_governance = kind in KINDS and KINDS[kind].has_governance
        today = timezone.localdate()
        asked = asked_position(params, today=today, rights=sight.rights)
        self.is_refused = bool(asked.problem)
        try:
            self.at: tuple[date, datetime | None] = (asked.as_at, asked.recorded_at or recorded_by)
            self.position = self._position()
        except Plan.DoesNotExist:
            self.is_refused = True
            self.at = (today, recorded_by)
            self.position = self._position()

    @property
    def as_at(self) -> date:
        return self.at[0]

    def position_for(self, form: AnyPaperForm | FolderForm) -> PlanPosition | None:
        """The position that a form asks for; None, and the form says why, where there is none."""
        if not form.is_valid():
            return None
        at = (form.cleaned_data["as_at"], form.cleaned_data.get("recorded_at") or self.recorded_by)
        if at == self.at:
            return self.position
        self.at = at
        try:
            self.position = self._position()
            return self.position
        except Plan.DoesNotExist:
            form.add_error("recorded_at", NOT_RECORDED)
            return None

    @property
    def usual_since(self) -> date:
        """The day of the last report before the one that was asked for."""
        return last_report_day(self.plan, *self.at)

    def before(self, since: date) -> PlanPosition:
        """The position of an earlier day to compare with, narrowed as the one that was asked for; that one again where
        the plan was another then (changes_reading.py)."""
        earlier = earlier_of(self.plan, since, self._whole, with_scorecard=True, with_governance=self.has_governance)
        return self.position if earlier is None else self._narrowed(as_open_as(earlier, self._whole))

    def _position(self) -> PlanPosition:
        self._whole = plan_position(self.plan, *self.at, with_governance=self.has_governance)
        return self._narrowed(self._whole)

    def _narrowed(self, position: PlanPosition) -> PlanPosition:
        if self.sight.rights.everywhere(Right.MAKE_PAPER):
            return evidence_for_sight(position, self.sight)
        return only_own(position, self.sight)


def find(user: Any, slug: str) -> tuple[Plan, Sight]:
    """The plan, and what the user may see of it. Http404 and PermissionDenied for everybody else."""
    plan = get_object_or_404(Plan.objects.visible_to(user), slug=slug)
    rights = rights_of(user, plan)
    check_has(Right.MAKE_PAPER, rights)
    if rights.everywhere(Right.MAKE_PAPER):
        return plan, sight_of(user, plan, rights)
    return plan, Sight(rights, own_milestones(user, plan), user.pk)


def order_of(user: Any, form: AnyPaperForm, asked: Asked) -> Order:
    """What a valid form asks for, with the earlier position where the paper compares two; the title says whose
    milestones it is about where they are not all."""
    whose = "" if asked.sight.rights.everywhere(Right.MAKE_PAPER) else str(user)
    order = replace(form.order, whose=whose, look=look_of(asked.plan.council))
    if not KINDS[form.kind].compares:
        return order
    return replace(order, before=asked.before(form.cleaned_data["since"] or asked.usual_since))


def usual(kind: str, sight: Sight) -> dict[str, str]:
    """What a paper is where its address does not say."""
    readers = Readers.INTERNAL if sight.is_internal else Readers.NO_INTERNAL
    usual = {"layout": Layout.ACCESSIBLE.value, "readers": readers.value}
    return usual | {"paper": kind} if "paper" in FORMS[kind].base_fields else usual


def form_of(
    kind: str, data: Mapping[str, str] | None, asked: Asked, initial: Mapping[str, object] | None = None
) -> AnyPaperForm:
    readers = Readers.INTERNAL if asked.sight.is_internal else Readers.NO_INTERNAL
    return FORMS[kind](
        data,
        initial=initial,
        position=for_readers(asked.position, readers),
        may_see_internal=asked.sight.is_internal,
        may_look_back=may_look_back(asked.sight.rights),
    )
