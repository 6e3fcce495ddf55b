"""The forms of reviews, what they judged, frameworks, interventions and boards."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from accounts.models import Organisation
from accounts.texts import plain

from .changing import RowForm
from .documents import UploadField
from .forms import ChildDataCheck, DayField, InParts, TextField
from .frameworks import supplied, supplied_as
from .models import Framework, GovernanceBody, Intervention, Review
from .review_operations import Given, judgements_version
from .spans import span_words

LONGEST_TEXT = 20_000
LONGEST_LINE = 200
#: Empty rows for areas that no framework names.
EMPTY_AREAS, EMPTY_AREAS_WITHOUT_FRAMEWORK = 2, 4


class LongField(TextField):
    """Some paragraphs, which may be left out."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("required", False)
        super().__init__(max_length=LONGEST_TEXT, **kwargs)


class LinesField(forms.Field):
    """A list of words, one on a line."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in plain(value or "").splitlines()]
        return [line for line in lines if line]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        for line in value:
            if len(line) > LONGEST_LINE:
                raise forms.ValidationError(f"“{line[:40]}…” is longer than {LONGEST_LINE} letters.")
            if value.count(line) > 1:
                raise forms.ValidationError(f"“{line}” is there twice.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class FrameworkField(forms.ChoiceField):
    """A framework by its name: one that is supplied, or one of one's own. Its value is the row where there is one,
    the supplied framework where there is none yet, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_framework_choices, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "name", value)

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        return (Framework.objects.filter(name=name).first() or supplied_as(name)) if name else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.prepare_value(initial) or "") != (data or ""))


def _framework_choices() -> list[Any]:
    names = [each.name for each in supplied()]
    own = [name for name in Framework.objects.values_list("name", flat=True) if name not in names]
    groups = [("Supplied", [(name, name) for name in names]), ("Our own", [(name, name) for name in own])]
    return [("", "None"), *(group for group in groups if group[1])]


class ReviewChoice(forms.ModelChoiceField):
    """A review by its short name and its days."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Review.objects.none(), required=False, to_field_name="slug", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        when = span_words(obj.started_on, obj.started_precision, obj.ended_on, obj.ended_precision)
        return f"{obj.short_name} ({when})" if when and when not in obj.short_name else obj.short_name


class OfCouncilForm(ChildDataCheck):
    """A form that adds something to a council; it asks which where the writer looks after more than one."""

    council: Any = forms.ModelChoiceField(queryset=Organisation.objects.none(), label="Council", empty_label=None)

    def __init__(self, *args: Any, councils: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.councils = list(councils)
        if len(self.councils) > 1:
            self.fields["council"].queryset = councils  # type: ignore[attr-defined]
        else:
            del self.fields["council"]

    @property
    def details(self) -> dict[str, Any]:
        """What is to be added, with its council."""
        only = {"council": self.councils[0]} if len(self.councils) == 1 else {}
        return only | self.cleaned_data


# --- Reviews -----------------------------------------------------------------------------------------------------


def _precision(of: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=Review.Precision.choices, label=f"How exact {of} is", initial="day")


class ReviewFields(InParts):
    """What a review is, when it was, what it said and where its report is."""

    PARTS: ClassVar[tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = (
        (
            "What it is",
            (("council",), ("short_name",), ("title",), ("other_names",), ("kind",), ("bodies",), ("framework",)),
        ),
        (
            "When",
            (
                ("started_on", "started_precision"),
                ("ended_on", "ended_precision"),
                ("published_on", "published_precision"),
                ("received_on", "timescales_from"),
                ("follows",),
            ),
        ),
        ("What it said", (("summary",), ("strengths",), ("areas",))),
        ("The report", (("upload",), ("report_url",))),
        ("The change", (("reason",),)),
    )

    short_name = TextField(
        max_length=100,
        label="Short name",
        help_text="As references write it, such as “Ofsted Feb 2025”. Unique in the council.",
        error_messages={"required": "Enter the short name."},
    )
    title = TextField(
        max_length=300,
        label="Title of the report (optional)",
        required=False,
        help_text="As it stands on the cover.",
    )
    other_names = TextField(
        max_length=2000,
        label="Other names (optional)",
        required=False,
        help_text="As papers also write it, one on a line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(choices=Review.Kind.choices, label="Kind")
    bodies = TextField(
        max_length=300, label="Who carried it out (optional)", required=False, help_text="Such as “Ofsted and CQC”."
    )
    framework = FrameworkField(
        label="Framework (optional)", help_text="It gives the areas and grades of the judgements."
    )
    started_on = DayField(label="Began (optional)", required=False)
    started_precision = _precision("the beginning")
    ended_on = DayField(label="Ended (optional)", required=False)
    ended_precision = _precision("the end")
    published_on = DayField(label="Report published (optional)", required=False)
    published_precision = _precision("the day of publication")
    received_on = DayField(
        label="Council received the report (optional)",
        required=False,
        help_text="The statutory clock starts on this day.",
    )
    timescales_from = forms.ChoiceField(
        choices=Review.CountedFrom.choices,
        label="Timescales count from",
        help_text="“Within three months” of which day.",
    )
    follows = ReviewChoice(label="Follows (optional)", empty_label="No other review", help_text="An earlier review.")
    summary = LongField(label="Summary (optional)")
    strengths = LongField(label="Strengths named (optional)")
    areas = LongField(label="Areas to consider or improve (optional)", help_text="In words. Recommendations are apart.")
    upload = UploadField(label="The report or letter as a file (optional)", required=False)
    report_url = forms.URLField(
        label="Address of the published report (optional)",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "This is no address. It begins with https://"},
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        started_on, ended_on = self.cleaned_data.get("started_on"), self.cleaned_data.get("ended_on")
        if started_on and ended_on and ended_on < started_on:
            self.add_error("ended_on", "It ends before it begins.")
        return cleaned

    def clean_report_url(self) -> str:
        """Only what a browser opens as a page."""
        url: str = self.cleaned_data["report_url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError("This is no address. It begins with https://")
        return url

    def clean_title(self) -> str:
        return self.cleaned_data["title"] or self.cleaned_data.get("short_name", "")


class ReviewForm(ReviewFields, RowForm):
    """A review that is there."""

    columns = (
        "short_name",
        "title",
        "other_names",
        "kind",
        "bodies",
        "framework",
        "started_on",
        "started_precision",
        "ended_on",
        "ended_precision",
        "published_on",
        "published_precision",
        "received_on",
        "timescales_from",
        "follows",
        "summary",
        "strengths",
        "areas",
        "report_url",
    )

    def __init__(self, data: Any, *, row: Review, reviews: QuerySet[Review], **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.fields["follows"].queryset = reviews  # type: ignore[attr-defined]

    @property
    def is_so_already(self) -> bool:
        upload, report = self.cleaned_data.get("upload"), self.row.report  # type: ignore[attr-defined]
        if upload is not None and (report is None or report.sha256 != upload.sha256):
            return False
        return super().is_so_already


# --- Judgements --------------------------------------------------------------------------------------------------


class JudgementsForm(RowForm):
    """All judgements of a review on one page: the areas of its framework, and others that somebody names."""

    reason = TextField(
        label="Why it changes (optional)", required=False, max_length=500, help_text="Where you correct something."
    )

    def __init__(self, data: Any, *, row: Review, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.review = row
        self.initial["version"] = judgements_version(row)
        framework = row.framework
        self.grades: list[str] = list(framework.grades) if framework else []
        named: list[str] = list(framework.areas) if framework else []
        self.given = self._given()
        there = {each.area: each for each in self.given}
        empty = EMPTY_AREAS if named else EMPTY_AREAS_WITHOUT_FRAMEWORK
        others = [each.area for each in self.given if each.area not in named]
        self.areas: list[str] = named
        self.count = len(named) + len(others) + empty
        for number, area in enumerate([*named, *others, *[""] * empty]):
            self._add_row(number, there.get(area) or Given(area), is_named=number < len(named))
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def _given(self) -> list[Given]:
        return [Given(row.area, row.grade, row.words) for row in self.review.judgements.all()]

    def _add_row(self, number: int, given: Given, *, is_named: bool) -> None:
        if not is_named:
            self.fields[f"area_{number}"] = TextField(label="Area", max_length=LONGEST_LINE, required=False)
            self.initial[f"area_{number}"] = given.area
        grades = [*self.grades, *([given.grade] if given.grade and given.grade not in self.grades else [])]
        if grades:
            self.fields[f"grade_{number}"] = forms.ChoiceField(
                label="Grade", choices=[("", "No grade"), *((each, each) for each in grades)], required=False
            )
            self.initial[f"grade_{number}"] = given.grade
        self.fields[f"words_{number}"] = LongField(label="What was said (optional)", rows=2)
        self.initial[f"words_{number}"] = given.words

    @property
    def rows(self) -> Iterator[tuple[str, list[list[forms.BoundField]]]]:
        """Each area with its fields, line by line; without a name where it is to be written."""
        for number in range(self.count):
            lines = [[f"area_{number}"], [f"grade_{number}", f"words_{number}"]]
            area = self.areas[number] if number < len(self.areas) else ""
            yield area, [[self[name] for name in line if name in self.fields] for line in lines]

    def writes(self, name: str) -> bool:
        return name in self.changed_data

    def _label(self, name: str) -> str:
        number = int(name.rsplit("_", 1)[1]) if "_" in name else self.count
        area = self.areas[number] if number < len(self.areas) else ""
        return f"{area}, {super()._label(name).lower()}" if area else super()._label(name)

    def clean(self) -> Any:
        cleaned = super().clean()
        for number in range(len(self.areas), self.count):
            area, has_judgement = self._sent(number, "area"), self._sent(number, "grade") or self._sent(number, "words")
            if has_judgement and not area:
                self.add_error(f"area_{number}", "Say which area this is about.")
            elif area and not has_judgement and not self.initial[f"area_{number}"]:
                self.add_error(f"words_{number}", f"Say what was judged of “{area}”.")
        return cleaned

    def _sent(self, number: int, part: str) -> str:
        return self.cleaned_data.get(f"{part}_{number}") or ""

    @property
    def changes(self) -> dict[str, Any]:
        """The judgements as they were sent; an area without any is left out."""
        given = []
        for number in range(self.count):
            area = self.areas[number] if number < len(self.areas) else " ".join(self._sent(number, "area").split())
            grade, words = self._sent(number, "grade"), self._sent(number, "words")
            if area and (grade or words):
                given.append(Given(area, grade, words))
        return {"judgements": given}

    @property
    def is_so_already(self) -> bool:
        return bool(self._given() == self.changes["judgements"])

    def now(self) -> list[tuple[str, Any]]:
        sent = {each.area: each for each in self.changes["judgements"]}
        there = {each.area: each for each in self._given()}
        return [
            (area, "; ".join(filter(None, (there[area].grade, there[area].words))) if area in there else "Nothing")
            for area in {**there, **sent}
            if there.get(area) != sent.get(area)
        ]

    def take_up(self, sent: Any) -> None:
        again = sent.copy()
        again[self.add_prefix("version")] = str(judgements_version(self.review))
        self.data = again


# --- Frameworks --------------------------------------------------------------------------------------------------


class FrameworkFields(ChildDataCheck):
    name = TextField(max_length=200, label="Name", error_messages={"required": "Enter the name of the framework."})
    bodies = TextField(max_length=200, label="Who inspects by it (optional)", required=False)
    when = TextField(max_length=100, label="When it applies (optional)", required=False, help_text="Such as “2018 on”.")
    areas = LinesField(
        label="Judgement areas (optional)",
        required=False,
        help_text="One on a line, in the order of the report.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    grades = LinesField(
        label="Grades, best first (optional)",
        required=False,
        help_text="One on a line. Leave it empty where nothing is graded.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    note = LongField(label="Note (optional)", rows=3)


class NewFrameworkForm(FrameworkFields):
    """A framework of one's own."""


class FrameworkForm(FrameworkFields, RowForm):
    """A framework of one's own that is there."""

    columns = ("name", "bodies", "when", "areas", "grades", "note")
    field_order: Any = [*columns, "reason"]


# --- Interventions -----------------------------------------------------------------------------------------------


class InterventionFields(ChildDataCheck):
    kind = forms.ChoiceField(choices=Intervention.Kind.choices, label="Kind")
    issued_on = DayField(label="Issued on", error_messages={"required": "Enter the day it was issued."})
    review = ReviewChoice(
        label="The notice as a review (optional)",
        empty_label="None",
        help_text="A review of the kind notice or direction: its recommendations are the criteria.",
    )
    board: Any = forms.ModelChoiceField(
        queryset=GovernanceBody.objects.none(),
        label="Board that it set up or reports to (optional)",
        required=False,
        empty_label="None",
    )
    criteria = LongField(label="What has to be met (optional)", help_text="In words, where they are no list.")

    def choose_from(self, reviews: QuerySet[Review], boards: QuerySet[GovernanceBody]) -> None:
        self.fields["review"].queryset = reviews  # type: ignore[attr-defined]
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]


class NewInterventionForm(OfCouncilForm, InterventionFields):
    """A step of the government towards a council."""

    field_order: Any = ["council"]


class InterventionForm(InterventionFields, RowForm):
    """An intervention that is there."""

    columns = ("kind", "issued_on", "review", "board", "criteria")
    field_order: Any = [*columns, "reason"]


class LiftForm(RowForm):
    """That an intervention was lifted."""

    columns = ("lifted_on", "lifted_words", "transition")
    lifted_on = DayField(
        label="Lifted on",
        required=False,
        help_text="Take the day out again if it is still in force.",
    )
    lifted_words = LongField(label="How and why it was lifted", help_text="What showed that progress is sustained.")
    transition = LongField(label="What takes over the board’s work (optional)")
    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)
    field_order: Any = [*columns, "reason"]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.cleaned_data.get("lifted_on") and not self.cleaned_data.get("lifted_words"):
            self.add_error("lifted_words", "Say how and why it was lifted.")
        if "lifted_on" in self.cleaned_data and not self.cleaned_data["lifted_on"] and not self.initial["lifted_on"]:
            self.add_error("lifted_on", "Enter the day it was lifted.")
        return cleaned


# --- Boards ------------------------------------------------------------------------------------------------------


class BoardFields(ChildDataCheck):
    name = TextField(max_length=200, label="Name", error_messages={"required": "Enter the name of the board."})
    kind = forms.ChoiceField(choices=GovernanceBody.Kind.choices, label="Kind")
    chair = TextField(max_length=200, label="Chair (optional)", required=False, help_text="By name or role.")
    rhythm = TextField(
        max_length=100, label="How often it meets (optional)", required=False, help_text="Such as “every six weeks”."
    )


class NewBoardForm(OfCouncilForm, BoardFields):
    """A board, committee or group."""

    field_order: Any = ["council"]


class BoardForm(BoardFields, RowForm):
    """A board that is there, and when it met for the last time."""

    columns = ("name", "kind", "chair", "rhythm", "ended_on")
    ended_on = DayField(
        label="Met for the last time on (optional)", required=False, help_text="A board that has ended agrees nothing."
    )
    field_order: Any = [*columns, "reason"]
