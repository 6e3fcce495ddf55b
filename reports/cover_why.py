"""How the pages of cover reports ask why, before they do what needs nothing else."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest, sent
from plans.forms import add_refusal
from plans.membership_forms import ReasonForm
from plans.models import Plan
from plans.overrides import with_override


def ask_why(
    request: SignedInRequest,
    change: Callable[..., Any],
    *,
    of: str,
    done: Callable[[], HttpResponse],
    context: dict[str, Any],
    plan: Plan | None = None,
) -> HttpResponse:
    """Asks for a reason, then does `change(by=, reason=)` and answers `done()`."""
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            with_override(change, form.override(of, plan))(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return done()
    status = 422 if form.errors else 200
    return render(request, "reports/cover_why.html", context | {"form": form}, status=status)
