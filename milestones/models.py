"""Milestones and what is said of them: updates, reviews, dates, evidence, proposals, reminders."""

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.history import IndexedHistory, Tracked, TrackedQuerySet
from accounts.models import Person
from plans.models import (
    Action,
    Decision,
    Document,
    GovernanceBody,
    Outcome,
    Plan,
    PlanMembership,
    Recommendation,
    RecommendationLink,
    Review,
)
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
    embedded_on = models.DateField(null=True, blank=True)
    embedded_by = models.ForeignKey(GovernanceBody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    embedded_words = models.TextField("how the board knows", blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to")
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
            models.CheckConstraint(
                condition=Q(embedded_on=None, embedded_by=None)
                | Q(embedded_on__isnull=False, embedded_by__isnull=False),
                name="milestone_is_embedded_by_a_body",
                violation_error_message="Say which board agreed that it is embedded, and when.",
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


class ProgressUpdateQuerySet(TrackedQuerySet):
    def counting(self) -> "ProgressUpdateQuerySet":
        """The updates that were not last returned, and that none of these replaces. Whether one counts that waits to be
        accepted, is the plan’s to say (position.py)."""
        last = UpdateReview._base_manager.filter(update=OuterRef("pk")).order_by("-entered_at", "-pk")
        kept = self.alias(verdict=Subquery(last.values("verdict")[:1])).filter(
            Q(verdict=None) | ~Q(verdict=UpdateReview.Verdict.RETURNED)
        )
        return kept.filter(~Exists(kept.filter(replaces=OuterRef("pk"))))


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
    outcome_words = models.TextField("how we know that the outcome is met", blank=True)
    outcome_review_on = models.DateField("when the outcome is looked at again", null=True, blank=True)
    # In a plan that accepts or returns updates: that this one was handed in for that (`UpdateReview`).
    is_submitted = models.BooleanField("handed in to be accepted", default=False)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory(also_indexed=("milestone", "-as_at", "-entered_at", "-id"))
    objects = ProgressUpdateQuerySet.as_manager()

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


class IndependentAssessment(Tracked):
    """What somebody independent found of a milestone as at a date, beside what its lead declares. Final: a correction
    is a new one that replaces this one."""

    class Source(models.TextChoices):
        INSPECTORATE = "inspectorate", "Inspectorate"
        EVALUATOR = "evaluator", "Independent evaluator"
        PEER = "peer", "Peer reviewer"
        INTERNAL_AUDIT = "internal_audit", "Internal audit"
        BOARD = "board", "Board"
        OTHER = "other", "Other"

    class Finding(models.TextChoices):
        ACHIEVED = "achieved", "Achieved"
        PARTLY = "partly", "Partly achieved"
        NOT_ACHIEVED = "not_achieved", "Not achieved"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="independent_assessments")
    as_at = models.DateField("position at")
    source = models.CharField(max_length=20, choices=Source)
    assessed_by = models.CharField("who assessed it", max_length=200)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.CharField(max_length=20, choices=Finding)
    note = models.TextField(blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    class Meta:
        ordering = ["-as_at", "-entered_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_finding_display()} by {self.assessed_by} as at {self.as_at}"


class EvidenceQuerySet(TrackedQuerySet):
    def current(self) -> "EvidenceQuerySet":
        """What was not taken off the plan again."""
        return self.filter(archived_at=None)

    def visible_to(self, user: Any) -> "EvidenceQuerySet":
        """The evidence the user may see: by the rights of plans/policies.py, by how sensitive it is, and never what
        supports nothing but milestones they may not see or that are in the archive. What somebody added themselves,
        they see. As `Sight.shows_evidence` says of what was read already."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Milestone._base_manager.filter(_own(user)).values("pk")
        supports_own = Q(pk__in=EvidenceSupport._base_manager.filter(milestone__in=own).values("evidence"))

        def within(right: Right) -> Q:
            everywhere, own_alone = (plans_within(user, right, reach) for reach in (Reach.ALL, Reach.OWN))
            return Q(plan__in=everywhere) | (Q(plan__in=own_alone) & (supports_own | Q(added_by=user)))

        seen = Milestone.objects.visible_to(user).current().values("pk")
        of_nothing_hidden = EvidenceSupport._base_manager.filter(Q(milestone=None) | Q(milestone__in=seen))
        shown = Q(pk__in=of_nothing_hidden.values("evidence")) | Q(added_by=user)
        sensitivity = (
            Q(sensitivity=Evidence.Sensitivity.PUBLIC)
            | (Q(sensitivity=Evidence.Sensitivity.INTERNAL) & within(Right.SEE_INTERNAL))
            | (Q(sensitivity=Evidence.Sensitivity.RESTRICTED) & within(Right.SEE_RESTRICTED))
        )
        return self.filter(within(Right.SEE_EVIDENCE), shown, sensitivity)


class Evidence(Tracked):
    """What proves a milestone, an outcome or the answer to a recommendation: a file, a link or a place to look."""

    class Kind(models.TextChoices):
        POLICY = "policy", "Policy or procedure"
        AUDIT = "audit", "Audit"
        DATA = "data", "Data"
        MINUTES = "minutes", "Minutes"
        CHILDREN = "children", "Voice of the child: feedback from children"
        STAFF = "staff", "Feedback from staff"
        REPORT = "report", "Report"
        OTHER = "other", "Other"

    class Strength(models.TextChoices):
        SAYS_SO = "says_so", "Says so"
        WRITTEN = "written", "Policy written"
        PRACTICE = "practice", "Practice changed"
        OUTCOME = "outcome", "Outcome measured"
        VOICE = "voice", "Child’s voice heard"

    class Sensitivity(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"
        RESTRICTED = "restricted", "Restricted"

    class Finding(models.TextChoices):
        SUPPORTS = "supports", "Supports it"
        PARTLY = "partly", "Supports it in part"
        DOES_NOT = "does_not", "Does not support it"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=Kind)
    strength = models.CharField(max_length=20, choices=Strength, blank=True)
    sensitivity = models.CharField(max_length=20, choices=Sensitivity, default=Sensitivity.INTERNAL)
    dated_on = models.DateField("date of the evidence", null=True, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.URLField("web address", max_length=500, blank=True)
    location = models.CharField("where it is kept", max_length=300, blank=True)
    note = models.TextField("what it shows", blank=True)
    checked_by = models.CharField("checked by", max_length=200, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    finding = models.CharField(max_length=20, choices=Finding, blank=True)
    finding_note = models.TextField(blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(link="") | ~Q(location=""),
                name="evidence_is_somewhere",
                violation_error_message="Attach a file, or give a web address or where it is kept.",
            ),
            models.CheckConstraint(
                condition=Q(checked_on=None, finding="", checked_by="")
                | (Q(checked_on__isnull=False) & ~Q(finding="") & ~Q(checked_by="")),
                name="evidence_is_checked_with_a_finding",
                violation_error_message="Say who checked it, when, and what they found.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceSupport(Tracked):
    """That a piece of evidence supports one milestone, outcome or recommendation."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="supports")
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence_supports"
    )
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, outcome=None, recommendation=None)
                | Q(milestone=None, outcome__isnull=False, recommendation=None)
                | Q(milestone=None, outcome=None, recommendation__isnull=False),
                name="evidence_supports_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["evidence", thing],
                    condition=Q(**{f"{thing}__isnull": False}),
                    name=f"evidence_supports_{thing}_once",
                )
                for thing in ("milestone", "outcome", "recommendation")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} supports {self.milestone_id or self.outcome_id or self.recommendation_id}"


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
    agreed_by = models.ForeignKey(GovernanceBody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()

    history = IndexedHistory()

    class Meta:
        ordering = ["agreed_on", "entered_at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_on} to {self.to_on}"


class DateRequest(Tracked):
    """That a new due date is asked for, why and with which consequence, and what became of it.

    Up to the plan’s limit the programme manager grants it; above, it waits for a board and prints as an extension
    requested. One request of a milestone is open at a time.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        TAKEN_BACK = "taken_back", "Taken back"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="date_requests")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="date_requests")
    from_on = models.DateField("from", null=True, blank=True)
    to_on = models.DateField("to")
    reason = models.TextField()
    consequence = models.TextField("consequence for the recommendation and for children")
    is_for_board = models.BooleanField("a board decides")
    requested_on = models.DateField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_words = models.TextField("what was decided", blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    change = models.OneToOneField(DateChange, on_delete=models.PROTECT, null=True, blank=True, related_name="request")

    history = IndexedHistory()

    class Meta:
        ordering = ["requested_on", "entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(outcome=""),
                name="date_request_is_open_once",
                violation_error_message="A new date is asked for already and waits to be decided.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_on=None) | (~Q(outcome="") & Q(decided_on__isnull=False)),
                name="date_request_is_decided_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} to {self.to_on}"


class UpdateReview(Tracked):
    """That an update was accepted, or returned with a question. Append only: the newest of an update counts."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    update = models.ForeignKey(ProgressUpdate, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict)
    question = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict="returned") | ~Q(question=""),
                name="update_is_returned_with_a_question",
                violation_error_message="Say what you ask the lead.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.update_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was said of an update is final. Say something new.")
        super().save(*args, **kwargs)


class ForecastOverride(Tracked):
    """That somebody judges otherwise than the rules whether a milestone will be done on time, and why; an empty
    `chance` gives the word back to the rules. Final: the newest by its day counts."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="forecast_overrides")
    as_at = models.DateField("position at")
    chance = models.CharField(max_length=10, blank=True)
    reason = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    class Meta:
        ordering = ["-as_at", "-entered_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.chance or 'by the rules'} as at {self.as_at}"


class PersonalLink(Tracked):
    """A link that lets somebody without an account propose updates of their own milestones, until it runs out or is
    revoked. The link has the token alone; here is its SHA-256."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="personal_links")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    cycle_number = models.IntegerField("cycle that it is for")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    mailed_to = models.EmailField(blank=True)

    history = IndexedHistory()

    def __str__(self) -> str:
        return f"Link of {self.person}"


class PersonalLinkUse(models.Model):
    """That a personal link was used, or that somebody tried; append only, kept beside the security log."""

    link = models.ForeignKey(PersonalLink, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField("network address", max_length=45, blank=True)

    def __str__(self) -> str:
        return f"{self.what} at {self.at:%Y-%m-%d %H:%M}"


class ProposedUpdate(Tracked):
    """What somebody proposed through a personal link, and what became of it: accepted as an update of the plan,
    or returned with a question. It counts nowhere before it is accepted."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="proposed_updates")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="proposed_updates")
    link = models.ForeignKey(PersonalLink, on_delete=models.PROTECT, related_name="proposals")
    as_at = models.DateField("position at")
    declared_status = models.CharField(max_length=20)
    note = models.TextField()
    forecast_on = models.DateField("forecast date", null=True, blank=True)
    support_required = models.BooleanField(default=False)
    support_text = models.TextField("support required", blank=True)
    completed_on = models.DateField("date it was achieved", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    question = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    update = models.OneToOneField(
        ProgressUpdate, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    history = IndexedHistory()

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(state="waiting"),
                name="proposal_waits_once",
                violation_error_message="A proposed update of this milestone waits already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.declared_status}, proposed"


class Reminder(models.Model):
    """That somebody is mailed about what they owe, at most once a day (reminding.py). Not a record of the plan, so it
    has no history: `claimed_at` is there before the mail goes, `sent_at` after."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("day")
    message_id = models.CharField(max_length=200)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="reminder_is_sent_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user} on {self.on}"


class ReminderPart(models.Model):
    """What a reminder is about: one plan, one cycle, and why it is sent now."""

    class Kind(models.TextChoices):
        BEFORE = "before", "Before updates are due"
        CUTOFF = "cutoff", "On the day updates are due"
        OVERDUE = "overdue", "When updates are late"
        BY_HAND = "by_hand", "Sent by hand"

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="parts")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    cycle_number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    milestones = models.PositiveIntegerField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.milestones}"


class NoReminders(models.Model):
    """That a user wants no reminders by e-mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} wants no reminders"
