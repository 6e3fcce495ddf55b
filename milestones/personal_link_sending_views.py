"""The page on which a programme manager sends partners their links, ends them, and sees what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from plans.cycles import Cycle
from plans.finding import names_of, plan_for
from plans.models import Plan
from plans.policies import Right

from . import link_sending, personal_link_operations
from .cutoff_words import moment_words
from .models import PersonalLink, PersonalLinkUse, ProposedUpdate
from .personal_links import ASKED, Use, asked_of, cycle_now, has_account, has_left, is_of, works
from .position import MilestonePosition, MilestoneSlice
from .reading import current_slice
from .returns import Return, returns_of

USES_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """Somebody without an account of whom updates are asked, or who has a link: how many milestones, how many of them
    still to come, the newest link, and its state in words. `is_live`: it works; `may_send`: one may be made."""

    person: Person
    asked: int
    owed: int
    link: PersonalLink | None
    words: str
    is_live: bool
    may_send: bool


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who is asked and has no account, with their links and every use of them; sends and ends links."""
    plan, rights = plan_for(request.user, slug, Right.SEND_LINK)
    if request.method == "POST":
        if "revoke" in request.POST:
            return _revoke(request, plan)
        return _send(request, plan)
    now = timezone.now()
    cycle = cycle_now(plan, now)
    found = current_slice(plan.pk, timezone.localdate(now))[1]
    uses = PersonalLinkUse.objects.filter(link__plan=plan).select_related("link__person", "milestone")
    page = Paginator(uses.order_by("-at", "-pk"), USES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "rights": names_of(rights),
        "due": moment_words(cycle),
        "rows": _rows(plan, found, cycle, now),
        "page": page,
        "uses": [(use, Use(use.what).label) for use in page.object_list],
        "sends_mail": settings.SENDS_MAIL,
    }
    return render(request, "milestones/links.html", context)


def _rows(plan: Plan, found: MilestoneSlice, cycle: Cycle, now: datetime) -> list[Row]:
    """In the order of their names. A constant number of queries."""
    asked = [each for each in found.milestones if each.freshness in ASKED]
    returns = {each.milestone.id: each for each in returns_of(plan, asked, cycle, now=timezone.localtime(now))}
    newest = {link.person_id: link for link in _links(plan)}
    live = {key for key, link in newest.items() if works(link, now=now)}
    people = Person.objects.filter(pk__in=_named(asked) | live).select_related("user", "organisation")
    proposed = _proposed(plan, cycle)
    rows = []
    for person in sorted(people, key=lambda each: (each.name.casefold(), each.pk)):
        own = [each for each in asked if is_of(each, person.pk)]
        link = newest.get(person.pk)
        may_send = bool(own) and not has_account(person) and not has_left(person, now=now)
        if not may_send and person.pk not in live:
            continue
        rows.append(
            Row(
                person=person,
                asked=len(own),
                owed=sum(_is_owed(returns.get(each.id)) for each in own),
                link=link,
                words=_state_words(link, own, proposed.get(person.pk, frozenset()), now) if link else "No link yet",
                is_live=person.pk in live,
                may_send=may_send,
            )
        )
    return rows


def _links(plan: Plan) -> Iterable[PersonalLink]:
    """The links of a plan, the newest of a person last."""
    rows = PersonalLink.objects.filter(plan=plan).select_related("plan", "person")
    return rows.prefetch_related("uses").order_by("made_at", "pk")


def _named(milestones: Iterable[MilestonePosition]) -> set[int]:
    return {person.id for each in milestones for person in (each.lead, *each.supporting) if person is not None}


def _is_owed(found: Return | None) -> bool:
    return found is None or found.state.is_owed


def _proposed(plan: Plan, cycle: Cycle) -> dict[int, frozenset[int]]:
    """For each person the keys of the milestones of which they proposed an update in a cycle."""
    rows = ProposedUpdate.objects.filter(Q(link__cycle_number=cycle.number), plan=plan)
    found: dict[int, set[int]] = {}
    for person, milestone in rows.values_list("link__person", "milestone"):
        found.setdefault(person, set()).add(milestone)
    return {person: frozenset(keys) for person, keys in found.items()}


def _state_words(link: PersonalLink, own: list[MilestonePosition], proposed: frozenset[int], now: datetime) -> str:
    """How far somebody has come with their newest link."""
    if link.revoked_at is not None:
        return f"Revoked on {_moment(link.revoked_at)}"
    if link.expires_at <= now:
        return f"Expired on {_moment(link.expires_at)}"
    if proposed:
        keys = {each.id for each in own} | proposed
        return f"Proposed {len(proposed)} of {len(keys)}"
    opened = [use.at for use in link.uses.all() if use.what == Use.OPENED]
    if opened:
        return f"Opened on {_moment(min(opened))}"
    if link.mailed_to:
        return f"Sent on {_moment(link.made_at)} to {link.mailed_to}"
    return f"Made on {_moment(link.made_at)}, to be passed on"


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), settings.DATETIME_FORMAT)


def _send(request: SignedInRequest, plan: Plan) -> HttpResponse:
    """Makes a link and mails it, or shows it: this once, as it is kept nowhere."""
    if not request.POST.get("person"):
        messages.error(request, "Choose whom the link is for.")
        return redirect("milestones:links", plan.slug)
    person = get_object_or_404(_people(plan), pk=_key(request, "person"))
    seen = _key(request, "last_seen") or None
    try:
        link, token = personal_link_operations.make_link(plan=plan, person=person, by=request.user, last_seen=seen)
    except personal_link_operations.LinkMadeJustNow as again:
        if link_sending.can_mail(again.link) or again.link.made_by_id != request.user.pk:
            messages.info(request, " ".join(again.messages))
            return redirect("milestones:links", plan.slug)
        # Whoever pressed twice sees the answer to the second time alone, and needs a link there.
        link, token = personal_link_operations.make_link(plan=plan, person=person, by=request.user)
    except ValidationError as error:
        back = {"sentences": error.messages, "back": plan, "kept": ()}
        return render(request, "refused.html", back, status=409)
    note_event(Event.PERSONAL_LINK_SENT, request=request, plan=plan.slug, person=person.pk)
    now = timezone.now()
    count = len(asked_of(current_slice(plan.pk, timezone.localdate(now))[1], person.pk))
    if link_sending.mail(link, token, cycle=plan.rhythm.cycle(link.cycle_number), count=count):
        personal_link_operations.note_mailed(link=link, by=request.user)
        messages.success(request, f"The link is on its way to {person}, {person.email}.")
        return redirect("milestones:links", plan.slug)
    context = {
        "plan": plan,
        "link": link,
        "address": link_sending.link_for(token),
        "could_not_be_mailed": link_sending.can_mail(link),
        "sends_mail": settings.SENDS_MAIL,
    }
    return render(request, "milestones/links_made.html", context)


def _people(plan: Plan) -> QuerySet[Person]:
    """Those whom the plan names for a milestone; nobody else’s name is told."""
    led = Q(milestones__plan=plan) | Q(pk__in=plan.milestones.values("supporting_leads__person"))
    return Person.objects.filter(led).distinct()


def _revoke(request: SignedInRequest, plan: Plan) -> HttpResponse:
    link = get_object_or_404(plan.personal_links.select_related("person", "plan"), pk=_key(request, "revoke"))
    personal_link_operations.revoke_link(link=link, by=request.user)
    note_event(Event.PERSONAL_LINK_REVOKED, request=request, plan=plan.slug, person=link.person_id)
    messages.success(request, f"The link of {link.person} works no longer.")
    return redirect("milestones:links", plan.slug)


def _key(request: SignedInRequest, name: str) -> int:
    """A key that the form sent; 0, which nothing has, for anything else."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 16 else 0
