"""What somebody looks at line by line before a public copy goes out (domain.md 6, reliability.md T-07). Pure.

Names that are left out elsewhere, addresses of people, words that tell who a child is, and counts of a few people. An
aid, not a guarantee: nothing is changed by itself, and nothing is promised of what is not found.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import chain

from indicators.position import IndicatorPosition
from indicators.suppression import LARGEST_WITHHELD
from indicators.terms import NoValue
from plans.childdata import looks_like_a_child

from .position import PlanPosition
from .printed_words import PrintedWords, people_of, printed_words
from .small_counts import COMMENTARY_WITHHELD
from .wording import line

#: How many characters of the sentence are shown on either side of the words.
AROUND = 160
#: How much of a hash is enough that two lines of a plan never have the same.
KEY_CHARACTERS = 24


class Doubt(StrEnum):
    """Why a line is looked at, the gravest first."""

    CHILD = "child"
    COUNT = "count"
    WITHHELD = "withheld"
    NAME = "name"
    ADDRESS = "address"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Doubt.CHILD: "Words that may tell who a child is",
    Doubt.COUNT: "Counts of a few people",
    Doubt.WITHHELD: "Words about a figure that is left out",
    Doubt.NAME: "Names that are left out elsewhere",
    Doubt.ADDRESS: "Addresses of people",
}


@dataclass(frozen=True)
class PublicLine:
    """One thing to confirm. `key` stays the same while the sentence does, whatever else changes in the plan: a
    confirmation is of these words at this place.

    `where` says it in words: “1.1.1, progress note”. `before`, `words` and `after` are the sentence, `words` being what
    is in doubt. `question` is what is confirmed with a tick; `mend` says what to do instead. `about`, `id`, `address`
    and `field` name the place for a link, as a Question of the check does.
    """

    key: str
    doubt: Doubt
    where: str
    before: str
    words: str
    after: str
    question: str
    mend: str
    about: str
    id: int
    address: str
    field: str

    @property
    def sentence(self) -> str:
        return f"{self.before}{self.words}{self.after}"


def lines_to_confirm(
    whole: PlanPosition | Iterable[PlanPosition],
    printed: PlanPosition | Iterable[PlanPosition],
    *,
    also: Iterable[PrintedWords] = (),
) -> tuple[PublicLine, ...]:
    """What is to be confirmed of public copies, the gravest first, then in the order of the plan; each once.

    `whole` is the position that knows everybody, or several where papers stand at several days; `printed` what the
    copies print of it (papers.py `printed`), one for each paper; `also` is what they print besides, such as a cover
    report.
    """
    wholes, copies = _each(whole), _each(printed)
    people = _hidden(wholes)
    most = max((copy.scorecard.hides_up_to for copy in copies), default=0) or LARGEST_WITHHELD
    words = chain(*map(printed_words, copies), also)
    of_words = (each for one in words for each in _of_words(one, people, most))
    indicators = (indicator for copy in copies for indicator in copy.scorecard.indicators)
    of_figures = (each for indicator in indicators for each in _about_withheld(indicator))
    found = {each.key: each for each in (*of_words, *of_figures)}
    order = list(Doubt)
    return tuple(sorted(found.values(), key=lambda each: order.index(each.doubt)))


def _each(positions: PlanPosition | Iterable[PlanPosition]) -> Sequence[PlanPosition]:
    return [positions] if isinstance(positions, PlanPosition) else list(positions)


def _of_words(words: PrintedWords, people: Sequence[str], most: int) -> Iterator[PublicLine]:
    yield from _children(words)
    yield from _counts(words, most)
    yield from _names(words, people)
    yield from _addresses(words)


def _children(words: PrintedWords) -> Iterator[PublicLine]:
    for found in looks_like_a_child(words.text):
        question = f"It looks like {found.kind}. It does not tell anybody who a child is."
        yield _line(Doubt.CHILD, words, found.start, found.end, question)


_NUMBERS = "one two three four five six seven eight nine ten".split()
_PEOPLE = (
    r"(?:child(?:ren)?|young\s(?:people|persons?|adults?)|pupils?|students?|famil(?:y|ies)|bab(?:y|ies)|infants?|boys?"
    r"|girls?|teenagers?|siblings?|care\sleavers?|foster\scarers?|carers?|mothers?|fathers?|parents?|cases|referrals"
    r"|deaths?|patients?|women|men|victims?|offenders?|residents?)"
)
_NOT_BETWEEN = (
    r"(?:(?:days?|weeks?|months?|hours?|minutes?|years?|visits?|meetings?|sessions?|times?|working|term|point|to|per|in"
    r"|thirds?|quarters?|fifths?|tenths?|hundred|thousand|million|for|and|with|by|from|on|at|or|out|new\sposts|posts)\b)"
)
_COUNT = re.compile(
    r"(?<![\w.,/:–-])(?<!stage\s)(?<!level\s)(?<!tier\s)(?<!band\s)(?<!phase\s)(?<!year\s)(?<!section\s)(?<!rec\s)"
    rf"(?P<number>[0-9]{{1,3}}|{'|'.join(_NUMBERS)})(?:\sof\s(?:the|our|these|those))?"
    rf"(?:\s(?!{_NOT_BETWEEN})[\w’'-]{{1,30}}){{0,2}}?\s{_PEOPLE}\b",
    re.IGNORECASE,
)


def _counts(words: PrintedWords, most: int) -> Iterator[PublicLine]:
    """Counts of people in words or digits, from one to the most that a public copy leaves out of its figures."""
    for found in _COUNT.finditer(words.text):
        number = found["number"].lower()
        count = _NUMBERS.index(number) + 1 if number in _NUMBERS else int(number)
        if 1 <= count <= most:
            question = "It counts a few people. Nobody can tell from it who they are."
            yield _line(Doubt.COUNT, words, found.start(), found.end(), question)


def _about_withheld(indicator: IndicatorPosition) -> Iterator[PublicLine]:
    """The commentary that stays beside figures that are left out."""
    said = indicator.commentary
    if said is None or not any(point.no_value == NoValue.SUPPRESSED for point in indicator.series):
        return
    for field, text in (("commentary", said.text), ("corrective action", said.corrective_action)):
        if text.strip() and text != COMMENTARY_WITHHELD:
            name = f"indicator {line(indicator.code)}"
            words = PrintedWords("indicator", indicator.id, indicator.slug, name, "commentary", field, text)
            question = "A figure of this indicator is left out, for it counts a few people. This does not give it away."
            yield _line(Doubt.WITHHELD, words, 0, len(text), question)


def _hidden(positions: Sequence[PlanPosition]) -> list[str]:
    """The names that are taken off a public copy. A job title, by which people say who checked, is none."""
    named = [each for position in positions for each in people_of(position)]
    names = {each.name for each in named} | {each.checked_by for position in positions for each in position.evidence}
    shown = {line(each.name) for each in named if each.is_named_in_public}
    titles = {line(each.job_title).casefold() for each in named}
    hidden = {line(name) for name in names if name.strip()} - shown
    return sorted(name for name in hidden if name.casefold() not in titles)


_TITLES = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Cllr|Councillor|Sir|Dame|Lady|Lord|Rev)"


@lru_cache(maxsize=4096)
def _pattern_of(name: str) -> re.Pattern[str]:
    """The name as it is written, its surname after a title, and after the first letter of the first name."""
    parts = [re.escape(part).replace("’", "['’]").replace("'", "['’]") for part in name.split()]
    ways = [r"\s+".join(parts)]
    if len(parts) > 1:
        ways += [rf"{_TITLES}\.?\s+{parts[-1]}", rf"{re.escape(name[0])}\.?\s?{parts[-1]}"]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", re.IGNORECASE)


def _names(words: PrintedWords, people: Sequence[str]) -> Iterator[PublicLine]:
    text = words.text.casefold().replace("’", "'")
    for name in people:
        # The surname stands in every way of writing it, and to look for it is quick.
        if name.split()[-1].casefold().replace("’", "'") not in text:
            continue
        for found in _pattern_of(name).finditer(words.text):
            question = f"It looks like {name}, who is not named in public elsewhere. The public may read it here."
            yield _line(Doubt.NAME, words, found.start(), found.end(), question, f", or mark {name} as named in public")


_ADDRESS = re.compile(r"[\w.+’'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def _addresses(words: PrintedWords) -> Iterator[PublicLine]:
    for found in _ADDRESS.finditer(words.text):
        question = "It is an e-mail address. The public may have it."
        yield _line(Doubt.ADDRESS, words, found.start(), found.end(), question)


_ENDS = re.compile(r"[.!?](?=\s)|\n")


def _line(doubt: Doubt, words: PrintedWords, start: int, end: int, question: str, or_else: str = "") -> PublicLine:
    text = words.text
    begins = max((found.end() for found in _ENDS.finditer(text, 0, start)), default=0)
    after = _ENDS.search(text, end)
    ends = after.end() if after else len(text)
    said, sentence = line(text[start:end]), line(text[begins:ends])
    # What makes it this line: how often the same words stand in the same sentence is of no interest.
    parts = (doubt, words.about, str(words.id), words.field, words.label, sentence, said)
    return PublicLine(
        key=sha256("\x1f".join(parts).encode()).hexdigest()[:KEY_CHARACTERS],
        doubt=doubt,
        where=f"{words.name}, {words.label}",
        before=_last(text[begins:start]),
        words=said,
        after=_first(text[end:ends]),
        question=question,
        mend=f"Change the {words.label} of {words.name}{or_else}.",
        about=words.about,
        id=words.id,
        address=words.key,
        field=words.field,
    )


def _last(text: str) -> str:
    """The end of what stands before the words, with the space between."""
    short = line(text)
    space = " " if short and text[-1:].isspace() else ""
    return (short if len(short) <= AROUND else f"…{short[-AROUND:]}") + space


def _first(text: str) -> str:
    short = line(text)
    space = " " if short and text[:1].isspace() else ""
    return space + (short if len(short) <= AROUND else f"{short[:AROUND]}…")
