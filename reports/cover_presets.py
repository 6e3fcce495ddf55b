"""The forms of cover report that are offered to a council which has none of its own (domain.md 3.5).

Pure. Headings, their order, the numbering and the table at the head are those that committees know; what stands in a
section to begin with is ours. “# …” begins a sub-heading (cover_paper.py); “# [each theme]” and “# [each review]”
become one for each of the plan, “[contact officer]” whoever begins the report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

EACH_THEME, EACH_REVIEW, CONTACT = "# [each theme]", "# [each review]", "[contact officer]"


class Numbering(StrEnum):
    """The values of models.CoverTemplate.Numbering."""

    SECTIONS = "sections"
    PARAGRAPHS = "paragraphs"
    NONE = "none"


class Fill(StrEnum):
    """The values of models.CoverFill."""

    TEXT = "text"
    RESOLUTIONS = "resolutions"
    KEY_ISSUES = "key_issues"
    APPENDICES = "appendices"


class HeadFill(StrEnum):
    """What fills a row at the head of a cover report by itself, while nobody has written anything there."""

    MEETING = "meeting"
    MEETING_ON = "meeting_on"
    AGENDA_ITEM = "agenda_item"
    TITLE = "title"
    COUNCIL = "council"
    PLAN = "plan"
    POSITION = "position"

    @property
    def label(self) -> str:
        return HEAD_WORDS[self]


HEAD_WORDS: dict[HeadFill, str] = {
    HeadFill.MEETING: "The board that meets",
    HeadFill.MEETING_ON: "The day of the meeting",
    HeadFill.AGENDA_ITEM: "The agenda item of the meeting",
    HeadFill.TITLE: "The title of the report",
    HeadFill.COUNCIL: "The council",
    HeadFill.PLAN: "The plan",
    HeadFill.POSITION: "The day of the position",
}

#: What somebody writes into a row at the head; what they wrote last time is there to begin with.
WRITTEN_WORDS: dict[str, str] = {
    "": "What somebody writes",
    "report_of": "Whose report it is, as last time",
    "contact_officer": "The contact officer: whoever begins the report",
    "wards": "The wards: all of them",
    "key_decision": "Whether it is a key decision: it is not",
}
#: How such a row begins where there was no last time.
FIRST_VALUES: dict[str, str] = {"wards": "All", "key_decision": "Not a key decision"}


@dataclass(frozen=True)
class PresetRow:
    """A row of the table at the head."""

    label: str
    fill: str = ""


@dataclass(frozen=True)
class PresetSection:
    """A section, with what models.CoverTemplateSection has of one."""

    heading: str
    fill: Fill = Fill.TEXT
    standing: str = ""
    empty_words: str = "N/A"
    written_by: str = ""
    is_numbered: bool = True


@dataclass(frozen=True)
class Preset:
    """A whole form. `about` says who uses such a one."""

    name: str
    about: str
    numbering: Numbering
    header: tuple[PresetRow, ...]
    sections: tuple[PresetSection, ...]


_DUTY = (
    "In what it does the council has to have due regard to the need to end unlawful discrimination, to advance "
    "equality of opportunity, and to foster good relations between people who share a protected characteristic and "
    "people who do not (Equality Act 2010, section 149)."
)
_NO_BACKGROUND = "No document, apart from published works, was relied on in writing this report."
_NO_FINANCE = "There are no financial implications."
_NO_LEGAL = "There are no legal implications."
_NO_PROCUREMENT = "There are no procurement implications."
_NO_EQUALITIES = "There are no equalities implications."
_ASKED = "That the committee:\nnote the progress made since the last report, and what is being done where it is slow"

_NUMBERED_2010 = Preset(
    "Cover report, numbered sections (2010)",
    "Fifteen numbered sections with paragraphs 7.1, 7.2; comments of finance, legal, procurement and equalities.",
    Numbering.SECTIONS,
    (
        PresetRow("Agenda item", HeadFill.AGENDA_ITEM),
        PresetRow("Report to", HeadFill.MEETING),
        PresetRow("On", HeadFill.MEETING_ON),
        PresetRow("Report title", HeadFill.TITLE),
        PresetRow("Report of", "report_of"),
        PresetRow("Signed"),
        PresetRow("Contact officer", "contact_officer"),
        PresetRow("Ward(s) affected", "wards"),
        PresetRow("Report for", "key_decision"),
    ),
    (
        PresetSection(
            "Purpose of the report",
            standing="To tell members how far the plan has got, what has changed since the last report, and what "
            "stands in the way.",
        ),
        PresetSection("Introduction by Cabinet Member", written_by="Cabinet Member"),
        PresetSection("State link(s) with Council Plan Priorities and actions and/or other Strategies"),
        PresetSection("Recommendations", Fill.RESOLUTIONS, _ASKED),
        PresetSection("Reason for recommendation(s)"),
        PresetSection("Other options considered", empty_words="No other options were considered."),
        PresetSection("Summary", Fill.KEY_ISSUES),
        PresetSection(
            "Chief Financial Officer Comments", empty_words=_NO_FINANCE, written_by="Chief Financial Officer"
        ),
        PresetSection("Head of Legal Services Comments", empty_words=_NO_LEGAL, written_by="Head of Legal Services"),
        PresetSection("Head of Procurement Comments", empty_words=_NO_PROCUREMENT, written_by="Head of Procurement"),
        PresetSection(
            "Equalities & Community Cohesion Comments",
            standing=_DUTY,
            empty_words=_NO_EQUALITIES,
            written_by="Equalities",
        ),
        PresetSection("Consultation", empty_words="No consultation was needed for this report."),
        PresetSection("Service Financial Comments", empty_words=_NO_FINANCE, written_by="Service finance"),
        PresetSection("Use of appendices/Tables and photographs", Fill.APPENDICES, empty_words="There are none."),
        PresetSection("Local Government (Access to Information) Act 1985", empty_words=_NO_BACKGROUND),
    ),
)

_NUMBERED_2014 = Preset(
    "Cover report, numbered sections (2014)",
    "Thirteen numbered sections that begin with the issue under consideration; the background under sub-headings.",
    Numbering.SECTIONS,
    (
        PresetRow("Report for", HeadFill.MEETING),
        PresetRow("Item number", HeadFill.AGENDA_ITEM),
        PresetRow("Title", HeadFill.TITLE),
        PresetRow("Report authorised by", "report_of"),
        PresetRow("Lead officer", "contact_officer"),
        PresetRow("Ward(s) affected", "wards"),
        PresetRow("Report for key or non-key decision", "key_decision"),
    ),
    (
        PresetSection(
            "Describe the issue under consideration",
            standing="This report says how far the plan has got and what has changed since the last one.",
        ),
        PresetSection("Cabinet Member introduction", written_by="Cabinet Member"),
        PresetSection("Recommendations", Fill.RESOLUTIONS, _ASKED),
        PresetSection("Alternative options considered", empty_words="No alternative options were considered."),
        PresetSection(
            "Background information",
            Fill.KEY_ISSUES,
            "# Governance\n\n# Headline Improvements\n\n# Delivery Plans\n\n# Communications Strategy\n\n"
            "# Planned Evaluation work\n\n# Next Steps",
        ),
        PresetSection(
            "Comments of the Chief Finance Officer and financial implications",
            empty_words=_NO_FINANCE,
            written_by="Chief Finance Officer",
        ),
        PresetSection(
            "Comments of the Assistant Director of Corporate Governance and legal implications",
            empty_words=_NO_LEGAL,
            written_by="Assistant Director of Corporate Governance",
        ),
        PresetSection(
            "Equalities and Community Cohesion Comments",
            standing=_DUTY,
            empty_words=_NO_EQUALITIES,
            written_by="Equalities",
        ),
        PresetSection("Head of Procurement Comments", empty_words=_NO_PROCUREMENT, written_by="Head of Procurement"),
        PresetSection("Policy Implication", empty_words="There are no policy implications."),
        PresetSection("Reasons for Decision"),
        PresetSection("Use of Appendices", Fill.APPENDICES, empty_words="There are none."),
        PresetSection("Local Government (Access to Information) Act 1985", empty_words=_NO_BACKGROUND),
    ),
)

_CONTINUOUS = Preset(
    "Continuous paragraphs",
    "Headings without numbers; paragraphs numbered straight through from the alternative options on.",
    Numbering.PARAGRAPHS,
    (
        PresetRow("Meeting", HeadFill.MEETING),
        PresetRow("Meeting date", HeadFill.MEETING_ON),
        PresetRow("Title of report", HeadFill.TITLE),
        PresetRow("Report by", "report_of"),
    ),
    (
        PresetSection("Classification", standing="Open", is_numbered=False),
        PresetSection("Key Decision", standing="This is not a key decision.", is_numbered=False),
        PresetSection("Wards Affected", standing="All wards", is_numbered=False),
        PresetSection(
            "Purpose",
            standing="To report the progress of the plan since the last meeting and what still has to improve.",
            is_numbered=False,
        ),
        PresetSection(
            "Recommendation(s)",
            Fill.RESOLUTIONS,
            "THAT the following be noted:\nthe progress made since the last report\n"
            "what is being done where a milestone is late or an indicator is off its target",
            is_numbered=False,
        ),
        PresetSection("Alternative options", empty_words="There are no alternative options."),
        PresetSection("Reasons for recommendations"),
        PresetSection("Key considerations", standing=EACH_REVIEW),
        PresetSection("Progress since the reviews", Fill.KEY_ISSUES),
        PresetSection("Community impact", empty_words="There is no impact on the community."),
        PresetSection("Equality duty", standing=_DUTY, empty_words=_NO_EQUALITIES, written_by="Equalities"),
        PresetSection("Financial implications", empty_words=_NO_FINANCE, written_by="Finance"),
        PresetSection("Legal implications", empty_words=_NO_LEGAL, written_by="Legal"),
        PresetSection("Risk management", empty_words="There are no risks to report."),
        PresetSection("Consultees", empty_words="None"),
        PresetSection("Appendices", Fill.APPENDICES, empty_words="None"),
        PresetSection("Background papers", empty_words="None identified."),
    ),
)

_PARTNERSHIP = Preset(
    "Partnership paper",
    "A short paper without numbers for a partnership or a multi-agency board.",
    Numbering.NONE,
    (
        PresetRow("Meeting", HeadFill.MEETING),
        PresetRow("Date", HeadFill.MEETING_ON),
        PresetRow("Report title", HeadFill.TITLE),
        PresetRow("Report of", "report_of"),
    ),
    (
        PresetSection(
            "Purpose", standing="To tell the partnership how far the plan has got and what is asked of its members."
        ),
        PresetSection("Summary", Fill.KEY_ISSUES),
        PresetSection("Financial Implications", empty_words=_NO_FINANCE, written_by="Finance"),
        PresetSection(
            "Recommendations",
            Fill.RESOLUTIONS,
            "That the partnership:\nnote the progress made since the last report\nagree the immediate priorities",
        ),
        PresetSection("For more information contact", standing=CONTACT, empty_words="Not given"),
        PresetSection("Background"),
        PresetSection("Action Plan", standing=EACH_THEME),
        PresetSection("Immediate priorities"),
        PresetSection("Appendices", Fill.APPENDICES, empty_words="None"),
    ),
)

#: By their names in addresses, in the order in which they are offered.
PRESETS: dict[str, Preset] = {
    "numbered-2010": _NUMBERED_2010,
    "numbered-2014": _NUMBERED_2014,
    "continuous": _CONTINUOUS,
    "partnership": _PARTNERSHIP,
}


def begun(standing: str, *, themes: Iterable[str], reviews: Iterable[str], contact: Iterable[str]) -> str:
    """The text with which a section of a plan's cover begins: a sub-heading for each theme or review of the plan, and
    the contact officer, where the standing text says so."""
    put = {
        EACH_THEME: "\n\n".join(f"# {' '.join(name.split())}" for name in themes),
        EACH_REVIEW: "\n\n".join(f"# {' '.join(name.split())}" for name in reviews),
        CONTACT: "\n".join(contact),
    }
    return "\n".join(put.get(line.strip(), line) for line in standing.split("\n")).strip()
