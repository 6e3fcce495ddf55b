"""Keeping “key milestone issues since the last report” as an officer has left them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import operation, save_with_reason
from accounts.versions import ChangedMeanwhile
from plans.models import Plan
from plans.policies import Right, check_can

from .key_issues import StoredSentence
from .models import KeyIssues

MOST_SENTENCES = 1000


@operation
def save_key_issues(
    *, plan: Plan, since: date, as_at: date, sentences: Iterable[StoredSentence], version: int | None, by: Any
) -> KeyIssues:
    """Keeps the sentences of a period. `version` is that of the row when its reader opened it, 0 where there was none;
    None for a caller who did not look first. The same sentences again change nothing.

    Raises PermissionDenied, ValidationError, and ChangedMeanwhile where somebody else has saved since.
    """
    check_can(by, Right.WRITE_ISSUES, plan)
    kept = [each.to_json() for each in sentences]
    if len(kept) > MOST_SENTENCES:
        raise ValidationError(f"The text has more than {MOST_SENTENCES} sentences. Choose dates closer together.")
    if len({each["key"] for each in kept}) != len(kept):
        raise ValidationError("Two sentences have the same key.")
    row = KeyIssues.objects.filter(plan=plan, since=since, as_at=as_at).first()
    if row is not None and row.sentences == kept:
        return row
    if version is not None and version != (row.version if row else 0):
        raise ChangedMeanwhile
    if row is None:
        row = KeyIssues(plan=plan, since=since, as_at=as_at)
    else:
        row.version += 1
    row.sentences = kept
    row.saved_by = by
    row.full_clean()
    return save_with_reason(row, reason=f"Key issues from {since} to {as_at}", by=by)
