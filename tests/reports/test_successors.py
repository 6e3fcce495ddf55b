"""Who is suggested to take something over, and why."""

import pytest

from reports.successors import Candidate, suggest

FRONT_DOOR, COURT = 1, 2
ANN = Candidate(1, "Head of Service", "Council", {FRONT_DOOR: 4})
BEN = Candidate(2, "Team Manager", "Council", {FRONT_DOOR: 1, COURT: 9})
CAT = Candidate(3, "Head of Quality", "Council", {})
DAN = Candidate(4, "head of quality ", "Hospital", {})
EVE = Candidate(5, "Clerk", "Council", {})
ALL = (ANN, BEN, CAT, DAN, EVE)


def suggested(**facts):
    facts = {"job_title": "Head of Quality", "organisation": "Council"} | facts
    return [(each.id, each.why) for each in suggest(ALL, **facts)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({}, [(3, "has the same job title")], id="the same job title in the same organisation"),
        pytest.param({"job_title": ""}, [], id="nobody without a reason"),
        pytest.param(
            {"theme": FRONT_DOOR},
            [(1, "leads most in this theme, 4 open milestones"), (3, "has the same job title")],
            id="most milestones of the theme",
        ),
        pytest.param(
            {"theme": FRONT_DOOR, "supporting": [5, 2], "theme_lead": 3},
            [(5, "supports it already"), (2, "supports it already"), (3, "leads its theme")],
            id="who supports it, then the lead of its theme; three at most",
        ),
        pytest.param({"theme_lead": 3}, [(3, "leads its theme")], id="each once, for the first reason"),
        pytest.param({"without": [3]}, [], id="not who is named for it already"),
        pytest.param({"supporting": [99], "theme_lead": 98}, [(3, "has the same job title")], id="nobody who is gone"),
    ],
)
def test_the_likeliest_come_first_with_their_reason(facts, expected):
    assert suggested(**facts) == expected


def test_one_milestone_is_one():
    assert suggested(theme=FRONT_DOOR, without=[1])[0] == (2, "leads most in this theme, 1 open milestone")
