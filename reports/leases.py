"""Who makes something outside requests, and until when (reliability.md T-05, T-06).

A maker holds its row under a lease. One that was killed loses it after LEASE, and the next one goes on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

#: Longer than any file takes: 60 seconds for a PDF after at most 45 in its queue (reports/pdf). Shorter than two
#: minutes, within which a killed making is taken up again.
LEASE = timedelta(seconds=110)
#: After so many that ended without a file, it is begun again by a person alone.
MOST_ATTEMPTS = 3
QUEUE = "packs"

BROKEN_OFF = "The making was broken off several times. Ask your system administrator to look into the log."

#: Set where this process is to end: no further file is begun.
stopping = Event()


class Leased(models.Model):
    """Something that is made outside requests: who is at it until when, how often it was begun since the last file, and
    what went wrong. `claimed_by` is DONE when all is there."""

    DONE = "done"

    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def task_key(self) -> int:
        """What the task that makes it is told."""
        return int(self.pk)

    @property
    def has_failed(self) -> bool:
        """Whether nobody begins it again by itself."""
        return bool(self.problem and self.attempts >= MOST_ATTEMPTS and not self.claimed_by)


def is_free(now: datetime) -> Q:
    """The rows of which nobody holds the lease."""
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


def claim(rows: QuerySet[Any], token: str) -> bool:
    """Takes the lease of what is not made where nobody has it; at once for two who try."""
    now = timezone.now()
    free = rows.exclude(claimed_by=Leased.DONE).filter(is_free(now))
    return bool(free.update(claimed_by=token, claimed_until=now + LEASE, attempts=F("attempts") + 1))


def renew(rows: QuerySet[Any], token: str) -> bool:
    """Begins the lease anew; False where it was lost."""
    return bool(rows.filter(claimed_by=token).update(claimed_until=timezone.now() + LEASE))


def give_back(rows: QuerySet[Any], token: str) -> None:
    """Leaves it to the next maker, who begins as if nobody had tried."""
    rows.filter(claimed_by=token).update(claimed_by="", claimed_until=None, attempts=0)


def begin_anew(rows: QuerySet[Any], **further: Any) -> bool:
    """Forgets the failures of what is not made, with `further` columns to set; False where somebody is at it."""
    free = rows.exclude(claimed_by=Leased.DONE).filter(is_free(timezone.now()))
    return bool(free.update(problem="", attempts=0, claimed_by="", claimed_until=None, **further))


def put_into_queue(task: Task[Any, Any], rows: Iterable[Leased]) -> None:
    """Puts what is not made, and what nobody makes or is about to make, into the queue of the task."""
    now = timezone.now()
    for row in rows:
        if row.claimed_until is not None and row.claimed_until >= now:
            continue
        entries = _entries(task, row.task_key)
        if row.attempts >= MOST_ATTEMPTS:
            if row.claimed_by:
                held = type(row)._base_manager.filter(pk=row.pk, claimed_by=row.claimed_by).filter(is_free(now))
                held.update(claimed_by="", claimed_until=None, problem=row.problem or BROKEN_OFF)
                _close(entries, now)
        elif not entries.filter(status=TaskResultStatus.READY).exists():
            _close(entries, now)
            task.enqueue(row.task_key)


def _entries(task: Task[Any, Any], key: int) -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(task_path=task.module_path, args_kwargs={"args": [key], "kwargs": {}})


def _close(entries: QuerySet[DBTaskResult], now: datetime) -> None:
    """A worker that was killed leaves its entry as if it was still at it."""
    entries.filter(status=TaskResultStatus.RUNNING).update(status=TaskResultStatus.FAILED, finished_at=now)
