"""What can be guessed is tried a few times at most, also where everybody tries at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.limits import forget, may_try, use_code
from accounts.models import AttemptCount, UsedCode

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ATTEMPTS = 200
# A PostgreSQL as it comes lets a hundred in at once.
THREADS = 200 if "sqlite3" in settings.DATABASES["default"]["ENGINE"] else 50


def at(minutes: float) -> time_machine.travel:
    return time_machine.travel(NOON + timedelta(minutes=minutes), tick=False)


def all_at_once(attempt: Callable[[], bool]) -> list[bool]:
    """The answers to ATTEMPTS attempts, made by threads that all begin at the same moment."""
    barrier, answers = Barrier(THREADS), []

    def run() -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            for _ in range(ATTEMPTS // THREADS):
                answers.append(attempt())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == ATTEMPTS
    return answers


def test_five_attempts_are_let_through_and_no_sixth(db):
    assert [may_try("sign-in leon") for _ in range(7)] == [True] * 5 + [False] * 2


def test_each_key_is_counted_by_itself(db):
    assert [may_try(key, most=1) for key in ("leon", "mira", "leon")] == [True, True, False]


def test_a_limit_is_over_after_its_time_however_often_it_was_tried_meanwhile(db):
    with at(0):
        assert may_try("leon", most=1)
    with at(4.9):
        assert not may_try("leon", most=1)
    with at(5):
        assert may_try("leon", most=1)


def test_a_clock_that_was_put_back_shuts_nobody_out(db):
    with at(600):
        assert may_try("leon", most=1)
    with at(0):
        assert may_try("leon", most=1)
        assert not may_try("leon", most=1)


def test_a_count_can_be_forgotten(db):
    assert may_try("leon", most=1)
    forget("leon")

    assert may_try("leon", most=1)


def test_counts_keep_nobody_s_address_and_keys_may_be_long(db):
    may_try("sign-in " + "leon@council.example" * 20)

    assert "leon" not in AttemptCount.objects.get().key


def test_old_counts_and_codes_go_as_new_ones_come(people):
    with at(0):
        may_try("leon")
        use_code(people.lead, "123456")
    with at(25 * 60):
        may_try("mira")
        use_code(people.manager, "123456")

    assert AttemptCount.objects.count() == 1
    assert UsedCode.objects.get().user == people.manager


def test_a_limit_runs_no_longer_than_its_count_is_kept(db):
    with pytest.raises(ValueError, match="at most"):
        may_try("leon", within=timedelta(days=2))


@pytest.mark.django_db(transaction=True)
def test_a_count_cannot_be_taken_back_by_a_transaction_around_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        may_try("leon")


def test_a_code_is_accepted_once_and_for_its_user_alone(people):
    assert use_code(people.lead, "123456")
    assert not use_code(people.lead, "123456")
    assert use_code(people.lead, "123457")
    assert use_code(people.manager, "123456")


def test_the_same_digits_are_another_code_later(people):
    with at(0):
        assert use_code(people.lead, "123456")
    with at(9):
        assert not use_code(people.lead, "123456")
    with at(11):
        assert use_code(people.lead, "123456")


def test_codes_are_not_kept_in_clear(people):
    use_code(people.lead, "123456")

    assert "123456" not in UsedCode.objects.get().code_digest


@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_attempts_at_once_five_are_let_through():
    assert sum(all_at_once(lambda: may_try("leon"))) == 5


@pytest.mark.django_db(transaction=True)
def test_a_code_used_two_hundred_times_at_once_is_accepted_once(people):
    assert sum(all_at_once(lambda: use_code(people.lead, "123456"))) == 1


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_cleaned_while_others_are_counted():
    long_ago = timezone.now() - timedelta(days=3)
    AttemptCount.objects.bulk_create(AttemptCount(key=str(number), since=long_ago) for number in range(300))
    names = iter(range(ATTEMPTS))

    assert all(all_at_once(lambda: may_try(str(next(names)))))
    assert not AttemptCount.objects.filter(since=long_ago).exists()


@pytest.mark.django_db(transaction=True)
def test_reading_a_count_and_writing_it_back_would_let_more_through():
    """The control: counted as a cache without a lock counts, all who read together are let through together."""
    AttemptCount.objects.create(key="leon", since=timezone.now())
    together = Barrier(THREADS)

    def get_then_set() -> bool:
        row = AttemptCount.objects.get(key="leon")
        if row.count == 0:
            together.wait()
        row.count += 1
        row.save()
        return row.count <= 5

    assert sum(all_at_once(get_then_set)) > 5
