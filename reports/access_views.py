"""Who can see and do what: on one plan, for its managers, and on all of them, for who looks after the installation."""

import csv
import io
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from accounts.texts import plain
from milestones.own_table import guard
from plans.downloads import attachment
from plans.finding import names_of, plan_for
from plans.membership_views import check_is_of_installation
from plans.models import Plan
from plans.policies import Right, Role

from .access import CSV_COLUMNS, IDLE, Access, access_to, csv_row, everybody, rights_table, states_table

PER_PAGE = 100


@require_safe
def access(request: SignedInRequest, slug: str) -> HttpResponse:
    """The table of roles and rights, and below it everybody with what they may do on the plan."""
    plan, rights = plan_for(request.user, slug, Right.SEE_ACCESS)
    return render(
        request,
        "reports/access.html",
        {
            "plan": plan,
            "rights": names_of(rights),
            "may_see": Right.SEE in rights,
            "people": access_to([plan]),
            "roles": [role.label for role in Role],
            "table": rights_table(),
            "states": states_table(),
        },
    )


@require_safe
def access_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    """The people of one plan for the access review."""
    plan, _ = plan_for(request.user, slug, Right.SEE_ACCESS)
    note_event(Event.EXPORTED, request=request, plan=plan.slug, what="access")
    return _csv(access_to([plan]), f"access-{plan.slug}.csv")


@require_safe
def access_of_all(request: SignedInRequest) -> HttpResponse:
    """Everybody who can sign in, with their roles on every plan."""
    check_is_of_installation(request.user)
    page = Paginator(everybody(timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/access_of_all.html", {"page": page, "idle_days": IDLE.days})


@require_safe
def access_of_all_csv(request: SignedInRequest) -> HttpResponse:
    """Everybody on every plan for the access review."""
    check_is_of_installation(request.user)
    note_event(Event.EXPORTED, request=request, what="access_of_all")
    return _csv(access_to(Plan.objects.order_by("title", "pk")), "access-of-all-plans.csv")


def _csv(rows: Iterable[Access], name: str) -> HttpResponse:
    """A file that opens as text in a spreadsheet (reliability.md T-03)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        writer.writerow([guard(plain(cell)) for cell in csv_row(row)])
    return attachment(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", name)
