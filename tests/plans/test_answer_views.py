"""The page that says which reviews a plan answers, and the clock of its written statement."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from plans.models import PlanReview
from plans.operations import add_recommendation, add_review, link_action, start_plan
from plans.position import plan_slice
from plans.recommendation_operations import answer_review, edit_answer
from plans.statement import statement_clock, working_days_between
from plans.timescales import working_day

ANSWERS = "/plans/safeguarding/reviews/"


@pytest.fixture
def review(plan, people):
    return add_review(
        council=plan.council,
        short_name="Ofsted Feb 2025",
        published_on=date(2025, 2, 25),
        received_on=date(2025, 2, 24),
        by=people.manager,
    )


@pytest.fixture
def answered(plan, review, people):
    return answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)


def sent_from(page, **changes):
    """What a browser sends for a form as it is shown, with these changes."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: "" if value in (None, False) else value for name, value in values.items()} | changes


def test_a_plan_without_reviews_says_what_to_do(manager, plan, review):
    page = manager.get(ANSWERS)

    assert "does not say yet which review it answers" in page.text
    assert "Ofsted Feb 2025 (inspection)" in page.text


def test_a_kind_of_review_keeps_its_capitals_within_a_sentence(manager, plan, people):
    for name, kind in (("DfE 2025", "dfe_review"), ("Peers 2025", "peer_review")):
        add_review(council=plan.council, short_name=name, kind=kind, by=people.manager)

    page = manager.get(ANSWERS).text

    assert "DfE 2025 (DfE review)" in page
    assert "Peers 2025 (peer review or diagnostic)" in page


def test_a_review_is_added_once(manager, plan, review):
    sent = {"review": review.pk, "needs_statement": "on", "statement_days": "70"}

    statuses = [manager.post(ANSWERS, sent).status_code for _ in range(2)]

    assert statuses == [302, 302]
    answered = PlanReview.objects.get()
    assert (answered.review, answered.needs_statement, answered.statement_days) == (review, True, 70)
    assert review not in manager.get(ANSWERS).context["form"].fields["review"].queryset


def test_the_page_says_by_when_what_is_due(manager, answered):
    page = manager.get(ANSWERS)

    assert "was due on 6 June 2025" in page.text
    assert "70 working days" in page.text
    assert "8 April 2025" not in page.text
    assert "The council publishes the report by" in page.text
    assert "7 April 2025" in page.text


def test_the_clock_runs_down_to_the_day(manager, answered, review, people, monkeypatch):
    monkeypatch.setattr("plans.answer_views.timezone.localdate", lambda *args: date(2025, 5, 2))

    page = manager.get(ANSWERS)

    left = working_days_between(date(2025, 5, 2), date(2025, 6, 6))
    assert f"{left} working days left, due on 6 June 2025" in page.text


def test_twenty_days_are_named_for_a_draft(manager, plan, review):
    page = manager.get(ANSWERS)

    assert "20 for a draft after a focused visit" in page.text


def test_submission_and_answer_are_recorded_until_the_clock_stops(manager, answered):
    address = f"{ANSWERS}{answered.pk}/"

    manager.post(
        address, sent_from(manager.get(address), needs_statement="on", submitted_on="2025-06-02", reason="Sent")
    )
    submitted = manager.get(ANSWERS)
    manager.post(
        address,
        sent_from(
            manager.get(address),
            needs_statement="on",
            answered_on="2025-07-14",
            answer="reflects",
            answer_words="The plan satisfactorily reflects the recommendations.",
            reason="Letter of 14 July",
        ),
    )

    assert "Submitted on 2 June 2025; no answer yet" in submitted.text
    done = manager.get(ANSWERS)
    assert "Answered on 14 July 2025" in done.text
    assert "satisfactorily reflects the recommendations" in done.text
    answered.refresh_from_db()
    assert answered.history.first().history_change_reason == "Letter of 14 July"


def test_a_first_record_says_itself_why_and_a_change_of_it_does_not(manager, answered):
    address = f"{ANSWERS}{answered.pk}/"
    as_shown = {"needs_statement": "on", "reason": ""}
    said = {"answered_on": "2025-07-14", "answer": "reflects"}

    def send(**changes):
        return manager.post(address, sent_from(manager.get(address), **as_shown, **changes)).status_code

    first = [send(submitted_on="2025-06-02", statement_days="20"), send(submitted_on="2025-06-02"), send(**said)]
    later = send(submitted_on="2025-06-03")

    assert first == [422, 302, 302]
    assert later == 422
    reasons = answered.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons)[-2:] == ["Submitted", "Answered"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"answered_on": "2025-07-14"}, "Say what the answer was."),
        ({"answer": "reflects"}, "Enter the day of the answer."),
        ({"answer_words": "It does."}, "Enter the day of the answer."),
        ({"answered_on": "2025-07-14", "answer": "reflects"}, "Enter the day the plan was submitted."),
        (
            {"submitted_on": "2025-07-15", "answered_on": "2025-07-14", "answer": "reflects"},
            "The answer is before the plan was submitted.",
        ),
        ({"submitted_on": (timezone.localdate() + timedelta(days=3)).isoformat()}, "This day has not come yet."),
        ({"statement_days": "0"}, "Give at least one day."),
        ({"statement_days": "900"}, "Give at most 366 days."),
        ({"statement_days": ""}, "Enter how many working days there are for it."),
        ({"reason": ""}, "Say why it changes."),
    ],
)
def test_what_cannot_be_is_said(manager, answered, changes, sentence):
    address = f"{ANSWERS}{answered.pk}/"

    response = manager.post(address, sent_from(manager.get(address), **{"reason": "R"} | changes))

    assert response.status_code == 422
    assert sentence in response.text
    answered.refresh_from_db()
    assert answered.history.count() == 1


def test_two_who_record_it_see_each_other(manager, answered, people):
    address = f"{ANSWERS}{answered.pk}/"
    sent = sent_from(manager.get(address), submitted_on="2025-06-02", reason="Mine")
    edit_answer(plan_review=answered, submitted_on=date(2025, 6, 3), reason="Theirs", by=people.manager)

    response = manager.post(address, sent)

    assert response.status_code == 409
    assert "3 June 2025" in response.text
    assert 'value="2025-06-02"' in response.text


def test_a_review_is_taken_off_and_its_references_stay(manager, answered, review, action, people):
    row = add_recommendation(review=review, number="1", text="X", by=people.manager)
    link = link_action(action=action, as_written="(O)", review=review, recommendation=row, by=people.manager)
    address = f"{ANSWERS}{answered.pk}/remove/"

    page = manager.get(address)
    response, again = (manager.post(address, {"reason": "Another plan does"}) for _ in range(2))

    assert "References of milestones and actions to them stay" in page.text
    assert response.url == again.url == ANSWERS
    assert manager.get(address).status_code == 404
    assert not PlanReview.objects.exists()
    link.refresh_from_db()
    assert link.recommendation == row


def test_without_the_day_of_receipt_the_page_leads_to_where_it_is_given(manager, plan, people):
    review = add_review(council=plan.council, short_name="Peer review", by=people.manager)
    answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)

    page = manager.get(ANSWERS)

    assert "The day the council received the report is not known." in page.text
    assert 'href="/reviews/peer-review/edit/"' in page.text


@pytest.mark.parametrize(("who", "status"), [("lead", 200), ("steering", 200), ("outsider", 404), ("governance", 404)])
def test_whoever_sees_the_plan_sees_the_clock_and_managers_alone_change_it(client, answered, people, who, status):
    client.force_login(getattr(people, who))
    change = f"{ANSWERS}{answered.pk}/"

    page = client.get(ANSWERS)

    assert page.status_code == status
    assert "Take it off" not in page.text
    for address in (ANSWERS, change, f"{change}remove/"):
        refused = client.post(address, {"review": answered.review_id, "statement_days": "70", "reason": "R"})
        assert refused.status_code == (404 if status == 404 else 403)


def test_a_statement_of_another_plan_is_not_found(manager, answered, council, people):
    start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)

    assert manager.get(f"/plans/other/reviews/{answered.pk}/").status_code == 404


def test_the_list_costs_the_same_for_more(manager, plan, answered, people, django_assert_max_num_queries):
    manager.get(ANSWERS)
    with django_assert_max_num_queries(20) as few:
        manager.get(ANSWERS)
    for number in range(4):
        review = add_review(council=plan.council, short_name=f"Review {number}", by=people.manager)
        add_recommendation(review=review, number="1", text="X", by=people.manager)
        answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)

    with django_assert_max_num_queries(20) as many:
        page = manager.get(ANSWERS)

    assert len(many) == len(few)
    assert page.text.count("1 recommendation, 1 without a response") == 4


# --- The banner ---


def banner(plan, as_at):
    """The banner of a plan at a day."""
    return render_to_string(
        "plans/_statement_clock.html", {"reviews": plan_slice(plan.pk, as_at).reviews, "plan": plan}
    )


def test_the_banner_says_what_is_left(plan, answered):
    found = " ".join(banner(plan, date(2025, 5, 2)).split())

    assert (
        "<strong>Written statement of action on Ofsted Feb 2025:</strong> 23 working days left, due on 6 June" in found
    )
    assert "notice--attention" not in found


def test_the_banner_stays_until_the_answer_is_recorded(plan, answered, people):
    edit_answer(plan_review=answered, submitted_on=date(2025, 6, 2), reason="Sent", by=people.manager)
    edit_answer(
        plan_review=answered, answered_on=date(2025, 7, 14), answer="reflects", reason="Letter", by=people.manager
    )

    assert "notice--attention" in banner(plan, date(2025, 6, 1))
    assert "submitted on 2 June 2025; no answer yet" in banner(plan, date(2025, 7, 13))
    assert banner(plan, date(2025, 7, 14)).strip() == ""


def test_the_banner_leads_who_may_to_the_form_of_its_statement(client, plan, answered, people):
    links = {}
    for who in ("manager", "steering"):
        client.force_login(getattr(people, who))
        links[who] = client.get("/plans/safeguarding/").text

    assert f'href="{ANSWERS}{answered.pk}/">Record the submission or the answer' in links["manager"]
    assert f'href="{ANSWERS}">See what became of it' in links["steering"]


def test_without_a_statement_there_is_no_banner(plan, review, people):
    answer_review(plan=plan, review=review, by=people.manager)

    assert banner(plan, date(2025, 5, 2)).strip() == ""


def test_the_page_and_the_banner_count_alike(plan, answered):
    as_at = date(2025, 5, 2)

    found = plan_slice(plan.pk, as_at).reviews[0].clock

    assert found == statement_clock(received_on=date(2025, 2, 24), days=70, as_at=as_at)
    assert found.due_on == working_day(70, after=date(2025, 2, 24))
