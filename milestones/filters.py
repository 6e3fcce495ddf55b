"""The filters and the order of the milestone list. The address is read here; milestones/selecting.py says what fits."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters

from plans.refs import ref_order
from plans.schemes import Scheme

from .models import Milestone
from .position import MilestonePosition, MilestoneSlice
from .selecting import INTERNAL_SHOWS, SHOWS, Selection, fits, lead_choices

SORTS = {"number": "Milestone", "lead": "Lead", "due": "Due", "status": "Status"}


class MilestoneFilter(django_filters.FilterSet):
    """The form above the list. Its choices are what the plan's slice holds, and it narrows the slice.

    It asks the database nothing, for rows say what is so today and not what was recorded when the slice stands.
    """

    text = django_filters.CharFilter(label="Words", max_length=200)
    theme = django_filters.ChoiceFilter(label="Theme", empty_label="All themes")
    lead = django_filters.ChoiceFilter(label="Lead", empty_label="All leads")
    review = django_filters.ChoiceFilter(label="Review", empty_label="All reviews")
    recommendation = django_filters.ChoiceFilter(label="Recommendation", empty_label="All recommendations")
    status = django_filters.ChoiceFilter(label="Status", empty_label="All statuses")
    show = django_filters.ChoiceFilter(label="Show", empty_label="All milestones")

    class Meta:
        model = Milestone
        fields: list[str] = []

    def __init__(self, *args: Any, found: MilestoneSlice, may_see_internal: bool, **kwargs: Any) -> None:
        super().__init__(*args, queryset=Milestone.objects.none(), **kwargs)
        self.found = found
        choices = {
            "theme": [(theme.id, theme.name) for theme in found.plan.themes],
            "lead": lead_choices(found.milestones),
            "review": [(each.short_name, each.short_name) for each in found.plan.reviews],
            "recommendation": [(each.id, f"{each.review} – Rec {each.number}") for each in found.plan.recommendations],
            "show": [
                (name, words) for name, (words, _) in SHOWS.items() if may_see_internal or name not in INTERNAL_SHOWS
            ],
            "status": [(line.states[0].value, line.word) for line in found.plan.scheme.lines],
        }
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options

    def positions(self) -> tuple[MilestonePosition, ...]:
        """The milestones of the slice that pass; all of them where a choice makes no sense."""
        positions = self.found.milestones
        if not self.is_narrowing:
            return positions
        selection = self._selection()
        actions = {action.id: action for action in self.found.plan.actions}
        plan = self.found.plan
        return tuple(
            each for each in positions if fits(each, actions[each.action_id], selection, plan.scheme, plan.cycle)
        )

    def _selection(self) -> Selection:
        chosen = self.form.cleaned_data
        return Selection(
            text=chosen["text"],
            theme=_key(chosen["theme"]),
            lead=_key(chosen["lead"]),
            review=chosen["review"],
            recommendation=_key(chosen["recommendation"]),
            status=chosen["status"],
            show=chosen["show"],
        )

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is chosen."""
        return self.is_bound and self.form.is_valid() and any(self.form.cleaned_data.values())


def _key(choice: str) -> int | None:
    return int(choice) if choice else None


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
