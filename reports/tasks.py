"""Making the files of frozen editions, outside requests (reliability.md T-05, T-06).

Who makes an edition holds its Rendering under a lease and renews it before each file. A maker that was killed loses it
after LEASE; the next one goes on with the files that are missing. No file is made twice: it is kept only by who holds
the lease, inside an operation, and the database has each once.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Event

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts.history import current_instant, operating

from .editions import MOST_ATTEMPTS, StoredEdition, digest_of_bytes
from .forms import FORMATS
from .manifest import StoredFile, StoredPaper
from .models import Edition, EditionFile, Rendering
from .papers import PaperFile, PaperRefused

logger = logging.getLogger("waymark.packs")

#: Longer than any file takes: 60 seconds for a PDF after at most 45 in its queue (reports/pdf). Shorter than two
#: minutes, within which a killed making is taken up again.
LEASE = timedelta(seconds=110)
QUEUE = "packs"

BROKEN_OFF = "The making was broken off several times. Ask your system administrator to look into the log."

#: Set where this process is to end: no further file is begun.
stopping = Event()


@task(queue_name=QUEUE)
def make_edition(edition_pk: int) -> None:
    """Makes the files of an edition that are not there yet, unless somebody else is at it. Safe to run at any time."""
    token = get_random_string(32)
    if not _claim(edition_pk, token):
        return
    stored = StoredEdition(Edition.objects.select_related("frozen_by").get(pk=edition_pk))
    there = set(stored.edition.files.values_list("place", "format"))
    problems = []
    for paper, file in stored.manifest.files:
        if (paper.place, file.format) in there:
            continue
        if stopping.is_set():
            _held(edition_pk, token).update(claimed_by="", claimed_until=None, attempts=0)
            return
        if not _held(edition_pk, token).update(claimed_until=timezone.now() + LEASE):
            return
        made, problem = _drawn(stored, paper, file)
        if made is None:
            problems.append(problem)
        elif not _keep(stored.edition, paper, file, made, token):
            return
    done = "" if problems else Rendering.DONE
    _held(edition_pk, token).update(claimed_by=done, claimed_until=None, problem="\n".join(problems))


def _claim(edition_pk: int, token: str) -> bool:
    """Takes the lease where nobody has it; at once for two who try."""
    now = timezone.now()
    free = Rendering.objects.filter(edition=edition_pk).exclude(claimed_by=Rendering.DONE).filter(_is_free(now))
    return bool(free.update(claimed_by=token, claimed_until=now + LEASE, attempts=F("attempts") + 1))


def _is_free(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


def _held(edition_pk: int, token: str) -> QuerySet[Rendering]:
    return Rendering.objects.filter(edition=edition_pk, claimed_by=token)


def _drawn(stored: StoredEdition, paper: StoredPaper, file: StoredFile) -> tuple[PaperFile | None, str]:
    """A file, or what went wrong as a sentence."""
    name = f"“{paper.title}” as {FORMATS.get(file.format, file.format)}"
    try:
        return stored.draw(paper, file), ""
    except PaperRefused as refused:
        return None, f"{name}: {refused}"
    except Exception:
        logger.exception("A file of %s could not be made: %s.", stored.edition, file.name)
        return None, f"{name} could not be made. What happened is in the log."


def _keep(edition: Edition, paper: StoredPaper, file: StoredFile, made: PaperFile, token: str) -> bool:
    """Keeps a file for good; False where the lease was lost meanwhile."""
    with operating(by=edition.frozen_by, name="make_edition"):
        if not _held(edition.pk, token).update(attempts=0):
            return False
        EditionFile(
            edition=edition,
            place=paper.place,
            format=file.format,
            name=made.name,
            content_type=made.content_type,
            size=len(made.content),
            sha256=digest_of_bytes(made.content),
            content=made.content,
            made_at=current_instant(),
        ).save()
    return True


# --- Taking up what was broken off -------------------------------------------------------------------------------


def take_up() -> None:
    """Puts every edition into the queue that is not made and that nobody makes or is about to make."""
    _take_up(Rendering.objects.exclude(claimed_by=Rendering.DONE))


def resume(edition: Edition) -> None:
    """The same for one edition, for a page that waits for it."""
    _take_up(Rendering.objects.filter(edition=edition).exclude(claimed_by=Rendering.DONE))


def has_made_again(edition: Edition) -> None:
    """Begins anew with an edition that failed; one that is being made, or is made, stays as it is."""
    failed = Rendering.objects.filter(edition=edition).exclude(claimed_by=Rendering.DONE)
    if failed.filter(_is_free(timezone.now())).update(problem="", attempts=0, claimed_by="", claimed_until=None):
        resume(edition)


def _take_up(renderings: Iterable[Rendering]) -> None:
    now = timezone.now()
    for rendering in renderings:
        if rendering.claimed_until is not None and rendering.claimed_until >= now:
            continue
        entries = _entries(rendering.edition_id)
        if rendering.attempts >= MOST_ATTEMPTS:
            if rendering.claimed_by:
                _held(rendering.edition_id, rendering.claimed_by).filter(_is_free(now)).update(
                    claimed_by="", claimed_until=None, problem=rendering.problem or BROKEN_OFF
                )
                _close(entries, now)
        elif not entries.filter(status=TaskResultStatus.READY).exists():
            _close(entries, now)
            make_edition.enqueue(rendering.edition_id)


def _entries(edition_pk: int) -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(
        task_path=make_edition.module_path, args_kwargs={"args": [edition_pk], "kwargs": {}}
    )


def _close(entries: QuerySet[DBTaskResult], now: datetime) -> None:
    """A worker that was killed leaves its entry as if it was still at it."""
    entries.filter(status=TaskResultStatus.RUNNING).update(status=TaskResultStatus.FAILED, finished_at=now)
