"""Words that are taken out of the records stay in a frozen pack, which is withdrawn instead."""

from hashlib import sha256

import pytest

from accounts.models import User
from accounts.redaction import propose_redaction, redact
from accounts.verification import verify
from milestones.models import Milestone
from milestones.operations import edit_milestone
from reports.edition_operations import freeze_pack
from reports.editions import EditionState, state_of
from reports.models import EditionFile, EditionPosition
from reports.pack_operations import add_paper, start_pack
from reports.tasks import make_edition

from .full_plan import AS_AT

pytestmark = pytest.mark.django_db
WORDS = "The duty manager Barnaby Fictional reads every contact"


@pytest.fixture
def governors():
    """Two people of information governance."""
    make = User.objects.create_user
    return [make(f"{name}@council.example", "x", is_information_governance=True) for name in ("gina", "gus")]


def test_a_redaction_leaves_a_frozen_pack_as_it_was(full_plan, people, governors):
    milestone = full_plan.plan.milestones.order_by("pk").first()
    edit_milestone(milestone=milestone, text=WORDS, reason="Named", by=people.manager)
    pack = start_pack(plan=full_plan.plan, title="Cabinet", as_at=AS_AT, by=people.manager)
    add_paper(pack=pack, kind="milestones", formats=["csv"], by=people.manager)
    edition = freeze_pack(pack=pack, by=people.manager)
    make_edition.call(edition.pk)
    before = bytes(EditionFile.objects.get().content), EditionPosition.objects.get().content
    assert WORDS.encode() in before[0]

    redaction = propose_redaction(words="Barnaby Fictional", kind_of_data="A name", reason="Asked for", by=governors[0])
    redact(redaction=redaction, by=governors[1])

    assert "Barnaby" not in Milestone.objects.get(pk=milestone.pk).text
    file, position = EditionFile.objects.get(), EditionPosition.objects.get()
    assert (bytes(file.content), position.content) == before
    assert sha256(file.content).hexdigest() == file.sha256
    assert sha256(position.content.encode()).hexdigest() == position.sha256
    assert state_of(edition) is EditionState.READY
    assert verify().findings == []
