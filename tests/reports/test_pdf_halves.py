"""A long paper is laid out in two processes, and nobody can tell."""

import pypdfium2
import pytest

from reports.pdf import layout, render_pdf

from .paper_sample import paper, sample_paper, sample_themes
from .pdf_reader import TaggedPdf
from .test_pdf_tags import headers_told, headers_true


@pytest.fixture(scope="module")
def html():
    return sample_paper(85, note_words=(10, 24))


@pytest.fixture(scope="module")
def halves(html):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout.halves, "MANY_ROWS", 80)
        return layout.lay_out(html)


@pytest.fixture(scope="module")
def whole(html):
    return layout.lay_out(html)


@pytest.fixture(scope="module")
def read_halves(halves):
    return TaggedPdf(halves)


@pytest.fixture(scope="module")
def read_whole(whole):
    return TaggedPdf(whole)


def test_a_long_paper_is_cut_where_a_theme_begins_and_a_short_one_is_not(html):
    def cut(html: str) -> int | None:
        return layout.halves.find_cut(layout.weasyprint.HTML(string=html).etree_element)

    long = sample_paper(160)
    assert cut(long) == 2
    assert cut(html) is None
    assert cut(paper(sample_themes(200)[:1])) is None
    assert cut(long.replace("<main>", '<main><a href="#theme-4">The last theme</a>')) is None


def test_every_page_has_the_same_text_and_number_as_in_one_piece(read_halves, read_whole):
    assert [page[None] for page in read_halves.painted] == [page[None] for page in read_whole.painted]
    assert read_halves.painted == read_whole.painted
    last = len(read_whole.pages)
    assert f"Page{last}of{last}" in read_halves.painted[-1][None]


def test_every_page_looks_the_same_as_in_one_piece(halves, whole):
    with pypdfium2.PdfDocument(halves) as one, pypdfium2.PdfDocument(whole) as other:
        assert len(one) == len(other)
        for number in range(len(one)):
            drawn = [bytes(made[number].render(scale=0.4).buffer) for made in (one, other)]
            assert drawn[0] == drawn[1]


def test_the_tags_are_one_tree_and_the_same_as_in_one_piece(html, read_halves, read_whole):
    def shape(tag):
        return tag.name, tag.alt, tag.text, sorted(tag.pages), [shape(kid) for kid in tag.kids]

    assert shape(read_halves.root) == shape(read_whole.root)
    assert headers_told(read_halves) == headers_true(html)


def test_the_way_back_from_each_mark_leads_to_its_tag(read_halves):
    tree = read_halves.file.Root.StructTreeRoot
    back = {int(key): value for key, value in zip(tree.ParentTree.Nums[::2], tree.ParentTree.Nums[1::2], strict=True)}

    assert sorted(back) == list(range(int(tree.ParentTreeNextKey)))
    for (number, mark), owner in read_halves.owners.items():
        assert back[int(read_halves.pages[number].obj.StructParents)][mark].objgen == owner
    names = [str(name) for name in tree.IDTree.Names[::2]]
    assert names == sorted(set(names))
    assert len(names) == len(read_halves.root.all("TH"))


def test_the_outline_is_one_and_leads_to_the_right_pages(read_halves, read_whole):
    def entries(tagged):
        numbers = tagged.page_numbers
        with tagged.file.open_outline() as outline:

            def read(items):
                return [
                    (item.title, numbers[item.destination[0].objgen], float(item.destination[2]), read(item.children))
                    for item in items
                ]

            return read(outline.root)

    assert entries(read_halves) == entries(read_whole)
    counts = [tagged.file.Root.Outlines.Count for tagged in (read_halves, read_whole)]
    assert counts[0] == counts[1]


def test_the_same_long_paper_gives_the_same_bytes_and_its_last_link_works():
    themes = sample_themes(160, note_words=(4, 6))
    html = paper(themes).replace("</main>", '<p><a href="https://example.org/last">The last words</a></p></main>')

    pdf = render_pdf(html)

    assert render_pdf(html) == pdf
    tagged = TaggedPdf(pdf)

    (annotation,) = tagged.pages[-1].obj.Annots
    (link,) = tagged.root.all("Link")
    numbers = tagged.file.Root.StructTreeRoot.ParentTree.Nums
    back = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    assert str(annotation.A.URI) == "https://example.org/last"
    assert back[int(annotation.StructParent)].S == "/Link"
    assert link.text == "Thelastwords"
    assert not tagged.file.check_pdf_syntax()
