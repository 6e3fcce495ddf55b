"""Pages that change an indicator: what it is, where it stands, its targets and the process behind its figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.history import Tracked
from accounts.models import Person
from accounts.requests import SignedInRequest, sent
from plans.changing import RowForm, change_row
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Outcome, Plan
from plans.overrides import with_override
from plans.policies import Right, people_visible_to
from plans.reasons import ReasonForm
from plans.refs import ref_order

from . import operations
from .catalogue import entry_by_code
from .change_forms import (
    IndicatorForm,
    NewDefinitionForm,
    NewIndicatorForm,
    PlaceForm,
)
from .figure_forms import ProcessChangeForm
from .finding import find_indicator, find_scorecard
from .models import Indicator, IndicatorOutcome, Measurement, PlanIndicator, ProcessChange, Target
from .periods import Period
from .target_forms import NewTargetForm, TargetForm, figures_judged, judged_words
from .terms import Polarity, Tolerance, Unit
from .thresholds import Goal, goal_words

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- What an indicator is ----------------------------------------------------------------------------------------


@get_or_post
def new_indicator(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds an indicator of the council’s own to the scorecard."""
    plan, _ = find_scorecard(request.user, slug, Right.EDIT_INDICATORS)
    form = NewIndicatorForm(sent(request), plan=plan, people=people_to_choose(request))

    def add(**details: Any) -> Indicator:
        return operations.add_indicator(plan=plan, **details)

    def done(row: Indicator) -> HttpResponse:
        return saved(request, plan, row, f"{row.code} is on the scorecard.")

    context = {"title": "Add an indicator of your own", "button": "Add the indicator"}
    return add_to(
        request, plan, form, add=add, of="Indicator", done=done, template="indicators/change_new.html", context=context
    )


@get_or_post
def edit(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Changes what is known of an indicator."""
    plan, _, row = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    figures = Measurement.objects.filter(indicator=row, replaced_by=None).count()
    form = IndicatorForm(
        sent(request), row=row, has_figures=bool(figures), people=people_to_choose(request, row.owner_id)
    )

    def save(**changes: Any) -> Indicator:
        return operations.edit_indicator(plan=plan, indicator=row, **changes)

    def done() -> HttpResponse:
        return saved(request, plan, row, "The indicator is saved.")

    others = PlanIndicator.objects.filter(indicator=row).exclude(plan=plan).count()
    context = {"title": "Change the indicator", "button": "Save", "figures": figures, "others": others}
    return change(
        request, plan, row, form, save=save, of=f"Indicator {row.code}", done=done,
        template="indicators/change_edit.html", context=context,
    )  # fmt: skip


@get_or_post
def definition(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Says that an indicator is counted otherwise from a period on: as a new one that replaces this one."""
    plan, _, row = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    begins = next_period(row)
    initial = {"from_on": begins.starts_on, "code": _code_from(row, begins)}
    form = NewDefinitionForm(sent(request), indicator=row, initial=initial)
    successor = Indicator.objects.filter(replaces=row).first()
    if successor is not None:
        context = {"title": "New definition", "plan": plan, "indicator": row, "successor": successor}
        return render(request, "indicators/change_replaced.html", context, status=422 if form.is_bound else 200)

    def add(**details: Any) -> Indicator:
        return operations.change_definition(plan=plan, indicator=row, **details)

    def done(found: Indicator) -> HttpResponse:
        words = f"{found.code} is counted from {found.period_of(found.valid_from).label} on. Set its target next."
        return saved(request, plan, found, words)

    newest = _newest(row)
    context = {
        "title": "New definition from a period on",
        "button": "Start the new definition",
        "newest": row.period_of(newest).label if newest else "",
    }
    return add_to(
        request, plan, form, add=add, of=f"Indicator {row.code}", done=done,
        template="indicators/change_definition.html", context=context, indicator=row,
    )  # fmt: skip


def _code_from(indicator: Indicator, begins: Period) -> str:
    """The code of what replaces an indicator: “NI 59 (2010)” for “NI 59”."""
    stem, _, tail = indicator.code.rpartition(" (")
    stem = stem if stem and tail.rstrip(")").isdecimal() else indicator.code
    year = f" ({begins.starts_on.year})"
    return stem[: 30 - len(year)] + year


# --- Where it stands ---------------------------------------------------------------------------------------------


@get_or_post
def place(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Changes where an indicator stands on the scorecard, and which outcomes it shows."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    row = PlanIndicator.objects.get(plan=plan, indicator=indicator)
    shown = IndicatorOutcome.objects.filter(plan=plan, indicator=indicator).values_list("outcome_id", flat=True)
    form = PlaceForm(sent(request), row=row, plan=plan, groups=_outcome_groups(plan), shown=shown)

    def save(**changes: Any) -> PlanIndicator:
        return operations.edit_place(plan=plan, indicator=indicator, **changes)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "Its place on the scorecard is saved.")

    context = {"title": "Place on the scorecard", "button": "Save"}
    return change(
        request, plan, indicator, form, save=save, of=f"Place of indicator {indicator.code}", done=done,
        template="indicators/change_place.html", context=context,
    )  # fmt: skip


def _outcome_groups(plan: Plan) -> list[tuple[str, list[Outcome]]]:
    """The outcomes of the plan by action, in the plan's order."""
    outcomes = Outcome.objects.filter(plan=plan, action__archived_at=None).select_related("action")
    by_action: dict[Any, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda each: (ref_order(each.action.ref), each.action_id, each.order, each.pk)):
        by_action.setdefault(outcome.action, []).append(outcome)
    return [(f"Action {action}" if action.ref else str(action), rows) for action, rows in by_action.items()]


@get_or_post
def take_off(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Takes an indicator off the scorecard; it can be put back."""
    plan, _ = find_scorecard(request.user, slug, Right.EDIT_INDICATORS)
    row = Indicator.objects.visible_to(request.user).filter(council=plan.council, slug=code).first()
    is_on = row is not None and PlanIndicator.objects.filter(plan=plan, indicator=row).exists()
    if row is None or (not is_on and request.method != "POST"):
        raise Http404
    form = ReasonForm(sent(request))

    def remove(*, reason: str, by: Any) -> None:
        operations.take_off_scorecard(plan=plan, indicator=row, reason=reason, by=by)

    def done() -> HttpResponse:
        messages.success(request, f"{row.code} is off the scorecard. Its figures are kept, and it can be put back.")
        return redirect("indicators:scorecard", plan.slug)

    return remove_row(
        request, plan, row, form, is_there=is_on, remove=remove, of=f"Indicator {row.code}", done=done,
        template="indicators/change_take_off.html",
        context={"title": "Take it off the scorecard", "button": "Take it off", "is_warning": True},
    )  # fmt: skip


# --- Targets -----------------------------------------------------------------------------------------------------


@get_or_post
def new_target(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Sets what an indicator is to reach from a period on."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    entry = entry_by_code(indicator.code)
    usual = entry.usual if entry and entry.usual and indicator.polarity == Polarity.RANGE else (None, None)
    initial = {"from_on": next_period(indicator).starts_on, "range_low": usual[0], "range_high": usual[1]}
    form = NewTargetForm(sent(request), indicator=indicator, initial=initial)

    def add(**details: Any) -> Target:
        return operations.set_target(plan=plan, indicator=indicator, **details)

    def done(row: Target) -> HttpResponse:
        count = figures_judged(indicator, row.from_on)
        more = f" {judged_words(count)}" if count else ""
        return saved(request, plan, indicator, f"The target holds from {_label(indicator, row)} on.{more}")

    newest = _newest(indicator)
    context = {
        "title": "New target from a period on",
        "button": "Set the target",
        "targets": [(row, _label(indicator, row), target_said(row)) for row in indicator.targets.order_by("-from_on")],
        "newest": indicator.period_of(newest).label if newest else "",
        "usual": usual[0] is not None,
    }
    return add_to(
        request, plan, form, add=add, of=f"Target of indicator {indicator.code}", done=done,
        template="indicators/change_target.html", context=context, indicator=indicator,
    )  # fmt: skip


@get_or_post
def target(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Puts a target right that was typed wrongly."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    row = get_object_or_404(indicator.targets.select_related("indicator"), pk=pk)
    judged = figures_judged(indicator, row.from_on)
    form = TargetForm(sent(request), row=row)

    def save(**changes: Any) -> Target:
        return operations.correct_target(plan=plan, target=row, **changes)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "The target is corrected.")

    context = {
        "title": f"Correct the target from {_label(indicator, row)}",
        "button": "Save the correction",
        "target": row,
        "judged": judged,
    }
    return change(
        request, plan, indicator, form, save=save, of=f"Target of indicator {indicator.code}", done=done,
        template="indicators/change_target.html", context=context,
    )  # fmt: skip


@get_or_post
def remove_target(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Takes away a target that was typed by mistake."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    row = removable(request, indicator, indicator.targets.select_related("indicator"), pk)

    def remove(*, reason: str, by: Any) -> None:
        operations.remove_target(plan=plan, target=row, reason=reason, by=by)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "The target is removed.")

    judged = figures_judged(indicator, row.from_on) if row else 0
    before = indicator.targets.filter(from_on__lt=row.from_on).last() if row else None
    context = {
        "title": f"Remove the target from {_label(indicator, row)}" if row else "",
        "button": "Remove the target",
        "said": target_said(row) if row else "",
        "judged": judged,
        "before": (_label(indicator, before), target_said(before)) if before else None,
    }
    return remove_row(
        request, plan, indicator, ReasonForm(sent(request)), is_there=row is not None, remove=remove,
        of=f"Target of indicator {indicator.code}", done=done,
        template="indicators/change_remove_target.html", context=context,
    )  # fmt: skip


def target_said(row: Target) -> str:
    """A target in words: “90% (amber from 85%)”, “No target”."""
    indicator = row.indicator
    goal = Goal(row.value, row.range_low, row.range_high, row.tolerance, Tolerance(row.tolerance_kind))
    words = goal_words(goal, Polarity(indicator.polarity), Unit(indicator.unit), indicator.decimals)
    steps = len(row.profile)
    if not words:
        return "No target"
    return f"{words}, then {steps} {'step' if steps == 1 else 'steps'}" if steps else words


def _label(indicator: Indicator, row: Target | ProcessChange) -> str:
    return indicator.period_of(row.from_on).label


# --- The process behind the figures ------------------------------------------------------------------------------


@get_or_post
def process(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Notes that the process behind the figures changed from a period on."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    form = ProcessChangeForm(sent(request), indicator=indicator)

    def add(**details: Any) -> ProcessChange:
        return operations.note_process_change(plan=plan, indicator=indicator, **details)

    def done(row: ProcessChange) -> HttpResponse:
        words = f"The change of the process is noted from {_label(indicator, row)} on."
        return saved(request, plan, indicator, words)

    context = {
        "title": "Change of the process",
        "button": "Note the change",
        "rows": [(row, _label(indicator, row)) for row in indicator.process_changes.order_by("-from_on")],
    }
    return add_to(
        request, plan, form, add=add, of=f"Process of indicator {indicator.code}", done=done,
        template="indicators/change_process.html", context=context, indicator=indicator,
    )  # fmt: skip


@get_or_post
def remove_process(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Takes away a change of the process that was noted by mistake."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.EDIT_INDICATORS)
    row = removable(request, indicator, indicator.process_changes.select_related("indicator"), pk)

    def remove(*, reason: str, by: Any) -> None:
        operations.remove_process_change(plan=plan, change=row, reason=reason, by=by)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "The change of the process is removed.")

    context = {
        "title": "Remove a change of the process",
        "button": "Remove the change",
        "said": f"From {_label(indicator, row)}: {row.reason}" if row else "",
        "what_then": "The limits of the chart are worked out again as if it had not been noted.",
    }
    return remove_row(
        request, plan, indicator, ReasonForm(sent(request)), is_there=row is not None, remove=remove,
        of=f"Process of indicator {indicator.code}", done=done,
        template="indicators/change_remove.html", context=context,
    )  # fmt: skip


# --- What the pages share ----------------------------------------------------------------------------------------


def saved(request: SignedInRequest, plan: Plan, indicator: Indicator, words: str) -> HttpResponse:
    """Back on the page of the indicator, which says what was done."""
    messages.success(request, words)
    return redirect("indicators:indicator", plan.slug, indicator.slug)


def add_to(
    request: SignedInRequest,
    plan: Plan,
    form: ChildDataCheck,
    *,
    add: Callable[..., Any],
    of: str,
    done: Callable[[Any], HttpResponse],
    template: str,
    context: dict[str, Any],
    indicator: Indicator | None = None,
) -> HttpResponse:
    """Shows the form, or adds what was sent and answers `done(row)`. What is there already, as after a button pressed
    twice, is refused by its name."""
    if request.method == "POST" and form.is_valid():
        try:
            details = getattr(form, "details", form.cleaned_data)
            return done(with_override(add, form.override(of, plan))(by=request.user, **details))
        except ValidationError as error:
            add_refusal(form, error)
    status = 422 if form.errors else 200
    context = context | {"plan": plan, "indicator": indicator, "form": form}
    return render(request, template, context, status=status)


def change(
    request: SignedInRequest,
    plan: Plan,
    indicator: Indicator,
    form: RowForm,
    *,
    save: Callable[..., Any],
    of: str,
    done: Callable[[], HttpResponse],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """As plans.changing.change_row, for a page below an indicator. The heading names what is stored, not what was
    tried."""
    context = context | {"indicator": indicator, "heading": str(indicator)}
    return change_row(request, form, save=save, of=of, plan=plan, done=done, template=template, context=context)


def remove_row(
    request: SignedInRequest,
    plan: Plan,
    indicator: Indicator,
    form: ReasonForm,
    *,
    is_there: bool,
    remove: Callable[..., Any],
    of: str,
    done: Callable[[], HttpResponse],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Asks why, or takes away what is there. What is gone already, as after a button pressed twice, is done."""
    if request.method == "POST" and not is_there:
        return done()
    if request.method == "POST" and form.is_valid():
        try:
            with_override(remove, form.override(of, plan))(by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return done()
    status = 422 if form.errors else 200
    return render(request, template, context | {"plan": plan, "indicator": indicator, "form": form}, status=status)


def removable(request: SignedInRequest, indicator: Indicator, rows: QuerySet[Any], pk: int) -> Any:
    """The row to take away; None where it is gone and the button was pressed again. Http404 for one never there."""
    row: Tracked | None = rows.filter(pk=pk).first()
    if row is None and not (
        request.method == "POST" and rows.model.history.filter(id=pk, indicator=indicator.pk).exists()
    ):
        raise Http404
    return row


def people_to_choose(request: SignedInRequest, chosen: int | None = None) -> QuerySet[Person]:
    """Nobody who has left, but for the one who is chosen."""
    here = Q(left_on=None) & Q(pk__in=people_visible_to(request.user).values("pk"))
    return Person.objects.filter(here | Q(pk=chosen)).order_by("name", "pk")


def next_period(indicator: Indicator) -> Period:
    """The first period that has no figure yet; the one of today where there is none at all."""
    newest = _newest(indicator)
    return indicator.period_of(newest).next if newest else indicator.period_of(timezone.localdate())


def _newest(indicator: Indicator) -> Any:
    rows = Measurement.objects.filter(indicator=indicator).order_by("-starts_on")
    return rows.values_list("starts_on", flat=True).first()
