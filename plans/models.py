"""Plans with all that belongs to them, and the council’s reviews, boards, meetings and frameworks."""

from datetime import time
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.history import IndexedHistory, Tracked, TrackedQuerySet
from accounts.models import Organisation, Person

from .cycles import Rhythm
from .schemes import DEFAULT, Scheme, SchemeError
from .spans import long_day


def _default_lines() -> list[dict[str, Any]]:
    return DEFAULT.to_json()["lines"]


class OfCouncilQuerySet(TrackedQuerySet):
    """What belongs to a council and not to one plan: its reviews, boards and interventions."""

    def visible_to(self, user: Any) -> Self:
        """What belongs to the councils of which the user sees a whole plan."""
        from .policies import Reach, Right, plans_within

        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(council__in=plans_within(user, Right.SEE, Reach.ALL).values("council"))

    def current(self) -> Self:
        """Those that are not in the archive."""
        return self.filter(archived_at=None)


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
    tracks_outcomes = models.BooleanField("“done” and “made a difference” are kept apart", default=False)
    requires_evidence = models.BooleanField("an achieved milestone needs evidence", default=False)
    # The fortnight (cycles.py): working days are counted from the first day of a cycle.
    cutoff_day = models.PositiveSmallIntegerField(
        "working day on which updates are due", default=5, validators=[MinValueValidator(1), MaxValueValidator(260)]
    )
    cutoff_at = models.TimeField("time of that day", default=time(12, 0))
    meeting_day = models.PositiveSmallIntegerField(
        "working day on which the board meets", default=10, validators=[MinValueValidator(1), MaxValueValidator(260)]
    )
    board = models.ForeignKey(
        "GovernanceBody",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="board that goes through the plan",
    )
    reviews_updates = models.BooleanField("updates of leads are accepted or returned", default=False)
    counts_unaccepted = models.BooleanField("an update counts before it is accepted", default=True)
    sends_reminders = models.BooleanField("leads are reminded by e-mail", default=True)
    date_limit_days = models.PositiveSmallIntegerField(
        "days after the first agreed date up to which the programme manager moves a due date",
        default=28,
        validators=[MaxValueValidator(3660)],
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name="plan that it was refreshed from",
    )
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

    @property
    def rhythm(self) -> Rhythm:
        """How its cycles run."""
        return Rhythm(self.cycle_anchor, self.cycle_days, self.cutoff_day, self.cutoff_at, self.meeting_day)


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
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to")

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
    monitoring = models.TextField(
        "monitoring and evaluation", blank=True, help_text="Which report goes to which meeting, and who escalates."
    )
    programme_ref = models.CharField("programme reference", max_length=50, blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to")
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

    @property
    def address(self) -> str:
        """How addresses name the action: its number, or `id-<pk>`."""
        return self.ref or f"id-{self.pk}"


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


class OutcomeJudgement(Tracked):
    """How far an outcome is seen as at a date, and how we know; an empty `judged` says that nothing is judged any
    more. Final: a correction is a new judgement that replaces this one."""

    class Judged(models.TextChoices):
        NOT_YET = "not_yet", "Not yet seen"
        EARLY_SIGNS = "early_signs", "Early signs"
        SUSTAINED = "sustained", "Sustained"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="judgements")
    judged = models.CharField("how far it is seen", max_length=20, choices=Judged, blank=True)
    judged_on = models.DateField()
    note = models.TextField("how we know", blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    class Meta:
        verbose_name = "judgement"
        ordering = ["-judged_on", "-entered_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.words} as at {self.judged_on}"

    @property
    def words(self) -> str:
        """“Early signs”, or that nothing is judged any more."""
        return self.get_judged_display() if self.judged else "Nothing is judged any more"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A judgement of an outcome is final. Record a new one that replaces it.")
        super().save(*args, **kwargs)


class Document(Tracked):
    """The one stored file: its name for people, its place under the folder of files, and what it is.

    `plan` is empty for what belongs to the council, such as an inspectors' report.
    """

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", "Not scanned"
        PENDING = "pending", "Waiting to be scanned"
        CLEAN = "clean", "Nothing found"
        INFECTED = "infected", "Refused by the scanner"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    name = models.CharField("file name", max_length=255)
    kind = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=64, unique=True)
    scan = models.CharField(max_length=20, choices=Scan, default=Scan.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    history = IndexedHistory()

    def __str__(self) -> str:
        return self.name


class GovernanceBody(Tracked):
    """A board, committee or group that holds the council to its plans."""

    class Kind(models.TextChoices):
        STEERING_GROUP = "steering_group", "Steering group or project board"
        IMPROVEMENT_BOARD = "improvement_board", "Improvement board"
        PROGRAMME_BOARD = "programme_board", "Programme board"
        MANAGEMENT_TEAM = "management_team", "Management team"
        CABINET = "cabinet", "Cabinet"
        SCRUTINY = "scrutiny", "Overview and scrutiny"
        AUDIT_COMMITTEE = "audit_committee", "Audit committee"
        CORPORATE_PARENTING = "corporate_parenting", "Corporate parenting committee"
        SAFEGUARDING_PARTNERSHIP = "safeguarding_partnership", "Safeguarding partnership"
        OTHER = "other", "Other"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="boards")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=Kind)
    chair = models.CharField("chair, by name or role", max_length=200, blank=True)
    rhythm = models.CharField("how often it meets", max_length=100, blank=True)
    ended_on = models.DateField("last met", null=True, blank=True)

    history = IndexedHistory()
    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"],
                name="board_name_is_unique_in_council",
                violation_error_message="There is a board of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(Tracked):
    """A meeting of a board on a day: what it has to decide, and what it decided (`decisions`)."""

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="meetings")
    body = models.ForeignKey(GovernanceBody, on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField("date of the meeting")
    agenda_item = models.CharField("agenda item", max_length=100, blank=True)
    papers_due_on = models.DateField("papers due", null=True, blank=True)
    publication_due_on = models.DateField("agenda published by", null=True, blank=True)
    note = models.TextField(blank=True)
    minutes = models.URLField("address of the minutes", max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "held_on"],
                condition=Q(archived_at=None),
                name="board_meets_once_a_day",
                violation_error_message="This board has a meeting on that day already.",
            ),
            models.CheckConstraint(
                condition=Q(papers_due_on=None) | Q(papers_due_on__lte=F("held_on")),
                name="papers_are_due_before_the_meeting",
                violation_error_message="The papers are due after the meeting.",
            ),
            models.CheckConstraint(
                condition=Q(publication_due_on=None) | Q(publication_due_on__lte=F("held_on")),
                name="agenda_is_published_before_the_meeting",
                violation_error_message="The agenda is published after the meeting.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {long_day(self.held_on)}"


class OfPlanQuerySet(TrackedQuerySet):
    """What belongs to a plan as a whole."""

    def visible_to(self, user: Any) -> Self:
        """What belongs to the plans of which the user sees all."""
        from .policies import Reach, Right, plans_within

        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(plan__in=plans_within(user, Right.SEE, Reach.ALL))


class Decision(Tracked):
    """What a meeting decided, asked or noted of a plan."""

    class Kind(models.TextChoices):
        NOTED = "noted", "Noted"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Not approved"
        REFERRED = "referred", "Referred"
        QUESTION = "question", "Question"
        CHALLENGE = "challenge", "Challenge"
        REQUEST = "request", "Request"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.NOTED)
    words = models.TextField("what was decided")
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words


class FollowUp(Tracked):
    """What somebody has to do because of a decision, by when, and the day it was done."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="follow_ups")
    words = models.TextField("what is to be done")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("due", null=True, blank=True)
    done_on = models.DateField("done", null=True, blank=True)
    done_words = models.TextField("what came of it", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words


class Risk(Tracked):
    """A risk to the plan, or an issue that is there already, in brief: how likely and how bad from 1 to 5, what is
    done about it, and which way it goes."""

    class Kind(models.TextChoices):
        RISK = "risk", "Risk"
        ISSUE = "issue", "Issue"

    class Trend(models.TextChoices):
        RISING = "rising", "Rising"
        STEADY = "steady", "Steady"
        FALLING = "falling", "Falling"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="risks")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RISK)
    words = models.TextField("what it is")
    likelihood = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(5)])
    impact = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(5)])
    mitigation = models.TextField("what is done about it", blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    trend = models.CharField(max_length=10, choices=Trend, default=Trend.STEADY)
    raised_on = models.DateField("raised")
    closed_on = models.DateField("closed", null=True, blank=True)
    closed_words = models.TextField("why it is closed", blank=True)

    history = IndexedHistory()
    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__gte=1, likelihood__lte=5, impact__gte=1, impact__lte=5),
                name="risk_is_scored_from_1_to_5",
                violation_error_message="Likelihood and impact run from 1 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(raised_on__lte=F("closed_on")),
                name="risk_is_raised_before_it_is_closed",
                violation_error_message="It is closed before it was raised.",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def score(self) -> int:
        """Likelihood times impact; an issue is certain."""
        return self.impact * (5 if self.kind == self.Kind.ISSUE else self.likelihood)


class FrameworkQuerySet(TrackedQuerySet):
    def visible_to(self, user: Any) -> "FrameworkQuerySet":
        """All of them, for whoever can sign in: they are of the installation and say nothing of any council."""
        return self.all() if user.is_authenticated and user.is_active else self.none()


class Framework(Tracked):
    """What a kind of inspection judges, and on which scale: data, not code (domain.md 4.1).

    `areas` and `grades` are lists of words, the grades best first; a framework without a scale has no grades.
    """

    name = models.CharField(max_length=200, unique=True)
    bodies = models.CharField("who inspects by it", max_length=200, blank=True)
    when = models.CharField("when it applies", max_length=100, blank=True)
    areas = models.JSONField(default=list, blank=True)
    grades = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)

    history = IndexedHistory()
    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReviewQuerySet(OfCouncilQuerySet):
    def in_order(self) -> "ReviewQuerySet":
        """The newest first, by the day they are known by."""
        known_by = Coalesce("ended_on", "published_on", "started_on", "received_on")
        return self.annotate(known_by=known_by).order_by(F("known_by").desc(nulls_last=True), "-pk")


class Review(Tracked):
    """An inspection, a visit, a peer or government review: whatever looked at the council and said something."""

    class Kind(models.TextChoices):
        INSPECTION = "inspection", "Inspection"
        FOLLOW_UP = "follow_up", "Follow-up inspection"
        MONITORING_VISIT = "monitoring_visit", "Monitoring visit"
        FOCUSED_VISIT = "focused_visit", "Focused visit"
        DFE_REVIEW = "dfe_review", "DfE review"
        PEER_REVIEW = "peer_review", "Peer review or diagnostic"
        EVALUATION = "evaluation", "Independent evaluation"
        SELF_EVALUATION = "self_evaluation", "Self-evaluation"
        ANNUAL_ASSESSMENT = "annual_assessment", "Annual assessment"
        NOTICE = "notice", "Notice or direction"
        ANSWER = "answer", "Regulator’s answer to a plan"
        OTHER = "other", "Other"

    class Precision(models.TextChoices):
        DAY = "day", "on that day"
        MONTH = "month", "in that month"
        YEAR = "year", "in that year"
        ABOUT = "about", "about then"

    class CountedFrom(models.TextChoices):
        PUBLISHED = "published", "the day the report was published"
        RECEIVED = "received", "the day the council received it"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reviews")
    title = models.CharField(max_length=300)
    short_name = models.CharField(
        max_length=100, help_text="As it is written in references, such as “Ofsted Feb 2025”."
    )
    other_names = models.TextField(
        "other names", blank=True, help_text="As papers also write it, one on a line: “Ofsted/CQC Feb 2025”."
    )
    slug = models.SlugField(max_length=110)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.INSPECTION)
    bodies = models.CharField("who carried it out", max_length=300, blank=True)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_on = models.DateField(null=True, blank=True)
    started_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    ended_on = models.DateField(null=True, blank=True)
    ended_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    published_on = models.DateField(null=True, blank=True)
    published_precision = models.CharField(max_length=10, choices=Precision, default=Precision.DAY)
    received_on = models.DateField("day the council received the report", null=True, blank=True)
    timescales_from = models.CharField(
        "timescales count from", max_length=10, choices=CountedFrom, default=CountedFrom.PUBLISHED
    )
    summary = models.TextField(blank=True)
    strengths = models.TextField("strengths named", blank=True)
    areas = models.TextField("areas to consider or improve", blank=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    report = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    report_url = models.URLField("address of the published report", max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "short_name"],
                name="review_short_name_is_unique_in_council",
                violation_error_message="There is a review of this short name already.",
            ),
            models.UniqueConstraint(fields=["council", "slug"], name="review_slug_is_unique_in_council"),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(ended_on=None) | Q(started_on__lte=F("ended_on")),
                name="review_starts_before_it_ends",
                violation_error_message="The review ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("plans:review", args=[self.slug])

    @property
    def timescale_base(self) -> Any:
        """The day from which its timescales count (domain.md D1); None where it is not known."""
        return self.received_on if self.counts_from_receipt else self.published_on

    @property
    def counts_from_receipt(self) -> bool:
        """Whether “within three months” means of the day the council received the report."""
        return self.timescales_from == self.CountedFrom.RECEIVED


class Judgement(Tracked):
    """What a review said of one area: a grade on the scale of its framework, or words, or both."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="judgements")
    order = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=200)
    grade = models.CharField(max_length=100, blank=True)
    words = models.TextField(blank=True)

    history = IndexedHistory()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "area"],
                name="judgement_area_is_judged_once",
                violation_error_message="This area is judged already.",
            ),
            models.CheckConstraint(
                condition=~Q(grade="") | ~Q(words=""),
                name="judgement_has_a_grade_or_words",
                violation_error_message="Give the grade, or what was said.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.grade or self.words}"


class Intervention(Tracked):
    """A step of the government towards a council: a notice, a direction, a commissioner (domain.md 4.2).

    Its criteria are the recommendations of `review`, a review of the kind notice.
    """

    class Kind(models.TextChoices):
        ADVISER = "adviser", "DfE adviser"
        NOTICE = "improvement_notice", "Improvement notice"
        DIRECTION = "statutory_direction", "Statutory direction"
        COMMISSIONER = "commissioner", "Commissioner"
        TRUST = "trust", "Alternative delivery (trust)"
        SUPPORT = "support_and_supervision", "Support and supervision"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="interventions")
    kind = models.CharField(max_length=30, choices=Kind)
    issued_on = models.DateField()
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="interventions")
    board = models.ForeignKey(GovernanceBody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    criteria = models.TextField("what has to be met", blank=True)
    lifted_on = models.DateField(null=True, blank=True)
    lifted_words = models.TextField("how and why it was lifted", blank=True)
    transition = models.TextField("what takes over the board’s function", blank=True)

    history = IndexedHistory()
    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_on=None) | Q(issued_on__lte=F("lifted_on")),
                name="intervention_is_issued_before_it_is_lifted",
                violation_error_message="The intervention is lifted before it was issued.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.issued_on:%B %Y}"


class RecommendationQuerySet(TrackedQuerySet):
    def visible_to(self, user: Any) -> "RecommendationQuerySet":
        """The recommendations of the reviews that the user may see."""
        return self.filter(review__in=Review.objects.visible_to(user))

    def current(self) -> "RecommendationQuerySet":
        """Those that were not typed by mistake."""
        return self.filter(archived_at=None)

    def not_refused(self) -> "RecommendationQuerySet":
        """Without those that the council did not accept and says why: they wait for nothing."""
        return self.exclude(~Q(response_words=""), response=Recommendation.Response.NOT_ACCEPTED)


class Recommendation(Tracked):
    """What the inspectors say must be improved. A placeholder is one that is cited and whose text was not supplied."""

    class Response(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        PARTLY = "partly", "Partly accepted"
        NOT_ACCEPTED = "not_accepted", "Not accepted"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="recommendations")
    number = models.CharField(max_length=20)
    section = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    note = models.TextField("note printed with it", blank=True)
    paragraphs = models.CharField("paragraphs of the report", max_length=100, blank=True)
    timescale_words = models.CharField(max_length=200, blank=True)
    due_on = models.DateField("due date, where the words do not give it", null=True, blank=True)
    due_reason = models.TextField("why this date", blank=True)
    is_placeholder = models.BooleanField(default=False)
    is_priority_action = models.BooleanField("area for priority action", default=False)
    addressed_to = models.CharField("addressed to", max_length=200, blank=True)
    response = models.CharField("the council’s response", max_length=20, choices=Response, blank=True)
    response_words = models.TextField("what the council answered", blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(GovernanceBody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_reason = models.TextField("why it is closed without evidence", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    history = IndexedHistory()
    objects = RecommendationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "number"],
                name="recommendation_number_is_unique_in_review",
                violation_error_message="The review has a recommendation of this number already.",
            ),
            models.CheckConstraint(
                condition=Q(is_placeholder=True) | ~Q(text=""), name="recommendation_has_text_or_is_placeholder"
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | ~Q(due_reason=""),
                name="recommendation_due_date_has_a_reason",
                violation_error_message="Say why this is the due date.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_by=None) | Q(closed_on__isnull=False, closed_by__isnull=False),
                name="recommendation_is_closed_by_a_body",
                violation_error_message="Say which board agreed, and when.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.short_name} – Rec {self.number}"


class PlanReview(Tracked):
    """That a plan answers a review, and what became of the statement it was submitted as (domain.md 4.2)."""

    class Answer(models.TextChoices):
        REFLECTS = "reflects", "Satisfactorily reflects the recommendations"
        REVISE = "revise", "Has to be revised"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="answered_reviews")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answering_plans")
    needs_statement = models.BooleanField("a written statement of action is due", default=False)
    statement_days = models.PositiveSmallIntegerField(
        "working days for it", default=70, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    submitted_on = models.DateField("submitted", null=True, blank=True)
    answered_on = models.DateField("answered", null=True, blank=True)
    answer = models.CharField(max_length=20, choices=Answer, blank=True)
    answer_words = models.TextField("what the answer says", blank=True)

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "review"],
                name="review_is_answered_once_by_a_plan",
                violation_error_message="The plan answers this review already.",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None, answer="") | (Q(answered_on__isnull=False) & ~Q(answer="")),
                name="plan_is_answered_on_a_day",
                violation_error_message="Give the day of the answer and what it was.",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(submitted_on__isnull=False, submitted_on__lte=F("answered_on")),
                name="plan_is_submitted_before_it_is_answered",
                violation_error_message="The plan is answered before it was submitted.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} answers {self.review}"


class NoMilestoneNeeded(Tracked):
    """Why a plan needs no milestone for a recommendation, in words: “Addressed by Action 18 because ...”."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    history = IndexedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "recommendation"], name="no_milestone_is_explained_once")
        ]

    def __str__(self) -> str:
        return self.reason


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
