"""The command for figures: a file twice, dry, with faults, with doubts, by somebody who may not."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from imports.management.commands.import_measurements import Command
from indicators.models import Measurement
from indicators.operations import add_indicator
from plans.models import ChildDataOverride

from .files import delimited

ROOT = Path(__file__).parents[2]
HEADINGS = ("code", "period", "numerator", "denominator", "value", "provisional")


@pytest.fixture(autouse=True)
def on_a_day_in_july(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: date(2011, 7, 20))


@pytest.fixture
def scorecard(plan, people):
    common = {"plan": plan, "by": people.manager, "polarity": "high", "frequency": "monthly", "shape": "in_period"}
    parts = {"unit": "percent", "numerator_label": "Seen", "denominator_label": "All"}
    add_indicator(code="PI 1", title="Seen in time", **parts, **common)
    add_indicator(code="PI 2", title="Children on a plan", unit="number", decimals=0, **common)
    return plan


@pytest.fixture
def run(scorecard, capsys, monkeypatch, tmp_path):
    """Runs the command as a shell does: exit code, the JSON on standard output, the words on standard error."""
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def run(*lines, arguments=(), data=None, by="mira@council.example", plan="safeguarding"):
        path = tmp_path / "figures.csv"
        path.write_bytes(delimited([HEADINGS, *lines]) if data is None else data)
        words = ["manage.py", "import_measurements", str(path), "--plan", plan, "--json", "--no-color", *arguments]
        code = 0
        try:
            Command().run_from_argv([*words, "--by", by])
        except SystemExit as exit_:
            code = exit_.code
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return run


FILE = (("PI 1", "2011-05", "34", "40", "", "yes"), ("PI 2", "2011-05", "", "", "1204", ""))


def test_a_file_is_recorded_and_a_second_time_changes_nothing(run):
    code, result, words = run(*FILE)

    assert (code, words) == (0, "")
    assert result == {
        "applied": True,
        "created": {"measurements": 2},
        "updated": {"measurements": 0},
        "unchanged": {"measurements": 0},
        "differs": [],
        "warnings": [],
        "problems": [],
    }
    first = Measurement.objects.get(indicator__code="PI 1")
    assert (first.starts_on, first.value, first.is_provisional) == (date(2011, 5, 1), Decimal(85), True)
    assert first.source == "figures.csv"
    code, result, _ = run(*FILE)
    assert (code, result["created"], result["unchanged"]) == (0, {"measurements": 0}, {"measurements": 2})
    assert Measurement.objects.count() == 2


def test_a_dry_run_writes_nothing_and_says_the_same(run):
    code, result, _ = run(*FILE, arguments=["--dry-run"])

    assert (code, result["applied"], result["created"]) == (0, False, {"measurements": 2})
    assert not Measurement.objects.exists()


def test_one_fault_stops_all_of_it_and_is_named(run):
    code, result, words = run(*FILE, ("PI 9", "2011-05", "", "", "1", ""), ("PI 1", "2011-06", "8l", "90", "", ""))

    assert (code, result["applied"], result["created"]) == (1, False, {"measurements": 0})
    assert [each["code"] for each in result["problems"]] == ["code_unknown", "not_a_number"]
    assert result["problems"][1]["where"] == "line 5, PI 1, June 2011"
    assert "“8l” is not a number" in words
    assert not Measurement.objects.exists()


def test_a_row_without_a_period_is_a_fault(run):
    assert run(("PI 2", "", "", "", "1", ""))[1]["problems"][0]["code"] == "period_unreadable"


def test_doubts_are_warnings_and_what_is_revised_is_kept(run):
    run(*FILE)

    code, result, _ = run(("PI 1", "2011-05", "0", "0", "", ""), ("PI 2", "2011-06", "", "", "9", ""))

    assert (code, result["created"], result["updated"]) == (0, {"measurements": 1}, {"measurements": 1})
    assert [each["code"] for each in result["warnings"]] == ["revises", "nothing_counted", "jump"]
    assert not any("tick" in each["message"] for each in result["warnings"])
    assert Measurement.objects.count() == 4


def test_a_figure_is_revised_by_its_note_or_else_by_the_name_of_the_file(run):
    run(*FILE)
    lines = [("PI 1", "2011-05", "35", "40", "", "", ""), ("PI 2", "2011-05", "", "", "1205", "", "One came late")]

    code, result, _ = run(data=delimited([(*HEADINGS, "note"), *lines]))

    assert (code, result["updated"]) == (0, {"measurements": 2})
    reasons = Measurement.objects.filter(replaced_by=None).order_by("indicator__code")
    assert [row.revision_reason for row in reasons] == ["Revised by the import of figures.csv", "One came late"]


def test_what_looks_like_a_child_is_written_and_that_is_recorded(run):
    data = delimited([(*HEADINGS, "note"), ("PI 2", "2011-05", "", "", "9", "", "Child A, born 12/03/2009")])

    code, result, _ = run(data=data)

    assert code == 0
    assert "looks_like_a_child" in [each["code"] for each in result["warnings"]]
    assert ChildDataOverride.objects.count() == 1


def test_a_file_that_is_none_is_refused_in_the_same_shape(run):
    code, result, words = run(data=b"%PDF-1.4")

    assert (code, result["applied"], [each["code"] for each in result["problems"]]) == (1, False, ["file_type"])
    assert "Traceback" not in words


@pytest.mark.parametrize("who", ["leon@council.example", "stella@council.example", "otto@elsewhere.example"])
def test_others_than_those_who_enter_figures_are_refused_before_the_file_is_read(run, who):
    code, result, words = run(by=who, data=b"")

    assert (code, result) == (1, None)
    assert "enter figures" in words
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("details", "said"), [({"plan": "nowhere"}, "There is no plan"), ({"by": "nobody@council.example"}, "no user")]
)
def test_every_mistake_has_a_sentence(run, details, said):
    code, result, words = run(*FILE, **details)

    assert (code, result) == (1, None)
    assert said in words


def test_a_missing_option_is_wrong_usage():
    command = [sys.executable, ROOT / "manage.py", "import_measurements", "figures.csv"]

    assert subprocess.run(command, capture_output=True, text=True).returncode == 2
