"""What a cover report prints: its numbers, its letters, its empty words, and the same in HTML, PDF and Word."""

import io
import string
from datetime import date
from types import SimpleNamespace

import pypdfium2
import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from indicators.terms import Rag
from indicators.travel import Travel
from reports.cover_issues import with_draft
from reports.cover_paper import (
    Appendix,
    CoverRow,
    CoverText,
    Written,
    letter,
    numbered,
    texts_of,
)
from reports.cover_presets import PRESETS, Fill, Numbering
from reports.indicator_issues import indicator_issues
from reports.papers import KINDS, Order, PaperRefused, make_paper, printed
from reports.position import plan_position

AS_AT = date(2011, 5, 31)

words = st.text(alphabet=string.ascii_lowercase + " .,", max_size=30)
texts = st.lists(st.one_of(words, words.map(lambda each: f"# {each}"), st.just("")), max_size=6).map("\n".join)
sections = st.lists(
    st.builds(
        Written,
        heading=words,
        text=texts,
        empty_words=words,
        fill=st.sampled_from(Fill),
        is_numbered=st.booleans(),
        appendices=st.lists(st.builds(Appendix, title=words, as_at=words), max_size=2).map(tuple),
    ),
    max_size=6,
)


def numbers_of(part):
    return [each.number for each in part.lines if not each.is_heading and not each.is_listed]


@given(sections)
def test_sections_and_the_paragraphs_in_each_are_numbered_one_after_the_other(written):
    found = numbered(written, Numbering.SECTIONS)

    with_number = [part for part, each in zip(found, written, strict=True) if each.is_numbered]
    assert [part.number for part in with_number] == [str(n) for n in range(1, len(with_number) + 1)]
    for part in found:
        count = len(numbers_of(part))
        assert numbers_of(part) == [f"{part.number}.{n}" if part.number else "" for n in range(1, count + 1)]


@given(sections)
def test_paragraphs_are_numbered_straight_through(written):
    found = numbered(written, Numbering.PARAGRAPHS)

    straight = [
        number for part, each in zip(found, written, strict=True) if each.is_numbered for number in numbers_of(part)
    ]
    others = [
        number for part, each in zip(found, written, strict=True) if not each.is_numbered for number in numbers_of(part)
    ]
    assert straight == [str(n) for n in range(1, len(straight) + 1)]
    assert set(others) <= {""}
    assert not any(part.number for part in found)


@given(sections)
def test_without_numbers_only_what_is_asked_for_has_letters(written):
    found = numbered(written, Numbering.NONE)

    assert not any(number for part in found for number in numbers_of(part))


@given(sections, st.sampled_from(Numbering))
def test_every_section_prints_something_and_no_heading_stands_over_nothing(written, numbering):
    for part in numbered(written, numbering):
        assert part.lines
        assert not part.lines[-1].is_heading
        assert all(
            not (one.is_heading and two.is_heading) for one, two in zip(part.lines, part.lines[1:], strict=False)
        )
        assert all(line for each in part.lines for line in each.lines)


@given(texts)
def test_no_word_that_was_written_is_lost_or_changed(text):
    part = numbered([Written("Heading", text, "Nothing")], Numbering.SECTIONS)[0]

    typed = [each.strip() for each in text.split("\n") if each.strip()]
    wanted = [each for each in typed if each != "#" and not each.startswith("# ")]
    assert [said for each in part.lines if not each.is_heading for said in each.lines] == (wanted or ["Nothing"])


@given(st.integers(0, 2000))
def test_letters_follow_each_other_and_none_comes_twice(place):
    assert letter(0) == "(a)"
    assert (letter(25), letter(26), letter(27)) == ("(z)", "(aa)", "(ab)")
    assert letter(place) != letter(place + 1)


def lines(section, numbering=Numbering.SECTIONS):
    return [(each.number, *each.lines) for each in numbered([section], numbering)[0].lines]


def test_what_the_meeting_is_asked_to_do_is_lettered_below_the_words_that_introduce_it():
    section = Written(
        "Recommendations", "That the committee:\nnote the report\n\n(b) ask again", "N/A", Fill.RESOLUTIONS
    )

    assert lines(section) == [("1.1", "That the committee:"), ("(a)", "note the report"), ("(b)", "ask again")]


@pytest.mark.parametrize("text", ["", "  \n ", "# Only a heading"])
def test_what_nobody_wrote_prints_the_words_for_that(text):
    assert lines(Written("Legal", text, "There are no legal implications.")) == [
        ("1.1", "There are no legal implications.")
    ]


def test_words_that_ask_for_nothing_are_nothing():
    assert lines(Written("Recommendations", "That the committee:", "N/A", Fill.RESOLUTIONS)) == [("1.1", "N/A")]


def test_each_appendix_is_listed_with_the_day_it_stands_at():
    appendices = (Appendix("Milestone report", "31 May 2011"), Appendix("Performance report", "30 April 2011"))
    section = Written("Appendices", "", "None", Fill.APPENDICES, appendices=appendices)

    assert lines(section) == [
        ("", "Appendix 1: Milestone report, position at 31 May 2011"),
        ("", "Appendix 2: Performance report, position at 30 April 2011"),
    ]


@given(sections, words, st.sampled_from(Numbering))
def test_a_cover_goes_into_json_and_back(written, title, numbering):
    cover = CoverText(title, (CoverRow("Wards", "All"),), numbered(written, numbering))
    converter = make_converter()

    assert converter.loads(converter.dumps(cover), CoverText) == cover


def test_every_word_is_found_for_who_reads_it_through():
    cover = CoverText(
        "Title",
        (CoverRow("Contact", "Nadia Nurse"), CoverRow("Signed", "")),
        numbered([Written("Legal", "One.\n\n# Sub\n\nTwo\nlines.")], Numbering.NONE),
    )

    assert texts_of(cover) == [
        ("the title of the cover report", "Title"),
        ("“Contact” at the head of the cover report", "Nadia Nurse"),
        ("the section “Legal” of the cover report", "One.\n\nSub\n\nTwo\nlines."),
    ]


# --- The draft ---------------------------------------------------------------------------------------------------


def test_a_draft_stands_before_sub_headings_that_wait_for_words_and_else_at_the_end():
    assert with_draft("# Governance\n\n# Next Steps", "Drafted.") == "Drafted.\n\n# Governance\n\n# Next Steps"
    assert with_draft("Typed.", "Drafted.") == "Typed.\n\nDrafted."
    assert with_draft("Typed.\n\nDrafted.", "Drafted.") == "Typed.\n\nDrafted."


def indicator(code, rag, **more):
    latest = SimpleNamespace(printed="71.9%", marked="71.9% (p)", label="May 2011")
    return SimpleNamespace(
        **{
            "id": 1, "slug": code.lower(), "code": code, "title": f"Visits {code}", "rag": rag, "latest": latest,
            "is_off_target": rag in (Rag.RED, Rag.AMBER), "target_words": "90% (amber from 85%)",
            "distance_words": "−18.1 points", "travel": Travel.WORSENED, "commentary": None,
        }
        | more
    )  # fmt: skip


def test_red_indicators_are_told_before_amber_ones_with_their_figures():
    told = indicator_issues([indicator("A", Rag.AMBER), indicator("G", Rag.GREEN), indicator("R", Rag.RED)])

    assert [each.words for each in told] == [
        "Visits R (R) is red: 71.9% (p) in May 2011 against a target of 90% (amber from 85%) (−18.1 points), worse "
        "than the period before.",
        "Visits A (A) is amber: 71.9% (p) in May 2011 against a target of 90% (amber from 85%) (−18.1 points), worse "
        "than the period before.",
    ]


def test_what_is_done_about_an_indicator_is_said_where_it_is_of_its_newest_figure():
    now = SimpleNamespace(corrective_action="two more workers", is_latest=True)
    then = SimpleNamespace(corrective_action="two more workers", is_latest=False)

    assert indicator_issues([indicator("R", Rag.RED, commentary=now)])[0].words.endswith(". Two more workers.")
    assert "workers" not in indicator_issues([indicator("R", Rag.RED, commentary=then)])[0].words


def test_a_figure_that_is_not_printed_is_not_told():
    hidden = SimpleNamespace(printed="", marked="c", label="May 2011")

    assert indicator_issues([indicator("R", Rag.RED, latest=hidden)]) == ()
    assert indicator_issues([indicator("R", Rag.RED, latest=None)]) == ()


# --- The files ---------------------------------------------------------------------------------------------------


@pytest.fixture
def cover():
    preset = PRESETS["numbered-2010"]
    long_word = "x" * 80
    texts = {4: "That the committee:\nnote the report", 8: f"One.\n\n{'word ' * 300}{long_word}\n\n# Sub\n\nTwo."}
    written = [
        Written(each.heading, texts.get(place, ""), each.empty_words, each.fill, each.is_numbered)
        for place, each in enumerate(preset.sections, start=1)
    ]
    rows = tuple(CoverRow(row.label, "All" if row.fill == "wards" else "") for row in preset.header)
    return CoverText("Progress <b>since</b> May", rows, numbered(written, preset.numbering))


def test_the_numbers_are_words_in_html_pdf_and_word_alike(cover, plan, milestone):
    position, order = plan_position(plan, AS_AT), Order(cover=cover)
    html = make_paper("cover", "html", position, order)
    pdf = make_paper("cover", "pdf", position, order)

    shown = " ".join(lxml_html.document_fromstring(html.content.decode()).body.text_content().split())
    pages = pypdfium2.PdfDocument(pdf.content)
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())
    assert (html.name, pdf.name) == ("safeguarding-cover-2011-05-31.html", "safeguarding-cover-2011-05-31.pdf")
    for said in ("7. Summary", "7.1 N/A", "8.1 One.", "8.3 Two.", "4.1 That the committee:", "(a) note the report"):
        assert said in shown, said
        assert said in text, said
    assert "8.4" not in text
    assert all(page.get_width() < page.get_height() for page in pages)
    if "docx" in KINDS["cover"].formats:
        import docx

        word = docx.Document(io.BytesIO(make_paper("cover", "docx", position, order).content))
        said = [" ".join(each.text.split()) for each in word.paragraphs]
        assert {"7. Summary", "7.1 N/A", "8.1 One.", "(a) note the report"} <= set(said)


def test_the_same_cover_is_the_same_html(cover, plan, milestone):
    position = plan_position(plan, AS_AT)

    first, again = (make_paper("cover", "html", position, Order(cover=cover)).content for _ in range(2))

    assert first == again
    assert b"<b>since</b>" not in first


def test_a_cover_without_words_is_refused(plan, milestone):
    with pytest.raises(PaperRefused, match="its own page"):
        make_paper("cover", "html", plan_position(plan, AS_AT), Order())


def test_no_word_of_the_plan_is_printed_by_a_cover(cover, plan, milestone):
    assert printed("cover", plan_position(plan, AS_AT), Order(cover=cover)).milestones == ()
