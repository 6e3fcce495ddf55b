"""One milestone appendix in its six formats tells the same: every row, cell by cell, and every count.

Excel, CSV and JSON are compared exactly, column by column. HTML, Word and the tags of the PDF are read back as the rows
of the accessible layout and compared with those of the JSON: as texts with one space between words, in the PDF without
any, for it keeps none. Last, the words that pypdfium2 finds on the pages have to hold every cell in the order of the
rows, in one piece or, where a row goes on over a page, in one piece on each.
"""

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import cycle, groupby, islice

import pypdfium2
import pytest

from milestones.status import Flag
from plans.schemes import EffectiveStatus
from reports.papers import Order, make_paper
from reports.position import PlanPosition, counts_of
from reports.selection import Readers, scheme_of

from .read_back import (
    about_of_xlsx,
    blocks_of_docx,
    blocks_of_html,
    blocks_of_pdf,
    disagreements,
    missing_on_pages,
    month_words,
    printed_rows,
    row_of,
    rows_of_csv,
    rows_of_json,
    rows_of_xlsx,
    squeezed,
    words,
)

pytestmark = pytest.mark.django_db  # see demonstrated.py

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1",
    "-1 of \"two\" and 'three'",
    "@SUM(A1:A9)",
    "<script>alert(1)</script> & <b>bold</b> &amp; &#60;",
    "\tA tab, and a\rreturn\r\nand\n\nmore lines\n",
    "W" * 80,
    "\u200fRight\u200e to \u202eleft\u202c, a mark",
    "Bell\x07, null\x00, escape\x1b and a lone \ud800 half",
    '=HYPERLINK("http://harm.example","Press"); a; b',
    "_x0041_ and {{ braces }} {% now %} %s \\n",
    "Emoji 😀 and 👍🏽, שלום there, سلام too",
    "Ends with a stop.",
)
LONG_NOTE = ("Nobody’s “note” is shorter: “=1+1”, <i>it</i> goes on & on; 100% of it. " * 21)[:1500]


@pytest.fixture(scope="module")
def demonstration(demonstrated) -> PlanPosition:
    """The position of the demonstration plan."""
    return demonstrated.now


@pytest.fixture(scope="module")
def hostile(demonstration) -> PlanPosition:
    """300 milestones with texts that were written to harm, of the demonstration's."""
    texts = cycle(HOSTILE)
    scheme = scheme_of(demonstration)

    def person(one):
        return one and replace(one, name=next(texts), job_title=next(texts))

    def milestone(one, number: str):
        note = one.note and replace(
            one.note, text=LONG_NOTE if int(number.split(".")[1]) % 4 == 0 else f"{next(texts)}\n{next(texts)}"
        )
        return replace(
            one,
            ref=number,
            text=next(texts),
            due_words="" if one.due_on else next(texts),
            note=note,
            lead=person(one.lead),
            lead_role=one.lead_role and next(texts),
            supporting=tuple(map(person, one.supporting)),
        )

    found = cycle(demonstration.milestones)
    themes = []
    for place, theme in enumerate(demonstration.themes, start=1):
        actions = []
        share = 60 // len(theme.actions) + 1
        left = 60
        for number, action in enumerate(theme.actions, start=1):
            count = min(share, left)
            left -= count
            rows = tuple(
                milestone(one, f"{place}{number}.{nth}") for nth, one in enumerate(islice(found, count), start=1)
            )
            outcomes = tuple(replace(each, text=next(texts)) for each in action.outcomes)
            actions.append(replace(action, text=next(texts), milestones=rows, outcomes=outcomes))
        actions.append(replace(actions[0], ref="", text=next(texts), milestones=()))
        milestones = [each for action in actions for each in action.milestones]
        themes.append(
            replace(
                theme,
                name=f"{place} {next(texts)}",
                actions=tuple(actions),
                counts=counts_of(milestones, scheme),
            )
        )
    everything = [each for theme in themes for action in theme.actions for each in action.milestones]
    assert len(everything) == 300
    return replace(demonstration, themes=tuple(themes), counts=counts_of(everything, scheme))


class Made:
    """A paper in all its formats, each made once."""

    def __init__(self, position: PlanPosition, readers: Readers):
        self.position, self.order = position, Order(readers=readers)
        self.file = cache(self._file)

    def _file(self, format: str) -> bytes:
        return make_paper("milestones", format, self.position, self.order).content

    @property
    def told(self) -> dict:
        return json.loads(self.file("json"))

    @property
    def word_of(self) -> dict[str, str]:
        scheme = scheme_of(self.position)
        return {state.value: scheme.word_for(state) for state in EffectiveStatus}

    @property
    def rows(self):
        return [row_of(row, self.word_of) for row in rows_of_json(self.file("json"))]

    @property
    def rows_with_lines(self):
        """The rows of the CSV, each with the line of the key that it counts for."""
        line_of = {state: each["word"] for each in self.told["counts"]["by_status"] for state in each["states"]}
        return [row | {"status_line": line_of.get(row["effective_status"])} for row in rows_of_csv(self.file("csv"))]


INTERNAL, PUBLIC = Readers.INTERNAL, Readers.PUBLIC


@pytest.fixture(scope="module")
def papers(demonstration, hostile) -> dict[tuple[str, Readers], Made]:
    positions = {"demonstration": demonstration, "hostile": hostile}
    return {(name, readers): Made(each, readers) for name, each in positions.items() for readers in (INTERNAL, PUBLIC)}


@pytest.fixture(params=["demonstration", "hostile"])
def name(request) -> str:
    return request.param


@pytest.fixture(params=[INTERNAL, PUBLIC])
def made(request, papers, name) -> Made:
    return papers[name, request.param]


#: As PDF, hundreds of pages are read back once.
AS_PDF = [("demonstration", INTERNAL), ("demonstration", PUBLIC), ("hostile", INTERNAL)]


@pytest.fixture(params=AS_PDF, ids="-".join)
def made_as_pdf(request, papers) -> Made:
    return papers[request.param]


def test_the_excel_the_csv_and_the_json_have_the_same_cells(made):
    rows = rows_of_json(made.file("json"))

    assert rows_of_csv(made.file("csv")) == rows
    in_words = [
        row
        | {name: made.word_of.get(row[name], "") for name in ("declared_status", "effective_status")}
        | {"flags": "; ".join(Flag(name).label for name in row["flags"].split("; ") if name)}
        | {"update_month": month_words(row["update_month"])}
        for row in rows
    ]
    assert rows_of_xlsx(made.file("xlsx")) == in_words


DOCUMENTS = {"html": (blocks_of_html, words), "docx": (blocks_of_docx, words)}


@pytest.mark.parametrize("format", DOCUMENTS)
def test_a_document_prints_the_rows_of_the_table(made, format):
    blocks_of, form = DOCUMENTS[format]

    assert disagreements(printed_rows(blocks_of(made.file(format))), made.rows, form) == []


def test_the_pdf_prints_the_rows_of_the_table(made_as_pdf):
    printed = printed_rows(blocks_of_pdf(made_as_pdf.file("pdf")))

    assert disagreements(printed, made_as_pdf.rows, squeezed) == []


def test_the_pages_of_the_pdf_hold_every_text_of_the_html_in_its_place(made_as_pdf):
    pdf = made_as_pdf.file("pdf")

    missing, broken = missing_on_pages(made_as_pdf.file("html"), pdf)

    assert missing == []
    with pypdfium2.PdfDocument(pdf) as document:
        assert broken < len(document)


def counted(rows) -> dict[str, int]:
    """What the rows of a table come to, in the words of the paper."""
    words_of_flags = {"overdue": "overdue", "due_soon": "due soon", "stale": "no recent update"}
    found = Counter("milestones" for row in rows if row["effective_status"])
    found.update(row["status_line"] for row in rows if row["effective_status"])
    found.update(words for row in rows for flag, words in words_of_flags.items() if flag in row["flags"].split("; "))
    return {squeezed(word).lower(): count for word, count in found.items()}


def counts_said(text: str) -> dict[str, int]:
    """“9 milestones: 4 achieved, 5 on track. 2 are overdue and 1 is due soon.” as numbers of things."""
    text = re.search(r"\d+milestones?:.*", squeezed(text))[0].replace("milestone:", "milestones:")
    found = re.findall(r"(\d+)([^\d,.:]+)", text)
    return {re.sub(r"^(are|is|have|has)|and$", "", word).lower(): int(count) for count, word in found}


def test_the_counts_are_those_of_the_rows_in_every_format(made):
    rows, in_json = made.rows_with_lines, made.told["counts"]

    assert counted(rows) == {
        squeezed(word).lower(): count
        for word, count in [
            ("milestones", in_json["total"]),
            ("overdue", in_json["overdue"]),
            ("due soon", in_json["due_soon"]),
            ("no recent update", in_json["stale"]),
            *((each["word"], each["count"]) for each in in_json["by_status"]),
        ]
        if count
    }
    assert counts_said(about_of_xlsx(made.file("xlsx"))["Counts"]) == counted(rows)
    for format, (blocks_of, form) in DOCUMENTS.items():
        assert_counts(blocks_of(made.file(format)), rows, form)


def test_the_counts_of_the_pdf_are_those_of_the_rows(made_as_pdf):
    assert_counts(blocks_of_pdf(made_as_pdf.file("pdf")), made_as_pdf.rows_with_lines, squeezed)


def assert_counts(blocks, rows, form):
    by_theme = {theme: counted(list(found)) for theme, found in groupby(rows, key=lambda row: words(row["theme"]))}
    said = [block.text for block in blocks if block.name == "p" and re.search(r"\d+\s*milestones?:", block.text)]
    themes = [words(block.text) for block in blocks if block.name == "h2" and block.text.startswith("Theme:")]

    assert counts_said(said[0]) == counted(rows)
    assert [form(each.removeprefix("Theme:").strip()) for each in themes] == [form(each) for each in by_theme]
    assert [counts_said(each) for each in said[1:]] == [
        {word: count for word, count in each.items() if word not in ("overdue", "duesoon", "norecentupdate")}
        for each in by_theme.values()
    ]


def test_who_a_paper_is_of_and_as_at_when_is_the_same_in_every_format(made):
    about = about_of_xlsx(made.file("xlsx"))

    assert about["Title"] == made.told["title"]
    assert about["Position at"] == "17 June 2026"
    assert about.get("Marking", "") == ("Public copy" if made.order.readers is Readers.PUBLIC else "")
    for format in ("html", "docx"):
        head = " ".join(words(block.text) for block in DOCUMENTS[format][0](made.file(format))[:6])
        assert made.told["title"] in head
        assert "Position at 17 June 2026" in head
        assert about.get("Marking", "") in head


@pytest.mark.parametrize("cell", ["theme", "action", "outcome", "milestone", "start", "due", "status", "note", "lead"])
def test_one_other_cell_would_be_found(papers, cell):
    made = papers["demonstration", INTERNAL]
    printed, rows = printed_rows(blocks_of_html(made.file("html"))), made.rows
    place = next(number for number, row in enumerate(rows) if row.lead and row.told)
    others = [*rows[:place], replace(rows[place], **{cell: "Other"}), *rows[place + 1 :]]

    assert any(f": {cell} " in each for each in disagreements(printed, others, squeezed))
    assert len(disagreements(printed, [*rows[:place], *rows[place + 1 :]], squeezed)) > 1


def test_one_other_word_on_a_page_would_be_found(papers):
    made = papers["demonstration", PUBLIC]
    html = made.file("html").decode()
    said = next(each.text for each in made.position.milestones if html.count(each.text) == 1)

    missing, _ = missing_on_pages(html.replace(said, f"Otherwise {said}").encode(), made.file("pdf"))

    assert "Otherwise" in " ".join(missing)
