"""The page of components, for whoever writes pages: each in its states, drawn from the same templates as the site."""

from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest

from .component_examples import components


@require_safe
def components_page(request: SignedInRequest) -> HttpResponse:
    """Every component with the line that makes it. It holds no data, so it is there for everybody who is signed in."""
    django = engines["django"]
    shown = [
        (each, [(one, django.from_string(one.line).render(one.facts, request)) for one in each.examples])
        for each in components()
    ]
    return render(request, "reports/components.html", {"shown": shown})
