"""The indicators of English children’s social care that come with Waymark (domain.md 5): data in `CATALOGUE`.

Pure. What is here is a start: a council changes the words, the frequency and the lag to its own, and sets its own
targets, of which there are none here.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from .terms import Frequency, Journey, Polarity, Shape, Unit

# The national indicator set was reported from April 2008.
_FIRST_NATIONAL_YEAR = date(2008, 4, 1)
# Working Together 2013 took effect on 15 April 2013 and ended initial and core assessments.
_LAST_OF_TWO_ASSESSMENTS = date(2013, 4, 14)
_FIRST_OF_ONE_ASSESSMENT = date(2013, 4, 15)

_APRIL, _SEPTEMBER, _OCTOBER = 4, 9, 10

# What an indicator has in other places: as a link to the one it replaces, as a target, on the page it is chosen from.
_NO_COLUMNS = {"replaces", "usual", "is_checked"}


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """An indicator as it is supplied.

    The defaults are those of most of them: a percentage of children, made every month from the case management
    system. `lag_days` is how long after its period’s end a figure is there, `year_starts_in` the month (1 to 12) in
    which its business year begins. Below `minimum_denominator` no public copy prints a figure; None leaves it to the
    suppression of small counts alone. The indicator is defined like this from `valid_from` to `valid_to`, both days
    included, None without a limit; `replaces` is the code of the entry whose place it took. `usual` is the band, both
    ends included, that is suggested where good lies within a range. `is_checked` is False where the definition was
    written from general knowledge or is a proposal: a page says to check it before it is printed.
    """

    code: str
    title: str
    definition: str
    numerator_label: str
    denominator_label: str
    polarity: Polarity
    journey: Journey
    national_code: str = ""
    unit: Unit = Unit.PERCENT
    decimals: int = 1
    frequency: Frequency = Frequency.MONTHLY
    shape: Shape = Shape.IN_PERIOD
    source: str = "Case management system"
    lag_days: int = 10
    year_starts_in: int = _APRIL
    minimum_denominator: int | None = 10
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str = ""
    usual: tuple[Decimal, Decimal] | None = None
    is_checked: bool = True

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def columns(self) -> dict[str, Any]:
        """What an indicator made from this entry keeps in its own columns, by their names."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _NO_COLUMNS}


CATALOGUE: tuple[CatalogueEntry, ...] = (
    CatalogueEntry(
        code="NI 59",
        national_code="NI 59",
        title="Initial assessments completed within 7 working days",
        definition=(
            "Of the initial assessments completed in the period, the share completed within 7 working days of the "
            "referral. From April 2010 the limit is 10 working days: figures before and after do not compare."
        ),
        numerator_label="Initial assessments completed within 7 working days of referral",
        denominator_label="Initial assessments completed in the period",
        polarity=Polarity.HIGH,
        journey=Journey.ASSESSMENT,
        valid_from=_FIRST_NATIONAL_YEAR,
        valid_to=date(2010, 3, 31),
    ),
    CatalogueEntry(
        code="NI 59 (2010)",
        national_code="NI 59",
        title="Initial assessments completed within 10 working days",
        definition=(
            "Of the initial assessments completed in the period, the share completed within 10 working days of the "
            "referral. Until March 2010 the limit was 7 working days: figures before and after do not compare."
        ),
        numerator_label="Initial assessments completed within 10 working days of referral",
        denominator_label="Initial assessments completed in the period",
        polarity=Polarity.HIGH,
        journey=Journey.ASSESSMENT,
        valid_from=date(2010, 4, 1),
        valid_to=_LAST_OF_TWO_ASSESSMENTS,
        replaces="NI 59",
    ),
    CatalogueEntry(
        code="NI 60",
        national_code="NI 60",
        title="Core assessments completed within 35 working days",
        definition=(
            "Of the core assessments completed in the period, the share completed within 35 working days of the day "
            "they started."
        ),
        numerator_label="Core assessments completed within 35 working days of their start",
        denominator_label="Core assessments completed in the period",
        polarity=Polarity.HIGH,
        journey=Journey.ASSESSMENT,
        valid_from=_FIRST_NATIONAL_YEAR,
        valid_to=_LAST_OF_TWO_ASSESSMENTS,
    ),
    CatalogueEntry(
        code="NI 62",
        national_code="NI 62",
        title="Looked after children with three or more placements",
        definition=(
            "Of all children looked after on the date, the share who had three or more placements in the 12 months "
            "up to it."
        ),
        numerator_label="Children looked after on the date with three or more placements in the 12 months before",
        denominator_label="All children looked after on the date",
        polarity=Polarity.LOW,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
        valid_from=_FIRST_NATIONAL_YEAR,
    ),
    CatalogueEntry(
        code="NI 63",
        national_code="NI 63",
        title="Looked after children in a lasting placement",
        definition=(
            "Of the children under 16 who have been looked after for two and a half years or more, the share who have "
            "lived in the same placement for at least two years. A child who is placed for adoption counts too if "
            "that placement and the one before it together lasted at least two years."
        ),
        numerator_label="Of these, children in the same placement for two years or more, or placed for adoption",
        denominator_label="Children under 16 looked after for two and a half years or more",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
        valid_from=_FIRST_NATIONAL_YEAR,
    ),
    CatalogueEntry(
        code="NI 64",
        national_code="NI 64",
        title="Child protection plans that lasted two years or more",
        definition=(
            "Of the child protection plans that ended in the year so far, the share that had lasted two years or more "
            "when they ended."
        ),
        numerator_label="Child protection plans ended that had lasted two years or more",
        denominator_label="Child protection plans ended",
        polarity=Polarity.LOW,
        journey=Journey.PROTECTION,
        shape=Shape.YEAR_TO_DATE,
        valid_from=_FIRST_NATIONAL_YEAR,
        is_checked=False,
    ),
    CatalogueEntry(
        code="NI 65",
        national_code="NI 65",
        title="Children on a second or later child protection plan",
        definition=(
            "Of the children who became the subject of a child protection plan in the year so far, the share who had "
            "been on one before, however long ago. A figure near nought is not expected: a few children do need a "
            "plan again, and 10 to 15 per cent was once banded as good."
        ),
        numerator_label="Of these, children who had been the subject of a plan before, however long ago",
        denominator_label="Children who became the subject of a child protection plan",
        polarity=Polarity.RANGE,
        journey=Journey.PROTECTION,
        shape=Shape.YEAR_TO_DATE,
        valid_from=_FIRST_NATIONAL_YEAR,
        usual=(Decimal(10), Decimal(15)),
    ),
    CatalogueEntry(
        code="NI 66",
        national_code="NI 66",
        title="Looked after children reviewed in time",
        definition=(
            "Of the looked after children whose case was due for review in the year so far, the share whose reviews "
            "were all held in time."
        ),
        numerator_label="Of these, looked after children whose reviews were all held in time",
        denominator_label="Looked after children due for review",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.YEAR_TO_DATE,
        valid_from=_FIRST_NATIONAL_YEAR,
        is_checked=False,
    ),
    CatalogueEntry(
        code="NI 67",
        national_code="NI 67",
        title="Child protection cases reviewed in time",
        definition=(
            "Of the children on a child protection plan on the date whose plan was due for review, the share whose "
            "reviews were all held in time."
        ),
        numerator_label="Of these, children whose reviews were all held in time",
        denominator_label="Children on a child protection plan due for review",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
        shape=Shape.POINT_IN_TIME,
        valid_from=_FIRST_NATIONAL_YEAR,
        is_checked=False,
    ),
    CatalogueEntry(
        code="NI 68",
        national_code="NI 68",
        title="Referrals going on to initial assessment",
        definition=(
            "Of the referrals received in the period, the share that went on to an initial assessment. It is for "
            "information: neither a high nor a low figure is good in itself."
        ),
        numerator_label="Referrals that went on to an initial assessment",
        denominator_label="Referrals received in the period",
        polarity=Polarity.NONE,
        journey=Journey.CONTACT,
        valid_from=_FIRST_NATIONAL_YEAR,
        valid_to=_LAST_OF_TWO_ASSESSMENTS,
    ),
    CatalogueEntry(
        code="ASM45",
        title="Assessments completed within 45 working days",
        definition=(
            "Of the assessments completed in the period, the share completed within 45 working days of the referral. "
            "The one assessment took the place of the initial and the core assessment (NI 59, NI 60) with Working "
            "Together 2013; figures do not compare with theirs."
        ),
        numerator_label="Assessments completed within 45 working days of referral",
        denominator_label="Assessments completed in the period",
        polarity=Polarity.HIGH,
        journey=Journey.ASSESSMENT,
        valid_from=_FIRST_OF_ONE_ASSESSMENT,
    ),
    CatalogueEntry(
        code="REREF",
        title="Re-referrals within 12 months",
        definition=(
            "Of the referrals received in the period, the share that came within 12 months of an earlier referral of "
            "the same child."
        ),
        numerator_label="Referrals within 12 months of an earlier referral of the child",
        denominator_label="Referrals received in the period",
        polarity=Polarity.LOW,
        journey=Journey.CONTACT,
    ),
    CatalogueEntry(
        code="DEC1",
        title="Referrals decided within one working day",
        definition=(
            "Of the referrals received in the period, the share for which it was decided what to do next within one "
            "working day."
        ),
        numerator_label="Referrals decided within one working day",
        denominator_label="Referrals received in the period",
        polarity=Polarity.HIGH,
        journey=Journey.CONTACT,
    ),
    CatalogueEntry(
        code="ICPC15",
        title="Initial child protection conferences within 15 working days",
        definition=(
            "Of the initial child protection conferences held in the period, the share held within 15 working days of "
            "the day on which the section 47 enquiry actually started. The days are counted from that start since "
            "2012/13."
        ),
        numerator_label="Initial conferences held within 15 working days of the start of the section 47 enquiry",
        denominator_label="Initial child protection conferences held in the period",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
        valid_from=date(2012, 4, 1),
    ),
    CatalogueEntry(
        code="CPVIS",
        title="Child protection visits in timescale",
        definition=(
            "Of the visits due in the period to children on a child protection plan, the share made in timescale. The "
            "council’s own procedure sets the timescale, often 10, 15 or 20 working days: write in which."
        ),
        numerator_label="Child protection visits made in timescale",
        denominator_label="Child protection visits due in the period",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
    ),
    CatalogueEntry(
        code="CIN-RATE",
        title="Children in need per 10,000",
        definition=(
            "The children in need on the date for every 10,000 children under 18 who live in the area. It is for "
            "information: neither a high nor a low figure is good in itself."
        ),
        numerator_label="Children in need on the date",
        denominator_label="Children aged 0 to 17 in the area",
        unit=Unit.RATE,
        polarity=Polarity.NONE,
        journey=Journey.ASSESSMENT,
        shape=Shape.POINT_IN_TIME,
        source="Case management system (as in the DfE children in need census) and population estimates",
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="CP-RATE",
        title="Children on a child protection plan per 10,000",
        definition=(
            "The children who are the subject of a child protection plan on the date for every 10,000 children under "
            "18 who live in the area. It is for information: neither a high nor a low figure is good in itself."
        ),
        numerator_label="Children on a child protection plan on the date",
        denominator_label="Children aged 0 to 17 in the area",
        unit=Unit.RATE,
        polarity=Polarity.NONE,
        journey=Journey.PROTECTION,
        shape=Shape.POINT_IN_TIME,
        source="Case management system (as in the DfE children in need census) and population estimates",
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="CLA-RATE",
        title="Children looked after per 10,000",
        definition=(
            "The children looked after by the council on the date for every 10,000 children under 18 who live in the "
            "area. It is for information: neither a high nor a low figure is good in itself."
        ),
        numerator_label="Children looked after on the date",
        denominator_label="Children aged 0 to 17 in the area",
        unit=Unit.RATE,
        polarity=Polarity.NONE,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
        source="Case management system (as in the DfE return on looked after children) and population estimates",
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="ALLOC-CP",
        title="Children on a child protection plan with a qualified social worker",
        definition=(
            "Of the children on a child protection plan on the date, the share whose case is allocated to a qualified "
            "social worker."
        ),
        numerator_label="Of these, children with an allocated qualified social worker",
        denominator_label="Children on a child protection plan on the date",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
        shape=Shape.POINT_IN_TIME,
    ),
    CatalogueEntry(
        code="ALLOC-CLA",
        title="Looked after children with a qualified social worker",
        definition=(
            "Of the children looked after on the date, the share whose case is allocated to a qualified social worker."
        ),
        numerator_label="Of these, children with an allocated qualified social worker",
        denominator_label="Children looked after on the date",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
    ),
    CatalogueEntry(
        code="CLAREV",
        title="Looked after reviews held in time",
        definition="Of the reviews of looked after children that were due in the period, the share held in time.",
        numerator_label="Looked after reviews held in time",
        denominator_label="Looked after reviews due in the period",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
    ),
    CatalogueEntry(
        code="CLAVIS",
        title="Visits to looked after children made in time",
        definition="Of the visits to looked after children that were due in the period, the share made in time.",
        numerator_label="Visits to looked after children made in time",
        denominator_label="Visits to looked after children due in the period",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
    ),
    CatalogueEntry(
        code="IHA20",
        title="Initial health assessments within 20 working days",
        definition=(
            "Of the children who entered care in the period, the share whose initial health assessment was done "
            "within 20 working days of that day."
        ),
        numerator_label="Of these, children with an initial health assessment within 20 working days",
        denominator_label="Children who entered care in the period",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        source="Case management system and health provider’s records",
        # A child who enters care on the last day of a month has 20 working days, about a month, still to go.
        lag_days=40,
        is_checked=False,
    ),
    CatalogueEntry(
        code="RHA",
        title="Looked after children with an up-to-date review health assessment",
        definition=(
            "Of the children who on the date have been looked after for 12 months or more, the share whose review "
            "health assessment is up to date."
        ),
        numerator_label="Of these, children whose review health assessment is up to date",
        denominator_label="Children looked after for 12 months or more on the date",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
        source="Case management system and health provider’s records",
    ),
    CatalogueEntry(
        code="DENT",
        title="Looked after children with an up-to-date dental check",
        definition=(
            "Of the children who on the date have been looked after for 12 months or more, the share whose dental "
            "check is up to date."
        ),
        numerator_label="Of these, children whose dental check is up to date",
        denominator_label="Children looked after for 12 months or more on the date",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        shape=Shape.POINT_IN_TIME,
        source="Case management system and health provider’s records",
    ),
    CatalogueEntry(
        code="PEP",
        title="Looked after children with an up-to-date personal education plan",
        definition=(
            "Of the looked after children of school age at the end of the term, the share who have a personal "
            "education plan that is up to date."
        ),
        numerator_label="Of these, children with an up-to-date personal education plan",
        denominator_label="Looked after children of school age",
        polarity=Polarity.HIGH,
        journey=Journey.LOOKED_AFTER,
        frequency=Frequency.TERMLY,
        shape=Shape.POINT_IN_TIME,
        source="Virtual school’s records",
        year_starts_in=_SEPTEMBER,
    ),
    CatalogueEntry(
        code="PWP",
        title="Young people with an up-to-date pathway plan",
        definition=(
            "Of the young people who on the date are entitled to a pathway plan, the share whose plan is up to date."
        ),
        numerator_label="Of these, young people whose pathway plan is up to date",
        denominator_label="Eligible young people on the date",
        polarity=Polarity.HIGH,
        journey=Journey.LEAVING_CARE,
        shape=Shape.POINT_IN_TIME,
    ),
    CatalogueEntry(
        code="RHI72-OFF",
        title="Return home interviews offered within 72 hours",
        definition=(
            "Of the missing episodes that ended in the period, the share after which the child was offered a return "
            "home interview within 72 hours. Interviews accepted are counted apart."
        ),
        numerator_label="Of these, episodes after which an interview was offered within 72 hours",
        denominator_label="Missing episodes ended in the period",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
    ),
    CatalogueEntry(
        code="RHI72-ACC",
        title="Return home interviews accepted and held within 72 hours",
        definition=(
            "Of the missing episodes that ended in the period, the share after which the child accepted a return home "
            "interview and it was held within 72 hours. Interviews offered are counted apart."
        ),
        numerator_label="Of these, episodes after which an interview was accepted and held within 72 hours",
        denominator_label="Missing episodes ended in the period",
        polarity=Polarity.HIGH,
        journey=Journey.PROTECTION,
    ),
    CatalogueEntry(
        code="CLEET",
        title="Care leavers in education, employment or training",
        definition=(
            "Of the care leavers aged 19 to 21 on the date, the share who are in education, employment or training. "
            "Those with whom the council is not in touch are counted among all of them, as the DfE does."
        ),
        numerator_label="Of these, care leavers in education, employment or training",
        denominator_label="Care leavers aged 19 to 21, including those not in touch",
        polarity=Polarity.HIGH,
        journey=Journey.LEAVING_CARE,
        frequency=Frequency.QUARTERLY,
        shape=Shape.POINT_IN_TIME,
        is_checked=False,
    ),
    CatalogueEntry(
        code="CLACC",
        title="Care leavers in suitable accommodation",
        definition=(
            "Of the care leavers aged 19 to 21 on the date, the share who live in suitable accommodation. Those with "
            "whom the council is not in touch are counted among all of them, as the DfE does."
        ),
        numerator_label="Of these, care leavers in suitable accommodation",
        denominator_label="Care leavers aged 19 to 21, including those not in touch",
        polarity=Polarity.HIGH,
        journey=Journey.LEAVING_CARE,
        frequency=Frequency.QUARTERLY,
        shape=Shape.POINT_IN_TIME,
        is_checked=False,
    ),
    CatalogueEntry(
        code="CLTOUCH",
        title="Care leavers with whom the council is in touch",
        definition="Of the care leavers aged 19 to 21 on the date, the share with whom the council is in touch.",
        numerator_label="Of these, care leavers with whom the council is in touch",
        denominator_label="Care leavers aged 19 to 21, including those not in touch",
        polarity=Polarity.HIGH,
        journey=Journey.LEAVING_CARE,
        frequency=Frequency.QUARTERLY,
        shape=Shape.POINT_IN_TIME,
        is_checked=False,
    ),
    CatalogueEntry(
        code="CASE",
        title="Average caseload",
        definition=(
            "The cases held on the date for every full-time equivalent social worker who holds cases. Low is good as "
            "supplied; a council that fears too low a figure as well sets a range."
        ),
        numerator_label="Cases held on the date",
        denominator_label="Social workers holding cases (full-time equivalent)",
        unit=Unit.RATIO,
        polarity=Polarity.LOW,
        journey=Journey.WORKFORCE,
        shape=Shape.POINT_IN_TIME,
        source="Case management and personnel systems (as in the DfE workforce census)",
        year_starts_in=_OCTOBER,
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="AGENCY",
        title="Agency rate",
        definition=(
            "Of all social workers on the date, employed and from an agency, the share from an agency, in full-time "
            "equivalents. The DfE counts at 30 September."
        ),
        numerator_label="Agency social workers (full-time equivalent)",
        denominator_label="Agency and employed social workers (full-time equivalent)",
        polarity=Polarity.LOW,
        journey=Journey.WORKFORCE,
        shape=Shape.POINT_IN_TIME,
        source="Personnel system (as in the DfE workforce census)",
        year_starts_in=_OCTOBER,
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="VACANCY",
        title="Vacancy rate",
        definition=(
            "Of all social work posts on the date, vacant and filled by employed staff, the share that is vacant, in "
            "full-time equivalents. The DfE counts at 30 September."
        ),
        numerator_label="Vacant social work posts (full-time equivalent)",
        denominator_label="Vacant posts and employed social workers (full-time equivalent)",
        polarity=Polarity.LOW,
        journey=Journey.WORKFORCE,
        shape=Shape.POINT_IN_TIME,
        source="Personnel system (as in the DfE workforce census)",
        year_starts_in=_OCTOBER,
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="TURN",
        title="Turnover rate",
        definition=(
            "The social workers who left in the year to 30 September for every hundred employed at its end, in "
            "full-time equivalents."
        ),
        numerator_label="Social workers who left in the year (full-time equivalent)",
        denominator_label="Social workers employed at the end of the year (full-time equivalent)",
        polarity=Polarity.LOW,
        journey=Journey.WORKFORCE,
        frequency=Frequency.YEARLY,
        source="Personnel system (as in the DfE workforce census)",
        lag_days=30,
        year_starts_in=_OCTOBER,
        minimum_denominator=None,
    ),
    CatalogueEntry(
        code="SUPV",
        title="Supervision in timescale",
        definition=(
            "Of the staff whose supervision was due in the period, the share who had it in the timescale of the "
            "council’s own policy."
        ),
        numerator_label="Of these, staff supervised in timescale",
        denominator_label="Staff whose supervision was due in the period",
        polarity=Polarity.HIGH,
        journey=Journey.WORKFORCE,
        source="Supervision records",
        minimum_denominator=None,
        is_checked=False,
    ),
    CatalogueEntry(
        code="AUDIT",
        title="Case audits graded good or better",
        definition=(
            "Of the case audits completed and moderated in the period, the share graded good or better after "
            "moderation."
        ),
        numerator_label="Of these, audits graded good or better after moderation",
        denominator_label="Case audits completed and moderated in the period",
        polarity=Polarity.HIGH,
        journey=Journey.QUALITY,
        source="Case audit records",
        lag_days=20,
        minimum_denominator=None,
        is_checked=False,
    ),
)

_BY_CODE = {entry.code: entry for entry in CATALOGUE}


def entry_by_code(code: str) -> CatalogueEntry | None:
    """The supplied indicator with exactly this code."""
    return _BY_CODE.get(code)
