"""Who is shown which evidence, as rows and as positions; the table of plans/policies.py decides."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.operations import add_person
from milestones.evidence_operations import add_evidence
from milestones.models import Evidence, EvidenceSupport
from milestones.operations import add_supporting_lead, archive_milestone
from milestones.policies import Sight, own_milestones, sight_of
from milestones.position import milestone_slice
from plans.models import Outcome, PlanMembership, PlanReview, Recommendation, Review
from plans.operations import break_glass, give_role
from plans.policies import Right, rights_of
from tests.cast import make_milestone

pytestmark = pytest.mark.django_db
ROLES = [(), *((role.value,) for role in PlanMembership.Role), ("contributor", "steering_group"), ("lead", "auditor")]


@pytest.fixture
def otto(people, council):
    """Otto as a person, who supports milestones."""
    return add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)


@pytest.fixture
def everything(plan, action, people, otto, council):
    """Evidence of every sensitivity for every mixture of milestones (own or not, internal or not), an outcome and a
    recommendation, added by Otto or by somebody else, each by its title."""
    by = people.manager
    things = {}
    for is_own, visibility in product((True, False), ("public", "internal")):
        milestone = make_milestone(action, visibility=visibility, by=by)
        if is_own:
            add_supporting_lead(milestone=milestone, person=otto, by=by)
        things[f"{'own' if is_own else 'other'} {visibility}"] = milestone
    things["archived"] = archive_milestone(milestone=make_milestone(action, by=by), reason="Twice.", by=by)
    with operating(by=by, name="set_the_scene"):

        def make(row):
            return save_with_reason(row, reason="Scene", by=by)

        review = make(Review(council=council, title="Inspection", short_name="Ofsted", slug="ofsted"))
        make(PlanReview(plan=plan, review=review))
        things["recommendation"] = make(Recommendation(review=review, number="1", text="Answer sooner."))
        things["outcome"] = make(Outcome(plan=plan, action=action, order=1, text="Children are safer."))
        alone = [(name,) for name in things]
        mixed = [("own public", "other internal"), ("other public", "other internal"), ("other internal", "outcome")]
        for names, sensitivity, who in product([*alone, *mixed], Evidence.Sensitivity, (people.outsider, by)):
            title = f"{sensitivity}, {' and '.join(names)}, of {who.name.split()[0]}"
            row = make(
                Evidence(plan=plan, title=title, kind="audit", location="Shelf", sensitivity=sensitivity, added_by=who)
            )
            for name in names:
                column = name if name in ("recommendation", "outcome") else "milestone"
                make(EvidenceSupport(plan=plan, evidence=row, **{column: things[name]}))
    return plan


def hold(user, plan, roles, by):
    for role in roles:
        ends_on = timezone.localdate() + timedelta(days=1) if role == "auditor" else None
        give_role(plan=plan, user=user, role=role, ends_on=ends_on, by=by)


def as_rows(user):
    return set(Evidence.objects.visible_to(user).values_list("title", flat=True))


def as_positions(user, plan):
    sight = sight_of(user, plan, rights_of(user, plan))
    found = milestone_slice(plan.pk, timezone.localdate())
    shown = {each.id for each in found.milestones if sight.shows(each)}
    return {each.title for each in found.evidence if sight.shows_evidence(each, shown)}


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: " and ".join(roles) or "nobody")
def test_rows_and_positions_give_the_same_answer(everything, people, roles):
    hold(people.outsider, everything, roles, people.manager)

    assert as_rows(people.outsider) == as_positions(people.outsider, everything)


def test_whoever_broke_the_glass_is_answered_alike(everything, people):
    break_glass(plan=everything, reason="A complaint.", by=people.governance)

    found = as_rows(people.governance)

    assert found == as_positions(people.governance, everything)
    assert any(title.startswith("restricted") for title in found)


@pytest.mark.parametrize("broken", ["sensitivity", "own", "hidden"])
def test_a_difference_would_be_noticed(everything, people, monkeypatch, broken):
    """The control: with one rule of the positions off, some role is answered otherwise."""
    hold(people.outsider, everything, ("contributor", "steering_group"), people.manager)
    shows = Sight.shows_evidence
    if broken == "sensitivity":
        monkeypatch.setattr(
            Sight, "reaches_evidence", lambda self, right, each: right in self.rights or right is Right.SEE_RESTRICTED
        )
    elif broken == "own":
        monkeypatch.setattr(Sight, "reaches_evidence", lambda self, right, each: self.rights.everywhere(right))
    else:
        monkeypatch.setattr(
            Sight, "shows_evidence", lambda self, each, shown: shows(self, each, {*shown, *each.milestones})
        )

    assert as_rows(people.outsider) != as_positions(people.outsider, everything)


SEEN = {
    "manager": {"public", "internal", "restricted"},
    "auditor": {"public", "internal", "restricted"},
    "reporting_officer": {"public", "internal"},
    "steering_group": {"public"},
    "analyst": set(),
    "contributor": set(),
}


@pytest.mark.parametrize("role", SEEN)
def test_how_sensitive_it_is_decides_with_the_role(everything, people, role):
    hold(people.outsider, everything, (role,), people.manager)

    found = as_rows(people.outsider)

    of_others = {
        sensitivity for sensitivity in Evidence.Sensitivity if f"{sensitivity}, other public, of Mira" in found
    }
    assert of_others == SEEN[role]


def test_a_contributor_sees_what_is_theirs(everything, people):
    hold(people.outsider, everything, ("contributor",), people.manager)

    found = as_rows(people.outsider)

    assert {"restricted, own public, of Mira", "internal, own internal, of Mira"} <= found
    assert "restricted, other public, of Otto" in found, "What somebody added, they see."
    assert not any("of Mira" in title and "own" not in title for title in found)


def test_what_supports_hidden_milestones_alone_is_hidden_with_them(everything, people):
    hold(people.outsider, everything, ("steering_group",), people.manager)

    found = as_rows(people.outsider)

    assert "public, other internal, of Mira" not in found
    assert "public, other public and other internal, of Mira" in found
    assert "public, archived, of Mira" not in found


def test_nobody_who_is_not_active_sees_any(everything, people):
    hold(people.outsider, everything, ("manager",), people.manager)
    people.outsider.is_active = False

    assert isinstance(Evidence.objects.visible_to(people.outsider), QuerySet)
    assert as_rows(people.outsider) == set()


def test_own_milestones_are_read_for_whoever_may_add_to_them(everything, people):
    hold(people.outsider, everything, ("lead", "auditor"), people.manager)

    sight = sight_of(people.outsider, everything, rights_of(people.outsider, everything))

    assert sight.own == own_milestones(people.outsider, everything) != frozenset()


def test_what_becomes_restricted_is_so_when_one_looks_back(client, everything, people):
    own = everything.milestones.current().filter(visibility="public").order_by("pk").first()
    row = add_evidence(
        plan=everything, title="Was open", kind="audit", supports=[own], location="Shelf",
        dated_on=date(2020, 1, 1), by=people.manager,
    )  # fmt: skip
    before = row.history.latest().history_date
    with operating(by=people.manager, name="set_the_scene"):
        row.sensitivity = "restricted"
        save_with_reason(row, ["sensitivity"], reason="A name was in it.", by=people.manager)
    hold(people.outsider, everything, ("reporting_officer",), people.manager)
    client.force_login(people.outsider)

    page = client.get("/plans/safeguarding/evidence/", {"recorded_at": before.isoformat(), "text": "Was open"})
    client.force_login(people.manager)
    of_manager = client.get("/plans/safeguarding/evidence/", {"recorded_at": before.isoformat(), "text": "Was open"})

    assert ("evidence__title" in page.text, "evidence__title" in of_manager.text) == (False, True)
