"""Figures of a scorecard, pasted or from a file: read here, settled and recorded in the grid of indicators."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from indicators.checking import TypedRow, check, dated, with_figures
from indicators.entry_forms import MOST_ROWS, TOO_MANY, EntryForm, Known, PeriodForm, as_sent, known_indicators
from indicators.entry_views import grid_page
from indicators.finding import find_scorecard
from plans.forms import ChildDataCheck
from plans.policies import Right

from .forms import FileOrText
from .limits import FileRefused
from .readers.table import FiguresTable, ReadFigure
from .sandbox import read_figures_limited, read_figures_limited_text

PASTED = "Pasted column"


class FiguresForm(FileOrText, PeriodForm):
    """A file with figures, or their text."""

    BOTH = "Paste figures or choose a file, not both."
    NEITHER = "Paste figures, or choose a file below."

    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Paste the figures",
        help_text="One row for each figure: its code, then the figure, or its numerator and denominator, such as "
        f"“ASM45 210 241”. From Excel, or typed with spaces between. {ChildDataCheck.HINT}",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        required=False,
        label="Or choose an Excel, CSV or TSV file",
        help_text="At most 25 MB; without macros and passwords. It must not tell who a child is.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv"}),
        error_messages={"empty": "The file is empty."},
    )

    field_order = ("pasted", "file", "period")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        period = self.fields["period"]
        period.label = "Period of all rows that say none (optional)"
        period.help_text = (
            "Such as October 2026. Each indicator takes its latest period up to then; leave it empty for the latest "
            "figures that are due."
        )


@require_http_methods(["GET", "HEAD", "POST"])
def paste_figures(request: SignedInRequest, slug: str) -> HttpResponse:
    """Reads figures and shows the grid with them. Nothing is written; the grid is sent to indicators:enter."""
    plan, _ = find_scorecard(request.user, slug, Right.ENTER_FIGURES)
    today = timezone.localdate()
    form = FiguresForm(sent(request), request.FILES if request.method == "POST" else None, today=today)
    table = _read(form) if form.is_bound and form.is_valid() else None
    if table is not None:
        known = known_indicators(plan)
        rows = _rows(table, known, form)
        if rows:
            source = form.cleaned_data["file"].name if form.cleaned_data["file"] else ""
            sent_rows = as_sent(rows, source=source, read_from=source or PASTED)
            grid = EntryForm(sent_rows, typed=rows, known=known, today=today)
            return grid_page(request, plan, grid, status=200 if grid.is_valid() else 422, warnings=table.warnings)
    return render(request, "imports/figures.html", {"plan": plan, "form": form}, status=422 if form.errors else 200)


def _read(form: FiguresForm) -> FiguresTable | None:
    """What the form holds; None, with the reason in the form, where it cannot be read."""
    file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
    field = "file" if file else "pasted"
    try:
        table = read_figures_limited(file.read(), file.name) if file else read_figures_limited_text(pasted)
    except FileRefused as refused:
        form.add_error(field, refused.message)
        return None
    for problem in table.problems:
        form.add_error(field, problem.message)
    return None if table.problems else table


def _rows(table: FiguresTable, known: Known, form: FiguresForm) -> tuple[TypedRow, ...]:
    """The figures as rows of the grid, each with its period and standing for the figure that the grid shows."""
    facts, today = known.facts, form.today
    rows = with_figures(map(typed, table.rows), facts)
    if len(rows) > MOST_ROWS:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", TOO_MANY)
        return ()
    checked = check(dated(rows, facts, today, form.ended_by), facts, today).rows
    return tuple(
        # A row whose indicator is not known keeps the words of the period that was asked for.
        replace(
            row.row,
            period=row.row.period or form.cleaned_data["period"],
            seen=row.there.key if row.there else None,
        )
        for row in checked
    )


def typed(figure: ReadFigure) -> TypedRow:
    """A figure that was read as a row to check."""
    return TypedRow(
        code=figure.code,
        period=figure.period,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=figure.value,
        is_provisional=figure.is_provisional,
        note=figure.note,
        where=figure.where,
    )
