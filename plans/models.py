from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.history import IndexedHistory, Tracked, TrackedQuerySet
from accounts.models import Organisation, Person

from .schemes import DEFAULT, Scheme, SchemeError


def _default_lines() -> list[dict[str, Any]]:
    return DEFAULT.to_json()["lines"]


class StatusScheme(Tracked):
    """The key of a plan: which word, letter, symbol and colour each internal state prints as (domain.md 2.3)."""

    name = models.CharField(max_length=100, unique=True)
    lines = models.JSONField(default=_default_lines)

    history = IndexedHistory()

    def __str__(self) -> str:
        return self.name

    @property
    def scheme(self) -> Scheme:
        """The key as the rules read it."""
        return Scheme.from_json({"name": self.name, "lines": self.lines})

    def clean(self) -> None:
        try:
            _ = self.scheme
        except SchemeError as error:
            raise ValidationError({"lines": str(error)}) from error


class PlanQuerySet(TrackedQuerySet):
    def visible_to(self, user: Any) -> "PlanQuerySet":
        """The plans on which the user holds a role today, or broke the glass; none for somebody who is not signed in
        or not active."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        seen = Q(pk__in=PlanMembership.objects.current().filter(user=user).values("plan"))
        if user.is_administrator or user.is_information_governance:
            seen |= Q(pk__in=BreakGlass.objects.current().filter(user=user).values("plan"))
        return self.filter(seen)

    def managed_by(self, user: Any) -> "PlanQuerySet":
        """The plans of which the user is a programme manager."""
        managed = PlanMembership.objects.current().filter(user=user, role=PlanMembership.Role.MANAGER)
        return self.visible_to(user).filter(pk__in=managed.values("plan"))

    def current(self) -> "PlanQuerySet":
        """Plans that are not in the archive."""
        return self.filter(archived_at=None)


class Plan(Tracked):
    """The council's answer to an inspection: themes, actions, milestones, leads, dates and outcomes."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        CONSULTATION = "consultation", "In consultation"
        SUBMITTED = "submitted", "Submitted"
        ACCEPTED = "accepted", "Accepted"
        ACTIVE = "active", "Active"
        CLOSED = "closed", "Closed"
        SUPERSEDED = "superseded", "Superseded"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    short_title = models.CharField(max_length=100)
    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    status_scheme = models.ForeignKey(StatusScheme, on_delete=models.PROTECT, related_name="plans")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    cycle_anchor = models.DateField("first day of the first cycle")
    cycle_days = models.PositiveSmallIntegerField(
        "days in a cycle", default=14, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    report_months_end = models.BooleanField("“within three months” runs to the end of the month", default=True)
    overdue_is_red = models.BooleanField("an overdue milestone prints as red", default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Set by reports when a paper leaves the house; bookkeeping, so it has no history of its own.
    last_reported_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = IndexedHistory(excluded_fields=["last_reported_at"])
    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(cycle_days__gte=1), name="plan_cycle_has_days"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="plan_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.short_title

    def get_absolute_url(self) -> str:
        return reverse("reports:plan", args=[self.slug])


class PlanMembershipQuerySet(TrackedQuerySet):
    def current(self) -> "PlanMembershipQuerySet":
        """Memberships that have not ended. One that ends today still counts today."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))


class PlanMembership(Tracked):
    """The role of a user on a plan, perhaps until a day. What a role may do is in policies.py."""

    class Role(models.TextChoices):
        MANAGER = "manager", "Programme manager"
        THEME_LEAD = "theme_lead", "Theme lead"
        LEAD = "lead", "Milestone lead"
        CONTRIBUTOR = "contributor", "Contributor"
        STEERING_GROUP = "steering_group", "Steering group"
        REPORTING_OFFICER = "reporting_officer", "Reporting officer"
        ANALYST = "analyst", "Analyst"
        AUDITOR = "auditor", "Auditor"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    ends_on = models.DateField("last day", null=True, blank=True)

    history = IndexedHistory()
    objects = PlanMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "user", "role"], name="membership_is_given_once"),
            models.CheckConstraint(
                condition=~Q(role="auditor") | Q(ends_on__isnull=False),
                name="auditor_has_a_last_day",
                violation_error_message="An auditor’s role has a last day. Give one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class BreakGlassQuerySet(TrackedQuerySet):
    def current(self) -> "BreakGlassQuerySet":
        """Those whose time is not up."""
        return self.filter(ends_at__gt=timezone.now())


class BreakGlass(Tracked):
    """That somebody of the whole installation opened a plan they hold no role on, for a short time and a reason."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    ends_at = models.DateTimeField()

    history = IndexedHistory()
    objects = BreakGlassQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user} until {self.ends_at:%Y-%m-%d %H:%M}"


class ChildDataOverride(Tracked):
    """That somebody saved words which look as if they tell who a child is, and said that they do not (childdata.py).

    The words are not kept here.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=200)
    kinds = models.CharField("what it looked like", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    def __str__(self) -> str:
        return f"{self.where}: {self.kinds}"


class Theme(Tracked):
    """The top grouping of a plan: a priority, a workstream."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="themes")
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    history = IndexedHistory()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "name"],
                name="theme_name_is_unique_in_plan",
                violation_error_message="The plan has a theme of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Action(Tracked):
    """What has to be changed; numbered through the whole plan."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="actions")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="actions")
    ref = models.CharField("number", max_length=20, blank=True)
    text = models.TextField()
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "ref"],
                condition=~Q(ref=""),
                name="action_ref_is_unique_in_plan",
                violation_error_message="The plan has an action of this number already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref}. {self.text}" if self.ref else self.text


class Outcome(Tracked):
    """The difference for children or services that an action is for."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="outcomes")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="outcomes")
    order = models.PositiveIntegerField()
    text = models.TextField()

    history = IndexedHistory()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text


class Review(Tracked):
    """An inspection, a visit, a peer or government review: whatever made recommendations to the council."""

    class Kind(models.TextChoices):
        INSPECTION = "inspection", "Inspection"
        MONITORING_VISIT = "monitoring_visit", "Monitoring visit"
        FOCUSED_VISIT = "focused_visit", "Focused visit"
        DFE_REVIEW = "dfe_review", "DfE review"
        PEER_REVIEW = "peer_review", "Peer review"
        EVALUATION = "evaluation", "Independent evaluation"
        NOTICE = "notice", "Improvement notice"
        OTHER = "other", "Other"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reviews")
    title = models.CharField(max_length=300)
    short_name = models.CharField(
        max_length=100, help_text="As it is written in references, such as “Ofsted Feb 2025”."
    )
    slug = models.SlugField(max_length=110)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.INSPECTION)
    published_on = models.DateField(null=True, blank=True)

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "short_name"], name="review_short_name_is_unique_in_council"),
            models.UniqueConstraint(fields=["council", "slug"], name="review_slug_is_unique_in_council"),
        ]

    def __str__(self) -> str:
        return self.short_name


class Recommendation(Tracked):
    """What the inspectors say must be improved. A placeholder is one that is cited and whose text was not supplied."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="recommendations")
    number = models.CharField(max_length=20)
    section = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    timescale_words = models.CharField(max_length=200, blank=True)
    is_placeholder = models.BooleanField(default=False)

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="recommendation_number_is_unique_in_review"),
            models.CheckConstraint(
                condition=Q(is_placeholder=True) | ~Q(text=""), name="recommendation_has_text_or_is_placeholder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.short_name} – Rec {self.number}"


class RecommendationLink(Tracked):
    """That something answers a recommendation, or a review whose number was not given, as the paper wrote it."""

    class State(models.TextChoices):
        MATCHED = "matched", "Matched"
        SOURCE_ONLY = "source_only", "Source without a number"
        UNRESOLVED = "unresolved", "Source not known"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    as_written = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=State)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state="matched", review__isnull=False, recommendation__isnull=False)
                | Q(state="source_only", review__isnull=False, recommendation__isnull=True)
                | Q(state="unresolved", review__isnull=True, recommendation__isnull=True),
                name="%(class)s_state_is_what_it_links",
            )
        ]

    def __str__(self) -> str:
        return self.as_written


class ActionLink(RecommendationLink):
    """A reference that an action carries."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="links")

    history = IndexedHistory()
