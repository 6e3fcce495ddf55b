"""A fit preview warns before a column is squeezed (product.md 3 item 15), and only where the PDF shows it to be so."""

import random
from collections import defaultdict
from dataclasses import replace
from html import escape
from pathlib import Path

import pypdfium2
import pytest
from django.urls import reverse
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from accounts.operations import add_person
from reports.fit import BOLD, FIRST, MOST, REGULAR, Squeeze, Why, column_widths, squeezes, word_width
from reports.milestone_paper import Layout
from reports.papers import DRAWN, KINDS, Order, fit_of, make_paper
from reports.position import plan_position
from tests.cast import make_milestone

from .full_plan import AS_AT
from .test_appendix import Read
from .test_look_views import sent

LONG = "safeguardingpartnershipsofficer"
EIGHTY = "Safeguarding" * 6 + "Officers"
COLUMNS = {
    "classic": {
        "action": "Action",
        "milestone": "Milestone",
        "start": "Start Date",
        "due": "Due Date",
        "status": "Status",
        "note": "Progress Note",
        "lead": "Milestone Lead",
        "outcome": "Outcome",
    },
    "accessible": {
        "milestone": "Milestone",
        "dates": "Dates",
        "status": "Status",
        "note": "Progress",
        "lead": "Lead",
    },
}
LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZé0123456789", min_size=1, max_size=24)
SHOW = "/plans/safeguarding/reports/milestones/"
WANTED = {"layout": "classic", "readers": "internal", "as_at": AS_AT.isoformat()}


def paper(*rows: dict[str, str], layout: str = "classic", more: str = "", name: str = "Front door") -> str:
    """A paper with one table; each row has its cells by their column, the others say “–”. Cells are HTML."""
    columns = COLUMNS[layout]
    heads = "".join(f'<th scope="col">{head}</th>' for head in columns.values())
    cols = "".join(f'<col class="col-{column}">' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{row.get(column, '–')}</td>" for column in columns) + "</tr>" for row in rows)
    return (
        f'<!DOCTYPE html><html><body class="paper paper--{layout}{more}"><main><h2>Theme: {name}</h2>'
        f'<table class="milestones milestones--{layout}"><colgroup>{cols}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></main></body></html>"
    )


# --- What is squeezed --------------------------------------------------------------------------------------------


def test_a_word_wider_than_its_column_is_named_with_the_column_and_what_helps():
    found = squeezes(paper({"lead": f"The {LONG} leads."}))

    assert found == (
        Squeeze(
            table="Theme: Front door",
            column="Milestone Lead",
            why=Why.BREAKS,
            examples=("safeguardingpartnerships…",),
            suggestion="Leave out a column, or take the accessible layout.",
        ),
    )
    assert found[0].words == "The column Milestone Lead is narrow: “safeguardingpartnerships…” breaks in its middle."


def test_the_same_word_fits_in_a_wider_column_and_in_smaller_letters():
    assert squeezes(paper({"note": LONG})) == ()
    assert squeezes(paper({"milestone": LONG}, layout="accessible")) == ()
    assert squeezes(paper({"lead": LONG}, layout="accessible"))[0].suggestion == (
        "Leave out a column, or write it shorter."
    )


def test_an_upright_page_has_less_room():
    word = "partnershipsofficer"

    assert squeezes(paper({"lead": word}, layout="accessible")) == ()
    assert [each.column for each in squeezes(paper({"lead": word}, layout="accessible", more=" paper--portrait"))] == [
        "Lead"
    ]


def test_for_a_word_that_fits_nowhere_no_column_need_be_left_out():
    (found,) = squeezes(paper({"lead": EIGHTY}))

    assert found.suggestion == "Write it shorter: it is too long for any column."


@pytest.mark.parametrize("cell", ["safeguarding-partnerships-officer", "safeguarding/partnerships/officer"])
def test_a_word_that_a_line_may_end_in_does_not_break(cell):
    assert squeezes(paper({"lead": cell})) == ()
    assert squeezes(paper({"lead": cell.replace("-", "").replace("/", "")}))


def test_a_date_that_never_breaks_runs_over_the_edge():
    (found,) = squeezes(paper({"due": '<p class="date">30 September 2026</p>'}))

    assert (found.column, found.why) == ("Due Date", Why.RUNS_OVER)
    assert found.words == "The column Due Date is narrow: “30 September 2026” runs over its edge."
    assert squeezes(paper({"due": '<p class="date">30-Sep-2026</p>'})) == ()
    assert squeezes(paper({"due": "<p>30 September 2026</p>"})) == ()


def test_a_cell_so_long_that_its_row_is_higher_than_half_a_page_is_named():
    (found,) = squeezes(paper({"lead": "We went on. " * 60}))

    assert (found.column, found.why) == ("Milestone Lead", Why.HIGH)
    assert found.words == (
        "The column Milestone Lead is narrow: “We went on. We went on…” makes a row higher than half a page."
    )
    assert squeezes(paper({"lead": "We went on. " * 20})) == ()
    assert squeezes(paper({"note": "We went on. " * 60})) == ()


def test_a_cell_beside_many_rows_makes_none_of_them_high():
    row = f'<td rowspan="2">{"We went on. " * 60}</td>'
    html = paper({}, {}).replace("<td>–</td>", row, 1).replace("<tr><td>–</td>", "<tr>", 1)

    assert squeezes(html) == ()
    assert squeezes(html.replace(' rowspan="2"', ""))


def test_what_is_not_printed_is_not_measured():
    assert squeezes(paper({"lead": f"<span hidden>{LONG}</span>Asha"})) == ()


def test_at_most_a_handful_is_told_the_worst_first():
    words = {column: "m" * (20 + number) for number, column in enumerate(COLUMNS["classic"])}

    found = squeezes(paper(words))

    assert len(found) == MOST
    assert found[0].column == "Due Date"
    assert "Progress Note" not in [each.column for each in found]


def test_tables_of_one_kind_are_told_once_where_it_is_worst():
    one, other = paper({"lead": LONG}), paper({"lead": LONG + LONG}, name="Learning")
    both = one.replace("</main>", other.split("<main>")[1].split("</main>")[0] + "</main>")

    (found,) = squeezes(both)

    assert found.table == "Theme: Learning"
    assert len(found.examples) == 1


@given(st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyzMW", max_size=5), max_size=30))
def test_short_words_are_never_warned_of(words):
    cell = " ".join(words)

    assert squeezes(paper(dict.fromkeys(COLUMNS["classic"], cell))) == ()


@given(word=LETTERS, more=LETTERS)
def test_a_longer_word_never_fits_where_a_shorter_of_the_same_letters_does_not(word, more):
    assert word_width(word + more) > word_width(word)
    if squeezes(paper({"status": word})):
        assert squeezes(paper({"status": word + more}))


@given(words=st.lists(LETTERS, min_size=1, max_size=6), dice=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(words, dice: random.Random):
    rows = [{"status": word, "lead": word + word} for word in words]

    first = squeezes(paper(*rows))
    dice.shuffle(rows)

    assert squeezes(paper(*rows)) == first


@given(st.text(max_size=200))
def test_any_text_in_any_cell_is_told_of_or_not_but_does_no_harm(text):
    assert len(squeezes(paper({"lead": f"<p>{escape(text)}</p>"}))) <= 1


@given(st.lists(st.none() | st.floats(0.01, 0.12), min_size=1, max_size=8))
def test_the_columns_fill_their_table(parts):
    widths = column_widths(parts, 700)

    assert sum(widths) == pytest.approx(700)
    assert all(width >= part * 700 - 0.001 for width, part in zip(widths, parts, strict=True) if part)


@pytest.mark.parametrize(("weight", "widths"), [(400, REGULAR), (600, BOLD)])
def test_letters_are_as_wide_as_the_fonts_of_papers_say(weight, widths):
    fonts = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
    font = TTFont(fonts / f"inter-latin-{weight}-normal.woff2")
    names, metrics, whole = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm

    assert list(widths) == [
        round(metrics[names[ord(FIRST) + number]][0] * 1000 / whole) for number in range(ord("~") - ord(FIRST) + 1)
    ]


# --- And so it is in the PDF -------------------------------------------------------------------------------------


def lines_of(pdf: bytes) -> list[str]:
    """The text of a PDF by the heights at which its letters stand, column by column."""
    lines: dict[tuple[int, int], str] = defaultdict(str)
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            text = page.get_textpage()
            for index in range(text.count_chars()):
                _, bottom, _, _ = text.get_charbox(index, loose=True)
                lines[number, round(bottom)] += text.get_text_range(index, 1)
    return list(lines.values())


def led_by(position, *names: str):
    """The position with milestones led by these, one after the other."""
    left = list(names)

    def led(milestone):
        if not left or milestone.lead is None:
            return milestone
        return replace(milestone, lead=replace(milestone.lead, name=left.pop(0)))

    themes = tuple(
        replace(
            theme,
            actions=tuple(replace(action, milestones=tuple(map(led, action.milestones))) for action in theme.actions),
        )
        for theme in position.themes
    )
    assert not left
    return replace(position, themes=themes)


def test_the_word_that_is_named_is_broken_in_the_pdf_and_another_is_whole(full_plan):
    fits = "Safeguardings"
    order = Order(layout=Layout.CLASSIC)
    position = led_by(plan_position(full_plan.plan, AS_AT, with_governance=False), EIGHTY, fits)

    found = fit_of("milestones", position, order)
    lines = lines_of(make_paper("milestones", "pdf", position, order).content)

    assert [(each.column, each.why, each.examples) for each in found] == [
        ("Milestone Lead", Why.BREAKS, (f"{EIGHTY[:24]}…",))
    ]
    assert found[0].table == "Milestones of Front door"
    assert not any(EIGHTY in line for line in lines)
    assert sum("Safeguarding" in line for line in lines) > 3
    assert any(fits in line for line in lines)


@pytest.mark.django_db
def test_where_nothing_is_broken_nothing_is_warned_of(demonstrated):
    """The demonstration in every kind and layout; its PDFs are looked at in test_pdf_of_every_paper.py."""
    for kind in DRAWN.keys() - {"cover"}:
        layouts = list(Layout) if KINDS[kind].formats["html"].has_layouts else [Layout.ACCESSIBLE]
        for layout in layouts:
            before = demonstrated.before if KINDS[kind].compares else None
            assert fit_of(kind, demonstrated.now, Order(layout=layout, before=before)) == (), (kind, layout)


# --- On the pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(full_plan, council, people):
    """One milestone more, led by somebody with a very long title."""
    officer = add_person(name="Olive Long", job_title=EIGHTY, organisation=council, by=people.manager)
    make_milestone(full_plan.one, ref="1.4", text="Partners meet.", lead=officer, by=people.manager)
    return full_plan


@pytest.fixture
def manager(client, people, narrow):
    client.force_login(people.manager)
    return client


def test_the_page_of_a_paper_offers_the_check_and_makes_it_when_asked(manager):
    page = manager.get(SHOW, WANTED)
    (check,) = [
        attrs["href"] for tag, attrs in Read(page.content.decode()).tags if tag == "a" and "fit=1" in attrs["href"]
    ]

    assert "is narrow" not in Read(page.content.decode()).text

    checked = Read(manager.get(check).content.decode()).text
    assert f"The column Milestone Lead is narrow: “{EIGHTY[:24]}…” breaks in its middle." in checked
    assert "Check how it fits on paper" not in checked


def test_a_paper_that_fits_says_so(manager):
    said = "Every column has room for its words on A4."

    assert said in Read(manager.get(SHOW, WANTED | {"fit": "1", "show": "off_track"}).content.decode()).text
    assert said not in Read(manager.get(SHOW, WANTED | {"fit": "1"}).content.decode()).text


def test_no_file_says_how_it_fits(manager, narrow):
    file = make_paper("milestones", "html", plan_position(narrow.plan, AS_AT), Order(layout=Layout.CLASSIC))

    assert EIGHTY in file.content.decode()
    assert "is narrow" not in file.content.decode()


def test_a_preview_of_a_look_says_of_each_layout_how_it_fits(manager, council):
    address = reverse("reports:look", args=[council.pk])

    shown = Read(manager.post(address, sent(address, manager, preview="1")).content.decode()).text

    assert "Accessible layout: squeezed on A4." in shown
    assert "Classic layout: squeezed on A4." in shown


def test_a_paper_of_a_draft_is_checked_when_asked(manager, pack):
    address = reverse("reports:draft_page", args=[pack.number, pack.papers.get(place=1).pk])

    assert 'href="?fit=1"' in manager.get(address).content.decode()
    assert "The column Lead is narrow" in Read(manager.get(address, {"fit": "1"}).content.decode()).text
