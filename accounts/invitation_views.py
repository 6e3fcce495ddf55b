"""Where somebody who was invited chooses a password. Nobody is signed in here, so nothing is told."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from . import invitations, openid
from .fields import add_refusal
from .security import Event, note_event
from .user_forms import NewPasswordForm
from .user_operations import accept_invitation


@login_not_required
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address: it would stand in the history of the browser and in logs."""
    invitation = invitations.with_token(token)
    if invitation is None:
        return _does_not_work(request)
    invitations.open_in_session(request, invitation)
    return redirect("accounts:invitation")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """The password is chosen; then they sign in as always. Used, run out or never there is all the same page."""
    invitation = invitations.being_accepted(request)
    if invitation is None:
        return _does_not_work(request)
    user = invitation.user
    council = settings.OIDC_NAME if openid.is_set_up() and openid.link_of(user) is None else ""
    if request.method == "POST" and council and "council" in request.POST:
        return openid.go(request, purpose="accept", onwards=None, invitation=invitation.pk)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accept_invitation(invitation=invitation, password=form.cleaned_data["password"], by=user)
        except ValidationError as error:
            add_refusal(form, error, field="password")
        else:
            note_event(Event.INVITATION_ACCEPTED, request=request, user=user)
            # Whoever is signed in in this browser, perhaps the one who sent the link, is not who signs in next.
            logout(request)
            messages.success(request, "Your password is saved. Sign in with it.")
            return redirect("accounts:sign_in")
    context = {"form": form, "invited": user, "is_new": user.last_login is None, "council": council}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def _does_not_work(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", status=404)
