"""What changed between two positions: which way a change goes, and that nothing is left out."""

from dataclasses import fields, replace
from datetime import date
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from milestones.position import ExtensionPosition, MilestonePosition
from milestones.recommendations import Gap
from milestones.status import Flag, Freshness
from plans.schemes import EffectiveStatus
from reports.changes import (
    ChangeKind,
    IndicatorKind,
    PartKind,
    RecommendationKind,
    applied,
    changes_between,
)
from reports.changes_paper import LISTS, lists_of
from reports.position import ActionPosition, ThemePosition, counts_of
from tests.reports.changes_sample import (
    AS_AT,
    FIELDS,
    SCHEME,
    SINCE,
    milestone,
    milestones,
    note,
    pairs,
    person,
    position,
    values,
)

THEME = "theme “Workforce”"


def change(before, after):
    """What changed in one milestone."""
    found = changes_between(position(before, as_at=SINCE), position(after)).milestones
    return found[0] if found else SimpleNamespace(kinds=())


def kinds(before, after):
    return set(change(before, after).kinds)


def kinds_of_statuses(was, now):
    return kinds(milestone(status=was), milestone(status=now)) - {ChangeKind.NOTE_UNCHANGED}


# --- Whole -------------------------------------------------------------------------------------------------------


@given(pairs())
def test_the_changes_applied_to_the_first_position_give_the_second(pair):
    before, after = pair

    found = changes_between(position(*before, as_at=SINCE), position(*after))

    assert applied(before, found) == {each.id: each for each in after}


@given(pairs())
def test_a_milestone_is_told_of_once_and_in_words(pair):
    before, after = pair

    found = changes_between(position(*before, as_at=SINCE), position(*after))

    keys = [each.milestone.id for each in found.milestones]
    assert len(keys) == len(set(keys))
    for each in found.milestones:
        assert each.kinds
        assert list(each.kinds) == sorted(each.kinds, key=list(ChangeKind).index)
        assert all(line.field and (line.before or line.after) for line in each.lines)


@given(pairs())
def test_the_lists_hold_what_their_counts_say_and_every_change(pair):
    before, after = pair
    found = changes_between(position(*before, as_at=SINCE), position(*after))

    lists = lists_of(found)

    for each in lists:
        assert each.name in LISTS
        assert sum(len(rows) for _, rows in each.themes) == each.count
        assert len({theme for theme, _ in each.themes}) == len(each.themes)
    counts = {each.name: each.count for each in lists}
    for kind in ChangeKind:
        assert counts.get(kind.value, 0) == (len(found.of(kind)) if kind.is_news else 0)


@given(pairs())
def test_a_position_has_not_changed_from_itself(pair):
    _, after = pair

    found = changes_between(position(*after), position(*after))

    assert {kind for each in found.milestones for kind in each.kinds} <= {ChangeKind.NOTE_UNCHANGED}
    assert found.parts == found.recommendations == found.indicators == ()


@given(st.data(), milestones(1), st.sampled_from(FIELDS))
def test_no_field_of_a_milestone_changes_unseen(data, before, name):
    after = replace(before, **{name: data.draw(values(name))})
    assume(before != after)

    assert set(change(before, after).kinds) - {ChangeKind.NOTE_UNCHANGED} or name == "note"


def test_the_changes_of_other_milestones_are_refused():
    found = changes_between(position(milestone(), as_at=SINCE), position(milestone(status="off_track")))

    with pytest.raises(ValueError, match="not what the changes begin with"):
        applied([milestone(status="achieved")], found)


# --- Which way ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("on_track", "off_track", ChangeKind.WORSE),
        ("on_track", "forecast_late", ChangeKind.WORSE),
        ("on_track", "no_update", ChangeKind.WORSE),
        ("not_started", "no_update", ChangeKind.WORSE),
        ("not_started", "off_track", ChangeKind.WORSE),
        ("off_track", "support_required", ChangeKind.WORSE),
        ("support_required", "overdue", ChangeKind.WORSE),
        ("not_achieved", "overdue", ChangeKind.WORSE),
        ("achieved", "on_track", ChangeKind.WORSE),
        ("embedded", "achieved", ChangeKind.WORSE),
        ("overdue", "on_track", ChangeKind.BETTER),
        ("off_track", "on_track", ChangeKind.BETTER),
        ("no_update", "on_track", ChangeKind.BETTER),
        ("off_track", "not_started", ChangeKind.BETTER),
        ("achieved", "embedded", ChangeKind.BETTER),
        ("not_started", "on_track", ChangeKind.STATUS_CHANGED),
        ("on_track", "not_started", ChangeKind.STATUS_CHANGED),
        ("overdue", "achieved", ChangeKind.ACHIEVED),
        ("on_track", "embedded", ChangeKind.ACHIEVED),
        ("on_track", "withdrawn", ChangeKind.WITHDRAWN),
        ("achieved", "withdrawn", ChangeKind.WITHDRAWN),
        ("withdrawn", "on_track", ChangeKind.RESTORED),
        ("withdrawn", "achieved", ChangeKind.RESTORED),
    ],
)
def test_a_status_goes_one_way(was, now, kind):
    assert kinds_of_statuses(was, now) == {kind}


def test_worse_there_is_better_back():
    back = {ChangeKind.WORSE: ChangeKind.BETTER, ChangeKind.BETTER: ChangeKind.WORSE}
    for was, now in product(EffectiveStatus, repeat=2):
        (there,) = kinds_of_statuses(was, now) or {None}
        if there in back:
            (home,) = kinds_of_statuses(now, was)
            assert home in (back[there], ChangeKind.ACHIEVED)


def test_a_key_with_one_word_for_both_prints_ours_beside_it():
    line = change(milestone(status="achieved"), milestone(status="embedded")).line_of(ChangeKind.BETTER)

    assert (line.before, line.after) == ("Achieved (achieved)", "Achieved (embedded)")


@pytest.mark.parametrize(
    ("kind", "more", "before", "after"),
    [
        (ChangeKind.MOVED, {"due_on": date(2026, 6, 30)}, "31 March 2026", "30 June 2026"),
        (ChangeKind.MOVED, {"due_on": None, "due_words": "Ongoing"}, "31 March 2026", "Ongoing"),
        (ChangeKind.FORECAST_MOVED, {"forecast_on": date(2026, 7, 1)}, "no date", "1 July 2026"),
        (ChangeKind.LEAD_CHANGED, {"lead": person(2, "Nadia Nurse")}, "Leon Lead", "Nadia Nurse"),
        (ChangeKind.LEAD_CHANGED, {"lead": None}, "Leon Lead", "nobody"),
        (ChangeKind.LEAD_CHANGED, {"lead_role": "Chair"}, "Leon Lead", "Leon Lead (Chair)"),
        (ChangeKind.REPARENTED, {"action_id": 2, "action_ref": "2"}, f"action 1, {THEME}", f"action 2, {THEME}"),
        (ChangeKind.RENUMBERED, {"ref": ""}, "1.1", "no number"),
        (ChangeKind.RENAMED_ABOVE, {"theme": "People"}, f"action 1, {THEME}", "action 1, theme “People”"),
        (ChangeKind.START_MOVED, {"start_on": None}, "1 January 2026", "no date"),
        (ChangeKind.EVIDENCE, {"has_evidence": True}, "none", "there is evidence"),
        (ChangeKind.OVERDUE, {"flags": (Flag.OVERDUE,)}, "due 31 March 2026", "overdue, was due 31 March 2026"),
        (ChangeKind.SUPPORT_ASKED, {"note": note(support="A trainer.")}, "nothing", "A trainer."),
        (ChangeKind.OTHER, {"visibility": "internal", "freshness": Freshness.STALE}, "", "changed"),
    ],
)  # fmt: skip
def test_a_change_says_the_old_value_and_the_new_one(kind, more, before, after):
    line = change(milestone(), milestone(**more)).line_of(kind)

    assert (line.before, line.after) == (before, after)


def test_old_words_are_not_printed_for_they_may_have_been_changed_for_what_they_said():
    found = change(milestone(text="Jane Doe’s file."), milestone(text="A file.", note=note("Other words.", key=2)))

    assert "Jane" not in str(found.lines)
    assert "Going well" not in str(found.lines)
    assert found.line_of(ChangeKind.REWORDED).after == "A file."


def test_what_else_changed_is_named():
    found = change(milestone(), milestone(visibility="internal", freshness=Freshness.STALE))

    assert found.line_of(ChangeKind.OTHER).field == "who may see it"


def test_a_note_that_was_sent_in_again_is_unchanged():
    again = note("Going well. ", key=2, as_at=date(2026, 5, 18))

    assert kinds(milestone(), milestone(note=again)) == {ChangeKind.NOTE_UNCHANGED}


def test_nobody_is_asked_for_a_note_on_what_is_achieved_or_withdrawn():
    for status in ("achieved", "embedded", "withdrawn"):
        assert kinds(milestone(status=status), milestone(status=status)) == set()


def test_what_only_days_bring_is_no_news():
    found = change(milestone(status="achieved"), milestone(status="achieved", is_due_in_30_days=True))

    assert found.kinds == (ChangeKind.FOLLOWS,)
    assert not found.is_news
    assert found.lines == ()


def test_an_extension_that_is_asked_for_says_until_when():
    asked = ExtensionPosition(1, date(2026, 3, 31), date(2026, 6, 30), "Ill.", "Late.", date(2026, 5, 20), True, 91)

    line = change(milestone(), milestone(extension=asked)).line_of(ChangeKind.EXTENSION)

    assert (line.before, line.after) == ("nothing asked for", "30 June 2026 asked for on 20 May 2026")


def test_what_is_new_and_what_is_gone_is_told_as_that_alone():
    found = changes_between(position(milestone(1), as_at=SINCE), position(milestone(2)))

    assert [(each.milestone.id, each.kinds) for each in found.milestones] == [
        (2, (ChangeKind.ADDED,)),
        (1, (ChangeKind.GONE,)),
    ]


def test_the_names_of_all_kinds_differ():
    assert len(set(LISTS.values())) == len(LISTS)
    assert {each.name for each in fields(MilestonePosition)} == {"id", *FIELDS}


# --- Beside the milestones ---------------------------------------------------------------------------------------


def themed(*actions, key=1, name="Workforce", lead=None):
    return ThemePosition(key, name, lead or person(), actions, counts_of((), SCHEME))


def action(key=1, ref="1", text="Train everybody."):
    return ActionPosition(key, ref, text, "", "", (), (), ())


def test_themes_and_actions_that_changed_are_told():
    before = position(
        as_at=SINCE, themes=(themed(action(1), action(2, "2"), action(4, "4")), themed(key=2, name="Quality"))
    )
    after = position(
        themes=(
            themed(action(1, "1a", "Train all."), name="People", lead=person(2, "Nadia Nurse")),
            themed(action(2, "2"), action(3, "3"), key=3, name="Voice"),
        )
    )

    found = [
        (each.kind, each.part, each.name, each.before, each.after) for each in changes_between(before, after).parts
    ]

    assert found == [
        (PartKind.RENAMED, "Theme", "People", "Workforce", "People"),
        (PartKind.LEAD_CHANGED, "Theme", "People", "Leon Lead", "Nadia Nurse"),
        (PartKind.ADDED, "Theme", "Voice", "", "Voice"),
        (PartKind.GONE, "Theme", "Quality", "Quality", ""),
        (PartKind.RENAMED, "Action", "1a", "1", "1a"),
        (PartKind.RENAMED, "Action", "1a", "other words", "Train all."),
        (PartKind.MOVED, "Action", "2", "Workforce", "Voice"),
        (PartKind.ADDED, "Action", "3", "", "Train everybody."),
        (PartKind.GONE, "Action", "4", "Train everybody.", ""),
    ]


def recommendation(key, closed_on=None, gaps=(), total=1):
    return SimpleNamespace(id=key, closed_on=closed_on, gaps=gaps, total=total)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([recommendation(1)], [recommendation(1, AS_AT)], [RecommendationKind.CLOSED]),
        ([recommendation(1, SINCE)], [recommendation(1, SINCE)], []),
        ([recommendation(1, SINCE)], [recommendation(1)], [RecommendationKind.REOPENED]),
        ([recommendation(1)], [recommendation(1, gaps=(Gap.NO_MILESTONE,))], [RecommendationKind.UNCOVERED]),
        ([], [recommendation(1, gaps=(Gap.NO_MILESTONE,), total=0)], [RecommendationKind.UNCOVERED]),
        ([recommendation(1, gaps=(Gap.NO_MILESTONE,))], [recommendation(1)], [RecommendationKind.COVERED]),
        ([recommendation(1, gaps=(Gap.NO_MILESTONE,))], [recommendation(1, total=0)], []),
    ],
)
def test_recommendations_that_were_closed_or_lost_their_milestones_are_told(before, after, kinds):
    found = changes_between(position(as_at=SINCE, recommendations=before), position(recommendations=after))

    assert [each.kind for each in found.recommendations] == kinds


def indicator(key, *, off, ended=False):
    return SimpleNamespace(id=key, is_off_target=off, is_ended=ended)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([indicator(1, off=False)], [indicator(1, off=True)], [IndicatorKind.OFF_TARGET]),
        ([], [indicator(1, off=True)], [IndicatorKind.OFF_TARGET]),
        ([indicator(1, off=True)], [indicator(1, off=True)], []),
        ([indicator(1, off=True)], [indicator(1, off=False)], [IndicatorKind.ON_TARGET]),
        ([indicator(1, off=True)], [indicator(1, off=False, ended=True)], []),
    ],
)
def test_indicators_that_are_newly_off_target_are_told(before, after, kinds):
    found = changes_between(
        position(as_at=SINCE, scorecard=SimpleNamespace(indicators=before)),
        position(scorecard=SimpleNamespace(indicators=after)),
    )

    assert [each.kind for each in found.indicators] == kinds
