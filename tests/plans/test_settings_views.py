"""The pages on which a plan is set up: its settings, its themes and its actions."""

import re
from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import operating, save_with_reason
from accounts.models import User
from accounts.operations import add_organisation
from accounts.versions import version_of
from plans.models import Action, ChildDataOverride, GovernanceBody, Plan, Theme
from plans.operations import add_action, add_theme, archive_plan, edit_plan, edit_theme, give_role, start_plan
from plans.review_operations import add_board, edit_board

SETTINGS = "/plans/safeguarding/settings/"
THEMES = "/plans/safeguarding/themes/"


def settings_of(plan, **changes):
    """What the form sends for the plan as it is, with these changes."""
    return {
        "title": plan.title,
        "short_title": plan.short_title,
        "status": plan.status,
        "starts_on": "",
        "ends_on": "",
        "cycle_anchor": plan.cycle_anchor.isoformat(),
        "cycle_days": plan.cycle_days,
        "overdue_is_red": "on",
        "report_months_end": "on",
        "cutoff_day": plan.cutoff_day,
        "cutoff_at": f"{plan.cutoff_at:%H:%M}",
        "meeting_day": plan.meeting_day,
        "board": plan.board_id or "",
        "counts_unaccepted": "on",
        "sends_reminders": "on",
        "date_limit_days": plan.date_limit_days,
        "version": version_of(plan),
        "reason": "Agreed by the board",
    } | changes


@pytest.fixture
def second(plan, people):
    """Another programme manager, at another desk."""
    user = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=user, role="manager", by=people.manager)
    return user


def version_in(response):
    return re.search(r'name="version" value="(\d+)"', response.text)[1]


def test_a_manager_changes_the_settings(client, plan, people):
    client.force_login(people.manager)

    response = client.post(SETTINGS, settings_of(plan, title="New title", cycle_days="28", overdue_is_red=""))

    assert response.status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.cycle_days, plan.overdue_is_red) == ("New title", 28, False)
    assert plan.history.first().history_change_reason == "Agreed by the board"


def test_a_plan_is_told_to_track_outcomes_and_to_require_evidence(client, plan, people):
    client.force_login(people.manager)

    page = client.get(SETTINGS).text
    client.post(SETTINGS, settings_of(plan, tracks_outcomes="on", requires_evidence="on"))

    assert "Until that is said it prints “Delivered, outcome being tested”." in page
    assert "An achieved milestone without any is something to look at" in page
    plan.refresh_from_db()
    assert (plan.tracks_outcomes, plan.requires_evidence) == (True, True)


def test_the_fortnight_is_set_and_the_page_says_what_it_comes_to(client, plan, people, monkeypatch):
    monkeypatch.setattr("plans.settings_forms.timezone.localdate", lambda *args: date(2011, 5, 11))
    board = add_board(council=plan.council, name="Steering group", kind="steering_group", by=people.manager)
    client.force_login(people.manager)
    sent = settings_of(
        plan,
        cutoff_day="4",
        cutoff_at="17:30",
        meeting_day="8",
        board=board.pk,
        reviews_updates="on",
        counts_unaccepted="",
        sends_reminders="",
        date_limit_days="0",
    )

    before = client.get(SETTINGS).text
    answer = client.post(SETTINGS, sent)
    after = client.get(SETTINGS).text

    assert answer.status_code == 302
    assert "Updates due Monday 9 May 2011, 12:00; board Friday 13 May" in before  # 2 May is a bank holiday
    assert "Updates due Friday 6 May 2011, 17:30; board Thursday 12 May" in after
    plan.refresh_from_db()
    assert (plan.cutoff_day, plan.cutoff_at, plan.meeting_day, plan.board) == (4, time(17, 30), 8, board)
    assert (plan.reviews_updates, plan.counts_unaccepted, plan.sends_reminders) == (True, False, False)
    assert plan.date_limit_days == 0


def test_a_cut_off_after_the_meeting_is_refused(client, plan, people):
    client.force_login(people.manager)

    answer = client.post(SETTINGS, settings_of(plan, cutoff_day="8", meeting_day="7", title="Kept"))

    assert answer.status_code == 422
    assert "Updates would be due after the board has met." in answer.text
    assert 'value="Kept"' in answer.text
    with pytest.raises(ValidationError, match="after the board has met"):
        edit_plan(plan=plan, cutoff_day=11, reason="Later", by=people.manager)
    edit_plan(plan=plan, cutoff_day=10, reason="On the day", by=people.manager)


def test_the_board_of_a_plan_is_one_of_its_council_that_meets(client, plan, people):
    ended = add_board(
        council=plan.council, name="Old board", kind="other", ended_on=date(2011, 1, 1), by=people.manager
    )
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    with operating(by=people.manager, name="test"):
        foreign = GovernanceBody(council=elsewhere, name="Their board", kind="other")
        save_with_reason(foreign, reason="Test", by=people.manager)
    client.force_login(people.manager)

    answers = [client.post(SETTINGS, settings_of(plan, board=board.pk)).status_code for board in (ended, foreign)]

    assert answers == [422, 422]
    assert "Old board" not in client.get(SETTINGS).text
    for board, words in ((ended, "does not meet any more"), (foreign, "of this council")):
        with pytest.raises(ValidationError, match=words):
            edit_plan(plan=plan, board=board, reason="Wrong", by=people.manager)


def test_a_plan_keeps_its_board_after_the_board_has_ended(client, plan, people):
    board = add_board(council=plan.council, name="Steering group", kind="steering_group", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It meets", by=people.manager)
    edit_board(board=board, ended_on=date(2011, 6, 1), reason="Over", by=people.manager)
    client.force_login(people.manager)

    answer = client.post(SETTINGS, settings_of(plan, title="New title"))

    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.board) == ("New title", board)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cutoff_at": "noon"}, "Write the time as 12:00."),
        ({"cutoff_day": "0"}, "Count from 1"),
        ({"date_limit_days": "-1"}, "Enter 0 or more days."),
    ],
)
def test_what_the_fortnight_cannot_be_is_refused(client, plan, people, changes, words):
    client.force_login(people.manager)

    answer = client.post(SETTINGS, settings_of(plan, **changes))

    assert answer.status_code == 422
    assert words in answer.text


def test_an_action_says_how_it_is_monitored(client, plan, action, people):
    client.force_login(people.manager)
    monitored = {"monitoring": "Monthly to the Quality Board.", "programme_ref": "54,000"}

    client.post(f"{THEMES}{action.theme_id}/new-action/", {"ref": "2", "text": "Read every file."} | monitored)
    added = Action.objects.get(ref="2")
    as_added = (added.monitoring, added.programme_ref)
    changed = {"ref": "2", "text": "Read every file.", "monitoring": "Weekly.", "programme_ref": ""}
    client.post(f"{THEMES}actions/{added.pk}/", changed | {"version": version_of(added), "reason": "Oftener"})

    added.refresh_from_db()
    assert as_added == ("Monthly to the Quality Board.", "54,000")
    assert (added.monitoring, added.programme_ref) == ("Weekly.", "")


def test_the_same_settings_again_leave_no_mark(client, plan, people):
    client.force_login(people.manager)
    sent = settings_of(plan, title="New title")

    answers = [client.post(SETTINGS, sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert plan.history.count() == 2


def test_two_who_change_the_settings_lose_nothing(client, plan, people, second):
    client.force_login(second)
    sent = settings_of(plan, title="Mine", reason="A word")
    edit_plan(plan=plan, title="Theirs", ends_on=date(2012, 1, 31), reason="Theirs", by=people.manager)

    response = client.post(SETTINGS, sent)

    assert response.status_code == 409
    assert "Theirs" in response.text
    assert "31 January 2012" in response.text
    assert 'value="Mine"' in response.text
    assert "A word" in response.text
    client.post(SETTINGS, sent | {"version": version_in(response), "ends_on": "2012-01-31"})
    plan.refresh_from_db()
    assert (plan.title, plan.ends_on) == ("Mine", date(2012, 1, 31))


def test_without_the_check_the_second_would_overwrite_the_first(client, plan, people, second, monkeypatch):
    monkeypatch.setattr("plans.operations.check_version", lambda row, version: row.refresh_from_db())
    client.force_login(second)
    sent = settings_of(plan, title="Mine")
    edit_plan(plan=plan, ends_on=date(2012, 1, 31), reason="Theirs", by=people.manager)

    client.post(SETTINGS, sent)

    plan.refresh_from_db()
    assert plan.ends_on is None


def test_a_closed_plan_is_opened_again(client, plan, people):
    client.force_login(people.manager)
    client.post(SETTINGS, settings_of(plan, status="closed"))
    plan.refresh_from_db()

    refused = client.post(SETTINGS, settings_of(plan, title="New"))
    client.post(SETTINGS, settings_of(plan, status="active", title="New"))

    assert refused.status_code == 422
    assert "Set its status to active first" in refused.text
    plan.refresh_from_db()
    assert (plan.status, plan.title) == ("active", "New")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": ""}, "Enter the title of the plan."),
        ({"cycle_days": "0"}, "A cycle has at least one day."),
        ({"starts_on": "2012-02-01", "ends_on": "2012-01-01"}, "The last day is before the first."),
        ({"reason": ""}, "Say why it changes."),
        ({"status": "gone"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said(client, plan, people, sent, sentence):
    client.force_login(people.manager)

    response = client.post(SETTINGS, settings_of(plan, **sent))

    assert response.status_code == 422
    assert sentence in response.text
    assert Plan.objects.get().title == "Safeguarding Improvement Plan"


def test_nothing_but_the_settings_can_be_sent(client, plan, people):
    client.force_login(people.manager)

    client.post(SETTINGS, settings_of(plan, title="New", slug="mine", council="99", archived_at="2012-01-01"))

    plan.refresh_from_db()
    assert (plan.title, plan.slug, plan.archived_at) == ("New", "safeguarding", None)


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404), ("governance", 404)])
@pytest.mark.parametrize("address", [SETTINGS, THEMES, f"{THEMES}new/", f"{THEMES}1/", f"{THEMES}1/new-action/"])
def test_settings_and_themes_are_for_managers(client, plan, action, people, who, status, address):
    client.force_login(getattr(people, who))

    assert client.get(address).status_code == status
    if address != THEMES:
        assert client.post(address, {"name": "Mine", "reason": "Mine"}).status_code == status


def test_a_plan_in_the_archive_takes_no_settings(client, plan, people):
    archive_plan(plan=plan, reason="Over", by=people.governance)
    client.force_login(people.manager)

    response = client.get(SETTINGS)

    assert response.status_code == 403
    assert "in the archive" in response.text


def test_a_theme_is_added_and_changed(client, plan, people, lead):
    client.force_login(people.manager)

    client.post(f"{THEMES}new/", {"name": "Front door", "lead": lead.pk})
    theme = Theme.objects.get()
    client.post(
        f"{THEMES}{theme.pk}/",
        {"name": "First contact", "order": "3", "lead": "", "version": version_of(theme), "reason": "Renamed"},
    )

    theme.refresh_from_db()
    assert (theme.name, theme.order, theme.lead) == ("First contact", 3, None)
    assert [row.history_change_reason for row in theme.history.all()] == ["Renamed", "Theme added"]


def test_two_who_change_a_theme_see_each_other(client, plan, action, people, lead):
    theme = action.theme
    client.force_login(people.manager)
    sent = {"name": "Mine", "order": "1", "lead": "", "version": version_of(theme), "reason": "R"}
    edit_theme(theme=theme, lead=lead, reason="Theirs", by=people.manager)

    response = client.post(f"{THEMES}{theme.pk}/", sent)

    assert response.status_code == 409
    assert "Leon Lead" in response.text
    theme.refresh_from_db()
    assert (theme.name, theme.lead) == ("Front door", lead)


def test_a_theme_of_one_name_is_there_once(client, plan, action, people):
    client.force_login(people.manager)

    response = client.post(f"{THEMES}new/", {"name": "Front door", "lead": ""})

    assert response.status_code == 422
    assert "a theme of this name already" in response.text


def test_an_action_is_added_and_changed(client, plan, action, people):
    client.force_login(people.manager)

    client.post(f"{THEMES}{action.theme_id}/new-action/", {"ref": "2", "text": "Read every file."})
    added = Action.objects.get(ref="2")
    client.post(
        f"{THEMES}actions/{added.pk}/",
        {"ref": "2a", "text": "Read every file twice.", "version": version_of(added), "reason": "Stricter"},
    )

    added.refresh_from_db()
    assert (added.ref, added.text) == ("2a", "Read every file twice.")


def test_a_theme_of_another_plan_is_not_found(client, plan, people, council, second):
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    theirs = add_theme(plan=other, name="Theirs", by=people.manager)
    client.force_login(second)

    assert client.get(f"{THEMES}{theirs.pk}/").status_code == 404
    assert client.get(f"/plans/other/themes/{theirs.pk}/").status_code == 404


def test_words_that_may_tell_who_a_child_is_are_asked_about(client, plan, action, people):
    client.force_login(people.manager)
    sent = {"ref": "", "text": "Child A has moved to a new school."}
    address = f"{THEMES}{action.theme_id}/new-action/"

    asked = client.post(address, sent)

    assert asked.status_code == 422
    assert "looks like" in asked.text
    tick = re.search(r'name="names_no_child"[^>]*value="(\w+)"', asked.text)[1]
    client.post(address, sent | {"names_no_child": tick})
    assert Action.objects.filter(text__startswith="Child A").exists()
    assert ChildDataOverride.objects.get().plan == plan


def test_a_closed_plan_takes_no_theme(plan, people):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    with pytest.raises(PermissionDenied, match="closed"):
        add_theme(plan=plan, name="Late", by=people.manager)


def test_the_list_of_themes_costs_the_same_for_more(client, plan, action, people, django_assert_max_num_queries):
    client.force_login(people.manager)
    client.get(THEMES)
    with django_assert_max_num_queries(20) as few:
        client.get(THEMES)
    for number in range(4):
        theme = add_theme(plan=plan, name=f"T{number}", by=people.manager)
        add_action(theme=theme, ref=f"9{number}", text="More.", by=people.manager)

    with django_assert_max_num_queries(20) as many:
        client.get(THEMES)

    assert len(many) == len(few)
