"""Pages of what stands beside the figures: benchmarks, commentaries, and the revision of one figure."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile
from plans.changing import change_row
from plans.forms import add_refusal
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import Right
from plans.reasons import ReasonForm

from . import operations
from .change_fields import number_words
from .change_views import add_to, get_or_post, people_to_choose, removable, remove_row, saved
from .figure_forms import BenchmarkForm, CommentaryForm, ReviseForm, benchmark_order
from .figure_operations import NewFigure, Recorded, figures_in_force, record_measurements, take_back_figure
from .finding import find_indicator, find_scorecard
from .models import TAKEN_BACK, Benchmark, Commentary, Indicator, Measurement
from .periods import Period, PeriodError, read_period
from .position import IndicatorPosition, PointPosition
from .presenting import RAG_VIEWS
from .reading import current_scorecard
from .terms import Frequency, Polarity, Rag, Unit
from .values import measured, printed

# --- Benchmarks --------------------------------------------------------------------------------------------------


@get_or_post
def benchmark(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Records what others had in a period, or puts it right."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.ENTER_FIGURES)
    initial = {name: request.GET.get(name, "") for name in ("comparator", "starts_on")}
    form = BenchmarkForm(sent(request), indicator=indicator, initial=initial)

    def add(**details: Any) -> Benchmark:
        return operations.record_benchmark(plan=plan, indicator=indicator, **details)

    def done(row: Benchmark) -> HttpResponse:
        words = f"{_benchmark_words(indicator, row)} is recorded."
        if request.POST.get("next") != "another":
            return saved(request, plan, indicator, words)
        messages.success(request, words)
        period = indicator.period_of(row.starts_on).label
        address = reverse("indicators:benchmark", args=(plan.slug, indicator.slug))
        return redirect(f"{address}?{urlencode({'starts_on': period})}")

    rows = sorted(indicator.benchmarks.all(), key=benchmark_order)
    context = {
        "title": "Benchmarks",
        "rows": [
            (row, indicator.period_of(row.starts_on).label, _print(indicator, row.value)) for row in rows
        ],
    }  # fmt: skip
    return add_to(
        request, plan, form, add=add, of=f"Benchmark of indicator {indicator.code}", done=done,
        template="indicators/change_benchmarks.html", context=context, indicator=indicator,
    )  # fmt: skip


@get_or_post
def remove_benchmark(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Takes away a benchmark that was entered by mistake."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.ENTER_FIGURES)
    row = removable(request, indicator, indicator.benchmarks.select_related("indicator"), pk)

    def remove(*, reason: str, by: Any) -> None:
        operations.remove_benchmark(plan=plan, benchmark=row, reason=reason, by=by)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "The benchmark is removed.")

    context = {
        "title": "Remove a benchmark",
        "button": "Remove the benchmark",
        "said": f"{_benchmark_words(indicator, row)}: {_print(indicator, row.value)}" if row else "",
    }
    return remove_row(
        request, plan, indicator, ReasonForm(sent(request)), is_there=row is not None, remove=remove,
        of=f"Benchmark of indicator {indicator.code}", done=done,
        template="indicators/change_remove.html", context=context,
    )  # fmt: skip


def _benchmark_words(indicator: Indicator, row: Benchmark) -> str:
    return f"{row.get_comparator_display()} of {indicator.period_of(row.starts_on).label}"


# --- Commentary --------------------------------------------------------------------------------------------------


@get_or_post
def commentary(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Writes what the figure of a period means: of the newest one, or of `?period=`."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.ENTER_FIGURES)
    position = _position(plan, indicator)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, "The commentary is saved.")

    asked = request.POST.get("starts_on") or request.GET.get("period", "")
    return _write(
        request, plan, indicator, position, asked=asked, done=done, template="indicators/change_commentary.html"
    )


@get_or_post
def commentaries(request: SignedInRequest, slug: str) -> HttpResponse:
    """The red figures that nobody has commented yet, one after another."""
    plan, _ = find_scorecard(request.user, slug, Right.ENTER_FIGURES)
    waiting = [
        each
        for each in current_scorecard(plan.pk, timezone.localdate()).off_target
        if each.needs_commentary
    ]  # fmt: skip
    wanted = request.POST.get("indicator") or request.GET.get("indicator", "")
    chosen = next((each for each in waiting if each.slug == wanted), None)
    if request.method == "POST" and not wanted:
        return redirect(_commentaries_address(plan, None))
    if chosen is None and request.method != "POST" and waiting:
        chosen = waiting[0]
    if chosen is None and request.method != "POST":
        context = {"plan": plan, "title": "Commentaries to write"}
        return render(request, "indicators/change_commentaries.html", context)
    _, _, indicator = find_indicator(request.user, slug, chosen.slug if chosen else wanted, Right.ENTER_FIGURES)
    position = chosen or _position(plan, indicator)
    following = _following(waiting, indicator.slug)

    def done() -> HttpResponse:
        left = len([each for each in waiting if each.slug != indicator.slug])
        more = f" {left} to go." if left else " That was the last one."
        messages.success(request, f"The commentary of {indicator.code} is saved.{more}")
        return redirect(_commentaries_address(plan, following))

    return _write(
        request, plan, indicator, position, asked=request.POST.get("starts_on", ""), done=done,
        template="indicators/change_commentaries.html",
        context={
            "waiting": waiting,
            "skip": _commentaries_address(plan, following) if following else "",
            "is_last": following is None,
        },
    )  # fmt: skip


def _following(waiting: list[IndicatorPosition], slug: str) -> IndicatorPosition | None:
    """The one after this one, and after the last one the first."""
    slugs = [each.slug for each in waiting]
    start = slugs.index(slug) + 1 if slug in slugs else 0
    others = [each for each in [*waiting[start:], *waiting[:start]] if each.slug != slug]
    return others[0] if others else None


def _commentaries_address(plan: Plan, indicator: IndicatorPosition | None) -> str:
    address = reverse("indicators:commentaries", args=(plan.slug,))
    return f"{address}?{urlencode({'indicator': indicator.slug})}" if indicator else address


def _write(
    request: SignedInRequest,
    plan: Plan,
    indicator: Indicator,
    position: IndicatorPosition,
    *,
    asked: str,
    done: Callable[[], HttpResponse],
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Shows the box below the figure of the period asked for, or saves what was written."""
    period = _period_asked(indicator, position, asked)
    context = (context or {}) | {"title": "Commentary", "indicator": indicator, "heading": str(indicator)}
    if period is None:
        context |= {"plan": plan, "form": None}
        return render(request, template, context, status=422 if request.method == "POST" else 200)
    point = position.at(period.starts_on)
    row = Commentary.objects.filter(indicator=indicator, starts_on=period.starts_on).first()
    row = row or Commentary(indicator=indicator, starts_on=period.starts_on)
    form = CommentaryForm(
        sent(request),
        row=row,
        period=period,
        is_red=point is not None and point.rag is Rag.RED,
        people=people_to_choose(request, row.action_lead_id),
    )

    def save(*, reason: str, **changes: Any) -> Commentary:
        try:
            return operations.write_commentary(
                plan=plan,
                indicator=indicator,
                starts_on=period.starts_on,
                reason=reason or "Commentary written",
                **changes,
            )
        except ChangedMeanwhile:
            # Whoever opened the page before there was a commentary holds no row to compare with.
            form.row = Commentary.objects.get(indicator=indicator, starts_on=period.starts_on)
            raise

    before = Commentary.objects.filter(indicator=indicator, starts_on__lt=period.starts_on).first()
    context |= {
        "position": position,
        "period": period,
        "point": point,
        "is_latest": position.latest is not None and position.latest.starts_on == period.starts_on,
        "target": _target_words(position, point),
        "status": RAG_VIEWS[point.rag] if point else RAG_VIEWS[Rag.NO_DATA],
        "before": (indicator.period_of(before.starts_on).label, before) if before else None,
    }
    return change_row(
        request,
        form,
        save=save,
        of=f"Commentary of indicator {indicator.code}",
        plan=plan,
        done=done,
        template=template,
        context=context,
    )


def _position(plan: Plan, indicator: Indicator) -> IndicatorPosition:
    found = current_scorecard(plan.pk, timezone.localdate()).indicators
    return next(each for each in found if each.id == indicator.pk)


def _period_asked(indicator: Indicator, position: IndicatorPosition, words: str) -> Period | None:
    """The period that words name, which has its place among the figures; else that of the newest figure, if any."""
    if not words:
        return indicator.period_of(position.latest.starts_on) if position.latest else None
    try:
        period = read_period(words, Frequency(indicator.frequency), indicator.year_starts_in)
    except PeriodError as error:
        raise Http404(str(error)) from error
    if position.at(period.starts_on) is None:
        raise Http404("There is no figure of this period.")
    return period


def _target_words(position: IndicatorPosition, point: PointPosition | None) -> str:
    """What the figure of a period is judged by."""
    if point is None:
        return ""
    if point is position.latest:
        return position.target_words
    if position.polarity is Polarity.RANGE and point.range_low is not None:
        return f"{position.print(point.range_low)} to {position.print(point.range_high)}"
    return position.print(point.target)


# --- Revisions ---------------------------------------------------------------------------------------------------


@get_or_post
def revise(request: SignedInRequest, slug: str, code: str, starts_on: str) -> HttpResponse:
    """Puts another figure in the place of one; the old one is kept and shown."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.ENTER_FIGURES)
    day = _day(starts_on)
    figure = get_object_or_404(indicator.measurements.exclude(no_value=TAKEN_BACK), starts_on=day, replaced_by=None)
    form = ReviseForm(sent(request), indicator=indicator, figure=figure)
    label = indicator.period_of(day).label
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        if form.says(figure):
            return saved(request, plan, indicator, f"The figure of {label} is revised.")
        try:
            recorded = _record(request, plan, indicator, day, form)
        except ValidationError as error:
            now = figures_in_force([indicator.pk], [day])[indicator.pk, day]
            if now.pk != form.cleaned_data["seen"]:
                status, figure, conflict = 409, now, [("Figure", figure_words(indicator, now))]
                form.data = _with_seen(request, now)
            else:
                _refuse(form, indicator, error)
        else:
            words = "is revised; the old one is kept" if recorded.revised else "says that already; nothing was changed"
            return saved(request, plan, indicator, f"The figure of {label} {words}.")
    if form.errors:
        status = 422
    rows = Measurement.objects.filter(indicator=indicator, starts_on=day).select_related("entered_by").order_by("-pk")
    context = {
        "title": f"Revise the figure of {label}",
        "starts_on": starts_on,
        "button": "Revise the figure",
        "plan": plan,
        "indicator": indicator,
        "form": form,
        "conflict": conflict,
        "figures": [(row, figure_words(indicator, row)) for row in rows],
    }
    return render(request, "indicators/change_revise.html", context, status=status)


@get_or_post
def take_back(request: SignedInRequest, slug: str, code: str, starts_on: str) -> HttpResponse:
    """Takes back a figure that was entered by mistake: the period counts as not entered."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.ENTER_FIGURES)
    day = _day(starts_on)
    figure = get_object_or_404(indicator.measurements, starts_on=day, replaced_by=None)
    is_there = figure.no_value != TAKEN_BACK
    if not is_there and request.method != "POST":
        raise Http404
    label = indicator.period_of(day).label

    def remove(*, reason: str, by: Any) -> None:
        take_back_figure(plan=plan, figure=figure, reason=reason, by=by)

    def done() -> HttpResponse:
        return saved(request, plan, indicator, f"The figure of {label} is taken back. Another can be entered.")

    return remove_row(
        request, plan, indicator, ReasonForm(sent(request)), is_there=is_there, remove=remove,
        of=f"Figure of indicator {indicator.code}", done=done, template="indicators/change_take_back.html",
        context={
            "title": f"Take back the figure of {label}", "button": "Take it back", "is_warning": True,
            "said": figure_words(indicator, figure),
        },
    )  # fmt: skip


def _record(request: SignedInRequest, plan: Plan, indicator: Indicator, day: date, form: ReviseForm) -> Recorded:
    figure = NewFigure(indicator=indicator, starts_on=day, seen=form.cleaned_data["seen"], **form.figure)
    save = with_override(record_measurements, form.override(f"Figure of indicator {indicator.code}", plan))
    return save(plan=plan, figures=[figure], by=request.user, reason="Figure revised")


def _with_seen(request: SignedInRequest, figure: Measurement) -> Any:
    again = request.POST.copy()
    again["seen"] = str(figure.pk)
    return again


def _refuse(form: ReviseForm, indicator: Indicator, error: ValidationError) -> None:
    add_refusal(form, ValidationError([words.removeprefix(f"{indicator.code}: ") for words in error.messages]))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _print(indicator: Indicator, value: Any) -> str:
    return printed(value, Unit(indicator.unit), indicator.decimals)


def figure_words(indicator: Indicator, row: Measurement) -> str:
    """A figure with what it is worked out from: “87.5% (35 of 40), provisional”."""
    if row.no_value:
        words = row.get_no_value_display()
    else:
        exact = measured(Unit(indicator.unit), row.numerator, row.denominator, row.value)
        words = printed(exact, Unit(indicator.unit), indicator.decimals) or "No data"
    if row.numerator is not None and row.denominator is not None:
        words += f" ({number_words(row.numerator)} of {number_words(row.denominator)})"
    return words + ", provisional" * row.is_provisional
