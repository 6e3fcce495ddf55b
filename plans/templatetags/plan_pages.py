"""The pages of a plan: one navigation, the same on each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from plans.models import Plan
from plans.policies import Right, Rights, rights_seen

register = template.Library()

#: The parts of a plan's addresses by the page that they stand below, where that has another name.
BELOW = {
    "course": "",
    "actions": "milestones",
    "new-milestone": "milestones",
    "paste-figures": "indicators",
    "enter-figures": "indicators",
    "commentaries": "indicators",
    "new-indicator": "indicators",
    "indicator-catalogue": "indicators",
    "scorecard-settings": "indicators",
    "my-updates": "cycle",
    "follow-ups": "decisions",
    "key-issues": "changes",
    "cover-sections": "covers",
    "imports": "import",
}
#: The parts of the addresses that are not below a plan's own, and show a page of one all the same.
ELSEWHERE = frozenset(("packs", "imports", "cover-sections"))
#: The first page about keeping the plan that somebody may open (plans/_keeping.html).
KEEPING = {
    Right.EDIT_SETTINGS: "plans:settings",
    Right.SEE_ACCESS: "plans:people",
    Right.SEE_HISTORY: "reports:history",
}


@dataclass(frozen=True)
class PlanPage:
    """A link of the navigation. `current` as ARIA has it: “page” for the page in view, “true” for one below it."""

    words: str
    href: str
    current: str = ""


@register.inclusion_tag("plans/_plan_pages.html", takes_context=True)
def plan_pages(context: dict[str, Any]) -> dict[str, Any]:
    """The pages of the plan in view that its reader may open: those of the plan, then those of its papers and its
    keeping. None on a page that is not of a plan, and for whoever does not see it."""
    request, plan = context.get("request"), context.get("plan")
    if request is None or not isinstance(plan, Plan) or not request.user.is_authenticated:
        return {"plan_rows": []}
    home = reverse("reports:plan", args=[plan.slug])
    part = _part_of(request.path, home)
    rights = rights_seen(request.user, plan) if part is not None else Rights()
    if Right.SEE not in rights:
        return {"plan_rows": []}
    asked = context.get("asked")
    at_the_position = getattr(asked, "query", "")

    def page(words: str, name: str, query: str = "") -> PlanPage:
        href = reverse(name, args=[plan.slug])
        is_here = href.removeprefix(home).partition("/")[0] == part
        return PlanPage(words, href + query, ("page" if href == request.path else "true") if is_here else "")

    def below_keeping(name: str) -> PlanPage:
        shown = {each.current for row in rows for each in row}
        return PlanPage("Manage", reverse(name, args=[plan.slug]), "true" if shown == {""} else "")

    rows = [
        [page(words, name, at_the_position) for words, name in _of_plan(rights)],
        [page(words, name, at_the_position) for words, name in _of_papers(rights)],
    ]
    keeping = next((name for right, name in KEEPING.items() if right in rights), None)
    if keeping is not None:
        rows[1].append(below_keeping(keeping))
    here = next((each.words for row in rows for each in row if each.current), "")
    return {"plan_rows": [row for row in rows if row], "plan_here": here}


def _part_of(path: str, home: str) -> str | None:
    """Which part of the plan a path shows: “milestones”; empty for its first page, None for what is none of it."""
    if path.startswith(home):
        part = path.removeprefix(home).partition("/")[0]
    else:
        part = path.strip("/").partition("/")[0]
        if part not in ELSEWHERE:
            return None
    return BELOW.get(part, part)


def _of_plan(rights: Rights) -> Iterator[tuple[str, str]]:
    """What the plan says and how it goes."""
    is_of_plan = rights.everywhere(Right.SEE)
    yield "Overview", "reports:plan"
    yield "Milestones", "milestones:list"
    yield "Recommendations", "reports:recommendations"
    if is_of_plan:
        yield "Indicators", "indicators:scorecard"
    if Right.SEE_EVIDENCE in rights:
        yield "Evidence", "milestones:evidence"
    yield "Cycle", "milestones:cycle"
    yield "Due dates", "milestones:dates"
    if is_of_plan:
        yield "Decisions", "plans:decisions"
        yield "Risks", "plans:risks"
    yield "What changed", "reports:changes"


def _of_papers(rights: Rights) -> Iterator[tuple[str, str]]:
    """What goes out of it and comes in."""
    if Right.MAKE_PAPER in rights:
        yield "Make a report", "papers:order"
        if rights.everywhere(Right.MAKE_PAPER) and rights.everywhere(Right.SEE_INTERNAL):
            yield "Check before a paper", "reports:check"
    if rights.everywhere(Right.SEE):
        yield "Cover reports", "reports:covers"
        yield "Packs", "reports:packs"
    if Right.PREVIEW_IMPORT in rights:
        yield "Import", "imports:new"
