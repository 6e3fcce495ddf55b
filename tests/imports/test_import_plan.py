"""The command, over real files: Word, Excel, CSV; a month later; and everything an operator can get wrong."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.history import history_mismatches
from accounts.models import Operation
from imports.management.commands.import_plan import Command
from imports.models import Import
from milestones.models import Milestone, ProgressUpdate
from plans.models import Plan, Theme

from .files import plan_csv, plan_docx, plan_xlsx

KINDS = {"themes", "actions", "milestones", "updates", "people", "recommendations", "links"}
MIRA = "mira@council.example"
SMALL = (
    "Action,Milestone,Start Date,Due Date,Status,Progress Note,Milestone Lead,Outcome\r\n"
    "1. Answer contacts,1.1 Write a guide,01-Mar-2011,31-Aug-2011,,May 2011 - On track. Half done.,A. Moss,Safe\r\n"
)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command as a shell does: exit code, the JSON on standard output, the words on standard error."""
    # At its end a command closes the connection, and with it a database in memory.
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def run(*arguments):
        code = 0
        try:
            Command().run_from_argv(["manage.py", "import_plan", *map(str, arguments), "--json", "--no-color"])
        except SystemExit as exit_:
            code = exit_.code
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return run


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(SMALL)
    return path


@pytest.mark.parametrize(("name", "contents"), [("p.docx", plan_docx), ("p.xlsx", plan_xlsx), ("p.csv", plan_csv)])
def test_a_councils_own_file_starts_a_plan_and_the_others_say_the_same(people, run, tmp_path, name, contents):
    path = tmp_path / name
    path.write_bytes(contents())

    code, result, _ = run(path, "--plan", "new", "--create", "New plan", "--as-at", "2011-05-31", "--by", MIRA)

    assert code == 0
    assert result["applied"] is True
    assert result["problems"] == []
    assert all(set(result[counts]) == KINDS for counts in ("created", "updated", "unchanged"))
    assert result["created"]["milestones"] == Milestone.objects.count() == 10
    assert all(set(entry) == {"code", "where", "message"} for entry in result["warnings"])
    assert Plan.objects.get(slug="new").title == "New plan"
    for other, make in (("again.docx", plan_docx), ("again.xlsx", plan_xlsx), ("again.csv", plan_csv)):
        (tmp_path / other).write_bytes(make())
        code, result, _ = run(tmp_path / other, "--plan", "new", "--as-at", "2011-05-31", "--by", MIRA)
        assert (code, result["applied"], result["differs"]) == (0, True, [])
        assert not any(result["created"].values())
    assert history_mismatches() == []


def test_the_same_order_twice_starts_one_plan(people, run, small):
    order = (small, "--plan", "new", "--create", "New plan", "--by", MIRA)

    assert run(*order)[0] == 0
    code, result, _ = run(*order)

    assert (code, result["applied"]) == (0, True)
    assert not any(result["created"].values())
    assert Plan.objects.count() == 1


def test_next_months_file_adds_an_update(plan, run, small, tmp_path):
    run(small, "--plan", "safeguarding", "--by", MIRA)
    (tmp_path / "june.csv").write_text(SMALL.replace("May 2011 - On track. Half", "June 2011 - Achieved. All"))

    code, result, _ = run(tmp_path / "june.csv", "--plan", "safeguarding", "--by", MIRA)

    assert code == 0
    assert {kind: count for kind, count in result["created"].items() if count} == {"updates": 1}
    assert list(ProgressUpdate.objects.order_by("as_at").values_list("as_at", "declared_status", "note")) == [
        (date(2011, 5, 31), "on_track", "Half done."),
        (date(2011, 6, 30), "achieved", "All done."),
    ]


@pytest.mark.parametrize("start", [("--create", "Another"), ()])
def test_a_dry_run_says_what_would_be_done_and_does_nothing(plan, run, small, start):
    before = Operation.objects.count()

    code, result, _ = run(small, "--plan", "new" if start else "safeguarding", *start, "--dry-run", "--by", MIRA)

    assert (code, result["applied"]) == (0, False)
    assert result["created"]["milestones"] == 1
    assert Operation.objects.count() == before
    assert not Theme.objects.exists()
    assert not Import.objects.exists()


def test_differences_are_left_alone_unless_accepted(plan, run, small, tmp_path):
    run(small, "--plan", "safeguarding", "--by", MIRA)
    other = tmp_path / "other.csv"
    other.write_text(SMALL.replace("31-Aug-2011", "30-Sep-2011"))

    code, result, _ = run(other, "--plan", "safeguarding", "--by", MIRA)
    assert code == 0
    assert [entry["code"] for entry in result["differs"]] == ["date_differs"]
    assert Milestone.objects.get().due_on == date(2011, 8, 31)

    _, result, _ = run(other, "--plan", "safeguarding", "--accept-differences", "--by", MIRA)
    assert result["updated"]["milestones"] == 1
    milestone = Milestone.objects.get()
    assert milestone.due_on == date(2011, 9, 30)
    assert milestone.date_changes.get().reason == "Import of other.csv"


def test_duplicates_that_differ_write_nothing(plan, run, tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text(SMALL + SMALL.splitlines(keepends=True)[1].replace("Write a guide", "Burn the guide"))
    before = Operation.objects.count()

    code, result, errors = run(path, "--plan", "safeguarding", "--by", MIRA)

    assert (code, result["applied"]) == (1, False)
    assert [entry["code"] for entry in result["problems"]] == ["duplicates_differ"]
    assert result["problems"][0]["message"] in errors
    assert Operation.objects.count() == before
    assert not Theme.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["FILE", "--plan", "nowhere", "--by", MIRA], "There is no plan “nowhere”.", id="unknown plan"),
        pytest.param(["FILE", "--plan", "safeguarding", "--by", "x@y.example"], "There is no user", id="unknown user"),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--by", "stella@council.example"],
            "You may not import into this plan.",
            id="missing right",
        ),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--by", "otto@elsewhere.example"],
            "You may not import into this plan.",
            id="no role",
        ),
        pytest.param(
            ["FILE", "--plan", "new", "--create", "New", "--by", "otto@elsewhere.example"],
            "You may not start a plan.",
            id="may not start a plan",
        ),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--as-at", "31/05/2011", "--by", MIRA], "is not a date", id="bad date"
        ),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--as-at", "2126-05-31", "--by", MIRA], "still to come", id="to come"
        ),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--as-at", "1989-12-31", "--dry-run", "--by", MIRA],
            "31 December 1989 is before 1990.",
            id="absurdly old",
        ),
        pytest.param(
            ["FILE", "--plan", "safeguarding", "--create", "New", "--by", MIRA],
            "“safeguarding” is another plan, “Safeguarding Improvement Plan”.",
            id="plan exists",
        ),
        pytest.param(["FILE", "--plan", "new", "--create", " ", "--by", MIRA], "needs a title", id="no title"),
        pytest.param(["FILE", "--plan", "a/b", "--create", "New", "--by", MIRA], "valid “slug”", id="bad address"),
        pytest.param(
            ["FILE", "--plan", "new", "--create", "x" * 301, "--by", MIRA], "at most 300 characters", id="long title"
        ),
        pytest.param(["missing.csv", "--plan", "safeguarding", "--by", MIRA], "cannot be read", id="no file"),
        pytest.param([".", "--plan", "safeguarding", "--by", MIRA], "cannot be read", id="a folder"),
    ],
)
def test_what_is_refused_is_one_sentence_and_exit_1(plan, run, small, arguments, words):
    before = Operation.objects.count()

    code, result, errors = run(*(small if argument == "FILE" else argument for argument in arguments))

    assert (code, result) == (1, None)
    assert words in errors
    assert errors.count("\n") == 1
    assert "Traceback" not in errors
    assert Operation.objects.count() == before


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        pytest.param("empty.csv", b"", id="empty"),
        pytest.param("letter.docx", b"not a zip", id="not a Word file"),
        pytest.param("cut.docx", plan_docx()[:500], id="cut short"),
        pytest.param("letter.csv", b"Dear all,\r\nplease find attached\r\n", id="no table"),
    ],
)
def test_a_wrong_file_is_a_problem_in_the_json_too(plan, run, tmp_path, name, contents):
    path = tmp_path / name
    path.write_bytes(contents)

    code, result, errors = run(path, "--plan", "safeguarding", "--by", MIRA)

    assert (code, result["applied"], len(result["problems"])) == (1, False, 1)
    assert result["problems"][0]["message"] in errors
    assert not Import.objects.exists()


@pytest.mark.parametrize("contents", ["", "Dear all,\r\nplease find attached\r\n"])
def test_a_file_that_cannot_be_read_leaves_no_milestone_out(plan, run, small, contents):
    run(small, "--plan", "safeguarding", "--by", MIRA)
    small.write_text(contents)

    code, result, _ = run(small, "--plan", "safeguarding", "--by", MIRA)

    assert (code, "not_in_file" in [entry["code"] for entry in result["decisions"]]) == (1, False)


@pytest.mark.parametrize("arguments", [[], ["x.csv"], ["x.csv", "--plan", "p"], ["x.csv", "--nonsense"]])
def test_wrong_usage_is_exit_2(run, arguments):
    assert run(*arguments)[0] == 2


KILLED_AT_THE_FIFTH_UPDATE = """
import os, signal
import django
django.setup()
from django.core.management import call_command
from imports import operations

record_update, left = operations.record_update, iter(range(4))

def die(**details):
    return record_update(**details) if next(left, None) is not None else os.kill(os.getpid(), signal.SIGKILL)

operations.record_update = die
call_command("import_plan", "p.docx", plan="new", create="New", as_at="2011-05-31", by="mira@council.example")
"""


def test_a_process_that_is_killed_in_the_middle_leaves_nothing(tmp_path):
    root = Path(__file__).parents[2]
    database = tmp_path / "killed.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(root),
    }
    (tmp_path / "p.docx").write_bytes(plan_docx())

    def python(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True
        ).returncode

    python(root / "manage.py", "migrate")
    python(root / "manage.py", "createsuperuser", "--noinput", "--email", MIRA)
    with closing(sqlite3.connect(database)) as rows:
        before = rows.execute("SELECT name FROM accounts_operation").fetchall()
    assert python("-c", KILLED_AT_THE_FIFTH_UPDATE) == -signal.SIGKILL

    with closing(sqlite3.connect(database)) as rows:
        for table in ("plans_plan", "plans_theme", "milestones_milestone", "imports_import"):
            assert rows.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert rows.execute("SELECT name FROM accounts_operation").fetchall() == before
    again = (root / "manage.py", "import_plan", "p.docx", "--plan", "new", "--create", "New", "--by", MIRA)
    assert python(*again) == 0


def test_without_json_it_speaks_in_words(plan, small, capsys):
    call_command("import_plan", str(small), plan="safeguarding", by=MIRA)

    printed = capsys.readouterr().out
    assert "As at 2011-05-31." in printed
    assert "Milestones: 1 created, 0 updated, 0 left alone." in printed
    assert "A. Moss is new" in printed
    assert printed.endswith("Imported.\n")


def test_a_caller_in_python_gets_an_error(plan, small):
    with pytest.raises(CommandError, match="no plan"):
        call_command("import_plan", str(small), plan="nowhere", by=MIRA)
