"""One's own account: how one signs in, where one is signed in, and proving once more who one is."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as code_views
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import openid, own_sessions, second_factor, sudo
from .forms import PASSKEY_NOT_TAKEN
from .kept import Kept
from .requests import SignedInRequest
from .sudo import sudo_required
from .views import SaysWhatIsWrong


@require_safe
def own_account(request: SignedInRequest) -> HttpResponse:
    """How the reader signs in, and where they are signed in."""
    authenticators = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    of_type = {kind: [row for row in authenticators if row.type == kind] for kind in Authenticator.Type.values}
    codes = of_type["recovery_codes"]
    context = {
        "has_password": request.user.has_usable_password(),
        "apps": of_type["totp"],
        "passkeys": of_type["webauthn"],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "is_asked": settings.SECOND_FACTOR_REQUIRED,
        "council": settings.OIDC_NAME if openid.is_set_up() else None,
        "link": openid.link_of(request.user),
        "sessions": own_sessions.list_of(request),
    }
    return render(request, "accounts/own.html", context)


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Signs the reader out in one other browser."""
    if not own_sessions.end(request, pk):
        raise Http404
    messages.success(request, "You are signed out there.")
    return redirect(reverse("accounts:own") + "#sessions")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    """Signs the reader out everywhere else."""
    own_sessions.end_others(request, request.user)
    messages.success(request, "You are signed out everywhere else.")
    return redirect(reverse("accounts:own") + "#sessions")


class ChangePassword(SaysWhatIsWrong, allauth_views.PasswordChangeView):
    """Changes the reader's own password; they stay signed in here and nowhere else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return HttpResponseRedirect(reverse("accounts:own"))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Your password is changed. You are signed out everywhere else.")
        return response


# --- The second step ---------------------------------------------------------------------------------------------


class SetUpApp(SaysWhatIsWrong, app_views.ActivateTOTPView):
    """An authenticator app: its code, and the first one it shows."""


class AddPasskey(SaysWhatIsWrong, passkey_views.AddWebAuthnView):
    """A passkey, which this device or a key of one's own keeps."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": passkeys.begin_registration(self.request.user, True)}
        return context


class RemoveApp(SaysWhatIsWrong, app_views.DeactivateTOTPView):
    """Takes the authenticator app off, where it is not the only second step there is to be."""


class RemovePasskey(passkey_views.RemoveWebAuthnView):
    """Takes a passkey off, where it is not the only second step there is to be."""

    success_url = reverse_lazy("accounts:own")

    def form_valid(self, form: Any) -> HttpResponse:
        if second_factor.is_last_needed(self.get_object()):
            messages.error(self.request, second_factor.LAST_ONE)
            return redirect("accounts:own")
        response: HttpResponse = super().form_valid(form)
        return response


class NamePasskey(SaysWhatIsWrong, passkey_views.EditWebAuthnView):
    """Another name for a passkey."""

    success_url = reverse_lazy("accounts:own")


# --- Proving once more who one is (sudo.py) ----------------------------------------------------------------------


class _Resumes(SaysWhatIsWrong):
    """Whoever has proved who they are goes on with what they had sent."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        return sudo.resume(self.request) or answer  # type: ignore[attr-defined]


class ConfirmPassword(_Resumes, allauth_views.ReauthenticateView):
    """By the password."""


class ConfirmCode(_Resumes, code_views.ReauthenticateView):
    """By a code."""


class ConfirmPasskey(_Resumes, passkey_views.ReauthenticateWebAuthnView):
    """By a passkey."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Stays here, where allauth would leave for the sign-in."""
        messages.error(self.request, PASSKEY_NOT_TAKEN)
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_with_openid(request: SignedInRequest) -> HttpResponse:
    """By the council's sign-in."""
    if openid.link_of(request.user) is None:
        raise Http404
    onwards = get_next_redirect_url(request)
    if request.method == "POST":
        return openid.go(request, purpose="confirm", onwards=onwards)
    return render(request, "accounts/confirm_with_openid.html", {"name": settings.OIDC_NAME, "next": onwards or ""})


@require_safe
@sudo_required
def resume(request: SignedInRequest) -> HttpResponseBase:
    """Where the council's sign-in comes back to: what was sent before is sent again with one press."""
    kept = Kept.from_json(sudo.take_suspended(request))
    if kept is None:
        return redirect(get_next_redirect_url(request) or "accounts:own")
    return render(request, "accounts/save_again.html", {"kept": kept})


# --- The council's account (openid.py) ---------------------------------------------------------------------------


@require_POST
@sudo_required
def link_openid(request: SignedInRequest) -> HttpResponse:
    """Ties the council's account to the reader's own."""
    if not openid.is_set_up() or openid.link_of(request.user):
        raise Http404
    return openid.go(request, purpose="link", onwards=None)


@require_POST
@sudo_required
def unlink_openid(request: SignedInRequest) -> HttpResponse:
    """Unties it again; whoever has no password of ours would be left outside."""
    if openid.link_of(request.user) is None:
        raise Http404
    if request.user.has_usable_password():
        openid.unlink(request, request.user)
    else:
        messages.error(request, "You have no password of Waymark, so this is your only way to sign in.")
    return redirect("accounts:own")
