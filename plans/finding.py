"""How pages find a plan for those who look after it: also for who may know its title alone."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.sudo import SAFE, sudo_required

from .models import Plan
from .policies import Right, Rights, check_has, rights_of

View = Callable[..., HttpResponseBase]


def plan_for(user: Any, slug: str, *rights: Right) -> tuple[Plan, Rights]:
    """The plan of this address, and what the user may do on it, for whoever has one of the rights.

    PermissionDenied, with a sentence, for who sees the plan and has none of them; Http404 for everybody else, as for
    a plan that is not there.
    """
    plan = Plan.objects.select_related("council").filter(slug=slug).first()
    held = rights_of(user, plan) if plan is not None else Rights()
    if plan is None or not any(right in held for right in rights):
        if Right.SEE not in held:
            raise Http404
        check_has(rights[0], held)
    assert plan is not None
    return plan, held


def names_of(rights: Iterable[Right]) -> frozenset[str]:
    """The rights as templates ask for them: “EDIT_PLAN”."""
    return frozenset(right.name for right in rights)


def sudo_to_change(view: View) -> View:
    """A view that anybody may open who is let in, and that asks again who somebody is before it changes anything."""
    asks_first = sudo_required(view)

    @wraps(view)
    def opens(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (view if request.method in SAFE else asks_first)(request, *args, **kwargs)

    return opens
