"""What looks as if it tells who a child is, and the words of ordinary plans, which do not."""

import re
import string
from itertools import pairwise
from re import _constants, _parser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plans import childdata
from plans.childdata import Finding, Kind, looks_like_a_child

NHS, UPN, NI = Kind.NHS_NUMBER, Kind.PUPIL_NUMBER, Kind.INSURANCE_NUMBER
BORN, AGE, POSTCODE, CHILD = Kind.BIRTH_DATE, Kind.AGE, Kind.POSTCODE, Kind.CHILD

# Numbers and names of nobody: made up, or given by those who give them out as examples.
LOOKS = [
    (NHS, "943 476 5919", "His number is 943 476 5919."),
    (NHS, "9434765919", "NHS no:9434765919"),
    (NHS, "943-476-5919", "943-476-5919 is on file"),
    (NHS, "943 – 476 – 5919", "943 – 476 – 5919"),
    (NHS, "943\xa0476\xa05919", "943\xa0476\xa05919"),
    (NHS, "401 023 2137", "(401 023 2137)"),
    (NHS, "0101151233", "CHI 0101151233"),
    (UPN, "P207000016049", "UPN P207000016049 has moved school."),
    (UPN, "b801200005001", "b801200005001"),
    (UPN, "M80120000500A", "temporary: M80120000500A"),
    (NI, "JB 12 34 56 C", "NI number JB 12 34 56 C"),
    (NI, "jb123456c", "jb123456c"),
    (NI, "JB-12-34-56-C", "JB-12-34-56-C."),
    (BORN, "born 12/03/2015", "The boy, born 12/03/2015, was seen."),
    (BORN, "born on 3 March 2015", "She was born on 3 March 2015."),
    (BORN, "DOB: 12.3.15", "DOB: 12.3.15"),
    (BORN, "D.O.B. 2015-03-12", "D.O.B. 2015-03-12"),
    (BORN, "d.o.b. 3rd of March", "d.o.b. 3rd of March"),
    (BORN, "date of birth is recorded as 3 May 2016", "The date of birth is recorded as 3 May 2016."),
    (BORN, "Date of birth\n03/05/2016", "Date of birth\n03/05/2016"),
    (BORN, "born in May 2016", "born in May 2016"),
    (BORN, "born March 3, 2016", "born March 3, 2016"),
    (BORN, "12/03/2015 (DOB", "12/03/2015 (DOB)"),
    (AGE, "JB, aged 7", "JB, aged 7, was placed."),
    (AGE, "J.B. (aged 7", "J.B. (aged 7)"),
    (AGE, "JB is 7 years old", "JB is 7 years old."),
    (AGE, "TK 15yo", "TK 15yo"),
    (AGE, "Tom, aged 7", "Tom, aged 7, has moved."),
    (AGE, "Tom (age 7", "Tom (age 7)"),
    (AGE, "girl, aged 14", "A girl, aged 14, was missing."),
    (AGE, "15-year-old boy", "A 15-year-old boy was missing."),
    (POSTCODE, "N22 8LE", "The family live at N22 8LE now."),
    (POSTCODE, "SW1A 1AA", "SW1A 1AA"),
    (POSTCODE, "n228le", "n228le"),
    (POSTCODE, "M1 2ND", "M1 2ND"),
    (POSTCODE, "BT1\xa01AA", "BT1\xa01AA"),
    (CHILD, "Child A", "Child A was seen within a day."),
    (CHILD, "Child  A", "Child  A was seen"),
    (CHILD, "child A", "The review of child A’s case."),
    (CHILD, "CHILD B", "CHILD B WAS SEEN"),
    (CHILD, "Child A", "Child A."),
    (CHILD, "Child A", "Child A/Child B"),
    (CHILD, "Child I", "Child I, J and K"),
    (CHILD, "Child 1", "Child 1 and her mother."),
    (CHILD, "child 12", "child 12: no plan"),
    (CHILD, "Child A1", "Child A1 has no plan."),
    (CHILD, "Child no. 3", "Child no. 3"),
    (CHILD, "child “Q", "child “Q”"),
    (CHILD, "Child-A", "Child-A"),
    (CHILD, "Family B", "Family B has a plan."),
    (CHILD, "Family 2", "Family 2"),
    (CHILD, "young person X", "The young person X was moved."),
    (CHILD, "YP T", "YP T is home."),
    (CHILD, "sibling group C", "The sibling group C was placed together."),
    (CHILD, "Siblings A", "Siblings A and B"),
    (CHILD, "Children A", "Children A and B"),
    (CHILD, "child JB", "The child JB was seen."),
    (CHILD, "Young Person T.K.", "Young Person T.K."),
    (CHILD, "child (JB", "the child (JB)"),
    (CHILD, "Mother B", "Mother B agreed."),
    (CHILD, "boy called Tom", "a boy called Tom"),
]

ORDINARY = [
    "Child Protection conferences are held in time.",
    "Child Protection, Child in Need and Looked After Children plans are audited.",
    "Children are seen alone. Children, young people and families say so.",
    "Child A&E attendances are shared daily.",
    "Child A & E attendances",
    "Child A-level results",
    "Every child a chance. EVERY CHILD A CHANCE. Giving Every Child A Voice.",
    "GIVING THE CHILD A VOICE",
    "The child I met last week said so.",
    "The family hub in Wood Green opens. Family Hubs, Family Group Conferences, family B&B placements.",
    "A family or child in need; a young person in care; the child is seen.",
    "Ofsted Feb 2011 – Rec 12; Rec 12, 13 and 14",
    "Milestone 1.1, milestones 2.3 and 10.12 are achieved; action 4 is late.",
    "Call 020 7946 0123, 01632 960123, 07700 900123, +44 20 7946 0123 or +44 (0)1632 960 123.",
    "Call +44 7700 900999 or +44 7911123456 or (0)943 476 5919.",
    "Telephone 0115496012 or 0845 464 7000.",
    "943 476 5910 fails its check digit, and so does 9434765918.",
    "000 000 0000",
    "Order 12345678901, £1,943,476.59, reference 94347659190, account 12-34-56 12345678",
    "A207000016049 and Z1234567890123 have another check letter; I207000016049 has none.",
    "GB 12 34 56 A, QQ123456C, JB123456E, DA12345C",
    "The board meets on 3 May 2011 and on 12/06/2011.",
    "The unborn protocol was agreed on 3 May 2011. The date of birth is checked. It was born. Done 3 May 2011.",
    "Children born after 1 September 2010 or born on or before 31 August 2012 are counted.",
    "Referrals are read by 31 March 2011; their 18th birthday; airborne on 3 May 2011",
    "Young people aged 16 and 17, children aged 7 to 11, those aged 16+, under 5, aged 0-5.",
    "Children aged 7. Pupils, aged 7. YP aged 16, LA aged 3. Care Leavers (aged 18). JB aged 7 to 11",
    "Achieved (14), On track (7), CP (12), Looked After (7)",
    "The strategy is 3 years old. The 2 year old Offer. 15-year-olds.",
    "Work in N22, SW1 and the E17 area; M1 2nd draft; S47 1st visit; section 47; s20 2yr review.",
    "Q1 2011, KS2 3AB, Phase B1, 4th, ISO 27001",
    "Two visits per child 3 weeks apart; each child 1 worker; child 2 years; Child 1:1 support; child 24/7 line",
    "family 1 in 5, child 5%, Child 1.2, parent 16-18",
    "child CP plans, child SW, Child LAC reviews, family GP, child EHCP, Parent PA, Child\n1. Next",
    "Parents, mothers and fathers; Family and Friends; Child Death Overview Panel; Child Q&A",
    "Family Rights Group; Child First; Child Safe; parent and child placements; a baby box; Girls’ group",
    "Ann Example, Head of Service, meets Ben Sample on 3 May.",
    "100% of 1,234 contacts, 12.5 per 10,000, 85 of 90 by Q4",
]


@pytest.mark.parametrize(("kind", "words", "text"), LOOKS, ids=[text[:40] for _, _, text in LOOKS])
def test_what_looks_like_a_child_is_found(kind, words, text):
    assert (kind, words) in [(each.kind, each.excerpt) for each in looks_like_a_child(text)]


@pytest.mark.parametrize("text", ORDINARY, ids=[text[:40] for text in ORDINARY])
def test_the_words_of_ordinary_plans_are_let_be(text):
    assert looks_like_a_child(text) == ()


def test_every_kind_is_found_somewhere():
    assert {kind for kind, _, _ in LOOKS} == set(Kind)


def test_all_findings_of_a_text_come_in_its_order():
    found = looks_like_a_child("N22 8LE is where Child A, born 12/03/2015, lives (943 476 5919).")

    assert [each.kind for each in found] == [POSTCODE, CHILD, BORN, NHS]


def upn(rest):
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    values = [letters.index(each) if each in letters else int(each) for each in rest]
    return letters[sum(value * weight for value, weight in zip(values, range(2, 14), strict=True)) % 23] + rest


@given(st.text("0123456789", min_size=9, max_size=9).filter(lambda digits: digits[0] != "0" and len(set(digits)) > 1))
def test_of_all_last_digits_one_at_most_makes_an_nhs_number(nine):
    found = [digit for digit in string.digits if looks_like_a_child(f"no. {nine}{digit}")]
    check = 11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11

    assert found == [str(check % 11)] * (check != 10)


@given(st.text("0123456789", min_size=11, max_size=11), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZ"))
def test_of_all_letters_one_makes_a_pupil_number(eleven, last):
    rest = eleven + last
    found = [letter for letter in string.ascii_uppercase if looks_like_a_child(f"{letter}{rest}.")]

    assert found == [upn(rest)[0]]


hostile = st.text(st.sampled_from("ABJabn 0123456789./-–()#“’&\n\xa0٣²") | st.characters(), max_size=300)
spliced = st.lists(hostile | st.sampled_from([text for _, _, text in LOOKS] + ORDINARY), max_size=6).map("".join)


@given(spliced)
@example("²" * 20)
@example("Child ²")
def test_no_text_is_too_odd_and_every_finding_stands_in_it(text):
    found = looks_like_a_child(text)

    assert all(isinstance(each, Finding) for each in found)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(text[each.start : each.end] == each.excerpt for each in found)
    assert all(one.start <= other.start for one, other in pairwise(found))


def unbounded(pattern):
    """The repetitions of a pattern that have no end, such as `*` and `+`."""
    for name, argument in pattern:
        if "REPEAT" in str(name) and argument[1] == _constants.MAXREPEAT:
            yield name
        for part in _parts(argument):
            yield from unbounded(part)


def _parts(argument):
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for each in argument:
            yield from _parts(each)


@pytest.mark.parametrize(("kind", "pattern"), [each[:2] for each in childdata._LOOKS])
def test_no_pattern_repeats_without_end_so_the_time_grows_with_the_text_alone(kind, pattern):
    assert not list(unbounded(_parser.parse(pattern.pattern, pattern.flags & re.IGNORECASE)))


@pytest.mark.parametrize("pattern", [r"a+", r"(?:a|b*)c", r"(?<!x)(?P<n>(?:a{2,})?)", r"(?=a*)", "(?i:a*?)"])
def test_that_test_sees_what_it_looks_for(pattern):
    assert list(unbounded(_parser.parse(pattern)))


@pytest.mark.parametrize(
    "text",
    [
        *("1", "1 ", "1-", "9" * 9 + " ", "0)", "1 May ", "1/1/20", "N22 ", "AB 12 ", "is 7 ", "Child 1 "),
        *("DOB ", "born 1", "date of birth ", "Child ", "child no. ", "sibling group ", "Tom, ", "A", "AB", "A. "),
        *(" ", "\n", "\xa0", "\t \n"),
    ],
)
def test_20000_characters_of_spite_are_read_to_their_end(text):
    looks_like_a_child((text * 20_000)[:20_000] + "!")
