"""The figures of a scorecard, entered in a grid by keyboard. A pasted column is settled in the same one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import Right

from .checking import blank_rows
from .entry_forms import EntryForm, PeriodForm, figures_to_record, known_indicators, typed_rows
from .figure_operations import Recorded, record_measurements
from .finding import find_scorecard

TYPED = "Typed in"


@require_http_methods(["GET", "HEAD", "POST"])
def enter_figures(request: SignedInRequest, slug: str) -> HttpResponse:
    """The grid; a POST records all of it, or nothing where something has to be settled first."""
    plan, _ = find_scorecard(request.user, slug, Right.ENTER_FIGURES)
    if request.method == "POST":
        return _record(request, plan)
    today = timezone.localdate()
    period_form = PeriodForm(request.GET if "period" in request.GET else None, today=today)
    status = 422 if period_form.is_bound and not period_form.is_valid() else 200
    known = known_indicators(plan)
    rows = blank_rows(known.facts, today, period_form.ended_by)
    form = EntryForm(None, typed=rows, known=known, today=today)
    return grid_page(request, plan, form, period_form=period_form, status=status)


def _record(request: SignedInRequest, plan: Plan) -> HttpResponse:
    try:
        typed = typed_rows(request.POST)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": plan}, status=422)
    form = _checked(request, plan, typed)
    if not form.is_valid():
        return grid_page(request, plan, form, status=409 if form.has_conflict else 422)
    try:
        save = with_override(record_measurements, form.override("Figures of the scorecard", plan))
        recorded = save(
            plan=plan,
            figures=figures_to_record(form.found, form.known),
            source=form.cleaned_data["source"] or TYPED,
            by=request.user,
        )
    except ValidationError as error:
        # Somebody may have been quicker between the check and the writing: what is there now is shown.
        form = _checked(request, plan, typed)
        if form.is_valid():
            form.add_error(None, error)
        return grid_page(request, plan, form, status=409)
    _say(request, recorded)
    return redirect("indicators:scorecard", plan.slug)


def _checked(request: HttpRequest, plan: Plan, typed: Any) -> EntryForm:
    return EntryForm(request.POST, typed=typed, known=known_indicators(plan), today=timezone.localdate())


def _say(request: HttpRequest, recorded: Recorded) -> None:
    created, revised = len(recorded.created), len(recorded.revised)
    said = [f"{created} figure{'' if created == 1 else 's'} recorded"] if created else []
    if revised:
        said.append(f"{revised} revised" if created else f"{revised} figure{'' if revised == 1 else 's'} revised")
    if said:
        messages.success(request, f"{', '.join(said)}.")
    else:
        messages.info(request, "Nothing was recorded: every figure is there already.")


def grid_page(
    request: HttpRequest,
    plan: Plan,
    form: EntryForm,
    *,
    status: int = 200,
    period_form: PeriodForm | None = None,
    **context: Any,
) -> HttpResponse:
    """The grid with what was typed or read, and what has to be settled."""
    grid = form.grid
    context |= {
        "plan": plan,
        "form": form,
        "grid": grid,
        "problems": form.problems,
        "news": form.found.news if form.is_bound else (),
        "period_form": period_form,
        "read_from": form.was_read_from,
    }
    return render(request, "indicators/entry.html", context, status=status)
