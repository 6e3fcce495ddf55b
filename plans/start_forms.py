"""The forms that start a plan, and the status key that is chosen with it."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.operations import the_council

from .cycles import monday_of
from .forms import ChildDataCheck, CycleDaysField, DayField, RequiresEvidenceField, TextField, TracksOutcomesField
from .schemes import PRESETS, Scheme


def preset_words(scheme: Scheme) -> str:
    """The words of a key, worst first: how people recognise the one their council prints."""
    return "; ".join(line.word for line in scheme.lines if line.in_key)


class NewPlanForm(ChildDataCheck):
    """What every way to start a plan asks: its title, and the name of the council as long as nobody has given it."""

    title = TextField(
        max_length=300,
        label="Title of the plan",
        help_text="As it stands on the cover, such as “Safeguarding Improvement Plan 2026”.",
        error_messages={"required": "Enter the title of the plan."},
    )
    council_name = TextField(
        max_length=200,
        label="Name of your council",
        help_text="As every paper prints it. It is asked this once.",
        error_messages={"required": "Enter the name of your council."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("council_name", settings.COUNCIL_NAME)
        if the_council() is not None:
            del self.fields["council_name"]


class SchemeField(forms.ChoiceField):
    """The key of a new plan, by the words it prints. Its value is the scheme."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Status key",
            choices=[(name, f"{scheme.name}: {preset_words(scheme)}") for name, scheme in PRESETS.items()],
            widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            error_messages={"required": "Choose a status key."},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return PRESETS.get(super().clean(value))


class StartPlanForm(NewPlanForm):
    """What a plan needs before anything can be put in it."""

    scheme = SchemeField(
        help_text="The words that every list and paper prints, worst first. It stays for the life of the plan.",
        initial="four_statuses",
    )
    short_title = TextField(
        max_length=100,
        required=False,
        label="Short title (optional)",
        help_text="For lists and addresses. Leave it empty to use the title.",
    )
    cycle_anchor = DayField(
        label="First day of the first cycle",
        help_text="Leads report once a cycle. A Monday is usual.",
        error_messages={"required": "Enter the first day of the first cycle."},
    )
    cycle_days = CycleDaysField(initial=14)
    tracks_outcomes = TracksOutcomesField()
    requires_evidence = RequiresEvidenceField()

    #: What has a default that suits most, below the rest.
    LATER: ClassVar[tuple[str, ...]] = (
        *("short_title", "cycle_anchor", "cycle_days"),
        *("tracks_outcomes", "requires_evidence"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("cycle_anchor", monday_of(timezone.localdate()))

    @property
    def later(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LATER]

    @property
    def has_later_errors(self) -> bool:
        return any(name in self.errors for name in self.LATER)
