"""The filters and the order of the milestone list. Stored fields narrow the rows by django-filter; what is worked out
(status, overdue, due soon) narrows the slice, which alone knows it."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from plans.refs import ref_order
from plans.schemes import EffectiveStatus, Scheme

from .models import Milestone
from .position import MilestonePosition, MilestoneSlice

STORED = ("text", "theme", "lead", "recommendation")

SHOWS: dict[str, tuple[str, Callable[[MilestonePosition], bool]]] = {
    "overdue": ("Overdue", lambda milestone: milestone.is_overdue),
    "due_soon": ("Due soon", lambda milestone: milestone.is_due_soon),
    "due_in_30_days": ("Due in 30 days", lambda milestone: milestone.is_due_in_30_days),
    "stale": ("No recent update", lambda milestone: milestone.is_stale),
    "contradictory": ("To look at", lambda milestone: bool(milestone.contradictions)),
}

SORTS = {"number": "Milestone", "lead": "Lead", "due": "Due", "status": "Status"}


class MilestoneFilter(django_filters.FilterSet):
    """The form above the list. Its choices are what the plan's slice holds."""

    text = django_filters.CharFilter(method="with_text", label="Words")
    theme = django_filters.ChoiceFilter(field_name="action__theme", label="Theme", empty_label="All themes")
    lead = django_filters.ChoiceFilter(field_name="lead", label="Lead", empty_label="All leads")
    recommendation = django_filters.ChoiceFilter(
        method="answering", label="Recommendation", empty_label="All recommendations"
    )
    status = django_filters.ChoiceFilter(method="leave", label="Status", empty_label="All statuses")
    show = django_filters.ChoiceFilter(
        method="leave",
        label="Show",
        empty_label="All milestones",
    )

    class Meta:
        model = Milestone
        fields: list[str] = []

    def __init__(self, *args: Any, found: MilestoneSlice, may_see_internal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        leads = {each.lead.id: each.lead.name for each in found.milestones if each.lead}
        choices = {
            "theme": [(theme.id, theme.name) for theme in found.plan.themes],
            "lead": sorted(leads.items(), key=lambda lead: lead[1].casefold()),
            "recommendation": [(each.id, f"{each.review} – Rec {each.number}") for each in found.plan.recommendations],
            "show": [
                (name, words) for name, (words, _) in SHOWS.items() if may_see_internal or name != "contradictory"
            ],
            "status": [(line.states[0].value, line.word) for line in found.plan.scheme.lines],
        }
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options

    def with_text(self, rows: QuerySet[Milestone], name: str, value: str) -> QuerySet[Milestone]:
        return rows.filter(Q(text__icontains=value) | Q(action__text__icontains=value) | Q(ref__istartswith=value))

    def answering(self, rows: QuerySet[Milestone], name: str, value: str) -> QuerySet[Milestone]:
        return rows.filter(Q(links__recommendation=value) | Q(action__links__recommendation=value)).distinct()

    def leave(self, rows: QuerySet[Milestone], name: str, value: str) -> QuerySet[Milestone]:
        return rows

    def positions(self) -> tuple[MilestonePosition, ...]:
        """The milestones of the slice that pass; all of them where a choice makes no sense."""
        positions = self.found.milestones
        if not self.is_bound or not self.form.is_valid():
            return positions
        chosen = self.form.cleaned_data
        if any(chosen[name] for name in STORED):
            kept = set(self.qs.values_list("pk", flat=True))
            positions = tuple(each for each in positions if each.id in kept)
        if chosen["status"]:
            states = self.found.plan.scheme.line_for(EffectiveStatus(chosen["status"])).states
            positions = tuple(each for each in positions if each.effective_status in states)
        if chosen["show"]:
            _, passes = SHOWS[chosen["show"]]
            positions = tuple(each for each in positions if passes(each))
        return positions

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is chosen."""
        return self.is_bound and self.form.is_valid() and any(self.form.cleaned_data.values())


def in_order(positions: Iterable[MilestonePosition], sort: str, scheme: Scheme) -> tuple[MilestonePosition, ...]:
    """The milestones in the order of `SORTS`, a “-” in front turning it round; as they stand for anything else.

    What a milestone lacks comes last either way round.
    """
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    keys: dict[str, Callable[[MilestonePosition], Any]] = {
        "number": lambda each: ref_order(each.ref) if each.ref else None,
        "lead": lambda each: each.lead.name.casefold() if each.lead else None,
        "due": lambda each: each.due_on,
        "status": lambda each: _place(each, scheme),
    }
    if name not in keys:
        return tuple(positions)
    having = [(keys[name](each), each) for each in positions]
    known = sorted((pair for pair in having if pair[0] is not None), key=lambda pair: pair[0], reverse=backwards)
    return tuple(each for _, each in known) + tuple(each for key, each in having if key is None)


def _place(milestone: MilestonePosition, scheme: Scheme) -> int:
    return next(place for place, line in enumerate(scheme.lines) if milestone.effective_status in line.states)
