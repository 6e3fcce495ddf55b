"""A plan with one of everything that a milestone appendix has to print."""

from datetime import date
from types import SimpleNamespace

from accounts.models import Organisation, Person
from accounts.operations import add_organisation, add_person
from milestones.operations import add_supporting_lead, change_due_date, link_milestone, record_update
from plans.models import Plan
from plans.operations import add_action, add_outcome, add_recommendation, add_review, add_theme, link_action
from tests.cast import make_milestone
from tests.stage import standing

AS_AT = date(2011, 5, 31)
LONG_NOTE = " ".join(f"word{number}" for number in range(90))


@standing
def full_plan(plan: Plan, council: Organisation, lead: Person, people: SimpleNamespace) -> SimpleNamespace:
    """Two themes; milestones 1.1 to 1.4, an action 2 without a milestone, and an internal milestone 3.1."""
    by = people.manager
    trust = add_organisation(name="Fenwick Valley NHS Trust", short_name="Fenwick NHS", kind="nhs", by=by)
    nurse = add_person(name="Nadia Nurse", job_title="Designated Nurse", organisation=trust, by=by)
    chief = add_person(name="Cora Chief", job_title="Director", organisation=council, is_named_in_public=True, by=by)
    review = add_review(council=council, short_name="Ofsted Feb 2011", by=by)
    six = add_recommendation(review=review, number="6", text="Answer sooner.", timescale_words="Immediately", by=by)
    eight = add_recommendation(review=review, number="8", text="Listen to children.", by=by)

    front = add_theme(plan=plan, name="Front door", lead=chief, by=by)
    one = add_action(theme=front, ref="1", text="Answer every contact within a day.", by=by)
    link_action(action=one, as_written="Ofsted Feb 2011 – Rec 8", review=review, recommendation=eight, by=by)
    add_outcome(action=one, text="Children are safe sooner.", by=by)
    add_outcome(action=one, text="Callers hear what was done.", by=by)
    add_action(theme=front, ref="2", text="Agree thresholds with schools.", by=by)

    first = make_milestone(
        one, ref="1.1", text="A duty manager reads every contact.", lead=lead, lead_role="Chair QA Sub Group", by=by
    )
    link_milestone(milestone=first, as_written="(Ofsted Feb 2011 – Rec 6)", review=review, recommendation=six, by=by)
    add_supporting_lead(milestone=first, person=nurse, by=by)
    record_update(
        milestone=first,
        declared_status="achieved",
        note="The rota began.\n\nIt has two names a day.",
        as_at=date(2011, 5, 27),
        completed_on=date(2011, 5, 20),
        by=by,
    )
    second = make_milestone(
        one, ref="1.2", text="Schools know the number.", due_on=date(2011, 4, 30), lead=nurse, by=by
    )
    record_update(
        milestone=second, declared_status="on_track", note=LONG_NOTE, as_at=date(2011, 5, 20), forecast_on=None, by=by
    )
    third = make_milestone(one, ref="1.3", text="Voicemail is heard daily.", due_on=None, due_words="Ongoing", by=by)
    record_update(
        milestone=third,
        declared_status="off_track",
        note="Nobody is free.",
        as_at=date(2011, 5, 30),
        support_required=True,
        support_text="A second listener.",
        by=by,
    )
    fourth = make_milestone(one, ref="1.10", text="The service is reviewed.", lead=chief, by=by)
    change_due_date(
        milestone=fourth, to_on=date(2011, 10, 31), reason="Recruitment is late.", agreed_on=date(2011, 5, 10), by=by
    )

    learning = add_theme(plan=plan, name="Learning", by=by)
    three = add_action(theme=learning, ref="3", text="Learn from audits.", by=by)
    make_milestone(three, ref="3.1", text="A team is looked at in private.", lead=lead, visibility="internal", by=by)
    return SimpleNamespace(
        plan=plan,
        by=by,
        first=first,
        second=second,
        one=one,
        nurse=nurse,
        lead=lead,
        front=front,
        six=six,
        review=review,
    )
