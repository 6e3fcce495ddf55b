"""The pages on which system administrators look after users. To everybody else they are not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from . import invitations, openid, user_operations
from .fields import add_refusal
from .models import Invitation, User
from .policies import can_look_after_users, users_looked_after_by
from .requests import SignedInRequest
from .security import Event, note_event
from .session_limits import sessions_of
from .sudo import sudo_required
from .user_forms import EditUserForm, InviteAgainForm, ReasonForm, UserFilterForm, UserForm
from .user_operations import person_of
from .users import ROLE_WORDS, UserState, in_order, matching, roles_of, state_words, with_state
from .versions import ChangedMeanwhile, version_of

ROWS_A_PAGE = 50
NEEDS_NEW_LINK = " The link that went to the old address works no longer: send a new invitation to the new one."

View = Callable[..., HttpResponseBase]


def for_administrators(view: View) -> View:
    """A page that is not there for anybody else."""

    @wraps(view)
    def finds(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_look_after_users(request.user):
            raise Http404("Not for this reader.")
        return view(request, *args, **kwargs)

    return finds


@for_administrators
@require_safe
def user_list(request: SignedInRequest) -> HttpResponse:
    """Everybody, narrowed as the address says."""
    everybody = users_looked_after_by(request.user)
    form = UserFilterForm(request.GET)
    narrowing = form.narrowing()
    found = in_order(matching(with_state(everybody), **narrowing))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        {"user": user, "state": state_words(user, now=now), "roles": ", ".join(roles_of(user))}
        for user in page.object_list
    ]
    context = {"form": form, "page": page, "rows": rows, "is_narrowing": bool(narrowing)}
    return render(request, "accounts/user_list.html", context)


@for_administrators
@require_safe
def user_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is known of a user, and what can be done."""
    found = get_object_or_404(with_state(users_looked_after_by(request.user)), pk=pk)
    return render(
        request,
        "accounts/user_page.html",
        {
            "found": found,
            "state": UserState(found.state),
            "state_words": state_words(found, now=timezone.now()),
            "roles": ", ".join(roles_of(found)),
            "person": person_of(found),
            "memberships": _memberships_of(found),
            "holdings": _holdings_of(found),
            "sessions": len(sessions_of(found)),
            "changes": found.history.select_related("history_user").order_by("-history_id")[:10],
            "is_own": found == request.user,
        },
    )


@for_administrators
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """Adds a user and invites them."""
    form = UserForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = user_operations.invite_user(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error, field="email")
        else:
            for role in ROLE_WORDS:
                if form.cleaned_data[role]:
                    note_event(Event.ROLE_GIVEN, request=request, about=invitation.user, role=role)
            return _invited(request, invitation, token)
    return render(request, "accounts/user_invite.html", {"form": form}, status=422 if form.errors else 200)


@for_administrators
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another invitation for somebody who has not come yet; a link to a new password for somebody who has."""
    found = get_object_or_404(with_state(users_looked_after_by(request.user)), pk=pk, is_active=True)
    form = InviteAgainForm(request.POST if request.method == "POST" else None)
    has_second_factor = Authenticator.objects.filter(user=found).exists()
    if request.method == "POST" and form.is_valid():
        is_taken_off = has_second_factor and form.cleaned_data["takes_second_factor_off"]
        if is_taken_off and SocialAccount.objects.filter(user=found, provider=openid.PROVIDER).exists():
            # Before all sessions end, so that nobody begins another one by it.
            openid.unlink(request, found)
        try:
            invitation, token = user_operations.invite_again(
                user=found, by=request.user, takes_second_factor_off=is_taken_off
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("accounts:user", pk)
        if is_taken_off:
            note_event(Event.SECOND_FACTOR_REMOVED, request=request, about=found)
        return _invited(request, invitation, token)
    context = {"found": found, "form": form, "state": UserState(found.state), "has_second_factor": has_second_factor}
    return render(request, "accounts/user_invite_again.html", context)


def _invited(request: SignedInRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Says that the link is on its way, or shows it: this once, as it is kept nowhere."""
    note_event(Event.INVITED, request=request, about=invitation.user)
    was_mailed = invitations.mail(invitation, token)
    context = {
        "invitation": invitation,
        "link": None if was_mailed else invitations.link_for(token),
        "sends_mail": settings.SENDS_MAIL,
    }
    return render(request, "accounts/user_invited.html", context)


@for_administrators
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """A user's name, e-mail address and roles of the installation."""
    found = get_object_or_404(users_looked_after_by(request.user), pk=pk)
    is_own = found == request.user
    before = _facts_of(found)
    had_link = invitations.usable().filter(user=found).exists()
    initial = before | {"version": version_of(found)}
    form = EditUserForm(request.POST if request.method == "POST" else None, initial=initial, is_own=is_own, user=found)
    meanwhile = None
    if request.method == "POST" and form.is_valid():
        facts = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
        try:
            user_operations.edit_user(user=found, by=request.user, **facts, **form.changes())
        except ChangedMeanwhile:
            found.refresh_from_db()
            form, meanwhile = _looked_again(form, found), found
        except ValidationError as error:
            found.refresh_from_db()
            add_refusal(form, error)
        else:
            _note_changes(request, found, before)
            links = NEEDS_NEW_LINK if had_link and found.email != before["email"] else ""
            messages.success(request, f"{found} is saved.{links}")
            return redirect("accounts:user", pk)
    context = {"form": form, "found": found, "is_own": is_own, "meanwhile": meanwhile}
    return render(request, "accounts/user_edit.html", context, status=_status(form, meanwhile))


@for_administrators
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shuts a user out, once it was seen what they hold."""
    found = get_object_or_404(users_looked_after_by(request.user), pk=pk, is_active=True)
    context = {
        "memberships": _memberships_of(found),
        "holdings": _holdings_of(found),
        "sessions": len(sessions_of(found)),
    }
    return _change_state(
        request,
        found,
        user_operations.deactivate_user,
        event=Event.DEACTIVATED,
        done="is deactivated and signed out everywhere.",
        template="accounts/user_deactivate.html",
        context=context,
    )


@for_administrators
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lets a user sign in again."""
    found = get_object_or_404(users_looked_after_by(request.user), pk=pk, is_active=False)
    return _change_state(
        request,
        found,
        user_operations.reactivate_user,
        event=Event.REACTIVATED,
        done="can sign in again.",
        template="accounts/user_reactivate.html",
        context={"memberships": _memberships_of(found)},
    )


def _change_state(
    request: SignedInRequest,
    found: User,
    change: Callable[..., User],
    *,
    event: Event,
    done: str,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Asks for the reason and makes the change; or says what stands in its way."""
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"version": version_of(found)})
    meanwhile = None
    if request.method == "POST" and form.is_valid():
        try:
            change(user=found, by=request.user, **form.cleaned_data)
        except ChangedMeanwhile:
            found.refresh_from_db()
            form, meanwhile = _looked_again(form, found), found
        except ValidationError as error:
            add_refusal(form, error)
        else:
            note_event(event, request=request, about=found)
            messages.success(request, f"{found} {done}")
            return redirect("accounts:user", found.pk)
    context |= {"form": form, "found": found, "is_own": found == request.user, "meanwhile": meanwhile}
    return render(request, template, context, status=_status(form, meanwhile))


def _looked_again(form: Any, found: User) -> Any:
    """The same words in a form of the present version: to save again is to have seen what changed."""
    data = form.data.copy()
    data["version"] = str(version_of(found))
    form.data = data
    return form


def _status(form: Any, meanwhile: User | None) -> int:
    if meanwhile is not None:
        return 409
    return 422 if form.errors else 200


def _facts_of(user: User) -> dict[str, Any]:
    """What can be edited of a user, by the name of its field."""
    return {name: getattr(user, name) for name in ("name", "email", *ROLE_WORDS)} | {"person": person_of(user)}


def _note_changes(request: SignedInRequest, found: User, before: dict[str, Any]) -> None:
    after = _facts_of(found)
    changed = [name for name, value in before.items() if after[name] != value]
    for name in changed:
        if name in ROLE_WORDS:
            kind = Event.ROLE_GIVEN if after[name] else Event.ROLE_TAKEN
            note_event(kind, request=request, about=found, role=name)
    if changed:
        note_event(Event.USER_CHANGED, request=request, about=found, fields=", ".join(changed))


def _memberships_of(user: User) -> list[Any]:
    """The roles on plans that the user holds today; what a plan is, a lower app need not know."""
    return list(user.memberships.current().select_related("plan").order_by("plan__short_title", "role"))


def _holdings_of(user: User) -> str | None:
    """The address of the page that shows what the user leads, with successors; None where no app has one."""
    try:
        return reverse("reports:leaver", args=[user.pk])
    except NoReverseMatch:
        return None
