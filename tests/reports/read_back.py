"""Reads a milestone appendix back from each of its formats: the rows that somebody finds in it, and its counts.

HTML, Word and PDF are read as headings, paragraphs and tables, and then by one rule; Excel, CSV and JSON as tables, and
then by another. Both come to the same row, so that a cell can be compared with a cell. Written from what design.md 5
and domain.md 3.2 promise, without the code under test.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

import docx
import openpyxl
import pypdfium2
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import html as lxml_html

from milestones.own_table import COLUMNS, unguard
from milestones.status import Flag

from .pdf_reader import Tag, TaggedPdf

DATES = ("start_date", "due_date", "baseline_due_date", "note_as_at")
LISTS = ("action_references", "references", "flags", "supporting_leads", "outcome")


# --- Tables ---


def rows_of_json(content: bytes) -> list[dict]:
    """The rows with dates as dates and lists as “a; b”, empty where there is nothing."""
    return [
        {
            name: "; ".join(value)
            if isinstance(value, list)
            else date.fromisoformat(value)
            if name in DATES and value
            else value or ""
            for name, value in row.items()
        }
        for row in json.loads(content)["rows"]
    ]


def rows_of_csv(content: bytes) -> list[dict]:
    found = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [
        {name: date.fromisoformat(cell) if name in DATES and cell else unguard(cell) for name, cell in row.items()}
        for row in found
    ]


def rows_of_xlsx(content: bytes) -> list[dict]:
    """The rows of the first sheet by the columns of the contract, which is their order."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert sheet.max_column == len(COLUMNS)
    rows = []
    for cells in sheet.iter_rows(min_row=2, values_only=True):
        values = [value.date() if isinstance(value, datetime) else value or "" for value in cells]
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def about_of_xlsx(content: bytes) -> dict[str, str]:
    """The second sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[1:] == ["About"]
    return dict(book["About"].iter_rows(min_row=2, values_only=True))


# --- Documents ---


@dataclass
class Block:
    """A heading (“h1”), a paragraph (“p”) or a table (“table”, its rows of cells, each with its paragraphs)."""

    name: str
    text: str = ""
    rows: tuple[tuple[tuple[str, ...], ...], ...] = ()


def blocks_of_html(content: bytes) -> list[Block]:
    body = lxml_html.document_fromstring(content.decode("utf-8")).find("body")
    return list(_html_blocks(body))


def _html_blocks(element) -> Iterator[Block]:
    for kid in element:
        if kid.tag in ("h1", "h2", "h3", "h4", "h5", "p"):
            yield Block(kid.tag, _html_text(kid))
        elif kid.tag == "table":
            yield Block(
                "table",
                rows=tuple(tuple(map(_html_cell, row)) for group in kid if group.tag[0] == "t" for row in group),
            )
        else:
            yield from _html_blocks(kid)


def _html_cell(cell) -> tuple[str, ...]:
    """The loose words of a cell, then its paragraphs."""
    loose = (cell.text or "") + "".join((_html_text(kid) if kid.tag != "p" else "") + (kid.tail or "") for kid in cell)
    found = [loose, *map(_html_text, cell.findall("p"))]
    return tuple(words(each) for each in found if each.strip())


def _html_text(element) -> str:
    if element.get("aria-hidden") == "true":
        return ""
    return (
        (element.text or "")
        + (" " if element.tag == "br" else "")
        + "".join(_html_text(kid) + (kid.tail or "") for kid in element)
    )


def blocks_of_docx(content: bytes) -> list[Block]:
    document = docx.Document(io.BytesIO(content))
    return [
        _docx_table(each) if isinstance(each, Table) else _docx_block(each) for each in document.iter_inner_content()
    ]


def _docx_block(paragraph: Paragraph) -> Block:
    style = paragraph.style.name
    heading = re.fullmatch(r"Heading (\d)", style)
    return Block(f"h{heading[1]}" if heading else "h1" if style == "Title" else "p", paragraph.text)


def _docx_table(table: Table) -> Block:
    return Block(
        "table",
        rows=tuple(
            tuple(tuple(words(each.text) for each in cell.paragraphs if each.text.strip()) for cell in row.cells)
            for row in table.rows
        ),
    )


def blocks_of_pdf(content: bytes) -> list[Block]:
    """By the tags of the PDF. Texts come without white space."""
    return list(_pdf_blocks(TaggedPdf(content).root))


def _pdf_blocks(tag: Tag) -> Iterator[Block]:
    for kid in tag.kids:
        if kid.name in ("H1", "H2", "H3", "H4", "H5", "P"):
            yield Block(kid.name.lower(), kid.text)
        elif kid.name == "Table":
            yield Block("table", rows=tuple(tuple(map(_pdf_cell, row.all("TH", "TD"))) for row in kid.all("TR")))
        else:
            yield from _pdf_blocks(kid)


def _pdf_cell(cell: Tag) -> tuple[str, ...]:
    paragraphs = cell.all("P")
    inner = "".join(each.text for each in paragraphs)
    loose = cell.text.removesuffix(inner)
    return tuple(each for each in (loose, *(each.text for each in paragraphs)) if each)


# --- The same row of both ---


@dataclass(frozen=True, kw_only=True)
class Row:
    """A milestone as a table tells it, or an action that has none: texts as the papers write them, with one space
    between words. `told` stands before the note: “May 2011 – Achieved.”"""

    theme: str
    action: str
    outcome: str
    milestone: str = ""
    start: str = ""
    due: str = ""
    first_agreed: str = ""
    status: str = ""
    told: str = ""
    note: str = ""
    lead: str = ""
    role: str = ""
    supporting: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Printed:
    """The same as a document prints it. `dates` are by their labels, `status` and `lead` with all that stands below."""

    theme: str
    action: str
    outcome: str
    milestone: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    status: tuple[str, ...] = ()
    note: str = ""
    lead: str = ""
    supporting: str = ""


def row_of(row: dict, word_of: dict[str, str]) -> Row:
    """The row of a table; `word_of` are the words of its statuses, where it has their names."""
    action = Row(
        theme=words(row["theme"]),
        action=words(
            f"{row['action_ref'] and row['action_ref'] + '. '}{row['action']}{_cited(row['action_references'])}"
        ),
        # Before “; ” the papers leave out a full stop.
        outcome=re.sub(r"\.?\s*; ", "; ", words(row["outcome"])) or "None",
    )
    if not row["effective_status"]:
        return action
    month, declared = month_words(row["update_month"]), row["declared_status"]
    declared = word_of.get(declared, declared)
    told = f"{month or _long(row['note_as_at'])}{declared and ' – '}{declared}." if row["note_as_at"] else ""
    return replace(
        action,
        milestone=words(f"{row['milestone_ref']} {row['milestone']}{_cited(row['references'])}"),
        start=_long(row["start_date"]) or "None",
        due=_long(row["due_date"]) or words(row["due_words"]) or "None",
        first_agreed=_long(row["baseline_due_date"]),
        status=word_of.get(row["effective_status"], row["effective_status"]),
        told=told,
        note=(words(row["progress_note"]) or "No progress note.") if told else "None",
        lead=words(row["lead"]),
        role=words(row["lead_role"]),
        supporting=words(row["supporting_leads"]),
        flags=tuple(filter(None, row["flags"].split("; "))),
    )


def printed_rows(blocks: Iterable[Block]) -> list[Printed]:
    """The rows of a document in the accessible layout (domain.md 3.2)."""
    theme = action = outcome = ""
    rows: list[Printed] = []
    below: list[int] = []
    noted: int | None = None
    for block in blocks:
        text = words(block.text)
        if block.name == "h2":
            theme, action, noted = re.sub(r"^Theme:\s*", "", text) if text.startswith("Theme:") else "", "", None
        elif block.name == "h3" and theme:
            action, outcome, noted = text, "", None
        elif block.name == "h4" and theme:
            noted = below.pop(0)
        elif not action:
            continue
        elif block.name == "p" and noted is not None:
            if not _is_support(text):
                rows[noted] = replace(rows[noted], note=f"{rows[noted].note} {text}".strip())
        elif block.name == "p" and text.startswith("Outcome:"):
            outcome = text.removeprefix("Outcome:").strip()
        elif block.name == "p" and squeezed(text) == "Thisactionhasnomilestone.":
            rows.append(Printed(theme=theme, action=action, outcome=outcome))
        elif block.name == "table":
            assert [squeezed("".join(cell)) for cell in block.rows[0]] == [
                "Milestone", "Dates", "Status", "Progress", "Lead"
            ]  # fmt: skip
            assert not below
            for milestone, dates, status, note, lead in block.rows[1:]:
                paragraphs = [each for each in note if not _is_support(each)]
                is_below = squeezed(" ".join(note)).endswith("Thenoteisbelowthistable.")
                below += [len(rows)] if is_below else []
                rows.append(
                    Printed(
                        theme=theme,
                        action=action,
                        outcome=outcome,
                        milestone=" ".join(milestone),
                        dates=dict(re.fullmatch(r"([A-Z][a-z ]+):\s*(.+)", each).groups() for each in dates),
                        # In Word a sign stands before the word.
                        status=(re.sub(r"^[^\w]+", "", status[0]), *status[1:]),
                        note="" if is_below else " ".join(paragraphs),
                        lead=lead[0],
                        supporting=" ".join(lead[1:]),
                    )
                )
    assert not below
    return rows


def disagreements(printed: list[Printed], rows: list[Row], form: Callable[[str], str]) -> list[str]:
    """Where a document and a table do not tell the same, cell by cell. `form` is in which texts are compared."""
    found = [] if len(printed) == len(rows) else [f"{len(printed)} rows for {len(rows)}"]
    for one, other in zip(printed, rows, strict=False):
        first = next((words for label, words in one.dates.items() if squeezed(label) == "Firstagreed"), None)
        cells = {
            "theme": (one.theme, other.theme),
            "action": (one.action, other.action),
            "outcome": (one.outcome, other.outcome),
            "milestone": (one.milestone, other.milestone),
        }
        if other.milestone:
            cells |= {
                "start": (one.dates["Start"], other.start),
                "due": (one.dates["Due"], other.due),
                # Printed where it says more than the due date.
                "first agreed": (first.split(",")[0] if first else other.due, other.first_agreed or other.due),
                "status": (one.status[0], other.status),
                "note": (one.note, f"{other.told} {other.note}"),
            }
        found += [
            f"{other.milestone or other.action}: {name} {mine!r} for {theirs!r}"
            for name, (mine, theirs) in cells.items()
            if form(mine) != form(theirs)
        ]
        found += [f"{other.milestone}: {name}" for name in _untold(one, other, form)]
    return found


def _untold(one: Printed, other: Row, form: Callable[[str], str]) -> Iterator[str]:
    """What of a row’s people and flags a document does not print; it adds roles and organisations of its own."""
    if not other.milestone:
        return
    lead = form(one.lead)
    if not (lead == form(other.lead or other.role or "None") or lead.startswith(form(f"{other.lead} ("))):
        yield f"lead {one.lead!r} for {other.lead!r}"
    if form(other.role).casefold() not in lead.casefold():
        yield f"role {one.lead!r} for {other.role!r}"
    at = 0
    for name in filter(None, other.supporting.split("; ")):
        at = form(one.supporting).find(form(name), at)
        if at < 0:
            yield f"supporting {one.supporting!r} for {other.supporting!r}"
    if bool(one.supporting) != bool(other.supporting):
        yield f"supporting {one.supporting!r} for {other.supporting!r}"
    said = form(" ".join(one.status)).casefold()
    for flag in map(_flag, other.flags):
        if not flag.is_contradiction and form(flag.label).casefold() not in said:
            yield f"flag {flag.label!r}, only {one.status!r}"


def _flag(told: str) -> Flag:
    """By its name or its words."""
    return next(flag for flag in Flag if told in (flag.value, flag.label))


def missing_on_pages(html: bytes, pdf: bytes) -> tuple[list[str], int]:
    """What of the texts of a document the pages of its PDF do not hold in its place, and how many page ends lie within.

    The text of the pages is what pypdfium2 finds, squeezed, without heads of tables and without feet. Each heading,
    paragraph and row of a table stands behind the one before it. The cells of a row, and their paragraphs, follow each
    other with nothing between but the letter and the sign of a status. Where that is not so, for a page ends within,
    the words of each cell are there in their order before what comes next.
    """
    blocks, body = blocks_of_html(html), lxml_html.document_fromstring(html.decode("utf-8")).find("body")
    heads = {squeezed("".join(map("".join, block.rows[0]))) for block in blocks if block.rows}
    foot = squeezed(body.get("data-title") + body.get("data-as-at"))
    text = "".join(_pages(pdf, heads, foot))
    missing: list[str] = []
    broken, at = 0, 0
    waiting: list[str] = []
    for run in _runs(blocks):
        place = _follow(text, [squeezed(each) for each in run], at)
        if place is None:
            waiting += run
            broken += 1
            continue
        missing += [each for each in waiting if not _holds(text, each, at, place[0])]
        waiting, at = [], place[1]
    return missing + [each for each in waiting if not _holds(text, each, at, len(text))], broken


def _runs(blocks: list[Block]) -> Iterator[list[str]]:
    for block in blocks:
        for row in block.rows[1:] or ((words(block.text),),):
            run = [each for cell in row for each in ((cell,) if isinstance(cell, str) else cell)]
            if any(map(squeezed, run)):
                yield list(filter(squeezed, run))


def _pages(pdf: bytes, heads: set[str], foot: str) -> Iterator[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            found = page.get_textpage()
            # A hyphen at the end of a line is told as one that was put there.
            text = squeezed(found.get_text_range().replace("\ufffe", "-").replace("\x02", "-"))
            found.close()
            assert text.count(f"{foot}Page{number}of{len(document)}") == 1
            text = text.replace(f"{foot}Page{number}of{len(document)}", "")
            for head in heads:
                text = text.replace(head, "")
            yield text


def _follow(text: str, run: list[str], at: int) -> tuple[int, int] | None:
    """Where the cells begin and end that follow each other; None where they do not."""
    first = at = text.find(run[0], at)
    if first < 0:
        return None
    for each in run:
        found = text.find(each, at, at + len(each) + 2)
        if found < 0:
            return None
        at = found + len(each)
    return first, at


def _holds(text: str, told: str, at: int, end: int) -> bool:
    """Whether the words are there in their order, the letters of a long one in theirs."""
    for word in told.split():
        for part in [squeezed(word)] if len(word) < 12 else squeezed(word):
            at = text.find(part, at, end) + len(part)
            if at < len(part):
                return False
    return True


def words(text: str) -> str:
    return " ".join(text.split())


def month_words(month: str) -> str:
    """May 2011, of “2011-05”."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}" if month else ""


def squeezed(text: str) -> str:
    """The text as a PDF keeps it: without white space and without characters that have no look. Words that are read
    from the right are painted from the left, so their letters are put in the order of the alphabet."""
    text = "".join(each for each in text if not each.isspace() and unicodedata.category(each) != "Cf")
    runs = groupby(text, key=lambda each: unicodedata.bidirectional(each) in ("R", "AL"))
    return "".join("".join(sorted(run) if is_from_right else run) for is_from_right, run in runs)


def _is_support(text: str) -> bool:
    return squeezed(text).startswith("Supportrequired:")


def _cited(references: str) -> str:
    return f" ({references})" if references else ""


def _long(day: date | str) -> str:
    return f"{day.day} {day:%B} {day.year}" if isinstance(day, date) else day
