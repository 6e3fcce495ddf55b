"""The forms of a target: a new one from a period on, and one that was typed wrongly."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from plans.changing import RowForm
from plans.forms import InParts, TextField

from .change_fields import LONGEST_TEXT, POLARITIES, NumberField, PeriodField, StepsField
from .models import Indicator, Measurement, Target
from .terms import Polarity, Tolerance, Unit

_ASK_TARGET = "Enter the target, or tick that there is none."
_ASK_BAND = "Enter both ends of the range, or tick that there is no target."


class TargetFields(InParts):
    """What an indicator is to reach from a period on: one value, or both ends where good lies within a range."""

    PARTS = (
        ("What is aimed at", (("from_on",), ("value",), ("range_low", "range_high"), ("no_target",))),
        ("How far off is still amber", (("tolerance", "tolerance_kind"),)),
        ("Steps", (("profile",),)),
        ("Who says so", (("set_by",), ("reason",))),
    )

    no_target = forms.BooleanField(label="There is no target from this period on", required=False)
    tolerance_kind = forms.ChoiceField(
        label="Tolerance in", choices=[(each.value, each.label) for each in Tolerance], initial=Tolerance.POINTS.value
    )
    set_by = TextField(
        label="Who set it (optional)",
        max_length=200,
        required=False,
        help_text="Such as “Board, May 2026”.",
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        unit = Unit(indicator.unit)
        self.is_range = indicator.polarity == Polarity.RANGE
        today = indicator.period_of(timezone.localdate())
        unit_words = f"In {unit.label}. " if unit in (Unit.PERCENT, Unit.DAYS, Unit.MONEY) else ""
        self.fields["from_on"] = PeriodField(
            indicator=indicator,
            label="From the period",
            help_text=f"Such as {today.label}. Earlier figures stay as they are.",
        )
        if self.is_range:
            self.fields["range_low"] = NumberField(unit=unit, label="Lower end", required=False)
            self.fields["range_high"] = NumberField(unit=unit, label="Upper end", required=False)
        else:
            self.fields["value"] = NumberField(
                unit=unit,
                label="Target",
                help_text=f"{unit_words}{POLARITIES[Polarity(indicator.polarity)]}",
                required=False,
            )
            self.fields["profile"] = StepsField(
                indicator=indicator,
                label="Steps (optional)",
                help_text="Where the target changes period by period. One a line: the period from which another value "
                f"is aimed at, and the value, such as “{today.next.label} 85”. Until the first step the target above "
                "holds.",
                required=False,
            )
        self.fields["tolerance"] = NumberField(
            label="Tolerance (optional)",
            help_text="Off target by no more than this is amber. Without it there is no amber.",
            required=False,
            is_negative_refused=True,
        )

    def _texts(self) -> list[str]:
        # Steps are read into days and numbers: no words are kept.
        return [name for name in super()._texts() if name != "profile"]

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        names = ("range_low", "range_high") if self.is_range else ("value",)
        given: list[Any] = [cleaned.get(name) for name in names if name not in self.errors]
        if cleaned.get("no_target"):
            if any(number is not None for number in given) or cleaned.get("profile"):
                self.add_error("no_target", "There is a target above. Take it out, or take the tick away.")
        elif len(given) == len(names) and any(number is None for number in given):
            missing = next(name for name in names if cleaned.get(name) is None)
            self.add_error(missing, _ASK_BAND if self.is_range else _ASK_TARGET)
        elif self.is_range and len(given) == len(names) and given[0] > given[1]:
            self.add_error("range_high", "The upper end is below the lower end.")
        self._check_steps(cleaned)
        return cleaned

    def _check_steps(self, cleaned: dict[str, Any]) -> None:
        steps, from_on = cleaned.get("profile"), cleaned.get("from_on")
        if steps and from_on and steps[0][0] < from_on.isoformat():
            first = self.indicator.period_of(date.fromisoformat(steps[0][0])).label
            self.add_error("profile", f"The step of {first} lies before the target begins.")


class NewTargetForm(TargetFields):
    """A target from a period on. Where figures are there already from then on, it asks before it judges them anew."""

    TICK_ANEW: ClassVar[str] = "judges_anew"

    reason = TextField(
        label="Why",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as “Agreed in the annual review of targets”.",
        error_messages={"required": "Say why this is the target."},
    )

    #: What its box sends: from when on how many figures are judged anew. Empty while there is nothing to agree to.
    anew = ""
    is_agreed = False

    @property
    def details(self) -> dict[str, Any]:
        """What the operation takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "no_target"}

    def clean(self) -> Any:
        cleaned = super().clean()
        from_on = cleaned.get("from_on")
        count = figures_judged(self.indicator, from_on) if from_on is not None else 0
        if count:
            self.anew = f"{from_on}:{count}"
            self.is_agreed = self.data.get(self.TICK_ANEW) == self.anew
            if not self.is_agreed:
                self.add_error("from_on", f"{judged_words(count)} Tick the box below, or choose a later period.")
        return cleaned


def figures_judged(indicator: Indicator, from_on: date) -> int:
    """How many figures that are there a target from a day on judges, up to the next target."""
    following = Target.objects.filter(indicator=indicator, from_on__gt=from_on).order_by("from_on").first()
    rows = Measurement.objects.filter(indicator=indicator, replaced_by=None, starts_on__gte=from_on)
    if following is not None:
        rows = rows.filter(starts_on__lt=following.from_on)
    return rows.exclude(value=None).count()


def judged_words(count: int) -> str:
    """What a target does to figures that are there."""
    return f"{count} {'figure is' if count == 1 else 'figures are'} judged anew by it; earlier ones stay as they are."


class TargetForm(TargetFields, RowForm):
    """A target that is there, to be put right."""

    columns: tuple[str, ...] = (
        "from_on",
        "value",
        "range_low",
        "range_high",
        "tolerance",
        "tolerance_kind",
        "profile",
        "set_by",
    )

    def __init__(self, data: Any, *, row: Target, **kwargs: Any) -> None:
        others = ("value", "profile") if row.indicator.polarity == Polarity.RANGE else ("range_low", "range_high")
        self.columns = tuple(name for name in type(self).columns if name not in others)
        super().__init__(data, row=row, indicator=row.indicator, **kwargs)
        self.initial["no_target"] = row.value is None and row.range_low is None

    def now(self) -> list[tuple[str, Any]]:
        said: list[tuple[str, Any]] = []
        for name in self.columns:
            field, now = self.fields[name], getattr(self.row, name)
            if name in self.errors or field.clean(self[name].value()) != now:
                words = now if name != "tolerance_kind" else self.row.get_tolerance_kind_display()  # type: ignore[attr-defined]
                label = str(self[name].label).removesuffix(" (optional)")
                said.append((label, field.prepare_value(words) or "Nothing"))
        return said
