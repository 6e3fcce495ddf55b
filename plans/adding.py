"""How a page adds something: to a council, to all of them, or to a plan."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Organisation

from .documents import ask_for_files_again
from .forms import ChildDataCheck, add_refusal
from .models import Plan
from .overrides import with_override
from .policies import check_has_council, councils_with_reviews_of


def councils_to_add_to(user: Any) -> QuerySet[Organisation]:
    """The councils to which the user may add reviews and boards; PermissionDenied where there is none."""
    check_has_council(user)
    return councils_with_reviews_of(user)


def add_row(
    request: HttpRequest,
    form: ChildDataCheck,
    *,
    add: Callable[..., Any],
    of: str,
    done: Callable[[Any], HttpResponse],
    template: str,
    context: dict[str, Any],
    plan: Plan | None = None,
) -> HttpResponse:
    """Shows the form, or adds what was sent with `add(by=, **columns)` and answers `done(row)`.

    What is there already, as after a button pressed twice, is refused by its name. `of` names the row in the record
    of an override (plans/overrides.py), which belongs to the plan where there is one.
    """
    if request.method == "POST" and form.is_valid():
        try:
            details = getattr(form, "details", form.cleaned_data)
            return done(with_override(add, form.override(of, plan))(by=request.user, **details))
        except ValidationError as error:
            add_refusal(form, error)
    if form.errors:
        ask_for_files_again(form)
    status = 422 if form.errors else 200
    return render(request, template, {"plan": plan} | context | {"form": form}, status=status)
