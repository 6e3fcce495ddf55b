"""Making the files of frozen editions, outside requests (reliability.md T-05, T-06).

Who makes an edition holds its Rendering under a lease (leases.py) and renews it before each file. A maker that was
killed loses it; the next one goes on with the files that are missing. No file is made twice: it is kept only by who
holds the lease, inside an operation, and the database has each once.
"""

import logging

from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django_tasks import task

from accounts.history import current_instant, operating

from .editions import StoredEdition, digest_of_bytes
from .forms import FORMATS
from .leases import QUEUE, begin_anew, claim, give_back, put_into_queue, renew, stopping
from .manifest import StoredFile, StoredPaper
from .models import Edition, EditionFile, Rendering
from .papers import PaperFile, PaperRefused

logger = logging.getLogger("waymark.packs")


@task(queue_name=QUEUE)
def make_edition(edition_pk: int) -> None:
    """Makes the files of an edition that are not there yet, unless somebody else is at it. Safe to run at any time."""
    token = get_random_string(32)
    if not claim(_rows(edition_pk), token):
        return
    stored = StoredEdition(Edition.objects.select_related("frozen_by").get(pk=edition_pk))
    there = set(stored.edition.files.values_list("place", "format"))
    problems = []
    for paper, file in stored.manifest.files:
        if (paper.place, file.format) in there:
            continue
        if stopping.is_set():
            give_back(_rows(edition_pk), token)
            return
        if not renew(_rows(edition_pk), token):
            return
        made, problem = _drawn(stored, paper, file)
        if made is None:
            problems.append(problem)
        elif not _keep(stored.edition, paper, file, made, token):
            return
    done = "" if problems else Rendering.DONE
    _held(edition_pk, token).update(claimed_by=done, claimed_until=None, problem="\n".join(problems))


def _rows(edition_pk: int) -> QuerySet[Rendering]:
    return Rendering.objects.filter(edition=edition_pk)


def _held(edition_pk: int, token: str) -> QuerySet[Rendering]:
    return _rows(edition_pk).filter(claimed_by=token)


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
    put_into_queue(make_edition, Rendering.objects.exclude(claimed_by=Rendering.DONE))


def resume(edition: Edition) -> None:
    """The same for one edition, for a page that waits for it."""
    put_into_queue(make_edition, Rendering.objects.filter(edition=edition).exclude(claimed_by=Rendering.DONE))


def has_made_again(edition: Edition) -> None:
    """Begins anew with an edition that failed; one that is being made, or is made, stays as it is."""
    if begin_anew(Rendering.objects.filter(edition=edition)):
        resume(edition)
