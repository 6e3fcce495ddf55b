from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.history import IndexedHistory, Tracked
from plans.models import OfPlanQuerySet, Plan


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
