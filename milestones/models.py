import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.history import IndexedHistory, Tracked, TrackedQuerySet
from accounts.models import Person
from plans.models import Action, Plan, PlanMembership, RecommendationLink
from plans.policies import Reach, Right, plans_within
from plans.schemes import DeclaredStatus


def _own(user: Any) -> Q:
    themed = PlanMembership.objects.current().filter(user=user, role=PlanMembership.Role.THEME_LEAD)
    return (
        Q(lead__user=user)
        | Q(supporting_leads__person__user=user)
        | Q(action__theme__lead__user=user, plan__in=themed.values("plan"))
    )


class MilestoneQuerySet(TrackedQuerySet):
    def visible_to(self, user: Any) -> "MilestoneQuerySet":
        """The milestones the user may see: those of their plans, or of a plan their own alone; internal ones by the
        right to see those. The answer of plans/policies.py, for many plans at once."""
        if not user.is_authenticated or not user.is_active:
            return self.none()

        def within(right: Right) -> Q:
            own = Milestone._base_manager.filter(_own(user)).values("pk")
            everywhere, own_alone = (plans_within(user, right, reach) for reach in (Reach.ALL, Reach.OWN))
            return Q(plan__in=everywhere) | Q(plan__in=own_alone, pk__in=own)

        public = Q(visibility=Milestone.Visibility.PUBLIC)
        return self.filter(within(Right.SEE)).filter(public | within(Right.SEE_INTERNAL))

    def own(self, user: Any) -> "MilestoneQuerySet":
        """Those the user leads or supports, and as theme lead of the plan those of their themes."""
        return self.filter(pk__in=Milestone._base_manager.filter(_own(user)).values("pk"))

    def current(self) -> "MilestoneQuerySet":
        """Milestones that are not in the archive, and whose action is not."""
        return self.filter(archived_at=None, action__archived_at=None)

    def with_address(self, address: str) -> "MilestoneQuerySet":
        """The one that an address names: by its number, or `id-<pk>` where it has none."""
        by_key = re.fullmatch(r"id-([0-9]{1,15})", address)
        named = models.Q(ref=address) & ~models.Q(ref="")
        return self.filter(named | models.Q(ref="", pk=int(by_key[1])) if by_key else named)


class Milestone(Tracked):
    """A dated, checkable step of an action, with one lead who answers for it."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="milestones")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="milestones")
    ref = models.CharField("number", max_length=20, blank=True)
    text = models.TextField()
    start_on = models.DateField("start date", null=True, blank=True)
    due_on = models.DateField("due date", null=True, blank=True)
    due_words = models.CharField("due, in words", max_length=200, blank=True)
    baseline_due_on = models.DateField("first agreed due date", null=True, blank=True)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="milestones")
    lead_role = models.CharField("lead’s role for this milestone", max_length=200, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "ref"],
                condition=~Q(ref=""),
                name="milestone_ref_is_unique_in_plan",
                violation_error_message="The plan has a milestone of this number already.",
            ),
            models.CheckConstraint(
                condition=Q(start_on=None) | Q(due_on=None) | Q(start_on__lte=F("due_on")),
                name="milestone_starts_before_it_is_due",
                violation_error_message="The start date is after the due date.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | ~Q(withdrawn_reason=""),
                name="milestone_is_withdrawn_with_a_reason",
                violation_error_message="Say why the milestone is withdrawn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.text}" if self.ref else self.text

    @property
    def address(self) -> str:
        """How addresses name the milestone: its number, or `id-<pk>`."""
        return self.ref or f"id-{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("milestones:detail", args=[self.plan.slug, self.address])


class MilestoneLink(RecommendationLink):
    """A reference that a milestone carries."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="links")

    history = IndexedHistory()


class SupportingLead(Tracked):
    """Somebody who helps a milestone's lead."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="supporting_leads")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()

    history = IndexedHistory()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["milestone", "person"], name="supporting_lead_is_named_once")]

    def __str__(self) -> str:
        return str(self.person)


class ProgressUpdate(Tracked):
    """What was declared of a milestone as at a date. Final: a correction is a new update that replaces this one."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="updates")
    as_at = models.DateField("position at")
    update_month = models.CharField("month it prints under", max_length=7, blank=True)
    declared_status = models.CharField(
        max_length=20,
        choices=[(status.value, status.value) for status in DeclaredStatus if status is not DeclaredStatus.WITHDRAWN],
    )
    note = models.TextField(blank=True)
    forecast_on = models.DateField("forecast date", null=True, blank=True)
    support_required = models.BooleanField(default=False)
    support_text = models.TextField("support required", blank=True)
    completed_on = models.DateField("date it was achieved", null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory(also_indexed=("milestone", "-as_at", "-entered_at", "-id"))

    class Meta:
        indexes = [models.Index(fields=["milestone", "-as_at", "-entered_at", "-id"], name="update_in_force")]
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_on=None) | Q(declared_status__in=["achieved", "embedded"]),
                name="update_is_completed_when_achieved",
                violation_error_message="Only an achieved milestone has a date it was achieved.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} as at {self.as_at}: {self.declared_status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A progress update is final. Record a new one that replaces it.")
        super().save(*args, **kwargs)


class UpdateDraft(models.Model):
    """What somebody is typing and has not saved yet. One for each user and milestone; not a record of anything."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="drafts")
    declared_status = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "milestone"], name="draft_is_one_a_user_and_milestone")]

    def __str__(self) -> str:
        return f"Draft of {self.user} for {self.milestone_id}"


class DateChange(Tracked):
    """That the due date of a milestone was moved, from when to when and why."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="date_changes")
    from_on = models.DateField("from", null=True, blank=True)
    to_on = models.DateField("to")
    reason = models.TextField()
    agreed_on = models.DateField()
    entered_at = models.DateTimeField()

    history = IndexedHistory()

    class Meta:
        ordering = ["agreed_on", "entered_at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_on} to {self.to_on}"
