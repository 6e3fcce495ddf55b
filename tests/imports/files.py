"""Files of an invented council, built in code so that every oddity in them can be read.

The words are ours, the oddities are those of real milestone tables: O01 to O54 name them where they stand.
"""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

HEADINGS = ("Action", "Milestone", "Start Date", "Due Date", "Status", "Progress Note", "Milestone Lead", "Outcome")
TITLE = "Eastmere Safeguarding Plan Milestone Report May 2011 – Actions from the inspection of February 2011"

DOWN = object()
"""The cell above reaches down into this place."""
ACROSS = object()
"""The cell on the left reaches into this place."""

KEY = [
    ("Action Status", ACROSS),
    ("", "Not achieved / not on track, help needed"),
    ("", "Not on track, no help needed"),
    ("", "On track"),
    ("", "Achieved"),
]

FRONT_DOOR = [
    ("Theme: Front door", *[ACROSS] * 7),  # O11
    HEADINGS,
    (
        "1. Record and answer every contact in line with agreed",  # O02, goes on in the row of 1.2
        "1.1 Write a guide to thresholds (in line with partners' own guidance) (Ofsted Feb 2011 - Rec 1)",  # O24
        "01-Mar-2011",
        "31-May-2011",
        "",  # O01
        "May 2011 - Achieved. The guide is printed and costs £2 a copy.",  # O41
        "J. Moss (Chair Practice Group)",  # O43
        "Decisions of a high quality are",  # O03
    ),
    (
        "practice (Ofsted Feb 2011 – Rec 8)",
        "1.2 Train the screening staff [and their managers] (Ofsted Feb 2011 – Rec13)",  # O19
        "31-Mar-2011",
        "01-May - 2011",  # O25
        "",
        "May 2011 -Achieved. Training was held in March and again in April.",  # O33
        "P. van Hale",  # O44
        "being taken for every child",
    ),
    (
        "",  # O04
        "1.3 Agree who answers at night (Ofsted Feb 2011).",  # O19, O20
        "01-Mar-2011",
        "31- July- 2011",  # O25
        "",
        "May 2011 – On track.",  # O34
        "J. Moss",
        "",
    ),
    (
        "",
        "1.5 Check a sample of contacts with",  # O05, O14
        "01-Mar-2011",
        "31-Aug-2011",
        "",
        "April 2011 - Achieved. Sixty contacts were",  # O31
        "R. Okafor",
        "",
    ),
    (
        "",
        "partners (Ofsted Feb 2011 Rec - 4)",
        "",
        "",
        "",
        "checked.\nUpdate – from Autumn 2011 every month. - QS",
        "",
        "",
    ),  # O35, O36
]

HEALTH = [
    HEADINGS,
    (
        "5. Give every child in care a health",
        "5.1 Offer an assessment within twenty days of a child coming into",
        "01-Mar-2011",
        "31-May-2011",
        "",
        "May 2011 - Not achieved. Nurses gave the",  # kept as printed
        "D. Ash",
        "Health of children in care improved",
    ),
    (
        "plan that is kept",
        "care (CQC Rec 4)",
        "",
        "",
        "",
        "skills .",
        "",
        "Health of children in care improved",
    ),  # O06, O46
    (
        "",
        "5.2 Share the plans with carers (Ofsted Feb",
        "01-Mar-2011",
        "01-Aug-2011",  # O26
        "",
        "May 2011 - On track. From 01.06.11 by post.",  # O28
        "D. Ash",
        "",
    ),
    ("", "2011)", "", "", "", "", "", ""),  # O07
]

PARTNERSHIP = [
    HEADINGS,
    (
        "16. Hear what young people say",  # O13
        "Publish a yearly account of what was said (Ofsted Feb 2011)",  # O15
        "01-Mar-2011",
        "31-Aug-2011",
        "",
        "May 2011 - On track. A draft is written.",
        "L. O’Dell",
        "Young people are heard; Young people see change",  # O45
    ),
    (
        "20. Bring partners to one table",
        "20.1 Hold a monthly meeting about children who are missing (Ofsted Feb 2011)",
        "01-Mar-2011",
        "31-May-2011",
        "",
        "May 2011 - Achieved. The first meeting was in April and the second in May.",
        "M. Reyes",
        "",  # O47
    ),
    (
        "",
        "20.1 Hold a monthly meeting about",  # O08
        "01-Mar-2011",
        "31-May-2011",
        "",
        "May 2011 - Achieved. The first meeting",
        "M. Reyes",
        "",
    ),
    HEADINGS,  # O10
    ("", "children who are missing (Ofsted Feb 2011)", "", "", "", "was in April and the second in May.", "", ""),
    (
        "21. Agree one pathway",
        "20.2 Write the pathway down (Ofsted Feb 2011 – Rec 8; CQC Rec 3)",  # O16
        "01-Mar-2011",
        "31-Aug-2011",
        "",
        "May 2011 – On track. The pathway’s draft",
        "M. Reyes",
        "",
    ),
    HEADINGS,
    ("", "", "", "", "", "is with the board.", "", ""),  # O09
    (
        "23 Ensure that Supervision is recorded (Ofsted Feb 2011 – Rec 8)",  # O17, O21
        "23.1 Check <b>every</b> team (Ofsted Feb 2011 – Rec 4)",  # O42
        "01-Mar-2011",
        "31-May-2011",
        "",
        "May 2011–Not achieved. Two teams were not seen.",
        "R. Okafor",
        "Supervision is regular",
    ),
]


def merged(rows):
    """The rows as Word keeps them: empty Action and Outcome cells under a filled one are one merged cell."""
    result = []
    for row in rows:
        row = list(row)
        is_next = len(row) == 8 and row[0] == "" and str(row[1])[:1].isdigit()
        for index in (0, 7):
            if is_next and row[index] == "" and result and result[-1] != HEADINGS:
                row[index] = DOWN
        result.append(tuple(row))
    return result


def word(*blocks) -> bytes:
    """A document: text is a heading ("# "), a bold ("* ") or a plain paragraph, a list of rows is a table."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            _add_paragraph(document, block)
        else:
            _add_table(document, block)
    return saved(document)


def saved(document) -> bytes:
    """A document or workbook as bytes."""
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add_paragraph(document, text):
    if text.startswith("# "):
        document.add_heading(text[2:], level=1)
    elif text.startswith("* "):
        document.add_paragraph().add_run(text[2:]).bold = True
    else:
        document.add_paragraph(text)


def _add_table(document, rows):
    table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
    grid = [list(row.cells) for row in table.rows]
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            if value is ACROSS:
                grid[number][index] = grid[number][index - 1].merge(grid[number][index])
            elif value is DOWN:
                grid[number][index] = grid[number - 1][index].merge(grid[number][index])
            elif value:
                grid[number][index].text = str(value)
    return table


def shade(cell, fill):
    """Gives a Word cell a background."""
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), fill)
    cell._tc.get_or_add_tcPr().append(shading)


def plan_docx() -> bytes:
    """The whole plan with all its oddities, its action and outcome cells merged down."""
    return word(
        f"# {TITLE}",
        "* Key",
        KEY,
        merged(FRONT_DOOR),
        "* Theme: Health",
        merged(HEALTH[:4]),
        " ",  # O12
        merged(HEALTH[4:]),
        "* Theme: Partnership",
        merged(PARTNERSHIP),
    )


def sheet_rows():
    """The plan as one list of rows, its themes between them."""
    return [
        (TITLE,),
        (),
        *FRONT_DOOR,
        ("Theme: Health", *[ACROSS] * 7),
        *HEALTH,
        (),
        ("Theme: Partnership", *[ACROSS] * 7),
        *PARTNERSHIP,
    ]


def workbook(rows, *, title="Plan", dates=(2, 3)) -> bytes:
    """A workbook of one sheet; texts such as 31-May-2011 in the date columns become date cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if value is ACROSS or value is DOWN:
                continue
            cell = sheet.cell(number, index + 1, _as_date(value) if index in dates else value or None)
            if cell.is_date:
                cell.number_format = "DD-MMM-YYYY"
    for number, row in enumerate(rows, start=1):
        across = sum(value is ACROSS for value in row)
        if across:
            first = next(index for index, value in enumerate(row) if value is ACROSS)
            sheet.merge_cells(start_row=number, end_row=number, start_column=first, end_column=first + across)
        for index, value in enumerate(row):
            is_first = (
                value is not DOWN and number < len(rows) and len(rows[number]) > index and rows[number][index] is DOWN
            )
            if is_first:
                last = number
                while last < len(rows) and len(rows[last]) > index and rows[last][index] is DOWN:
                    last += 1
                sheet.merge_cells(f"{get_column_letter(index + 1)}{number}:{get_column_letter(index + 1)}{last}")
    return saved(book)


def _as_date(value):
    """Only dates as a sheet would know them; O25's stay text."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    parts = str(value).split("-")
    if len(parts) == 3 and parts[1] in months and all(part.isdigit() for part in (parts[0], parts[2])):
        return date(int(parts[2]), months.index(parts[1]) + 1, int(parts[0]))
    return value or None


def plan_xlsx() -> bytes:
    """The whole plan as a sheet with merged cells and real dates."""
    return workbook(merged(sheet_rows()))


def colour(cell, fill):
    """Gives an Excel cell a background."""
    cell.fill = PatternFill("solid", fgColor=fill)


def bold(cell):
    cell.font = Font(bold=True)


def plain(rows):
    """Rows without merges: what is reached into is empty."""
    return [["" if value in (ACROSS, DOWN) else value for value in row] for row in rows]


def delimited(rows, delimiter=",", encoding="utf-8") -> bytes:
    """A CSV or TSV file."""
    stream = StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(plain(rows))
    return stream.getvalue().encode(encoding)


def plan_csv(encoding="utf-8", delimiter=",") -> bytes:
    return delimited(sheet_rows(), delimiter, encoding)


def excel_clipboard(rows) -> str:
    """What Excel puts on the clipboard: tabs, and quotation marks round cells of several lines."""

    def field(text):
        return '"' + text.replace('"', '""') + '"' if "\n" in text or "\t" in text else text

    return "\r\n".join("\t".join(field(str(value)) for value in row) for row in plain(rows)) + "\r\n"


def word_clipboard(rows) -> str:
    """What Word puts on the clipboard: tabs, paragraphs of a cell as bare lines, a merged row as one cell."""
    lines = []
    for row in rows:
        lines.append("\t".join(str(value) for value in row if value is not ACROSS).replace("\n", "\r\n"))
    return "\r\n".join(lines) + "\r\n"


def piped(rows) -> str:
    """What a page made from a paper looks like as text."""
    lines = []
    for row in plain(rows):
        line = (
            "| " + " | ".join(str(value).replace("\n", "<br>") for value in row) + " |"
            if len(row) > 1
            else "".join(row)
        )
        lines.append(line)
    return "\n".join(lines)


OWN_HEADER = (
    "theme,action_ref,action,action_references,milestone_ref,milestone,references,start_date,due_date,due_words,"
    "baseline_due_date,declared_status,effective_status,flags,update_month,note_as_at,progress_note,lead,lead_role,"
    "supporting_leads,outcome"
).split(",")


def own_export(rows) -> bytes:
    """Waymark's own CSV from dictionaries of columns, with mark, CRLF and formula guard."""
    from milestones.own_table import guard

    stream = StringIO(newline="")
    writer = csv.DictWriter(stream, OWN_HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: guard(value) for name, value in row.items()} for row in rows)
    return stream.getvalue().encode("utf-8-sig")
