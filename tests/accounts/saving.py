"""Saves progress updates and is killed in the middle of it, again and again: the child of test_crash.py.

    python -m tests.accounts.saving MILESTONE USER KILLS
    python -m tests.accounts.saving MILESTONE USER without_transaction

Prints the id of each update that was acknowledged, and “killed” for each time that a process was ended by `kill -9` at
a random moment. `without_transaction` is the control: each statement is committed on its own, as Django does where
nobody opens a transaction, and the process ends between a row and its history.
"""

import os
import random
import signal
import sys
import time
from contextlib import nullcontext

import django

#: A save takes some milliseconds; each process saves for a random part of this many seconds.
WITHIN = 0.06


def main(milestone_id: str, user_id: str, mode: str) -> None:
    django.setup()
    if mode == "without_transaction":
        run(lambda: save_without_transaction(milestone_id, user_id))
        return
    # The modules are read once, and each process begins as a copy without any connection.
    for _ in range(int(mode)):
        run(lambda: save(milestone_id, user_id), kill_after=random.uniform(0, WITHIN))


def run(saving, kill_after=None) -> None:
    """A process that saves, killed some time after its first save."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.dup2(writing, 1)
        saving()
    os.close(writing)
    with os.fdopen(reading) as acknowledged:
        if kill_after is not None:
            sys.stdout.write(acknowledged.readline())
            time.sleep(kill_after)
            os.kill(process, signal.SIGKILL)
        sys.stdout.write(acknowledged.read())
    _, status = os.waitpid(process, 0)
    sys.stdout.write("killed\n" if os.WTERMSIG(status) == signal.SIGKILL else "ended\n")


def save(milestone_id: str, user_id: str) -> None:
    from django.utils import timezone

    from accounts.models import User
    from milestones.models import Milestone
    from milestones.operations import record_update

    milestone, by = Milestone.objects.get(pk=milestone_id), User.objects.get(pk=user_id)
    while True:
        update = record_update(
            milestone=milestone, declared_status="on_track", note="Saved.", as_at=timezone.localdate(), by=by
        )
        os.write(1, b"%d\n" % update.pk)


def save_without_transaction(milestone_id: str, user_id: str) -> None:
    from simple_history.signals import pre_create_historical_record

    from accounts import history

    class Without:
        """Stands in for django.db.transaction, and opens none."""

        @staticmethod
        def atomic(**_):
            return nullcontext()

    history.transaction = Without
    pre_create_historical_record.connect(lambda **_: os.kill(os.getpid(), signal.SIGKILL), weak=False)
    save(milestone_id, user_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
