"""The pages on which the recommendations of a review are typed, dated, answered and put away."""

import re
from datetime import date

import pytest

from accounts.models import User
from plans.models import ChildDataOverride, Recommendation
from plans.operations import (
    add_recommendation,
    add_review,
    archive_plan,
    edit_plan,
    give_role,
    link_action,
    start_plan,
)
from plans.recommendation_operations import archive_recommendation, edit_recommendation, respond
from plans.review_operations import archive_review

REVIEW = "/reviews/ofsted-feb-2025/"
LIST = f"{REVIEW}recommendations/"
NEW = f"{LIST}new/"
RESPONSES = f"{LIST}responses/"
TIMESCALES = f"{LIST}timescales/"


@pytest.fixture
def review(plan, people):
    return add_review(
        council=plan.council,
        short_name="Ofsted Feb 2025",
        published_on=date(2025, 2, 25),
        received_on=date(2025, 2, 20),
        by=people.manager,
    )


@pytest.fixture
def add(review, people):
    """Adds a recommendation of the review."""

    def adding(number, text="Answer sooner.", **details):
        return add_recommendation(review=review, number=number, text=text, by=people.manager, **details)

    return adding


@pytest.fixture
def second(plan, people):
    """Another programme manager, at another desk."""
    user = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=user, role="manager", by=people.manager)
    return user


def value_of(name, page):
    """What a field of the page's form says."""
    return page.context["form"][name].value()


def sent_from(page, **changes):
    """What a browser sends for a form as it is shown, with these changes."""
    sent = {}
    for field in page.context["form"]:
        value = field.value()
        sent[field.html_name] = "" if value in (None, False) else value
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = sent[field.html_name]
    return sent | changes


# --- Typing ---


def test_a_list_is_typed_one_after_another(manager, review):
    first = manager.post(
        NEW,
        {"number": "1", "text": "Answer sooner.", "timescale_words": "Within three months", "section": "Front door",
         "then": "another"},
        follow=True,
    )  # fmt: skip

    assert first.redirect_chain[0][0].startswith(f"{NEW}?after=")
    assert "Due on 25 May 2025 to the day; 31 May 2025 where a plan runs to the end of the month." in first.text
    assert (value_of("number", first), value_of("section", first)) == ("2", "Front door")
    second = manager.post(NEW, {"number": "2", "text": "Read every file.", "timescale_words": "Immediately"})
    assert second.url == REVIEW
    assert list(Recommendation.objects.values_list("number", "section", "timescale_words")) == [
        ("1", "Front door", "Within three months"),
        ("2", "", "Immediately"),
    ]


def test_a_button_pressed_twice_adds_one(manager, review):
    sent = {"number": "1", "text": "Answer sooner.", "is_priority_action": "on"}

    answers = [manager.post(NEW, sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Recommendation.objects.get().is_priority_action
    assert Recommendation.history.count() == 1


def test_a_number_that_is_there_is_refused(manager, add):
    add("1")

    response = manager.post(NEW, {"number": "1", "text": "Something else."})

    assert response.status_code == 422
    assert "The review has a recommendation of this number already." in response.text
    assert "Something else." in response.text


def test_a_number_of_the_archive_stays_taken(manager, add, people):
    archive_recommendation(recommendation=add("1"), reason="R", by=people.manager)

    page = manager.get(NEW)
    response = manager.post(NEW, {"number": "1", "text": "Something else."})

    assert value_of("number", page) == "2"
    assert response.status_code == 422
    assert "Recommendation 1 of this review is in the archive. Restore it, or give another number." in response.text


def test_a_number_alone_is_a_placeholder_when_it_is_said_so(manager, review):
    refused = manager.post(NEW, {"number": "4", "text": ""})
    manager.post(NEW, {"number": "4", "text": "", "is_placeholder": "on"})

    assert refused.status_code == 422
    assert "Enter what is recommended, or tick that only its number is known." in refused.text
    assert Recommendation.objects.get().is_placeholder


def test_a_placeholder_is_filled_in(manager, review, add):
    row = add("4", text="")
    address = f"{LIST}{row.pk}/"
    page = manager.get(address)

    manager.post(address, sent_from(page, text="Read every file.", reason="The list came"))

    assert "Fill in recommendation 4" in page.text
    row.refresh_from_db()
    assert (row.text, row.is_placeholder) == ("Read every file.", False)


def test_words_that_are_not_understood_are_kept_and_asked_about(manager, review):
    response = manager.post(NEW, {"number": "1", "text": "X", "timescale_words": "By the autumn"}, follow=True)

    assert "These words give no date that can be worked out. Give the date." in response.text
    assert Recommendation.objects.get().timescale_words == "By the autumn"


def test_what_is_changed_needs_a_reason(manager, add):
    row = add("1")
    address = f"{LIST}{row.pk}/"
    sent = sent_from(manager.get(address), text="Answer at once.")

    refused = manager.post(address, sent)
    manager.post(address, sent | {"reason": "A slip of the pen"})

    assert refused.status_code == 422
    row.refresh_from_db()
    assert row.text == "Answer at once."
    assert row.history.first().history_change_reason == "A slip of the pen"


def test_two_who_change_one_lose_nothing(manager, add, second):
    row = add("1")
    address = f"{LIST}{row.pk}/"
    sent = sent_from(manager.get(address), text="Mine.", reason="R")
    edit_recommendation(recommendation=row, text="Theirs.", reason="R", by=second)

    response = manager.post(address, sent)

    assert response.status_code == 409
    assert "Theirs." in response.text
    assert "Mine." in response.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_on": "2025-06-01"}, "Say why this is the due date."),
        ({"due_reason": "Agreed"}, "Enter the due date, or take its reason out."),
        ({"text": ""}, "Enter what is recommended."),
        ({"number": "2"}, "The review has a recommendation of this number already."),
        ({"due_on": "soon", "due_reason": "Agreed"}, "This is not a date."),
        ({"number": ""}, "Enter the number."),
    ],
)
def test_what_is_wrong_is_said(manager, add, changes, sentence):
    row = add("1")
    add("2")
    address = f"{LIST}{row.pk}/"

    response = manager.post(address, sent_from(manager.get(address), reason="R", **changes))

    assert response.status_code == 422
    assert sentence in response.text
    row.refresh_from_db()
    assert (row.number, row.text, row.due_on) == ("1", "Answer sooner.", None)


def test_words_that_may_tell_who_a_child_is_are_asked_about(manager, review):
    sent = {"number": "1", "text": "Child A was seen too late."}

    asked = manager.post(NEW, sent)
    tick = re.search(r'name="names_no_child"[^>]*value="(\w+)"', asked.text)[1]
    manager.post(NEW, sent | {"names_no_child": tick})

    assert asked.status_code == 422
    assert ChildDataOverride.objects.get().where.startswith("Recommendation 1")
    assert Recommendation.objects.count() == 1


def test_without_the_day_it_counts_from_the_page_says_so(manager, review, people):
    other = add_review(council=review.council, short_name="Peer review", by=people.manager)
    add_recommendation(review=other, number="1", text="X", timescale_words="Within a month", by=people.manager)

    pages = [manager.get(f"/reviews/peer-review/recommendations/{name}/") for name in ("new", "timescales")]

    for page in pages:
        assert "No timescale can be counted yet" in page.text
        assert 'href="/reviews/peer-review/edit/"' in page.text


# --- The archive ---


def test_one_typed_by_mistake_is_put_away_and_restored(manager, add):
    row = add("1")
    address = f"{LIST}{row.pk}/archive/"

    manager.post(address, {"reason": "Typed twice", "into": "archive"})
    row.refresh_from_db()
    assert row.archived_at is not None
    assert address in manager.get(NEW).text
    manager.post(address, {"reason": "It was right", "into": "use"})

    row.refresh_from_db()
    assert row.archived_at is None


def test_one_that_is_cited_is_not(manager, review, add, action, people):
    row = add("1")
    link_action(action=action, as_written="(O)", review=review, recommendation=row, by=people.manager)
    address = f"{LIST}{row.pk}/archive/"

    page = manager.get(address)
    response = manager.post(address, {"reason": "R", "into": "archive"})

    assert "It is cited by 1 action." in page.text
    assert response.status_code == 422
    assert "It is cited by 1 action. Take these references off first" in response.text


# --- Responses ---


def test_the_council_responds_to_one(manager, add):
    row = add("1")
    address = f"{LIST}{row.pk}/response/"

    manager.post(
        address, sent_from(manager.get(address), response="partly", response_words="In part.", reason="Cabinet")
    )

    row.refresh_from_db()
    assert (row.response, row.response_words) == ("partly", "In part.")
    assert row.history.first().history_change_reason == "Cabinet"


def test_the_council_responds_to_all_in_one_go(manager, add):
    first, second, third = (add(number) for number in ("1", "2", "10"))
    sent = sent_from(
        manager.get(RESPONSES),
        **{f"response_{second.pk}": "not_accepted", f"words_{second.pk}": "It is not ours.", "others": "accepted"},
        reason="Cabinet, 3 June",
    )

    response = manager.post(RESPONSES, sent)

    assert response.status_code == 302
    rows = {row.number: row for row in Recommendation.objects.all()}
    assert {number: row.response for number, row in rows.items()} == {
        "1": "accepted",
        "2": "not_accepted",
        "10": "accepted",
    }
    assert rows["2"].response_words == "It is not ours."
    assert len({row.history.first().history_date for row in (first, second, third)}) == 1


def test_what_nobody_touched_is_not_written(manager, add):
    one, other = add("1"), add("2")

    manager.post(RESPONSES, sent_from(manager.get(RESPONSES), **{f"response_{one.pk}": "accepted"}, reason="Cabinet"))

    assert (one.history.count(), other.history.count()) == (2, 1)


def test_what_somebody_else_answered_meanwhile_stays_where_i_did_not_touch_it(manager, add, second):
    one, other = add("1"), add("2")
    sent = sent_from(manager.get(RESPONSES), **{f"response_{one.pk}": "accepted"}, reason="Cabinet")
    respond(recommendation=other, response="partly", response_words="Theirs.", by=second)

    response = manager.post(RESPONSES, sent)

    assert response.status_code == 302
    other.refresh_from_db()
    assert (other.response, other.response_words) == ("partly", "Theirs.")


def test_two_who_answer_the_same_see_each_other_and_nothing_is_half_saved(manager, add, second):
    one, other = add("1"), add("2")
    sent = sent_from(
        manager.get(RESPONSES), **{f"response_{each.pk}": "accepted" for each in (one, other)}, reason="Cabinet"
    )
    respond(recommendation=other, response="partly", response_words="Theirs.", by=second)

    response = manager.post(RESPONSES, sent)

    assert response.status_code == 409
    assert "Recommendation 2" in response.text
    assert "Theirs." in response.text
    one.refresh_from_db()
    assert one.response == ""
    again = sent | {f"version_{other.pk}": value_of(f"version_{other.pk}", response)}
    assert manager.post(RESPONSES, again).status_code == 302
    other.refresh_from_db()
    assert other.response == "accepted"


def test_without_the_check_the_second_answer_would_overwrite_the_first(manager, add, second, monkeypatch):
    monkeypatch.setattr("plans.recommendation_operations.check_version", lambda row, version: row.refresh_from_db())
    row = add("1")
    sent = sent_from(manager.get(RESPONSES), **{f"response_{row.pk}": "accepted"}, reason="Cabinet")
    respond(recommendation=row, response="partly", by=second)

    manager.post(RESPONSES, sent)

    row.refresh_from_db()
    assert row.response == "accepted"


def test_words_need_an_answer(manager, add):
    row = add("1")

    response = manager.post(
        RESPONSES, sent_from(manager.get(RESPONSES), **{f"words_{row.pk}": "Hm."}, reason="Cabinet")
    )

    assert response.status_code == 422
    assert "Say whether 1 is accepted." in response.text
    assert "Hm." in response.text


def test_words_of_many_may_not_tell_who_a_child_is(manager, add):
    row = add("1")

    response = manager.post(
        RESPONSES,
        sent_from(
            manager.get(RESPONSES),
            **{f"response_{row.pk}": "accepted", f"words_{row.pk}": "Child A has moved."},
            reason="Cabinet",
        ),
    )

    assert response.status_code == 422
    assert "may tell who a child is" in response.text


def test_the_row_of_another_review_is_not_among_them(manager, review, add, people):
    add("1")
    other = add_review(council=review.council, short_name="Peer review", by=people.manager)
    theirs = add_recommendation(review=other, number="1", text="X", by=people.manager)

    manager.post(
        RESPONSES,
        sent_from(manager.get(RESPONSES), **{f"response_{theirs.pk}": "accepted", "others": "partly"}, reason="R"),
    )

    theirs.refresh_from_db()
    assert theirs.response == ""
    assert manager.get(f"{LIST}{theirs.pk}/").status_code == 404


# --- Dates ---


def test_only_what_gives_no_date_is_asked_about(manager, add):
    add("1", timescale_words="Within three months")
    add("2", timescale_words="Ongoing")
    add("3")
    row = add("4", timescale_words="By the autumn")

    page = manager.get(TIMESCALES)

    assert [each.number for each in page.context["form"].rows] == ["4"]
    manager.post(
        TIMESCALES,
        sent_from(page, **{f"due_on_{row.pk}": "2025-09-21", f"due_reason_{row.pk}": "The inspectors said so."}),
    )
    row.refresh_from_db()
    assert (row.due_on, row.due_reason, row.timescale_words) == (
        date(2025, 9, 21),
        "The inspectors said so.",
        "By the autumn",
    )
    done = manager.get(TIMESCALES)
    assert "No date is missing." in done.text
    assert "21 September 2025" in done.text


@pytest.mark.parametrize(
    ("day", "reason", "sentence"),
    [
        ("2025-09-21", "", "Say why this is the due date."),
        ("", "Agreed", "Enter the due date, or take its reason out."),
        ("", "", "Give at least one date."),
        ("autumn", "Agreed", "This is not a date."),
    ],
)
def test_a_date_and_its_reason_belong_together(manager, add, day, reason, sentence):
    row = add("1", timescale_words="tbc")

    response = manager.post(
        TIMESCALES,
        sent_from(manager.get(TIMESCALES), **{f"due_on_{row.pk}": day, f"due_reason_{row.pk}": reason}),
    )

    assert response.status_code == 422
    assert sentence in response.text


def test_of_many_dates_one_may_be_given(manager, add):
    row, other = add("1", timescale_words="tbc"), add("2", timescale_words="tbc")

    manager.post(
        TIMESCALES,
        sent_from(manager.get(TIMESCALES), **{f"due_on_{row.pk}": "2025-09-21", f"due_reason_{row.pk}": "Agreed"}),
    )

    other.refresh_from_db()
    assert (other.due_on, other.history.count()) == (None, 1)
    assert [each.number for each in manager.get(TIMESCALES).context["form"].rows] == ["2"]


def test_a_date_that_somebody_else_gave_meanwhile_is_shown_and_not_overwritten(manager, review, add, second):
    row = add("1", timescale_words="tbc")
    sent = sent_from(
        manager.get(TIMESCALES), **{f"due_on_{row.pk}": "2025-09-21", f"due_reason_{row.pk}": "Agreed by me"}
    )
    edit_recommendation(recommendation=row, due_on=date(2025, 8, 1), due_reason="Theirs", reason="R", by=second)

    response = manager.post(TIMESCALES, sent)

    assert response.status_code == 409
    assert "1 August 2025" in response.text
    assert "Agreed by me" in response.text
    row.refresh_from_db()
    assert row.due_on == date(2025, 8, 1)


def test_what_was_answered_to_one_that_is_archived_meanwhile_is_not_dropped_in_silence(manager, add, people):
    row, other = add("1"), add("2")
    sent = sent_from(manager.get(RESPONSES), **{f"response_{row.pk}": "accepted"}, reason="Cabinet")
    archive_recommendation(recommendation=row, reason="Twice", by=people.manager)

    response = manager.post(RESPONSES, sent)
    without = manager.post(RESPONSES, sent | {f"response_{row.pk}": "", "others": "accepted"})

    assert response.status_code == 409
    assert "In the archive" in response.text
    assert without.status_code == 302
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.response, other.response) == ("", "accepted")


def test_a_date_of_one_that_is_archived_meanwhile_is_not_dropped_in_silence(manager, add, people):
    row = add("1", timescale_words="tbc")
    sent = sent_from(manager.get(TIMESCALES), **{f"due_on_{row.pk}": "2025-09-21", f"due_reason_{row.pk}": "Agreed"})
    archive_recommendation(recommendation=row, reason="Twice", by=people.manager)

    response = manager.post(TIMESCALES, sent)

    assert response.status_code == 409
    assert "In the archive" in response.text


# --- Who, and at what cost ---


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404), ("governance", 404)])
@pytest.mark.parametrize("name", ["new/", "responses/", "timescales/", "{pk}/", "{pk}/response/", "{pk}/archive/"])
def test_recommendations_are_for_managers(client, people, add, who, status, name):
    address = LIST + name.format(pk=add("1").pk)
    client.force_login(getattr(people, who))

    assert client.get(address).status_code == status
    assert client.post(address, {"reason": "R", "number": "2", "text": "X"}).status_code == status
    assert Recommendation.objects.count() == 1


def test_a_review_in_the_archive_takes_no_changes(manager, review, add):
    row = add("1")
    address = f"{LIST}{row.pk}/response/"
    sent = sent_from(manager.get(address), response="partly", reason="R")
    archive_review(review=review, reason="Typed twice", by=User.objects.get(email="mira@council.example"))

    response = manager.post(address, sent)

    assert response.status_code == 422
    assert "This review is in the archive and takes no changes." in response.text


@pytest.mark.parametrize("path", [NEW, RESPONSES, TIMESCALES])
def test_the_lists_cost_the_same_for_more(manager, add, path, django_assert_max_num_queries):
    add("1", timescale_words="tbc")
    manager.get(path)
    with django_assert_max_num_queries(20) as few:
        manager.get(path)
    for number in range(2, 8):
        add(str(number), timescale_words="tbc")

    with django_assert_max_num_queries(20) as many:
        manager.get(path)

    assert len(many) == len(few)


@pytest.mark.parametrize("status", ["closed", "superseded", "archived"])
def test_from_a_plan_that_is_over_nobody_reaches_into_those_that_go_on(manager, plan, add, second, people, status):
    """Recommendations belong to the council: their dates change in every plan that answers them."""
    row = add("1")
    address = f"{LIST}{row.pk}/"
    sent = sent_from(manager.get(address), due_on="2011-12-31", due_reason="Mine", reason="R")
    other = start_plan(title="The next plan", cycle_anchor=date(2011, 5, 2), council=plan.council, by=second)
    if status == "archived":
        archive_plan(plan=plan, reason="Over", by=people.governance)
    else:
        edit_plan(plan=plan, status=status, reason="Over", by=people.manager)

    response = manager.post(address, sent)

    row.refresh_from_db()
    assert (response.status_code, row.due_on) == (403, None)
    assert "closed or in the archive" in response.text

    give_role(plan=other, user=people.manager, role="manager", by=second)
    assert manager.post(address, sent).status_code == 302
