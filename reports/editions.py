"""Editions of packs: what they hold, in which state they are, and their files drawn from what was stored.

A file of an edition is drawn from the edition's own rows alone, never from live tables.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from plans.documents import NotGivenOut

from .cover_paper import texts_of
from .look_reading import look_of
from .manifest import Manifest, StoredFile, StoredPaper, data_at_words, digest_of, from_text, stamp_of
from .models import Edition, EditionEvent, EditionFile, Pack, PackPaper, Readership, Rendering
from .pack_orders import Positions, day_of, name_of, order_of
from .papers import Order, PaperFile, PaperRefused, all_printed, make_paper
from .position import PlanPosition, from_json
from .printed_words import PrintedWords, printed_words
from .public_lines import PublicLine, lines_to_confirm
from .selection import child_data_in
from .stamps import TEMPLATES_VERSION, Stamp

logger = logging.getLogger("waymark.packs")


class EditionState(StrEnum):
    """Where an edition stands. Replaced is one of which a later edition of the pack is published and not withdrawn."""

    MAKING = "making"
    FAILED = "failed"
    READY = "ready"
    SIGNED = "signed"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _LABELS[self]


#: Where an edition has been published at some time.
GIVEN_OUT = frozenset({EditionState.PUBLISHED, EditionState.REPLACED, EditionState.WITHDRAWN})

_LABELS = {
    EditionState.MAKING: "Being made",
    EditionState.FAILED: "Could not be made",
    EditionState.READY: "Ready for sign-off",
    EditionState.SIGNED: "Signed off",
    EditionState.PUBLISHED: "Published",
    EditionState.REPLACED: "Replaced",
    EditionState.WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True)
class WantedFile:
    """A file that an edition has or will have. `title` is the name of its paper in the pack."""

    place: int
    format: str
    kind: str
    title: str
    name: str


@dataclass(frozen=True)
class Progress:
    """How many files of an edition are made. `problem` is for whoever waits, a sentence a line; empty without one."""

    made: int
    wanted: int
    problem: str

    @property
    def is_done(self) -> bool:
        return self.made == self.wanted


@dataclass(frozen=True)
class Age:
    """A paper whose data are older than the meeting by more than the pack allows: `days` older."""

    place: int
    title: str
    as_at: date
    days: int


# --- Where an edition stands -------------------------------------------------------------------------------------


def state_of(edition: Edition) -> EditionState:
    """Where one edition stands. For lists use `states_of`."""
    return states_of([edition])[edition.pk]


def states_of(editions: Iterable[Edition]) -> dict[int, EditionState]:
    """Where editions stand, by primary key; a constant number of queries."""
    editions = list(editions)
    keys = [edition.pk for edition in editions]
    events: dict[int, set[str]] = defaultdict(set)
    for edition, kind in EditionEvent.objects.filter(edition__in=keys).values_list("edition", "kind"):
        events[edition].add(kind)
    published = EditionEvent.objects.filter(
        kind=EditionEvent.Kind.PUBLISHED, edition__pack__in={edition.pack_id for edition in editions}
    ).exclude(edition__in=withdrawn_editions())
    newest: dict[int, int] = {}
    for pack, number in published.values_list("edition__pack", "edition__number"):
        newest[pack] = max(number, newest.get(pack, 0))
    renderings = {row.edition_id: row for row in Rendering.objects.filter(edition__in=keys)}
    return {
        each.pk: _state(events[each.pk], each.number < newest.get(each.pack_id, 0), renderings.get(each.pk))
        for each in editions
    }


def _state(events: set[str], is_replaced: bool, rendering: Rendering | None) -> EditionState:
    if EditionEvent.Kind.WITHDRAWN in events:
        return EditionState.WITHDRAWN
    if is_replaced:
        return EditionState.REPLACED
    if EditionEvent.Kind.PUBLISHED in events:
        return EditionState.PUBLISHED
    if EditionEvent.Kind.SIGNED in events:
        return EditionState.SIGNED
    if rendering is None:
        return EditionState.MAKING
    if rendering.claimed_by == Rendering.DONE:
        return EditionState.READY
    return EditionState.FAILED if rendering.has_failed else EditionState.MAKING


def withdrawn_editions() -> QuerySet[EditionEvent, Any]:
    """The keys of the editions that were taken back: none of them takes the place of another."""
    return EditionEvent.objects.filter(kind=EditionEvent.Kind.WITHDRAWN).values("edition")


def manifest_of(edition: Edition) -> Manifest:
    return from_text(edition.manifest)


def wanted_files(edition: Edition) -> tuple[WantedFile, ...]:
    """Every file of an edition by its manifest, made or not, in the order of the pack. No query."""
    return tuple(
        WantedFile(paper.place, file.format, paper.kind, paper.title, file.name)
        for paper, file in manifest_of(edition).files
    )


def progress_of(edition: Edition) -> Progress:
    """How far the making of its files is."""
    problem = Rendering.objects.filter(edition=edition).values_list("problem", flat=True).first()
    return Progress(edition.files.count(), len(wanted_files(edition)), problem or "")


# --- Drawing -----------------------------------------------------------------------------------------------------


class StoredEdition:
    """An edition as it was stored, from which its files are drawn: at any time the same ones, byte for byte."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.manifest = manifest_of(edition)
        self._positions: dict[int, PlanPosition] = {}

    @cached_property
    def _keys(self) -> list[int]:
        return list(self.edition.positions.order_by("pk").values_list("pk", flat=True))

    def position(self, place: int) -> PlanPosition:
        """A position of the manifest. Raises PaperRefused where it is not the one that was stored."""
        if place not in self._positions:
            row = self.edition.positions.get(pk=self._keys[place])
            if digest_of(row.content) != self.manifest.positions[place].sha256:
                raise PaperRefused("The stored position is damaged. Tell your system administrator.")
            known = self.manifest.positions[place].recorded_at
            self._positions[place] = replace(from_json(row.content), recorded_at=known)
        return self._positions[place]

    def order_of(self, paper: StoredPaper) -> Order:
        """The order of a paper with all that it takes from the edition."""
        return replace(
            paper.order,
            before=self.position(paper.before) if paper.before is not None else None,
            stamp=stamp_of(self.manifest, paper, self.edition.check_code),
            look=self.manifest.look,
        )

    def draw(self, paper: StoredPaper, file: StoredFile) -> PaperFile:
        """One file. Raises PaperRefused, also where the templates are others than those it was frozen with."""
        if self.manifest.templates != TEMPLATES_VERSION:
            raise PaperRefused("Waymark was renewed since this was frozen. Freeze the pack again.")
        made = make_paper(paper.kind, file.format, self.position(paper.position), self.order_of(paper))
        return replace(made, name=file.name)

    def printed(self) -> list[PlanPosition]:
        """What its papers print of their positions, paper by paper."""
        return [
            copy
            for paper in self.manifest.papers
            for _, copy in all_printed(paper.kind, self.position(paper.position), self.order_of(paper))
        ]

    @property
    def further_words(self) -> Iterator[PrintedWords]:
        """What its papers print that is part of no position: cover reports, what the pack calls and how it narrows
        them, and the words of the council's look."""
        for paper in self.manifest.papers:
            if paper.order.cover is not None:
                for place, text in texts_of(paper.order.cover):
                    yield PrintedWords("cover", paper.place, "", place, "text", "words", text)
            for label, text in (
                (f"name of paper {paper.place}", paper.own_title),
                (f"words that narrow paper {paper.place}", paper.order.selection.text),
            ):
                yield PrintedWords("pack", paper.place, "", "the pack", "paper", label, text)
        look = self.manifest.look
        for label, text in (
            ("classification", look.marking),
            ("standing words", look.standing),
            ("words for the logo", look.logo_words),
            *(("name of a paper", title) for title in look.titles.values()),
        ):
            yield PrintedWords("look", 0, "", "the look of the council’s papers", "look", label, text)


def lines_of(edition: Edition) -> tuple[PublicLine, ...]:
    """What has to be confirmed, line by line, before the edition is published (public_lines.py): nothing but for the
    public. Publishing wants the `key` of each. Reads the stored positions, which takes a moment."""
    if edition.readers != Readership.PUBLIC:
        return ()
    stored = StoredEdition(edition)
    wholes = [stored.position(place) for place in range(len(stored.manifest.positions))]
    return lines_to_confirm(wholes, stored.printed(), also=stored.further_words)


def child_data_of(edition: Edition) -> tuple[str, ...]:
    """The words of any edition that look as if they tell who a child is, and where they stand. Reads as `lines_of`."""
    stored = StoredEdition(edition)
    return child_data_in(chain(*map(printed_words, stored.printed()), stored.further_words))


def draft_of(pack: Pack, paper: PackPaper) -> tuple[PlanPosition, Order]:
    """What a paper of the draft is drawn from: the plan as it is now, marked as a draft. Raises PaperRefused."""
    positions = Positions(pack.plan)
    position = positions.at(day_of(pack, paper))
    data_at = data_at_words(position.as_at, position.recorded_at)
    stamp = Stamp(pack=pack.number, data_at=data_at, paper=paper.title)
    return position, replace(order_of(pack, paper, positions), stamp=stamp, look=look_of(pack.plan.council))


def draft_file(pack: Pack, paper: PackPaper, format: str) -> PaperFile:
    """A file of the draft, which is never stored. Raises PaperRefused."""
    position, order = draft_of(pack, paper)
    made = make_paper(paper.kind, format, position, order)
    return replace(made, name=f"draft-{made.name}")


# --- Looking up --------------------------------------------------------------------------------------------------


def digest_of_bytes(content: bytes) -> str:
    return sha256(content).hexdigest()


def content_of(file: EditionFile) -> bytes:
    """The bytes of a file, as they were made. Raises NotGivenOut where somebody changed them past the database's own
    refusal."""
    content = bytes(file.content)
    if digest_of_bytes(content) != file.sha256:
        logger.error("File %s of %s is not the one that was made.", file.pk, file.edition)
        raise NotGivenOut("This file is damaged and is not given out. Tell whoever runs the site.")
    return content


def recognise(digest: str, size: int, among: QuerySet[Edition]) -> EditionFile | None:
    """The file of one of these editions that has this SHA-256 and so many bytes, without its content read. Of equal
    ones, that of the newest edition."""
    same = EditionFile.objects.filter(sha256=digest, size=size, edition__in=among)
    found = same.select_related("edition__pack", "edition__frozen_by").defer("content", "edition__manifest")
    return found.order_by("-edition_id", "place").first()


def ages(pack_or_edition: Pack | Edition) -> tuple[Age, ...]:
    """The papers whose data are older than the meeting by more than the pack allows; none without a meeting."""
    if isinstance(pack_or_edition, Edition):
        manifest = manifest_of(pack_or_edition)
        meeting_on, most = manifest.meeting_on, manifest.most_days_old
        papers = [(paper.title, paper.as_at) for paper in manifest.papers]
    else:
        pack = pack_or_edition
        meeting_on, most = (pack.meeting.held_on if pack.meeting else None), pack.most_days_old
        papers = [(name_of(paper), day_of(pack, paper)) for paper in pack.papers.select_related("cover")]
    if meeting_on is None:
        return ()
    found = (Age(place, title, as_at, (meeting_on - as_at).days) for place, (title, as_at) in enumerate(papers, 1))
    return tuple(each for each in found if each.days > most)
