"""The page of a plan’s risks and issues, and the forms that keep them."""

from datetime import date
from html import unescape
from re import sub

import pytest

from accounts.models import User
from accounts.operations import add_person
from plans import risk_operations as operations
from plans.models import Risk
from plans.operations import edit_plan, give_role

RISKS = "/plans/safeguarding/risks/"


@pytest.fixture
def risk(plan, people, lead):
    return operations.add_risk(
        plan=plan,
        words="Agency workers leave",
        likelihood=4,
        impact=3,
        mitigation="Talk to them.",
        owner=lead,
        raised_on=date(2011, 5, 9),
        by=people.manager,
    )


def sent_from(page, **changes):
    """What a browser sends for a form as it is shown, with these changes."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: "" if value in (None, False) else value for name, value in values.items()} | changes


def words_of(page):
    """The words of a page without its tags."""
    return " ".join(sub(r"<[^>]+>", " ", unescape(page.text)).split())


def test_without_risks_the_page_says_what_to_do(client, plan, people):
    client.force_login(people.manager)
    assert "Add the few that the board should know of" in client.get(RISKS).text
    client.force_login(people.steering)
    page = client.get(RISKS).text
    assert "No risk or issue of this plan is open yet." in page
    assert "Add the few" not in page


def test_a_risk_is_said_in_words_and_numbers(client, people, risk):
    client.force_login(people.steering)

    words = words_of(client.get(RISKS))

    for each in ("12 medium", "4, likely", "3, moderate", "→ Steady", "Talk to them.", "Leon Lead", "9 May 2011"):
        assert each in words
    assert "Add a risk" not in words


def test_a_risk_is_added_once(manager, plan, lead):
    sent = sent_from(
        manager.get(f"{RISKS}new/"),
        words="The budget is cut",
        kind="issue",
        impact="5",
        trend="rising",
        owner=lead.pk,
        raised_on="2011-05-09",
    )

    answers = [manager.post(f"{RISKS}new/", sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    row = Risk.objects.get()
    assert (row.plan, row.kind, row.impact, row.likelihood, row.owner) == (plan, "issue", 5, 3, lead)
    words = words_of(manager.get(RISKS))
    assert "25 high" in words
    assert "It is there" in words
    assert "↑ Rising" in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"words": ""}, "Write what the risk or issue is."),
        ({"likelihood": "6"}, "Select a valid choice"),
        ({"raised_on": "2999-01-01"}, "still to come"),
        ({"words": "Child A, born on 3 May 2010, goes missing"}, "This looks as if it tells who a child is"),
    ],
)
def test_what_is_no_risk_is_refused_and_kept(manager, plan, changes, words):
    sent = sent_from(manager.get(f"{RISKS}new/"), words="The budget is cut", mitigation="Kept.") | changes

    answer = manager.post(f"{RISKS}new/", sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept." in answer.text
    assert not Risk.objects.exists()


def test_a_risk_is_changed_and_of_two_at_once_none_is_lost(manager, risk, people):
    address = f"{RISKS}{risk.pk}/"
    sent = sent_from(manager.get(address), likelihood="5", trend="rising", reason="Two gave notice")
    operations.edit_risk(risk=risk, impact=4, reason="Worse", by=people.manager)

    conflict = manager.post(address, sent)
    page = manager.get(address)
    saved = manager.post(address, sent_from(page, likelihood="5", trend="rising", reason="Two gave notice"))

    assert conflict.status_code == 409
    assert "4 – high" in conflict.text
    assert saved.status_code == 302
    risk.refresh_from_db()
    assert (risk.likelihood, risk.impact, risk.trend) == (5, 4, "rising")


def test_a_risk_is_closed_and_opened_again(manager, risk):
    address = f"{RISKS}{risk.pk}/"
    sent = sent_from(manager.get(f"{address}close/"), closed_on="2011-06-01", closed_words="They stay.")

    closed = [manager.post(f"{address}close/", sent).status_code for _ in range(2)]
    page = words_of(manager.get(RISKS))
    changed = manager.post(address, sent_from(manager.get(address), impact="5", reason="Worse"))
    opened = manager.post(f"{address}reopen/", {"reason": "One left"})

    assert closed == [302, 302]
    assert "No risk or issue of this plan is open." in page
    assert "They stay." in page
    assert changed.status_code == 422
    assert "Open it again first" in changed.text
    assert opened.status_code == 302
    assert "<strong>1</strong> open" in manager.get(RISKS).text


def test_a_risk_is_not_closed_without_a_reason(manager, risk):
    sent = sent_from(manager.get(f"{RISKS}{risk.pk}/close/"), closed_words="")

    answer = manager.post(f"{RISKS}{risk.pk}/close/", sent)

    assert answer.status_code == 422
    assert "Say why it is closed." in answer.text


def test_the_page_stands_at_a_day_and_the_past_takes_no_edits(manager, risk, people):
    operations.close_risk(risk=risk, closed_on=date(2011, 6, 1), words="They stay.", by=people.manager)

    before, while_open, after = (
        manager.get(f"{RISKS}?as_at={day}").text for day in ("2011-05-08", "2011-05-31", "2011-06-01")
    )

    assert "Agency workers leave" not in before
    assert "<strong>1</strong> open" in while_open
    assert "They stay." not in while_open
    assert f"{RISKS}{risk.pk}/" not in while_open
    assert "They stay." in after
    assert manager.get(f"{RISKS}?as_at=soon").status_code == 400


@pytest.mark.parametrize("part", ["new/", "{}/", "{}/close/", "{}/reopen/"])
def test_only_who_changes_the_plan_gets_the_forms(client, people, risk, part):
    address = RISKS + part.format(risk.pk)

    for who, expected in ((people.steering, 403), (people.lead, 403), (people.outsider, 404), (people.manager, 200)):
        client.force_login(who)
        assert client.get(address).status_code == expected


def test_who_sees_a_part_of_the_plan_sees_no_risks(client, plan, people, risk):
    user = User.objects.create_user("cora@trust.example", name="Cora Contributor")
    give_role(plan=plan, user=user, role="contributor", by=people.manager)

    for who, status in ((user, 403), (people.outsider, 404)):
        client.force_login(who)
        assert client.get(RISKS).status_code == status


def test_a_closed_plan_offers_no_edits(manager, plan, risk, people):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    page = manager.get(RISKS).text

    assert "Agency workers leave" in page
    assert f"{RISKS}{risk.pk}/" not in page


def test_the_risks_cost_the_same_for_more(manager, plan, council, people, django_assert_max_num_queries):
    def more(number):
        owner = add_person(name=f"Owner {number}", organisation=council, by=people.manager)
        for words in ("open", "closed"):
            row = operations.add_risk(
                plan=plan, words=f"{words} {number}", owner=owner, raised_on=date(2011, 5, 9), by=people.manager
            )
        operations.close_risk(risk=row, closed_on=date(2011, 6, number), words="Over", by=people.manager)

    def count():
        with django_assert_max_num_queries(20) as found:
            assert manager.get(RISKS).status_code == 200
        return len(found)

    more(1)
    before = count()
    for number in range(2, 7):
        more(number)

    assert count() == before
    assert before <= 10
