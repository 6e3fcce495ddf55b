"""The Word papers, read back with python-docx and from their XML: what democratic services publish as it is."""

import base64
import io
import itertools
import re
import struct
import zlib
from datetime import UTC, datetime
from html import escape

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.texts import plain
from milestones.operations import record_update
from reports.changes_reading import positions_between
from reports.milestone_paper import Layout
from reports.paper_reading import printable
from reports.papers import Order, make_paper
from reports.position import plan_position
from reports.selection import Readers
from reports.word import render_word
from reports.word.tables import fitted

from . import measured_plan as measured
from .answered_plan import CANARY
from .fortnight import AS_AT as LATER
from .fortnight import SINCE, fortnight, on
from .full_plan import AS_AT
from .html_grid import Grid, tables_of
from .paper_sample import paper, sample_paper, sample_themes
from .test_appendix import Read
from .test_appendix_pdf import bare
from .word_reader import RELATION, W, WordFile, text_of

__all__ = ["fortnight"]

BOTH = pytest.mark.parametrize("layout", list(Layout))


def png(width=4, height=2) -> bytes:
    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    points = b"".join(b"\0" + b"\x12\x43\x6d" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(points)) + part(b"IEND", b"")


def page(body: str, *, classes: str = "paper paper--accessible", attributes: str = "") -> str:
    return (
        '<!DOCTYPE html><html lang="en-GB"><head><title>A paper</title><meta name="author" content="Testshire">'
        f'</head><body class="{classes}" {attributes}><main><h1>A paper</h1>{body}</main></body></html>'
    )


def made(body: str, **more) -> WordFile:
    return WordFile(render_word(page(body, **more)))


@pytest.fixture(scope="module")
def accessible() -> WordFile:
    return WordFile(render_word(sample_paper(25, layout="accessible")))


@pytest.fixture(scope="module")
def classic() -> WordFile:
    return WordFile(render_word(sample_paper(25, layout="classic")))


def both_of(kind, position, order) -> tuple[str, WordFile]:
    html = make_paper(kind, "html", position, order).content.decode()
    return html, WordFile(make_paper(kind, "docx", position, order).content)


def said_in(cell) -> str:
    return "".join(text_of(cell, with_signs=False).split())


def assert_same_tables(html: str, word: WordFile) -> None:
    grids = list(tables_of(html))
    assert len(word.tables) == len(grids) > 0
    for table, grid in zip(word.tables, grids, strict=True):
        assert [len(row) for row in table.cells] == [len(set_of(grid, y)) for y in range(grid.height)]
        for y, row in enumerate(table.cells):
            for cell, true in zip(row, set_of(grid, y), strict=True):
                assert said_in(cell) == ("" if true.y < y else true.text)


def set_of(grid: Grid, y: int):
    return list(dict.fromkeys(grid.at[x, y] for x in range(grid.width)))


def assert_accessible(word: WordFile) -> None:
    """What councils ask of a Word table (domain.md 3.2 and 6)."""
    levels = [level for level, _ in word.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= before + 1 for before, later in itertools.pairwise(levels))
    assert word.tables
    for table in word.tables:
        assert table.has(table.rows[0], "tblHeader")
        assert table.said("tblCaption")
        assert table.said("tblDescription")
        assert all(text_of(cell).strip() for row in table.cells for cell in row)
        assert not list(table.element.iter(f"{W}vMerge", f"{W}gridSpan"))
    assert word.misplaced() == []


# --- The papers of a plan ----------------------------------------------------------------------------------------


@BOTH
def test_the_milestone_report_says_the_same_in_word_cell_by_cell(full_plan, layout):
    html, word = both_of("milestones", plan_position(full_plan.plan, AS_AT), Order(layout=layout))

    assert_same_tables(html, word)
    assert [(level, bare(words)) for level, words in word.headings] == [
        (level, bare(words)) for level, words in Read(html).headings
    ]
    if layout is Layout.ACCESSIBLE:
        assert_accessible(word)
    else:
        assert word.misplaced() == []


def test_the_recommendations_report_says_the_same_in_word_and_keeps_from_the_public_what_is_not_theirs(answered_plan):
    position = plan_position(answered_plan.plan, AS_AT)

    html, word = both_of("recommendations", position, Order())
    public_html, public = both_of("recommendations", position, Order(readers=Readers.PUBLIC))
    _, classic = both_of("recommendations", position, Order(layout=Layout.CLASSIC))

    assert_same_tables(html, word)
    assert_same_tables(public_html, public)
    assert_accessible(word)
    assert classic.misplaced() == []
    for words in ("Leon Lead", "Nadia Nurse", CANARY):
        assert words in word.everything
        assert words not in public.everything


def test_the_public_copy_of_the_milestones_has_no_name_that_is_left_out_in_any_part_of_the_file(full_plan):
    position = plan_position(full_plan.plan, AS_AT)

    internal = WordFile(make_paper("milestones", "docx", position, Order()).content)
    public = WordFile(make_paper("milestones", "docx", position, Order(readers=Readers.PUBLIC)).content)

    for words in ("Leon Lead", "Nadia Nurse", "A team is looked at in private"):
        assert words in internal.everything
        assert words not in public.everything
    assert "Mira" not in internal.everything  # who made it


def test_the_performance_report_says_the_same_in_word_with_words_for_every_chart(measured_plan):
    position = plan_position(measured_plan.plan, measured.AS_AT)

    html, word = both_of("indicators", position, Order())
    public = WordFile(make_paper("indicators", "docx", position, Order(readers=Readers.PUBLIC)).content)

    assert_same_tables(html, word)
    assert_accessible(word)
    alts = [attributes["alt"] for tag, attributes in Read(html).tags if tag == "img"]
    assert [picture["descr"] for picture in word.pictures] == alts
    assert len(alts) == 2
    assert all(len(alt) > 40 for alt in alts)
    drawn = docx.Document(io.BytesIO(word.content)).inline_shapes
    assert [round(each.width / 9525) for each in drawn] == [820, 820]
    assert measured.CANARY in word.everything
    assert measured.CANARY not in public.everything


def test_the_report_of_changes_says_the_same_in_word(fortnight):
    with on(24, 12):
        before, after = positions_between(fortnight.plan, SINCE, LATER)

        html, word = both_of("changes", after, Order(before=before))

    assert_same_tables(html, word)
    assert_accessible(word)


def test_the_same_position_gives_the_same_bytes(full_plan):
    position = plan_position(full_plan.plan, AS_AT)

    first, again = (make_paper("milestones", "docx", position, Order()) for _ in range(2))

    assert first == again
    assert first.name.endswith("-2011-05-31.docx")
    assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in WordFile(first.content).zip.infolist())


def test_a_row_longer_than_a_page_may_go_on_over_pages_and_no_other(full_plan):
    record_update(
        milestone=full_plan.first, declared_status="achieved", note="Two pages of it. " * 700, as_at=AS_AT,
        completed_on=AS_AT, by=full_plan.by,
    )  # fmt: skip
    position = plan_position(full_plan.plan, AS_AT)

    word = WordFile(make_paper("milestones", "docx", position, Order(layout=Layout.CLASSIC)).content)

    loose = [row for table in word.tables for row in table.rows if not table.has(row, "cantSplit")]
    assert any("Two pages of it." in text_of(row) for row in loose)
    assert len(loose) < sum(len(table.rows) for table in word.tables) / 2


# --- The document ------------------------------------------------------------------------------------------------


def test_a_document_says_its_title_its_author_its_language_and_its_dates(accessible):
    properties = docx.Document(io.BytesIO(accessible.content)).core_properties

    assert properties.title == "Larchester Improvement Plan: Milestone Report May 2025"
    assert properties.author == "Larchester Council"
    assert properties.created == properties.modified == datetime(2025, 6, 2, 9, tzinfo=UTC)
    assert properties.language == "en-GB"
    assert properties.last_modified_by == properties.comments == ""
    assert accessible.xml("word/styles.xml").find(f".//{W}lang").get(f"{W}val") == "en-GB"


def test_without_a_date_of_the_paper_the_document_has_none():
    assert "created" not in made("<p>Now.</p>").parts["docProps/core.xml"].decode()


def test_nothing_is_hidden_in_a_document(accessible):
    assert sorted(accessible.parts) == [
        "[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "word/_rels/document.xml.rels",
        "word/document.xml", "word/footer1.xml", "word/settings.xml", "word/styles.xml",
    ]  # fmt: skip
    assert not re.search(r"w:(vanish|rsid|ins |del |comment)", accessible.everything)
    word = made('<p hidden>Secret</p><template>Secret</template><script>secret()</script><p title="Secret">Seen</p>')
    assert "ecret" not in word.everything
    assert "Seen" in word.everything


def test_letters_of_an_accessible_paper_are_nowhere_smaller_than_12_points(accessible, classic):
    def sizes(word):
        parts = [word.xml(f"word/{name}.xml") for name in ("styles", "document")]
        return {int(each.get(f"{W}val")) / 2 for part in parts for each in part.iter(f"{W}sz", f"{W}szCs")}

    assert min(sizes(accessible)) == 12
    assert min(sizes(classic)) < 12
    fonts = accessible.xml("word/styles.xml").find(f".//{W}rFonts")
    assert fonts.get(f"{W}ascii") == "Arial"


@pytest.mark.parametrize(("classes", "is_upright"), [("paper", False), ("paper paper--portrait", True)])
def test_a_paper_is_a4_and_lies_unless_it_is_upright(classes, is_upright):
    size = made("<p>Text</p>", classes=classes).document.find(f".//{W}pgSz")

    sides = [int(size.get(f"{W}{name}")) for name in ("w", "h")]
    assert sorted(sides) == [11906, 16838]
    assert (sides[0] < sides[1]) is is_upright
    assert (size.get(f"{W}orient") == "landscape") is not is_upright


def test_the_foot_of_every_page_says_which_paper_it_is_of_which_day_and_pack_and_the_page():
    stamp = 'data-title="The Plan, public" data-as-at="As at 31 May 2011" data-stamp="Pack 12 v2 – check code 7Q4M"'

    foot = made("<p>Text</p>", attributes=stamp).xml("word/footer1.xml")

    fields = [each.get(f"{W}instr").strip() for each in foot.iter(f"{W}fldSimple")]
    assert text_of(foot) == "The Plan, public\tPage 1 of 1\nAs at 31 May 2011\tPack 12 v2 – check code 7Q4M"
    assert fields == ["PAGE", "NUMPAGES"]


def test_a_draft_says_so_on_every_page():
    draft, final = (made("<p>Text</p>", classes=f"paper{more}") for more in (" paper--draft", ""))

    head = draft.xml("word/header1.xml")
    assert text_of(head) == "DRAFT"
    assert 'string="DRAFT"' in draft.parts["word/header1.xml"].decode()
    assert draft.document.find(f".//{W}headerReference").get(RELATION)
    assert "word/header1.xml" not in final.parts


def test_the_councils_logo_and_colour_are_in_the_document():
    logo = base64.b64encode(png(400, 100)).decode()
    body = f'<p><img class="paper__logo" src="data:image/png;base64,{logo}" alt="Testshire Council"></p>'

    word = made(body, attributes='data-colour="#12436d"')
    pale = made(body, attributes='data-colour="#ffdd00"')

    (shape,) = docx.Document(io.BytesIO(word.content)).inline_shapes
    assert word.parts["word/media/image1.png"] == png(400, 100)
    assert word.pictures[0]["descr"] == "Testshire Council"
    assert round(shape.width / shape.height, 1) == 4
    assert shape.height.mm <= 14.1
    styles, pale_styles = (each.parts["word/styles.xml"].decode() for each in (word, pale))
    assert '<w:color w:val="12436D"/>' in styles
    assert '<w:color w:val="FFDD00"/>' not in pale_styles  # nobody could read it
    assert 'w:color="FFDD00"' in pale_styles


def test_a_drawing_becomes_a_picture_with_its_words_and_one_for_the_eye_alone_says_so():
    drawing = (
        '<svg width="400" height="200" viewBox="0 0 400 200"><title>Trend of A</title><desc>It rises.</desc>'
        '<path d="M0 200L400 0" stroke="#000"/></svg>'
    )

    word = made(f"<p>{drawing}</p><p>{drawing.replace('<title>Trend of A</title><desc>It rises.</desc>', '')}</p>")

    assert [picture["descr"] for picture in word.pictures] == ["Trend of A. It rises", ""]
    assert len(list(word.document.iter("{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"))) == 1
    assert word.parts["word/media/image1.png"].startswith(b"\x89PNG")
    first, _ = docx.Document(io.BytesIO(word.content)).inline_shapes
    assert (first.width, first.height) == (400 * 9525, 200 * 9525)


def test_a_picture_that_cannot_be_had_leaves_its_words():
    word = made('<p>Before <img src="https://elsewhere.example/a.png" alt="The town hall"></p>')

    assert "Before The town hall" in word.text


# --- Tables ------------------------------------------------------------------------------------------------------


def test_an_accessible_paper_has_plain_tables_with_a_head_that_repeats(accessible):
    assert_accessible(accessible)
    for table in accessible.tables:
        assert [table.has(row, "tblHeader") for row in table.rows] == [True] + [False] * (len(table.rows) - 1)
        assert all(table.has(row, "cantSplit") for row in table.rows)
        look = table.element.find(f"{W}tblPr/{W}tblLook")
        assert look.get(f"{W}firstRow") == look.get(f"{W}firstColumn") == "1"


def test_columns_have_the_widths_of_the_style_sheet_and_fill_the_page(accessible, classic):
    page_width = 16838 - 2 * 680
    for word in (accessible, classic):
        for table in word.tables[1:]:
            assert abs(sum(table.widths) - page_width) < 5
            assert int(table.element.find(f"{W}tblPr/{W}tblW").get(f"{W}w")) == sum(table.widths)
            for row in table.rows:
                assert sum(int(cell.get(f"{W}w")) for cell in row.iter(f"{W}tcW")) == sum(table.widths)
    shares = [round(width / page_width, 3) for width in accessible.tables[1].widths]
    assert shares == pytest.approx([0.23, 0.17, 0.125, 0.33, 0.145], abs=0.012)
    assert len({tuple(table.widths) for table in accessible.tables[1:]}) == 1


def test_the_classic_layout_has_one_cell_for_an_action_beside_all_its_milestones(classic):
    table = classic.tables[1]

    merged = [[cell.find(f"{W}tcPr/{W}vMerge") for cell in row] for row in table.cells]
    spans = [row for row in merged if row[0] is not None and row[0].get(f"{W}val") == "continue"]
    assert spans
    assert all(row[-1] is not None and not any(each is not None for each in row[1:-1]) for row in spans)


@pytest.mark.parametrize("layout", ["accessible", "classic"])
def test_the_tables_of_a_paper_of_300_milestones_are_those_of_its_html(layout):
    html = sample_paper(300, layout=layout, note_words=(4, 30))

    assert_same_tables(html, WordFile(render_word(html)))


def test_a_cell_that_has_nothing_says_so_and_a_short_row_is_filled():
    word = made(
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td> </td><td>2</td></tr><tr><td>3</td></tr></table>"
    )

    (table,) = word.tables
    assert [[text_of(cell) for cell in row] for row in table.cells] == [["A", "B"], ["–", "2"], ["3", "–"]]
    assert table.said("tblCaption") == "A paper"


def test_two_tables_are_not_run_together():
    table = "<table><thead><tr><th>A</th></tr></thead><tr><td>1</td></tr></table>"

    word = made(table + table)

    names = [each.tag.removeprefix(W) for each in word.body]
    assert names == ["p", "tbl", "p", "tbl", "p", "sectPr"]


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 3000)), min_size=1, max_size=20))
def test_columns_that_are_fitted_have_the_same_sum_and_what_they_need_where_there_is_room(columns):
    widths, needs = ([each[side] for each in columns] for side in (0, 1))

    fit = fitted(widths, needs)

    assert sum(fit) == round(sum(widths))
    if sum(needs) < sum(widths) - 1:
        assert all(width >= need - 1 - 1e-6 for width, need in zip(fit, needs, strict=True))


# --- Words -------------------------------------------------------------------------------------------------------


def test_a_status_is_a_sign_and_its_word_and_colour_is_never_alone():
    status = (
        '<span class="status status--red"><span class="status__letter" aria-hidden="true">N</span>'
        '<span class="status__shape status__shape--cross" aria-hidden="true"></span>'
        '<span class="status__word">Late</span></span>'
    )
    travel = '<span class="travel"><span class="travel__arrow travel__arrow--improved"></span> Improved</span>'
    row = f"<tr><th>1</th><td>{status}</td><td>{travel}</td></tr>"

    plain_table, indicators = made(
        f'<table class="milestones">{row}</table><h2>B</h2><table class="indicators">{row}</table>'
    ).tables

    said = [" ".join(text_of(cell).split()) for cell in plain_table.cells[0]]
    assert said == ["1", "× Late", "▲ Improved"]
    # Beside the arrows of indicators a triangle would be read as one: there the letter repeats the word.
    assert " ".join(text_of(indicators.cells[0][1]).split()) == "N Late"
    sign = next(plain_table.element.iter(f"{W}shd"))
    assert sign.get(f"{W}fill") == "FBE3E0"


def test_words_keep_their_lines_their_weight_and_their_spaces():
    word = made("<p>One<br>two\n   three <strong>four</strong>five <em>six</em> </p>")

    paragraph = docx.Document(io.BytesIO(word.content)).paragraphs[1]
    assert paragraph.text == "One\ntwo three fourfive six"
    assert [(run.text, run.bold) for run in paragraph.runs if run.bold] == [("four", True)]


def test_lists_are_lists_and_each_counts_for_itself():
    items = "<li>One</li><li>Two <ul><li>Below</li></ul></li>"

    word = made(f'<ol>{items}</ol><ol type="a" start="3"><li>Three</li></ol>')

    said = {text_of(each): each.find(f"{W}pPr/{W}numPr") for each in word.body.iter(f"{W}p")}
    numbers = [
        (words, each.find(f"{W}numId").get(f"{W}val"), each.find(f"{W}ilvl").get(f"{W}val"))
        for words, each in said.items()
        if each is not None
    ]
    assert numbers == [("One", "1", "0"), ("Two", "1", "0"), ("Below", "2", "1"), ("Three", "3", "0")]
    numbering = word.parts["word/numbering.xml"].decode()
    assert '<w:numFmt w:val="lowerLetter"/>' in numbering
    assert '<w:startOverride w:val="3"/>' in numbering


def test_the_number_of_a_paragraph_of_a_cover_stands_out_of_its_words():
    line = (
        '<p class="cover-line cover-line--numbered"><span class="cover-line__number">7.1</span> That it is noted.</p>'
    )

    paragraph = docx.Document(io.BytesIO(made(line, classes="paper paper--portrait").content)).paragraphs[1]

    assert paragraph.text == "7.1\tThat it is noted."
    assert paragraph.paragraph_format.left_indent == -paragraph.paragraph_format.first_line_indent > 0


def test_details_are_open():
    word = made("<details><summary>More</summary><p>All of it</p></details>")

    assert "More\nAll of it" in word.text


def test_links_lead_to_web_addresses_alone():
    addresses = ["https://council.example/a?b=1&c=2", "javascript:alert(1)", "file:///etc/passwd", "http://[", "#note"]

    word = made("".join(f'<p><a href="{address}">Go {number}</a></p>' for number, address in enumerate(addresses)))

    relations = word.parts["word/_rels/document.xml.rels"].decode()
    assert [text_of(each) for each in word.document.iter(f"{W}hyperlink")] == ["Go 0"]
    assert relations.count('TargetMode="External"') == 1
    assert "https://council.example/a?b=1&amp;c=2" in relations
    assert all(f"Go {number}" in word.text for number in range(5))


def test_hostile_text_is_text():
    hostile = (
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;w:p/&gt; ]]&gt; &#2; \x00\x0b\x1f\ud800\uffff\u202eabc " + "W" * 80
    )

    word = made(
        f"<p>{hostile}</p><table><tr><th>{hostile}</th><td>مرحبا שלום 👩‍👧</td></tr></table><blink>Kept</blink>"
    )

    assert "<script>alert(1)</script> <w:p/> ]]>" in word.text
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\u202e\uffff]", word.text)
    assert word.text.count("W" * 80) == 2
    assert "مرحبا שלום 👩‍👧" in word.text
    assert "Kept" in word.text
    docx.Document(io.BytesIO(word.content))


@given(st.text(max_size=200))
def test_any_text_of_a_note_comes_back_as_plain_text(text):
    word = made(f"<table><tr><th>A</th><td>{escape(text)}</td></tr></table>")

    expected = " ".join(plain(text).split())
    assert " ".join(text_of(word.tables[0].cells[0][1]).split()) == (expected or "–")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_what_no_paper_can_print_is_what_everybody_takes_out(text):
    assert printable(text) == plain(text)


def test_a_theme_begins_a_page_in_a_long_paper_alone():
    themes = sample_themes(50, note_words=(2, 6))
    html = paper(themes, layout="accessible")

    long, short = (
        WordFile(render_word(each)) for each in (html, html.replace('class="paper ', 'class="paper paper--short '))
    )

    breaks = [
        text_of(each) for each in long.body.findall(f"{W}p") if each.find(f"{W}pPr/{W}pageBreakBefore") is not None
    ]
    assert breaks == [f"Theme: {theme.name}" for theme in themes[1:]]
    assert short.document.find(f".//{W}pageBreakBefore") is None
