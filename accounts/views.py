from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from .forms import SignInForm
from .kept import Kept
from .logs import masked_path
from .security import Event, note_event


class SignIn(LoginView):
    """Signs in and goes on to where the reader wanted to be; never to another site.

    Whoever was signed out while typing finds their words again, to be saved by one more press of a button.
    """

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        onwards = super().form_valid(form)
        kept = Kept.from_sign_in(self.request)
        return render(self.request, "accounts/save_again.html", {"kept": kept}) if kept else onwards

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"kept": Kept.from_sign_in(self.request)}


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """Signs out by POST alone, so that a picture on another site cannot. Whoever is signed out already stays so."""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing there, or nothing for this reader; a form's words are shown again, to their writer alone."""
    return render(request, "404.html", {"kept": _words_of(request)}, status=404)


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
