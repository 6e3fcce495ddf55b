"""Refreshing a plan: what the themes become, what is carried over, switching over, and where everything went."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest, sent
from milestones.models import Milestone
from milestones.position import MilestonePosition
from milestones.status import FINISHED
from plans.finding import names_of, plan_for
from plans.forms import ChildDataCheck, DayField, TextField, add_refusal
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import Right, check_can_start_plan

from .position import PlanPosition, ThemePosition, plan_position
from .reading import read_plan
from .refreshing import Refresh, open_of, refresh_plan, switch_over
from .wording import number_of


class RefreshForm(ChildDataCheck):
    """What the plan that follows is called, what each theme becomes, and which open milestones are carried over."""

    title = TextField(max_length=300, label="Title of the new plan", error_messages={"required": "Enter its title."})
    short_title = TextField(
        max_length=100, required=False, label="Short title (optional)", help_text="For lists and addresses."
    )
    cycle_anchor = DayField(
        label="First day of its first cycle",
        error_messages={"required": "Enter the first day of its first cycle."},
    )

    def __init__(self, *args: Any, position: PlanPosition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.themes = position.themes
        for theme in position.themes:
            self.fields[f"theme_{theme.id}"] = TextField(
                max_length=300, required=False, initial=theme.name, label=f"“{theme.name}” becomes"
            )
            rows = open_ones(theme)
            self.fields[f"carry_{theme.id}"] = forms.MultipleChoiceField(
                choices=[(str(each.id), f"{each.ref} {each.text}".strip()) for each in rows],
                initial=[str(each.id) for each in rows],
                required=False,
                label=f"Open milestones of “{theme.name}” that are carried over",
                widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
            )

    def groups(self) -> Iterator[tuple[ThemePosition, Any, Any, int]]:
        """Each theme with its two fields, and how many of its milestones are finished and stay behind."""
        for theme in self.themes:
            finished = sum(len(action.milestones) for action in theme.actions) - len(open_ones(theme))
            yield theme, self[f"theme_{theme.id}"], self[f"carry_{theme.id}"], finished

    def clean(self) -> Any:
        cleaned = super().clean()
        names = [self.cleaned_data.get(f"theme_{theme.id}", "") for theme in self.themes]
        if not any(names) and not self.errors:
            raise forms.ValidationError("Name at least one theme that goes on.")
        return cleaned

    @property
    def wanted(self) -> Refresh:
        """What was asked for; a milestone of a theme that ends is not carried over."""
        data = self.cleaned_data
        themes = {theme.id: " ".join(data[f"theme_{theme.id}"].split()) for theme in self.themes}
        carried = [key for theme in self.themes if themes[theme.id] for key in data[f"carry_{theme.id}"]]
        return Refresh(data["title"], data["short_title"], data["cycle_anchor"], themes, frozenset(map(int, carried)))


def open_ones(theme: ThemePosition) -> list[MilestonePosition]:
    """The milestones of a theme that are still to be done."""
    return [each for action in theme.actions for each in action.milestones if each.effective_status not in FINISHED]


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: SignedInRequest, slug: str) -> HttpResponse:
    """Starts the plan that follows, when its themes are mapped."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_SETTINGS)
    check_can_start_plan(request.user)
    follower = plan.followed_by.filter(archived_at=None).order_by("pk").first()
    if follower is not None:
        messages.success(request, f"{follower.short_title} follows this plan.")
        return redirect("reports:carried", plan.slug)
    position = plan_position(plan, timezone.localdate(), with_scorecard=False)
    form = RefreshForm(sent(request), position=position, initial={"cycle_anchor": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            start = with_override(refresh_plan, form.override("New plan", plan))
            new = start(plan=plan, wanted=form.wanted, by=request.user)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{new.short_title} is prepared as a draft. Switch over when it is agreed.")
            return redirect("reports:carried", new.slug)
    context = {"plan": plan, "form": form, "position": position}
    return render(request, "reports/refresh.html", context, status=422 if form.errors else 200)


@require_POST
def take_over(request: SignedInRequest, slug: str) -> HttpResponse:
    """Switches from the old plan to the one that follows it."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_SETTINGS)
    try:
        switch_over(plan=plan, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": plan}, status=409)
    messages.success(request, f"{plan.short_title} is active now. The plan before it can still be read.")
    return redirect("reports:carried", plan.slug)


@dataclass(frozen=True)
class Carried:
    """A milestone of the old plan, and the one of the new plan that it became; None where it stayed behind."""

    old: MilestonePosition
    new: Milestone | None

    @property
    def words(self) -> str:
        """What became of it where it was not carried over."""
        return f"{self.old.status.word}, stays in the old plan"


@require_safe
def carried(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where everything went: each milestone of the old plan and what it became; of the plan itself, the one it
    follows."""
    reading = read_plan(request, slug, with_scorecard=False)
    plan = reading.plan
    follower = _seen(request, plan.followed_by.filter(archived_at=None).order_by("pk").first())
    before = _seen(request, plan.follows)
    old, new = (plan, follower) if follower is not None or before is None else (before, plan)
    rows: list[Carried] = []
    if new is not None:
        position = reading.position if old == plan else read_plan(request, old.slug, with_scorecard=False).position
        found = Milestone.objects.visible_to(request.user).filter(plan=new).exclude(carried_from=None)
        becomes = {row.carried_from_id: row for row in found.select_related("action__theme", "plan")}
        rows = [Carried(each, becomes.get(each.id)) for each in position.milestones]
    wanted = " ".join(request.GET.get("ref", "").split())
    shown = [row for row in rows if not wanted or row.old.ref == wanted or (row.new and row.new.ref == wanted)]
    context = {
        "plan": plan,
        "rights": names_of(reading.rights),
        "old": old,
        "new": new,
        "rows": shown,
        "total": len(rows),
        "wanted": wanted,
        # Also where somebody made the new plan active by its settings: what the old one says since is not there yet.
        "may_switch": new == plan
        and plan.status in (Plan.Status.DRAFT, Plan.Status.ACTIVE)
        and old.status != Plan.Status.SUPERSEDED
        and reading.may(Right.EDIT_SETTINGS),
        "still_open": _still_open(old),
        "may_refresh": new is None and reading.may(Right.EDIT_SETTINGS),
    }
    return render(request, "reports/carried.html", context)


def _still_open(old: Plan) -> list[str]:
    """What of the old plan is open and is brought along besides milestones."""
    follow_ups, risks = open_of(old)
    found = ((len(follow_ups), "follow-up", ""), (len(risks), "risk or issue", "risks and issues"))
    return [number_of(count, one, many) for count, one, many in found if count]


def _seen(request: SignedInRequest, plan: Plan | None) -> Plan | None:
    """The plan, where the reader sees it."""
    return Plan.objects.visible_to(request.user).filter(pk=plan.pk).first() if plan is not None else None
