"""A cover report as it is now, for the paper, and what to read through before it is published."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.childdata import looks_like_a_child

from .cover_paper import Appendix, CoverPaper, CoverRow, CoverText, Written, is_empty, numbered, texts_of
from .cover_presets import FIRST_VALUES, HEAD_WORDS, Fill, HeadFill, Numbering
from .milestone_paper import Layout
from .models import CoverReport, CoverSection, CoverTemplate, Pack, PackPaper
from .papers import KINDS
from .position import PlanPosition
from .selection import hidden_names
from .wording import in_sentence, line, long_day


@dataclass(frozen=True)
class ToRead:
    """What somebody reads before a cover leaves the house: names that the public copies leave out, and words that look
    as if they tell who a child is."""

    names: tuple[str, ...]
    child_data: tuple[str, ...]


def cover_text(cover: CoverReport, *, pack: Pack | None = None) -> CoverText:
    """Everything that the cover report prints. Its appendices are the other papers of `pack`, else of the newest draft
    or frozen pack that has it."""
    appendices = appendices_of(cover, pack)
    return CoverText(
        title=cover.title,
        header=tuple(
            CoverRow(row["label"], value) for row, value in zip(cover.header, head_values(cover), strict=True)
        ),
        parts=numbered(
            (_written(each, appendices) for each in cover.sections.all()),
            Numbering(cover.numbering),
        ),
    )


def form_text(form: CoverTemplate) -> CoverText:
    """A form as it would print with nothing written but its standing text."""
    sections = form.sections.filter(archived_at=None)
    return CoverText(
        title=form.name,
        header=tuple(CoverRow(row["label"], _example(row["fill"])) for row in form.header),
        parts=numbered(
            (
                Written(each.heading, each.standing, each.empty_words, Fill(each.fill), each.is_numbered)
                for each in sections
            ),
            Numbering(form.numbering),
        ),
    )


def form_paper(form: CoverTemplate, today: date) -> CoverPaper:
    """The preview of a form."""
    text = form_text(form)
    return CoverPaper(
        layout=Layout.ACCESSIBLE,
        title=line(form.name),
        short_title=line(form.name),
        council=line(form.council.name),
        marking="Preview of a form",
        as_at=long_day(today),
        recorded="",
        recorded_at=None,
        counts="",
        counts_more="",
        key=(),
        nothing="",
        header=text.header,
        parts=text.parts,
    )


def appendices_of(cover: CoverReport, pack: Pack | None = None) -> tuple[Appendix, ...]:
    """The papers that go with a cover, each with the day it stands at, in the order of the pack."""
    if pack is None:
        found = cover.in_packs.filter(pack__archived_at=None).select_related("pack").order_by("-pack__number").first()
        if found is None:
            return ()
        pack = found.pack
    papers = PackPaper.objects.filter(pack=pack).exclude(cover=cover).order_by("place", "pk")
    return tuple(
        Appendix(each.title or KINDS[each.kind].label, long_day(each.as_at or pack.as_at))
        for each in papers
        if each.kind in KINDS
    )


def head_values(cover: CoverReport) -> list[str]:
    """What prints in each row at the head: what somebody wrote, else what fills it by itself."""
    filled = _filled(cover)
    return [line(row.get("value", "")) or filled.get(row.get("fill", ""), "") for row in cover.header]


def first_values(form_rows: Iterable[dict[str, str]], last: CoverReport | None, contact: str) -> dict[str, str]:
    """How the rows that somebody writes begin, by their labels: as in the plan’s last cover report."""
    rows = last.header if last else []
    before = {row["label"]: row["value"] for row in rows} | {
        row["fill"]: row["value"] for row in rows if row.get("fill")
    }
    usual = FIRST_VALUES | {"contact_officer": contact}
    found = {}
    for row in form_rows:
        if row["fill"] not in HEAD_WORDS:
            found[row["label"]] = before.get(row["fill"]) or before.get(row["label"]) or usual.get(row["fill"], "")
    return found


def to_read(cover: CoverText, position: PlanPosition) -> ToRead:
    """What to read through, in the words of selection.names_in_text and child_data_in_text."""
    hidden = hidden_names(position)
    texts = texts_of(cover)
    names = (
        f"{name} in {place}"
        for place, text in texts
        for name in hidden
        if line(name).casefold() in line(text).casefold()
    )
    children = (
        f"“{line(found.excerpt)}” in {place} looks like {found.kind}"
        for place, text in texts
        for found in looks_like_a_child(text)
    )
    return ToRead(tuple(names), tuple(dict.fromkeys(children)))


def has_words(section: CoverSection) -> bool:
    """Whether anything was written that prints; a sub-heading with nothing below it does not."""
    return not is_empty(_written(section, ()))


def _written(section: CoverSection, appendices: tuple[Appendix, ...]) -> Written:
    fill = Fill(section.fill)
    return Written(
        section.heading,
        section.text,
        section.empty_words,
        fill,
        section.is_numbered,
        appendices if fill is Fill.APPENDICES else (),
    )


def _filled(cover: CoverReport) -> dict[str, str]:
    meeting: Any = cover.meeting
    return {
        HeadFill.MEETING: line(meeting.body.name) if meeting else "",
        HeadFill.MEETING_ON: long_day(meeting.held_on) if meeting else "",
        HeadFill.AGENDA_ITEM: line(meeting.agenda_item) if meeting else "",
        HeadFill.TITLE: line(cover.title),
        HeadFill.COUNCIL: line(cover.plan.council.name),
        HeadFill.PLAN: line(cover.plan.title),
        HeadFill.POSITION: long_day(cover.as_at),
    }


def _example(fill: str) -> str:
    if fill not in HEAD_WORDS:
        return FIRST_VALUES.get(fill, "")
    label = HeadFill(fill).label
    return f"[{in_sentence(label)}]"
