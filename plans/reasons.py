"""Asking for a reason, before what needs nothing else is done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest, sent

from .forms import ChildDataCheck, TextField, add_refusal
from .models import Plan
from .overrides import with_override


class ReasonForm(ChildDataCheck):
    """Why something is done that needs nothing else. `required` is what is said where nothing was written."""

    reason = TextField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "Why", required: str = "Say why.", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = required


def ask_why(
    request: SignedInRequest,
    change: Callable[..., Any],
    template: str,
    *,
    of: str,
    done: Callable[[], HttpResponse],
    context: dict[str, Any],
    plan: Plan | None = None,
) -> HttpResponse:
    """Asks for a reason, then does `change(by=, reason=)` and answers `done()`. `of` is what it is asked of, as it
    stands in the record of words that were ticked away; the template goes on from plans/ask_why.html."""
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            with_override(change, form.override(of, plan))(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return done()
    status = 422 if form.errors else 200
    return render(request, template, {"plan": plan} | context | {"form": form}, status=status)
