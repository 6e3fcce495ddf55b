"""`kill -9` in the middle of saving: the record, its history and the chain agree afterwards, every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from accounts.verification import verify
from milestones.models import ProgressUpdate

ROOT = Path(__file__).parents[2]
KILLS = 40

pytestmark = pytest.mark.django_db(transaction=True)


def saved_and_killed(milestone, by, mode):
    """The ids of the updates that were acknowledged, and how often somebody was killed."""
    database = connection.settings_dict
    address = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgresql://{database['USER']}:@/{database['NAME']}?host={database['OPTIONS']['host']}"
    )
    told = subprocess.run(
        [sys.executable, "-m", "tests.accounts.saving", str(milestone.pk), str(by.pk), str(mode)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout.split()
    return {int(word) for word in told if word.isdecimal()}, told.count("killed")


def test_forty_kills_lose_nothing_and_part_nothing(milestone, people):
    acknowledged, killed = saved_and_killed(milestone, people.manager, KILLS)

    kept = set(ProgressUpdate.objects.values_list("pk", flat=True))
    assert killed == KILLS
    assert len(acknowledged) > KILLS
    assert acknowledged <= kept, "whatever was acknowledged is there"
    assert len(kept - acknowledged) <= KILLS, "at most the last one of each was saved and not yet acknowledged"
    assert verify().findings == []


@pytest.mark.tampers
def test_control_without_a_transaction_the_record_and_its_history_part(milestone, people):
    acknowledged, killed = saved_and_killed(milestone, people.manager, "without_transaction")

    update = ProgressUpdate.objects.get()
    assert (acknowledged, killed) == (set(), 1)
    assert verify().findings == [f"milestones.ProgressUpdate {update.pk} is not what its newest history says"]
