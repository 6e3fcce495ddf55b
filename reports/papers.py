"""Every paper there is: which kinds, in which formats and layouts. Pages and the command make papers here alone.

A paper is made of a position: narrowed to what was asked for and to what its readers may see, then drawn. The same
position gives the same bytes in every format.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.template.loader import render_to_string

from .briefing_paper import BriefingPaper, briefing_paper
from .changes_paper import ChangesPaper, changes_csv, changes_json, changes_paper, changes_sheet
from .cover_paper import CoverPaper, CoverText, cover_paper
from .csv_out import milestones_csv, milestones_json, milestones_sheet
from .excel import Sheet, paper_workbook
from .exceptions_paper import ExceptionsPaper, exceptions_paper
from .extensions_paper import ExtensionsPaper, extensions_paper
from .fit import Squeeze, squeezes
from .governance import NO_GOVERNANCE
from .highlight_paper import HighlightPaper, highlight_paper
from .indicator_paper import IndicatorPaper, Scope, indicator_paper, of_scope
from .indicator_rows import indicators_csv, indicators_json, indicators_sheet
from .inspectorate_paper import InspectoratePaper, inspectorate_paper
from .looks import USUAL, Look, colour_css
from .milestone_paper import Layout, MilestonePaper, Paper, extensions_requested, milestone_paper
from .paper_rows import Table, table_csv, table_json, table_sheet
from .position import NO_SCORECARD, ActionPosition, PlanPosition, to_json
from .recommendation_paper import Part, RecommendationPaper, recommendation_paper
from .recommendation_rows import recommendations_csv, recommendations_json, recommendations_sheet
from .selection import Readers, Selection, for_readers, listed_for, of_review, scope_words, select
from .stamps import Stamp
from .submitted_paper import SubmittedPaper, submitted_paper
from .summary_paper import SummaryPaper, summary_paper
from .theme_paper import ThemePaper, theme_paper
from .wording import listed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STATIC = Path(__file__).resolve().parents[1] / "static"
_PICTURE = re.compile(r'url\("\.\./img/([a-z/-]+\.svg)"\)')


class PaperRefused(Exception):
    """A paper that cannot be made; one sentence that says why and what can."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a paper is wanted. `whose` names the person whose own milestones it is about, where that is all it is.

    Of the selection, a recommendations report takes the review alone; `part` is the one part of it that is wanted.
    `scope` is what a performance report shows. `before` is the position that a report of changes begins with. `stamp`
    is the pack that the paper belongs to, `look` the council's own. `cover` is what a cover report says.
    """

    layout: Layout = Layout.ACCESSIBLE
    selection: Selection = field(default_factory=Selection)
    part: Part | None = None
    scope: Scope = field(default_factory=Scope)
    before: PlanPosition | None = None
    readers: Readers = Readers.INTERNAL
    whose: str = ""
    stamp: Stamp | None = None
    look: Look = USUAL
    cover: CoverText | None = None


#: Makes the file of a position, as it was ordered.
Make = Callable[[PlanPosition, Order], bytes]


@dataclass(frozen=True)
class Format:
    """How a paper is made in one format: `make` gives the bytes."""

    content_type: str
    make: Make
    has_layouts: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of paper. `about` says on the page of reports what is in it. `leaves_the_house`: making it is reporting
    from the plan. `is_record`: it is the position itself, exactly as it was recorded. `compares`: it is of two
    positions. `has_governance`: it tells of what PlanPosition.governance holds. `is_written`: somebody writes it, so it
    is made on its own page or in a pack alone."""

    label: str
    formats: dict[str, Format]
    about: str = ""
    leaves_the_house: bool = True
    has_public_copy: bool = True
    is_record: bool = False
    is_written: bool = False
    compares: bool = False
    has_governance: bool = False


@dataclass(frozen=True)
class PaperFile:
    """A paper as a file: what it is called, its media type, its bytes."""

    name: str
    content_type: str
    content: bytes


def milestones_view(position: PlanPosition, order: Order) -> MilestonePaper:
    """The milestone appendix for a template."""
    return milestone_paper(
        _narrowed(position, order),
        layout=order.layout,
        selection=order.selection,
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def recommendations_view(position: PlanPosition, order: Order) -> RecommendationPaper:
    """The recommendations appendix for a template. What the inspectors said is printed in whole: the words of a
    recommendation are no secret where what the plan does about it is."""
    return recommendation_paper(
        _recommendations(position, order),
        listed_in=_listed(position, order),
        layout=order.layout,
        readers=order.readers,
        review=order.selection.review,
        part=order.part,
        whose=order.whose,
        look=order.look,
    )


def indicators_view(position: PlanPosition, order: Order) -> IndicatorPaper:
    """The performance appendix for a template."""
    return indicator_paper(
        for_readers(position, order.readers),
        scope=order.scope,
        layout=order.layout,
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def changes_view(position: PlanPosition, order: Order) -> ChangesPaper:
    """The report of what changed for a template. Raises PaperRefused without a position to begin with."""
    return changes_paper(_before(order), position, readers=order.readers, whose=order.whose)


def cover_view(position: PlanPosition, order: Order) -> CoverPaper:
    """The cover report for a template. Raises PaperRefused without its words."""
    if order.cover is None:
        raise PaperRefused("A cover report is written on its own page of the plan, and made there or in a pack.")
    return cover_paper(position, order.cover, readers=order.readers)


def summary_view(position: PlanPosition, order: Order) -> SummaryPaper:
    """The members’ summary for a template."""
    return summary_paper(
        _narrowed(position, order),
        listed_in=_listed(position, order),
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def theme_view(position: PlanPosition, order: Order) -> ThemePaper:
    """The pages of a theme, or of all themes, for a template."""
    return theme_paper(
        _narrowed(position, order),
        selection=order.selection,
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def briefing_view(position: PlanPosition, order: Order) -> BriefingPaper:
    """The staff briefing for a template; with a position to begin with it tells what changed."""
    return briefing_paper(
        _narrowed(position, order),
        before=_narrowed(order.before, order) if order.before else None,
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def inspectorate_view(position: PlanPosition, order: Order) -> InspectoratePaper:
    """The submission to inspectors for a template, about one review or about each."""
    return inspectorate_paper(
        _recommendations(position, order),
        listed_in=_listed(position, order),
        layout=order.layout,
        readers=order.readers,
        review=order.selection.review,
        whose=order.whose,
        look=order.look,
    )


def highlight_view(position: PlanPosition, order: Order) -> HighlightPaper:
    """The highlight report for a template. Raises PaperRefused without a position to begin with."""
    return highlight_paper(*_period(position, order), readers=order.readers, whose=order.whose, look=order.look)


def exceptions_view(position: PlanPosition, order: Order) -> ExceptionsPaper:
    """The exceptions for a template. Raises PaperRefused without a position to begin with."""
    return exceptions_paper(*_period(position, order), readers=order.readers, whose=order.whose, look=order.look)


def extensions_view(position: PlanPosition, order: Order) -> ExtensionsPaper:
    """The extensions for a template. Raises PaperRefused without a position to begin with."""
    return extensions_paper(*_period(position, order), readers=order.readers, whose=order.whose, look=order.look)


def submitted_view(position: PlanPosition, order: Order) -> SubmittedPaper:
    """The plan as submitted for a template."""
    return submitted_paper(
        for_readers(position, order.readers),
        layout=order.layout,
        readers=order.readers,
        whose=order.whose,
        look=order.look,
    )


def _period(position: PlanPosition, order: Order) -> tuple[PlanPosition, PlanPosition]:
    """The two positions of a paper that compares, both as its readers may see them."""
    return for_readers(_before(order), order.readers), for_readers(position, order.readers)


def _before(order: Order) -> PlanPosition:
    if order.before is None:
        raise PaperRefused("What changed is told from one day to another. Give the first with --since.")
    return order.before


def printed(kind: str, position: PlanPosition, order: Order) -> PlanPosition:
    """The position of which a paper prints the words: what somebody reads through before it is published."""
    return DRAWN[kind].printed(position, order)


def all_printed(kind: str, position: PlanPosition, order: Order) -> list[tuple[PlanPosition, PlanPosition]]:
    """Each position of which a paper prints the words, with what it prints of it (`printed`). What is gone stands in a
    report of changes in the words of the position that it begins with."""
    wholes = [position, order.before] if kind == "changes" else [position]
    return [(whole, printed(kind, whole, order)) for whole in wholes if whole is not None]


def _prints_milestones(position: PlanPosition, order: Order) -> PlanPosition:
    return _without_figures(_narrowed(position, order))


def _prints_recommendations(position: PlanPosition, order: Order) -> PlanPosition:
    shown = _recommendations(position, order)
    return _without_figures(replace(shown, recommendations=_listed(position, order).recommendations))


def _without_figures(shown: PlanPosition) -> PlanPosition:
    return replace(shown, scorecard=replace(shown.scorecard, indicators=()))


def _prints_indicators(position: PlanPosition, order: Order) -> PlanPosition:
    return replace(_scored(position, order), themes=(), reviews=(), recommendations=(), evidence=())


def _prints_all(position: PlanPosition, order: Order) -> PlanPosition:
    return for_readers(position, order.readers)


def _prints_all_but_evidence(position: PlanPosition, order: Order) -> PlanPosition:
    return replace(_narrowed(position, order), evidence=())


def _prints_exceptions(position: PlanPosition, order: Order) -> PlanPosition:
    shown = for_readers(position, order.readers)
    return replace(shown, scorecard=NO_SCORECARD, evidence=(), reviews=(), recommendations=())


def _prints_extensions(position: PlanPosition, order: Order) -> PlanPosition:
    shown = _prints_exceptions(position, order)
    asked = {each.id for each in extensions_requested(shown)} | {each.milestone_id for each in shown.governance.decided}
    return _without_notes(shown, asked)


def _prints_submitted(position: PlanPosition, order: Order) -> PlanPosition:
    shown = replace(for_readers(position, order.readers), scorecard=NO_SCORECARD, evidence=(), recommendations=())
    return _without_notes(shown, {each.id for each in shown.milestones})


def _without_notes(shown: PlanPosition, milestones: set[int]) -> PlanPosition:
    """These milestones alone, without what is said of how far they have got."""

    def of_action(action: ActionPosition) -> ActionPosition:
        kept = [each for each in action.milestones if each.id in milestones]
        bare = tuple(replace(each, note=None, outcome_words="", embedded_words="") for each in kept)
        return replace(action, milestones=bare)

    themes = tuple(replace(theme, actions=tuple(map(of_action, theme.actions))) for theme in shown.themes)
    return replace(shown, themes=themes)


def _prints_its_own(position: PlanPosition, order: Order) -> PlanPosition:
    """Nothing of the position: what a cover report says is its own (cover_paper.texts_of)."""
    nothing = replace(position, themes=(), reviews=(), recommendations=(), evidence=())
    return replace(nothing, scorecard=NO_SCORECARD, governance=NO_GOVERNANCE)


class Drawing(NamedTuple):
    """How a template draws a paper: what the position becomes, how the template's name begins, and the position of
    which it prints the words."""

    view: Callable[[PlanPosition, Order], Paper]
    template: str
    printed: Callable[[PlanPosition, Order], PlanPosition]


#: The papers that a template draws.
DRAWN: dict[str, Drawing] = {
    "milestones": Drawing(milestones_view, "appendix", _prints_milestones),
    "recommendations": Drawing(recommendations_view, "recommendations_appendix", _prints_recommendations),
    "indicators": Drawing(indicators_view, "indicators_appendix", _prints_indicators),
    "changes": Drawing(changes_view, "changes_paper", _prints_all),
    "summary": Drawing(summary_view, "summary_paper", _prints_all_but_evidence),
    "theme": Drawing(theme_view, "theme_paper", _prints_all_but_evidence),
    "briefing": Drawing(briefing_view, "briefing_paper", _prints_all_but_evidence),
    "inspectorate": Drawing(inspectorate_view, "inspectorate_paper", _prints_recommendations),
    "cover": Drawing(cover_view, "cover_paper", _prints_its_own),
    "highlight": Drawing(highlight_view, "highlight_paper", _prints_all),
    "exceptions": Drawing(exceptions_view, "exceptions_paper", _prints_exceptions),
    "extensions": Drawing(extensions_view, "extensions_paper", _prints_extensions),
    "submitted": Drawing(submitted_view, "submitted", _prints_submitted),
}


def template_of(kind: str, layout: Layout) -> str:
    """The template that draws a kind of paper as HTML. Raises KeyError where there is no such kind."""
    name = DRAWN[kind].template
    has_layouts = KINDS[kind].formats["html"].has_layouts
    return f"reports/{name}_{layout}.html" if has_layouts else f"reports/{name}.html"


def _html_of(kind: str) -> Make:
    def make(position: PlanPosition, order: Order) -> bytes:
        return _document(kind, position, order, screen_css()).encode("utf-8")

    return make


def _pdf_of(kind: str) -> Make:
    def make(position: PlanPosition, order: Order) -> bytes:
        # The PDF maker is loaded, and its child started, only for those who want a PDF.
        from .pdf import PdfRefused, font_face_css, render_pdf

        try:
            return render_pdf(_document(kind, position, order, font_face_css() + screen_css(), has_links=False))
        except PdfRefused as refused:
            raise PaperRefused(str(refused)) from refused

    return make


def _docx_of(kind: str) -> Make:
    def make(position: PlanPosition, order: Order) -> bytes:
        from .pdf import PdfRefused
        from .word import render_word

        try:
            return render_word(_document(kind, position, order, "", has_links=False))
        except PdfRefused as refused:
            raise PaperRefused(str(refused)) from refused

    return make


def _milestones_csv(position: PlanPosition, order: Order) -> bytes:
    return milestones_csv(_narrowed(position, order))


def _milestones_json(position: PlanPosition, order: Order) -> bytes:
    return milestones_json(
        _narrowed(position, order), title=milestones_view(position, order).title, readers=order.readers
    )


def _recommendations_csv(position: PlanPosition, order: Order) -> bytes:
    return recommendations_csv(_recommendations(position, order))


def _recommendations_json(position: PlanPosition, order: Order) -> bytes:
    title = recommendations_view(position, order).title
    return recommendations_json(_recommendations(position, order), title=title, readers=order.readers)


def _indicators_csv(position: PlanPosition, order: Order) -> bytes:
    return indicators_csv(_scored(position, order))


def _indicators_json(position: PlanPosition, order: Order) -> bytes:
    title = indicators_view(position, order).title
    return indicators_json(_scored(position, order), title=title, readers=order.readers)


def _changes_csv(position: PlanPosition, order: Order) -> bytes:
    return changes_csv(changes_view(position, order))


def _changes_json(position: PlanPosition, order: Order) -> bytes:
    return changes_json(changes_view(position, order), _before(order), position, readers=order.readers)


def _milestones_sheet(position: PlanPosition, order: Order) -> Sheet:
    return milestones_sheet(_narrowed(position, order))


def _recommendations_sheet(position: PlanPosition, order: Order) -> Sheet:
    return recommendations_sheet(_recommendations(position, order))


def _indicators_sheet(position: PlanPosition, order: Order) -> Sheet:
    return indicators_sheet(_scored(position, order))


def _changes_sheet(position: PlanPosition, order: Order) -> Sheet:
    return changes_sheet(changes_view(position, order))


def _excel_of(kind: str, sheet: Callable[[PlanPosition, Order], Sheet]) -> Make:
    """The rows of a paper in Excel, with what the paper says of itself."""

    def make(position: PlanPosition, order: Order) -> bytes:
        scope = scope_words(_narrowed(position, order), order.selection) if kind == "milestones" else ""
        paper = DRAWN[kind].view(position, order)
        return paper_workbook((sheet(position, order),), paper, scope=scope, stamp=order.stamp, look=order.look)

    return make


def _table_of(kind: str, position: PlanPosition, order: Order) -> tuple[Paper, Table]:
    paper = DRAWN[kind].view(position, order)
    assert isinstance(paper, ExceptionsPaper | ExtensionsPaper | SubmittedPaper)
    return paper, paper.table


def _table_rows(kind: str) -> dict[str, Format]:
    """The formats of a paper that has a table of its rows."""

    def csv(position: PlanPosition, order: Order) -> bytes:
        return table_csv(_table_of(kind, position, order)[1])

    def json(position: PlanPosition, order: Order) -> bytes:
        paper, table = _table_of(kind, position, order)
        since = order.before.as_at if order.before else None
        return table_json(table, kind, paper, position, readers=order.readers, since=since)

    def sheet(position: PlanPosition, order: Order) -> Sheet:
        return table_sheet(_table_of(kind, position, order)[1])

    return _rows(csv, json, _excel_of(kind, sheet))


def _position_json(position: PlanPosition, order: Order) -> bytes:
    return to_json(position).encode("utf-8")


def _drawn(kind: str, *, has_layouts: bool = False) -> dict[str, Format]:
    """The formats of a paper that a template draws."""
    return {
        "html": Format("text/html; charset=utf-8", _html_of(kind), has_layouts=has_layouts),
        "pdf": Format("application/pdf", _pdf_of(kind), has_layouts=has_layouts),
        "docx": Format(DOCX, _docx_of(kind), has_layouts=has_layouts),
    }


def _rows(csv: Make, json: Make, xlsx: Make | None = None) -> dict[str, Format]:
    """The formats of a paper's rows."""
    excel = {"xlsx": Format(XLSX, xlsx)} if xlsx else {}
    return {**excel, "csv": Format("text/csv; charset=utf-8", csv), "json": Format("application/json", json)}


KINDS: dict[str, Kind] = {
    "milestones": Kind(
        "Milestone report",
        _drawn("milestones", has_layouts=True)
        | _rows(_milestones_csv, _milestones_json, _excel_of("milestones", _milestones_sheet)),
        about="Every milestone of the plan with its status, dates, latest note and lead, as committees read it.",
    ),
    "recommendations": Kind(
        "Recommendations report",
        _drawn("recommendations", has_layouts=True)
        | _rows(_recommendations_csv, _recommendations_json, _excel_of("recommendations", _recommendations_sheet)),
        about="What inspectors and others asked for, word for word; how far each has got; and what the plan does about "
        "it.",
    ),
    "indicators": Kind(
        "Performance report",
        _drawn("indicators", has_layouts=True)
        | _rows(_indicators_csv, _indicators_json, _excel_of("indicators", _indicators_sheet)),
        about="Every indicator of the scorecard with its last figures, target, status, direction of travel, comparison "
        "and commentary, and charts of the key ones.",
    ),
    "changes": Kind(
        "What changed",
        _drawn("changes") | _rows(_changes_csv, _changes_json, _excel_of("changes", _changes_sheet)),
        about="Every change from one day to another: what was added, achieved, moved, withdrawn or became worse, with "
        "the old value and the new one.",
        compares=True,
    ),
    "highlight": Kind(
        "Highlight report",
        _drawn("highlight"),
        about="A period on one or two pages for a programme board: status by rule, headlines, milestones, key "
        "indicators, risks, decisions needed and what comes next.",
        compares=True,
        has_governance=True,
    ),
    "exceptions": Kind(
        "Exceptions and changes",
        _drawn("exceptions") | _table_rows("exceptions"),
        about="Only what needs an eye: what got worse, is overdue, not achieved, off track or silent, and what was "
        "moved, withdrawn or added since a day.",
        compares=True,
        has_governance=True,
    ),
    "extensions": Kind(
        "Extensions requested",
        _drawn("extensions") | _table_rows("extensions"),
        about="The new due dates that wait for a board, with first agreed date, days and reason, and those decided "
        "since a day.",
        compares=True,
        has_governance=True,
    ),
    "submitted": Kind(
        "Plan as submitted",
        _drawn("submitted", has_layouts=True) | _table_rows("submitted"),
        about="The plan itself as it stood at a day: the reviews it answers, themes, actions, outcomes, milestones, "
        "dates and leads, without status and progress.",
        has_governance=True,
    ),
    "cover": Kind(
        "Cover report",
        _drawn("cover"),
        about="The report that a committee reads first, written section by section, with the other papers as its "
        "appendices.",
        is_written=True,
    ),
    "summary": Kind(
        "Members’ summary",
        _drawn("summary"),
        about="The plan on two pages in plain words: what was asked, where we are, what is late and why, what comes "
        "next, and what members might ask.",
    ),
    "theme": Kind(
        "Theme page",
        _drawn("theme"),
        about="What the lead of a theme answers for: what is late, its actions with outcomes and milestones, and its "
        "indicators. One theme, or all of them one after the other.",
    ),
    "briefing": Kind(
        "Staff briefing",
        _drawn("briefing"),
        about="One page for staff: what changed since the last report, who does what next, and what you need to do.",
        compares=True,
    ),
    "inspectorate": Kind(
        "Submission to inspectors",
        _drawn("inspectorate", has_layouts=True),
        about="The answer to one review in its own numbers and words: what was done about each recommendation, who "
        "leads, by when, how far it has got, and the evidence.",
    ),
    "position": Kind(
        "Position",
        {"json": Format("application/json", _position_json)},
        leaves_the_house=False,
        has_public_copy=False,
        is_record=True,
    ),
}


def check_order(kind: str, format: str, order: Order) -> None:
    """Raises PaperRefused where there is no such paper."""
    if kind not in KINDS:
        raise PaperRefused(f"There is no paper “{kind}”. There are {_quoted(KINDS)}.")
    formats = KINDS[kind].formats
    if format not in formats:
        raise PaperRefused(f"“{kind}” is not made as {format}. It is made as {listed(list(formats))}.")
    if order.readers is not Readers.INTERNAL and not KINDS[kind].has_public_copy:
        raise PaperRefused(
            f"“{kind}” is the record behind the papers and names everybody; it has no public copy. "
            "Export milestones with --public instead."
        )


def fit_of(kind: str, position: PlanPosition, order: Order) -> tuple[Squeeze, ...]:
    """The columns of a paper that are squeezed in its PDF. Costs as much as drawing its page once more."""
    return squeezes(_document(kind, position, order, "", has_links=False))


def make_paper(kind: str, format: str, position: PlanPosition, order: Order) -> PaperFile:
    """The paper as a file. Raises PaperRefused."""
    check_order(kind, format, order)
    made = KINDS[kind].formats[format]
    since = [order.before.as_at.isoformat()] if order.before else []
    parts = [position.slug, kind, *since, position.as_at.isoformat()]
    if made.has_layouts and order.layout is not Layout.ACCESSIBLE:
        parts.append(order.layout)
    if order.readers is Readers.PUBLIC:
        parts.append("public")
    content = made.make(position, order)
    if order.stamp and format == "json":
        content = _with_pack(content, order.stamp)
    return PaperFile(f"{'-'.join(parts)}.{format}", made.content_type, content)


def _with_pack(content: bytes, stamp: Stamp) -> bytes:
    """The JSON of a paper, an object, with what its stamp says before all else."""
    said = json.dumps(asdict(stamp) | {"is_draft": stamp.is_draft}, ensure_ascii=False).encode("utf-8")
    return b'{\n "pack": ' + said + b"," + content[1:]


def _narrowed(position: PlanPosition, order: Order) -> PlanPosition:
    return for_readers(select(position, order.selection), order.readers)


def _scored(position: PlanPosition, order: Order) -> PlanPosition:
    """With the indicators alone that were asked for."""
    shown = for_readers(position, order.readers)
    return replace(shown, scorecard=of_scope(shown.scorecard, order.scope))


def _recommendations(position: PlanPosition, order: Order) -> PlanPosition:
    return of_review(for_readers(position, order.readers), order.selection.review)


def _listed(position: PlanPosition, order: Order) -> PlanPosition:
    return of_review(listed_for(position, order.readers), order.selection.review)


def _document(kind: str, position: PlanPosition, order: Order, css: str, *, has_links: bool = True) -> str:
    """The appendix as one file that opens anywhere: what it needs of styles and pictures is in it.

    On paper a link to a note a few lines below is of no use, and a PDF with links is not laid out in parts.
    """
    paper = DRAWN[kind].view(position, order)
    context = {"paper": paper, "look": order.look, "stamp": order.stamp, "on_site": False, "has_links": has_links}
    html = render_to_string(template_of(kind, order.layout), context)
    return html.replace("</head>", f"<style>{css}{colour_css(order.look.colour)}</style></head>", 1)


@cache
def screen_css() -> str:
    """The style sheets of papers as one text, pictures and all."""
    sheets = (STATIC / "css" / name for name in ("tokens.css", "print.css", "paper.css"))
    return _PICTURE.sub(_as_data, "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def _as_data(picture: re.Match[str]) -> str:
    data = base64.b64encode((STATIC / "img" / picture[1]).read_bytes()).decode("ascii")
    return f'url("data:image/svg+xml;base64,{data}")'


def _quoted(names: dict[str, Kind]) -> str:
    return listed([f"“{name}”" for name in names])
