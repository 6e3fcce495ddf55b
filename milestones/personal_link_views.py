"""The pages of whoever opened a personal link. Nobody is signed in here: they see the milestones of their link, and
propose updates of these."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.history import operating
from accounts.kept import Kept
from accounts.models import User
from accounts.requests import SAFE
from accounts.security import Event, address_of, note_event
from plans.forms import add_refusal
from plans.overrides import with_override
from plans.schemes import EffectiveStatus, Scheme

from . import personal_links
from .cutoff_words import short_moment_words
from .models import Milestone, PersonalLink, ProgressUpdate, ProposedUpdate
from .personal_link_forms import ProposalForm
from .personal_link_operations import LinkIsOver, propose_update
from .personal_links import Use
from .position import MilestonePosition, StatusView, status_view
from .update_views import override_of

#: Links that do not work, from one network address in five minutes; a whole trust may have one address.
MOST_TRIES = 60
#: Proposals through one link in an hour.
MOST_PROPOSALS = 60
TOO_OFTEN = "That was sent very often. Nothing was saved now: wait an hour, then send it again."


@dataclass(frozen=True)
class Line:
    """One milestone of the page: where it stands, what its reader proposed, and the form. `other_waits` says that
    what waits is somebody else’s; `next` is the key of the milestone to write about after it."""

    milestone: MilestonePosition
    proposal: ProposedUpdate | None
    status: StatusView | None
    other_waits: bool
    form: ProposalForm
    next: int | None = None

    @property
    def waits(self) -> bool:
        return self.proposal is not None and self.proposal.state == ProposedUpdate.State.WAITING

    @property
    def is_accepted(self) -> bool:
        return self.proposal is not None and self.proposal.state == ProposedUpdate.State.ACCEPTED

    @property
    def is_returned(self) -> bool:
        return self.proposal is not None and self.proposal.state == ProposedUpdate.State.RETURNED

    @property
    def is_to_write(self) -> bool:
        return self.proposal is None or self.is_returned


@login_not_required
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the token out of the address: it would stand in the history of the browser and in logs."""
    response = _opened(request, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _opened(request: HttpRequest, token: str) -> HttpResponse:
    tries = f"personal link from {address_of(request)}"
    if not limits.may_try(tries, most=MOST_TRIES):
        return render(request, "milestones/personal_wait.html", status=429)
    link = personal_links.with_token(token)
    if link is None or not personal_links.works(link, now=timezone.now()):
        return _refused(request, link)
    limits.forget(tries)
    personal_links.note_use(link, Use.OPENED, request=request)
    note_event(Event.PERSONAL_LINK_OPENED, request=request, plan=link.plan.slug, person=link.person_id)
    personal_links.open_in_session(request, link)
    return redirect("milestones:personal")


def _refused(request: HttpRequest, link: PersonalLink | None) -> HttpResponse:
    """Notes it, in one transaction whether there ever was such a link or not, and says what everybody is told."""
    with operating(by=User.objects.system(), name="refuse_link"):
        if link is not None:
            personal_links.note_use(link, Use.REFUSED, request=request)
        about = {"plan": link.plan.slug, "person": link.person_id} if link is not None else {}
        note_event(Event.PERSONAL_LINK_REFUSED, request=request, **about)
    return _over(request)


def _refused_in_session(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    personal_links.close_in_session(request)
    return _refused(request, link)


def _over(request: HttpRequest) -> HttpResponse:
    """One page for a link that has run out, was revoked or never was. Words that were sent are given back."""
    kept = Kept.of(request).words if request.method not in SAFE else ()
    return render(request, "milestones/personal_over.html", {"kept": kept}, status=404)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def personal(request: HttpRequest) -> HttpResponse:
    """Shows the milestones of the link that was opened, and takes what is proposed of one."""
    link = personal_links.opened_in(request)
    if link is None:
        return _over(request)
    if not personal_links.works(link, now=timezone.now()):
        return _refused_in_session(request, link)
    if request.method != "POST":
        return _page(request, link)
    if "finish" in request.POST:
        personal_links.close_in_session(request)
        return render(request, "milestones/personal_finished.html", {"link": link})
    return _propose(request, link)


def _propose(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    wanted = request.POST.get("milestone", "")
    theirs = {str(each.id): each for each in personal_links.shown_by(link)}
    shown = theirs.get(wanted)
    if shown is None:
        return _not_theirs(request, link)
    milestone = Milestone.objects.select_related("plan__status_scheme").get(pk=shown.id)
    form = ProposalForm(
        request.POST,
        milestone=milestone,
        scheme=milestone.plan.status_scheme.scheme,
        basis=None,
        today=timezone.localdate(),
    )
    if not limits.may_try(f"proposals of personal link {link.pk}", most=MOST_PROPOSALS, within=timedelta(hours=1)):
        personal_links.note_use(link, Use.TOO_OFTEN, request=request, milestone=milestone)
        form.add_error(None, TOO_OFTEN)
        return _page(request, link, sent={shown.id: form}, status=429)
    if not form.is_valid():
        return _page(request, link, sent={shown.id: form}, status=422)
    propose = with_override(propose_update, override_of(form, milestone))
    by = User.objects.system()
    try:
        propose(link=link, milestone=milestone, by=by, address=address_of(request), **form.cleaned_data)
    except LinkIsOver:
        return _refused_in_session(request, link)
    except PermissionDenied:
        return _not_theirs(request, link)
    except ValidationError as error:
        add_refusal(form, error)
        return _page(request, link, sent={shown.id: form}, status=422)
    messages.success(
        request, f"Your update of {shown.ref or 'the milestone'} is sent. It is read before it counts in the plan."
    )
    following = theirs.get(request.POST.get("next", ""))
    onwards = f"?at={following.id}#update-{following.id}-note" if following else ""
    return redirect(f"{reverse('milestones:personal')}{onwards}")


def _not_theirs(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """Not one of the link’s, or not any more; whether there is such a milestone is not told."""
    wanted = request.POST.get("milestone", "")
    of_plan = link.plan.milestones.filter(pk=int(wanted)) if wanted.isascii() and wanted.isdecimal() else None
    milestone = of_plan.first() if of_plan is not None and len(wanted) < 16 else None
    personal_links.note_use(link, Use.NOT_THEIRS, request=request, milestone=milestone)
    return render(request, "milestones/personal_not_yours.html", {"kept": Kept.of(request).words}, status=404)


def _page(
    request: HttpRequest, link: PersonalLink, *, sent: dict[int, ProposalForm] | None = None, status: int = 200
) -> HttpResponse:
    """The milestones of the link, one of them perhaps with the form that was sent and could not be taken."""
    sent = sent or {}
    now = timezone.now()
    cycle = link.plan.rhythm.cycle(link.cycle_number)
    lines = _with_next(_lines(link, sent))
    to_write = [line for line in lines if line.is_to_write]
    at = next((line.milestone.id for line in to_write if str(line.milestone.id) == request.GET.get("at", "")), None)
    context: dict[str, Any] = {
        "link": link,
        "plan": link.plan,
        "lines": lines,
        "to_write": to_write,
        "written": [line for line in lines if not line.is_to_write],
        "sent": sum(line.waits for line in lines),
        "accepted": sum(line.is_accepted for line in lines),
        "due": short_moment_words(cycle),
        "is_late": cycle.is_cut_off(timezone.localtime(now)),
        "refused": next(iter(sent.values()), None),
    }
    if at is not None:
        # What was sent is said beside the update that comes next, which is where the reader is.
        context |= {"said_at": at, "said": [str(each) for each in get_messages(request)], "messages": []}
    return render(request, "milestones/personal.html", context, status=status)


def _lines(link: PersonalLink, sent: dict[int, ProposalForm]) -> list[Line]:
    """Four queries beside the position, whatever the number of milestones."""
    shown = personal_links.shown_by(link)
    keys = [each.id for each in shown]
    scheme = link.plan.status_scheme.scheme
    rows = Milestone.objects.select_related("plan").in_bulk(keys)
    updates = ProgressUpdate.objects.in_bulk([each.note.update_id for each in shown if each.note])
    own: dict[int, ProposedUpdate] = {}
    for row in personal_links.proposals_of(link.plan, Q(link__person=link.person_id, milestone__in=keys)):
        own[row.milestone_id] = row
    others = ProposedUpdate.objects.filter(milestone__in=keys, state=ProposedUpdate.State.WAITING)
    waits = set(others.exclude(link__person=link.person_id).values_list("milestone_id", flat=True))
    lines = []
    for each in shown:
        basis = updates.get(each.note.update_id) if each.note else None
        proposal = _still_counts(own.get(each.id), link, basis)
        is_accepted = proposal is not None and proposal.state == ProposedUpdate.State.ACCEPTED
        form = sent.get(each.id) or ProposalForm(
            milestone=rows[each.id],
            scheme=scheme,
            basis=basis,
            today=timezone.localdate(),
            proposal=None if is_accepted else proposal,
        )
        view = _proposed_view(scheme, proposal) if proposal is not None else None
        lines.append(Line(each, proposal, view, each.id in waits, form))
    return lines


def _with_next(lines: Sequence[Line]) -> list[Line]:
    """Each with the first after it that is still to be written; after the last comes the first again."""
    found = []
    for place, line in enumerate(lines):
        after = next((other for other in (*lines[place + 1 :], *lines[:place]) if other.is_to_write), None)
        found.append(replace(line, next=after.milestone.id if after else None))
    return found


def _still_counts(
    proposal: ProposedUpdate | None, link: PersonalLink, basis: ProgressUpdate | None
) -> ProposedUpdate | None:
    """A proposal as far as its writer is still concerned: what was accepted in this cycle, and what came back and was
    not answered by an update since."""
    if proposal is None or proposal.state == ProposedUpdate.State.WAITING:
        return proposal
    if proposal.state == ProposedUpdate.State.ACCEPTED:
        return proposal if proposal.link.cycle_number == link.cycle_number else None
    is_answered = basis is not None and proposal.decided_at is not None and basis.entered_at > proposal.decided_at
    return None if is_answered else proposal


def _proposed_view(scheme: Scheme, proposal: ProposedUpdate) -> StatusView:
    needs_support = proposal.support_required
    return status_view(scheme, EffectiveStatus.SUPPORT_REQUIRED if needs_support else proposal.declared_status)
