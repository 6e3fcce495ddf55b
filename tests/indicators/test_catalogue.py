"""The indicators that come with Waymark: every row of the domain note’s table, and nothing that contradicts itself."""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal

import pytest
from cattrs.preconf.json import make_converter

from indicators.catalogue import CATALOGUE, CatalogueEntry, entry_by_code
from indicators.models import Indicator
from indicators.terms import Frequency, Journey, Polarity, Shape, Unit

NATIONAL = ["NI 59", "NI 59 (2010)", "NI 60", "NI 62", "NI 63", "NI 64", "NI 65", "NI 66", "NI 67", "NI 68"]
OTHERS = """
    ASM45 REREF DEC1 ICPC15 CPVIS CIN-RATE CP-RATE CLA-RATE ALLOC-CP ALLOC-CLA CLAREV CLAVIS IHA20 RHA DENT PEP PWP
    RHI72-OFF RHI72-ACC CLEET CLACC CLTOUCH CASE AGENCY VACANCY TURN SUPV AUDIT
""".split()

every_entry = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.code)


def codes(**wanted) -> set[str]:
    """The codes of the entries whose fields are all as wanted."""
    return {entry.code for entry in CATALOGUE if all(getattr(entry, name) == value for name, value in wanted.items())}


def test_every_row_of_the_table_is_there_in_its_order():
    assert [entry.code for entry in CATALOGUE] == NATIONAL + OTHERS


def test_codes_and_titles_are_said_once():
    assert len({entry.code for entry in CATALOGUE}) == len(CATALOGUE)
    assert len({entry.title for entry in CATALOGUE}) == len(CATALOGUE)


@every_entry
def test_an_entry_is_found_by_its_code(entry):
    assert entry_by_code(entry.code) is entry


@pytest.mark.parametrize("code", ["", "NI 61", "ni 59"])
def test_a_code_that_is_not_supplied_is_nothing(code):
    assert entry_by_code(code) is None


def test_the_polarity_is_that_of_the_table():
    assert codes(polarity=Polarity.NONE) == {"NI 68", "CIN-RATE", "CP-RATE", "CLA-RATE"}
    assert codes(polarity=Polarity.RANGE) == {"NI 65"}
    assert codes(polarity=Polarity.LOW) == {"NI 62", "NI 64", "REREF", "CASE", "AGENCY", "VACANCY", "TURN"}


def test_what_was_not_looked_up_says_so():
    general_knowledge = {"NI 64", "NI 66", "NI 67", "IHA20", "CLEET", "CLACC", "CLTOUCH"}
    own_proposals = {"SUPV", "AUDIT"}

    assert codes(is_checked=False) == general_knowledge | own_proposals


def test_a_band_is_suggested_where_good_lies_within_a_range_and_nowhere_else():
    assert entry_by_code("NI 65").usual == (Decimal(10), Decimal(15))
    assert codes(usual=None) == {entry.code for entry in CATALOGUE} - codes(polarity=Polarity.RANGE)


def test_there_is_no_target():
    assert not [field.name for field in fields(CatalogueEntry) if "target" in field.name]


def test_every_place_of_the_journey_has_an_indicator():
    assert {entry.journey for entry in CATALOGUE} == set(Journey)


def test_only_the_national_indicators_have_a_national_code_and_both_ni_59_the_same():
    assert {entry.code: entry.national_code for entry in CATALOGUE if entry.national_code} == {
        code: code.removesuffix(" (2010)") for code in NATIONAL
    }


def test_the_days_of_ni_59_changed_in_april_2010():
    before, after = entry_by_code("NI 59"), entry_by_code("NI 59 (2010)")

    assert (before.valid_to, after.valid_from) == (date(2010, 3, 31), date(2010, 4, 1))
    assert "7 working days" in before.numerator_label
    assert "10 working days" in after.numerator_label
    assert after.replaces == before.code


@pytest.mark.parametrize(
    "entry", [entry for entry in CATALOGUE if entry.replaces], ids=lambda entry: f"{entry.code} for {entry.replaces}"
)
def test_a_replacement_begins_the_day_after_what_it_replaces(entry):
    replaced = entry_by_code(entry.replaces)

    assert replaced.valid_to + timedelta(days=1) == entry.valid_from
    assert replaced.national_code == entry.national_code


def test_nothing_is_replaced_twice():
    replaced = [entry.replaces for entry in CATALOGUE if entry.replaces]

    assert len(set(replaced)) == len(replaced) == 1


def test_the_single_assessment_begins_where_the_two_assessments_end():
    ended = codes(valid_to=date(2013, 4, 14))

    assert ended == {"NI 59 (2010)", "NI 60", "NI 68"}
    assert entry_by_code("ASM45").valid_from == date(2013, 4, 15)


@every_entry
def test_an_entry_begins_before_it_ends(entry):
    assert (entry.valid_from or date.min) < (entry.valid_to or date.max)


@every_entry
def test_an_entry_with_its_dates_comes_back_from_json_as_it_was(entry):
    converter = make_converter()
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))

    again = converter.loads(converter.dumps(entry), CatalogueEntry)

    assert again == entry


def test_the_units_are_percentages_but_for_the_rates_and_the_caseload():
    assert codes(unit=Unit.RATE) == {"CIN-RATE", "CP-RATE", "CLA-RATE"}
    assert codes(unit=Unit.RATIO) == {"CASE"}
    assert len(codes(unit=Unit.PERCENT)) == len(CATALOGUE) - 4


@every_entry
def test_what_is_divided_names_both_its_counts(entry):
    assert entry.numerator_label.strip()
    assert entry.denominator_label.strip()
    assert entry.numerator_label != entry.denominator_label


@every_entry
def test_the_words_are_whole(entry):
    assert entry.definition.endswith(".")
    assert 1 <= entry.definition.count(". ") + 1 <= 3
    assert not entry.title.endswith(".")
    for words in (entry.code, entry.title, entry.definition, entry.numerator_label, entry.denominator_label):
        assert words == " ".join(words.split())
        assert "'" not in words
        assert '"' not in words


@every_entry
def test_a_point_in_time_is_counted_on_a_date(entry):
    assert ("in the period" in entry.definition) <= (entry.shape == Shape.IN_PERIOD)
    assert ("in the year so far" in entry.definition) == (entry.shape == Shape.YEAR_TO_DATE)


def test_the_year_of_the_workforce_begins_in_october_and_that_of_schools_in_september():
    assert codes(year_starts_in=10) == {"CASE", "AGENCY", "VACANCY", "TURN"}
    assert codes(year_starts_in=9) == codes(frequency=Frequency.TERMLY) == {"PEP"}
    assert len(codes(year_starts_in=4)) == len(CATALOGUE) - 5


def test_small_groups_of_children_are_not_printed_and_staff_population_and_audits_have_no_floor():
    percentages_of_children = {
        entry.code
        for entry in CATALOGUE
        if entry.unit == Unit.PERCENT and entry.journey not in (Journey.WORKFORCE, Journey.QUALITY)
    }

    assert codes(minimum_denominator=10) == percentages_of_children
    assert codes(minimum_denominator=None) == {entry.code for entry in CATALOGUE} - percentages_of_children


@every_entry
def test_an_entry_fills_an_indicator(entry):
    indicator = Indicator(**entry.columns, slug="from-the-catalogue")

    indicator.clean_fields(exclude=["council"])

    assert {name: getattr(indicator, name) for name in entry.columns} == entry.columns


def test_what_an_indicator_has_in_other_places_is_no_column():
    columns = entry_by_code("NI 59 (2010)").columns

    assert {field.name for field in fields(CatalogueEntry)} - set(columns) == {"replaces", "usual", "is_checked"}


@every_entry
def test_numbers_are_within_reason(entry):
    assert 0 <= entry.decimals <= 2
    assert 0 <= entry.lag_days <= 60
