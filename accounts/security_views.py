"""The log of security events as a page. To whom it is not for, it is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .models import SecurityEvent, User
from .requests import SignedInRequest
from .security import Event, can_read_events, events_visible_to

ROWS_A_PAGE = 100
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
#: Details that name a user by number.
USERS = frozenset({"about", "person", "to"})


class EventFilterForm(forms.Form):
    """What narrows the log. A value that is none narrows nothing, and says so."""

    kind = forms.ChoiceField(
        label="What happened", required=False, choices=[("", "Anything"), *((kind.value, kind.label) for kind in Event)]
    )
    who = forms.CharField(label="Name or e-mail address", required=False, max_length=100)
    since = forms.DateField(label="From", required=False, input_formats=DAY_FORMATS)
    until = forms.DateField(label="Until the end of", required=False, input_formats=DAY_FORMATS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            day = self.fields[name]
            day.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "day-input"})
            day.error_messages["invalid"] = "This is not a date. Write it as 31/5/2026."
        self.fields["kind"].error_messages["invalid_choice"] = "There is nothing of this name in the log."

    def narrowed(self, rows: QuerySet[SecurityEvent]) -> QuerySet[SecurityEvent]:
        """The rows that pass what is valid of the form."""
        self.full_clean()
        chosen = self.cleaned_data
        if kind := chosen.get("kind"):
            rows = rows.filter(kind=kind)
        if who := chosen.get("who"):
            rows = rows.filter(Q(user__name__icontains=who) | Q(user__email__icontains=who))
        if since := chosen.get("since"):
            rows = rows.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
        if until := chosen.get("until"):
            rows = rows.filter(at__lte=timezone.make_aware(datetime.combine(until, time.max)))
        return rows


@dataclass(frozen=True)
class EventRow:
    """An event as the page shows it."""

    event: SecurityEvent
    label: str
    facts: tuple[tuple[str, str], ...]


@require_safe
def security_log(request: SignedInRequest) -> HttpResponse:
    """Every sign-in, refusal, role given and paper made, narrowed as the address says."""
    if not can_read_events(request.user):
        raise Http404("Not for this reader.")
    form = EventFilterForm(request.GET)
    found = form.narrowed(events_visible_to(request.user).select_related("user"))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.object_list),
        "is_narrowing": any(form.cleaned_data.values()),
    }
    return render(request, "accounts/security_log.html", context, status=400 if form.errors else 200)


def rows_of(events: Iterable[SecurityEvent]) -> list[EventRow]:
    """The events with the names of the users that their details only number. One query."""
    events = list(events)
    numbers = {
        value for event in events for name, value in event.details.items() if name in USERS and isinstance(value, int)
    }
    users = {user.pk: str(user) for user in User.objects.filter(pk__in=numbers)}
    return [EventRow(event, _label(event.kind), tuple(_facts(event, users))) for event in events]


def _facts(event: SecurityEvent, users: dict[int, str]) -> Iterable[tuple[str, str]]:
    # PostgreSQL keeps no order of its own.
    for name, value in sorted(event.details.items()):
        shown = users.get(value, value) if name in USERS else value
        yield name.replace("_", " ").capitalize(), str(shown)


def _label(kind: str) -> str:
    return Event(kind).label if kind in set(Event) else kind
