"""The closed list of what a reader may report. docs/import-codes.md is written from it; a test keeps them alike."""

from __future__ import annotations

from .table import Finding

DECISION, GUESS, WARNING, PROBLEM, REFUSED = "decision", "guess", "warning", "problem", "refused"

KINDS = {
    DECISION: "Read without doubt; the preview says what was decided. In `decisions`.",
    GUESS: "Read from somewhere else than its own column. In the milestone's `guesses`.",
    WARNING: "Applied, and somebody should look. In `warnings`.",
    PROBLEM: "Nothing of the file is written until it is put right. In `problems`.",
    REFUSED: "The file was not read at all. The code of a `FileRefused`.",
}

_BY_KIND = {
    DECISION: {
        "action_is_milestone": "An action has no milestone of its own: its words and dates are read as one.",
        "columns_carried": "A table without headings has the shape of the one before and is read with its headings.",
        "filled_down": "Empty or merged Action and Outcome cells take the text of the action above.",
        "header_repeated": "A row repeats the headings, as after a page break, and is passed over.",
        "headings_read": "A row of a list of recommendations is read as its headings.",
        "hidden_rows_read": "Rows or columns hidden in the spreadsheet are read like the others.",
        "markup_removed": "Markup such as <b> or <p> was left in the text and is taken out; its words are kept.",
        "milestone_without_number": "A milestone is printed without a number and is kept without one.",
        "no_status_printed": "A table has neither a status column nor notes that begin with a status.",
        "note_attached": "A row in brackets below a recommendation is kept as its note.",
        "note_month_from_heading": "The month of the notes is taken from the heading of their column.",
        "number_from_list": "A number comes from Word's automatic numbering.",
        "outcome_repeated": "The same outcome is printed twice in one cell and is kept once.",
        "outcomes_split": "One cell holds several outcomes; each is read as an outcome of its own.",
        "own_export": "The file is Waymark's own export and is read word for word.",
        "rows_joined": "A row without number and dates is the rest of the row above and is joined to it.",
        "section_read": "A line of a list of recommendations is read as the heading of a section.",
        "sheet_skipped": "A sheet holds nothing, or is hidden, and is passed over.",
        "table_skipped": "A table without a milestone or action heading, such as a key, is passed over.",
        "text_skipped": "Words outside the tables are no title and no theme and are passed over.",
        "theme_from_row": "The name of a theme is taken from a row inside the table or of the sheet.",
        "timescale_for_group": "A timescale on a line of its own counts for the recommendations under it.",
        "timescale_in_text": "A timescale printed at the end of a recommendation's text is taken out as its timescale.",
        "tracked_changes": "The document holds tracked changes; it is read as if they were accepted.",
    },
    GUESS: {
        "bracket_not_closed": "A reference's bracket is never closed; it is read to the end of the text.",
        "lead_is_a_role": "The lead is printed as a role or team without a person's name and is kept as printed.",
        "lead_role_from_comma": "The words after the comma or line break are read as the lead's role.",
        "merged_cell_shared": "One merged cell stands for several milestones; each takes its value.",
        "reference_guessed": "A bracket begins with a known source and goes on unusually; it is read as a reference.",
        "status_from_colour": "The Status cell holds no word; the status is read from its colour.",
        "status_from_note": "The Status cell is empty; the status is read from the first words of the progress note.",
    },
    WARNING: {
        "characters_removed": "Invisible control or text-direction characters were removed from a text.",
        "column_not_read": "A column's heading is not known, or is the second of its kind; the column is not read.",
        "date_impossible": "A date that does not exist is kept as words.",
        "due_before_start": "The due date is earlier than the start date; both are kept as printed.",
        "due_in_words": "The due date is words that are not understood as a date; they are kept as words.",
        "duplicate_kept_once": "The same milestone or action is printed twice with the same words; it is kept once.",
        "formula_without_value": "A cell holds a formula without a stored result and is read as empty.",
        "headings_incomplete": "A table's headings lack something most plans have.",
        "lead_not_named": "The lead cell says that nobody is named yet; the milestone has no lead.",
        "nested_table": "A cell holds a table of its own; its words are read as one text.",
        "no_narrative": "A progress note is only month and status, without words.",
        "number_repeated_in_action": "An action is printed twice, once only the beginning of its words.",
        "number_under_other_action": "A milestone's number begins with another action's; it is filed where printed.",
        "quotes_unbalanced": "A quotation mark of a CSV is opened and never closed.",
        "reference_guessed_in_action": "An action's last bracket is unusual or not closed; it is read as a reference.",
        "reference_inside_text": "A bracket that looks like a reference stands inside the text and is left there.",
        "reference_without_source": "A reference names a number but no review.",
        "row_not_placed": "A row's words could not be given to a milestone; the message quotes them.",
        "start_in_words": "The start cell holds no date; its words are quoted in the message and not kept.",
        "status_differs": "The Status cell and the note's first words say different things; the Status cell counts.",
        "status_missing": "Neither the Status cell nor the note says a status.",
        "text_after_theme": "An action without number follows a new theme and is read as an action.",
        "theme_missing": "No theme is named before the table.",
        "timescale_ended": "A new heading ends the timescale above it; those under the heading have none of their own.",
    },
    PROBLEM: {
        "duplicates_differ": "The same number is printed twice with different words; somebody has to say which counts.",
        "header_missing": "Waymark's own export has lost a column that it needs.",
        "milestone_without_action": "A milestone is printed before any action.",
        "no_milestones": "The table was found, but not one action or milestone in it.",
        "no_table": "No table with headings such as Action, Milestone and Due Date was found.",
        "own_value_invalid": "A value in Waymark's own export is no longer one that it writes.",
    },
    REFUSED: {
        "file_damaged": "The file is cut short or damaged.",
        "file_empty": "The file is empty.",
        "file_encrypted": "The file is protected by a password.",
        "file_has_entities": "The file declares a document type or entities, which no plan needs.",
        "file_has_macros": "The file holds macros.",
        "file_holds_files": "The file has another file embedded in it.",
        "file_old_format": "The file is of the old .doc or .xls kind.",
        "file_too_big": "The file is larger than 25 MB, or unpacks to more than 100 MB.",
        "file_type": "The file is not a Word document, Excel workbook, CSV or TSV.",
        "reader_busy": "Other files are being read and no turn came within 20 seconds.",
        "reader_failed": "The file could not be read, for a reason nobody foresaw.",
        "reader_memory": "Reading the file needs more memory than is allowed.",
        "reader_time": "Reading the file takes longer than is allowed.",
        "text_encoding": "The text is in no encoding that can be read.",
        "too_many_columns": "A table has more than 200 columns.",
        "too_many_merges": "The merged cells of a sheet reach beyond its limits.",
        "too_many_parts": "The file consists of more than 2,000 parts.",
        "too_many_rows": "The tables have more than 5,000 rows.",
        "too_many_sheets": "The workbook has more than 20 sheets.",
    },
}

CODES: dict[str, tuple[str, str]] = {
    code: (kind, sentence) for kind, codes in _BY_KIND.items() for code, sentence in codes.items()
}
"""Code to its kind and its one sentence."""


def finding(code: str, where: str, message: str) -> Finding:
    """A finding whose code is in the list; KeyError when it is not."""
    CODES[code]
    return Finding(code, where, message)


def as_markdown() -> str:
    """The text of docs/import-codes.md."""
    lines = [
        "# What an import may report",
        "",
        "Every finding has a `code`, a place in the file (`where`) and one sentence (`message`). The codes are stable;",
        "the sentences may be reworded. This page is written from `imports/readers/findings.py`.",
    ]
    for kind, codes in _BY_KIND.items():
        lines += ["", f"## {kind.capitalize()}", "", KINDS[kind], "", "| code | meaning |", "| --- | --- |"]
        lines += [f"| `{code}` | {sentence} |" for code, sentence in sorted(codes.items())]
    return "\n".join(lines) + "\n"
