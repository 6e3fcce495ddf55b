"""What comes with Waymark: every framework of inspection since the joint area reviews."""

from plans.frameworks import supplied, supplied_as
from plans.models import Framework


def test_every_supplied_framework_can_be_stored(db):
    for each in supplied():
        Framework(
            name=each.name,
            bodies=each.bodies,
            when=each.when,
            areas=list(each.areas),
            grades=list(each.grades),
            note=each.note,
        ).full_clean()


def test_names_areas_and_grades_are_said_once():
    names = [each.name for each in supplied()]

    assert len(set(names)) == len(names) == 15
    for each in supplied():
        assert len(set(each.areas)) == len(each.areas)
        assert len(set(each.grades)) == len(each.grades)


def test_adequate_became_requires_improvement():
    before = supplied_as("Safeguarding and looked after children services (SLAC)").grades
    after = supplied_as("Single inspection framework (SIF)").grades

    assert (before[2], after[2]) == ("adequate", "requires improvement")


def test_a_peer_review_has_no_grades():
    assert supplied_as("LGA peer review or diagnostic").grades == ()


def test_a_name_that_is_not_supplied_is_nothing():
    assert supplied_as("Somebody’s own") is None
