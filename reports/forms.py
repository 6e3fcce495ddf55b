"""Ordering a paper: one form for each kind, and one for the inspection folder."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from milestones.selecting import lead_choices
from plans.forms import DayField, PositionDayField
from plans.moments import moment_from
from plans.spans import long_day

from .indicator_paper import PERIODS, USUAL_PERIODS, Scope
from .milestone_paper import Layout
from .papers import KINDS, Kind, Order
from .position import PlanPosition
from .recommendation_paper import Part
from .selection import CAN_SHOW, Readers, Selection, recommendations_of

FILTERS = ("text", "theme", "lead", "review", "recommendation", "status", "show")
#: Who the public are shown: a promise that every form of a paper makes in the same words.
THE_PUBLIC = "The public: job titles, and the names of those who are marked as named"


class AnyPaperForm(forms.Form):
    """Which paper of a plan is wanted: for whom, in which layout, and at what day.

    The choices are those of `position`, the one that was asked for as its reader may see it. `may_look_back` is whether
    a recorded moment is offered.
    """

    layout = forms.ChoiceField(
        label="Layout",
        initial=Layout.ACCESSIBLE,
        help_text="For PDF, Word and HTML. Publish the accessible one.",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    readers = forms.ChoiceField(
        label="Readers", initial=Readers.INTERNAL, widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"})
    )
    as_at = PositionDayField(
        label="Position at",
        help_text="What is reported after this day is not in it.",
        error_messages={"required": "Enter the day this report stands at."},
    )
    recorded_at = forms.CharField(
        label="Only what was recorded by (optional)",
        help_text="A moment such as 2026-06-03T10:32. The report is then what it would have been at that moment.",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )

    paper = forms.CharField(widget=forms.HiddenInput)

    kind: str
    #: Empty where the paper has one layout alone.
    layouts: dict[Layout, str] = {}
    #: The words under which `options` and `filters` are closed at first, as most papers are of the whole plan; empty
    #: where they stand open.
    narrowing_words = ""

    def __init__(
        self, *args: Any, position: PlanPosition, may_see_internal: bool, may_look_back: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.may_look_back = may_look_back
        if "paper" in self.fields:
            self.fields["paper"].initial = self.kind
        own = (
            (Readers.INTERNAL.value, "Ours: everything, with names")
            if may_see_internal
            else (Readers.NO_INTERNAL.value, "The board’s: with names, without what is internal")
        )
        public = (Readers.PUBLIC.value, f"{THE_PUBLIC}; without what is internal")
        self._offer("readers", [own, public])
        self.fields["readers"].initial = own[0]
        if self.has_layouts:
            self._offer("layout", [(layout.value, words) for layout, words in self.layouts.items()])
        else:
            del self.fields["layout"]
        if position.cycle.number > 0:
            ended_on = position.cycle.first_on - timedelta(days=1)
            self.fields["as_at"].help_text += f" The cycle before this one ended on {long_day(ended_on)}."
        self._offer_of(position)

    @property
    def has_layouts(self) -> bool:
        return bool(self.layouts)

    def _offer_of(self, position: PlanPosition) -> None:
        """Fills in the choices that the position gives."""

    def _offer(self, name: str, choices: Iterable[tuple[Any, str]], everything: str = "") -> None:
        self.fields[name].choices = [*([("", everything)] if everything else []), *choices]  # type: ignore[attr-defined]

    def clean_recorded_at(self) -> Any:
        words = self.cleaned_data["recorded_at"]
        return moment_from(words, now=timezone.now()) if words else None

    @property
    def filters(self) -> list[forms.BoundField]:
        """What narrows the paper, side by side below its own heading."""
        return []

    @property
    def options(self) -> list[forms.BoundField]:
        """What else the kind of paper can be told, one below the other."""
        return []

    @property
    def is_narrowed(self) -> bool:
        """Whether something is chosen, or wrong, in the options and filters."""
        return any(field.value() or field.errors for field in (*self.options, *self.filters))

    @property
    def order(self) -> Order:
        """What a valid form asks for."""
        chosen = self.cleaned_data
        layout = Layout(chosen["layout"]) if self.has_layouts else Layout.ACCESSIBLE
        return Order(layout=layout, readers=Readers(chosen["readers"]))

    @property
    def address(self) -> dict[str, str]:
        """What was asked for, as parameters of an address: those that are not empty."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}


class PaperForm(AnyPaperForm):
    """A milestone report. The filters have the names and values of the milestone list's."""

    kind = "milestones"
    #: The paper of an address that names none.
    paper = None  # type: ignore[assignment]
    layouts = {
        Layout.ACCESSIBLE: "Accessible: a heading and a plain table for each action",
        Layout.CLASSIC: "Classic: one table of eight columns for each theme",
    }
    narrowing_words = "Only some of the milestones"

    text = forms.CharField(label="Words", required=False, max_length=200)
    theme = forms.TypedChoiceField(label="Theme", required=False, coerce=int, empty_value=None)
    lead = forms.TypedChoiceField(label="Lead", required=False, coerce=int, empty_value=None)
    review = forms.ChoiceField(label="Review", required=False)
    recommendation = forms.TypedChoiceField(label="Recommendation", required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(label="Status", required=False)
    show = forms.ChoiceField(label="Show", required=False)

    def _offer_of(self, position: PlanPosition) -> None:
        recommendations = recommendations_of(position)
        self._offer("theme", [(theme.id, theme.name) for theme in position.themes], "All themes")
        self._offer("lead", lead_choices(position.milestones), "All leads")
        self._offer("review", _reviews_of(position), "All reviews")
        self._offer("recommendation", recommendations.items(), "All recommendations")
        lines = [each.line for each in position.counts.lines]
        self._offer("status", [(line.states[0].value, line.word) for line in lines], "All statuses")
        self._offer("show", CAN_SHOW.items(), "All milestones")

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in FILTERS]

    @property
    def order(self) -> Order:
        chosen = self.cleaned_data
        return replace(
            super().order,
            selection=Selection(**{name: chosen[name] for name in FILTERS}),
        )


class RecommendationPaperForm(AnyPaperForm):
    """A recommendations report: of one review or all, in one part or all."""

    kind = "recommendations"
    layouts = {
        Layout.ACCESSIBLE: "Accessible: headings and plain tables without merged cells",
        Layout.CLASSIC: "Classic: the plan by area as one table of nine columns for each review",
    }
    narrowing_words = "Only one review, or one part of it"

    review = forms.ChoiceField(label="Review", required=False)
    part = forms.ChoiceField(
        label="Parts",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )

    def _offer_of(self, position: PlanPosition) -> None:
        self._offer("review", _reviews_of(position), "All reviews")
        self._offer("part", [(part.value, part.label) for part in Part], "All of them")

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self["review"]]

    @property
    def options(self) -> list[forms.BoundField]:
        return [self["part"]]

    @property
    def order(self) -> Order:
        chosen = self.cleaned_data
        return replace(
            super().order,
            selection=Selection(review=chosen["review"]),
            part=Part(chosen["part"]) if chosen["part"] else None,
        )


def _small_radios(label: str, choices: Iterable[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        **more,
    )


class IndicatorPaperForm(AnyPaperForm):
    """A performance report: of all indicators or the key ones. An option that was not chosen is as usual."""

    kind = "indicators"
    layouts = {
        Layout.ACCESSIBLE: "Accessible: a short table for each group, and the rest of each indicator below it",
        Layout.CLASSIC: "Classic: one table with every column for each group",
    }
    narrowing_words = "Choose indicators, their order, periods and charts"

    only = _small_radios("Indicators", [("", "All of them"), ("key", "Key indicators only")])
    first = _small_radios("Order", [("", "Key indicators first"), ("red", "Red first")])
    periods = _small_radios(
        "Periods shown",
        [(str(count) if count != USUAL_PERIODS else "", f"The last {count}") for count in PERIODS],
        help_text="Months, quarters or years, as each indicator is counted.",
    )
    charts = _small_radios("Charts", [("", "A chart of each key indicator"), ("none", "No charts")])

    @property
    def options(self) -> list[forms.BoundField]:
        return [self[name] for name in ("only", "first", "periods", "charts")]

    @property
    def order(self) -> Order:
        chosen = self.cleaned_data
        return replace(
            super().order,
            scope=Scope(
                periods=int(chosen["periods"] or USUAL_PERIODS),
                only_key=chosen["only"] == "key",
                red_first=chosen["first"] == "red",
                has_charts=chosen["charts"] != "none",
            ),
        )


class SummaryPaperForm(AnyPaperForm):
    """A members’ summary of the whole plan."""

    kind = "summary"


class ThemePaperForm(AnyPaperForm):
    """The page of one theme, or those of all."""

    kind = "theme"
    theme = forms.TypedChoiceField(label="Theme", required=False, coerce=int, empty_value=None)

    def _offer_of(self, position: PlanPosition) -> None:
        themes = [(theme.id, theme.name) for theme in position.themes]
        self._offer("theme", themes, "All themes, one after the other")

    @property
    def options(self) -> list[forms.BoundField]:
        return [self["theme"]]

    @property
    def order(self) -> Order:
        chosen = self.cleaned_data
        return replace(super().order, selection=Selection(theme=chosen["theme"]))


class InspectoratePaperForm(AnyPaperForm):
    """The submission about one review: the newest of the plan where none is named."""

    kind = "inspectorate"
    layouts = {
        Layout.ACCESSIBLE: "Accessible: a heading and a plain table for each recommendation",
        Layout.CLASSIC: "Classic: one table of nine columns, as submitted to inspectors",
    }

    review = forms.ChoiceField(label="Review", error_messages={"required": "Choose the review that this answers."})

    def _offer_of(self, position: PlanPosition) -> None:
        reviews = _reviews_of(position)
        self._offer("review", reviews, "" if len(reviews) == 1 else "Choose a review")
        self.newest = newest_review(position)
        self.fields["review"].required = len(reviews) > 1 and "review" in self.data
        self.fields["review"].initial = self.newest

    @property
    def options(self) -> list[forms.BoundField]:
        return [self["review"]]

    @property
    def order(self) -> Order:
        chosen = self.cleaned_data
        return replace(
            super().order,
            selection=Selection(review=chosen["review"] or self.newest),
        )


class PeriodPaperForm(AnyPaperForm):
    """A paper that compares two days; without a first day it begins with the last report."""

    since = DayField(
        label="Since (optional)",
        help_text="The day this report begins with. If left out, it is the day of the last report.",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        since, as_at = chosen.get("since"), chosen.get("as_at")
        if since and as_at and since >= as_at:
            self.add_error("since", "The day this report begins with has to be before the day it stands at.")
        return chosen

    @property
    def options(self) -> list[forms.BoundField]:
        return [self["since"]]


class BriefingPaperForm(PeriodPaperForm):
    """A staff briefing of the whole plan: what changed, and what is to do."""

    kind = "briefing"


class ChangesPaperForm(PeriodPaperForm):
    """What changed between two days."""

    kind = "changes"


class HighlightPaperForm(PeriodPaperForm):
    """A highlight report of a period."""

    kind = "highlight"


class ExceptionsPaperForm(PeriodPaperForm):
    """The exceptions at a day, and what changed since another."""

    kind = "exceptions"


class ExtensionsPaperForm(PeriodPaperForm):
    """The extensions that wait at a day, and those decided since another."""

    kind = "extensions"


class SubmittedPaperForm(AnyPaperForm):
    """The plan without status and progress."""

    kind = "submitted"
    layouts = {
        Layout.ACCESSIBLE: "Accessible: a heading and a plain table for each action",
        Layout.CLASSIC: "Classic: one table of six columns for each theme",
    }


#: The papers that can be ordered on a page.
FORMS: dict[str, type[AnyPaperForm]] = {
    form.kind: form
    for form in (
        PaperForm,
        RecommendationPaperForm,
        IndicatorPaperForm,
        SummaryPaperForm,
        ThemePaperForm,
        BriefingPaperForm,
        InspectoratePaperForm,
        HighlightPaperForm,
        ExceptionsPaperForm,
        ChangesPaperForm,
        ExtensionsPaperForm,
        SubmittedPaperForm,
    )
}

#: The papers by who reads them most, on the pages on which one is chosen.
GROUPS = {
    "For committees": ("milestones", "indicators", "recommendations", "exceptions", "extensions", "summary"),
    "For the board": ("highlight", "changes", "theme"),
    "For others": ("briefing", "inspectorate", "submitted"),
}


def kinds_by_group() -> dict[str, dict[str, Kind]]:
    """Every kind of paper that can be ordered, below the heading of its group."""
    return {heading: {kind: KINDS[kind] for kind in kinds} for heading, kinds in GROUPS.items()}


class FolderForm(forms.Form):
    """Which inspection folder of a plan is wanted. The choices are those of `position`, as its reader may see it."""

    review = forms.ChoiceField(label="Review", error_messages={"required": "Choose the review."})
    readers = forms.ChoiceField(
        label="Readers", initial=Readers.PUBLIC, widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"})
    )
    as_at = PositionDayField(label="Position at", error_messages={"required": "Enter the day this folder stands at."})

    def __init__(self, *args: Any, position: PlanPosition, may_see_internal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = (
            (Readers.INTERNAL.value, "Ours: with names, internal evidence and gaps")
            if may_see_internal
            else (Readers.NO_INTERNAL.value, "The board’s: with names, with public evidence alone")
        )
        public = (Readers.PUBLIC.value, f"{THE_PUBLIC}; with public evidence alone")
        self.fields["readers"].choices = [public, own]  # type: ignore[attr-defined]
        self.fields["review"].choices = [("", "Choose a review"), *_reviews_of(position)]  # type: ignore[attr-defined]
        self.initial["review"] = self.initial.get("review") or newest_review(position)


def _reviews_of(position: PlanPosition) -> list[tuple[str, str]]:
    return [(name, name) for name in dict.fromkeys(each.review for each in position.recommendations)]


def newest_review(position: PlanPosition) -> str:
    """The review of the plan whose report is the newest; empty where nothing was recommended."""
    published = {each.short_name: each.published_on or date.min for each in position.reviews}
    names = dict(_reviews_of(position))
    return max(names, key=lambda name: published.get(name, date.min), default="")


#: The buttons below the form, for the formats that the paper has.
FORMATS = {
    "pdf": "PDF",
    "docx": "Word",
    "xlsx": "Excel",
    "html": "HTML",
    "csv": "CSV for a spreadsheet",
    "json": "JSON",
}


def formats_of(kind: str) -> dict[str, str]:
    """The formats of a kind of paper that a page offers, with their words."""
    return {format: words for format, words in FORMATS.items() if format in KINDS[kind].formats}
