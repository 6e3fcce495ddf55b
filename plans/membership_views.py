"""Who holds which role on a plan: giving, changing and taking roles, and opening a plan without one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event

from . import operations
from .changing import change_row
from .finding import names_of, plan_for, sudo_to_change
from .forms import add_refusal
from .membership_forms import GiveRoleForm, LastDayForm, role_order
from .models import BreakGlass, Plan, PlanMembership
from .overrides import with_override
from .policies import Right, Rights, users_visible_to
from .reasons import ReasonForm
from .templatetags.glass import HAS_OPENED

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@sudo_to_change
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who holds which role on the plan until when; whoever may, gives one here. `?user=` opens the form, with the user
    of that number chosen."""
    plan, rights = plan_for(request.user, slug, Right.ASSIGN_PEOPLE, Right.SEE_ACCESS)
    may_assign = Right.ASSIGN_PEOPLE in rights
    if not may_assign and request.method == "POST":
        raise PermissionDenied("You may not give roles on this plan. Ask its programme manager.")
    form, status = _give_form(request), 200
    if request.method == "POST" and form.is_valid():
        has_it = PlanMembership.objects.filter(
            plan=plan, **{name: form.cleaned_data[name] for name in ("user", "role", "ends_on")}
        ).exists()
        try:
            membership = with_override(operations.give_role, form.override("Role given", plan))(
                plan=plan, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            if not has_it:
                _note_role(request, Event.ROLE_GIVEN, membership)
            messages.success(request, f"{membership.user} now has the role {membership.get_role_display().lower()}.")
            return redirect("plans:people", plan.slug)
    if form.errors:
        status = 422
    context = {
        **_roles(plan),
        "form": form if may_assign else None,
        "is_giving": bool(form.errors) or "user" in request.GET,
        "opened": _opened(plan),
    }
    return _page(request, "plans/people.html", plan, rights, context, status)


def _give_form(request: SignedInRequest) -> GiveRoleForm:
    users = users_visible_to(request.user).filter(is_active=True).exclude(pk=request.user.pk).order_by("name", "email")
    initial = {"user": request.GET.get("user", "")}
    return GiveRoleForm(request.POST if request.method == "POST" else None, users=users, initial=initial)


def _roles(plan: Plan) -> dict[str, list[PlanMembership]]:
    """The roles of the plan that count today and those that have ended, in the order of what they may do."""
    rows = list(PlanMembership.objects.filter(plan=plan).select_related("user"))
    rows.sort(key=lambda row: (role_order(row.role), str(row.user).casefold(), row.pk))
    today = timezone.localdate()
    ended = [row for row in rows if row.ends_on is not None and row.ends_on < today]
    return {"current": [row for row in rows if row not in ended], "ended": ended}


def _opened(plan: Plan) -> list[dict[str, Any]]:
    """Who opened the plan without a role: when, until when and why; the newest first."""
    rows = {row.pk: row for row in BreakGlass.objects.filter(plan=plan).select_related("user")}
    began = BreakGlass.history.filter(plan=plan, history_type="+").values_list("id", "history_date")
    found = [{"row": rows[pk], "at": at} for pk, at in began.order_by("-history_date", "-history_id") if pk in rows]
    return found[:20]


@get_or_post
@sudo_to_change
def role(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Sets or changes the last day of a role; from here it is taken away too."""
    plan, rights = plan_for(request.user, slug, Right.ASSIGN_PEOPLE)
    membership = _membership(plan, pk)
    has_changed = False

    def save(**changes: Any) -> PlanMembership:
        nonlocal has_changed
        saved = operations.change_role_end(membership=membership, **changes)
        has_changed = True
        return saved

    def done() -> HttpResponse:
        if has_changed:
            _note_role(request, Event.ROLE_CHANGED, membership)
        messages.success(request, f"The last day of {membership.user} as {membership.get_role_display()} is saved.")
        return redirect("plans:people", plan.slug)

    form = LastDayForm(request.POST if request.method == "POST" else None, row=membership)
    return change_row(
        request,
        form,
        save=save,
        of="Role on the plan",
        plan=plan,
        done=done,
        template="plans/role.html",
        context={"membership": membership, "may_see": Right.SEE in rights},
    )


@get_or_post
@sudo_to_change
def take_role(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a role away, with a reason."""
    plan, rights = plan_for(request.user, slug, Right.ASSIGN_PEOPLE)
    membership = _membership(plan, pk)
    form, status = ReasonForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.take_role, form.override("Role taken away", plan))(
                membership=membership, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            _note_role(request, Event.ROLE_TAKEN, membership)
            messages.success(request, f"{membership.user} is no longer {membership.get_role_display().lower()}.")
            # Whoever took their own last right to this page away has no page to come back to.
            return redirect("plans:list") if membership.user == request.user else redirect("plans:people", plan.slug)
    if form.errors:
        status = 422
    return _page(request, "plans/take_role.html", plan, rights, {"membership": membership, "form": form}, status)


def _membership(plan: Plan, pk: int) -> PlanMembership:
    found: PlanMembership = get_object_or_404(plan.memberships.select_related("user", "plan"), pk=pk)
    return found


def _note_role(request: SignedInRequest, event: Event, membership: PlanMembership) -> None:
    note_event(
        event,
        request=request,
        plan=membership.plan.slug,
        person=membership.user_id,
        role=membership.role,
        until=membership.ends_on,
    )


@require_safe
def all_plans(request: SignedInRequest) -> HttpResponse:
    """Every plan by its title, and nothing else of it, for who is of the whole installation."""
    check_is_of_installation(request.user)
    is_open = {
        row.plan_id: row for row in BreakGlass.objects.current().filter(user=request.user).order_by("ends_at", "pk")
    }
    seen = set(Plan.objects.visible_to(request.user).values_list("pk", flat=True))
    rows = [
        {"plan": plan, "glass": is_open.get(plan.pk), "may_see": plan.pk in seen}
        for plan in Plan.objects.only("slug", "title", "archived_at").order_by("title", "pk")
    ]
    return render(request, "plans/all_plans.html", {"rows": rows})


@get_or_post
@sudo_to_change
def break_glass(request: SignedInRequest, slug: str) -> HttpResponse:
    """Opens a plan for reading to who holds no role on it, for an hour and a reason that its managers can read."""
    plan = _plan_by_title(request.user, slug)
    form, status = ReasonForm(request.POST if request.method == "POST" else None), 200
    form.fields["reason"].label = "Why you have to see this plan"
    if request.method == "POST" and form.is_valid():
        try:
            broken = with_override(operations.break_glass, form.override("Plan opened without a role", plan))(
                plan=plan, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            request.session[HAS_OPENED] = True
            note_event(Event.GLASS_BROKEN, request=request, plan=plan.slug, until=broken.ends_at)
            return redirect(plan)
    if form.errors:
        status = 422
    context = {"plan": plan, "form": form, "minutes": operations.GLASS_MINUTES}
    return render(request, "plans/break_glass.html", context, status=status)


@require_POST
def close_glass(request: SignedInRequest, slug: str) -> HttpResponse:
    """Closes a plan early that the reader opened without a role."""
    plan = _plan_by_title(request.user, slug)
    for broken in BreakGlass.objects.current().filter(plan=plan, user=request.user):
        operations.close_glass(broken=broken, by=request.user)
    messages.success(request, f"{plan.title} is closed again.")
    return redirect("plans:all")


@get_or_post
@sudo_to_change
def archive(request: SignedInRequest, slug: str) -> HttpResponse:
    """Puts a plan in the archive, or takes it out of it again."""
    plan, rights = plan_for(request.user, slug, Right.ARCHIVE_PLAN)
    is_archived = plan.archived_at is not None
    form, status = ReasonForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        # What was asked for, not what is there: sent twice, it is not put back.
        into = request.POST.get("into") == "archive"
        act, event = (
            (operations.archive_plan, Event.PLAN_ARCHIVED) if into else (operations.restore_plan, Event.PLAN_RESTORED)
        )
        with_override(act, form.override("Archive", plan))(plan=plan, by=request.user, **form.cleaned_data)
        note_event(event, request=request, plan=plan.slug)
        messages.success(request, f"{plan.title} is {'in' if into else 'out of'} the archive.")
        return redirect("plans:all")
    if form.errors:
        status = 422
    return _page(request, "plans/archive.html", plan, rights, {"form": form, "is_archived": is_archived}, status)


def check_is_of_installation(user: User) -> None:
    """Raises PermissionDenied for everybody but system administrators and information governance."""
    if not (user.is_administrator or user.is_information_governance):
        raise PermissionDenied("Only system administrators and information governance see this page.")


def _plan_by_title(user: User, slug: str) -> Plan:
    """A plan for who is of the whole installation and may know that it is there; plan_for knows who else may not."""
    plan, _ = plan_for(user, slug, Right.SEE_ACCESS)
    check_is_of_installation(user)
    return plan


def _page(
    request: SignedInRequest, template: str, plan: Plan, rights: Rights, context: dict[str, Any], status: int
) -> HttpResponse:
    """A page about the people of a plan; `may_see` says whether it may link to the plan's own pages."""
    return render(
        request,
        template,
        context | {"plan": plan, "rights": names_of(rights), "may_see": Right.SEE in rights},
        status=status,
    )
