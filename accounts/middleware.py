"""No page opens to somebody who is not signed in, but for those that say so."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from .forms import SignInForm
from .kept import Kept
from .requests import SAFE, SignedInRequest
from .views import sign_in_context


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in. Whoever was signed out while typing signs in on the spot and loses no word."""

    def process_response(self, request: SignedInRequest, response: HttpResponseBase) -> HttpResponseBase:
        """No page stays in a cache, where the next person at the same desk could open it."""
        patch_cache_control(response, private=True, no_store=True)
        if request.method not in SAFE and response.status_code < 400:
            Kept.was_taken(request)
        return response

    def handle_no_permission(  # type: ignore[override]  # not every refusal is a redirect
        self, request: SignedInRequest, view_func: Any
    ) -> HttpResponse:
        if request.method not in SAFE:
            context = {"form": SignInForm(request=request), **sign_in_context(request, Kept.of(request)), "next": ""}
            return render(request, "accounts/sign_in.html", context, status=401)
        if not request.htmx:
            return super().handle_no_permission(request, view_func)
        # A part of a page: the whole page goes to the sign-in, and comes back to where it was.
        query = QueryDict(mutable=True)
        query[REDIRECT_FIELD_NAME] = request.htmx.current_url_abs_path or "/"
        response = HttpResponseClientRedirect(f"{resolve_url(self.get_login_url(view_func))}?{query.urlencode()}")
        response.status_code = 401
        return response
