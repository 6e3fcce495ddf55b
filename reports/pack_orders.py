"""What the papers of a pack are drawn from: their orders, and the positions that these need."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.http import QueryDict

from milestones.models import Evidence
from plans.models import Plan

from .changes_reading import as_open_as, earlier_of, last_report_day
from .cover_reading import cover_text
from .forms import FORMS, AnyPaperForm
from .milestone_paper import Layout
from .models import Pack, PackPaper
from .papers import KINDS, Order, PaperRefused, check_order
from .position import PlanPosition, plan_position
from .selection import Readers, for_readers

#: The kind of paper that is written and not ordered.
COVER = "cover"
#: What a paper has of its pack, whatever its options say.
OF_PACK = frozenset({"paper", "readers", "layout", "as_at", "recorded_at"})
#: The most days by which a pack may let its data be older than the meeting.
LONGEST_AGE = 730


class Positions:
    """The positions of a plan as recorded at one moment, or now for None; each is read once.

    Restricted evidence is in no paper, so it is not kept with any.
    """

    def __init__(self, plan: Plan, recorded_at: datetime | None = None) -> None:
        self.plan = plan
        self.recorded_at = recorded_at
        self._read: dict[date, PlanPosition] = {}
        self._before: dict[tuple[date, date], PlanPosition] = {}

    def at(self, as_at: date) -> PlanPosition:
        if as_at not in self._read:
            self._read[as_at] = _without_restricted(plan_position(self.plan, as_at, self.recorded_at))
        return self._read[as_at]

    def before(self, since: date, as_at: date) -> PlanPosition:
        """The position that a comparison up to `as_at` begins with (changes_reading.py)."""
        key = since, as_at
        if key not in self._before:
            after = self.at(as_at)
            earlier = earlier_of(self.plan, since, after, with_scorecard=True, with_governance=True)
            self._before[key] = after if earlier is None else _without_restricted(as_open_as(earlier, after))
        return self._before[key]


def _without_restricted(position: PlanPosition) -> PlanPosition:
    kept = tuple(each for each in position.evidence if each.sensitivity != Evidence.Sensitivity.RESTRICTED)
    return replace(position, evidence=kept)


def name_of(paper: PackPaper) -> str:
    """What a paper is called in its pack."""
    return paper.title or (KINDS[paper.kind].label if paper.kind in KINDS else paper.kind)


def day_of(pack: Pack, paper: PackPaper) -> date:
    """The day at which a paper stands: its own, else a cover report that of its words, else the pack's."""
    return paper.as_at or (paper.cover.as_at if paper.cover else pack.as_at)


def order_of(pack: Pack, paper: PackPaper, positions: Positions) -> Order:
    """The order of a paper as its pack has it, with the position it compares with; without look and stamp.

    Raises PaperRefused, naming the paper, where its options ask for something that is not there, or its readers or
    formats do not go with it.
    """
    try:
        return _order_of(pack, paper, positions)
    except PaperRefused as refused:
        raise PaperRefused(f"“{name_of(paper)}”: {refused}") from refused


def _order_of(pack: Pack, paper: PackPaper, positions: Positions) -> Order:
    if not is_for_packs(paper.kind):
        raise PaperRefused("There is no such paper for packs.")
    if not paper.formats:
        raise PaperRefused("Choose at least one format.")
    order = _cover_order(pack, paper) if paper.kind == COVER else _form_order(pack, paper, positions)
    for format in paper.formats:
        check_order(paper.kind, format, order)
    return order


def is_for_packs(kind: str) -> bool:
    """Whether a pack can have papers of this kind."""
    return kind in KINDS and (kind in FORMS or kind == COVER)


def _cover_order(pack: Pack, paper: PackPaper) -> Order:
    if paper.cover is None:
        raise PaperRefused("Choose the cover report.")
    return Order(readers=Readers(pack.readers), cover=cover_text(paper.cover, pack=pack))


def _form_order(pack: Pack, paper: PackPaper, positions: Positions) -> Order:
    as_at = day_of(pack, paper)
    form = _filled(pack, paper, for_readers(positions.at(as_at), Readers(pack.readers)))
    if not form.is_valid():
        raise PaperRefused(sentence_of(form))
    order = replace(form.order, readers=Readers(pack.readers))
    if not KINDS[paper.kind].compares:
        return order
    since = form.cleaned_data["since"] or last_report_day(pack.plan, as_at, positions.recorded_at)
    return replace(order, before=positions.before(since, as_at))


def _filled(pack: Pack, paper: PackPaper, position: PlanPosition) -> AnyPaperForm:
    """The form of the paper's own page, filled in with what the pack and the options of the paper say."""
    unknown = sorted(paper.options.keys() - FORMS[paper.kind].base_fields.keys())
    if unknown:
        raise PaperRefused(f"It cannot be told “{unknown[0]}”.")
    data = QueryDict(mutable=True)
    for name, value in paper.options.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return order_form(paper.kind, pack, position, data=of_pack(pack, paper.kind, day_of(pack, paper), data))


def of_pack(pack: Pack, kind: str, as_at: date, params: QueryDict) -> QueryDict:
    """The parameters of a paper’s own page, with what the pack decides of them."""
    params["paper"], params["readers"], params["as_at"] = kind, pack.readers, as_at.isoformat()
    params["layout"] = pack.layout if pack.layout in FORMS[kind].layouts else Layout.ACCESSIBLE.value
    return params


def order_form(
    kind: str,
    pack: Pack,
    position: PlanPosition,
    initial: Mapping[str, Any] | None = None,
    data: QueryDict | None = None,
) -> AnyPaperForm:
    """The form on which a paper of this kind is ordered, for the readers of the pack; `position` is what they see."""
    return FORMS[kind](
        data,
        initial=dict(initial or {}),
        position=position,
        may_see_internal=pack.readers != Readers.NO_INTERNAL,
        may_look_back=False,
    )


def sentence_of(form: AnyPaperForm) -> str:
    """The first thing that is wrong."""
    name, errors = next(iter(form.errors.items()))
    label = f"{form.fields[name].label}: " if name in form.fields and form.fields[name].label else ""
    return f"{label}{errors[0]}"


def options_of(options: Mapping[str, Any] | None) -> dict[str, Any]:
    """The options that a paper keeps: those that say something and are not the pack's."""
    return {name: value for name, value in (options or {}).items() if value and name not in OF_PACK}
