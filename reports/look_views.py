"""The pages on which a council chooses how its papers look."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.requests import SignedInRequest
from accounts.versions import ChangedMeanwhile
from plans.forms import add_refusal
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import Reach, Right, can, check_can_edit_reviews, councils_with_reviews_of, plans_within

from .look_forms import NEW, LookForm, signed_logo
from .look_operations import check_look, save_look
from .look_reading import look_from, newest_version, newest_versions
from .looks import COLUMNS, USUAL, Look, colour_css
from .milestone_paper import Layout
from .models import LookVersion
from .papers import DRAWN, KINDS, Order, fit_of, template_of
from .position import plan_position
from .selection import Readers

#: The papers that a preview can show: those whose columns are chosen.
PREVIEWED = tuple(COLUMNS)


def _councils(user: Any) -> QuerySet[Organisation]:
    """The councils of which the user sees a whole plan."""
    within = plans_within(user, Right.SEE, Reach.ALL)
    return Organisation.objects.filter(plans__in=within).distinct().order_by("name", "pk")


@require_safe
def looks(request: SignedInRequest) -> HttpResponse:
    """The councils whose papers the reader sees, and how they look."""
    councils = list(_councils(request.user))
    versions = newest_versions(councils)
    may = set(councils_with_reviews_of(request.user).values_list("pk", flat=True))
    rows = [{"council": each, "version": versions.get(each.pk), "may_edit": each.pk in may} for each in councils]
    return render(request, "reports/looks.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes a council's look: shows the form, then how a paper would look, then saves the next version."""
    council = get_object_or_404(_councils(request.user), pk=pk)
    check_can_edit_reviews(request.user, council)
    newest = newest_version(council)
    now = look_from(newest) if newest else USUAL
    form = LookForm(request.POST or None, request.FILES or None, look=now)
    status = 200
    if request.method == "POST":
        if form.is_valid() and "change" not in request.POST:
            try:
                return _take(request, council, form, bytes(newest.logo) if newest else b"")
            except ChangedMeanwhile:
                status = 409
                form.take_up(now)
            except ValidationError as error:
                add_refusal(form, error)
        if form.errors:
            status = 422
    versions = LookVersion.objects.filter(council=council).defer("logo").select_related("saved_by")
    context = {
        "council": council,
        "form": form,
        "look": now,
        "versions": versions,
        "previewed": {kind: KINDS[kind].label for kind in PREVIEWED},
        "is_conflict": status == 409,
    }
    return render(request, "reports/look.html", context, status=status)


def _take(request: HttpRequest, council: Organisation, form: LookForm, logo: bytes) -> HttpResponse:
    """Saves what a valid form says, or shows how a paper would look. Raises ChangedMeanwhile, ValidationError."""
    choices = form.choices(logo)
    plan = plans_within(request.user, Right.SEE, Reach.ALL).filter(council=council).order_by("-pk").first()
    if "preview" in request.POST and plan is not None:
        check_look(**choices)
        sent = {name: request.POST[name] for name in request.POST if name not in ("csrfmiddlewaretoken", "preview")}
        sent["logo_is"] = form.cleaned_data["logo_is"]
        sent["logo_sent"] = signed_logo(choices["logo"]) if form.cleaned_data["logo_is"] == NEW else ""
        asked = request.POST["preview"]
        kind = asked if asked in PREVIEWED else PREVIEWED[0]
        return _preview(request, council, plan, kind, look_from(LookVersion(**_columns(choices))), sent)
    with_override(save_look, form.override(f"Look of {council}"))(council=council, by=request.user, **choices)
    messages.success(
        request, "The look is saved. Papers that are made from now on have it; frozen packs stay as they are."
    )
    return redirect("reports:look", council.pk)


def _columns(choices: dict[str, Any]) -> dict[str, Any]:
    return {("number" if name == "seen" else name): value for name, value in choices.items()}


def _preview(
    request: HttpRequest, council: Organisation, plan: Plan, kind: str, shown: Look, sent: dict[str, str]
) -> HttpResponse:
    is_internal = can(request.user, Right.SEE_INTERNAL, plan)
    position = plan_position(plan, timezone.localdate(), with_governance=False)
    order = Order(look=shown, readers=Readers.INTERNAL if is_internal else Readers.NO_INTERNAL)
    context = {
        "paper": DRAWN[kind].view(position, order),
        "look": shown,
        "plan": plan,
        "council": council,
        "sent": sent,
        "fits": [
            (f"{layout.capitalize()} layout", fit_of(kind, position, replace(order, layout=layout)))
            for layout in Layout
        ],
        "bar": "reports/_look_bar.html",
        "on_site": True,
        "has_links": True,
    }
    return render(request, template_of(kind, order.layout), context)


@require_safe
def colour(request: HttpRequest, digits: str) -> HttpResponse:
    """The style sheet of a colour, such as 1f3d7a, for a paper that is shown as a page."""
    return HttpResponse(
        colour_css(f"#{digits}"),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "private, max-age=86400"},
    )
