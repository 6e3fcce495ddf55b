"""Saying otherwise than the forecast: with a reason, beside the rules, never in the place of the status."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from milestones.forecast import Chance
from milestones.forecast_operations import override_forecast
from milestones.operations import record_update
from milestones.position import milestone_slice
from tests.cast import make_milestone, sign_in

TODAY = timezone.localdate


@pytest.fixture
def coming(action, lead, people):
    """A milestone that is due in a hundred days and on track."""
    today = TODAY()
    coming = make_milestone(
        action, ref="1.9", lead=lead, start_on=today, due_on=today + timedelta(days=100), by=people.manager
    )
    record_update(milestone=coming, declared_status="on_track", note="All well.", as_at=today, by=people.manager)
    return coming


def position_of(milestone, as_at=None):
    found = milestone_slice(milestone.plan_id, as_at or TODAY()).milestones
    return next(each for each in found if each.id == milestone.pk)


def address(milestone):
    return reverse("milestones:forecast", args=[milestone.plan.slug, milestone.address])


def test_a_manager_says_otherwise_and_the_rules_stay_beside_it(client, coming, people):
    sign_in(client, people.manager)

    client.post(address(coming), {"chance": "unlikely", "words": "The supplier has given up."})
    page = client.get(coming.get_absolute_url()).content.decode()
    position = position_of(coming)

    assert (position.chance.chance, position.chance.by_rule) == (Chance.UNLIKELY, Chance.LIKELY)
    assert position.effective_status == "on_track"
    assert "The supplier has given up." in page
    assert "By the rules: likely." in page


def test_the_word_can_be_given_back_to_the_rules(coming, people):
    today = TODAY()
    override_forecast(milestone=coming, chance="unlikely", words="A strike.", as_at=today, by=people.manager)

    override_forecast(milestone=coming, chance="", words="The strike is over.", as_at=today, by=people.manager)

    assert position_of(coming).chance.given == ""


def test_a_word_counts_from_its_day_on(coming, people):
    today = TODAY()
    override_forecast(milestone=coming, chance="at_risk", words="A strike.", as_at=today, by=people.manager)

    assert position_of(coming, today - timedelta(days=1)).chance.given == ""
    assert position_of(coming, today).chance.given == "at_risk"


def test_what_is_sent_twice_is_said_once(client, coming, people):
    sign_in(client, people.manager)

    for _ in range(2):
        client.post(address(coming), {"chance": "at_risk", "words": "A strike is announced."})

    assert coming.forecast_overrides.count() == 1


@pytest.mark.parametrize(
    ("words", "as_at", "sentence"),
    [
        pytest.param(" ", date(2026, 1, 1), "Say why you judge otherwise than the rules.", id="no reason"),
        pytest.param("A strike.", date(2100, 1, 1), "This day has not come yet.", id="a day to come"),
    ],
)
def test_a_word_without_sense_is_refused(coming, people, words, as_at, sentence):
    with pytest.raises(ValidationError, match=sentence):
        override_forecast(milestone=coming, chance="unlikely", words=words, as_at=as_at, by=people.manager)


def test_a_lead_does_not_judge_over_the_rules(client, coming, people):
    sign_in(client, people.lead)

    answer = client.post(address(coming), {"chance": "likely", "words": "I know better."})

    assert answer.status_code == 403
    with pytest.raises(PermissionDenied):
        override_forecast(milestone=coming, chance="likely", words="I know.", as_at=TODAY(), by=people.lead)


def test_a_word_without_a_reason_comes_back_with_a_sentence(client, coming, people):
    sign_in(client, people.manager)

    answer = client.post(address(coming), {"chance": "unlikely", "words": ""})

    assert answer.status_code == 422
    assert "Say why you judge otherwise than the rules." in answer.content.decode()


def test_what_has_no_due_date_has_nothing_to_forecast(client, action, people):
    ongoing = make_milestone(action, ref="1.8", due_on=None, due_words="Ongoing", by=people.manager)
    sign_in(client, people.manager)

    answer = client.get(address(ongoing))

    assert answer.status_code == 409
    assert "There is nothing to forecast" in answer.content.decode()
