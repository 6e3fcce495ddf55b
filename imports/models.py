"""What was read of a council’s file, what became of it, and how it is undone."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from plans.models import Plan, Review
from plans.policies import Reach, Right, plans_within


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Any) -> "ImportQuerySet":
        """The imports into the plans for which the user may try one out."""
        return self.filter(plan__in=plans_within(user, Right.PREVIEW_IMPORT, Reach.ALL))


class Import(models.Model):
    """One file read for a plan: first a preview, then applied, perhaps undone. The rows it wrote are those whose
    history carries its instant."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "Waiting to be checked"
        APPLIED = "applied", "Imported"
        UNDONE = "undone", "Undone"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    table = models.JSONField()
    as_at = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEWED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True, unique=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="previewed", applied_at=None)
                | Q(applied_at__isnull=False, state__in=["applied", "undone"]),
                name="import_is_applied_at_an_instant",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class RecommendationImportQuerySet(models.QuerySet["RecommendationImport"]):
    def visible_to(self, user: Any) -> "RecommendationImportQuerySet":
        """The lists read for the reviews that the user may see."""
        return self.filter(review__in=Review.objects.visible_to(user))


class RecommendationImport(models.Model):
    """One list of recommendations read for a review: first a preview, then applied, perhaps undone. The rows it wrote
    are those whose history carries its instant."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    table = models.JSONField()
    state = models.CharField(max_length=10, choices=Import.State, default=Import.State.PREVIEWED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True, unique=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)

    objects = RecommendationImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="previewed", applied_at=None)
                | Q(applied_at__isnull=False, state__in=["applied", "undone"]),
                name="recommendation_import_is_applied_at_an_instant",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:recommendation_list", args=[self.review.slug, self.pk])

    @property
    def summary(self) -> str:
        """How many recommendations were read and how the first begins; nothing where none was."""
        read = self.table.get("recommendations") or []
        if not read:
            return ""
        return (
            f"{len(read)} recommendation{'' if len(read) == 1 else 's'}, from “{Truncator(read[0]['text']).words(8)}”"
        )
