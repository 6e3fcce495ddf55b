"""Which milestones a paper is about and for whom: what is left out is left out before anything is drawn."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.operations import edit_person
from milestones.evidence_operations import add_evidence
from milestones.models import Milestone
from milestones.operations import link_milestone, record_update
from plans.operations import add_recommendation, add_review
from plans.position import OutcomePosition
from plans.recommendation_operations import answer_review
from reports.cover_paper import CoverText
from reports.milestone_paper import Layout
from reports.papers import KINDS, Order, PaperRefused, check_order, make_paper, milestones_view, printed
from reports.position import plan_position
from reports.selection import (
    Readers,
    Selection,
    _narrowed,
    child_data_in_text,
    for_readers,
    names_in_text,
    recommendations_of,
    scope_words,
    select,
)
from reports.wording import listed

from .full_plan import AS_AT
from .test_appendix import Read


@pytest.fixture
def position(full_plan):
    return plan_position(full_plan.plan, AS_AT)


def refs(position):
    return [milestone.ref for milestone in position.milestones]


def actions(position):
    return [action.ref for theme in position.themes for action in theme.actions]


def test_everything_is_the_position_itself(position):
    assert select(position, Selection()) is position
    assert for_readers(position, Readers.INTERNAL) == position


@pytest.mark.parametrize(
    ("wanted", "expected", "scope"),
    [
        pytest.param({"status": "on_track"}, [], "status On track", id="status, nothing"),
        pytest.param({"status": "achieved"}, ["1.1"], "status Achieved", id="status"),
        pytest.param({"status": "not_achieved"}, ["1.2", "1.3"], "status Not achieved", id="a line of two states"),
        pytest.param({"show": "overdue"}, ["1.2"], "overdue", id="overdue"),
        pytest.param({"text": "VOICEMAIL"}, ["1.3"], "with the words “VOICEMAIL”", id="words"),
        pytest.param(
            {"review": "Ofsted Feb 2011"},
            ["1.1", "1.2", "1.3", "1.10"],
            "actions resulting from Ofsted Feb 2011 recommendations",
            id="review, through the action",
        ),
    ],
)
def test_a_selection_keeps_what_fits_and_says_so(position, wanted, expected, scope):
    selection = Selection(**wanted)

    chosen = select(position, selection)

    assert refs(chosen) == expected
    assert chosen.counts.total == len(expected) == sum(each.count for each in chosen.counts.lines)
    assert scope_words(chosen, selection) == scope


def test_a_theme_a_lead_and_a_recommendation_are_named_in_the_scope(full_plan, position):
    theme = Selection(theme=full_plan.front.pk)
    lead = Selection(lead=full_plan.nurse.pk)
    direct = Selection(recommendation=full_plan.six.pk)

    assert refs(select(position, theme)) == ["1.1", "1.2", "1.3", "1.10"]
    assert refs(select(position, lead)) == ["1.1", "1.2"]
    assert refs(select(position, direct)) == ["1.1"]
    assert scope_words(select(position, theme), theme) == "theme “Front door”"
    assert scope_words(select(position, lead), lead) == "milestone lead Nadia Nurse"
    assert scope_words(select(position, direct), direct) == "actions resulting from Ofsted Feb 2011 – Rec 6"
    assert list(recommendations_of(position).values()) == ["Ofsted Feb 2011 – Rec 6", "Ofsted Feb 2011 – Rec 8"]


def test_an_action_without_milestones_stays_where_actions_were_asked_for(full_plan, position):
    assert actions(select(position, Selection(theme=full_plan.front.pk))) == ["1", "2"]
    assert actions(select(position, Selection(show="overdue"))) == ["1"]
    assert actions(select(position, Selection(review="Ofsted Feb 2011"))) == ["1"]


def test_who_may_not_see_internal_things_gets_none_of_them(position):
    shown = for_readers(position, Readers.NO_INTERNAL)

    assert "3.1" in refs(position)
    assert "3.1" not in refs(shown)
    assert "3" not in actions(shown)
    assert shown.counts.total == position.counts.total - 1
    assert any(milestone.contradictions for milestone in position.milestones)
    assert not any(milestone.contradictions for milestone in shown.milestones)
    assert shown.milestones[0].lead.name == "Leon Lead"


def test_a_recommendation_counts_the_milestones_that_its_readers_see(full_plan, position):
    whole = _narrowed(position, lambda *_: True, lambda _: True)
    assert whole.recommendations == position.recommendations

    link_milestone(
        milestone=Milestone.objects.get(ref="3.1"),
        as_written="Rec 6",
        review=full_plan.review,
        recommendation=full_plan.six,
        by=full_plan.by,
    )
    six = plan_position(full_plan.plan, AS_AT).recommendations[0]
    shown = for_readers(plan_position(full_plan.plan, AS_AT), Readers.NO_INTERNAL).recommendations[0]

    assert (six.direct, six.achieved, six.total) == (("1.1", "3.1"), 1, 2)
    assert (shown.direct, shown.achieved, shown.total, shown.percent) == (("1.1",), 1, 1, 100)


def test_no_copy_says_that_a_recommendation_has_no_milestone_when_it_has_one(full_plan):
    by = full_plan.by
    internal = add_recommendation(review=full_plan.review, number="9", text="Look at one team.", by=by)
    add_recommendation(review=full_plan.review, number="10", text="Ask the schools.", by=by)
    link_milestone(
        milestone=Milestone.objects.get(ref="3.1"),
        as_written="Rec 9",
        review=full_plan.review,
        recommendation=internal,
        by=by,
    )
    whole = plan_position(full_plan.plan, AS_AT)

    boards, of_a_theme = for_readers(whole, Readers.NO_INTERNAL), select(whole, Selection(theme=full_plan.front.pk))

    assert [each.number for each in whole.recommendations] == ["6", "8", "9", "10"]
    for narrowed in (boards, of_a_theme):
        assert [each.number for each in narrowed.recommendations] == ["6", "8", "10"]
        assert narrowed.recommendations[-1].progress == "no_milestone"


@pytest.fixture
def inquiry(full_plan):
    """A review that the internal milestone 3.1 alone cites, with two recommendations."""
    by = full_plan.by
    review = add_review(council=full_plan.plan.council, short_name="Quiet inquiry", by=by)
    one = add_recommendation(review=review, number="1", text="Look at the team.", by=by)
    add_recommendation(review=review, number="2", text="Tell nobody.", by=by)
    hidden = Milestone.objects.get(plan=full_plan.plan, ref="3.1")
    link_milestone(milestone=hidden, as_written="(1)", review=review, recommendation=one, by=by)
    add_evidence(
        plan=full_plan.plan, title="What the inquiry read", kind="audit", location="Shelf", sensitivity="public",
        supports=[one, hidden, full_plan.first], by=by,
    )  # fmt: skip
    return review


@pytest.mark.parametrize("readers", [Readers.NO_INTERNAL, Readers.PUBLIC])
def test_a_review_that_only_internal_milestones_cite_is_in_no_copy_for_others(full_plan, inquiry, readers):
    whole = plan_position(full_plan.plan, AS_AT)
    assert "Quiet inquiry" in [each.short_name for each in for_readers(whole, Readers.INTERNAL).reviews]

    shown = for_readers(whole, readers)

    assert [each.short_name for each in shown.reviews] == ["Ofsted Feb 2011"]
    assert {each.review for each in shown.recommendations} == {"Ofsted Feb 2011"}
    # Nor do the keys of evidence name what is not shown.
    assert [(each.milestones, each.recommendations) for each in shown.evidence] == [((full_plan.first.pk,), ())]
    for format in ("html", "csv", "json"):
        paper = make_paper("recommendations", format, whole, Order(readers=readers)).content.decode()
        for words in ("Quiet inquiry", "Look at the team.", "Tell nobody."):
            assert words not in paper
    assert "Quiet inquiry" in make_paper("recommendations", "html", whole, Order()).content.decode()
    assert "inquiry" not in str(printed("recommendations", whole, Order(readers=readers)).recommendations)


def test_a_review_that_the_plan_says_it_answers_is_shown_to_everybody(full_plan, inquiry):
    answer_review(plan=full_plan.plan, review=inquiry, by=full_plan.by)

    shown = for_readers(plan_position(full_plan.plan, AS_AT), Readers.PUBLIC)

    # What the plan does about the first is not shown, and that it does nothing would be untrue.
    assert [each.number for each in shown.recommendations if each.review == "Quiet inquiry"] == ["2"]


@pytest.mark.parametrize("format", ["html", "pdf", "csv", "json"])
@pytest.mark.parametrize("layout", list(Layout))
def test_a_public_copy_names_nobody_who_is_not_marked(position, format, layout):
    order = Order(layout=layout, readers=Readers.PUBLIC)

    content = make_paper("milestones", format, position, order).content
    everything = make_paper("milestones", format, position, Order(layout=layout)).content

    hidden = (b"Nadia", b"Leon", b"looked at in private", b"second listener")
    if format == "pdf":
        content, everything = text_of(content), text_of(everything)
    assert not any(each in content for each in hidden)
    assert b"Designated Nurse" in content
    assert b"Cora Chief" in content
    assert b"Nadia" in everything


def text_of(pdf: bytes) -> bytes:
    """The words and the properties of a PDF, out of its compression."""
    with pypdfium2.PdfDocument(pdf) as document:
        words = " ".join(page.get_textpage().get_text_bounded() for page in document)
    uncompressed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(uncompressed, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    return re.sub(r"\s+", " ", words).encode() + uncompressed.getvalue()


def test_without_a_job_title_the_role_or_the_organisation_stands_in(full_plan):
    edit_person(person=full_plan.lead, job_title="", by=full_plan.by, reason="Unknown")
    edit_person(person=full_plan.nurse, job_title="", by=full_plan.by, reason="Unknown")

    public = for_readers(plan_position(full_plan.plan, AS_AT), Readers.PUBLIC)

    assert [milestone.lead.name for milestone in public.milestones[:2]] == [
        "Chair QA Sub Group",
        "Officer, Fenwick NHS",
    ]


def test_a_hidden_name_in_a_note_is_pointed_out(full_plan):
    record_update(
        milestone=full_plan.second,
        declared_status="on_track",
        note="nadia  nurse has asked the schools.",
        as_at=date(2011, 5, 30),
        by=full_plan.by,
    )
    position = plan_position(full_plan.plan, AS_AT)

    assert names_in_text(position, for_readers(position, Readers.PUBLIC)) == ("Nadia Nurse in 1.2",)


def test_words_that_look_like_a_child_are_pointed_out(full_plan):
    record_update(
        milestone=full_plan.second,
        declared_status="on_track",
        note="Child  A was seen; Child  A is well.",
        as_at=date(2011, 5, 30),
        by=full_plan.by,
    )
    position = plan_position(full_plan.plan, AS_AT)

    assert child_data_in_text(for_readers(position, Readers.PUBLIC)) == (
        "“Child A” in 1.2 looks like a particular child or family",
    )
    assert child_data_in_text(for_readers(plan_position(full_plan.plan, date(2011, 5, 29)), Readers.PUBLIC)) == ()


def test_the_title_of_a_public_copy_names_nobody_either(full_plan, position):
    order = Order(selection=Selection(lead=full_plan.nurse.pk), readers=Readers.PUBLIC)

    assert milestones_view(position, order).title.endswith("– milestone lead Designated Nurse")


def test_the_file_says_what_it_is_in_its_name(position):
    internal = make_paper("milestones", "csv", position, Order())
    public = make_paper("milestones", "html", position, Order(layout=Layout.CLASSIC, readers=Readers.PUBLIC))

    assert (internal.name, internal.content_type) == (
        "safeguarding-milestones-2011-05-31.csv",
        "text/csv; charset=utf-8",
    )
    assert public.name == "safeguarding-milestones-2011-05-31-classic-public.html"


def test_every_kind_and_format_can_be_made(position):
    for kind, made in KINDS.items():
        for format in made.formats:
            if format != "pdf":
                order = Order(before=position, cover=CoverText("Progress", (), ()))
                assert make_paper(kind, format, position, order).content


def test_what_there_is_not_is_refused_with_what_there_is():
    there_are = f"There are {listed([f'“{name}”' for name in KINDS])}"
    with pytest.raises(PaperRefused, match=there_are):
        check_order("minutes", "csv", Order())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text())
@pytest.mark.parametrize("layout", list(Layout))
def test_whatever_somebody_writes_is_printed_as_text(position, layout, text):
    [theme, *themes] = position.themes
    [action, *actions] = theme.actions
    [milestone, *milestones] = action.milestones
    written = replace(milestone, text=text, lead_role=text, note=replace(milestone.note, text=text, support_text=text))
    action = replace(
        action, text=text, outcomes=(OutcomePosition(1, text, "", "", None, ""),), milestones=(written, *milestones)
    )
    theme = replace(theme, name=text, actions=(action, *actions))
    position = replace(position, title=text, themes=(theme, *themes))

    html, table, paper = (
        make_paper("milestones", format, position, Order(layout=layout)).content for format in ("html", "csv", "json")
    )

    tags = [tag for tag, _ in Read(html.decode()).tags if tag not in ("p", "br", "strong")]
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert tags.count("tr") == len(re.findall("<tr>", html.decode()))
    assert set(tags) <= set(
        "html head meta title style body main header h1 h2 h3 h4 span table caption colgroup col "
        "thead tbody tr th td section div a".split()
    )
    assert {len(row) for row in rows} == {21}
    assert len(rows) - 1 == len(json.loads(paper)["rows"]) == 6
