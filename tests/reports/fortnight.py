"""A plan of which a report was made on 10 May 2011, and what has been entered since, each on its day."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.operations import add_organisation, add_person
from milestones.operations import (
    archive_milestone,
    change_due_date,
    edit_milestone,
    record_update,
    withdraw_milestone,
)
from plans.models import PlanMembership
from plans.operations import add_action, add_recommendation, add_review, add_theme, edit_action, give_role, start_plan
from tests.cast import PASSWORD, make_milestone

SINCE, AS_AT = date(2011, 5, 10), date(2011, 5, 24)


def on(day, hour=9):
    """An hour of a day of May 2011: what is entered inside was entered then."""
    return time_machine.travel(datetime(2011, 5, day, hour, tzinfo=ZoneInfo("Europe/London")))


@pytest.fixture
def fortnight(django_user_model) -> SimpleNamespace:
    """Milestones 1.1 to 1.9 and 2.1. Since the report: 1.1 worse with a new date, 1.2 achieved, 1.3 given to another
    lead, 1.4 withdrawn, 1.5 off the plan, 1.6 new, 1.7 (internal) worse, 1.8 moved to action 2; 1.9 stands still."""
    make = django_user_model.objects.create_user
    with on(1):
        by = django_user_model.objects.create_superuser("mira@council.example", PASSWORD, name="Mira Manager")
        council = add_organisation(name="Testshire Council", short_name="Testshire", kind="council", by=by)
        users = SimpleNamespace(
            manager=by,
            lead=make("leon@council.example", PASSWORD, name="Leon Lead"),
            steering=make("stella@council.example", PASSWORD, name="Stella Steering"),
            officer=make("rolf@council.example", PASSWORD, name="Rolf Reports"),
            analyst=make("ana@council.example", PASSWORD, name="Ana Analyst"),
            contributor=make("cora@council.example", PASSWORD, name="Cora Contributor"),
            outsider=make("otto@elsewhere.example", PASSWORD, name="Otto Outsider"),
        )
        plan = start_plan(
            title="Safeguarding Improvement Plan",
            short_title="Safeguarding Plan",
            slug="safeguarding",
            council=council,
            cycle_anchor=date(2011, 5, 2),
            by=by,
        )
        roles = {
            users.lead: PlanMembership.Role.LEAD,
            users.steering: PlanMembership.Role.STEERING_GROUP,
            users.officer: PlanMembership.Role.REPORTING_OFFICER,
            users.analyst: PlanMembership.Role.ANALYST,
            users.contributor: PlanMembership.Role.CONTRIBUTOR,
        }
        for user, role in roles.items():
            give_role(plan=plan, user=user, role=role, by=by)
        leon = add_person(name="Leon Lead", job_title="Head of Service", organisation=council, user=users.lead, by=by)
        nadia = add_person(name="Nadia Nurse", job_title="Designated Nurse", organisation=council, by=by)
        cora = add_person(
            name="Cora Contributor", job_title="Practice Lead", organisation=council, user=users.contributor, by=by
        )
        theme = add_theme(plan=plan, name="Workforce", by=by)
        one = add_action(theme=theme, ref="1", text="Train everybody.", by=by)
        two = add_action(theme=theme, ref="2", text="Keep everybody.", by=by)
        review = add_review(council=council, short_name="Ofsted Feb 2011", by=by)
        add_recommendation(review=review, number="6", text="Answer sooner.", timescale_words="Immediately", by=by)
        found = {
            ref: make_milestone(
                one, ref=ref, text=f"Training number {ref[2:]}.", due_on=date(2011, 6, 30), lead=leon, by=by,
                visibility="internal" if ref == "1.7" else "public",
            )
            for ref in ("1.1", "1.2", "1.3", "1.4", "1.5", "1.7", "1.8", "1.9")
        }  # fmt: skip
        for milestone in found.values():
            record_update(
                milestone=milestone, declared_status="on_track", note="Going well.", as_at=date(2011, 5, 1), by=by
            )
    with on(16):
        update = {"declared_status": "off_track", "note": "The trainer is ill.", "as_at": date(2011, 5, 16), "by": by}
        record_update(milestone=found["1.1"], **update)
        record_update(milestone=found["1.7"], **update)
    with on(17):
        change_due_date(
            milestone=found["1.1"],
            to_on=date(2011, 9, 30),
            agreed_on=date(2011, 5, 17),
            reason="The trainer is ill.",
            by=by,
        )
        record_update(
            milestone=found["1.2"],
            declared_status="achieved",
            note="All trained.",
            as_at=date(2011, 5, 17),
            completed_on=date(2011, 5, 17),
            by=by,
        )
    with on(18):
        edit_milestone(milestone=found["1.3"], lead=nadia, reason="Leon has too much", by=by)
    with on(18, 10):
        withdraw_milestone(milestone=found["1.4"], withdrawn_on=date(2011, 5, 18), reason="Replaced", by=by)
    with on(18, 11):
        archive_milestone(milestone=found["1.5"], reason="Entered twice", by=by)
    with on(18, 12):
        found["1.6"] = make_milestone(one, ref="1.6", text="Training number 6.", due_on=date(2011, 6, 30), by=by)
    with on(18, 13):
        edit_milestone(milestone=found["1.8"], action=two, reason="Belongs there", by=by)
    with on(18, 14):
        edit_action(action=two, text="Keep everybody longer.", reason="Clearer", by=by)
    return SimpleNamespace(plan=plan, by=by, users=users, milestones=found, leon=leon, nadia=nadia, cora=cora, one=one)
