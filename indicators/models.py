from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.history import IndexedHistory, Tracked
from accounts.models import Organisation, Person
from plans.models import OfCouncilQuerySet, Outcome, Plan, Theme

from .periods import Period, period_of
from .terms import Comparator, Frequency, Journey, NoValue, Polarity, RuleSet, Shape, Tolerance, Unit

#: In the place of a figure that was entered by mistake: it counts as not there, and both stay in the record.
TAKEN_BACK = "-"


def _choices(enum: Any) -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in enum]


def _figure(verbose_name: str, **kwargs: Any) -> models.DecimalField:
    """A column for a figure: fourteen places before the point, six behind it."""
    return models.DecimalField(verbose_name, max_digits=20, decimal_places=6, **kwargs)


class IndicatorQuerySet(OfCouncilQuerySet):
    def of_plan(self, plan: Plan) -> "IndicatorQuerySet":
        """Those on the scorecard of a plan."""
        return self.filter(pk__in=PlanIndicator.objects.filter(plan=plan).values("indicator"))


class Indicator(Tracked):
    """A figure that shows whether children are better off, with everything it takes to question it.

    It belongs to a council and stands on the scorecard of any of its plans. How often it is counted is fixed: a figure
    that is counted another way from a day on is another indicator, which `replaces` this one.
    """

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(max_length=30)
    slug = models.SlugField(max_length=40)
    national_code = models.CharField("national code", max_length=30, blank=True)
    title = models.CharField(max_length=300)
    definition = models.TextField(blank=True)
    numerator_label = models.CharField("what is counted (numerator)", max_length=300, blank=True)
    denominator_label = models.CharField("out of what (denominator)", max_length=300, blank=True)
    unit = models.CharField(max_length=10, choices=_choices(Unit))
    decimals = models.PositiveSmallIntegerField("decimal places", default=1, validators=[MaxValueValidator(4)])
    polarity = models.CharField("which way is good", max_length=10, choices=_choices(Polarity))
    frequency = models.CharField("how often", max_length=10, choices=_choices(Frequency))
    year_starts_in = models.PositiveSmallIntegerField(
        "month in which its year starts", default=4, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    shape = models.CharField("what a figure covers", max_length=15, choices=_choices(Shape))
    source = models.CharField("source: system and report", max_length=300, blank=True)
    lag_days = models.PositiveSmallIntegerField(
        "days after the period until the figure is there", default=14, validators=[MaxValueValidator(730)]
    )
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    journey = models.CharField("place in the child’s journey", max_length=15, choices=_choices(Journey), blank=True)
    minimum_denominator = models.PositiveIntegerField(
        "smallest denominator that the public is shown",
        null=True,
        blank=True,
        help_text="A percentage of fewer is left out of public papers.",
    )
    valid_from = models.DateField("definition holds from", null=True, blank=True)
    valid_to = models.DateField("definition held until", null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    history = IndexedHistory()
    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "code"],
                name="indicator_code_is_unique_in_council",
                violation_error_message="The council has an indicator of this code already.",
            ),
            models.UniqueConstraint(fields=["council", "slug"], name="indicator_slug_is_unique_in_council"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="indicator_is_valid_from_before_to",
                violation_error_message="The definition ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def period_of(self, day: Any) -> Period:
        """The period of this indicator that holds a day."""
        return period_of(Frequency(self.frequency), day, self.year_starts_in)


class PlanIndicator(Tracked):
    """That an indicator stands on a plan's scorecard, where, and whether it is one of the few that go to members."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="plan_indicators")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="plan_indicators")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveIntegerField(default=0)
    is_key = models.BooleanField("key indicator", default=False, help_text="One of the few that go to members.")

    history = IndexedHistory()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "indicator"],
                name="indicator_is_once_on_a_scorecard",
                violation_error_message="The indicator is on this scorecard already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} on {self.plan}"


class IndicatorOutcome(Tracked):
    """That an indicator shows whether an outcome of a plan is met."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="outcome_links")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="indicator_links")

    history = IndexedHistory()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "outcome"], name="indicator_shows_an_outcome_once")]

    def __str__(self) -> str:
        return f"{self.indicator} shows {self.outcome}"


class Scorecard(Tracked):
    """How a plan reads its indicators: by which rule, in which groups, and which counts the public is not shown."""

    class Grouping(models.TextChoices):
        THEME = "theme", "By theme of the plan"
        JOURNEY = "journey", "By the child’s journey"

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="scorecard")
    rule_set = models.CharField(
        "rule of the colours", max_length=15, choices=_choices(RuleSet), default=RuleSet.TOLERANCE.value
    )
    grouping = models.CharField("groups", max_length=10, choices=Grouping, default=Grouping.THEME)
    hides_up_to = models.PositiveSmallIntegerField(
        "counts from 1 to this are left out of public papers", default=5, validators=[MaxValueValidator(100)]
    )

    history = IndexedHistory()

    def __str__(self) -> str:
        return f"Scorecard of {self.plan}"


class Target(Tracked):
    """What an indicator should reach from a period on, until the next target. Without a value or a band it says that
    from there on there is none.

    `profile` steps towards it: pairs of a period’s first day and the value aimed at then, as text.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    from_on = models.DateField("from the period that begins on")
    value = _figure("target", null=True, blank=True)
    range_low = _figure("lower end", null=True, blank=True)
    range_high = _figure("upper end", null=True, blank=True)
    tolerance = _figure("tolerance", null=True, blank=True, validators=[MinValueValidator(Decimal(0))])
    tolerance_kind = models.CharField(
        "tolerance is in", max_length=10, choices=_choices(Tolerance), default=Tolerance.POINTS.value
    )
    profile = models.JSONField("steps towards it", default=list, blank=True)
    set_by = models.CharField("who set it", max_length=200, blank=True)
    reason = models.TextField("why", blank=True)

    history = IndexedHistory()

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_on"],
                name="target_is_one_from_a_period",
                violation_error_message="There is a target from this period already. Correct that one.",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(range_low=None, range_high=None),
                name="target_is_a_value_or_a_band",
                violation_error_message="Give a target or a band, not both.",
            ),
            models.CheckConstraint(
                condition=Q(range_low=None, range_high=None)
                | Q(range_low__isnull=False, range_high__isnull=False, range_low__lte=F("range_high")),
                name="target_band_has_two_ends",
                violation_error_message="A band has a lower and an upper end, the lower one first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} from {self.from_on}"

    def clean(self) -> None:
        if not self.profile:
            return
        if self.value is None:
            raise ValidationError({"profile": "Only a target of one value has steps."})
        try:
            starts = [date.fromisoformat(day) for day, value in self.profile if Decimal(value).is_finite()]
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ValidationError({"profile": "A step is a period and a number."}) from error
        if len(starts) != len(self.profile):
            raise ValidationError({"profile": "A step is a period and a number."})
        if len(set(starts)) != len(starts):
            raise ValidationError({"profile": "There are two steps from one period."})
        if min(starts) < self.from_on:
            raise ValidationError({"profile": "A step lies before the target begins."})


class Measurement(Tracked):
    """The figure of one period, or why there is none. Final: a revision is a new one that replaces this one."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="measurements")
    starts_on = models.DateField("first day of the period")
    numerator = _figure("numerator", null=True, blank=True)
    denominator = _figure("denominator", null=True, blank=True)
    value = _figure("value", null=True, blank=True)
    no_value = models.CharField(
        "why there is no figure", max_length=1, choices=[*_choices(NoValue), (TAKEN_BACK, "Taken back")], blank=True
    )
    is_provisional = models.BooleanField("provisional", default=False)
    note = models.TextField(blank=True)
    source = models.CharField("where it was taken from", max_length=300, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    revision_reason = models.TextField("why it was revised", blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on"],
                condition=Q(replaces=None),
                name="measurement_is_one_a_period",
                violation_error_message="There is a figure for this period already. Revise that one.",
            ),
            models.CheckConstraint(
                condition=(Q(no_value="") & (Q(value__isnull=False) | Q(denominator__isnull=False, denominator=0)))
                | (~Q(no_value="") & Q(value=None, numerator=None, denominator=None)),
                name="measurement_is_a_figure_or_says_why_not",
                violation_error_message="Give a figure, or say why there is none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} from {self.starts_on}"

    def clean(self) -> None:
        if (self.numerator is None) != (self.denominator is None):
            raise ValidationError("Give both the numerator and the denominator, or the value alone.")
        if self.denominator is not None and self.denominator < 0:
            raise ValidationError({"denominator": "A denominator is not below nought."})
        if self.indicator.unit == Unit.YES_NO and self.value not in (None, 0, 1):
            raise ValidationError({"value": "Its figure is 1 for yes or 0 for no."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A measurement is final. Record a revision that replaces it.")
        super().save(*args, **kwargs)


class Benchmark(Tracked):
    """What others had in a period: neighbours, England, the region."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="benchmarks")
    starts_on = models.DateField("first day of the period")
    comparator = models.CharField("compared with", max_length=15, choices=_choices(Comparator))
    value = _figure("value")
    source = models.CharField(max_length=300, blank=True)

    history = IndexedHistory()

    class Meta:
        ordering = ["-starts_on", "comparator"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "comparator"],
                name="benchmark_is_one_a_period",
                violation_error_message="There is a figure of this comparator for this period already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_comparator_display()} {self.starts_on}"


class Commentary(Tracked):
    """What the figure of a period means and, where it is red, what is done about it, by whom and by when."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="commentaries")
    starts_on = models.DateField("first day of the period")
    text = models.TextField("what the figure means")
    corrective_action = models.TextField("what is done about it", blank=True)
    action_lead = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who does it"
    )
    action_due_on = models.DateField("by when", null=True, blank=True)

    history = IndexedHistory()

    class Meta:
        verbose_name_plural = "commentaries"
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on"],
                name="commentary_is_one_a_period",
                violation_error_message="There is a commentary for this period already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} from {self.starts_on}"


class ProcessChange(Tracked):
    """That the process behind a figure changed from a period on; limits are worked out anew from there."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="process_changes")
    from_on = models.DateField("from the period that begins on")
    reason = models.CharField("what changed", max_length=200)

    history = IndexedHistory()

    class Meta:
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_on"],
                name="process_changes_once_in_a_period",
                violation_error_message="There is a change of the process from this period already.",
            )
        ]

    def __str__(self) -> str:
        return self.reason
