"""Tables as a reader hands them over, made by hand and made up by hypothesis."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from imports.operations import import_table
from imports.readers.table import PlanTable, ReadAction, ReadMilestone, ReadPerson, ReadReference, ReadTheme

MAY, JUNE = date(2011, 5, 31), date(2011, 6, 30)
OFSTED_4 = ReadReference("Ofsted Feb 2011 – Rec 4", "Ofsted Feb 2011", "4")
OFSTED = ReadReference("Ofsted Feb 2011", "Ofsted Feb 2011", "")
UNKNOWN = ReadReference("Rec 9", "", "9")


def step(ref: str = "1.1", text: str = "", **details: Any) -> ReadMilestone:
    """A milestone as it is printed in May 2011, on track, led by A. Moss."""
    details = {
        "text": text or f"Step {ref} is done.",
        "where": f"row {ref}",
        "start_on": date(2011, 3, 1),
        "due_on": date(2011, 8, 31),
        "status_word": "On track",
        "update_month": (2011, 5),
        "note": "The first half is done.",
        "lead": ReadPerson("A. Moss", "Chair"),
    } | details
    return ReadMilestone(ref=ref, **details)


def action(
    *milestones: ReadMilestone, ref: str = "1", text: str = "Answer every contact.", **details: Any
) -> ReadAction:
    return ReadAction(ref=ref, text=text, where=f"action {ref}", milestones=milestones, **details)


def table(*actions: ReadAction, theme: str = "Front door", **details: Any) -> PlanTable:
    """A file with one theme."""
    return PlanTable(themes=(ReadTheme(theme, "theme", actions),), **details)


def may_table() -> PlanTable:
    """Two actions, three milestones: one on track, one achieved in April, one that nobody has reported on."""
    return table(
        action(
            step("1.1", references=(OFSTED_4,), supporting=(ReadPerson("P. van Hale"),)),
            step("1.2", status_word="Achieved", update_month=(2011, 4), references=(OFSTED,)),
            references=(OFSTED_4, UNKNOWN),
            outcomes=("Children are safe sooner.", "Fewer children wait."),
        ),
        action(
            step("", "Nobody waits.", status_word="", update_month=None, note="", lead=None),
            ref="2",
            text="See every child.",
        ),
    )


def june_table() -> PlanTable:
    """The same plan a month later: 1.1 is achieved, 1.2 is carried forward, the third has its first note."""
    may = may_table().themes[0].actions
    return table(
        action(
            step(
                "1.1",
                references=(OFSTED_4,),
                supporting=(ReadPerson("P. van Hale"),),
                status_word="Achieved",
                update_month=(2011, 6),
                note="All of it is done.",
            ),
            may[0].milestones[1],
            references=(OFSTED_4, UNKNOWN),
            outcomes=("Children are safe sooner.", "Fewer children wait."),
        ),
        action(
            step("", "Nobody waits.", status_word="Not on track", update_month=(2011, 6), note="Late.", lead=None),
            ref="2",
            text="See every child.",
        ),
    )


def put(plan: Any, read: PlanTable, *, by: Any, as_at: date = MAY, name: str = "may.csv", **details: Any) -> Any:
    """Imports a table; each file name is another file."""
    return import_table(plan=plan, table=read, file_name=name, sha256=name, as_at=as_at, by=by, **details)


WORDS = st.text(st.sampled_from("abÄ .-–'’()\n;0129é\t="), min_size=0, max_size=12)
REFS = st.sampled_from(["", "1.1", "A", "a", " 1 "]) | st.integers(1, 60).map(str)
DAYS = st.none() | st.dates(date(2010, 12, 1), date(2011, 12, 31))
MONTHS = st.none() | st.tuples(st.sampled_from([2010, 2011]), st.integers(1, 12))
PEOPLE = st.builds(ReadPerson, WORDS, WORDS)
REFERENCES = st.builds(
    ReadReference,
    WORDS,
    st.sampled_from(["Ofsted Feb 2011", "ofsted february-2011", "CQC", "", "–"]) | WORDS,
    st.sampled_from(["", "4", "04", "4.", "10"]) | WORDS,
)
STATUSES = st.sampled_from(
    ["", "On track", "Achieved", "Not achieved", "Withdrawn", "No update", "Not started", "Purple", "not_achieved"]
)


def _several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


MILESTONES = st.builds(
    ReadMilestone,
    ref=REFS,
    text=WORDS.map(lambda text: f"m{text}"),
    where=st.just("a row"),
    references=_several(REFERENCES),
    start_on=DAYS,
    due_on=DAYS,
    due_words=WORDS,
    baseline_due_on=DAYS,
    status_word=STATUSES,
    update_month=MONTHS,
    note_as_at=DAYS,
    note=WORDS,
    lead=st.none() | PEOPLE,
    supporting=_several(PEOPLE),
)
ACTIONS = st.builds(
    ReadAction,
    ref=REFS,
    text=WORDS.map(lambda text: f"a{text}"),
    where=st.just("an action"),
    references=_several(REFERENCES),
    outcomes=_several(WORDS),
    milestones=_several(MILESTONES),
)
THEMES = st.builds(ReadTheme, name=WORDS, where=st.just("a theme"), actions=_several(ACTIONS))
TABLES = st.builds(PlanTable, themes=_several(THEMES))
