"""A council's file or pasted table to rows of a plan, every decision listed. No database, no Django, no clock."""

from __future__ import annotations

from imports.limits import FileRefused, Kind, check_file, check_paper, check_text

from .findings import CODES
from .grid import Paper
from .list_text import read_list_file, read_pasted_list
from .own import find_own_table, read_own_export
from .recommendations import read_recommendation_list
from .references import Sources
from .rows import read_plan
from .table import (
    Finding,
    PlanTable,
    ReadAction,
    ReadMilestone,
    ReadPerson,
    ReadRecommendation,
    ReadReference,
    ReadTheme,
    RecommendationTable,
)
from .text import decode, read_delimited, read_pasted

__all__ = [
    "CODES",
    "FileRefused",
    "Finding",
    "PlanTable",
    "ReadAction",
    "ReadMilestone",
    "ReadPerson",
    "ReadRecommendation",
    "ReadReference",
    "ReadTheme",
    "RecommendationTable",
    "parse",
    "read_plan_file",
    "read_plan_text",
    "read_recommendations_file",
    "read_recommendations_text",
]


def read_plan_file(data: bytes, filename: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in a .docx, .xlsx, .csv or .tsv file; its kind is told by its content, not by its name.

    `known_sources` are short names of reviews that begin a reference besides the usual inspectorates. Raises
    FileRefused. Call it in the limited child (imports/sandbox.py) for files of strangers.
    """
    paper = parse(data, check_file(data, filename))
    check_paper(paper)
    return _read(paper, known_sources)


def read_recommendations_file(data: bytes, filename: str) -> RecommendationTable:
    """The recommendations in a .docx, .xlsx, .csv or .tsv file. Raises FileRefused."""
    kind = check_file(data, filename)
    paper = read_list_file(decode(data)) if kind == "text" else parse(data, kind)
    check_paper(paper)
    return read_recommendation_list(paper)


def read_recommendations_text(text: str) -> RecommendationTable:
    """The recommendations in a list pasted from Word, Excel, a PDF or a page of text. Raises FileRefused."""
    check_text(text)
    paper = read_pasted_list(text)
    check_paper(paper)
    return read_recommendation_list(paper)


def read_plan_text(text: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in a table pasted from Word, Excel or a page of text. Raises FileRefused."""
    check_text(text)
    paper = read_pasted(text)
    check_paper(paper)
    return _read(paper, known_sources)


def parse(data: bytes, kind: Kind) -> Paper:
    """The cells of a file whose kind is known. Raises FileRefused."""
    # Word's and Excel's libraries are loaded only for their own files: the child starts in a tenth of a second.
    try:
        if kind == "docx":
            from .docx import read_docx

            return read_docx(data)
        if kind == "xlsx":
            from .xlsx import read_xlsx

            return read_xlsx(data)
        return read_delimited(decode(data))
    except FileRefused:
        raise
    except (MemoryError, RecursionError):
        raise FileRefused("The file needs more memory than is allowed; split it in two.", "reader_memory") from None
    except Exception as error:
        # python-docx, openpyxl and lxml raise a great many things over a file that is not what it says.
        raise FileRefused("The file is damaged; open it, save it again and try once more.", "file_damaged") from error


def _read(paper: Paper, known_sources: tuple[str, ...]) -> PlanTable:
    if own := find_own_table(paper):
        return read_own_export(*own, Sources.known(known_sources))
    return read_plan(paper, known_sources)
