"""What is kept of papers: key issues, packs and their frozen editions, the look, cover reports."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.history import IndexedHistory, Tracked, WrittenOnce, WrittenOnceQuerySet
from accounts.models import Organisation, Person
from plans.models import Meeting, OfCouncilQuerySet, OfPlanQuerySet, Plan
from plans.policies import Reach, Right, plans_within

from .cover_rows import CoverSectionQuerySet
from .leases import Leased

#: Whoever has one of these for the whole plan sees its packs, drafts and withdrawn bytes included.
FOR_ALL_PACKS = (Right.PREPARE_PACK, Right.SIGN_PACK, Right.PUBLISH_PACK, Right.WITHDRAW_PACK, Right.SEE_HISTORY)


class KeyIssues(Tracked):
    """“Key milestone issues since the last report” of a plan between two days, as its officer has left it.

    `sentences` is a list of what key_issues.py drafted and the officer made of it; which facts each came from stands
    with it, so that a later draft can say what has changed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="key_issues")
    since = models.DateField("last report")
    as_at = models.DateField("position at")
    sentences = models.JSONField(default=list)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "key issues"
        constraints = [
            models.UniqueConstraint(fields=["plan", "since", "as_at"], name="key_issues_are_kept_once_a_period"),
            models.CheckConstraint(condition=Q(since__lt=F("as_at")), name="key_issues_run_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.since} to {self.as_at}"


class Readership(models.TextChoices):
    """Who a paper is for; the values of selection.Readers."""

    INTERNAL = "internal", "Ours: everything, with names"
    NO_INTERNAL = "no_internal", "The board’s: with names, without what is internal"
    PUBLIC = "public", "The public"


def _of_all_packs(user: Any, plan: str = "plan") -> Q:
    """What belongs to the plans of which the user sees every pack; `plan` leads there."""
    return reduce(or_, (Q(**{f"{plan}__in": plans_within(user, right, Reach.ALL)}) for right in FOR_ALL_PACKS))


class PackQuerySet(OfPlanQuerySet):
    """Packs."""

    def visible_to(self, user: Any) -> Self:
        """All packs of a plan for those who prepare, sign, publish or withdraw them or see its history; for others who
        see the whole plan, those with an edition that was published for readers like them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(_of_all_packs(user) | Q(pk__in=Edition.objects.published_for(user).values("pack")))


class PackPaperQuerySet(OfPlanQuerySet):
    """What a draft is made of."""

    def visible_to(self, user: Any) -> Self:
        """The drafts of those who see every pack of the plan."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(_of_all_packs(user))


class EditionQuerySet(WrittenOnceQuerySet):
    """Editions of packs."""

    def visible_to(self, user: Any) -> Self:
        """As packs are: all of them, or those that were published. Of one that was withdrawn since, others see that;
        its files are not among theirs."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(_of_all_packs(user) | Q(pk__in=Edition.objects.published_for(user).values("pk")))

    def published_for(self, user: Any) -> Self:
        """Those that were ever published for readers like the user, who sees the whole plan; what is internal is for
        those who see its internal notes."""
        internal = Q(plan__in=plans_within(user, Right.SEE_INTERNAL, Reach.ALL))
        published = EditionEvent.objects.filter(kind=EditionEvent.Kind.PUBLISHED)
        return self.filter(
            ~Q(readers=Readership.INTERNAL) | internal,
            plan__in=plans_within(user, Right.SEE, Reach.ALL),
            pk__in=published.values("edition"),
        )

    def standing_for(self, user: Any) -> Self:
        """Those of `published_for` that were not withdrawn and whose pack is not in the archive, with `published_at`,
        the newest last."""
        events = EditionEvent.objects.filter(edition=OuterRef("pk"))
        published_at = events.filter(kind=EditionEvent.Kind.PUBLISHED).values("at")[:1]
        return (
            self.published_for(user)
            .filter(pack__archived_at=None)
            .exclude(Exists(events.filter(kind=EditionEvent.Kind.WITHDRAWN)))
            .annotate(published_at=Subquery(published_at))
            .order_by("published_at", "pk")
        )

    def open_of(self, plans: Iterable[Plan]) -> Self:
        """The newest editions of packs of these plans whose files are all made and that were neither published nor
        withdrawn; with `is_signed`."""
        done = EditionEvent.objects.filter(edition=OuterRef("pk"))
        return (
            self.filter(plan__in=plans, pack__archived_at=None, number=F("pack__editions"))
            .filter(rendering__claimed_by=Rendering.DONE)
            .annotate(is_signed=Exists(done.filter(kind=EditionEvent.Kind.SIGNED)))
            .exclude(Exists(done.exclude(kind=EditionEvent.Kind.SIGNED)))
            .select_related("pack")
            .order_by("pack__number")
        )


class EditionFileQuerySet(WrittenOnceQuerySet):
    """Files of editions."""

    def visible_to(self, user: Any) -> Self:
        """The files of the editions that the user sees; where they were withdrawn, for those who see every pack."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        withdrawn = EditionEvent.objects.filter(kind=EditionEvent.Kind.WITHDRAWN)
        published = Edition.objects.published_for(user).exclude(pk__in=withdrawn.values("edition"))
        return self.filter(_of_all_packs(user, "edition__plan") | Q(edition__in=published))


class Pack(Tracked):
    """The papers of a plan for a meeting: chosen and looked at as a draft, then frozen in numbered editions.

    `number` is its address and counts through the whole installation. `editions` is how many were frozen, `check_code`
    that of the newest: so the chain of the plan vouches for what each edition holds. `most_days_old` is how much older
    than the meeting its data may be before the page says so.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="packs")
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="packs")
    as_at = models.DateField("position at")
    readers = models.CharField(max_length=20, choices=Readership, default=Readership.INTERNAL)
    layout = models.CharField(max_length=20, default="accessible")
    most_days_old = models.PositiveSmallIntegerField("days the data may be older than the meeting", default=42)
    editions = models.PositiveIntegerField(default=0)
    check_code = models.CharField(max_length=20, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Pack {self.number}: {self.title}"


class PackPaper(Tracked):
    """A paper of a pack, in its place. `options` are the parameters of its order, as the page of the paper takes them
    in its address; without `as_at` it stands at the day of the pack."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="papers")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30)
    title = models.CharField("name in the pack", max_length=200, blank=True)
    as_at = models.DateField("position at", null=True, blank=True)
    formats = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    cover = models.ForeignKey(
        "reports.CoverReport", on_delete=models.PROTECT, null=True, blank=True, related_name="in_packs"
    )
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = PackPaperQuerySet.as_manager()

    class Meta:
        ordering = ["pack", "place", "pk"]

    def __str__(self) -> str:
        return self.title or self.kind


class Edition(WrittenOnce):
    """A pack as it was frozen: v1, v2. Written once; the database refuses to change it (reliability.md T-29).

    `manifest` is canonical JSON of everything that its files are drawn from beside the positions: the papers with their
    orders, names and texts. `check_code` is made of it and of the digests of the positions. `chain_number` and
    `chain_digest` are where the plan's chain stood.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="frozen")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    meeting_words = models.CharField(max_length=300, blank=True)
    meeting_on = models.DateField(null=True, blank=True)
    as_at = models.DateField()
    readers = models.CharField(max_length=20, choices=Readership)
    manifest = models.TextField()
    made_with = models.CharField("version of the paper templates", max_length=64)
    check_code = models.CharField(max_length=20, unique=True)
    chain_number = models.PositiveIntegerField()
    chain_digest = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    #: Given by `open_of`.
    is_signed: bool

    class Meta:
        ordering = ["-pack", "-number"]
        constraints = [models.UniqueConstraint(fields=["pack", "number"], name="edition_number_is_unique_in_pack")]

    def __str__(self) -> str:
        return f"Pack {self.pack.number} v{self.number}"


class EditionPosition(WrittenOnce):
    """A position that papers of an edition are drawn from, as JSON. Written once."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="positions")
    as_at = models.DateField()
    recorded_at = models.DateTimeField(null=True, blank=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["edition", "pk"]

    def __str__(self) -> str:
        return f"{self.edition}, {self.as_at}"


class EditionFile(WrittenOnce):
    """A file of an edition, byte for byte as it was made. Written once; made at most once."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    place = models.PositiveSmallIntegerField()
    format = models.CharField(max_length=10)
    name = models.CharField("file name", max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    objects = EditionFileQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "place", "format"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "place", "format"], name="edition_has_each_file_once")
        ]

    def __str__(self) -> str:
        return self.name


class EditionEvent(WrittenOnce):
    """What became of an edition: signed off, published, withdrawn; each once, written once. `words` is the reason or
    remark, `details` what was confirmed before publishing, line by line."""

    class Kind(models.TextChoices):
        SIGNED = "signed", "Signed off"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    details = models.JSONField(default=list)

    class Meta:
        ordering = ["edition", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "kind"], name="edition_has_each_event_once")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.get_kind_display()}"


class Rendering(Leased):
    """The making of an edition's files. Bookkeeping and no part of the record: what is made are the files."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="rendering")

    @property
    def task_key(self) -> int:
        return self.edition_id

    def __str__(self) -> str:
        return f"Making of {self.edition}"


class OrderedPaperQuerySet(models.QuerySet[Any]):
    """Papers that somebody ordered as a file."""

    def visible_to(self, user: Any) -> Self:
        """Those that the user ordered, of plans of which they may still make papers."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        plans = (Q(plan__in=plans_within(user, Right.MAKE_PAPER, reach)) for reach in Reach)
        return self.filter(reduce(or_, plans), user=user)


class OrderedPaper(Leased):
    """A large paper that somebody ordered as a file, and the file once it is made. It passes after a day
    (ordered_papers.py), and is no record of anything.

    `options` is the order as the page of the paper takes it in its address; the paper tells what was recorded by
    `ordered_at`. `sight` is what its reader was shown when it was made. `open_as` names the order until it is made, so
    that none is made twice at the same time.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    format = models.CharField(max_length=10)
    options = models.JSONField(default=dict)
    ordered_at = models.DateTimeField(db_index=True)
    open_as = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  # None is not one and the same
    sight = models.CharField(max_length=64, blank=True)
    name = models.CharField("file name", max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(default=bytes)

    objects = OrderedPaperQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} as {self.format}, {self.ordered_at}"

    def get_absolute_url(self) -> str:
        """Its page, with its progress and the file."""
        return reverse("papers:ordered", args=[self.plan.slug, self.pk])


class LookVersion(WrittenOnce):
    """How a council's papers look, from a moment on until the next version. Written once: a pack names the one that it
    was made with.

    `logo` is a picture as it was drawn anew (PNG), `titles` the name of a paper by its kind, `columns` which columns of
    a paper are printed and in what order, by its kind; what is not in them is as usual. `marking` stands at the head of
    every paper, `standing` at its end.
    """

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="looks")
    number = models.PositiveIntegerField()
    logo = models.BinaryField(blank=True, default=bytes)
    logo_words = models.CharField("what the logo shows, in words", max_length=200, blank=True)
    colour = models.CharField("colour of headings and lines", max_length=7, blank=True)
    titles = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    marking = models.CharField("classification", max_length=120, blank=True)
    standing = models.TextField("standing words", blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["council", "-number"]
        constraints = [models.UniqueConstraint(fields=["council", "number"], name="look_number_is_unique_in_council")]

    def __str__(self) -> str:
        return f"Look {self.number}"


class CoverTemplate(Tracked):
    """A council's form of cover report: its table at the head, its numbering, its sections in order (domain.md 3.5).

    `header` is a list of {"label": words, "fill": what fills it by itself, or ""}.
    """

    class Numbering(models.TextChoices):
        SECTIONS = "sections", "Sections 1, 2, 3 and paragraphs 1.1, 1.2"
        PARAGRAPHS = "paragraphs", "Paragraphs 1, 2, 3 straight through"
        NONE = "none", "No numbers"

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cover_templates")
    name = models.CharField(max_length=120)
    numbering = models.CharField(max_length=20, choices=Numbering, default=Numbering.SECTIONS)
    header = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"],
                name="cover_template_name_is_unique_in_council",
                violation_error_message="There is a cover of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CoverFill(models.TextChoices):
    """What stands in a section of a cover report beside what somebody writes."""

    TEXT = "text", "What its writer writes"
    RESOLUTIONS = "resolutions", "What the meeting is asked to do, a line each, lettered"
    KEY_ISSUES = "key_issues", "Key milestone issues since the last report, and the issues of the indicators"
    APPENDICES = "appendices", "The appendices, each with the day it stands at"


class CoverTemplateSection(Tracked):
    """A section of a form of cover report. `standing` is the text it begins with, `empty_words` what is printed where
    nobody wrote anything, `written_by` whose comments these are."""

    council = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(CoverTemplate, on_delete=models.PROTECT, related_name="sections")
    place = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    fill = models.CharField(max_length=20, choices=CoverFill, default=CoverFill.TEXT)
    standing = models.TextField(blank=True)
    empty_words = models.CharField(max_length=300, default="N/A")
    written_by = models.CharField("whose comments", max_length=120, blank=True)
    is_numbered = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        ordering = ["template", "place", "pk"]

    def __str__(self) -> str:
        return self.heading


class CoverReport(Tracked):
    """A cover report of a plan that is being written. It keeps the numbering and head of the form it was begun with;
    `header` is a list of {"label": words, "value": words}."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="covers")
    template = models.ForeignKey(CoverTemplate, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    as_at = models.DateField("position at")
    since = models.DateField("last report", null=True, blank=True)
    numbering = models.CharField(max_length=20, choices=CoverTemplate.Numbering)
    header = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-as_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class CoverSection(Tracked):
    """A section of a cover report: what its writer has written, by when it is due, and whether it is locked."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    cover = models.ForeignKey(CoverReport, on_delete=models.PROTECT, related_name="sections")
    place = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    fill = models.CharField(max_length=20, choices=CoverFill, default=CoverFill.TEXT)
    text = models.TextField(blank=True)
    empty_words = models.CharField(max_length=300, default="N/A")
    is_numbered = models.BooleanField(default=True)
    writer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="cover_sections")
    due_on = models.DateField("due", null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    history = IndexedHistory()
    objects = CoverSectionQuerySet.as_manager()

    class Meta:
        ordering = ["cover", "place", "pk"]

    def __str__(self) -> str:
        return self.heading


class CoverReminder(models.Model):
    """That the writer of a section was reminded of it. Bookkeeping of the mails that went out."""

    section = models.ForeignKey(CoverSection, on_delete=models.PROTECT, related_name="reminders")
    sent_to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.section}, {self.sent_at}"
