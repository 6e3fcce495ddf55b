"""Words that look as if they tell who a child is: numbers, dates of birth, postcodes, “Child A”. Pure.

An aid, not a guarantee: a first name in a sentence looks like any other word. It would rather miss a rare pattern than
cry wolf on the words of every plan, for a warning that comes each time is ticked away each time (reliability.md 4,
domain.md 6). Every repetition is bounded, so the time grows with the length of the text and no faster.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

Match = re.Match[str]


class Kind(StrEnum):
    """What the words look like, as pages say it."""

    NHS_NUMBER = "an NHS number"
    PUPIL_NUMBER = "a unique pupil number"
    INSURANCE_NUMBER = "a National Insurance number"
    BIRTH_DATE = "a date of birth"
    AGE = "the age of a particular child"
    POSTCODE = "a full postcode"
    CHILD = "a particular child or family"


@dataclass(frozen=True)
class Finding:
    """Some words of a text, `text[start:end]`, and what they look like."""

    kind: Kind
    start: int
    end: int
    excerpt: str


def looks_like_a_child(text: str) -> tuple[Finding, ...]:
    """The words of a text that look as if they tell who a child is, in the order of the text."""
    found = [
        Finding(kind, match.start(), match.end(), match[0])
        for kind, pattern, is_one in _LOOKS
        for match in pattern.finditer(text)
        if is_one(match)
    ]
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


_SPACE = r"[ \t\xa0\u2007\u2009\u202f]"
_GAP = rf"{_SPACE}?[-–‑.]?{_SPACE}?"  # what people put between the groups of a number

# --- Numbers that name one person ---------------------------------------------------------------------------------

# Groups of 3, 3 and 4, or one of ten. What follows “+44” or “(0)” is a telephone number.
_NHS = re.compile(
    rf"(?<!\d)(?<!\d[.,/])(?<!0\))(?<!0\)\s)(?<!44\s)[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}(?![.,/]?\d)"
)


def _is_nhs_number(match: Match) -> bool:
    """Modulus 11, weights 10 to 2 (NHS data dictionary).

    One that begins with 0 is Scotland's and begins with a date of birth; without a month it is a telephone number.
    """
    digits = [int(each) for each in match[0] if each.isdigit()]
    if digits[0] == 0 and not 1 <= digits[2] * 10 + digits[3] <= 12:
        return False
    total = sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == digits[9] and len(set(digits)) > 1


# A check letter; local authority, school, year and a serial number, of which a temporary one ends in a letter.
_UPN = re.compile(r"\b[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]\b", re.ASCII | re.IGNORECASE)
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def _is_pupil_number(match: Match) -> bool:
    """Modulus 23, weights 2 to 13; a last letter counts as its place among the letters of UPNs (DfE, UPN guide)."""
    number = match[0].upper()
    values = [int(each) if each.isdigit() else _UPN_LETTERS.index(each) for each in number[1:]]
    total = sum(value * weight for value, weight in zip(values, range(2, 14), strict=True))
    return _UPN_LETTERS[total % 23] == number[0]


# Prefixes and suffixes that HMRC gives (National Insurance Manual, NIM39110).
_INSURANCE = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    rf"{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[A-D]\b",
    re.ASCII | re.IGNORECASE,
)

# --- Where somebody lives -----------------------------------------------------------------------------------------

_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG "
    "NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR "
    "TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_POSTCODE = re.compile(
    rf"\b(?:{'|'.join(_AREAS.split())})[0-9][0-9A-Z]?{_SPACE}{{0,2}}[0-9][ABD-HJLNP-UW-Z]{{2}}\b",
    re.ASCII | re.IGNORECASE,
)
_AFTER_A_NUMBER = ("st", "nd", "rd", "th", "yr", "hr")


def _is_postcode(match: Match) -> bool:
    """Not “M1 2nd draft”."""
    return not match[0].endswith(_AFTER_A_NUMBER)


# --- How old somebody is ------------------------------------------------------------------------------------------

_DAY = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = (
    r"(?<!\d)(?:[0-3]?[0-9]\s?[./-]\s?[01]?[0-9]\s?[./-]\s?(?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s(?:19|20)[0-9]{{2}})?|{_MONTH}\s(?:{_DAY},?\s)?(?:19|20)[0-9]{{2}})(?!\w)"
)
_BORN = r"(?<!\w)(?:born|birth[\s-]?date|date\sof\sbirth|d\.?\s?o\.?\s?b\.?)(?!\w)"
# Not “children born after 1 September 2010”, who are many.
_BIRTH = re.compile(
    rf"{_BORN}(?:(?!\b(?:after|before|between|since|from)\b)[^.;]){{0,25}}?{_DATE}|{_DATE}[\s,(]{{1,3}}{_BORN}",
    re.IGNORECASE,
)

_INITIALS = r"(?:[A-Z]{2}|(?:[A-Z]\.\s?){2,3})"
# Two letters that mean something else in these plans than somebody's initials.
_NO_INITIALS = frozenset(
    "AE AP BM CE CP CS DA DV ED EH EP EU EY FE GP HE HR HV ID IQ IT KS LA MH MP NE ND OT PA PE PM PQ QA RE RP SE SG SW "
    "TA TV UK US VS WM YJ YO YP".split()
)
_AGED = r"(?:aged?\s(?:of\s)?[0-9]{1,2}|(?:is\s)?[0-9]{1,2}[\s-]?(?:(?:year|month|week)s?[\s-]old|y/?o)\b)"
_ONE_AGE = r"(?![0-9%+]|\.[0-9]|\s?[-–/]|\s(?:to|and|or|plus|upwards|years\s(?:and|or|to))\b)"
_SEVERAL = frozenset(
    "Adolescents Adults Anybody Anyone Babies Boys Care Carers Children Everybody Everyone Families Girls Infants "
    "Leavers Learners Need Parents People Persons Pupils Residents Siblings Students Teenagers Those Toddlers Women "
    "Men Young Youths".split()
)
_AGE = re.compile(
    rf"(?<!\w)(?P<who>{_INITIALS}),?\s\(?{_AGED}{_ONE_AGE}"
    rf"|(?<!\w)(?P<name>[A-Z][a-z’']{{1,20}})(?:,\s|\s\(){_AGED}{_ONE_AGE}"
    rf"|(?<!\w)(?i:boy|girl|son|daughter|brother|sister|baby|infant),?\s\(?{_AGED}{_ONE_AGE}"
    r"|(?<!\w)[0-9]{1,2}[\s-](?:year|month|week)s?[\s-]old\s(?:boy|girl|male|female)(?!\w)"
)


def _is_age(match: Match) -> bool:
    """Of one person: not “YP aged 16”, not “Children, aged 7”."""
    return match["who"] not in _NO_INITIALS and match["name"] not in _SEVERAL


# --- “Child A” ----------------------------------------------------------------------------------------------------

_CHILD = (
    r"(?:child|baby|infant|toddler|boy|girl|pupil|young\s(?:person|man|woman)|YP|(?:sibling|family)\sgroup|sibling|twin"
    r"|family|mother|father|mum|dad|parent)"
)
_UNITS = r"(?:in|of|to|or|per|plus|out|years?|yrs?|months?|weeks?|days?|hours?|times?|visits?|sessions?|meetings?)"
_LETTER = r"[A-Z][0-9]{0,2}(?![\w&]|\s&|[-–][a-z]|\.[A-Z0-9])"
_NUMBER = rf"[0-9]{{1,2}}(?![\w%+]|[-–.:/,][0-9]|{_SPACE}{_UNITS}\b)"
_OPEN = r"[\"'“‘(]?"
_NAMED = re.compile(
    rf"(?<!\w)(?:(?P<child>(?i:{_CHILD}))(?:{_SPACE}{{1,2}}|[-_])(?i:no\.?\s|number\s)?{_OPEN}#?"
    rf"(?:(?P<letter>{_LETTER})|(?P<initials>{_INITIALS})(?![\w&-])|(?P<number>{_NUMBER}))"
    rf"|(?P<children>(?i:children|siblings|twins)){_SPACE}{{1,2}}{_OPEN}(?P<letters>{_LETTER})"
    r"|(?i:child|baby|boy|girl|pupil|young\sperson)\s(?i:called|named)\s[A-Z]\w{1,20})"
)
_EACH = re.compile(r"\b(?:each|every|any|per|one)\s\Z", re.IGNORECASE)
_CAPITALS = re.compile(rf"{_SPACE}[A-Z]{{2}}")
_WORD = re.compile(rf"{_SPACE}\w")


def _is_named(match: Match) -> bool:
    """Not “every child a chance” in any letters, “the child I met”, “one visit per child 3 weeks on”, “child CP”."""
    if _EACH.search(match.string, max(0, match.start() - 8), match.start()):
        return False
    child, letter = match["child"] or match["children"] or "", match["letter"] or match["letters"]
    if letter == "I":
        return not _WORD.match(match.string, match.end())
    if letter == "A" and child.isupper():
        return not _CAPITALS.match(match.string, match.end())
    return match["initials"] not in _NO_INITIALS


def _always(match: Match) -> bool:
    return True


_LOOKS = (
    (Kind.NHS_NUMBER, _NHS, _is_nhs_number),
    (Kind.PUPIL_NUMBER, _UPN, _is_pupil_number),
    (Kind.INSURANCE_NUMBER, _INSURANCE, _always),
    (Kind.POSTCODE, _POSTCODE, _is_postcode),
    (Kind.BIRTH_DATE, _BIRTH, _always),
    (Kind.AGE, _AGE, _is_age),
    (Kind.CHILD, _NAMED, _is_named),
)
