"""A milestone appendix of any size in invented words, as the paper's template writes it, in both layouts.

The words come from a seeded generator, so the same arguments give the same HTML.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from reports.pdf import font_face_css, paper_css

# As in English prose, every other word is a short one: the length of words decides how many lines a note takes.
_WORDS = (
    "practice supervision audit referral family school nurse worker threshold strategy meeting visit plan review "
    "record quality manager training evidence sample panel partner agency police health housing voice feedback team "
    "carer pathway caseload recruit agree draft launch embed measure confirm weekly monthly completed expected delayed "
    "remains improving three localities service joint clear early written last month all now new first two more still "
    "the of to and in a is for was with on be by at from has are will each not this it an as we they been who have "
    "the of to and in a is for was with on be by at from has are will each not this it an as we they been who have "
)
WORDS = _WORDS.split()
STATUSES = (
    ("red", "N", "Not achieved – overdue"),
    ("amber", "O", "Off track"),
    ("green", "T", "On track"),
    ("blue", "A", "Achieved"),
    ("grey", "S", "Not started"),
)
PEOPLE = ("Asha Penhallow", "Bryn Oakes", "Carol Ferriby", "Dele Marsh", "Edith Quill", "Farid Lowe")
ROLES = ("Head of Practice", "Service Manager", "Designated Nurse", "Principal Social Worker")


@dataclass(frozen=True)
class SampleMilestone:
    ref: str
    text: str
    reference: str
    start_on: date
    due_on: date
    status: tuple[str, str, str]
    note: str
    lead: str


@dataclass(frozen=True)
class SampleAction:
    ref: str
    text: str
    outcome: str
    milestones: tuple[SampleMilestone, ...]


@dataclass(frozen=True)
class SampleTheme:
    name: str
    actions: tuple[SampleAction, ...]


def sample_themes(count: int, *, seed: int = 7, note_words: tuple[int, int] = (30, 150)) -> tuple[SampleTheme, ...]:
    """`count` milestones in themes of about forty, actions of one to six, notes of `note_words` words."""
    dice = random.Random(seed)

    def sentence(least: int, most: int) -> str:
        words = [dice.choice(WORDS) for _ in range(dice.randint(least, most))]
        return " ".join(words).capitalize() + "."

    def milestone(ref: str) -> SampleMilestone:
        start = date(2024, 1, 8) + timedelta(days=dice.randint(0, 400))
        return SampleMilestone(
            ref=ref,
            text=sentence(8, 26),
            reference=f"Review March 2024 – Rec {dice.randint(1, 18)}",
            start_on=start,
            due_on=start + timedelta(days=dice.randint(60, 300)),
            status=dice.choice(STATUSES),
            note="\n\n".join(sentence(*(n // 2 for n in note_words)) for _ in range(2)),
            lead=f"{dice.choice(PEOPLE)} ({dice.choice(ROLES)})",
        )

    themes, left = [], count
    while left:
        in_theme, actions = min(left, 40), []
        left -= in_theme
        number = len(themes) + 1
        while in_theme:
            here = min(in_theme, dice.randint(1, 6))
            in_theme -= here
            ref = f"{number}.{len(actions) + 1}"
            actions.append(
                SampleAction(
                    ref=ref,
                    text=sentence(10, 30),
                    outcome=sentence(10, 24),
                    milestones=tuple(milestone(f"{ref}.{m + 1}") for m in range(here)),
                )
            )
        themes.append(SampleTheme(name=f"{sentence(3, 5)[:-1]} {number}", actions=tuple(actions)))
    return tuple(themes)


def sample_paper(count: int, *, layout: str = "classic", **options) -> str:
    """The whole HTML of a paper of `count` milestones; `layout` is classic or accessible."""
    return paper(sample_themes(count, **options), layout=layout)


def paper(themes: tuple[SampleTheme, ...], *, layout: str = "classic", extra_css: str = "") -> str:
    draw = {"classic": _classic_theme, "accessible": _accessible_theme}[layout]
    key = "".join(
        f'<tr><th scope="row">{_status(status)}</th>'
        f"<td>{escape(status[2])} by the date agreed with the board.</td></tr>"
        for status in STATUSES
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        "<title>Larchester Improvement Plan: Milestone Report May 2025</title>"
        '<meta name="author" content="Larchester Council">'
        '<meta name="dcterms.created" content="2025-06-02T09:00:00Z">'
        '<meta name="dcterms.modified" content="2025-06-02T09:00:00Z">'
        f"<style>{font_face_css()}{paper_css()}{extra_css}</style></head>"
        f'<body class="paper paper--{layout}" data-title="Larchester Improvement Plan, version 3"'
        ' data-as-at="As at 31 May 2025"><main>'
        '<header class="paper__head"><p class="paper__council">Larchester Council</p>'
        "<h1>Larchester Improvement Plan Milestone Report May 2025 – all actions</h1>"
        '<p class="paper__facts">The position at 31 May 2025, as recorded on 2 June 2025.</p></header>'
        '<table class="key"><caption>Key</caption><colgroup><col class="col-status"><col></colgroup>'
        '<thead><tr><th scope="col">Action Status</th><th scope="col">Meaning</th></tr></thead>'
        f"<tbody>{key}</tbody></table>"
        f"{''.join(map(draw, themes))}</main></body></html>"
    )


def _classic_theme(theme: SampleTheme) -> str:
    heads = ("Action", "Milestone", "Start Date", "Due Date", "Status", "Progress Note", "Milestone Lead", "Outcome")
    columns = ("action", "milestone", "start", "due", "status", "note", "lead", "outcome")
    return (
        f'<section class="theme"><h2>Theme: {escape(theme.name)}</h2>'
        '<table class="milestones milestones--classic"><colgroup>'
        + "".join(f'<col class="col-{name}">' for name in columns)
        + "</colgroup><thead><tr>"
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + "</tr></thead>"
        + "".join(map(_classic_action, theme.actions))
        + "</table></section>"
    )


def _classic_action(action: SampleAction) -> str:
    rows, span = [], len(action.milestones)
    first = (
        f'<th class="action" scope="rowgroup" rowspan="{span}" data-continued="{action.ref} continued">'
        f'<span class="ref">{action.ref}.</span> {escape(action.text)}</th>'
    )
    last = f'<td class="outcome" rowspan="{span}">{escape(action.outcome)}</td>'
    for number, milestone in enumerate(action.milestones):
        rows.append(
            f"<tr>{first if number == 0 else ''}"
            f'<th scope="row"><span class="ref">{milestone.ref}</span> {escape(milestone.text)}'
            f" ({escape(milestone.reference)})</th>"
            f'<td class="date">{_date(milestone.start_on)}</td><td class="date">{_date(milestone.due_on)}</td>'
            f"<td>{_status(milestone.status)}</td><td>{_note(milestone)}</td><td>{escape(milestone.lead)}</td>"
            f"{last if number == 0 else ''}</tr>"
        )
    return f'<tbody class="action">{"".join(rows)}</tbody>'


def _accessible_theme(theme: SampleTheme) -> str:
    return (
        f'<section class="theme"><h2>Theme: {escape(theme.name)}</h2>'
        + "".join(map(_accessible_action, theme.actions))
        + "</section>"
    )


def _accessible_action(action: SampleAction) -> str:
    heads = ("Milestone", "Dates", "Status", "Progress", "Lead")
    columns = ("milestone", "dates", "status", "note", "lead")
    rows = "".join(
        f'<tr><th scope="row"><span class="ref">{milestone.ref}</span> {escape(milestone.text)}'
        f" ({escape(milestone.reference)})</th>"
        f"<td>Start {_date(milestone.start_on)}<br>Due {_date(milestone.due_on)}</td>"
        f"<td>{_status(milestone.status)}</td><td>{_note(milestone)}</td><td>{escape(milestone.lead)}</td></tr>"
        for milestone in action.milestones
    )
    return (
        f'<section class="action"><h3>{action.ref}. {escape(action.text)}</h3>'
        f'<p class="outcome"><strong>Outcome:</strong> {escape(action.outcome)}</p>'
        '<table class="milestones milestones--accessible"><colgroup>'
        + "".join(f'<col class="col-{name}">' for name in columns)
        + "</colgroup><thead><tr>"
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _status(status: tuple[str, str, str]) -> str:
    colour, letter, word = status
    return (
        f'<span class="status status--{colour}"><span class="status__letter" aria-hidden="true">{letter}</span> '
        f"{escape(word)}</span>"
    )


def _note(milestone: SampleMilestone) -> str:
    first, *rest = milestone.note.split("\n\n")
    lead_in = f'<strong class="note__month">May 2025 – {escape(milestone.status[2])}.</strong> '
    return f"<p>{lead_in}{escape(first)}</p>" + "".join(f"<p>{escape(paragraph)}</p>" for paragraph in rest)


def _date(day: date) -> str:
    return day.strftime("%d-%b-%Y")
