"""The forms of cover report that are supplied, and how a council makes one its own."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reports import cover_form_operations as operations
from reports.cover_presets import PRESETS, WRITTEN_WORDS, Fill, HeadFill, Numbering, begun
from reports.models import CoverFill, CoverTemplate

HEADINGS = {
    "numbered-2010": (15, "Purpose of the report", "Local Government (Access to Information) Act 1985"),
    "numbered-2014": (
        13,
        "Describe the issue under consideration",
        "Local Government (Access to Information) Act 1985",
    ),
    "continuous": (17, "Classification", "Background papers"),
    "partnership": (9, "Purpose", "Appendices"),
}


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_has_the_sections_of_its_council_in_order(key):
    sections = PRESETS[key].sections
    count, first, last = HEADINGS[key]

    assert (len(sections), sections[0].heading, sections[-1].heading) == (count, first, last)
    assert len({each.heading for each in sections}) == count
    assert all(each.empty_words for each in sections)


@pytest.mark.parametrize("key", PRESETS)
def test_each_preset_has_one_place_for_the_key_issues_the_resolutions_and_the_appendices(key):
    fills = [each.fill for each in PRESETS[key].sections]

    assert [fills.count(fill) for fill in (Fill.KEY_ISSUES, Fill.RESOLUTIONS, Fill.APPENDICES)] == [1, 1, 1]


@pytest.mark.parametrize("key", PRESETS)
def test_the_table_at_the_head_is_filled_by_what_there_is(key):
    fills = {row.fill for row in PRESETS[key].header}

    assert fills <= {*HeadFill, *WRITTEN_WORDS}
    assert {HeadFill.MEETING, HeadFill.TITLE, "report_of"} <= fills


def test_the_values_are_those_that_the_database_keeps():
    assert {each.value for each in Fill} == set(CoverFill.values)
    assert {each.value for each in Numbering} == set(CoverTemplate.Numbering.values)


def test_the_paragraphs_of_the_continuous_form_are_numbered_from_the_alternative_options_on():
    numbered = [each.heading for each in PRESETS["continuous"].sections if each.is_numbered]

    assert numbered[0] == "Alternative options"
    assert numbered[-1] == "Background papers"
    assert len(numbered) == 12


def test_a_section_begins_with_a_sub_heading_for_each_theme_and_the_contact():
    text = begun(
        "[contact officer]\n\n# [each theme]", themes=["Front  door", "Workforce"], reviews=[], contact=["A", "B"]
    )

    assert text == "A\nB\n\n# Front door\n\n# Workforce"


# --- A council's own ---------------------------------------------------------------------------------------------


@pytest.fixture
def form(plan, council, people):
    return operations.add_form(council=council, preset=PRESETS["partnership"], by=people.manager)


def headings(form):
    return [each.heading for each in operations.sections_of(form)]


def test_a_council_takes_a_preset_with_everything_that_is_in_it(form):
    assert form.name == "Partnership paper"
    assert headings(form) == [each.heading for each in PRESETS["partnership"].sections]
    assert form.header[0] == {"label": "Meeting", "fill": "meeting"}


def test_the_same_name_is_not_taken_twice(form, council, people):
    with pytest.raises(ValidationError):
        operations.add_form(council=council, preset=PRESETS["partnership"], by=people.manager)

    again = operations.add_form(council=council, preset=PRESETS["partnership"], name="Panel", by=people.manager)
    assert headings(again) == headings(form)


def test_who_manages_no_plan_of_the_council_changes_no_form(form, council, people):
    for by in (people.lead, people.steering, people.outsider):
        with pytest.raises(PermissionDenied):
            operations.edit_form(form=form, name="Mine", by=by, reason="")
        with pytest.raises(PermissionDenied):
            operations.add_form(council=council, preset=PRESETS["continuous"], by=by)


def test_a_section_moves_to_its_place_and_pressed_twice_stays_there(form, people):
    first = operations.sections_of(form)[0]

    for _ in range(2):
        operations.move_section(section=first, to=3, by=people.manager)

    assert headings(form)[:3] == ["Summary", "Financial Implications", "Purpose"]
    assert [each.place for each in operations.sections_of(form)] == list(range(1, 10))


def test_a_section_past_the_end_stands_at_the_end(form, people):
    first = operations.sections_of(form)[0]

    operations.move_section(section=first, to=99, by=people.manager)

    assert headings(form)[-1] == "Purpose"


def test_a_section_is_added_at_the_end_once(form, people):
    operations.add_section(form=form, heading="Risks", by=people.manager)
    with pytest.raises(ValidationError):
        operations.add_section(form=form, heading="risks", by=people.manager)

    assert headings(form)[-1] == "Risks"


def test_a_form_in_the_archive_takes_no_changes_until_it_is_out_again(form, people):
    operations.archive_form(form=form, by=people.manager, reason="Not used")
    with pytest.raises(ValidationError):
        operations.edit_form(form=form, name="New", by=people.manager, reason="")

    operations.restore_form(form=form, by=people.manager, reason="Used again")
    assert operations.edit_form(form=form, name="New", by=people.manager, reason="").name == "New"
