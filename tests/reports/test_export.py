"""The command that writes papers: what it promises on the command line, and that a paper can be made again."""

import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.operations import edit_person
from milestones.evidence_operations import edit_evidence
from milestones.operations import archive_milestone, edit_milestone, record_update
from plans.models import Plan
from plans.operations import edit_plan, edit_theme
from reports.papers import KINDS
from reports.position import plan_position, to_json
from reports.wording import listed

from .full_plan import AS_AT

NO_MINUTES = f"There is no paper “minutes”. There are {listed([f'“{name}”' for name in KINDS])}."


def export(kind="milestones", *, format="csv", output="-", plan="safeguarding", as_at="2011-05-31", **more) -> str:
    written = io.StringIO()
    call_command("export", kind, plan=plan, as_at=as_at, format=format, output=str(output), stdout=written, **more)
    return written.getvalue()


def refusal(**order) -> str:
    with pytest.raises(CommandError) as refused:
        export(**order)
    return str(refused.value)


def test_the_position_is_given_byte_for_byte(full_plan, tmp_path):
    export("position", format="json", output=tmp_path / "position.json")

    assert (tmp_path / "position.json").read_text(encoding="utf-8") == to_json(plan_position(full_plan.plan, AS_AT))


def test_standard_output_carries_the_paper_and_nothing_else(full_plan):
    assert json.loads(export(format="json"))["kind"] == "milestones"
    assert export().startswith("\ufefftheme,action_ref")


def test_the_paper_is_of_today_when_no_day_is_given(full_plan):
    paper = json.loads(export(format="json", as_at=None))

    assert paper["as_at"] == timezone.localdate().isoformat()


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        pytest.param(
            {"kind": "minutes"},
            NO_MINUTES,
            id="kind",
        ),
        pytest.param(
            {"format": "odt"},
            f"“milestones” is not made as odt. It is made as {listed(list(KINDS['milestones'].formats))}.",
            id="format",
        ),
        pytest.param(
            {"kind": "position", "format": "csv"}, "“position” is not made as csv. It is made as json.", id="both"
        ),
        pytest.param({"plan": "nowhere"}, "There is no plan “nowhere”.", id="plan"),
        pytest.param({"as_at": "31/05/2011"}, "“31/05/2011” is not a date. Write --as-at as 2011-05-31.", id="date"),
        pytest.param({"as_at": "2999-05-31"}, "31 May 2999 is more than a year ahead. Check the year.", id="far date"),
        pytest.param(
            {"recorded_at": "yesterday"},
            "“yesterday” is not a moment. Write it as 2011-06-03T10:32.",
            id="moment",
        ),
        pytest.param(
            {"recorded_at": "2999-01-01T00:00"},
            "2999-01-01T00:00 lies ahead, and more may be recorded until then.",
            id="moment to come",
        ),
        pytest.param(
            {"recorded_at": "2001-02-03T10:00"},
            "The plan “safeguarding” was not recorded yet on 3 February 2001, 10:00.",
            id="before the plan",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence_and_nothing_is_written(full_plan, tmp_path, order, sentence):
    assert refusal(output=tmp_path / "paper", **order) == sentence
    assert list(tmp_path.iterdir()) == []
    assert Plan.objects.get().last_reported_at is None


def test_a_moment_that_the_clock_showed_twice_asks_for_its_offset(full_plan):
    assert "2011-10-30T01:30+01:00" in refusal(recorded_at="2011-10-30T01:30")


def test_the_position_has_no_public_copy(full_plan):
    assert "has no public copy" in refusal(kind="position", format="json", public=True)


@pytest.mark.parametrize(("written", "read"), [("2020-06-03T10:00", "10:00"), ("2020-06-03T10:00+00:00", "11:00")])
def test_a_moment_without_an_offset_is_london_time(full_plan, written, read):
    assert f"3 June 2020, {read}" in refusal(recorded_at=written)


def test_a_paper_that_cannot_be_written_is_refused_in_a_sentence(full_plan, tmp_path):
    assert "could not be written: No such file or directory." in refusal(output=tmp_path / "no" / "paper.csv")
    assert "it is a folder" in refusal(output=tmp_path)


def test_what_was_there_stays_when_the_new_paper_fails(full_plan, tmp_path, monkeypatch):
    paper = tmp_path / "paper.csv"
    paper.write_text("the old one")
    monkeypatch.setattr(
        "reports.management.commands.export.note_that_paper_left",
        lambda **_: (_ for _ in ()).throw(OSError(28, "full")),
    )

    assert "could not be written: full." in refusal(output=paper)
    assert paper.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [paper]


def test_a_link_stays_a_link_and_a_pipe_a_pipe(full_plan, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "paper.csv")

    export(output=tmp_path / "link.csv")
    export(output=os.devnull)

    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "paper.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not os.path.isfile(os.devnull)


def test_a_paper_that_leaves_the_house_is_noted_and_history_is_not_touched(full_plan, tmp_path):
    before = plan_position(full_plan.plan, AS_AT).recorded_at

    export(output=tmp_path / "paper.csv")

    assert Plan.objects.get().last_reported_at is not None
    assert plan_position(full_plan.plan, AS_AT).recorded_at == before
    assert Plan.history.filter(id=full_plan.plan.pk).count() == 1


def test_the_position_file_is_no_report(full_plan):
    export("position", format="json")

    assert Plan.objects.get().last_reported_at is None


@pytest.mark.parametrize("format", ["csv", "json", "html"])
@pytest.mark.parametrize("layout", ["classic", "accessible"])
def test_the_same_position_gives_the_same_bytes(full_plan, format, layout):
    assert export(format=format, layout=layout) == export(format=format, layout=layout)


PAPERS = [
    ("position", "json", None),
    ("milestones", "csv", None),
    ("milestones", "json", None),
    ("milestones", "html", "classic"),
    ("milestones", "html", "accessible"),
    ("milestones", "pdf", "classic"),
    ("milestones", "pdf", "accessible"),
]


def test_a_paper_can_be_made_again_after_later_edits_renames_and_archiving(full_plan, tmp_path):
    def all_papers(folder, **more):
        folder.mkdir()
        for kind, format, layout in PAPERS:
            export(kind, format=format, layout=layout, output=folder / f"{kind}-{layout}.{format}", **more)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    then = timezone.now()
    first = all_papers(tmp_path / "first")

    by = full_plan.by
    edit_plan(plan=full_plan.plan, title="Another Plan", by=by, reason="Renamed")
    edit_theme(theme=full_plan.front, name="The door", by=by, reason="Renamed")
    edit_person(person=full_plan.nurse, name="Nadia Newname", by=by, reason="Married")
    edit_milestone(milestone=full_plan.second, text="Rewritten.", by=by, reason="Clearer")
    record_update(
        milestone=full_plan.first, declared_status="on_track", note="Backdated.", as_at=date(2011, 5, 28), by=by
    )
    archive_milestone(milestone=full_plan.first, by=by, reason="Entered twice")

    assert all_papers(tmp_path / "again", recorded_at=then.isoformat()) == first
    now = all_papers(tmp_path / "now")
    assert all(now[name] != first[name] for name in first)


@pytest.mark.parametrize("format", ["html", "json"])
def test_looking_back_is_no_way_around_what_is_restricted_since(answered_plan, format):
    by = answered_plan.by
    order = {"format": format, "public": True, "recorded_at": (then := timezone.now()).isoformat()}
    record = export("position", format="json", recorded_at=then.isoformat())
    assert "What children said" in export("recommendations", **order)

    edit_evidence(evidence=answered_plan.public, sensitivity="restricted", by=by, reason="A child is named in it")

    for public in (True, False):
        assert "What children said" not in export("recommendations", **order | {"public": public})
    # The record itself stays what was recorded.
    assert export("position", format="json", recorded_at=then.isoformat()) == record
    assert "What children said" in record


def run(*arguments: str, database: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "export", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
    )


def test_on_the_command_line_a_refusal_is_one_sentence_and_exit_1_and_wrong_usage_exit_2(tmp_path):
    refused = run("minutes", "--plan", "x", "--format", "csv", "--output", "-", database=f"{tmp_path}/db.sqlite3")
    misused = run("milestones", "--format", "csv", database=f"{tmp_path}/db.sqlite3")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{NO_MINUTES}\n"
    assert misused.returncode == 2
    assert "--plan" in misused.stderr


def test_only_a_pdf_loads_the_pdf_maker():
    program = (
        "import django, sys; django.setup(); import reports.papers, reports.management.commands.export; "
        "sys.exit(any(name.startswith('weasyprint') for name in sys.modules))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}

    assert subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment).returncode == 0
