"""The check before a paper goes: what a member might ask, each with the field to mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from plans.policies import Right, check_has

from .paper_check import Ask, Question, count_words, questions
from .reading import Reading, read_plan

#: Where the fields of a milestone are mended: the page, whether it is of the update in force, and the field on it.
FIELDS: Mapping[str, tuple[str, str]] = {
    "status": ("milestones:update", "declared_status_0"),
    "note": ("milestones:update", "note"),
    "support": ("milestones:update", "support_text"),
    "forecast": ("milestones:update", "forecast_on"),
    "completed": ("milestones:correct", "completed_on"),
    "due": ("milestones:due_date", "id_to_on"),
    "start": ("milestones:details", "id_start_on"),
    "lead": ("milestones:details", "id_lead"),
    "text": ("milestones:details", "id_text"),
    "evidence": ("milestones:detail", "evidence"),
}


@dataclass(frozen=True)
class Line:
    """A question, where it is looked at, and where it is mended; empty for who may not, or of the past."""

    question: Question
    address: str
    mend: str


@require_safe
def check(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everything that a member might ask about the position that is asked for."""
    reading = read_plan(request, slug)
    check_has(Right.MAKE_PAPER, reading.rights, everywhere=True)
    check_has(Right.SEE_INTERNAL, reading.rights, everywhere=True)
    found = questions(reading.position)
    lines = [Line(each, _seen_at(each, reading), _mended_at(each, reading, request.get_full_path())) for each in found]
    context = {
        "plan": reading.plan,
        "asked": reading.asked,
        "position": reading.position,
        "groups": [(ask, list(rows)) for ask, rows in groupby(lines, key=_ask_of)],
        "count": count_words(found),
    }
    return render(request, "reports/check.html", context, status=reading.status)


def _ask_of(line: Line) -> Ask:
    return line.question.ask


def _seen_at(question: Question, reading: Reading) -> str:
    slug, query = reading.plan.slug, reading.asked.query
    names = {
        "milestone": "milestones:detail",
        "action": "milestones:action",
        "recommendation": "reports:recommendation",
        "indicator": "indicators:indicator",
    }
    return reverse(names[question.about], args=[slug, question.key]) + query


def _mended_at(question: Question, reading: Reading, back: str) -> str:
    slug = reading.plan.slug
    if question.about == "indicator":
        if not reading.may(Right.ENTER_FIGURES):
            return ""
        if question.field == "figures":
            return reverse("indicators:enter", args=[slug])
        return reverse("indicators:commentary", args=[slug, question.key])
    if not reading.may(Right.EDIT_PLAN):
        return ""
    if question.about == "action":
        return reverse("milestones:new_outcome", args=[slug, question.key])
    if question.about == "recommendation":
        return reverse("reports:recommendation", args=[slug, question.key])
    if question.field == "links":
        return reverse("reports:links", args=[slug])
    name, field = FIELDS[question.field]
    if name in ("milestones:update", "milestones:correct"):
        field = f"update-{question.id}-{field}"
    args = [slug, question.key]
    if name == "milestones:correct":
        args.append(str(question.update_id))
    return f"{reverse(name, args=args)}?{urlencode({'next': back})}#{field}"
