"""Saying otherwise than the forecast by the rules, with a reason."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from plans.forms import ChildDataCheck, TextField
from plans.overrides import with_override
from plans.policies import Right, can

from .change_views import make_change
from .forecast import RULES, Chance
from .forecast_operations import override_forecast
from .models import Milestone
from .position import ChancePosition
from .reading import current_slice
from .update_views import override_of, refuse
from .views import find_milestone

BY_RULES = ("", "As the rules say")
NOTHING_TO_FORECAST = "There is nothing to forecast: the milestone has no due date, or it is finished."


class ForecastForm(ChildDataCheck):
    """How likely it is to be done on time, and why somebody judges otherwise than the rules."""

    chance = forms.ChoiceField(
        choices=[*((each.value, each.label) for each in Chance), BY_RULES],
        label="Will it be done on time?",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    words = TextField(
        label="Why you judge so",
        help_text="Everybody who reads the plan sees it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you judge otherwise than the rules."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def forecast(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Says how likely a milestone is to be done on time where somebody knows more than the rules do."""
    milestone = find_milestone(request, slug, ref)
    today = timezone.localdate()
    chance = _chance_of(milestone)
    if chance is None and can(request.user, Right.GIVE_FORECAST, milestone.plan):
        return refuse(request, ValidationError(NOTHING_TO_FORECAST), milestone)
    newest = milestone.forecast_overrides.first()

    def change(data: dict[str, Any]) -> None:
        with_override(override_forecast, override_of(form, milestone))(
            milestone=milestone, as_at=today, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        said = (newest.chance, newest.reason) if newest else None
        return said == (data["chance"], data["words"])

    form = ForecastForm(sent(request), initial={"chance": newest.chance if newest else ""})
    return make_change(
        request,
        milestone,
        form,
        "Give your own forecast",
        Right.GIVE_FORECAST,
        change,
        is_so=is_so,
        template="milestones/forecast.html",
        context={"chance": chance, "rules": RULES},
    )


def _chance_of(milestone: Milestone) -> ChancePosition | None:
    found = current_slice(milestone.plan_id, timezone.localdate())[1]
    return next((each.chance for each in found.milestones if each.id == milestone.pk), None)
