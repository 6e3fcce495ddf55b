"""The forms that enter a review together with the list of what it recommends."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from plans.forms import ChildDataCheck, DayField, TextField
from plans.models import Plan, Review
from plans.review_forms import OfCouncilForm, ReviewFields
from plans.start_forms import NewPlanForm

from .limits import FileRefused
from .sandbox import read_recommendations_limited_text


class ListField(forms.CharField):
    """A list of recommendations as the report prints it. Its value is what was read of it, None where it is empty."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            strip=False,
            label="Paste the list (optional)",
            help_text="As the report prints it: copy it in Word, Excel or a PDF, with its headings and timescales. You "
            "see what was read before any of it is written. A file is taken later, on the page of the review. "
            f"{ChildDataCheck.HINT}",
            widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return read_recommendations_limited_text(text)
        except FileRefused as refused:
            raise forms.ValidationError(refused.message) from None


class WithList(ChildDataCheck):
    """What is pasted as a list is looked through in its preview."""

    pasted = ListField()

    def _texts(self) -> list[str]:
        return [name for name in super()._texts() if name != "pasted"]


class PlanChoice(forms.ModelChoiceField):
    """A plan by its title."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Plan.objects.none(),
            required=False,
            to_field_name="slug",
            label="Plan that answers it (optional)",
            empty_label="No plan, or none yet",
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class NewReviewForm(WithList, OfCouncilForm, ReviewFields):
    """A review of a council, the plan that answers it, and what it recommends."""

    PARTS = (
        (ReviewFields.PARTS[0][0], (*ReviewFields.PARTS[0][1], ("plan",))),
        ReviewFields.PARTS[1],
        ("What it recommends", (("pasted",),)),
        *ReviewFields.PARTS[2:],
    )

    plan: Any = PlanChoice()

    def __init__(self, *args: Any, reviews: QuerySet[Review], plans: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follows"].queryset = reviews  # type: ignore[attr-defined]
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        plan, council = self.cleaned_data.get("plan"), self.details.get("council")
        if plan and council and plan.council_id != council.pk:
            self.add_error("plan", "This is a plan of another council.")
        return cleaned


class StartFromInspectionForm(WithList, NewPlanForm):
    """What the inspectors published, and what the plan that answers it is called."""

    short_name = TextField(
        max_length=100,
        label="Short name of the inspection or review",
        help_text="As papers refer to it, such as “Ofsted Feb 2025”.",
        error_messages={"required": "Enter the short name of the inspection."},
    )
    kind = forms.ChoiceField(choices=Review.Kind.choices, label="Kind", initial=Review.Kind.INSPECTION)
    published_on = DayField(
        required=False,
        label="Report published (optional)",
        help_text="“Within three months” counts from this day.",
    )
    field_order = ("short_name", "kind", "published_on", "title", "council_name", "pasted")
