"""The frameworks by which councils are inspected: those that are supplied, and a council's own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import review_operations as operations
from .adding import add_row
from .changing import change_row
from .frameworks import supplied
from .models import Framework
from .policies import can_edit_frameworks, check_can_edit_frameworks
from .review_forms import FrameworkForm, NewFrameworkForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def frameworks(request: SignedInRequest) -> HttpResponse:
    """All frameworks: our own first, then those that are supplied."""
    names = [each.name for each in supplied()]
    context = {
        "own": Framework.objects.visible_to(request.user).exclude(name__in=names),
        "supplied": supplied(),
        "may_edit": can_edit_frameworks(request.user),
    }
    return render(request, "plans/review_frameworks.html", context)


@get_or_post
def new_framework(request: SignedInRequest) -> HttpResponse:
    """Adds a framework of one's own."""
    check_can_edit_frameworks(request.user)

    def done(row: Framework) -> HttpResponse:
        messages.success(request, "The framework is added.")
        return redirect("plans:frameworks")

    return add_row(
        request,
        NewFrameworkForm(sent(request)),
        add=operations.add_framework,
        of="Framework",
        done=done,
        template="plans/review_part_form.html",
        context={"title": "Add a framework", "back": "plans:frameworks", "back_words": "Frameworks"},
    )


@get_or_post
def framework(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes a framework of one's own."""
    row = get_object_or_404(Framework.objects.visible_to(request.user), pk=pk)
    check_can_edit_frameworks(request.user)

    def save(**changes: Any) -> Framework:
        return operations.edit_framework(framework=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, "The framework is saved.")
        return redirect("plans:frameworks")

    return change_row(
        request,
        FrameworkForm(sent(request), row=row),
        save=save,
        of="Framework",
        plan=None,
        done=done,
        template="plans/review_part_form.html",
        context={"title": "Change the framework", "back": "plans:frameworks", "back_words": "Frameworks"},
    )
