"""The table that leaves the house as CSV and may come back: its columns, and what keeps it text in a spreadsheet.

Pure: reports write it, and the readers of imports, which run without Django, read it.
"""

import re

#: The header, a contract (design.md 5).
COLUMNS = (
    "theme",
    "action_ref",
    "action",
    "action_references",
    "milestone_ref",
    "milestone",
    "references",
    "start_date",
    "due_date",
    "due_words",
    "baseline_due_date",
    "declared_status",
    "effective_status",
    "flags",
    "update_month",
    "note_as_at",
    "progress_note",
    "lead",
    "lead_role",
    "supporting_leads",
    "outcome",
)

# Apostrophes and spaces in front of the character do not count: a text that begins with '= gets another apostrophe,
# and taking one off gives back what was there.
_TO_GUARD = re.compile(r"'* *[=+\-@\t\r\0]")
_GUARDED = re.compile(r"'+ *[=+\-@\t\r\0]")


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (reliability.md T-03)."""
    return f"'{text}" if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if _GUARDED.match(text) else text
