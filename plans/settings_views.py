"""What a programme manager sets for a plan: what it is called, how it counts, its themes and its actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import operations
from .adding import add_row
from .changing import RowForm, change_row
from .finding import names_of, plan_for
from .forms import ChildDataCheck
from .models import Action, Plan, Theme
from .policies import Right, Rights
from .refs import ref_order
from .settings_forms import ActionForm, NewActionForm, NewThemeForm, SettingsForm, ThemeForm, people_to_choose

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """Changes what a plan is called, when it runs, and how it counts and prints."""
    plan, rights = plan_for(request.user, slug, Right.EDIT_SETTINGS)

    def save(**changes: Any) -> Plan:
        return operations.edit_plan(plan=plan, **changes)

    form = SettingsForm(sent(request), row=plan)
    return _change(request, plan, form, save, "The settings", title="Settings of the plan", rights=rights)


@require_safe
def themes(request: SignedInRequest, slug: str) -> HttpResponse:
    """The themes of a plan with their actions, each to be changed."""
    plan, rights = plan_for(request.user, slug, Right.EDIT_PLAN)
    actions: dict[int, list[Action]] = {}
    for row in sorted(plan.actions.filter(archived_at=None), key=lambda row: (ref_order(row.ref), row.pk)):
        actions.setdefault(row.theme_id, []).append(row)
    groups = [(theme, actions.get(theme.pk, [])) for theme in plan.themes.select_related("lead")]
    context = {
        "plan": plan,
        "groups": groups,
        "rights": names_of(rights),
    }
    return render(request, "plans/themes.html", context)


@get_or_post
def new_theme(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a theme at the end of the plan."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    form = NewThemeForm(sent(request), people=people_to_choose(request.user))

    def add(**details: Any) -> Theme:
        return operations.add_theme(plan=plan, **details)

    return _add(request, plan, form, add, of="Theme", title="Add a theme")


@get_or_post
def theme(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes a theme's name, place or lead."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(plan.themes, pk=pk)

    def save(**changes: Any) -> Theme:
        return operations.edit_theme(theme=row, **changes)

    form = ThemeForm(sent(request), row=row, people=people_to_choose(request.user, row.lead_id))
    return _change(request, plan, form, save, "The theme", title="Change the theme")


@get_or_post
def new_action(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Adds an action to a theme."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(plan.themes, pk=pk)

    def add(**details: Any) -> Action:
        return operations.add_action(theme=row, **details)

    return _add(request, plan, NewActionForm(sent(request)), add, of="Action", title="Add an action", within=row.name)


@get_or_post
def action(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes an action's words, number or monitoring."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(plan.actions.filter(archived_at=None), pk=pk)

    def save(**changes: Any) -> Action:
        return operations.edit_action(action=row, **changes)

    return _change(request, plan, ActionForm(sent(request), row=row), save, "The action", title="Change the action")


def _change(
    request: SignedInRequest,
    plan: Plan,
    form: RowForm,
    save: Callable[..., Any],
    what: str,
    *,
    title: str,
    rights: Rights | None = None,
) -> HttpResponse:
    """Changes a row; `rights` come with the settings, which have a page of their own, and not with a theme's parts."""

    def done() -> HttpResponse:
        messages.success(request, f"{what} {'are' if what.endswith('s') else 'is'} saved.")
        return redirect("plans:settings" if rights is not None else "plans:themes", plan.slug)

    return change_row(
        request,
        form,
        save=save,
        of=what.removeprefix("The ").capitalize(),
        plan=plan,
        done=done,
        template="plans/setting.html",
        context={"title": title, "is_of_themes": rights is None, "rights": names_of(rights or {})},
    )


def _add(
    request: SignedInRequest,
    plan: Plan,
    form: ChildDataCheck,
    add: Callable[..., Any],
    *,
    of: str,
    title: str,
    within: str = "",
) -> HttpResponse:
    """Adds what the form says, and shows the themes."""

    def done(_: Any) -> HttpResponse:
        messages.success(request, f"The {of.lower()} is added.")
        return redirect("plans:themes", plan.slug)

    context = {"title": title, "caption": within, "is_of_themes": True}
    return add_row(request, form, add=add, of=of, plan=plan, done=done, template="plans/setting.html", context=context)
