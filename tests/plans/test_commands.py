from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError
from django.db import OperationalError

from plans.commands import PlainCommand, day_from, plan_by_slug, user_by_email


def command_that_raises(error):
    class Command(PlainCommand):
        def handle(self, **options):
            raise error

    return Command()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(CommandError("There is no plan “x”."), "There is no plan “x”.\n", id="refused"),
        pytest.param(PermissionDenied("You may not."), "You may not.\n", id="no right"),
        pytest.param(ValidationError(["One.", "Two."]), "One.\nTwo.\n", id="every sentence"),
        pytest.param(
            OperationalError("no such table"),
            "The database did not do it: no such table. Nothing was written. "
            "A new database needs “manage.py migrate”.\n",
            id="database",
        ),
        pytest.param(
            KeyError("x"),
            "This failed for a reason nobody foresaw (KeyError: 'x'). --traceback shows where.\n",
            id="unforeseen",
        ),
    ],
)
def test_a_refusal_is_plain_words_on_standard_error_and_exit_1(error, words, capsys):
    with pytest.raises(SystemExit) as exit_:
        command_that_raises(error).run_from_argv(["manage.py", "test", "--no-color"])

    assert exit_.value.code == 1
    assert capsys.readouterr() == ("", words)


def test_traceback_lets_the_error_through():
    with pytest.raises(KeyError):
        command_that_raises(KeyError("x")).run_from_argv(["manage.py", "test", "--traceback"])


def test_wrong_usage_is_exit_2():
    with pytest.raises(SystemExit) as exit_:
        command_that_raises(KeyError("x")).run_from_argv(["manage.py", "test", "--nonsense"])

    assert exit_.value.code == 2


def test_a_day_is_written_year_month_day():
    assert day_from("2011-05-31", "--as-at") == date(2011, 5, 31)


@pytest.mark.parametrize("text", ["31/05/2011", "2011-02-30", "20110531", "", "2011-W05-1", "２011-05-31"])
def test_another_spelling_of_a_day_is_refused(text):
    with pytest.raises(CommandError, match="is not a date"):
        day_from(text, "--as-at")


def test_a_plan_and_a_user_are_found_by_name(plan, people):
    assert plan_by_slug("safeguarding") == plan
    assert user_by_email("MIRA@council.example") == people.manager


@pytest.mark.django_db
def test_an_unknown_plan_and_user_are_named():
    with pytest.raises(CommandError, match="no plan “nowhere”"):
        plan_by_slug("nowhere")
    with pytest.raises(CommandError, match=r"“x@y\.example”"):
        user_by_email("x@y.example")
