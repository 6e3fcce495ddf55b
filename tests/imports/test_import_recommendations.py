"""The command, over real files of every kind; a second time; and everything an operator can get wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.history import history_mismatches
from accounts.models import User
from imports.management.commands.import_recommendations import Command
from imports.models import RecommendationImport
from plans.due_dates import due_dates
from plans.models import ChildDataOverride, Recommendation, Review
from plans.operations import add_recommendation, add_review

from . import files
from .lists import AREAS, DATES, NOTE, PUBLISHED, as_file

ROOT = Path(__file__).parents[2]
MIRA = "mira@council.example"
OFSTED = "Ofsted Feb 2011"
KINDS = {"recommendations", "reviews"}


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs the command as a shell does: exit code, the JSON on standard output, the words on standard error."""
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def run(data, *arguments, name="list.csv", by=MIRA, review=OFSTED):
        (tmp_path / name).write_bytes(data)
        words = ["manage.py", "import_recommendations", str(tmp_path / name), "--review", review, *arguments]
        code = 0
        try:
            Command().run_from_argv([*words, "--by", by, "--json", "--no-color"])
        except SystemExit as exit_:
            code = exit_.code
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return run


@pytest.fixture
def ofsted(council, people, plan):
    return add_review(council=council, short_name=OFSTED, published_on=PUBLISHED, by=people.manager)


def rows(review):
    return [(row.number, row.text, row.timescale_words) for row in review.recommendations.order_by("pk")]


def dates(row):
    due = due_dates(words=row.timescale_words, counted_from=row.review.timescale_base, given_on=row.due_on)
    return due.strict, due.plan


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv", "tsv"])
def test_a_printed_list_makes_its_review_with_both_dates_and_the_others_say_the_same(plan, run, kind):
    code, result, _ = run(as_file(kind), "--create", name=f"list.{kind}")

    assert (code, result["applied"], result["problems"]) == (0, True, [])
    assert all(set(result[counts]) == KINDS for counts in ("created", "updated", "unchanged"))
    assert result["created"] == {"reviews": 1, "recommendations": 14}
    review = Review.objects.get(short_name=OFSTED)
    assert (review.kind, review.published_on, review.council) == ("inspection", PUBLISHED, plan.council)
    assert rows(review) == AREAS
    assert [dates(row) for row in review.recommendations.order_by("pk")] == [DATES[when] for _, _, when in AREAS]
    assert f"({review.recommendations.get(number='8').note})" == NOTE
    for other in ("docx", "xlsx", "csv", "tsv"):
        code, result, _ = run(as_file(other), name=f"again.{other}")
        assert (code, result["applied"], result["differs"]) == (0, True, [])
        assert result["unchanged"] == {"reviews": 1, "recommendations": 14}
        assert not any((*result["created"].values(), *result["updated"].values()))
    assert RecommendationImport.objects.count() == 1
    assert history_mismatches() == []


def test_a_file_of_another_encoding_says_the_same(ofsted, run):
    data = files.delimited([("No", "Recommendation"), ("1", "Young people’s £2 – kept")], encoding="cp1252")

    run(data)

    assert rows(ofsted) == [("1", "Young people’s £2 – kept", "")]


def test_the_option_says_when_it_was_published_and_the_heading_may_differ(plan, run):
    code, result, _ = run(as_file("csv"), "--create", "--published", "2011-03-01")

    assert code == 0
    assert str(Review.objects.get().published_on) == "2011-03-01"
    assert "published_differs" in [each["code"] for each in result["warnings"]]


def test_a_review_without_a_day_gets_the_one_of_the_heading_and_says_so(ofsted, people, council, run):
    other = add_review(council=council, short_name="CQC", by=people.manager)

    _, result, _ = run(as_file("csv"), review="CQC")

    other.refresh_from_db()
    assert other.published_on == PUBLISHED
    assert result["updated"] == {"reviews": 1, "recommendations": 0}
    assert "published_added" in [each["code"] for each in result["warnings"]]


def test_a_dry_run_writes_nothing_and_says_the_same(plan, run):
    code, result, _ = run(as_file("csv"), "--create", "--dry-run")

    assert (code, result["applied"], result["created"]) == (0, False, {"reviews": 1, "recommendations": 14})
    assert not Review.objects.exists()
    assert not RecommendationImport.objects.exists()


def test_a_placeholder_gets_its_text_and_what_differs_is_left_alone(ofsted, people, run):
    add_recommendation(review=ofsted, number="1", by=people.manager)
    add_recommendation(review=ofsted, number="2", text="Tell nobody", by=people.manager)

    _, result, _ = run(as_file("csv"))

    assert (result["created"]["recommendations"], result["updated"]["recommendations"]) == (12, 1)
    assert "text_differs" in [each["code"] for each in result["differs"]]
    assert ofsted.recommendations.get(number="1").is_placeholder is False
    assert ofsted.recommendations.get(number="2").text == "Tell nobody"

    _, result, _ = run(as_file("csv"), "--accept-differences")

    assert result["updated"]["recommendations"] == 1
    assert rows(ofsted)[1] == AREAS[1]


def test_different_texts_under_one_number_stop_everything(plan, run):
    data = files.delimited([("No", "Recommendation"), ("1", "Answer"), ("2", "Tell"), ("1", "Do not answer")])

    code, result, words = run(data, "--create")

    assert (code, result["applied"]) == (1, False)
    assert [each["code"] for each in result["problems"]] == ["duplicates_differ"]
    assert "different words" in words
    assert not Review.objects.exists()


def test_a_number_that_begins_again_in_each_section_stops_with_a_way_out(plan, run):
    data = files.delimited(
        [("Section", "No", "Recommendation"), ("Front door", "1", "Answer"), ("Care", "1", "Keep the plans")]
    )

    code, result, _ = run(data, "--create")

    assert (code, [each["code"] for each in result["problems"]]) == (1, ["number_repeated"])


def test_what_has_no_number_gets_one_with_a_warning_and_is_known_again(ofsted, run):
    data = files.delimited([("Recommendation", "Timescale"), ("Answer sooner", "Ongoing"), ("Tell the board", "")])

    _, result, _ = run(data)

    assert rows(ofsted) == [("1", "Answer sooner", "Ongoing"), ("2", "Tell the board", "")]
    assert [each["code"] for each in result["warnings"]] == ["number_guessed", "number_guessed"]
    assert not any(run(data)[1]["created"].values())


def test_words_that_give_no_date_are_kept_and_named(ofsted, run):
    data = files.delimited([("No", "Recommendation", "Timescale"), ("1", "Answer sooner", "As resources allow")])

    _, result, _ = run(data)

    assert rows(ofsted) == [("1", "Answer sooner", "As resources allow")]
    assert [each["code"] for each in result["warnings"]] == ["timescale_unknown"]


def test_our_own_export_of_several_reviews_gives_each_its_own(ofsted, run):
    header = "review,number,section,text,timescale,due_strict,due_plan,direct,through_action".split(",")
    lines = [
        header,
        ("Ofsted Feb 2011", "1", "", "Answer sooner", "Ongoing", "", "", "", ""),
        ("CQC", "1", "", "Something else", "", "", "", "", ""),
    ]

    code, result, _ = run(files.delimited(lines))

    assert code == 0
    assert rows(ofsted) == [("1", "Answer sooner", "Ongoing")]
    assert [each["code"] for each in result["warnings"]] == ["other_review"]


def test_a_review_is_known_by_its_other_names(council, people, plan, run):
    other_names = "Ofsted/CQC February 2011\nSLAC 2011"
    ofsted = add_review(council=council, short_name=OFSTED, other_names=other_names, by=people.manager)

    run(as_file("csv"), "--create", review="slac 2011")

    assert Review.objects.count() == 1
    assert ofsted.recommendations.count() == 14


def test_what_looks_like_a_child_is_written_and_that_is_recorded(ofsted, run):
    data = files.delimited([("No", "Recommendation"), ("1", "Look again at Child A, born 12/03/2009")])

    code, result, _ = run(data)

    assert code == 0
    assert "looks_like_a_child" in [each["code"] for each in result["warnings"]]
    assert ChildDataOverride.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_format"),
        (b"%PDF-1.4", "file_type"),
        (b"PK\x03\x04 cut short", "file_damaged"),
        (b"<html>Recommendation</html>", "file_type"),
        (b"x" * (25 * 1024 * 1024 + 1), "file_too_big"),
    ],
)
def test_hostile_files_are_refused_as_those_of_plans(plan, run, data, code):
    exit_code, result, words = run(data, "--create")

    assert (exit_code, [each["code"] for each in result["problems"]]) == (1, [code])
    assert "Traceback" not in words
    assert not Review.objects.exists()


def test_an_installation_without_a_plan_begins_with_its_inspection(db, run):
    User.objects.create_superuser(MIRA, "a long enough pass phrase", name="Mira Manager")

    code, result, words = run(as_file("csv"), "--create", "--published", "2011-02-25")

    assert (code, words) == (0, "")
    assert result["created"] == {"reviews": 1, "recommendations": 14}


@pytest.mark.parametrize("who", ["leon@council.example", "stella@council.example", "otto@elsewhere.example"])
def test_others_than_programme_managers_are_refused(ofsted, run, who):
    code, result, words = run(as_file("csv"), by=who)

    assert (code, result) == (1, None)
    assert "may not change the reviews" in words
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "details", "said"),
    [
        ((), {"review": "Ofsted 1999"}, "There is no review"),
        (("--create",), {"review": " "}, "short name"),
        (("--published", "25/02/2011"), {}, "is not a date"),
        ((), {"by": "nobody@council.example"}, "no user"),
    ],
)
def test_every_mistake_has_a_sentence(ofsted, run, arguments, details, said):
    code, result, words = run(as_file("csv"), *arguments, **details)

    assert (code, result) == (1, None)
    assert said in words


def test_a_missing_option_is_wrong_usage(run):
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "import_recommendations", "list.csv"], capture_output=True, text=True
    )

    assert done.returncode == 2
