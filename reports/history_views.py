"""Who changed what, when and why: the change log of a plan as pages and as a table to download."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Operation
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from indicators.finding import find_indicator
from milestones.models import Milestone
from plans.addresses import key_from
from plans.downloads import attachment
from plans.finding import names_of
from plans.forms import DayField
from plans.models import Plan, Review
from plans.policies import Reach, Right, Rights, check_has, plans_within, rights_of
from plans.refs import ref_order

from .change_log import ChangeLog, Narrowed, indicator_log, review_log
from .change_words import kind_words, quoted
from .log_csv import log_csv
from .wording import capital

OPERATIONS_A_PAGE = 50
RECORDS_A_PAGE = 100


class LogForm(forms.Form):
    """What the log is narrowed to. Who and which milestone are offered as far as the reader may see them."""

    milestone = forms.TypedChoiceField(label="Milestone", required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label="What", required=False)
    who = forms.TypedChoiceField(label="Who", required=False, coerce=int, empty_value=None)
    since = DayField(label="From", required=False)
    until = DayField(label="Until", required=False)
    reason = forms.CharField(label="Words in the reason", required=False, max_length=200)

    def __init__(self, *args: Any, log: ChangeLog, milestones: Iterable[Milestone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestones = {each.pk: each for each in milestones}
        self._offer("milestone", [(key, milestone_name(each)) for key, each in self.milestones.items()], "All")
        self._offer(
            "kind", [(each._meta.model_name, _heading(kind_words(each, 2))) for each in log.kinds], "Everything"
        )
        self._offer("who", [(user.pk, str(user)) for user in log.writers()], "Everybody")

    def _offer(self, name: str, choices: list[tuple[Any, str]], everything: str) -> None:
        self.fields[name].choices = [("", everything), *choices]  # type: ignore[attr-defined]

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day is before the first.")

    @property
    def narrowed(self) -> Narrowed:
        """What is asked for; what cannot be read is left out."""
        return Narrowed(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def is_narrowing(self) -> bool:
        return self.narrowed != Narrowed()

    @property
    def chosen(self) -> Milestone | None:
        """The one milestone that the log is about."""
        return self.milestones.get(self.cleaned_data.get("milestone") or 0)


def milestone_name(milestone: Milestone) -> str:
    return f"{milestone.ref} {quoted(milestone.text)}".strip()


def _heading(words: str) -> str:
    return capital(words)


@require_safe
def history(request: SignedInRequest, slug: str) -> HttpResponse:
    """The log of a plan, narrowed as the address says."""
    plan, log, form = _asked(request, slug)
    narrowed = form.narrowed
    page = Paginator(log.links(narrowed), OPERATIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/history.html",
        {
            "plan": plan,
            "form": form,
            "page": page,
            "page_numbers": _page_numbers(page),
            "entries": log.entries(list(page.object_list), narrowed),
            "total": page.paginator.count,
            "is_whole": log.rights.everywhere(Right.SEE_HISTORY),
            "rights": names_of(log.rights),
        },
        status=200 if form.is_valid() else 400,
    )


@require_safe
def operation_history(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Every record that one operation wrote."""
    plan, rights = _find(request, slug)
    log = ChangeLog(plan, request.user, rights)
    # The log holds what its reader may see.
    link = get_object_or_404(log.links(Narrowed()).filter(operation__in=Operation.objects.filter(pk=pk)))
    (entry,) = log.entries([link], Narrowed(), most_told=0)
    page = Paginator(range(entry.total), RECORDS_A_PAGE).get_page(request.GET.get("page"))
    start = page.start_index() - 1 if entry.total else 0
    return render(
        request,
        "reports/history_operation.html",
        {
            "plan": plan,
            "entry": entry,
            "page": page,
            "page_numbers": _page_numbers(page),
            "records": log.records(entry.operation, start, page.end_index()),
        },
    )


@require_safe
def history_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    """The log as a table: a row for each field, of every operation that the address asks for."""
    plan, log, form = _asked(request, slug)
    if not form.is_valid():
        raise Http404
    note_event(Event.EXPORTED, request=request, plan=plan.slug, what="history")
    return attachment(log_csv(log, form.narrowed), "text/csv; charset=utf-8", f"{plan.slug}-history.csv")


@require_safe
def review_history(request: SignedInRequest, review: str) -> HttpResponse:
    """What was recorded of a review and its recommendations, or with `?recommendation=` of one of these."""
    found = get_object_or_404(Review.objects.visible_to(request.user), slug=review)
    if not plans_within(request.user, Right.SEE_HISTORY, Reach.ALL).filter(council=found.council_id).exists():
        raise PermissionDenied("You may not see who changed what in the reviews of this council.")
    asked = request.GET.get("recommendation", "")
    recommendation = None
    if asked:
        recommendation = get_object_or_404(found.recommendations, pk=key_from(asked))
    log = review_log(found, recommendation.pk if recommendation else None)
    page = Paginator(log.links(Narrowed()), OPERATIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "review": found,
        "recommendation": recommendation,
        "page": page,
        "page_numbers": _page_numbers(page),
        "entries": log.entries(list(page.object_list), Narrowed(), most_told=RECORDS_A_PAGE),
        "total": page.paginator.count,
    }
    return render(request, "reports/review_history.html", context)


@require_safe
def indicator_history(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """What was recorded of an indicator, its targets and its figures."""
    plan, _, indicator = find_indicator(request.user, slug, code, Right.SEE_HISTORY)
    log = indicator_log(indicator)
    page = Paginator(log.links(Narrowed()), OPERATIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "indicator": indicator,
        "page": page,
        "page_numbers": _page_numbers(page),
        "entries": log.entries(list(page.object_list), Narrowed(), most_told=RECORDS_A_PAGE),
        "total": page.paginator.count,
    }
    return render(request, "reports/indicator_history.html", context)


def _find(request: SignedInRequest, slug: str) -> tuple[Plan, Rights]:
    """The plan, and what its reader may do. Http404 and PermissionDenied for everybody else."""
    rows = Plan.objects.visible_to(request.user).select_related("status_scheme")
    plan = get_object_or_404(rows, slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.SEE_HISTORY, rights)
    return plan, rights


def _asked(request: SignedInRequest, slug: str) -> tuple[Plan, ChangeLog, LogForm]:
    plan, rights = _find(request, slug)
    milestones = Milestone.objects.visible_to(request.user).filter(plan=plan)
    if not rights.everywhere(Right.SEE_HISTORY):
        milestones = milestones.own(request.user)
    log = ChangeLog(plan, request.user, rights)
    form = LogForm(
        request.GET, log=log, milestones=sorted(milestones, key=lambda each: (not each.ref, ref_order(each.ref)))
    )
    form.full_clean()
    return plan, log, form


def _page_numbers(page: Any) -> list[Any]:
    """The pages to offer: the first, the last and those around this one."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
