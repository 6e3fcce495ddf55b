"""What a reader who hears the paper is told: every cell under its true headers, and nothing lost or said twice."""

import base64
import io

import pikepdf
import pytest
import weasyprint

from reports.pdf import layout, render_pdf

from .html_grid import tables_of
from .paper_sample import paper, sample_paper, sample_themes
from .pdf_reader import TaggedPdf

LAYOUTS = ("classic", "accessible")


@pytest.fixture(scope="module", params=LAYOUTS)
def sample(request):
    """A paper over many pages: its HTML, and the PDF as read back."""
    html = sample_paper(45, layout=request.param)
    return html, TaggedPdf(render_pdf(html))


def headers_told(tagged: TaggedPdf) -> list[tuple[str, set[str]]]:
    """Each data cell's text with the texts of the headers it names."""
    by_id = {tag.id: tag for tag in tagged.root.walk() if tag.id}
    return [
        (cell.text, {by_id[header].text for header in cell.attributes.get("Headers", [])})
        for cell in tagged.root.all("TD")
    ]


def headers_true(html: str) -> list[tuple[str, set[str]]]:
    """The same from the HTML, by the HTML standard."""
    return [
        (cell.text, {header.text for header in grid.headers(cell)})
        for grid in tables_of(html)
        for cell in grid.cells
        if cell.element.tag == "td"
    ]


def test_every_data_cell_names_the_headers_of_its_true_row_and_column(sample):
    html, tagged = sample

    assert len(tagged.pages) > 10
    assert headers_told(tagged) == headers_true(html)


def test_a_table_is_one_table_with_as_many_rows_as_it_has(sample):
    html, tagged = sample
    grids = list(tables_of(html))
    tables = tagged.root.all("Table")

    assert [len(table.all("TR")) for table in tables] == [grid.height for grid in grids]
    assert any(len(table.pages) > 1 for table in tables)
    for table in tables:
        assert len(table.all("THead")) == 1
    spans = [int(cell.attributes.get("RowSpan", 1)) for table in tables for cell in table.all("TH", "TD")]
    assert spans == [cell.height for grid in grids for cell in grid.cells]


def test_every_header_has_a_scope_and_is_found_by_its_name(sample):
    html, tagged = sample
    scopes = {"col": "/Column", "row": "/Row", "rowgroup": "/Row"}
    headers = tagged.root.all("TH")
    names = tagged.file.Root.StructTreeRoot.IDTree.Names

    assert [str(header.attributes["Scope"]) for header in headers] == [
        scopes[cell.element.get("scope")] for grid in tables_of(html) for cell in grid.cells if cell.element.tag == "th"
    ]
    assert [str(name) for name in names[::2]] == sorted({header.id for header in headers})
    assert [str(element.ID) for element in names[1::2]] == [str(name) for name in names[::2]]


def test_the_heads_of_later_pages_and_all_feet_are_artifacts(sample):
    _, tagged = sample

    assert "Page1of" not in tagged.root.text
    for page in tagged.painted:
        assert f"of{len(tagged.pages)}" in page[None]
    heads = sum("Milestone" in page[None] for page in tagged.painted)
    assert heads >= len(tagged.pages) - len(tagged.root.all("Table")) - 1


def test_nothing_painted_is_lost_and_the_way_back_leads_to_the_same_tag(sample):
    _, tagged = sample
    painted = {(number, mark) for number, page in enumerate(tagged.painted) for mark in page if mark is not None}
    numbers = tagged.file.Root.StructTreeRoot.ParentTree.Nums
    back = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}

    assert painted == tagged.seen
    for (number, mark), owner in tagged.owners.items():
        marks = back[int(tagged.pages[number].obj.StructParents)]
        assert marks[mark].objgen == owner


def test_the_words_of_the_paper_are_all_there_once_and_in_order(sample):
    html, tagged = sample
    cells = [cell.text for grid in tables_of(html) for cell in grid.cells]

    assert [cell.text for cell in tagged.root.all("TH", "TD")] == cells


def test_language_title_claim_and_outline(sample):
    _, tagged = sample
    root = tagged.file.Root
    outline = []

    with tagged.file.open_outline() as read:
        waiting = [(1, item) for item in read.root]
        while waiting:
            level, item = waiting.pop(0)
            outline.append((f"H{level}", "".join(item.title.split())))
            waiting[:0] = [(level + 1, kid) for kid in item.children]

    assert str(root.Lang) == "en-GB"
    assert root.ViewerPreferences.DisplayDocTitle
    assert root.MarkInfo.Marked
    assert b'pdfuaid:part="1"' in root.Metadata.read_bytes()
    assert outline == [(tag.name, tag.text) for tag in tagged.root.all("H1", "H2", "H3")]
    assert all(page.obj.Tabs == "/S" for page in tagged.pages)


def test_a_letter_beside_a_status_word_is_not_read_aloud():
    tagged = TaggedPdf(render_pdf(sample_paper(1)))

    assert "Offtrack" in tagged.root.text
    assert "OOfftrack" not in tagged.root.text


def test_pictures_speak_or_are_left_out():
    png = base64.b64encode(_small_png()).decode()
    tagged = TaggedPdf(
        render_pdf(
            '<html lang="en-GB"><title>Pictures</title><main>'
            f'<p><img src="data:image/png;base64,{png}" alt="The council’s mark"></p>'
            f'<p><img src="data:image/png;base64,{png}" alt=""> and words</p>'
            '<svg width="9" height="9"><title>Ten of twelve months</title><path d="M0 0h9v9z"/></svg>'
            '<svg width="9" height="9"><path d="M0 0h9v9z"/></svg></main>'
        )
    )

    assert [figure.alt for figure in tagged.root.all("Figure")] == ["The council’s mark", "Ten of twelve months"]
    for figure in tagged.root.all("Figure"):
        left, bottom, right, top = figure.attributes["BBox"]
        assert float(left) < float(right)
        assert float(bottom) < float(top)


def test_a_link_says_where_it_leads_and_a_list_has_labels():
    tagged = TaggedPdf(
        render_pdf(
            '<html lang="en-GB"><title>Links</title><h1>Links</h1>'
            '<p>See <a href="https://example.org/plan">the plan</a> first.</p>'
            "<ul><li>One<li>Two<ul><li>Inner</ul></ul><div>Loose <b>words</b></div>"
        )
    )
    (annotation,) = tagged.pages[0].obj.Annots

    assert str(annotation.Contents) == "the plan"
    assert [link.text for link in tagged.root.all("Link")] == ["theplan"]
    assert [label.text for label in tagged.root.all("Lbl")] == ["•", "•", "◦"]
    assert [body.text for body in tagged.root.all("LBody")] == ["One", "Two◦Inner", "Inner"]
    assert [paragraph.text for paragraph in tagged.root.all("P")] == ["Seetheplanfirst.", "Loosewords"]


def test_a_row_longer_than_a_page_stays_one_row():
    (theme,) = sample_themes(1, note_words=(1600, 1700))

    tagged = TaggedPdf(render_pdf(paper((theme,))))

    row = tagged.root.all("TR")[-1]
    assert len(row.pages) > 1
    assert [len(cell.pages) for cell in row.kids].count(1) == 7
    assert theme.actions[0].milestones[0].note.replace(" ", "").replace("\n", "") in row.text


def test_an_action_over_a_page_says_that_it_continues():
    html = sample_paper(12, note_words=(140, 150))

    tagged = TaggedPdf(render_pdf(html))

    assert any("continued" in page[None] for page in tagged.painted)
    assert "continued" not in tagged.root.text


def test_another_version_of_the_library_writes_its_own_tags_on_tables_without_spans(monkeypatch):
    html = sample_paper(2)
    monkeypatch.setattr(layout, "KNOWN_VERSIONS", ())

    with pikepdf.open(io.BytesIO(layout.lay_out(html))) as document:
        cells = [element for element in document.objects if isinstance(element, pikepdf.Dictionary) and "/A" in element]

    assert weasyprint.__version__ not in layout.KNOWN_VERSIONS
    assert cells
    assert not any("/RowSpan" in cell.A for cell in cells)
    assert all(cell.A.Headers for cell in cells if cell.S == "/TD")


def test_the_installed_library_is_one_whose_inner_works_these_tests_have_seen():
    assert weasyprint.__version__ in layout.KNOWN_VERSIONS


def _small_png() -> bytes:
    return base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
