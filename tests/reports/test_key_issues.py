"""The drafted paragraph: the same facts give the same words, and no word of an officer is ever lost."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.position import ExtensionPosition
from milestones.recommendations import Gap
from milestones.status import Flag
from reports.changes import changes_between
from reports.key_issues import (
    DraftSentence,
    Fact,
    Standing,
    StoredSentence,
    draft,
    merged,
    own_key,
    paragraph,
    stored_from,
)
from tests.reports.changes_sample import AS_AT, SINCE, milestone, note, pairs, position

JUNE = date(2026, 6, 30)


def drafted(before, after, reasons=None):
    """The sentences on what changed in these milestones."""
    later = position(*after)
    return draft(changes_between(position(*before, as_at=SINCE), later), later, reasons)


def words(before, after, reasons=None):
    return [each.words for each in drafted([before], [after], reasons)]


# --- Words -------------------------------------------------------------------------------------------------------


def test_a_sentence_says_all_that_happened_to_a_milestone():
    now = milestone(
        status="support_required",
        note=note("Late.", support="A second trainer."),
        due_on=JUNE,
        ref="2.3",
        address="2.3",
    )

    (sentence,) = drafted([milestone()], [now], {1: "The trainer is ill."})

    assert sentence.words == (
        "Induction training (2.3) moved from On track to Not on track – support required; support asked for: A second "
        "trainer; its due date moved from 31 March 2026 to 30 June 2026; reason given: The trainer is ill."
    )
    assert sentence.facts == (
        Fact("Milestone", "2.3", "milestone", "2.3"),
        Fact("Status", "from On track to Not on track – support required", "milestone", "2.3"),
        Fact("Support asked for", "A second trainer", "milestone", "2.3"),
        Fact("Due date", "from 31 March 2026 to 30 June 2026", "milestone", "2.3"),
        Fact("Reason", "The trainer is ill", "milestone", "2.3"),
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            {"status": "off_track"},
            {"status": "off_track", "flags": (Flag.OVERDUE,)},
            "Induction training (1.1) is overdue: it was due on 31 March 2026.",
        ),
        (
            {},
            {"note": note("Late.", support="A trainer.")},
            "Induction training (1.1) needs support: A trainer.",
        ),
        ({}, {"due_on": JUNE}, "The due date of Induction training (1.1) moved from 31 March 2026 to 30 June 2026."),
        (
            {},
            {"due_on": None, "due_words": "Ongoing", "ref": ""},
            "The due date of Induction training moved from 31 March 2026 to Ongoing.",
        ),
        (
            {},
            {"extension": ExtensionPosition(1, None, JUNE, "Ill.", "Late.", AS_AT, True, None)},
            "For Induction training (1.1) a new due date of 30 June 2026 is asked for; reason given: Ill.",
        ),
        (
            {},
            {"status": "achieved", "completed_on": date(2026, 5, 20)},
            "Induction training (1.1) was achieved on 20 May 2026.",
        ),
        ({}, {"status": "achieved"}, "Induction training (1.1) was achieved."),
        (
            {},
            {"status": "withdrawn", "withdrawn_on": date(2026, 5, 20)},
            "Induction training (1.1) was withdrawn on 20 May 2026.",
        ),
    ],
)
def test_each_kind_of_news_has_its_sentence(before, after, sentence):
    assert words(milestone(**before), milestone(**after)) == [sentence]


@pytest.mark.parametrize(
    "after",
    [{}, {"note": note("Other.", key=2)}, {"ref": "9.9"}, {"freshness": "stale"}, {"has_evidence": True}],
)
def test_what_is_no_issue_has_no_sentence(after):
    assert words(milestone(), milestone(**after)) == []


def test_a_long_text_is_cut_at_a_word():
    text = "Put a duty manager in place " * 10

    (said,) = words(milestone(text=text), milestone(text=text, status="achieved"))

    assert said == f"{'Put a duty manager in place ' * 3}Put a… (1.1) was achieved."


def test_sentences_stand_in_the_order_of_their_weight():
    before = [milestone(key) for key in range(1, 7)]
    after = [
        milestone(1, status="withdrawn"),
        milestone(2, status="achieved"),
        milestone(3, due_on=JUNE),
        milestone(4, note=note("Late.", support="A trainer.")),
        milestone(5, flags=(Flag.OVERDUE,)),
        milestone(6, status="off_track"),
    ]

    assert [each.key for each in drafted(before, after)] == [f"milestone-{key}" for key in (6, 5, 4, 3, 2, 1)]


def test_recommendations_and_indicators_come_last():
    closed = SimpleNamespace(
        id=1, review="Ofsted", number="6", closed_on=AS_AT, closed_by="The Board", gaps=(), total=1
    )
    bare = SimpleNamespace(id=2, review="Ofsted", number="7", closed_on=None, gaps=(Gap.NO_MILESTONE,), total=0)
    off = SimpleNamespace(
        id=3, slug="ni-59", code="NI 59", title="Assessments in time", is_off_target=True, is_ended=False,
        latest=SimpleNamespace(label="April 2026"), distance_words="12 points short",
    )  # fmt: skip
    before = position(milestone(), as_at=SINCE, scorecard=SimpleNamespace(indicators=()))
    after = position(
        milestone(status="withdrawn"), recommendations=(bare, closed), scorecard=SimpleNamespace(indicators=(off,))
    )

    found = draft(changes_between(before, after), after)

    assert [each.words for each in found][1:] == [
        "Recommendation Ofsted – Rec 6 was closed by The Board on 24 May 2026.",
        "Recommendation Ofsted – Rec 7 has no milestone.",
        "Assessments in time (NI 59) is newly off target in April 2026: 12 points short.",
    ]
    assert [each.facts[-1].key for each in found] == ["1.1", "1", "2", "ni-59"]


@given(pairs())
def test_the_same_data_gives_the_same_words_and_no_two_sentences_share_a_key(pair):
    before, after = pair

    once, twice = drafted(before, after), drafted(before, after)

    assert once == twice
    assert len({each.key for each in once}) == len(once)
    assert all(each.words.strip() and each.facts and each.digest for each in once)


# --- What the officer makes of it --------------------------------------------------------------------------------

KEYS = st.sampled_from([f"milestone-{number}" for number in range(6)])
SAID = st.sampled_from(["One.", "Two.", "Three.", ""])


def sentence_of(key, said):
    return DraftSentence(key, f"{key} {said}", (Fact("Status", said, "milestone", key),), f"digest of {said}")


DRAFTS = st.dictionaries(KEYS, SAID, max_size=6).map(
    lambda found: tuple(sentence_of(key, said) for key, said in found.items())
)


@st.composite
def stored(draw):
    """A text as an officer may have left it: of some draft, edited, re-ordered, with sentences of their own."""
    found = [
        replace(stored_from(each), words=draw(st.one_of(st.just(each.words), SAID)), is_out=draw(st.booleans()))
        for each in draw(DRAFTS)
    ]
    found += [StoredSentence(f"own-{number}", draw(SAID)) for number in range(draw(st.integers(0, 2)))]
    return tuple(draw(st.permutations(found)))


@given(stored(), DRAFTS)
def test_no_word_of_the_officer_is_lost_and_the_order_stays(text, now):
    found = merged(text, now)

    keys = {each.key for each in text}
    assert [(each.key, each.words) for each in found if each.key in keys] == [(each.key, each.words) for each in text]


@given(stored(), DRAFTS)
def test_all_that_is_drafted_is_there_once(text, now):
    found = merged(text, now)

    keys = [each.key for each in found]
    assert len(keys) == len(set(keys))
    assert set(keys) == {each.key for each in text} | {each.key for each in now}


@given(stored(), DRAFTS)
def test_a_sentence_is_marked_where_its_facts_changed_and_nowhere_else(text, now):
    drafts = {each.key: each for each in now}
    before = {each.key: each for each in text}

    for each in merged(text, now):
        was, is_now = before.get(each.key), drafts.get(each.key)
        if was is None:
            assert each.standing is Standing.NEW
        elif was.is_own:
            assert each.standing is Standing.OWN
        elif is_now is None:
            assert (each.standing, each.stored) == (Standing.GONE, was)
        elif is_now.digest == was.digest:
            assert (each.standing, each.stored) == (Standing.SAME, was)
        else:
            assert each.standing is Standing.CHANGED
            assert (each.stored.drafted, each.now) == (was.drafted, is_now)
            assert not each.stored.is_out


@given(stored(), DRAFTS)
def test_what_was_merged_and_saved_is_the_same_when_it_is_merged_again(text, now):
    once = merged(text, now)

    twice = merged([each.stored for each in once], now)

    assert [each.stored for each in twice] == [each.stored for each in once]


@given(stored(), DRAFTS)
def test_every_mark_can_be_settled_either_way(text, now):
    found = merged(text, now)
    keys = [each.key for each in found]

    for each in found:
        kept = each.keeping_its_words(keys)
        assert kept.words == each.words
        (again,) = [one for one in merged([kept.stored], now) if one.key == kept.key]
        assert not again.is_marked
        if each.now is not None:
            (again,) = [one for one in merged([each.taking_the_new_words().stored], now) if one.key == each.key]
            assert (again.standing, again.words) == (Standing.SAME, each.now.words)


@given(stored())
def test_a_text_is_kept_as_json_and_comes_back(text):
    assert tuple(map(StoredSentence.from_json, json.loads(json.dumps([each.to_json() for each in text])))) == text


def test_a_new_sentence_stands_behind_the_one_that_is_drafted_before_it():
    first, second, third = (sentence_of(f"milestone-{number}", "One.") for number in range(3))
    text = [StoredSentence("own-1", "Mine."), stored_from(third), stored_from(first)]

    assert [each.key for each in merged(text, [first, second, third])] == [
        "own-1", "milestone-2", "milestone-0", "milestone-1",
    ]  # fmt: skip


def test_a_sentence_kept_without_its_fact_gives_its_key_free():
    gone = stored_from(sentence_of("milestone-1", "One."))
    (sentence,) = merged([gone], [])

    kept = sentence.keeping_its_words(["milestone-1", "own-1"])

    assert (kept.key, kept.words, kept.standing) == ("own-2", "milestone-1 One.", Standing.OWN)
    later = merged([kept.stored], [sentence_of("milestone-1", "Two.")])
    assert {each.key for each in later} == {"own-2", "milestone-1"}


def test_the_paragraph_is_what_is_not_left_out_on_one_line():
    text = [
        StoredSentence("a", "One.\nStill one."),
        StoredSentence("b", "Two.", is_out=True),
        StoredSentence("c", "Three."),
    ]

    assert paragraph(text) == "One. Still one. Three."


def test_a_key_of_ones_own_is_free():
    assert own_key([]) == "own-1"
    assert own_key(["own-1", "own-3", "milestone-1"]) == "own-2"
