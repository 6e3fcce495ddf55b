"""The closed list of what comparing a file with a plan may report, or a list with a review, beside what
its reader may (readers/findings.py).

docs/import-comparison-codes.md is written from it; a test keeps them alike.
"""

from .readers.findings import CODES as READER_CODES
from .readers.findings import DECISION, PROBLEM, WARNING
from .readers.table import Finding

DIFFERENCE = "difference"

_BY_KIND = {
    PROBLEM: {
        "control_characters": "A text holds characters that cannot be printed.",
        "number_repeated": "A list of recommendations has a number twice, as in two of its sections.",
        "number_taken": "The number given for a recommendation without one is another's in the review.",
        "other_review_only": "A list that names its reviews holds nothing of the review it is imported into.",
        "text_missing": "An action, a milestone or a recommendation has a number and no words.",
        "too_long": "A text is longer than its field.",
        "too_many": "A list has more than 300 recommendations.",
    },
    WARNING: {
        "action_archived": "The action is in the plan's archive; what is printed for it is left alone.",
        "action_under_other_theme": "The plan has the action under another theme, where it stays.",
        "baseline_kept": "The first agreed due date differs; the plan's stays.",
        "due_missing": "A milestone has neither a due date nor words for one.",
        "lead_missing": "A milestone has no lead.",
        "looks_like_a_child": "Words look as if they tell who a child is; the page asks before it applies them.",
        "milestone_archived": "The milestone is in the plan's archive and is left alone.",
        "milestone_is_withdrawn": "The file's status is Withdrawn; the milestone is withdrawn from the note's date on.",
        "milestone_under_other_action": "The plan has the milestone under another action, where it stays.",
        "milestone_withdrawn": "The milestone was withdrawn and is left alone.",
        "note_after_as_at": "A note's month is after the file's as-at date; the note is dated by the file.",
        "number_guessed": "A recommendation is printed without a number and gets the next that is free.",
        "other_review": "A list names its reviews; what it holds of others is left out.",
        "person_added": "A lead is not known yet and is added to the council's people.",
        "person_ambiguous": "Several people have the lead's name; the first of them is taken.",
        "published_added": "The review had no day of publication; it gets the one of the list's heading or option.",
        "published_differs": "The list's heading or the option names another day of publication; the review's counts.",
        "published_missing": "No day is known from which timescales count; they have no dates yet.",
        "recommendation_archived": "The recommendation is in the archive and is left alone.",
        "recommendation_placeholder": "A recommendation is cited whose text is not there; a placeholder is made.",
        "reference_to_be_matched": "A reference names a review without a number; somebody has to match it.",
        "reference_unresolved": "A reference names no review, or none that is known.",
        "review_added": "A review is named that is not known yet; it is made from its references, without a date.",
        "start_after_due": "A start date is after the due date; the due date counts, the start is left out or alone.",
        "status_kept": "A note has no status that the plan's key knows; it is kept under the status there was.",
        "status_unknown": "The plan's key has no such status and there is no note; no update is recorded.",
        "support_not_said": "The status says that support is required; the file does not say which.",
        "supporting_role_not_kept": "The role of a supporting lead is printed; only the lead's own role is kept.",
        "timescale_unknown": "A timescale's words give no date; they are kept and somebody has to give the date.",
        "words_differ_in_most": "Most milestones, five at least, have other words than the plan's of the same number.",
    },
    DECISION: {
        "not_in_list": "Recommendations of the review are not in the list and are left alone.",
        "not_in_file": "Milestones of the plan are not in the file and are left alone.",
        "theme_named_after_plan": "No theme is named; what is new goes under a theme called like the plan.",
        "theme_of_plan": "No theme is named; what is new goes under the plan's only theme, or the one called like it.",
    },
    DIFFERENCE: {
        "date_differs": "The start date, the due date or its words. A due date that is taken becomes a date change.",
        "details_differ": "The section, the timescale or the note of a recommendation.",
        "lead_differs": "The lead, with the role.",
        "lead_role_differs": "The lead's role for the milestone.",
        "outcomes_differs": "The file has an outcome that the plan lacks.",
        "ref_differs": "The file has a number where the plan has none.",
        "supporting_differs": "The file names supporting leads that the plan lacks.",
        "text_differs": "The words of an action, a milestone or a recommendation.",
    },
}

_KINDS = {
    PROBLEM: "Nothing of the file is written until it is put right. In `problems`.",
    WARNING: "Applied, and somebody should look. In `warnings`.",
    DECISION: "Said for information. In `decisions`.",
    DIFFERENCE: "The file says otherwise than the plan, which stays unless the file is accepted. In `differs`.",
}

CODES = READER_CODES | {code: (kind, meaning) for kind, codes in _BY_KIND.items() for code, meaning in codes.items()}


def finding(code: str, where: str, message: str) -> Finding:
    """A finding whose code is in the list; KeyError when it is not."""
    CODES[code]
    return Finding(code, where, message)


def as_markdown() -> str:
    """The text of docs/import-comparison-codes.md."""
    lines = [
        "# What comparing a file with a plan may report",
        "",
        "Beside these an import passes on what [reading the file](import-codes.md) reports. The codes are stable; the",
        "sentences may be reworded. This page is written from `imports/codes.py`.",
    ]
    for kind, codes in _BY_KIND.items():
        lines += ["", f"## {kind.capitalize()}", "", _KINDS[kind], "", "| code | meaning |", "| --- | --- |"]
        lines += [f"| `{code}` | {meaning} |" for code, meaning in codes.items()]
    return "\n".join(lines) + "\n"
