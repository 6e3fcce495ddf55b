"""Signing in and out, a new password, and the pages that say why there is nothing to see."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as code_views
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from . import forms, limits, openid, reset_links, second_factor
from .adapters import MOST_OF_A_NETWORK, TOO_OFTEN
from .kept import Kept
from .logs import masked_path
from .requests import SignedInRequest
from .security import Event, address_of, note_event

# Who goes to the council's sign-in from one network address in five minutes with words that wait in a session.
MOST_WITH_WORDS = 30


class SaysWhatIsWrong:
    """A form that was filled in wrongly is answered with 422, one that was tried too often with 429."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if "too_many_login_attempts" in codes else 422
        return response


class SignIn(SaysWhatIsWrong, allauth_views.LoginView):
    """Signs in and goes on to where the reader wanted to be; never to another site.

    Whoever was signed out while typing finds their words again, to be saved by one more press of a button: they come
    along in the form, and wait in the session while there is a second step to take.
    """

    template_name = "accounts/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        kept = Kept.from_sign_in(self.request)
        if kept and not kept.wait(self.request, user=form.user):
            return kept.too_long(self.request, onwards=reverse("accounts:sign_in"))
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | sign_in_context(self.request, Kept.from_sign_in(self.request))


def sign_in_context(request: HttpRequest, kept: Kept | None) -> dict[str, Any]:
    """What the sign-in page shows besides its form."""
    return {
        "kept": kept,
        "next": get_next_redirect_url(request) or "",
        "council": settings.OIDC_NAME if openid.is_set_up() else None,
        "sends_mail": settings.SENDS_MAIL,
    }


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """Signs out by POST alone, so that a picture on another site cannot. Whoever is signed out already stays so."""


@login_not_required
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Nobody signs up here."""
    return render(request, "account/signup_closed.html", status=403)


# --- The second step ---------------------------------------------------------------------------------------------


class SecondStep(SaysWhatIsWrong, code_views.AuthenticateView):
    """A code or a passkey after the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.stage.login.user
        has_passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
        return context | {"has_passkey": has_passkey}


class PasskeySignIn(passkey_views.LoginWebAuthnView):
    """Signs in with a passkey alone: it is two steps in one. GET gives the question that the passkey answers."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"request_options": passkeys.begin_authentication(user=None)})

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, "That passkey was not taken. Try again, or sign in with your password.")
        kept = Kept.from_sign_in(self.request)
        context = {"form": forms.SignInForm(request=self.request), "is_refused": True}
        context |= sign_in_context(self.request, kept)
        return render(self.request, "accounts/sign_in.html", context, status=422)

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        kept = Kept.from_sign_in(self.request)
        if kept and not kept.wait(self.request, user=authenticator.user):
            return kept.too_long(self.request, onwards=reverse("accounts:sign_in"))
        login = passkey_views.Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = passkey_views.flows.perform_passwordless_login(self.request, authenticator, login)
        return response


@require_safe
def second_factor_needed(request: SignedInRequest) -> HttpResponse:
    """Says that a second step has to be set up before anything else, and how."""
    if not second_factor.is_asked_of(request) or second_factor.has_one(request.user):
        return redirect("accounts:save_again")
    return render(request, "accounts/second_factor_needed.html")


# --- The council's sign-in (openid.py) ---------------------------------------------------------------------------


@login_not_required
@require_POST
def sign_in_with_openid(request: HttpRequest) -> HttpResponse:
    """Off to the council's sign-in; words that were typed wait in the session."""
    if not openid.is_set_up():
        raise Http404
    kept = Kept.from_sign_in(request)
    # Each writes a session, which nobody has to sign in for; those with words in it may be long.
    address = address_of(request)
    allowed = limits.may_try(f"openid from {address}", most=MOST_OF_A_NETWORK)
    if not allowed or (kept and not limits.may_try(f"words from {address}", most=MOST_WITH_WORDS)):
        note_event(Event.SIGN_IN_REFUSED, request=request, by="openid")
        messages.error(request, TOO_OFTEN)
        context = {"form": forms.SignInForm(request=request), **sign_in_context(request, kept)}
        return render(request, "accounts/sign_in.html", context, status=429)
    if kept and not kept.wait(request):
        return kept.too_long(request, onwards=reverse("accounts:sign_in"))
    return openid.go(request, purpose="sign_in", onwards=get_next_redirect_url(request))


@login_not_required
@require_safe
def openid_back(request: HttpRequest) -> HttpResponse:
    """Back from there."""
    if not openid.is_set_up():
        raise Http404
    return openid.back(request)


@require_safe
def save_again(request: SignedInRequest) -> HttpResponse:
    """What somebody had typed when they were signed out, to be saved by one press; onwards where there is nothing."""
    kept = Kept.waiting(request, user=request.user)
    if kept is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/save_again.html", {"kept": kept})


# --- A new password ----------------------------------------------------------------------------------------------


class AskForLink(SaysWhatIsWrong, allauth_views.PasswordResetView):
    """Asks where the link to set a new password goes. The answer is the same whoever asks, and as quick.

    What depends on who it is happens when the answer is out.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        email = form.cleaned_data["email"]
        response._resource_closers.append(lambda: reset_links.send(email))  # type: ignore[attr-defined]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sends_mail": settings.SENDS_MAIL}


class LinkSent(allauth_views.PasswordResetDoneView):
    """Says that a link is on its way, if there is somebody with that address."""


class NewPassword(SaysWhatIsWrong, allauth_views.PasswordResetFromKeyView):
    """Sets the password by the link, and asks to sign in with it."""

    success_url = reverse_lazy("accounts:sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Your password is changed. Sign in with it.")
        return response


# --- Pages that say no -------------------------------------------------------------------------------------------


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing there, or nothing for this reader; a form's words are shown again, to their writer alone.

    An exception with a `sentence` tells a reader who may know it what is missing.
    """
    context = {"kept": _words_of(request), "sentence": getattr(exception, "sentence", "")}
    return render(request, "404.html", context, status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not theirs to do, and why; a form's words are shown again."""
    note_event(Event.DENIED, request=request, method=request.method, path=masked_path(request))
    return render(request, "403.html", {"exception": str(exception), "kept": _words_of(request)}, status=403)


def _words_of(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The words that a form of ours sent; what is sent to an address that is none is not looked at."""
    return Kept.of(request).words if request.resolver_match else ()


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that we cannot be sure came from our own page: nothing is saved, what was typed is shown to be copied."""
    return render(request, "403_csrf.html", {"kept": Kept.of(request).words}, status=403)
