"""The house keeps its own rules: which way imports point, and where each kind of code may live.

Every rule is shown to catch what it is for and to let the proper way pass; an allowance that nothing uses any more
has to go.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The floor of each app. Imports point down; apps of one floor never import each other.
FLOORS = {"config": 0, "reports": 1, "imports": 1, "milestones": 2, "indicators": 2, "plans": 3, "accounts": 4}
NO_PLACE_FOR = {"core", "common", "utils", "helpers", "misc"}

Finding = tuple[int, str]


@dataclass(frozen=True)
class Rule:
    """`find` takes a file's source and its path from the root, and gives the lines that break the rule."""

    name: str
    find: Callable[[str, str], Iterator[Finding]]
    caught: tuple[tuple[str, str], ...]  # each a path and a source
    passes: tuple[tuple[str, str], ...]
    suffix: str = ".py"
    allowed: dict[str, str] = field(default_factory=dict)  # path, or folder ending in a slash: the reason

    def findings(self, path: str, source: str) -> list[str]:
        return [f"{path}:{line}: {what}" for line, what in self.find(source, path)]

    def allows(self, path: str) -> str | None:
        """The allowance that covers `path`, if there is one."""
        return next((place for place in self.allowed if path == place or path.startswith(_folder(place))), None)


def _folder(place: str) -> str:
    return place if place.endswith("/") else place + "/"


# --- What the rules look for -------------------------------------------------------------------------------------


#: A rule may look at a file more than once.
_parsed = lru_cache(maxsize=1)(ast.parse)


def _nodes(source: str) -> Iterator[ast.AST]:
    return ast.walk(_parsed(source))


def _imported(source: str, path: str) -> Iterator[tuple[int, str]]:
    """The line and the full dotted name of every import; a relative one is resolved from `path`."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((node.lineno, f"{module}.{alias.name}" if module else alias.name) for alias in node.names)


def _calls(source: str) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the called name: `update` for `rows.filter().update(...)`."""
    for node in _nodes(source):
        if isinstance(node, ast.Call):
            function = node.func
            yield node, getattr(function, "attr", None) or getattr(function, "id", "")


def imports_that_point_up(source: str, path: str) -> Iterator[Finding]:
    app = path.split("/")[0]
    for line, name in _imported(source, path):
        if _is_not_below(app, name.split(".")[0]):
            yield line, f"{app} may not import {name}"
    for node in _nodes(source):
        # A model named in a string, as relations name theirs, is an import that Django does later.
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = re.fullmatch(r"([a-z]+)\.[A-Z]\w+", node.value)
            if named and _is_not_below(app, named[1]):
                yield node.lineno, f"{app} may not name {node.value}"


def _is_not_below(app: str, other: str) -> bool:
    return other != app and other in FLOORS and FLOORS[other] <= FLOORS[app]


def imports_of(*packages: str) -> Callable[[str, str], Iterator[Finding]]:
    def find(source: str, path: str) -> Iterator[Finding]:
        for line, name in _imported(source, path):
            if name.split(".")[0] in packages:
                yield line, f"imports {name}"

    return find


def trusted_markup(source: str, path: str) -> Iterator[Finding]:
    for line, name in _imported(source, path):
        if name.split(".")[-1] in ("mark_safe", "SafeString", "SafeText"):
            yield line, f"imports {name}"


def rows_reached_without_visible_to(source: str, path: str) -> Iterator[Finding]:
    """A row asked for from all there are. One asked for from a row that was found (`milestone.updates`) is fine."""
    for call, name in _calls(source):
        if name in ("get_object_or_404", "get_list_or_404"):
            rows = ast.unparse(call.args[0])
            if rows[0].isupper() and "visible_to(" not in rows:
                yield call.lineno, f"{name}({rows}, ...)"


def writes_around_the_history(source: str, path: str) -> Iterator[Finding]:
    for call, name in _calls(source):
        # A dictionary and a hash are updated with a value; only rows are updated with names alone.
        is_update = name == "update" and call.keywords and not call.args
        if is_update or name in ("bulk_create", "bulk_update", "abulk_create", "abulk_update", "_raw_delete"):
            yield call.lineno, f"calls {name}"


def transactions(source: str, path: str) -> Iterator[Finding]:
    for node in _nodes(source):
        if isinstance(node, ast.Attribute | ast.Name) and (getattr(node, "attr", None) or node.id) == "atomic":
            yield node.lineno, "opens a transaction"


def clocks_without_a_zone(source: str, path: str) -> Iterator[Finding]:
    for call, name in _calls(source):
        called = ast.unparse(call.func)
        without_zone = name in ("utcnow", "today") or (name == "now" and not call.args and not call.keywords)
        if without_zone and re.search(r"\b(date|datetime)\b", called):
            yield call.lineno, f"calls {called}()"


def anything_but_facts(source: str, path: str) -> Iterator[Finding]:
    """Django, and every clock: a pure rule is given its facts."""
    for line, name in _imported(source, path):
        if name.split(".")[0] == "django" or re.search(r"\.(models|operations)\b", name):
            yield line, f"imports {name}"
    for call, name in _calls(source):
        if name in ("now", "today", "utcnow", "localdate"):
            yield call.lineno, f"calls {ast.unparse(call.func)}()"


def in_template(pattern: str) -> Callable[[str, str], Iterator[Finding]]:
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)

    def find(source: str, path: str) -> Iterator[Finding]:
        for match in compiled.finditer(source):
            yield source.count("\n", 0, match.start()) + 1, " ".join(match[0].split())

    return find


# --- The rules ---------------------------------------------------------------------------------------------------

PURE_MODULES = (
    "accounts/texts.py",
    "plans/childdata.py",
    "plans/schemes.py",
    "plans/timescales.py",
    "plans/due_dates.py",
    "plans/statement.py",
    "plans/judgements.py",
    "plans/spans.py",
    "plans/cycles.py",
    "plans/file_names.py",
    "plans/uploads/",
    "plans/meeting_days.py",
    "plans/risk_words.py",
    "milestones/forecast.py",
    "milestones/status.py",
    "milestones/own_table.py",
    "milestones/recommendations.py",
    "milestones/cutoff_words.py",
    "milestones/date_limit.py",
    "milestones/reminder_days.py",
    "indicators/catalogue.py",
    "indicators/chart_scale.py",
    "indicators/chart_sheet.py",
    "indicators/charts.py",
    "indicators/checking.py",
    "indicators/pace.py",
    "indicators/periods.py",
    "indicators/spc.py",
    "indicators/suppression.py",
    "indicators/svg.py",
    "indicators/terms.py",
    "indicators/thresholds.py",
    "indicators/travel.py",
    "indicators/values.py",
    "indicators/stacked.py",
    "imports/readers/",
    "reports/coverage.py",
    "reports/suggestions.py",
    "reports/changes.py",
    "reports/dashboard.py",
    "reports/key_issues.py",
    "reports/paper_check.py",
    "reports/stamps.py",
    "reports/looks.py",
    "reports/manifest.py",
    "reports/cover_presets.py",
    "reports/cover_paper.py",
    "reports/indicator_issues.py",
    "reports/highlight_status.py",
    "reports/highlight_paper.py",
    "reports/exceptions_paper.py",
    "reports/extensions_paper.py",
    "reports/submitted_paper.py",
    "reports/paper_rows.py",
    "reports/fit.py",
    "reports/paper_grid.py",
    "reports/paper_reading.py",
    "reports/public_lines.py",
    "reports/printed_words.py",
    "reports/short_papers.py",
    "reports/summary_paper.py",
    "reports/theme_paper.py",
    "reports/briefing_paper.py",
    "reports/zip_entries.py",
)

RULES = [
    Rule(
        "imports point down, never up or across",
        imports_that_point_up,
        caught=(
            ("plans/models.py", "from milestones.status import effective_status"),
            ("imports/operations.py", "def apply():\n    import reports.position"),
            ("plans/models.py", 'latest = models.ForeignKey("milestones.Milestone", models.PROTECT)'),
        ),
        passes=(
            ("milestones/models.py", "from plans.models import Plan\nfrom .status import Flag"),
            ("reports/position.py", "from . import papers\nimport milestones.position"),
            ("milestones/models.py", 'plan = models.ForeignKey("plans.Plan", models.PROTECT)'),
        ),
    ),
    Rule(
        "markup is never declared safe in Python",
        trusted_markup,
        caught=(("reports/views.py", "from django.utils.safestring import mark_safe"),),
        passes=(("reports/views.py", "from django.utils.html import format_html"),),
        allowed={"indicators/drawing.py": "charts of our own, in which charts.py has escaped every word"},
    ),
    Rule(
        "WeasyPrint is known to one place",
        imports_of("weasyprint", "pydyf"),
        caught=(("reports/views.py", "from weasyprint import HTML"),),
        passes=(("reports/views.py", "from .pdf import render_pdf"),),
        allowed={"reports/pdf/": "the limited child that draws the PDF"},
    ),
    Rule(
        "files of others are opened by the readers alone",
        imports_of("openpyxl", "docx", "defusedxml", "PIL"),
        caught=(("imports/views.py", "import openpyxl"), ("plans/views.py", "from docx import Document")),
        passes=(("imports/views.py", "from .sandbox import read_limited\nfrom imports.readers import docx"),),
        allowed={
            "imports/readers/": "runs in the limited child, after limits.py has looked at the bytes",
            "imports/limits.py": "counts what is in an archive, with a parser that refuses what is dangerous",
            "plans/uploads/": "runs in a limited child too",
            "reports/word/": "packs our own papers, and reads nobody's",
        },
    ),
    Rule(
        "rows are reached through visible_to",
        rows_reached_without_visible_to,
        caught=(
            ("plans/views.py", "plan = get_object_or_404(Plan, slug=slug)"),
            ("plans/views.py", "plan = get_object_or_404(Plan.objects.filter(slug=slug))"),
        ),
        passes=(
            ("plans/views.py", "plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)"),
            ("milestones/views.py", "update = get_object_or_404(milestone.updates, pk=pk)"),
        ),
    ),
    Rule(
        "nothing is written around the history",
        writes_around_the_history,
        caught=(
            ("plans/operations.py", "Plan.objects.filter(pk=1).update(title=title)"),
            ("plans/operations.py", "Plan.objects.bulk_create(plans)"),
        ),
        passes=(("plans/operations.py", "counts.update({'themes': 1})\ndigest.update(data)"),),
        allowed={
            "accounts/chain.py": "links are no tracked rows: they seal the history",
            "accounts/redaction.py": "takes words out of the history itself, under the gate",
            "reports/operations.py": "when a plan was last reported from is bookkeeping, outside the history",
            "reports/leases.py": "who makes files until when is bookkeeping, outside the history",
            "reports/ordered_papers.py": "a paper that waits to be downloaded passes after a day, and is no record",
            "reports/tasks.py": "who makes the files of a pack until when is bookkeeping, outside the history",
            "reports/archive_restore.py": "loads rows together with the history that they came with",
            "reports/management/commands/make_scale_data.py": "writes the history of what it makes beside it",
        },
    ),
    Rule(
        "operations are the only transactions",
        transactions,
        caught=(("plans/operations.py", "@transaction.atomic\ndef rename(): ..."),),
        passes=(("plans/operations.py", "@operation\ndef rename(): ..."),),
        allowed={
            "accounts/history.py": "where `operation` opens the one transaction",
            "accounts/triggers.py": "all triggers are put back, or none",
            "accounts/limits.py": "a count is committed before anything is tried, and is no record",
            "reports/archive_restore.py": "an empty installation is filled whole, or stays empty",
        },
    ),
    Rule(
        "dates and moments know their zone",
        clocks_without_a_zone,
        caught=(("plans/views.py", "as_at = date.today()"), ("plans/views.py", "at = datetime.now()")),
        passes=(("plans/views.py", "as_at = timezone.localdate()\nat = datetime.now(UTC)"),),
    ),
    Rule(
        "a template trusts nothing",
        in_template(r"\|\s*safe(seq)?\b|\bautoescape\s+off\b"),
        caught=(("a.html", "{{ note|safe }}"), ("a.html", "{% autoescape off %}")),
        passes=(("a.html", "{{ note|linebreaks }}"),),
        suffix=".html",
    ),
    Rule(
        "no style, script or handler stands in a template",
        in_template(
            r"<[^>]*\s(style|on[a-z]+|hx-on[^\s=]*)\s*=|<style\b|<script\b[^>]*>\s*[^<\s]|=\s*[\"']?\s*javascript:"
        ),
        caught=(
            ("a.html", '<td class="due" style="width: 3em">'),
            ("a.html", "<style>td { color: red }</style>"),
            ("a.html", '<button\n  onclick="send()">'),
            ("a.html", "<script>start()</script>"),
            ("a.html", '<a href="javascript:void(0)">'),
        ),
        passes=(("a.html", '<script type="module" src="app.js"></script>\n<p>The style = plain</p>'),),
        suffix=".html",
    ),
    Rule(
        "nothing comes from another server",
        in_template(r"""\b(src|srcset|data|action)\s*=\s*["']?(https?:)?//|<link\b[^>]*href\s*=\s*["']?(https?:)?//"""),
        caught=(
            ("a.html", '<script src="https://cdn.example/htmx.js"></script>'),
            ("a.html", '<link rel="stylesheet" href="//cdn.example/page.css">'),
        ),
        passes=(("a.html", '<a href="https://www.example.org/">The Act</a>'),),
        suffix=".html",
    ),
]

PURE = Rule(
    "pure rules are given their facts",
    anything_but_facts,
    caught=(
        ("milestones/status.py", "from django.utils import timezone"),
        ("milestones/status.py", "due = date.today()"),
        ("plans/cycles.py", "from .models import Plan"),
    ),
    passes=(("milestones/status.py", "from datetime import date, timedelta"),),
)


# --- The tests ---------------------------------------------------------------------------------------------------


def _sources(suffix: str) -> Iterator[tuple[str, str]]:
    """The path from the root and the text of every file of ours, migrations left out: Django writes those."""
    places = [ROOT / app for app in FLOORS] + [ROOT / "templates"]
    for place in places:
        for path in sorted(place.rglob("*" + suffix)):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_house_keeps_the_rule(rule):
    findings = [
        finding
        for path, source in _sources(rule.suffix)
        if not rule.allows(path)
        for finding in rule.findings(path, source)
    ]

    assert not findings, "\n".join(findings)


def test_pure_rules_are_given_their_facts():
    findings = [
        finding
        for path, source in _sources(".py")
        if path.startswith(PURE_MODULES)
        for finding in PURE.findings(path, source)
    ]

    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("rule", [*RULES, PURE], ids=lambda rule: rule.name)
def test_the_rule_catches_what_it_is_for_and_lets_the_proper_way_pass(rule):
    assert all(rule.findings(*example) for example in rule.caught)
    assert not any(rule.findings(*example) for example in rule.passes)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.allowed], ids=lambda rule: rule.name)
def test_every_allowance_is_used(rule):
    allowed = [(path, source) for path, source in _sources(rule.suffix) if rule.allows(path)]
    used = {rule.allows(path) for path, source in allowed if rule.findings(path, source)}

    assert set(rule.allowed) <= used


def test_every_package_has_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert packages - {"tests", "benchmarks"} <= set(FLOORS)


def test_there_is_no_place_for_what_nobody_owns():
    names = {part for path, _ in _sources(".py") for part in Path(path).with_suffix("").parts}

    assert names & NO_PLACE_FOR == set()
