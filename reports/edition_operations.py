"""Freezing a pack in an edition, and what becomes of the edition (reliability.md T-29).

Each step of an edition is saved with its pack too: so the history of the plan tells it, and the plan's chain vouches
for it.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.chain import BEGINNING, chain_of
from accounts.history import current_instant, newest_instant, operation, save_changes
from accounts.models import ChainLink
from accounts.versions import ChangedMeanwhile
from plans.policies import Right, check_can

from .editions import EditionState, lines_of, state_of, wanted_files
from .look_reading import look_of
from .manifest import Manifest, StoredFile, StoredPaper, StoredPosition, check_code_of, digest_of, to_text
from .milestone_paper import Layout
from .models import (
    CoverReport,
    CoverSection,
    Edition,
    EditionEvent,
    EditionPosition,
    Pack,
    PackPaper,
    Readership,
    Rendering,
)
from .operations import note_that_paper_left
from .pack_operations import GIVEN_UP, lock_pack
from .pack_orders import Positions, day_of, name_of, order_of
from .papers import Order, PaperRefused
from .position import PlanPosition, to_json
from .stamps import TEMPLATES_VERSION
from .tasks import has_made_again, make_edition

# --- Freezing ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """What was read of a pack to be frozen, before anything is written."""

    manifest: Manifest
    contents: tuple[str, ...]
    versions: set[tuple[str, int, int]]
    pack_version: int


def freeze_pack(*, pack: Pack, by: Any, version: int | None = None) -> Edition:
    """Freezes the pack as its next edition and has its files made. `version` is `pack.version` when the page was
    opened, so that a button pressed twice freezes once. Call it outside a transaction: positions are read first.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError: without papers, with one that cannot be made any more,
    and while the edition before is being made.
    """
    check_can(by, Right.PREPARE_PACK, pack.plan)
    pack.refresh_from_db()
    if version is not None and version != pack.version:
        raise ChangedMeanwhile
    return _freeze(pack=pack, read=_read(pack), by=by)


def _read(pack: Pack) -> _Read:
    """Reads what the papers need as it is recorded now. What was recorded by an instant does not change any more, so
    nobody has to wait meanwhile."""
    versions = _versions(pack)
    papers = list(pack.papers.select_related("cover"))
    if not papers:
        raise ValidationError("There is no paper in this pack yet. Add one before you freeze it.")
    recorded_at = newest_instant()
    positions = Positions(pack.plan, recorded_at)
    links = ChainLink.objects.filter(chain=chain_of(pack.plan_id), operation__recorded_at__lte=recorded_at)
    link = links.order_by("-number").first()
    head = (link.number, link.digest) if link else BEGINNING
    store = _Store()
    number = pack.editions + 1
    stored = tuple(_stored(place, pack, number, paper, positions, store) for place, paper in enumerate(papers, 1))
    manifest = Manifest(
        pack=pack.number,
        version=number,
        title=pack.title,
        plan=pack.plan.slug,
        council=pack.plan.council.name,
        meeting=str(pack.meeting) if pack.meeting else "",
        meeting_on=pack.meeting.held_on if pack.meeting else None,
        as_at=pack.as_at,
        readers=pack.readers,
        most_days_old=pack.most_days_old,
        recorded_at=recorded_at,
        templates=TEMPLATES_VERSION,
        chain_number=head[0],
        chain_digest=head[1],
        look=look_of(pack.plan.council),
        positions=tuple(store.entries),
        papers=stored,
    )
    return _Read(manifest, tuple(store.contents), versions, pack.version)


def _versions(pack: Pack) -> set[tuple[str, int, int]]:
    """Everything that a pack has of itself and of its cover reports, each at its version: it has to be the same before
    the reading and after. The plan is read as it was recorded at one moment, and the look never changes."""
    return {
        (row._meta.label, row.pk, row.version)
        for rows in (
            PackPaper.objects.filter(pack=pack),
            CoverReport.objects.filter(in_packs__pack=pack),
            CoverSection.objects.filter(cover__in_packs__pack=pack),
        )
        for row in rows.only("pk", "version")
    }


class _Store:
    """The positions of an edition as they are stored, each once."""

    def __init__(self) -> None:
        self.entries: list[StoredPosition] = []
        self.contents: list[str] = []
        self._places: dict[int, int] = {}

    def place_of(self, position: PlanPosition) -> int:
        if id(position) not in self._places:
            content = to_json(position)
            self._places[id(position)] = len(self.entries)
            self.entries.append(
                StoredPosition(as_at=position.as_at, recorded_at=position.recorded_at, sha256=digest_of(content))
            )
            self.contents.append(content)
        return self._places[id(position)]


def _stored(place: int, pack: Pack, number: int, paper: PackPaper, positions: Positions, store: _Store) -> StoredPaper:
    try:
        order = order_of(pack, paper, positions)
    except PaperRefused as refused:
        raise ValidationError(str(refused)) from refused
    as_at = day_of(pack, paper)
    return StoredPaper(
        place=place,
        kind=paper.kind,
        title=name_of(paper),
        own_title=paper.title,
        as_at=as_at,
        position=store.place_of(positions.at(as_at)),
        before=store.place_of(order.before) if order.before is not None else None,
        order=order,
        files=tuple(
            StoredFile(format=format, name=_file_name(place, pack, number, paper.kind, as_at, order, format))
            for format in paper.formats
        ),
    )


def _file_name(place: int, pack: Pack, number: int, kind: str, as_at: date, order: Order, format: str) -> str:
    """pack-12-v1-02-milestones-2011-05-31.pdf"""
    public = ["public"] if pack.readers == Readership.PUBLIC else []
    layout = [order.layout] if order.layout is not Layout.ACCESSIBLE else []
    parts = [f"pack-{pack.number}-v{number}-{place:02}", kind, as_at.isoformat(), *layout, *public]
    return f"{'-'.join(parts)}.{format}"


@operation
def _freeze(*, pack: Pack, read: _Read, by: Any) -> Edition:
    lock_pack(pack, read.pack_version)
    if _versions(pack) != read.versions:
        raise ChangedMeanwhile
    newest = pack.frozen.order_by("-number").first()
    if newest is not None and state_of(newest) is EditionState.MAKING:
        raise ValidationError(f"Version {newest.number} is being made. Freeze the pack again when it is there.")
    manifest, text = read.manifest, to_text(read.manifest)
    frozen = {"editions": manifest.version, "check_code": check_code_of(text)}
    save_changes(pack, frozen, reason=f"Frozen as version {manifest.version}", by=by)
    edition = Edition(
        plan=pack.plan,
        pack=pack,
        number=manifest.version,
        title=manifest.title,
        meeting_words=manifest.meeting,
        meeting_on=manifest.meeting_on,
        as_at=manifest.as_at,
        readers=manifest.readers,
        manifest=text,
        made_with=manifest.templates,
        check_code=pack.check_code,
        chain_number=manifest.chain_number,
        chain_digest=manifest.chain_digest,
        frozen_at=current_instant(),
        frozen_by=by,
    )
    edition.save()
    for entry, content in zip(manifest.positions, read.contents, strict=True):
        EditionPosition(
            edition=edition, as_at=entry.as_at, recorded_at=entry.recorded_at, content=content, sha256=entry.sha256
        ).save()
    Rendering.objects.create(edition=edition)
    note_that_paper_left(plan=pack.plan, at=current_instant())
    transaction.on_commit(partial(make_edition.enqueue, edition.pk))
    return edition


# --- What becomes of an edition ----------------------------------------------------------------------------------


def retry_edition(*, edition: Edition, by: Any) -> None:
    """Has the missing files of an edition made again after a failure. Raises PermissionDenied."""
    check_can(by, Right.PREPARE_PACK, edition.plan)
    has_made_again(edition)


@operation
def sign_edition(*, edition: Edition, by: Any, words: str = "") -> None:
    """Signs an edition off: somebody else than who froze it, when all files are there. Signed by them already, it
    stays so. Raises PermissionDenied, ValidationError."""
    check_can(by, Right.SIGN_PACK, edition.plan)
    if edition.frozen_by_id == by.pk:
        raise PermissionDenied("You froze this version, so somebody else signs it off.")
    if _has(edition, EditionEvent.Kind.SIGNED, by):
        return
    _check_not_given_up(edition)
    _check_state(
        edition, EditionState.READY, "Only a version with all its files, not yet signed off, can be signed off."
    )
    made = edition.files.values_list("place", "format", "sha256").order_by("place", "format")
    if {(place, format) for place, format, _ in made} != {(each.place, each.format) for each in wanted_files(edition)}:
        raise ValidationError("Not all files of this version are made yet.")
    digest = sha256("\n".join(f"{place} {format} {digest}" for place, format, digest in made).encode()).hexdigest()
    _note(edition, EditionEvent.Kind.SIGNED, f"signed off; digest of its files {digest}", words=words, by=by)


def publish_edition(*, edition: Edition, by: Any, confirmed: list[dict[str, Any]]) -> None:
    """Publishes an edition that is signed off. `confirmed` are the lines that were ticked, each with at least the
    `key` of one of `editions.lines_of`, and are kept. Published by them already, it stays so.

    Raises PermissionDenied, ValidationError, also where a line is missing.
    """
    check_can(by, Right.PUBLISH_PACK, edition.plan)
    if _has(edition, EditionEvent.Kind.PUBLISHED, by):
        return
    ticked = {each.get("key") for each in confirmed}
    missing = sum(line.key not in ticked for line in lines_of(edition))
    if missing:
        lines = "1 line" if missing == 1 else f"{missing} lines"
        raise ValidationError(f"Look at {lines} more and tick each before you publish.")
    _publish(edition=edition, confirmed=confirmed, by=by)


@operation
def _publish(*, edition: Edition, confirmed: list[dict[str, Any]], by: Any) -> None:
    if _has(edition, EditionEvent.Kind.PUBLISHED, by):
        return
    _check_not_given_up(edition)
    _check_state(
        edition,
        EditionState.SIGNED,
        "Only a version that is signed off, and that no later one replaced, can be published.",
    )
    _note(edition, EditionEvent.Kind.PUBLISHED, "published", details=confirmed, by=by)
    note_that_paper_left(plan=edition.plan, at=current_instant())


@operation
def withdraw_edition(*, edition: Edition, by: Any, words: str) -> None:
    """Takes a published edition back, with the reason that is shown in its place. The bytes stay. Withdrawn by them
    already, it stays so. Raises PermissionDenied, ValidationError."""
    check_can(by, Right.WITHDRAW_PACK, edition.plan)
    if _has(edition, EditionEvent.Kind.WITHDRAWN, by):
        return
    if not words.strip():
        raise ValidationError({"words": "Say why this version is withdrawn. The reason is shown in its place."})
    if not edition.events.filter(kind=EditionEvent.Kind.PUBLISHED).exists():
        raise ValidationError("This version was not published, so there is nothing to withdraw.")
    if edition.events.filter(kind=EditionEvent.Kind.WITHDRAWN).exists():
        raise ValidationError("This version is withdrawn already.")
    _note(edition, EditionEvent.Kind.WITHDRAWN, "withdrawn", words=words, by=by)


def _has(edition: Edition, kind: str, by: Any) -> bool:
    """Whether this became of the edition already, and by them: a button was pressed twice."""
    return edition.events.filter(kind=kind, by=by).exists()


def _check_not_given_up(edition: Edition) -> None:
    if Pack.objects.filter(pk=edition.pack_id, archived_at__isnull=False).exists():
        raise ValidationError(GIVEN_UP)


def _check_state(edition: Edition, wanted: EditionState, words: str) -> None:
    state = state_of(edition)
    if state is not wanted:
        raise ValidationError(f"{words} This one is: {state.label.lower()}.")


def _note(edition: Edition, kind: str, what: str, *, by: Any, words: str = "", details: Any = ()) -> None:
    event = EditionEvent(
        edition=edition, kind=kind, at=current_instant(), by=by, words=words.strip(), details=list(details)
    )
    event.save()
    pack = Pack.objects.get(pk=edition.pack_id)
    save_changes(pack, {}, reason=f"Version {edition.number} {what}", by=by)
