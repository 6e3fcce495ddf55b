"""D12: grades move within one scale, and are shown side by side across two."""

from datetime import date

import pytest

from plans.frameworks import supplied_as
from plans.judgements import Judged, Scale, movements

SLAC = Scale("SLAC", ("outstanding", "good", "adequate", "inadequate"))
PROTECTION = Scale("Protection", ("Outstanding", "Good", "Adequate", "Inadequate"))
ILACS = Scale("ILACS", ("outstanding", "good", "requires improvement to be good", "inadequate"))
APA = Scale("APA", ("4 outstanding", "3 good", "2 adequate", "1 inadequate"))


def judged(grade, year, scale=SLAC, *, area="Overall effectiveness", words=""):
    on = date(year, 2, 25) if year else None
    return Judged(area, grade, words, review=f"Ofsted {year}", slug=f"ofsted-{year}", known_on=on, scale=scale)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        pytest.param("inadequate", "adequate", "Up one grade", id="better"),
        pytest.param("inadequate", "outstanding", "Up three grades", id="much better"),
        pytest.param("good", "adequate", "Down one grade", id="worse"),
        pytest.param("adequate", "Adequate", "Same grade", id="same, in capitals"),
        pytest.param("adequate", "very good", "", id="no grade of the scale"),
        pytest.param("", "adequate", "", id="earlier in words alone"),
    ],
)
def test_a_grade_moves_within_its_scale(was, now, words):
    (movement,) = movements([judged(now, 2011)], [judged(was, 2010)])

    assert movement.words == words


def test_four_is_the_best_of_an_apa():
    (movement,) = movements([judged("3 good", 2008, APA)], [judged("2 adequate", 2007, APA)])

    assert movement.words == "Up one grade"


def test_two_frameworks_of_one_scale_are_compared():
    (movement,) = movements([judged("Good", 2012, PROTECTION)], [judged("adequate", 2011, SLAC)])

    assert (movement.words, movement.earlier.review) == ("Up one grade", "Ofsted 2011")


def test_adequate_and_requires_improvement_are_never_compared():
    (movement,) = movements([judged("requires improvement to be good", 2018, ILACS)], [judged("adequate", 2011, SLAC)])

    assert (movement.words, movement.steps) == ("Not compared: another scale", None)
    assert movement.earlier.scale == SLAC


def test_not_even_where_both_scales_have_the_word():
    (movement,) = movements([judged("good", 2018, ILACS)], [judged("good", 2011, SLAC)])

    assert not movement.is_compared


def test_the_last_earlier_one_on_the_same_scale_counts():
    others = [judged("good", 2005), judged("inadequate", 2009), judged("good", 2010, ILACS), judged("good", 2013)]

    (movement,) = movements([judged("adequate", 2011)], others)

    assert (movement.words, movement.earlier.review) == ("Up one grade", "Ofsted 2009")


def test_each_area_moves_by_itself():
    now = [judged("good", 2011, area="Safeguarding"), judged("good", 2011, area="Looked after children")]
    was = [judged("adequate", 2009, area="safeguarding "), judged("outstanding", 2009, area="Looked after children")]

    assert [each.words for each in movements(now, was)] == ["Up one grade", "Down one grade"]


def test_what_has_no_date_is_compared_with_nothing():
    assert movements([judged("good", 2011)], [judged("adequate", None)])[0].earlier is None
    assert movements([judged("good", None)], [judged("adequate", 2009)])[0].earlier is None


def test_the_supplied_scale_of_an_apa_says_which_end_is_best():
    grades = supplied_as("Annual Performance Assessment (APA)").grades

    assert (grades[0], grades[-1]) == ("4 outstanding", "1 inadequate")
