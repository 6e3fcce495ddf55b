"""A due date moves by a request that is granted, and by nothing else that a person does."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile
from milestones import date_operations as operations
from milestones.models import DateChange, DateRequest, Milestone
from milestones.operations import archive_milestone, edit_milestone, withdraw_milestone
from milestones.position import milestone_slice
from plans.meeting_operations import add_meeting
from plans.models import Decision
from plans.operations import edit_plan
from plans.review_operations import add_board, edit_board
from tests.cast import make_milestone

WHY = {"reason": "Two posts are vacant.", "consequence": "Recommendation 6 is answered later."}
WITHIN, PAST = date(2011, 9, 20), date(2011, 10, 31)
AGREED = {"granted": True, "decided_on": date(2011, 6, 10), "words": "Until the posts are filled."}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2011-06-01 12:00", tick=False) as clock:
        yield clock


@pytest.fixture
def board(council, people):
    return add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)


@pytest.fixture
def ask(milestone, people):
    def asking(to_on=PAST, *, by=None, **more):
        return operations.request_date(milestone=milestone, to_on=to_on, by=by or people.lead, **WHY | more)

    return asking


def position_of(milestone, as_at):
    found = milestone_slice(milestone.plan_id, as_at)
    return next(each for each in found.milestones if each.id == milestone.pk)


def refusal(call):
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.messages[0]


@pytest.mark.parametrize(("to_on", "for_board"), [(WITHIN, False), (PAST, True)])
def test_a_lead_asks_and_the_due_date_stays(milestone, people, ask, to_on, for_board):
    asked = ask(to_on)

    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.version) == (date(2011, 8, 31), 1)
    assert (asked.is_for_board, asked.from_on, asked.requested_on, asked.outcome) == (
        for_board,
        date(2011, 8, 31),
        date(2011, 6, 1),
        "",
    )
    assert not DateChange.objects.exists()


def test_who_decides_is_settled_when_it_is_asked(plan, people, ask):
    asked = ask(WITHIN)
    edit_plan(plan=plan, date_limit_days=0, by=people.manager, reason="Stricter")

    operations.grant_date(request=asked, by=people.manager)

    assert asked.outcome == "granted"


@pytest.mark.parametrize("who", ["steering", "outsider", "governance"])
def test_only_leads_and_managers_ask(milestone, people, ask, who):
    with pytest.raises(PermissionDenied):
        ask(by=getattr(people, who))


def test_a_lead_asks_for_their_own_milestones_only(action, people):
    other = make_milestone(action, by=people.manager)

    with pytest.raises(PermissionDenied, match="own milestones only"):
        operations.request_date(milestone=other, to_on=PAST, by=people.lead, **WHY)


@pytest.mark.parametrize(
    ("to_on", "more", "words"),
    [
        (date(2011, 8, 31), {}, "This is the due date already."),
        (date(2011, 2, 28), {}, "The start date is after the due date."),
        (PAST, {"reason": ""}, "This field cannot be blank."),
        (PAST, {"consequence": ""}, "This field cannot be blank."),
    ],
)
def test_what_cannot_be_asked_is_refused(ask, to_on, more, words):
    assert refusal(lambda: ask(to_on, **more)) == words
    assert not DateRequest.objects.exists()


def test_one_new_date_is_asked_for_at_a_time(people, ask):
    first = ask()

    assert ask() == first
    assert refusal(lambda: ask(WITHIN)) == operations.ASKED_ALREADY
    assert refusal(lambda: ask(by=people.manager)) == operations.ASKED_ALREADY
    assert DateRequest.objects.count() == 1


def test_of_a_milestone_that_is_settled_no_date_is_asked(milestone, people, ask):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 5, 1), reason="Taken over.", by=people.manager)

    assert refusal(ask) == "This milestone was withdrawn and takes no changes."


def test_of_an_embedded_milestone_no_date_is_asked(milestone, people, board, ask):
    edit_milestone(
        milestone=milestone, embedded_on=date(2011, 5, 1), embedded_by=board, reason="Agreed", by=people.manager
    )

    assert refusal(ask) == "A board agreed that this milestone is embedded, so its date stays."


def test_in_a_draft_nobody_asks(plan, action, lead, people):
    edit_plan(plan=plan, status="draft", by=people.manager, reason="Not agreed yet")
    action.refresh_from_db()
    drafted = make_milestone(action, lead=lead, by=people.manager)

    words = refusal(lambda: operations.request_date(milestone=drafted, to_on=PAST, by=people.lead, **WHY))

    assert words.startswith("This plan is a draft")


def test_who_opened_the_form_before_a_change_is_told(milestone, people, ask):
    edit_milestone(milestone=milestone, text="Other words.", reason="Clearer", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        ask(version=1)


def test_only_who_changes_dates_says_that_it_was_asked_earlier(people, ask):
    with pytest.raises(PermissionDenied):
        ask(requested_on=date(2011, 5, 20))
    ahead = refusal(lambda: ask(by=people.manager, requested_on=date(2011, 6, 2)))
    asked = ask(by=people.manager, requested_on=date(2011, 5, 20))

    assert ahead == "This day has not come yet."
    assert asked.requested_on == date(2011, 5, 20)


# --- The programme manager ---------------------------------------------------------------------------------------


def test_what_is_granted_moves_the_date_and_keeps_the_first(milestone, people, ask, clock):
    asked = ask(WITHIN)
    clock.move_to("2011-06-03 12:00")

    operations.grant_date(request=asked, words="Once.", by=people.manager)
    operations.grant_date(request=asked, words="Once.", by=people.manager)

    milestone.refresh_from_db()
    change = DateChange.objects.get()
    assert (milestone.due_on, milestone.baseline_due_on) == (WITHIN, date(2011, 8, 31))
    assert (change.agreed_on, change.agreed_by, change.reason) == (date(2011, 6, 3), None, WHY["reason"])
    asked.refresh_from_db()
    assert (asked.outcome, asked.decided_on, asked.decided_by, asked.decided_words, asked.change) == (
        "granted",
        date(2011, 6, 3),
        people.manager,
        "Once.",
        change,
    )


def test_what_is_refused_leaves_the_date(milestone, people, ask):
    asked = ask(WITHIN)

    silent = refusal(lambda: operations.refuse_date(request=asked, words=" ", by=people.manager))
    operations.refuse_date(request=asked, words="The audit waits for it.", by=people.manager)
    operations.refuse_date(request=asked, words="The audit waits for it.", by=people.manager)

    milestone.refresh_from_db()
    assert silent == "Say why it is refused."
    assert (asked.outcome, milestone.due_on) == ("refused", date(2011, 8, 31))
    assert asked.history.count() == 2


def test_past_the_limit_the_manager_neither_grants_nor_refuses(people, ask):
    asked = ask(PAST)

    granting = refusal(lambda: operations.grant_date(request=asked, by=people.manager))
    refusing = refusal(lambda: operations.refuse_date(request=asked, words="No.", by=people.manager))

    assert granting == refusing
    assert granting.startswith("This date is past the limit of the plan, so a board decides.")


def test_leads_decide_nothing(people, ask, board):
    asked = ask(WITHIN)

    for decide in (
        lambda: operations.grant_date(request=asked, by=people.lead),
        lambda: operations.refuse_date(request=asked, words="No.", by=people.lead),
        lambda: operations.decide_date(request=asked, body=board, by=people.lead, **AGREED),
    ):
        with pytest.raises(PermissionDenied):
            decide()


def test_what_is_decided_is_not_decided_again(people, ask):
    asked = ask(WITHIN)
    operations.grant_date(request=asked, by=people.manager)

    with pytest.raises(operations.DecidedMeanwhile, match="granted on 1 June 2011"):
        operations.refuse_date(request=asked, words="No.", by=people.manager)
    with pytest.raises(operations.DecidedMeanwhile):
        operations.take_back_request(request=asked, by=people.lead)


@pytest.mark.parametrize(("to_on", "outcome", "due_on"), [(WITHIN, "granted", WITHIN), (PAST, "", date(2011, 8, 31))])
def test_a_manager_who_asks_within_the_limit_moves_it_at_once(milestone, people, to_on, outcome, due_on):
    asked = operations.ask_or_move(milestone=milestone, to_on=to_on, by=people.manager, **WHY)

    assert (asked.outcome, Milestone.objects.get().due_on) == (outcome, due_on)


def test_a_lead_who_asks_within_the_limit_waits(milestone, people):
    assert operations.ask_or_move(milestone=milestone, to_on=WITHIN, by=people.lead, **WHY).outcome == ""


def test_what_became_settled_is_granted_no_more(milestone, people, ask):
    asked = ask(WITHIN)
    archive_milestone(milestone=milestone, reason="Typed twice.", by=people.manager)

    assert "archive" in refusal(lambda: operations.grant_date(request=asked, by=people.manager))


# --- A board -----------------------------------------------------------------------------------------------------


def test_what_a_board_grants_carries_the_board_and_its_day(milestone, people, ask, board, clock):
    asked = ask(PAST)
    clock.move_to("2011-06-14 12:00")

    for _ in range(2):
        operations.decide_date(request=asked, body=board, by=people.manager, **AGREED)

    change = DateChange.objects.get()
    assert (change.agreed_on, change.agreed_by, change.to_on) == (date(2011, 6, 10), board, PAST)
    assert (asked.outcome, asked.decided_on, asked.change, asked.decision) == (
        "granted",
        date(2011, 6, 10),
        change,
        None,
    )


@pytest.mark.parametrize(("granted", "kind"), [(True, "approved"), (False, "refused")])
def test_a_decision_at_a_meeting_stands_among_its_decisions(milestone, people, ask, board, clock, granted, kind):
    asked = ask(PAST)
    meeting = add_meeting(body=board, held_on=date(2011, 6, 10), by=people.manager)
    clock.move_to("2011-06-14 12:00")

    decided = AGREED | {"granted": granted}
    operations.decide_date(request=asked, body=board, meeting=meeting, by=people.manager, **decided)

    decision = Decision.objects.get()
    assert (decision.meeting, decision.kind, decision.plan) == (meeting, kind, milestone.plan)
    assert decision.words == "New due date of 1.1, 31 October 2011: Until the posts are filled."
    assert (asked.decision, DateChange.objects.count()) == (decision, int(granted))


def test_a_refusal_without_a_meeting_says_which_board(people, ask, board, clock):
    asked = ask(PAST)
    clock.move_to("2011-06-14 12:00")

    for _ in range(2):
        operations.decide_date(request=asked, body=board, by=people.manager, **AGREED | {"granted": False})

    assert (asked.outcome, asked.decided_words) == ("refused", "Improvement Board: Until the posts are filled.")


@pytest.mark.parametrize(
    ("decided_on", "words"),
    [
        (date(2011, 6, 15), "This day has not come yet."),
        (date(2011, 5, 31), "It was asked for on 1 June 2011. Give that day or a later one."),
        (date(2011, 6, 13), "This board last met on 12 June 2011. Choose another, or its day."),
    ],
)
def test_a_board_decides_when_it_could(people, ask, board, clock, decided_on, words):
    asked = ask(PAST)
    edit_board(board=board, ended_on=date(2011, 6, 12), reason="Ended", by=people.manager)
    clock.move_to("2011-06-14 12:00")

    decided = AGREED | {"decided_on": decided_on}
    found = refusal(lambda: operations.decide_date(request=asked, body=board, by=people.manager, **decided))

    assert found == words
    assert DateRequest.objects.get().outcome == ""


def test_a_board_decides_with_words_for_its_own_council_at_its_own_meeting(people, ask, board, council, clock):
    asked = ask(PAST)
    other = add_board(council=council, name="Scrutiny", kind="scrutiny", by=people.manager)
    meeting = add_meeting(body=other, held_on=date(2011, 6, 10), by=people.manager)
    clock.move_to("2011-06-14 12:00")

    def decide(**more):
        return refusal(
            lambda: operations.decide_date(**{"request": asked, "body": board, "by": people.manager} | AGREED | more)
        )

    assert decide(words=" ") == "Say what the board decided."
    assert decide(meeting=meeting) == "That meeting was of Scrutiny on 10 June 2011."
    elsewhere = add_organisation(name="Fenshire Council", short_name="Fenshire", kind="council", by=people.manager)
    board.council = elsewhere
    assert decide() == "This is a board of another council."
    assert not Decision.objects.exists()


# --- Taking back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_who_asked_and_the_manager_take_back(people, ask, who):
    asked = ask(PAST)

    for _ in range(2):
        operations.take_back_request(request=asked, by=getattr(people, who))

    assert (asked.outcome, asked.decided_by, asked.history.count()) == ("taken_back", getattr(people, who), 2)
    assert ask(WITHIN).outcome == ""


def test_nobody_else_takes_back(people, ask):
    asked = ask(PAST, by=people.manager)

    for who in (people.lead, people.steering):
        with pytest.raises(PermissionDenied):
            operations.take_back_request(request=asked, by=who)


# --- The past ----------------------------------------------------------------------------------------------------


def test_between_asking_and_deciding_it_shows_as_open(milestone, people, ask, board, clock):
    ask(PAST)
    clock.move_to("2011-06-14 12:00")
    operations.decide_date(request=DateRequest.objects.get(), body=board, by=people.manager, **AGREED)

    before, between, after = (position_of(milestone, date(2011, *day)) for day in ((5, 31), (6, 9), (6, 10)))

    assert before.extension is None
    assert (between.extension.to_on, between.extension.days, between.due_on) == (PAST, 61, date(2011, 8, 31))
    assert (after.extension, after.due_on, after.date_moves) == (None, PAST, 1)
