"""Two people press “Save” at the same moment, in real threads: one wins, the other is told, nothing is lost."""

import threading
from datetime import date

import pytest
from django.db import connection

from accounts.verification import verify
from accounts.versions import ChangedMeanwhile
from milestones import operations
from milestones.models import Milestone, ProgressUpdate
from milestones.operations import UpdatedMeanwhile, edit_milestone, record_update
from plans.schemes import DeclaredStatus

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("Mine.", "Theirs.")


def at_once(*saves):
    """Runs each in a thread of its own, all let go together; what each gave, or raised."""
    start, outcomes = threading.Barrier(len(saves)), {}

    def run(number, save):
        try:
            start.wait()
            outcomes[number] = save()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number, save]) for number, save in enumerate(saves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return [outcomes[number] for number in range(len(saves))]


def opened():
    """The milestone as each of the two has it on the screen."""
    return Milestone.objects.select_related("plan").get()


def edits(by, *, looking=True):
    def edit(milestone, words):
        seen = {"version": milestone.version} if looking else {}
        return lambda: edit_milestone(milestone=milestone, text=words, reason="Clearer", by=by, **seen)

    return [edit(opened(), words) for words in WORDS]


def updates(by, *, looking=True):
    def update(milestone, words):
        seen = {"last_seen": None} if looking else {}
        return lambda: record_update(
            milestone=milestone,
            declared_status=DeclaredStatus.ON_TRACK,
            note=words,
            as_at=date(2011, 5, 31),
            by=by,
            **seen,
        )

    return [update(opened(), words) for words in WORDS]


def test_of_two_edits_of_one_version_one_wins_and_one_is_told(milestone, people):
    outcomes = at_once(*edits(people.manager))

    [told] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    winner = WORDS[1 - outcomes.index(told)]
    assert isinstance(told, ChangedMeanwhile)
    assert opened().text == winner
    assert [row.text for row in milestone.history.all()] == [winner, "A duty manager reads every contact."]
    assert verify().findings == []


def test_control_without_looking_at_the_version_one_edit_is_lost_from_the_page(milestone, people):
    outcomes = at_once(*edits(people.manager, looking=False))

    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    last, first, _ = [row.text for row in milestone.history.all()]
    assert {first, last} == set(WORDS)
    assert opened().text == last
    assert verify().findings == []


def test_of_two_updates_after_one_reading_one_is_recorded_and_one_is_told(milestone, people):
    outcomes = at_once(*updates(people.manager))

    [told] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    winner = WORDS[1 - outcomes.index(told)]
    assert isinstance(told, UpdatedMeanwhile)
    assert told.newest.note == winner, "the one who is told sees what was recorded"
    assert ProgressUpdate.objects.get().note == winner
    assert [row.note for row in ProgressUpdate.history.all()] == [winner]
    assert verify().findings == []


def test_control_without_looking_at_the_last_update_both_are_recorded(milestone, people):
    """The later one stands over the other, whose writer was not told."""
    outcomes = at_once(*updates(people.manager, looking=False))

    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert {update.note for update in ProgressUpdate.objects.all()} == set(WORDS)
    assert verify().findings == []


def test_control_without_reading_again_under_the_lock_one_edit_is_lost(milestone, people, monkeypatch):
    """Each compares with the version that it read before the other had ended, and nobody is told."""
    monkeypatch.setattr(operations, "lock_milestone", lambda milestone: None)

    outcomes = at_once(*edits(people.manager))

    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert [row.version for row in milestone.history.all()] == [2, 2, 1]
    assert verify().findings == []
