from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.suggestions import MOST, Candidate, suggestions

OFSTED, PEER = 1, 2
INSPECTION = {
    "review_id": OFSTED,
    "review": "Ofsted Feb 2011",
    "other_names": ("Ofsted/CQC 2011", "SLAC inspection"),
    "dates": (date(2011, 2, 25),),
}
DIAGNOSTIC = {"review_id": PEER, "review": "Peer review 2010", "dates": (date(2010, 9, 1),)}


def candidate(id, number, text="Do better.", **review):
    return Candidate(id=id, number=number, text=text, **(review or INSPECTION))


LIST = [
    candidate(11, "1", "Reduce the time that initial assessments take."),
    candidate(12, "7", "Hold supervision of social workers every month and record it."),
    candidate(21, "7", "Publish the threshold document.", **DIAGNOSTIC),
]


def found(as_written, text="", **kwargs):
    return [(each.review_id, each.recommendation_id) for each in suggestions(as_written, text, LIST, **kwargs)]


@pytest.mark.parametrize(
    ("as_written", "text", "expected"),
    [
        pytest.param("(Ofsted Feb 2011, 7)", "", (OFSTED, 12), id="the review by name and the number"),
        pytest.param("(Ofsted/CQC 2011 – Rec 7)", "", (OFSTED, 12), id="another name of the review"),
        pytest.param("(Ofsted – February 2011 Rec. 7)", "", (OFSTED, 12), id="the body and the month"),
        pytest.param("(peer review 2010 rec07)", "", (PEER, 21), id="letters, case and a nought before the number"),
        pytest.param(
            "(Ofsted)", "Supervision of all social workers takes place every month.", (OFSTED, 12), id="words"
        ),
        pytest.param("(Ofsted Feb 2011)", "", (OFSTED, None), id="the review without a number"),
    ],
)
def test_the_likeliest_comes_first(as_written, text, expected):
    assert found(as_written, text)[0] == expected


@pytest.mark.parametrize(
    "as_written",
    [
        pytest.param("(Internal audit)", id="nothing that we know"),
        pytest.param("", id="nothing at all"),
        pytest.param("(CQC 2019)", id="a year is no number"),
        pytest.param("(11 February 2020)", id="nor is a day of another year"),
        pytest.param("(Rec 99)", id="a number that no list has"),
    ],
)
def test_nothing_is_made_up(as_written):
    assert found(as_written, "We tidy the store room.") == []


def test_a_number_alone_is_suggested_for_every_list_that_has_it():
    assert set(found("Rec 7")) == {(OFSTED, 12), (PEER, 21)}


def test_of_a_review_that_is_known_only_its_own_are_suggested():
    assert found("Rec 7", review_id=PEER) == [(PEER, 21)]
    assert found("(Peer review 2010)", review_id=PEER) == []


def test_each_suggestion_says_why():
    [best, *_] = suggestions("(Ofsted Feb 2011, 7)", "Supervision of social workers is recorded.", LIST)

    assert best.why == (
        "the number 7 was written",
        "both speak of “supervision”, “social”, “worker”",
        "“Ofsted Feb 2011” was written",
    )


def test_a_month_of_a_year_is_not_a_number():
    assert found("(Ofsted, 1 and Feb 7)", review_id=OFSTED)
    assert (OFSTED, 12) not in found("(Ofsted, Feb 2007)")


words = st.text(alphabet="Ofsted Feb 2011, 7()–Rec.aé\n", max_size=60)


@given(as_written=words, text=words, review_id=st.none() | st.sampled_from([OFSTED, PEER]))
def test_whatever_was_written_there_are_few_suggestions_each_with_a_reason(as_written, text, review_id):
    answers = suggestions(as_written, text, LIST, review_id=review_id)

    assert len(answers) <= MOST
    assert all(each.why for each in answers)
    assert all(each.review_id == review_id for each in answers if review_id is not None)
    assert [each.score for each in answers] == sorted((each.score for each in answers), reverse=True)
    assert len({(each.review_id, each.recommendation_id) for each in answers}) == len(answers)
