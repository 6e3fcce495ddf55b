"""Large papers that somebody ordered as a file: made outside the request, kept for a day, and then forgotten."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import task

from accounts.models import Redaction
from milestones.policies import Sight
from plans.models import Plan

from .leases import MOST_ATTEMPTS, QUEUE, begin_anew, claim, give_back, put_into_queue, stopping
from .models import OrderedPaper
from .pack_orders import sentence_of
from .paper_asking import Asked, find, form_of, order_of
from .papers import Order, PaperFile, PaperRefused, make_paper
from .position import PlanPosition
from .selection import select

logger = logging.getLogger("waymark.packs")

#: A paper of more is made while its reader does something else (design.md 8).
MOST_MILESTONES = 150
#: What is drawn in the limited child. The rows of a paper, Excel among them, are there in a second or two.
SLOW_FORMATS = frozenset({"pdf", "docx"})
#: How long a file waits to be downloaded.
KEPT = timedelta(days=1)
#: How long its page says that it was there.
REMEMBERED = timedelta(days=30)
#: After so long without a maker, none seems to be at work.
NOBODY_AFTER = timedelta(minutes=2)

NO_MORE = "You may no longer make reports of this plan."
UNEXPECTED = "The report could not be made. What happened is in the log."


class OrderedState(StrEnum):
    """Where an ordered paper stands."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    FORGOTTEN = "forgotten"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    OrderedState.WAITING: "Waiting to be made",
    OrderedState.MAKING: "Being made",
    OrderedState.DONE: "Ready",
    OrderedState.FAILED: "Not made",
    OrderedState.FORGOTTEN: "No longer kept",
}


def takes_long(position: PlanPosition, format: str, order: Order) -> bool:
    """Whether a paper is made outside the request: in a slow format, of more than MOST_MILESTONES milestones (“papers
    above 150 milestones are tasks with a progress page”, design.md 8)."""
    return format in SLOW_FORMATS and len(select(position, order.selection).milestones) > MOST_MILESTONES


def state_of(ordered: OrderedPaper, sight: Sight) -> OrderedState:
    """Where a paper stands for its reader, who sees this of the plan today. What was made for other rights, or before
    words were taken out of the records, is offered no longer."""
    now = timezone.now()
    if ordered.ordered_at < now - KEPT:
        return OrderedState.FORGOTTEN
    if ordered.claimed_by == OrderedPaper.DONE:
        is_same = ordered.sight == _digest_of_sight(sight) and not _were_words_taken_out(ordered)
        return OrderedState.DONE if is_same else OrderedState.FORGOTTEN
    if ordered.has_failed:
        return OrderedState.FAILED
    is_held = ordered.claimed_until is not None and ordered.claimed_until >= now
    return OrderedState.MAKING if is_held else OrderedState.WAITING


def seems_left_alone(ordered: OrderedPaper, state: OrderedState) -> bool:
    """Whether nobody has taken a paper up for so long that no maker seems to be at work."""
    return state is OrderedState.WAITING and ordered.ordered_at < timezone.now() - NOBODY_AFTER


# --- Ordering ----------------------------------------------------------------------------------------------------


def order_paper(*, plan: Plan, kind: str, format: str, options: Mapping[str, str], by: Any) -> OrderedPaper:
    """Keeps an order and has it made. The same order of the same person that is not made yet is not kept twice."""
    said = json.dumps([plan.pk, by.pk, kind, format, dict(options)], sort_keys=True)
    ordered, is_new = OrderedPaper.objects.get_or_create(
        open_as=hashlib.sha256(said.encode("utf-8")).hexdigest(),
        defaults={
            "plan": plan,
            "user": by,
            "kind": kind,
            "format": format,
            "options": dict(options),
            "ordered_at": timezone.now(),
        },
    )
    if not is_new and (ordered.has_failed or ordered.ordered_at < timezone.now() - KEPT):
        order_anew(ordered)
    else:
        resume(ordered)
    return ordered


def order_anew(ordered: OrderedPaper) -> None:
    """Begins anew with a paper that is not made, of what is recorded now; one that is being made stays as it is."""
    if begin_anew(_rows(ordered.pk), ordered_at=timezone.now()):
        resume(OrderedPaper.objects.get(pk=ordered.pk))


def take_up() -> None:
    """Puts every paper into the queue that is not made and that nobody makes or is about to make."""
    put_into_queue(make_ordered_paper, _open())


def resume(ordered: OrderedPaper) -> None:
    """The same for one, for a page that waits for it."""
    put_into_queue(make_ordered_paper, _open().filter(pk=ordered.pk))


def forget() -> None:
    """Deletes the files that were kept long enough, and later that there ever were any."""
    now = timezone.now()
    OrderedPaper.objects.filter(ordered_at__lt=now - KEPT).exclude(content=b"").update(content=b"")
    OrderedPaper.objects.filter(ordered_at__lt=now - REMEMBERED).delete()


def _rows(pk: int) -> QuerySet[OrderedPaper]:
    return OrderedPaper.objects.filter(pk=pk)


def _open() -> QuerySet[OrderedPaper]:
    waiting = OrderedPaper.objects.filter(ordered_at__gte=timezone.now() - KEPT)
    return waiting.exclude(claimed_by=OrderedPaper.DONE).defer("content")


# --- Making ------------------------------------------------------------------------------------------------------


# Somebody waits for it, as for a pack nobody does: it goes before those in the queue.
@task(queue_name=QUEUE, priority=10)
def make_ordered_paper(pk: int) -> None:
    """Makes a paper that was ordered, unless it is there or somebody else is at it. Safe to run at any time."""
    token = get_random_string(32)
    if not claim(_rows(pk), token):
        return
    if stopping.is_set():
        give_back(_rows(pk), token)
        return
    held = _rows(pk).filter(claimed_by=token)
    ordered = OrderedPaper.objects.select_related("plan", "user").defer("content").get(pk=pk)
    try:
        sight, made = _draw(ordered)
    except PaperRefused as refused:
        # It would be refused again.
        held.update(claimed_by="", claimed_until=None, attempts=MOST_ATTEMPTS, problem=str(refused))
    except Exception:
        logger.exception("An ordered paper could not be made: %s.", ordered)
        held.update(claimed_by="", claimed_until=None, problem=UNEXPECTED)
    else:
        held.update(
            claimed_by=OrderedPaper.DONE,
            claimed_until=None,
            problem="",
            open_as=None,
            sight=_digest_of_sight(sight),
            name=made.name,
            content_type=made.content_type,
            content=made.content,
        )


def _draw(ordered: OrderedPaper) -> tuple[Sight, PaperFile]:
    """The paper of what was recorded when it was ordered, as its reader may see it now, and what they see of the plan.
    Raises PaperRefused."""
    try:
        plan, sight = find(ordered.user, ordered.plan.slug)
        asked = Asked(plan, ordered.options, sight, ordered.kind, recorded_by=ordered.ordered_at)
    except (Http404, PermissionDenied) as refused:
        raise PaperRefused(NO_MORE) from refused
    form = form_of(ordered.kind, ordered.options, asked)
    position = asked.position_for(form)
    if position is None:
        raise PaperRefused(sentence_of(form))
    return sight, make_paper(ordered.kind, ordered.format, position, order_of(ordered.user, form, asked))


def _digest_of_sight(sight: Sight) -> str:
    rights = sorted((right.value, reach.value) for right, reach in sight.rights.items())
    return hashlib.sha256(json.dumps([rights, sorted(sight.own)]).encode("utf-8")).hexdigest()


def _were_words_taken_out(ordered: OrderedPaper) -> bool:
    done = Redaction.objects.filter(state=Redaction.State.DONE, decided_at__gte=ordered.ordered_at)
    return done.exists()
