"""Every paper there is: which kinds, in which formats and layouts. Pages and the command make papers here alone.

A paper is made of a position: narrowed to what was asked for and to what its readers may see, then drawn. The same
position gives the same bytes in every format.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

from .changes_paper import ChangesPaper, changes_csv, changes_json, changes_paper
from .csv_out import milestones_csv, milestones_json
from .indicator_paper import IndicatorPaper, Scope, indicator_paper, of_scope
from .indicator_rows import indicators_csv, indicators_json
from .looks import USUAL, Look
from .milestone_paper import Layout, MilestonePaper, Paper, milestone_paper
from .position import PlanPosition, to_json
from .recommendation_paper import Part, RecommendationPaper, recommendation_paper
from .recommendation_rows import recommendations_csv, recommendations_json
from .selection import Readers, Selection, for_readers, listed_for, of_review, select
from .stamps import Stamp
from .wording import listed

STATIC = Path(__file__).resolve().parents[1] / "static"
_PICTURE = re.compile(r'url\("\.\./img/([a-z/-]+\.svg)"\)')


class PaperRefused(Exception):
    """A paper that cannot be made; one sentence that says why and what can."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a paper is wanted. `whose` names the person whose own milestones it is about, where that is all it is.

    Of the selection, a recommendations report takes the review alone; `part` is the one part of it that is wanted.
    `scope` is what a performance report shows. `before` is the position that a report of changes begins with. `stamp`
    is the pack that the paper belongs to, `look` the council's own.
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


#: Makes the file of a position, as it was ordered.
Make = Callable[[PlanPosition, Order], bytes]


@dataclass(frozen=True)
class Format:
    content_type: str
    make: Make
    has_layouts: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of paper. `about` says on the page of reports what is in it. `leaves_the_house`: making it is reporting
    from the plan. `is_record`: it is the position itself, exactly as it was recorded. `compares`: it is of two
    positions."""

    label: str
    formats: dict[str, Format]
    about: str = ""
    leaves_the_house: bool = True
    has_public_copy: bool = True
    is_record: bool = False
    compares: bool = False


@dataclass(frozen=True)
class PaperFile:
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
    )


def indicators_view(position: PlanPosition, order: Order) -> IndicatorPaper:
    """The performance appendix for a template."""
    return indicator_paper(
        for_readers(position, order.readers),
        scope=order.scope,
        layout=order.layout,
        readers=order.readers,
        whose=order.whose,
    )


def changes_view(position: PlanPosition, order: Order) -> ChangesPaper:
    """The report of what changed for a template. Raises PaperRefused without a position to begin with."""
    return changes_paper(_before(order), position, readers=order.readers, whose=order.whose)


def _before(order: Order) -> PlanPosition:
    if order.before is None:
        raise PaperRefused("What changed is told from one day to another. Give the first with --since.")
    return order.before


def printed(kind: str, position: PlanPosition, order: Order) -> PlanPosition:
    """The position of which a paper prints the words: what somebody reads through before it is published."""
    if kind == "changes":
        return for_readers(position, order.readers)
    if kind == "indicators":
        shown = replace(for_readers(position, order.readers), themes=(), reviews=(), recommendations=(), evidence=())
        return replace(shown, scorecard=of_scope(shown.scorecard, order.scope))
    if kind == "recommendations":
        shown = _recommendations(position, order)
        shown = replace(shown, recommendations=_listed(position, order).recommendations)
    else:
        shown = _narrowed(position, order)
    return replace(shown, scorecard=replace(shown.scorecard, indicators=()))


#: The papers that a template draws: how a position becomes what it prints, and how the template's name begins.
DRAWN: dict[str, tuple[Callable[[PlanPosition, Order], Paper], str]] = {
    "milestones": (milestones_view, "appendix"),
    "recommendations": (recommendations_view, "recommendations_appendix"),
    "indicators": (indicators_view, "indicators_appendix"),
    "changes": (changes_view, "changes_paper"),
}


def template_of(kind: str, layout: Layout) -> str:
    name = DRAWN[kind][1]
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
    shown = for_readers(position, order.readers)
    return indicators_csv(replace(shown, scorecard=of_scope(shown.scorecard, order.scope)))


def _indicators_json(position: PlanPosition, order: Order) -> bytes:
    shown = for_readers(position, order.readers)
    shown = replace(shown, scorecard=of_scope(shown.scorecard, order.scope))
    return indicators_json(shown, title=indicators_view(position, order).title, readers=order.readers)


def _changes_csv(position: PlanPosition, order: Order) -> bytes:
    return changes_csv(changes_view(position, order))


def _changes_json(position: PlanPosition, order: Order) -> bytes:
    return changes_json(changes_view(position, order), _before(order), position, readers=order.readers)


def _position_json(position: PlanPosition, order: Order) -> bytes:
    return to_json(position).encode("utf-8")


def _drawn(kind: str, *, has_layouts: bool = False) -> dict[str, Format]:
    """The formats of a paper that a template draws."""
    return {
        "html": Format("text/html; charset=utf-8", _html_of(kind), has_layouts=has_layouts),
        "pdf": Format("application/pdf", _pdf_of(kind), has_layouts=has_layouts),
    }


def _rows(csv: Make, json: Make) -> dict[str, Format]:
    """The formats of a paper's rows."""
    return {"csv": Format("text/csv; charset=utf-8", csv), "json": Format("application/json", json)}


KINDS: dict[str, Kind] = {
    "milestones": Kind(
        "Milestone report",
        _drawn("milestones", has_layouts=True) | _rows(_milestones_csv, _milestones_json),
        about="Every milestone of the plan with its status, dates, latest note and lead, as committees read it.",
    ),
    "recommendations": Kind(
        "Recommendations report",
        _drawn("recommendations", has_layouts=True) | _rows(_recommendations_csv, _recommendations_json),
        about="What inspectors and others asked for, word for word; how far each has got; and what the plan does about "
        "it.",
    ),
    "indicators": Kind(
        "Performance report",
        _drawn("indicators", has_layouts=True) | _rows(_indicators_csv, _indicators_json),
        about="Every indicator of the scorecard with its last figures, target, status, direction of travel, comparison "
        "and commentary, and charts of the key ones.",
    ),
    "changes": Kind("What changed", _drawn("changes") | _rows(_changes_csv, _changes_json), compares=True),
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
    return PaperFile(f"{'-'.join(parts)}.{format}", made.content_type, made.make(position, order))


def _narrowed(position: PlanPosition, order: Order) -> PlanPosition:
    return for_readers(select(position, order.selection), order.readers)


def _recommendations(position: PlanPosition, order: Order) -> PlanPosition:
    return of_review(for_readers(position, order.readers), order.selection.review)


def _listed(position: PlanPosition, order: Order) -> PlanPosition:
    return of_review(listed_for(position, order.readers), order.selection.review)


def _document(kind: str, position: PlanPosition, order: Order, css: str, *, has_links: bool = True) -> str:
    """The appendix as one file that opens anywhere: what it needs of styles and pictures is in it.

    On paper a link to a note a few lines below is of no use, and a PDF with links is not laid out in parts.
    """
    paper = DRAWN[kind][0](position, order)
    html = render_to_string(template_of(kind, order.layout), {"paper": paper, "on_site": False, "has_links": has_links})
    return html.replace("</head>", f"<style>{css}</style></head>", 1)


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
