"""Compares a list of recommendations with those that a review has. No database and no clock: the preview, the page's
button and the command ask the same function."""

import hashlib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.childdata import looks_like_a_child
from plans.due_dates import DueDates, Timescale, due_dates
from plans.models import Recommendation, Review

from .codes import finding
from .comparison import ChildWords, Difference
from .keys import names_of, number_key, review_key, words
from .printed import control_characters
from .readers.table import Finding, Json, ReadRecommendation, RecommendationTable
from .wording import day_words, quote

KINDS = ("reviews", "recommendations")

#: Columns that a list may say, what they are called, and the most characters that fit.
_COLUMNS = {
    "text": ("text", None),
    "section": ("section", 200),
    "timescale_words": ("timescale", 200),
    "note": ("note", None),
}
LONGEST_NUMBER = 20
MOST = 300  # no report has more, and a form takes no more fields


@dataclass(frozen=True)
class Given:
    """What a person gives for one recommendation of the list, beside what is printed."""

    number: str = ""
    due_on: date | None = None
    due_reason: str = ""


@dataclass(frozen=True)
class ComparedRecommendation:
    """A printed recommendation and what becomes of it. `present` is the key of the row it is, None for a new one.

    `due` is as it will be. `columns` are those to be written, accepted differences among them. `asks_for_date` where
    the words give none and the review has none.
    """

    key: str
    read: ReadRecommendation
    number: str
    due: DueDates
    present: int | None = None
    is_number_guessed: bool = False
    was_placeholder: bool = False
    is_archived: bool = False
    asks_for_date: bool = False
    columns: tuple[tuple[str, Any], ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def is_created(self) -> bool:
        return self.present is None

    @property
    def is_updated(self) -> bool:
        return not self.is_created and bool(self.columns)

    @property
    def effect(self) -> str:
        """What happens to it, in words."""
        if self.is_archived:
            return "In the archive, left alone"
        if self.is_created:
            return "New"
        if self.was_placeholder and self.columns:
            return "Gets its text"
        return "Changed" if self.columns else "Left alone" if self.differences else "There already"


@dataclass(frozen=True)
class ListComparison:
    """What importing a list would do to a review. `review_changes` are columns of the review itself;
    `asks_for_publication` where timescales count from the day of publication and nobody has given it."""

    recommendations: tuple[ComparedRecommendation, ...] = ()
    review_changes: tuple[tuple[str, Any], ...] = ()
    is_review_created: bool = False
    base_on: date | None = None
    not_in_list: tuple[str, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()
    child_words: tuple[ChildWords, ...] = ()
    asks_for_publication: bool = False

    @property
    def created(self) -> dict[str, int]:
        made = sum(each.is_created for each in self.recommendations)
        return {"reviews": int(self.is_review_created), "recommendations": made}

    @property
    def updated(self) -> dict[str, int]:
        changed = sum(each.is_updated for each in self.recommendations)
        return {"reviews": int(bool(self.review_changes)), "recommendations": changed}

    @property
    def unchanged(self) -> dict[str, int]:
        reviews = int(not self.is_review_created and not self.review_changes)
        alone = sum(not each.is_created and not each.is_updated for each in self.recommendations)
        return {"reviews": reviews, "recommendations": alone}

    @property
    def differences(self) -> list[Difference]:
        return [difference for each in self.recommendations for difference in each.differences]

    @property
    def changes_something(self) -> bool:
        return any(self.created.values()) or any(self.updated.values())

    @property
    def fingerprint(self) -> str:
        """Names this comparison: the same list has another name when the review has moved."""
        return hashlib.sha256(repr((self.recommendations, self.review_changes, self.base_on)).encode()).hexdigest()

    @property
    def tick(self) -> str:
        """What the box sends that says of the words found that they tell of no child; it stands for these words."""
        found = "\0".join(f"{each.what}\0{each.words.excerpt}" for each in self.child_words if each.is_written)
        return hashlib.sha256(found.encode(errors="replace")).hexdigest()[:16]

    def to_json(self) -> Json:
        """What `import_recommendations --json` prints, without `applied`."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "differs": [difference.to_json() for difference in self.differences],
            "warnings": [each.to_json() for each in self.warnings],
            "problems": [each.to_json() for each in self.problems],
            "decisions": [each.to_json() for each in self.decisions],
        }


def compare_list(
    table: RecommendationTable,
    review: Review,
    present: Sequence[Recommendation],
    *,
    given: Mapping[str, Given] | None = None,
    accept: Container[str] = frozenset(),
    published_on: date | None = None,
) -> ListComparison:
    """Compares a list with a review and its recommendations, archived ones included.

    `review` has no key yet where it is to be made. `given` is what a person gave, by the key of the row (“r0” is the
    first of the list); `accept` the keys of differences to take from the list; `published_on` the day that counts
    more than the one in the list's heading.
    """
    return _Comparing(table, review, present, given or {}, accept, published_on).comparison()


@dataclass
class _Comparing:
    table: RecommendationTable
    review: Review
    present: Sequence[Recommendation]
    given: Mapping[str, Given]
    accept: Container[str]
    published_on: date | None
    decisions: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    child_words: list[ChildWords] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.review._state.adding

    def comparison(self) -> ListComparison:
        self.decisions += self.table.decisions
        self.warnings += self.table.warnings
        self.problems += self.table.problems
        changes, base_on = self._review()
        printed = self._of_this_review()
        self._check_texts(printed)
        rows = self._rows_of(printed)
        numbers = self._numbers(printed, rows)
        compared = tuple(self._compare(key, read, rows.get(key), numbers[key], base_on) for key, read in printed)
        lacks_base = base_on is None and any(each.due.state is Timescale.NO_BASE for each in compared)
        if lacks_base:
            message = "No day is known from which the timescales count. Their dates are there as soon as it is given."
            self._warn("published_missing", "", message)
        kept = {each.present for each in compared}
        left = tuple(row.number for row in self.present if row.pk not in kept and row.archived_at is None)
        if left and compared:
            self._decide("not_in_list", "", f"In the review, not in this list and left alone: {'; '.join(left)}.")
        for each in compared:
            self._look_for_children(each)
        for where, what in dict.fromkeys((each.where, each.what) for each in self.child_words):
            self._warn("looks_like_a_child", where, f"{what}: some words look as if they tell who a child is.")
        return ListComparison(
            compared,
            tuple(changes.items()),
            self.is_new,
            base_on,
            left,
            tuple(dict.fromkeys(self.decisions)),
            tuple(dict.fromkeys(self.warnings)),
            tuple(dict.fromkeys(self.problems)),
            tuple(self.child_words),
            lacks_base and not self.review.counts_from_receipt,
        )

    def _decide(self, code: str, where: str, message: str) -> None:
        self.decisions.append(finding(code, where, message))

    def _warn(self, code: str, where: str, message: str) -> None:
        self.warnings.append(finding(code, where, message))

    def _problem(self, code: str, where: str, message: str) -> None:
        self.problems.append(finding(code, where, message))

    def _review(self) -> tuple[dict[str, Any], date | None]:
        """What becomes of the review's published day, and the day from which timescales count."""
        said, printed, held = self.published_on, self.table.published_on, self.review.published_on
        if self.is_new:
            held = said or printed
        chosen = held or said or printed
        for other, whose in ((said, "What was given"), (printed, "The heading of the list")):
            if other and chosen and other != chosen:
                message = f"{whose} says {day_words(other)}; the review is published on {day_words(chosen)}, and stays."
                self._warn("published_differs", "", message)
        if self.is_new:
            return {}, chosen
        if held is None and chosen is not None:
            message = f"The review had no day of publication; it gets {day_words(chosen)}."
            self._warn("published_added", "", message)
            is_base = self.review.timescales_from == Review.CountedFrom.PUBLISHED
            return {"published_on": chosen}, chosen if is_base else self.review.timescale_base
        return {}, self.review.timescale_base

    def _of_this_review(self) -> list[tuple[str, ReadRecommendation]]:
        """The rows of the list by their keys; our own export may hold those of other reviews, which are left out."""
        names = {review_key(name) for name in names_of(self.review)}
        printed = [(f"r{index}", read) for index, read in enumerate(self.table.recommendations)]
        others = [read for _, read in printed if read.source and review_key(read.source) not in names]
        for source in dict.fromkeys(read.source for read in others):
            count = sum(read.source == source for read in others)
            self._warn("other_review", "", f"{count} of {quote(source)} are left out: this is {self.review}.")
        if others and len(others) == len(printed):
            self._problem("other_review_only", "", f"Nothing in this list belongs to {self.review}.")
        return [(key, read) for key, read in printed if not read.source or review_key(read.source) in names]

    def _check_texts(self, printed: Sequence[tuple[str, ReadRecommendation]]) -> None:
        if len(printed) > MOST:
            message = f"The list has {len(printed)} recommendations; at most {MOST} are imported at once. Split it."
            self._problem("too_many", "", message)
        for _, read in printed:
            name = _name(read.number, read.text)
            texts = {"number": (read.number, LONGEST_NUMBER)} | {
                label: (text, most) for (_, text), (label, most) in zip(_said(read), _COLUMNS.values(), strict=True)
            }
            for label, (text, most) in texts.items():
                if control_characters(text):
                    message = f"{name}: its {label} holds characters that cannot be printed."
                    self._problem("control_characters", read.where, message)
                if most is not None and len(text) > most:
                    message = f"{name}: its {label} is {len(text)} characters long; at most {most} fit."
                    self._problem("too_long", read.where, message)
            if not read.text.strip():
                self._problem("text_missing", read.where, f"{name} has no words.")

    def _rows_of(self, printed: list[tuple[str, ReadRecommendation]]) -> dict[str, Recommendation]:
        """Which row each printing is: by its number, or by its words where it has none."""
        by_number = {number_key(row.number): row for row in self.present}
        by_words: dict[str, Recommendation] = {}
        for row in self.present:
            by_words.setdefault(words(row.text), row)
        found: dict[str, Recommendation] = {}
        for key, read in printed:
            same = by_number.get(number_key(read.number)) if read.number else by_words.get(words(read.text))
            if same is not None and same not in found.values():
                found[key] = same
        return found

    def _numbers(
        self, printed: list[tuple[str, ReadRecommendation]], rows: dict[str, Recommendation]
    ) -> dict[str, tuple[str, bool]]:
        """The number of each and whether it is a guess: those without one get the next that is free."""
        taken = {number_key(row.number) for row in self.present}
        found: dict[str, tuple[str, bool]] = {}
        seen: dict[str, ReadRecommendation] = {}
        for key, read in printed:
            given = self.given.get(key, Given()).number.strip()
            if key in rows:
                found[key] = rows[key].number, False
            elif read.number or given:
                found[key] = given or read.number, not read.number
            else:
                continue
            self._check_number(key, found[key][0], read, rows, seen)
            taken.add(number_key(found[key][0]))
        free = 0
        for key, read in printed:
            if key in found:
                free = int(found[key][0]) if found[key][0].isdecimal() and len(found[key][0]) < 4 else free
                continue
            free += 1
            while str(free) in taken:
                free += 1
            taken.add(str(free))
            found[key] = str(free), True
            message = f"{quote(read.text)} is printed without a number; {free} is the next that is free."
            self._warn("number_guessed", read.where, message)
        return found

    def _check_number(
        self,
        key: str,
        number: str,
        read: ReadRecommendation,
        rows: dict[str, Recommendation],
        seen: dict[str, ReadRecommendation],
    ) -> None:
        same = seen.setdefault(number_key(number), read)
        if same is not read:
            sections = f", in “{same.section}” and in “{read.section}”" if read.section != same.section else ""
            message = f"Number {number} stands twice{sections}. A review has each number once: write S1 and L1, say."
            self._problem("number_repeated", read.where, message)
        elif key not in rows and any(number_key(row.number) == number_key(number) for row in self.present):
            self._problem("number_taken", read.where, f"The review has a recommendation {number} already.")

    def _compare(
        self,
        key: str,
        read: ReadRecommendation,
        row: Recommendation | None,
        numbered: tuple[str, bool],
        base_on: date | None,
    ) -> ComparedRecommendation:
        number, is_guessed = numbered
        given = self.given.get(key, Given())
        name = _name(number, read.text)
        if row is not None and row.archived_at is not None:
            message = f"{name} is in the archive and is left alone."
            self._warn("recommendation_archived", read.where, message)
            due = self._due(row.timescale_words, base_on, row.due_on)
            return ComparedRecommendation(key, read, row.number, due, row.pk, is_archived=True)
        columns: dict[str, Any] = {}
        differences: list[Difference] = []
        for column, said in _said(read):
            held = getattr(row, column) if row is not None else ""
            if not said or words(said) == words(held):
                continue
            if row is None or (row.is_placeholder and not held):
                columns[column] = said
                continue
            difference = self._difference(row, column, held, said, name, read.where)
            differences.append(difference)
            if difference.is_accepted:
                columns[column] = said
        timescale = columns.get("timescale_words", row.timescale_words if row is not None else "")
        given_on = given.due_on or (row.due_on if row is not None else None)
        if given.due_on and (row is None or row.due_on != given.due_on):
            columns |= {"due_on": given.due_on, "due_reason": given.due_reason}
        due = self._due(timescale, base_on, given_on)
        by_words = self._due(timescale, base_on, None)
        is_asked = by_words.state is Timescale.UNKNOWN and (row is None or row.due_on is None)
        if due.state is Timescale.UNKNOWN:
            message = f"{name}: {quote(timescale)} gives no date. The words are kept; somebody has to give the date."
            self._warn("timescale_unknown", read.where, message)
        return ComparedRecommendation(
            key=key,
            read=read,
            number=number,
            due=due,
            asks_for_date=is_asked,
            present=row.pk if row is not None else None,
            is_number_guessed=is_guessed,
            was_placeholder=row is not None and row.is_placeholder,
            columns=tuple(columns.items()),
            differences=tuple(differences),
        )

    def _due(self, timescale: str, base_on: date | None, given_on: date | None) -> DueDates:
        """What the words come to; those that count from publication are asked about where the review does not."""
        return due_dates(
            words=timescale,
            counted_from=base_on,
            given_on=given_on,
            from_receipt=self.review.counts_from_receipt,
        )

    def _difference(self, row: Recommendation, column: str, held: str, said: str, name: str, where: str) -> Difference:
        label = _COLUMNS[column][0]
        digest = hashlib.sha256(f"{row.pk}\0{column}\0{held}\0{said}".encode(errors="replace")).hexdigest()[:16]
        code = "text_differs" if column == "text" else "details_differ"
        message = f"{name}: the review says {quote(held)}, the list {quote(said)}."
        return Difference(digest, code, where, message, label.capitalize(), held, said, digest in self.accept)

    def _look_for_children(self, compared: ComparedRecommendation) -> None:
        read, name = compared.read, f"Recommendation {compared.number}"
        written = dict(compared.columns)
        texts = [(label, said, column in written) for (column, said), (label, _) in
                 zip(_said(read), _COLUMNS.values(), strict=True)]  # fmt: skip
        labels_differing = {each.label.casefold() for each in compared.differences}
        texts.append(("reason for its date", written.get("due_reason", ""), True))
        for label, text, is_written in texts:
            if not is_written and label not in labels_differing:
                continue
            for found in looks_like_a_child(text):
                self.child_words.append(ChildWords(read.where, f"{name}, {label}", found, is_written))


def _said(read: ReadRecommendation) -> list[tuple[str, str]]:
    """The columns with what the list says, in the order of `_COLUMNS`."""
    texts = (read.text, read.section, read.timescale, _without_brackets(read.note))
    return [(column, text.strip()) for column, text in zip(_COLUMNS, texts, strict=True)]


def _without_brackets(note: str) -> str:
    """A note without the brackets that it is printed in: papers print them again."""
    lines = note.strip().split("\n")
    closed = {"(": ")", "[": "]"}
    return "\n".join(
        line[1:-1].strip()
        if line[:1] in closed and line[-1:] == closed[line[:1]] and line.count(line[0]) == 1
        else line
        for line in lines
    )


def _name(number: str, text: str) -> str:
    return f"Recommendation {number}" if number else quote(text)
