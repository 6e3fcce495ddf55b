"""The boards, committees and groups that hold a council to its plans."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import review_operations as operations
from .adding import add_row, councils_to_add_to
from .changing import change_row
from .models import GovernanceBody
from .policies import check_can_edit_reviews, councils_with_reviews_of
from .review_forms import BoardForm, NewBoardForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
BACK = {"back": "plans:boards", "back_words": "Boards"}


@require_safe
def boards(request: SignedInRequest) -> HttpResponse:
    """The boards, those that have ended apart."""
    today = timezone.localdate()
    rows = list(GovernanceBody.objects.visible_to(request.user).select_related("council"))
    context = {
        "meeting": [row for row in rows if not row.ended_on or row.ended_on > today],
        "ended": [row for row in rows if row.ended_on and row.ended_on <= today],
        "is_of_several": len({row.council_id for row in rows}) > 1,
        "may_edit": councils_with_reviews_of(request.user).exists(),
    }
    return render(request, "plans/review_boards.html", context)


@get_or_post
def new_board(request: SignedInRequest) -> HttpResponse:
    """Adds a board."""

    def done(row: GovernanceBody) -> HttpResponse:
        messages.success(request, "The board is added.")
        return redirect("plans:boards")

    return add_row(
        request,
        NewBoardForm(sent(request), councils=councils_to_add_to(request.user)),
        add=operations.add_board,
        of="Board",
        done=done,
        template="plans/review_part_form.html",
        context={"title": "Add a board"} | BACK,
    )


@get_or_post
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes a board, or says when it met for the last time."""
    row = get_object_or_404(GovernanceBody.objects.visible_to(request.user), pk=pk)
    check_can_edit_reviews(request.user, row.council)

    def save(**changes: Any) -> GovernanceBody:
        return operations.edit_board(board=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, "The board is saved.")
        return redirect("plans:boards")

    return change_row(
        request,
        BoardForm(sent(request), row=row),
        save=save,
        of="Board",
        plan=None,
        done=done,
        template="plans/review_part_form.html",
        context={"title": "Change the board"} | BACK,
    )
