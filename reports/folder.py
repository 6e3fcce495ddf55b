"""The inspection folder of a review: everything by recommendation, with its evidence, as one zip of plain pages.

It opens from a disk in any browser: no script, no address of the site, every link leads to a file beside it or to
evidence that lies elsewhere. It is made of a position narrowed to its readers, and of the files they may have. The same
position gives the same bytes.
"""

import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import IO, Any

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.text import slugify

from milestones.own_table import guard
from milestones.position import EvidencePosition, MilestonePosition, StatusView
from milestones.recommendations import Gap
from plans.documents import NotGivenOut, open_document
from plans.models import Document, PlanReview
from plans.position import ReviewPosition
from plans.uploads.kinds import KINDS

from .csv_out import milestones_csv
from .milestone_paper import Layout, PaperDate, PaperRow
from .papers import screen_css
from .position import PlanPosition, RecommendationPosition
from .recommendation_paper import Drawing, totals
from .recommendation_rows import recommendations_csv
from .selection import Readers, Selection, for_readers, listed_for, of_review, select
from .wording import capital, line, listed, long_day, moment, number_of, paragraphs
from .zip_entries import copy_into, zip_entry

MEGABYTE = 1024 * 1024
#: As much evidence as one folder holds, and how much of a folder waits in memory while it is made.
MOST_EVIDENCE = 1024 * MEGABYTE
IN_MEMORY = 8 * MEGABYTE
LONGEST_NAME = 60


class FolderRefused(Exception):
    """A folder that cannot be made; one sentence that says why."""


@dataclass(frozen=True)
class FolderEvidence:
    """A piece of evidence. `path` is its file in the folder, from the top; where it has one that is not there,
    `problem` says why. `link` is an address of the web, `location` words for where it lies."""

    id: int
    title: str
    facts: str
    note: tuple[tuple[str, ...], ...]
    checked: str
    path: str
    file_facts: str
    sha256: str
    problem: str
    link: str
    location: str
    answers: tuple["FolderLink", ...] = ()


@dataclass(frozen=True)
class FolderLink:
    """A page of the folder: its path from the top, and what it is called."""

    path: str
    words: str


@dataclass(frozen=True)
class FolderMilestone:
    """A milestone on the page of a recommendation; `through` says so where only its action answers it."""

    row: PaperRow
    through: str
    action: str
    theme: str
    difference: tuple[str, ...]
    independent: str
    evidence: tuple[FolderEvidence, ...]


@dataclass(frozen=True)
class FolderOutcome:
    text: str
    judged: str
    evidence: tuple[FolderEvidence, ...]


@dataclass(frozen=True)
class FolderRecommendation:
    """A recommendation and its page. `gaps` are empty in all but our own copy."""

    page: FolderLink
    number: str
    section: str
    text: tuple[tuple[str, ...], ...]
    headline: str
    note: str
    paragraphs: str
    is_priority_action: bool
    addressed_to: str
    dates: tuple[PaperDate, ...]
    answer: tuple[str, ...]
    count: str
    status: StatusView
    gaps: tuple[str, ...]
    milestones: tuple[FolderMilestone, ...]
    outcomes: tuple[FolderOutcome, ...]
    evidence: tuple[FolderEvidence, ...]
    evidence_count: int


@dataclass(frozen=True)
class FolderJudgement:
    """What the review said of one area: a grade, or words, or both."""

    area: str
    grade: str
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class GapList:
    """Recommendations with the same thing missing."""

    words: str
    recommendations: tuple[FolderRecommendation, ...]


@dataclass(frozen=True)
class Folder:
    """What the pages of the folder print."""

    title: str
    council: str
    plan: str
    review: str
    facts: tuple[str, ...]
    clock: tuple[PaperDate, ...]
    judgements: tuple[FolderJudgement, ...]
    marking: str
    is_internal: bool
    no_evidence: str
    as_at: str
    recorded: str
    counts: str
    not_shown: str
    key: tuple[Any, ...]
    gaps: tuple[GapList, ...]
    recommendations: tuple[FolderRecommendation, ...]
    evidence: tuple[FolderEvidence, ...]
    files: tuple[FolderLink, ...]


#: The tables of the folder; the manifest names everything else that is in it.
TABLES = (
    FolderLink("recommendations.csv", "The recommendations as a table"),
    FolderLink("milestones.csv", "Their milestones as a table"),
    FolderLink("manifest.csv", "Every file of this folder with its SHA-256"),
)


def of_folder(position: PlanPosition, review: str, readers: Readers) -> PlanPosition:
    """The position of which a folder prints the words: of one review and for these readers, with the evidence of its
    recommendations."""
    narrowed = of_review(for_readers(position, readers), review)
    kept = {found.id for each in narrowed.recommendations for found in narrowed.evidence_of(each)}
    return replace(narrowed, evidence=tuple(found for found in narrowed.evidence if found.id in kept))


def name_of_folder(position: PlanPosition, review: str, readers: Readers) -> str:
    """“safeguarding-ofsted-feb-2011-folder-2011-05-31-public.zip”."""
    name = slugify(review)[:LONGEST_NAME] or "review"
    return f"{position.slug}-{name}-folder-{position.as_at.isoformat()}-{_MARKS[readers]}.zip"


_MARKS = {Readers.INTERNAL: "internal", Readers.NO_INTERNAL: "board", Readers.PUBLIC: "public"}


def make_folder(
    position: PlanPosition, *, review: str, readers: Readers, documents: Mapping[int, Document]
) -> IO[bytes]:
    """The folder as a zip, open at its beginning. `documents` are the stored files by primary key; a piece of evidence
    whose file is not among them is said to be missing. Raises FolderRefused."""
    shown = of_folder(position, review, readers)
    if not shown.reviews:
        raise FolderRefused("Only what is internal cites this review, so it has no folder for these readers.")
    stored = {each.id: documents[key] for each in shown.evidence if (key := each.document_id or 0) in documents}
    if sum(document.size for document in stored.values()) > MOST_EVIDENCE:
        most = filesizeformat(MOST_EVIDENCE)
        raise FolderRefused(f"The evidence of this review is more than {most}, which is the most a folder holds.")
    drawn = _Drawn(position, shown, review, readers, stored)
    folder = drawn.folder()
    with ExitStack() as until_done:
        target = until_done.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        _write(target, folder, shown, review, drawn.files)
        until_done.pop_all()
    target.seek(0)
    return target


def _write(
    target: IO[bytes],
    folder: Folder,
    shown: PlanPosition,
    review: str,
    files: Mapping[str, tuple[EvidencePosition, Document]],
) -> None:
    """Writes the pages, the tables and the evidence; the manifest last, for it knows all of them."""
    manifest: list[tuple[str, ...]] = []
    with zipfile.ZipFile(target, "w") as archive:

        def add(path: str, content: bytes) -> None:
            archive.writestr(zip_entry(path, shown.as_at), content)
            manifest.append((path, sha256(content).hexdigest(), str(len(content)), "", ""))

        for path, content in _pages(folder).items():
            add(path, content.encode("utf-8"))
        add("style.css", screen_css().encode("utf-8"))
        add("recommendations.csv", recommendations_csv(shown))
        add("milestones.csv", milestones_csv(select(shown, Selection(review=review))))
        for path, (evidence, document) in files.items():
            try:
                source = open_document(document)
            except NotGivenOut:
                raise FolderRefused("A file changed while the folder was made. Try again.") from None
            entry = zip_entry(path, shown.as_at, is_packed=False)
            with source:
                copy_into(archive, entry, source)
            title, name = line(evidence.title), line(document.name)
            manifest.append((path, document.sha256, str(document.size), title, name))
        archive.writestr(zip_entry("manifest.csv", shown.as_at), _manifest(manifest))


def _pages(folder: Folder) -> dict[str, str]:
    pages: dict[str, str] = {
        "index.html": render_to_string("reports/folder/index.html", {"folder": folder, "top": ""}),
        "evidence.html": render_to_string("reports/folder/evidence.html", {"folder": folder, "top": ""}),
    }
    neighbours = (None, *folder.recommendations, None)
    for number, each in enumerate(folder.recommendations):
        context = {
            "folder": folder,
            "top": "../",
            "each": each,
            "before": neighbours[number],
            "after": neighbours[number + 2],
        }
        pages[each.page.path] = render_to_string("reports/folder/recommendation.html", context)
    return pages


def _manifest(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("file", "sha256", "bytes", "evidence", "name_when_uploaded"))
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


class _Drawn:
    """Draws the pages: `whole` is the position with every recommendation, `shown` what the readers may see of it."""

    def __init__(
        self,
        whole: PlanPosition,
        shown: PlanPosition,
        review: str,
        readers: Readers,
        stored: Mapping[int, Document],
    ) -> None:
        self.whole = of_review(listed_for(whole, readers), review)
        self.shown = shown
        self.readers = readers
        self.is_internal = readers is Readers.INTERNAL
        self.draw = Drawing(shown, Layout.ACCESSIBLE)
        #: The evidence files that go into the folder, by their path in it.
        self.files: dict[str, tuple[EvidencePosition, Document]] = {}
        self._pages: dict[int, FolderLink] = {}
        taken: set[str] = set()
        for each in shown.recommendations:
            path = _free("recommendations/rec-", each.number, ".html", taken)
            self._pages[each.id] = FolderLink(path, f"Recommendation {line(each.number)}")
        for evidence in reversed(shown.evidence):
            if document := stored.get(evidence.id):
                ending = f".{document.kind}" if document.kind in KINDS else ".bin"
                path = _free(f"evidence/{len(self.files) + 1:03d}-", evidence.title, ending, taken)
                self.files[path] = (evidence, document)
        self._problems = {evidence.id: _problem(document) for evidence, document in self.files.values()}
        self.files = {path: found for path, found in self.files.items() if not self._problems[found[0].id]}
        self._paths = {evidence.id: path for path, (evidence, _) in self.files.items()}
        self._evidence = {each.id: self._of_evidence(each) for each in shown.evidence}

    def folder(self) -> Folder:
        shown = self.shown
        review = next((each for each in shown.reviews), None)
        name = line(review.short_name) if review else ""
        recommendations = tuple(map(self._recommendation, shown.recommendations))
        marking = "Public copy" if self.readers is Readers.PUBLIC else "Internal copy" if self.is_internal else ""
        hidden = {each.id for each in self.whole.recommendations} - set(self._pages)
        names = [line(each.number) for each in self.whole.recommendations if each.id in hidden]
        return Folder(
            title=f"Inspection folder: {name}",
            council=line(shown.council),
            plan=line(shown.title),
            review=name,
            facts=_facts(review) if review else (),
            clock=_clock(review) if review else (),
            judgements=_judgements(review) if review else (),
            marking=marking,
            is_internal=self.is_internal,
            no_evidence="None" if self.is_internal else "None that is public",
            as_at=long_day(shown.as_at),
            recorded=moment(shown.recorded_at) if shown.recorded_at else "",
            counts=totals(shown),
            not_shown=f"What the plan does about recommendation {listed(names)} is not shown in this copy."
            if names
            else "",
            key=shown.key,
            gaps=self._gaps(recommendations),
            recommendations=recommendations,
            evidence=tuple(self._evidence[each.id] for each in shown.evidence),
            files=TABLES,
        )

    def _gaps(self, drawn: tuple[FolderRecommendation, ...]) -> tuple[GapList, ...]:
        """What is missing, the worst first: what to prepare before a visit."""
        if not self.is_internal:
            return ()
        both = list(zip(self.shown.recommendations, drawn, strict=True))
        found = (GapList(gap.label, tuple(page for each, page in both if gap in each.gaps)) for gap in Gap)
        return tuple(gap for gap in found if gap.recommendations)

    def _recommendation(self, each: RecommendationPosition) -> FolderRecommendation:
        milestones = self.draw.milestones_of(each)
        evidence = self.shown.evidence_of(each)
        words = paragraphs(each.text) or (("Cited but not listed: its text was not supplied.",),)
        return FolderRecommendation(
            page=self._pages[each.id],
            number=line(each.number),
            section=line(each.section),
            text=words,
            headline=line(each.text) or words[0][0],
            note=line(each.note),
            paragraphs=line(each.paragraphs),
            is_priority_action=each.is_priority_action,
            addressed_to=line(each.addressed_to),
            dates=self.draw.dates(each),
            answer=self.draw.said(each),
            count=each.count_words,
            status=self.draw.status(each),
            gaps=tuple(_gap_words(gap, each) for gap in each.gaps) if self.is_internal else (),
            milestones=tuple(
                self._milestone(one, is_direct=number < len(each.direct)) for number, one in enumerate(milestones)
            ),
            outcomes=tuple(
                FolderOutcome(line(one.text), self.draw.judged(one), self._all(one.id, "outcomes"))
                for one in self.draw.outcomes_of(each)
            ),
            evidence=self._all(each.id, "recommendations"),
            evidence_count=len(evidence),
        )

    def _milestone(self, milestone: MilestonePosition, *, is_direct: bool) -> FolderMilestone:
        action = self.draw.actions[milestone.action_id]
        heading = f"Action {line(action.ref)}: {line(action.text)}" if action.ref else line(action.text)
        found = milestone.independent
        return FolderMilestone(
            row=self.draw.rows.row(milestone),
            through="" if is_direct else "Through the action",
            action=heading,
            theme=line(milestone.theme),
            difference=tuple(self.draw.difference(milestone)),
            independent=f"{found.source_words}: {found.finding_words.lower()}, {long_day(found.as_at)}"
            + (f". {line(found.note)}" if found.note else "")
            if found
            else "",
            evidence=self._all(milestone.id, "milestones"),
        )

    def _all(self, key: int, of: str) -> tuple[FolderEvidence, ...]:
        """The evidence that supports one thing: `of` is the field that holds the keys of such things."""
        return tuple(self._evidence[each.id] for each in self.shown.evidence if key in getattr(each, of))

    def _of_evidence(self, each: EvidencePosition) -> FolderEvidence:
        path = self._paths.get(each.id, "")
        problem = self._problems.get(each.id, "")
        if each.document_id and not path and not problem:
            problem = MISSING
        facts = [
            each.kind_words,
            long_day(each.dated_on) if each.dated_on else "",
            each.strength_words,
            "" if self.readers is Readers.PUBLIC else each.sensitivity.capitalize(),
        ]
        is_web = each.link.casefold().startswith(("https://", "http://"))
        return FolderEvidence(
            id=each.id,
            title=line(each.title),
            facts=", ".join(filter(None, facts)),
            note=paragraphs(each.note),
            checked=self._checked(each),
            path=path,
            file_facts=f"{os.path.splitext(path)[1][1:].upper()}, {filesizeformat(each.file_size)}" if path else "",
            sha256=each.sha256 if path else "",
            problem=problem,
            link=each.link if is_web else "",
            location=line(each.location if is_web or not each.link else f"{each.link} {each.location}"),
            answers=tuple(
                self._pages[one.id]
                for one in self.shown.recommendations
                if any(found.id == each.id for found in self.shown.evidence_of(one))
            ),
        )

    def _checked(self, each: EvidencePosition) -> str:
        if each.checked_on is None:
            return ""
        by = f" by {line(each.checked_by)}" if each.checked_by else ""
        note = f". {line(each.finding_note)}" if each.finding_note else ""
        return f"Checked on {long_day(each.checked_on)}{by}: {each.finding_words.lower()}{note}"


MISSING = "The file is missing from the store and is not in this folder."
DAMAGED = "The file is damaged or may not be given out, and is not in this folder."


def _problem(document: Document) -> str:
    """Why a file cannot be in the folder; empty where it can."""
    try:
        open_document(document).close()
    except NotGivenOut as refused:
        return MISSING if "missing" in str(refused) else DAMAGED
    return ""


def _gap_words(gap: Gap, each: RecommendationPosition) -> str:
    days = {Gap.DUE_AFTER: each.days_after_plan, Gap.DUE_AFTER_STRICT: each.days_after_strict}.get(gap, 0)
    return f"{gap.label}: {number_of(days, 'day')}" if days else gap.label


def _facts(review: ReviewPosition) -> tuple[str, ...]:
    published = f"Published on {long_day(review.published_on)}." if review.published_on else ""
    by = f" by {line(review.bodies)}" if review.bodies else ""
    return tuple(filter(None, (f"{line(review.title)}: {review.kind_words.lower()}{by}.", published)))


def _clock(review: ReviewPosition) -> tuple[PaperDate, ...]:
    """The days of the written statement of action, and where it stands; empty where none is asked for."""
    clock = review.clock
    if clock is None:
        return ()
    answer = f", {PlanReview.Answer(clock.answer).label.lower()}" if clock.answer else ""
    stands = capital(clock.words) if clock.is_running else ""
    found = (
        ("Report received", long_day(clock.received_on) if clock.received_on else "Not known"),
        ("Statement due", long_day(clock.due_on) if clock.due_on else "Not known"),
        ("Submitted", long_day(clock.submitted_on) if clock.submitted_on else "Not yet"),
        ("Answered", f"{long_day(clock.answered_on)}{answer}" if clock.answered_on else "Not yet"),
        ("Where it stands", stands),
    )
    return tuple(PaperDate(label, words) for label, words in found if words)


def _judgements(review: ReviewPosition) -> tuple[FolderJudgement, ...]:
    return tuple(
        FolderJudgement(line(each.area), line(each.grade), paragraphs(each.words)) for each in review.judgements
    )


def _free(before: str, words: str, ending: str, taken: set[str]) -> str:
    """A path in plain small letters that is not taken yet, and takes it. Short enough for every file system."""
    stem = slugify(words)[:LONGEST_NAME].strip("-_") or "untitled"
    path, number = f"{before}{stem}{ending}", 2
    while path in taken:
        path, number = f"{before}{stem}-{number}{ending}", number + 1
    taken.add(path)
    return path
