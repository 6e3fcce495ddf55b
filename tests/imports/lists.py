"""A list of recommendations of an invented inspection, printed in the ways of real ones (oddities.md O18, O49-O53)."""

from __future__ import annotations

from datetime import date

from . import files
from .files import ACROSS

PUBLISHED = date(2011, 2, 25)
TITLE = "Appendix 1: Inspection of safeguarding services – areas for improvement, 25th February 2011"

NOTE = "(Not all case files have up-to-date chronologies – Ref 39 P. 39)"

#: Number, words, timescale: 14 areas, numbers in the text up to 8, in a cell of their own from 9 on.
AREAS = [
    ("1", "Answer every contact within a day of its arrival.", "Immediately"),
    ("2", "Tell the safeguarding board of every delay", "Immediately"),
    ("3", "Write down why each decision was taken.", "Within three months"),
    ("4", "Give every social worker supervision once a month", "Within three months"),
    ("5", "Hear the views of children before each conference.", "Within three months"),
    ("6", "Check a sample of contacts with partners", "Within three months"),
    ("7", "Agree who answers calls at night and at weekends.", "Within three months"),
    ("8", "Bring the chronologies of case files up to date", "Within three months"),
    ("9", "Give every child in care a health plan that is kept.", "Within six months"),
    ("10", "Share the health plans with carers", "Within three months"),
    ("11", "Hold a monthly meeting about children who are missing.", "Within three months"),
    ("12", "Offer every care leaver a home", "Within six months"),
    ("13", "Ask young people what they think of their plans.", "Within six months"),
    ("14", "Train every screening worker (and their managers)", "Within six months"),
]

#: Strict and month's-end dates by the words, counted from the day of publication (domain.md D1).
DATES = {
    "Immediately": (PUBLISHED, PUBLISHED),
    "Within three months": (date(2011, 5, 25), date(2011, 5, 31)),
    "Within six months": (date(2011, 8, 25), date(2011, 8, 31)),
}


def as_pasted() -> str:
    """The list as it stands on the clipboard: tabs, some numbers in the text, a note on a row of its own, the headings
    again after the page break, one timescale above the rows that it is for."""
    lines = [TITLE, "Safeguarding", "Areas for improvement\tTimescale"]
    lines += [f"{number}. {text}\t{when}" for number, text, when in AREAS[:2]]
    lines += ["Within three months"]
    lines += [f"{number}. {text}" for number, text, _ in AREAS[2:8]]
    lines += ["Areas for improvement\t\tTimescale", NOTE, "Children in care"]
    lines += [f"{number}{'.' if int(number) % 2 else ''}\t{text}\t{when}" for number, text, when in AREAS[8:]]
    return "\n".join(lines)


def blocks() -> list[object]:
    """The same as two tables of a document, the second with a column more."""
    first = [("Areas for improvement", "Timescale"), *((f"{n}. {text}", when) for n, text, when in AREAS[:8])]
    second = [("Areas for improvement", ACROSS, ""), (NOTE, ACROSS, ""), *((f"{n}.", t, w) for n, t, w in AREAS[8:])]
    return [f"# {TITLE}", first, second]


def rows() -> list[tuple[str, ...]]:
    """The same as a sheet or a CSV: number, text, timescale, and the note in a row of its own."""
    printed: list[tuple[str, ...]] = [(TITLE, "", ""), ("No.", "Area for improvement", "Timescale")]
    for number, text, when in AREAS:
        printed.append((number, text, when))
        if number == "8":
            printed.append(("", NOTE, ""))
    return printed


def as_file(kind: str) -> bytes:
    """The list as a file: docx, xlsx, csv, tsv."""
    if kind == "docx":
        return files.word(*blocks())
    if kind == "xlsx":
        return files.workbook(rows())
    return files.delimited(rows(), "\t" if kind == "tsv" else ",")
