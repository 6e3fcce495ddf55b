"""Which recommendation a reference may mean, and why: for a person to choose from, never applied by itself.

Pure. What was written is compared with the numbers and names of what the inspectors asked for, with the months and
years of their reviews, and the words of the milestone with theirs. Each reason is a sentence the person can check.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST = 5
#: Below this a likeness is chance.
LEAST_SCORE = 3
LEAST_OVERLAP = 0.3

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_NAMES = "|".join(f"{name}[a-z]*" for name in _MONTHS)
_YEAR = re.compile(r"\b((?:19|20)[0-9]{2})\b")
_MONTH_YEAR = re.compile(rf"\b({_MONTH_NAMES})\.?,? *((?:19|20)[0-9]{{2}})\b")
_NUMBER = re.compile(r"\b([a-z]{0,3}[0-9]{1,3}(?:\.[0-9]{1,3})*[a-z]?)\b")
_WORD = re.compile(r"[a-z][a-z’'-]{3,}")
_COMMON = frozenset(
    "about across action actions after against agreed all also among and another because been before being between "
    "both but can children council could does done during each ensure ensures ensuring every from further given have "
    "having improve improved improvement including into its made make making milestone more most must need needs not "
    "number other over place plan plans recommendation recommendations review reviews service services should such "
    "take taken than that the their them then there these they this those through under until upon used using were "
    "what when where which while will with within without work would".split()
)


@dataclass(frozen=True)
class Candidate:
    """A recommendation that a reference may mean. `dates` are those its review is known by."""

    id: int
    number: str
    text: str
    review_id: int
    review: str
    other_names: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A recommendation, or without one a review, that may be meant, with every reason for it."""

    review_id: int
    recommendation_id: int | None
    why: tuple[str, ...]
    score: int


def suggestions(
    as_written: str, text: str, candidates: Iterable[Candidate], *, review_id: int | None = None
) -> tuple[Suggestion, ...]:
    """The likeliest first, at most MOST of them. `text` is what the milestone or action says.

    Where the review is known already, its own recommendations alone are suggested; else also a review as a whole,
    where its name was written and no recommendation of it fits.
    """
    candidates = [each for each in candidates if review_id in (None, each.review_id)]
    written = _Written(as_written)
    words = _words(text)
    by_review = {each.review_id: written.names_review(each) for each in candidates}
    found = []
    for each in candidates:
        of_review = by_review[each.review_id] if review_id is None else ()
        of_itself = (*written.names_number(each), *_alike(words, each))
        score = sum(points for points, _ in (*of_review, *of_itself))
        # The name of a review says nothing of which of its recommendations is meant.
        if of_itself and score >= LEAST_SCORE:
            why = tuple(words for _, words in (*of_itself, *of_review))
            found.append(Suggestion(each.review_id, each.id, why, score))
    if review_id is None:
        suggested = {each.review_id for each in found}
        for key, reasons in by_review.items():
            score = sum(points for points, _ in reasons)
            if key not in suggested and score >= LEAST_SCORE:
                found.append(Suggestion(key, None, tuple(words for _, words in reasons), score))
    return tuple(sorted(found, key=lambda each: -each.score)[:MOST])


Reason = tuple[int, str]


class _Written:
    """The words of a reference, taken apart: its months and years are not its number."""

    def __init__(self, as_written: str) -> None:
        self.words = _plain(as_written)
        self.months = {(name[:3], int(year)) for name, year in _MONTH_YEAR.findall(self.words)}
        self.years = {int(year) for year in _YEAR.findall(self.words)}
        rest = _YEAR.sub(" ", _MONTH_YEAR.sub(" ", self.words))
        self.numbers = {_bare(number) for number in _NUMBER.findall(rest)}

    def names_number(self, candidate: Candidate) -> tuple[Reason, ...]:
        number = _bare(_plain(candidate.number))
        return ((3, f"the number {candidate.number} was written"),) if number and number in self.numbers else ()

    def names_review(self, candidate: Candidate) -> tuple[Reason, ...]:
        """By its name in full, else by its first word and by its month or year."""
        for name in (candidate.review, *candidate.other_names):
            if _plain(name) and re.search(rf"(?<!\w){re.escape(_plain(name))}(?!\w)", self.words):
                return ((4, f"“{name}” was written"),)
        reasons = []
        bodies = {
            first
            for name in (candidate.review, *candidate.other_names)
            if (first := _first_word(name)) and re.search(rf"(?<!\w){re.escape(first)}(?!\w)", self.words)
        }
        if bodies:
            reasons.append((2, f"the review’s name begins with “{sorted(bodies)[0].capitalize()}”"))
        months = [day for day in candidate.dates if (_MONTHS[day.month - 1], day.year) in self.months]
        years = [day for day in candidate.dates if day.year in self.years and not self.months]
        if months:
            reasons.append((2, f"the review is of {months[0]:%B %Y}"))
        elif years:
            reasons.append((1, f"the review is of {years[0].year}"))
        return tuple(reasons)


def _alike(words: frozenset[str], candidate: Candidate) -> tuple[Reason, ...]:
    """That the two texts share more of their telling words than chance gives."""
    theirs = _words(candidate.text)
    shared = words & theirs
    smaller = min(len(words), len(theirs))
    if len(shared) < 2 or len(shared) < LEAST_OVERLAP * smaller:
        return ()
    listed = ", ".join(f"“{word}”" for word in sorted(shared, key=lambda word: (-len(word), word))[:4])
    return ((4 if len(shared) >= 2 * LEAST_OVERLAP * smaller else 3, f"both speak of {listed}"),)


def _words(text: str) -> frozenset[str]:
    """The telling words of a text, as they are spelt without an s at the end."""
    return frozenset(word.removesuffix("s") for word in _WORD.findall(_plain(text)) if word not in _COMMON)


def _plain(text: str) -> str:
    """Small letters, one kind of dash, single spaces."""
    return " ".join(re.sub("[‐‑‒–—]", "-", text.casefold()).split())


def _bare(number: str) -> str:
    """“Rec7” and “07” as “7”; letters that are part of a number, as in “AFI3” or “7a”, stay."""
    return re.sub(r"^(?:rec|r|no)?0*(?=[0-9])", "", number)


def _first_word(name: str) -> str:
    found = re.match(r"[a-z]{3,}", _plain(name))
    return found[0] if found else ""
