"""What is confirmed line by line before a public copy goes out: each doubt once, with its sentence and its place."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.terms import NoValue
from reports.governance import NO_GOVERNANCE
from reports.papers import KINDS, Order, all_printed, make_paper, printed
from reports.position import plan_position
from reports.printed_words import PrintedWords
from reports.public_lines import Doubt, lines_to_confirm
from reports.selection import Readers, for_readers
from reports.small_counts import COMMENTARY_WITHHELD

from . import changes_sample as sample
from .measured_plan import AS_AT as MEASURED_AT

PUBLIC = Order(readers=Readers.PUBLIC)


def plan(note, **more):
    return sample.position(sample.milestone(note=sample.note(note), **more))


def lines(position, **more):
    return lines_to_confirm(position, for_readers(position, Readers.PUBLIC), **more)


def said(note, **more):
    return [(each.doubt, each.words) for each in lines(plan(note, **more))]


def test_a_line_has_the_sentence_its_question_and_where_to_mend_it():
    (line,) = lines(plan("The rota began. Leon Lead wrote it\nwith care. It has two names."))

    assert (line.doubt, line.where) == (Doubt.NAME, "1.1, progress note")
    assert (line.before, line.words, line.after) == ("", "Leon Lead", " wrote it")
    assert (
        line.question == "It looks like Leon Lead, who is not named in public elsewhere. The public may read it here."
    )
    assert line.mend == "Change the progress note of 1.1, or mark Leon Lead as named in public."
    assert (line.about, line.id, line.address, line.field) == ("milestone", 1, "1.1", "note")


@pytest.mark.parametrize("words", ["Leon Lead", "LEON  LEAD", "Mr Lead", "Cllr. Lead", "L Lead", "L. Lead"])
def test_a_name_is_found_as_people_write_it(words):
    assert [doubt for doubt, _ in said(f"Agreed with {words} today.")] == [Doubt.NAME]


@pytest.mark.parametrize("words", ["the lead", "Leon", "Leon Leader", "lead by Leon", "A Lead"])
def test_a_word_that_is_no_name_is_not_asked_about(words):
    assert said(f"Agreed with {words} today.") == []


def test_who_is_named_in_public_is_not_asked_about():
    named = replace(sample.person(), is_named_in_public=True)

    assert said("Leon Lead wrote it.", lead=named) == []
    assert said("Leon Lead wrote it.", lead=sample.person()) == [(Doubt.NAME, "Leon Lead")]


def test_a_title_that_holds_a_name_is_asked_about_too():
    titled = replace(sample.person(), job_title="Assistant to Leon Lead")

    (line,) = lines(plan("Going well.", lead=titled))

    assert (line.where, line.words) == ("1.1, lead", "Leon Lead")


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("We saw 3 children last week.", "3 children"),
        ("Two looked-after children moved.", "Two looked-after children"),
        ("four of the young people said so", "four of the young people"),
        ("5 cases were closed.", "5 cases"),
    ],
)
def test_a_count_of_a_few_people_is_asked_about(note, words):
    assert said(note) == [(Doubt.COUNT, words)]


@pytest.mark.parametrize(
    "note",
    [
        "We saw 60 children.",
        "Within 3 days of referrals.",
        "Stage 2 children’s complaints",
        "0 children",
        "1.2 children",
        "3 new posts for families",
        "Two weeks to the next children’s panel",
        "3% of children",
    ],
)
def test_a_number_that_counts_nobody_or_many_is_not_asked_about(note):
    assert said(note) == []


def test_the_scorecard_says_how_few_are_few():
    position = plan("Ten children moved.")
    ten = replace(position, scorecard=replace(position.scorecard, hides_up_to=10))

    assert lines(position) == ()
    assert [each.words for each in lines(ten)] == ["Ten children"]


def test_a_child_and_an_address_are_asked_about_the_child_first():
    note = "Write to leon@council.example. Child B was seen."

    assert said(note) == [(Doubt.CHILD, "Child B"), (Doubt.ADDRESS, "leon@council.example")]


def said_of_rare(public, words):
    """The copy with this commentary on the indicator whose figures are left out."""
    indicators = [
        replace(each, commentary=replace(each.commentary, text=words)) if each.code == "RARE" else each
        for each in public.scorecard.indicators
    ]
    return replace(public, scorecard=replace(public.scorecard, indicators=tuple(indicators)))


def test_a_commentary_beside_a_figure_that_is_left_out_is_asked_about(measured_plan):
    position = plan_position(measured_plan.plan, MEASURED_AT)
    public = said_of_rare(printed("indicators", position, PUBLIC), "It fell.")
    withheld = [
        each.code for each in public.scorecard.indicators if any(p.no_value == NoValue.SUPPRESSED for p in each.series)
    ]

    found = [each for each in lines_to_confirm(position, public) if each.doubt is Doubt.WITHHELD]

    assert withheld == ["RARE"]
    assert [(each.about, each.address, each.field) for each in found] == [("indicator", "rare", "commentary")]


def test_the_sentence_that_stands_for_a_commentary_is_not_asked_about(measured_plan):
    public = printed("indicators", plan_position(measured_plan.plan, MEASURED_AT), PUBLIC)
    shown = said_of_rare(public, COMMENTARY_WITHHELD)

    assert [each for each in lines_to_confirm(public, shown) if each.doubt is Doubt.WITHHELD] == []


@pytest.mark.parametrize("checked_by", ["Head of service", "Ida Inspector"])
def test_a_job_title_by_which_somebody_checked_is_no_name(checked_by):
    position = plan(f"Agreed with the {checked_by} today.")
    whole = replace(position, evidence=(SimpleNamespace(checked_by=checked_by),))

    found = [each.words for each in lines_to_confirm(whole, for_readers(position, Readers.PUBLIC))]

    assert found == ([checked_by] if checked_by == "Ida Inspector" else [])


@pytest.mark.parametrize("words", ["Two thirds of young people", "Three hundred children"])
def test_a_share_and_hundreds_are_no_count_of_a_few(words):
    assert said(f"{words} have one.") == []


def test_what_no_copy_prints_is_not_asked_about():
    position = plan("Leon Lead wrote it.", visibility="internal")

    assert lines(position) == ()
    assert lines_to_confirm(position, ()) == ()


def test_several_papers_ask_each_question_once():
    position = plan("Leon Lead wrote it.")
    copies = [printed(kind, position, PUBLIC) for kind in ("milestones", "theme", "summary")]

    assert lines_to_confirm([position, position], copies) == lines_to_confirm(position, copies[0])
    assert len(lines_to_confirm(position, copies)) == 1


def test_further_words_are_looked_through_too():
    words = PrintedWords("cover", 7, "7", "the cover report", "7.1", "section 7", "Leon Lead thanks you.")

    (line,) = lines_to_confirm(plan("Going well."), (), also=[words])

    assert (line.about, line.where) == ("cover", "the cover report, section 7")


def test_who_runs_the_plan_is_looked_for_too():
    ina = replace(sample.person(2, "Ina Inspector"), job_title="Programme Manager")
    run = replace(plan("Ina Inspector wrote it."), governance=replace(NO_GOVERNANCE, managers=(ina,)))

    assert [(each.doubt, each.words) for each in lines(run)] == [(Doubt.NAME, "Ina Inspector")]


def test_words_that_are_gone_and_that_a_report_of_changes_prints_are_asked_about():
    trained = sample.milestone(2, text="Leon Lead trains all.")
    before = sample.position(sample.milestone(), trained, as_at=sample.SINCE)
    after = sample.position(sample.milestone())
    order = replace(PUBLIC, before=before)

    copies = [copy for _, copy in all_printed("changes", after, order)]

    assert "Leon Lead trains all." in make_paper("changes", "csv", after, order).content.decode()
    assert [each.words for each in lines_to_confirm([after, before], copies)] == ["Leon Lead"]
    assert [copy.as_at for _, copy in all_printed("milestones", after, order)] == [sample.AS_AT]


def test_a_confirmation_stands_while_the_sentence_does():
    before = lines(plan("The rota began. Leon Lead wrote it."))[0].key

    assert lines(plan("The rota began late. Leon Lead wrote it.", due_on=None, ref="2.9"))[0].key == before
    assert lines(plan("The rota began. Leon Lead wrote all of it."))[0].key != before
    assert lines(replace(plan("x"), themes=plan("The rota began. Leon Lead wrote it.").themes))[0].key == before


_words = st.sampled_from(["Leon Lead", "3 children", "Child A", "a@b.example", "went well", ".", "\n", "É", " "])


@given(st.lists(_words, max_size=12).map(" ".join))
def test_whatever_a_note_says_keys_are_unique_and_the_words_stand_in_the_note(note):
    found = lines(plan(note))

    assert len({each.key for each in found}) == len(found)
    assert all(each.words in " ".join(note.split()) for each in found)
    assert [list(Doubt).index(each.doubt) for each in found] == sorted(list(Doubt).index(each.doubt) for each in found)


def test_every_paper_that_is_drawn_says_what_it_prints(answered_plan):
    position = plan_position(answered_plan.plan, MEASURED_AT)
    order = replace(PUBLIC, before=position)

    for kind in KINDS:
        if KINDS[kind].has_public_copy:
            lines_to_confirm(position, printed(kind, position, order))
