"""Positions of invented milestones, for what is told of two of them."""

from dataclasses import fields
from datetime import date

from hypothesis import strategies as st

from milestones.forecast import Chance
from milestones.position import (
    ChancePosition,
    ExtensionPosition,
    IndependentPosition,
    MilestonePosition,
    NotePosition,
    StatusView,
    status_view,
)
from milestones.status import Flag, Freshness
from plans.position import CyclePosition, PersonPosition, ReferencePosition
from plans.schemes import PRESETS, DeclaredStatus, EffectiveStatus
from reports.position import NO_SCORECARD, ActionPosition, PlanPosition, ThemePosition, counts_of

SCHEME = PRESETS["four_statuses"]
SINCE, AS_AT = date(2026, 5, 10), date(2026, 5, 24)


def person(key=1, name="Leon Lead", **more):
    return PersonPosition(key, name, "Head of Service", "Testshire", False, False, None, **more)


def note(text="Going well.", *, key=1, as_at=date(2026, 5, 4), support=""):
    return NotePosition(key, as_at, "2026-05", text, support)


def view(status) -> StatusView:
    return status_view(SCHEME, EffectiveStatus(status))


def milestone(key=1, *, status="on_track", **more):
    """A milestone on track, but for what is said."""
    status = EffectiveStatus(status)
    usual = {
        "id": key,
        "address": f"1.{key}",
        "ref": f"1.{key}",
        "text": "Induction training.",
        "theme_id": 1,
        "theme": "Workforce",
        "action_id": 1,
        "action_ref": "1",
        "references": (),
        "start_on": date(2026, 1, 1),
        "due_on": date(2026, 3, 31),
        "due_words": "",
        "baseline_due_on": date(2026, 3, 31),
        "forecast_on": None,
        "completed_on": None,
        "outcome_words": "",
        "outcome_review_on": None,
        "embedded_on": None,
        "embedded_by": "",
        "embedded_words": "",
        "withdrawn_on": None,
        "declared_status": DeclaredStatus.ON_TRACK,
        "effective_status": status,
        "declared_view": view("on_track"),
        "status": view(status),
        "flags": (),
        "freshness": Freshness.CURRENT,
        "slippage_days": 0,
        "slippage_words": "",
        "date_moves": 0,
        "is_due_in_30_days": False,
        "note": note(),
        "independent": None,
        "has_evidence": False,
        "lead": person(),
        "lead_role": "",
        "supporting": (),
        "visibility": "public",
    }
    return MilestonePosition(**usual | more)


def position(*milestones, as_at=AS_AT, recommendations=(), scorecard=NO_SCORECARD, themes=None):
    """A plan of one theme and one action that has these milestones."""
    action = ActionPosition(1, "1", "Train everybody.", "", "", (), (), tuple(milestones))
    themes = themes or (ThemePosition(1, "Workforce", person(), (action,), counts_of(milestones, SCHEME)),)
    return PlanPosition(
        slug="plan",
        title="Plan",
        short_title="Plan",
        council="Testshire Council",
        as_at=as_at,
        cycle=CyclePosition(1, SINCE, AS_AT),
        key=SCHEME.key(),
        counts=counts_of(milestones, SCHEME),
        themes=themes,
        reviews=(),
        recommendations=tuple(recommendations),
        evidence=(),
        scorecard=scorecard,
    )


_days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3))
_texts = st.sampled_from(["", "a", "b "])
_people = st.none() | st.builds(person, st.integers(1, 2), st.sampled_from(["A", "B"]))
_references = st.builds(ReferencePosition, _texts, st.just("matched"), _texts, _texts, st.none() | st.integers(1, 2))
_VALUES = {
    "address": _texts,
    "ref": _texts,
    "text": _texts,
    "theme_id": st.integers(1, 2),
    "theme": _texts,
    "action_id": st.integers(1, 2),
    "action_ref": _texts,
    "references": st.lists(_references, max_size=1).map(tuple),
    "due_words": _texts,
    "outcome_words": _texts,
    "embedded_by": _texts,
    "embedded_words": _texts,
    "declared_status": st.none() | st.sampled_from(DeclaredStatus),
    "effective_status": st.sampled_from(EffectiveStatus),
    "declared_view": st.none() | st.sampled_from(EffectiveStatus).map(view),
    "status": st.sampled_from(EffectiveStatus).map(view),
    "flags": st.sampled_from([(), (Flag.OVERDUE,), (Flag.STALE,)]),
    "freshness": st.sampled_from(Freshness),
    "slippage_days": st.none() | st.integers(0, 1),
    "slippage_words": _texts,
    "date_moves": st.integers(0, 1),
    "is_due_in_30_days": st.booleans(),
    "note": st.none() | st.builds(note, _texts, key=st.integers(1, 2), support=_texts),
    "independent": st.none()
    | st.builds(
        IndependentPosition, st.just(SINCE), _texts, _texts, st.just("achieved"), _texts, _texts, st.booleans()
    ),
    "has_evidence": st.booleans(),
    "lead": _people,
    "lead_role": _texts,
    "supporting": st.lists(st.builds(person), max_size=1).map(tuple),
    "visibility": st.sampled_from(["public", "internal"]),
    "carried_from_id": st.none() | st.integers(1, 2),
    "extension": st.none()
    | st.builds(
        ExtensionPosition,
        st.integers(1, 2), _days, st.just(AS_AT), _texts, _texts, st.just(SINCE), st.booleans(), st.none(),
    ),
    "chance": st.none()
    | st.builds(
        ChancePosition, st.sampled_from(Chance), st.just(("a",)), st.sampled_from(["", *Chance]), _texts, _days
    ),
}  # fmt: skip
FIELDS = tuple(each.name for each in fields(MilestonePosition) if each.name != "id")


def values(name):
    """What a field of a milestone may hold."""
    return _VALUES.get(name, _days)


@st.composite
def milestones(draw, key):
    """Any milestone of this key, possible or not."""
    return MilestonePosition(id=key, **{name: draw(values(name)) for name in FIELDS})


@st.composite
def changed(draw, before):
    """The milestone with a few of its fields drawn anew."""
    names = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=3))
    kept = {each.name: getattr(before, each.name) for each in fields(MilestonePosition)}
    return MilestonePosition(**kept | {name: draw(values(name)) for name in names})


@st.composite
def pairs(draw):
    """The milestones of two positions: some are the same, some differ in a little or in all, some are in one alone."""
    keys = draw(st.lists(st.integers(1, 9), unique=True, max_size=5))
    before, after = [], []
    for key in keys:
        first = draw(milestones(key))
        where = draw(st.sampled_from(["before", "after", "same", "changed", "other"]))
        if where != "after":
            before.append(first)
        if where == "changed":
            after.append(draw(changed(first)))
        elif where == "other":
            after.append(draw(milestones(key)))
        elif where != "before":
            after.append(first)
    return before, after
