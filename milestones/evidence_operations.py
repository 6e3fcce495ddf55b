"""Everything that changes evidence. Each function is one operation (accounts/history.py).

A file that comes with it is put in its folder around the operation (plans/documents.py, `in_the_folder`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.history import current_day, current_instant, delete_with_reason, operation, save_changes, save_with_reason
from accounts.versions import check_version
from plans.documents import CheckedFile, store_document
from plans.models import ActionLink, Outcome, Plan, PlanReview, Recommendation
from plans.operations import PRESSED_TWICE
from plans.policies import Right, rights_of

from .link_operations import check_closings_stand, closings_on
from .models import Evidence, EvidenceSupport, Milestone, MilestoneLink
from .policies import (
    check_can_add_evidence,
    check_can_change_evidence,
    check_can_check_evidence,
    check_can_take_back_check,
    owners_of,
)

Supported = Milestone | Outcome | Recommendation

NO_CHECK: dict[str, Any] = {"checked_by": "", "checked_on": None, "finding": "", "finding_note": ""}
#: Columns that say where the evidence is: a check was of what was found there.
PLACES = frozenset({"document", "link", "location"})
NOTHING_SUPPORTED = "Say what it supports: at least one milestone, outcome or recommendation."

CHECKED = "It was checked for what it supports."
TAKE_BACK_FIRST = "Have the check taken back first, and record another once it supports this too."


class AddedAlready(Exception):
    """The same evidence was added a moment ago, as by a button pressed twice. `evidence` is that one."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        super().__init__("This evidence was added a moment ago.")


@operation
def add_evidence(
    *,
    plan: Plan,
    title: str,
    kind: str,
    supports: Sequence[Supported],
    checked_file: CheckedFile | None = None,
    by: Any,
    reason: str = "Evidence added",
    **details: Any,
) -> Evidence:
    """A piece of evidence of the plan, with its file where it has one, for everything in `supports`.

    `details` are further columns: strength, sensitivity, dated_on, link, location, note. Raises AddedAlready,
    PermissionDenied, ValidationError (supports nothing, is nowhere, dated in the future).
    """
    check_can_add_evidence(by, plan, supports)
    if not supports:
        raise ValidationError(NOTHING_SUPPORTED)
    for thing in supports:
        _check_is_of_plan(plan, thing)
    evidence = Evidence(plan=plan, title=title, kind=kind, added_by=by, **details)
    _check_columns(details)
    twin = _added_just_now(evidence, supports, checked_file)
    if twin is not None:
        raise AddedAlready(twin)
    if checked_file is not None:
        evidence.document = store_document(checked=checked_file, council=plan.council, plan=plan, by=by, reason=reason)
    evidence.full_clean()
    save_with_reason(evidence, reason=reason, by=by)
    for thing in supports:
        _support(evidence, thing, reason=reason, by=by)
    return evidence


@operation
def edit_evidence(*, evidence: Evidence, by: Any, reason: str, version: int | None = None, **changes: Any) -> Evidence:
    """Changes what is said of a piece of evidence: title, kind, strength, sensitivity, date, link, location, note.

    Where it says another place than before, the check is taken back, which was of what stood there. Raises
    ChangedMeanwhile (accounts/versions.py), PermissionDenied, ValidationError.
    """
    check_version(evidence, version)
    check_can_change_evidence(by, evidence)
    _check_is_open(evidence)
    return _change(evidence, changes, reason=reason, by=by)


@operation
def replace_file(
    *, evidence: Evidence, checked_file: CheckedFile, by: Any, reason: str, version: int | None = None
) -> Evidence:
    """Another file in the place of the one there is, or the first. The old one stays in the history and on the disk;
    a check is taken back, for it was of the old one."""
    check_version(evidence, version)
    check_can_change_evidence(by, evidence)
    _check_is_open(evidence)
    if evidence.document is not None and evidence.document.sha256 == checked_file.sha256:
        raise ValidationError({"file": "This is the file that is there already."})
    plan = evidence.plan
    document = store_document(checked=checked_file, council=plan.council, plan=plan, by=by, reason=reason)
    return _change(evidence, {"document": document}, reason=reason, by=by)


@operation
def support(
    *, evidence: Evidence, thing: Supported, by: Any, reason: str = "Evidence added for it"
) -> EvidenceSupport | None:
    """Says that the evidence supports this too; None where it says so already.

    A check was of what it supported then, so nobody adds to that: the check is taken back first, by who may do that.
    """
    check_can_add_evidence(by, evidence.plan, [thing])
    evidence.refresh_from_db()
    _check_is_open(evidence)
    _check_is_of_plan(evidence.plan, thing)
    if evidence.supports.filter(**_column_of(thing)).exists():
        return None
    if evidence.finding:
        may_check = rights_of(by, evidence.plan).everywhere(Right.RECORD_FINDING)
        raise ValidationError(f"{CHECKED} {TAKE_BACK_FIRST if may_check else 'Ask the programme manager.'}")
    return _support(evidence, thing, reason=reason, by=by)


@operation
def unsupport(*, evidence: Evidence, thing: Supported, by: Any, reason: str) -> None:
    """Says that the evidence does not support this after all. It has to support something else: what supports
    nothing any more is archived instead. Nor is it the last evidence on which a recommendation was closed."""
    check_can_change_evidence(by, evidence)
    check_can_add_evidence(by, evidence.plan, [thing])
    _check_is_open(evidence)
    row = evidence.supports.filter(**_column_of(thing)).first()
    if row is None:
        return
    if evidence.supports.count() == 1:
        raise ValidationError(f"{NOTHING_SUPPORTED} Archive evidence that supports nothing any more.")
    closings = closings_on(evidence)
    delete_with_reason(row, reason=reason, by=by)
    check_closings_stand(closings)


@operation
def set_supports(
    *, evidence: Evidence, add: Iterable[Supported], remove: Iterable[Supported], by: Any, reason: str
) -> Evidence:
    """What the evidence supports from now on: these too, and those no longer."""
    for thing in add:
        support(evidence=evidence, thing=thing, by=by, reason=reason)
    for thing in remove:
        unsupport(evidence=evidence, thing=thing, by=by, reason=reason)
    return evidence


@operation
def check_evidence(
    *,
    evidence: Evidence,
    checked_by: str,
    checked_on: date,
    finding: str,
    finding_note: str = "",
    by: Any,
    reason: str = "Evidence checked",
    version: int | None = None,
) -> Evidence:
    """Records who looked at the evidence, when, and whether it shows what it is said to show. An earlier check stays
    in the history. Whoever added it, or the file it has now, may record what somebody else found, and does not check
    it themselves. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_version(evidence, version)
    check_can_check_evidence(by, evidence)
    _check_is_open(evidence)
    _check_has_come("checked_on", checked_on)
    if not checked_by.strip() or not finding:
        raise ValidationError("Say who checked it, when, and what they found.")
    if _as_name(checked_by) in {_as_name(owner.name) for owner in owners_of(evidence)}:
        raise ValidationError(
            {"checked_by": "They added this evidence or its file, and nobody checks their own. Name somebody else."}
        )
    found = {"checked_by": checked_by, "checked_on": checked_on, "finding": finding, "finding_note": finding_note}
    return save_changes(evidence, found, reason=reason, by=by)


@operation
def take_back_check(*, evidence: Evidence, by: Any, reason: str, version: int | None = None) -> Evidence:
    """The evidence counts as not checked again; what was found stays in the history."""
    check_version(evidence, version)
    check_can_take_back_check(by, evidence)
    _check_is_open(evidence)
    if not evidence.finding:
        raise ValidationError("This evidence is not checked.")
    return save_changes(evidence, NO_CHECK, reason=reason, by=by)


@operation
def archive_evidence(*, evidence: Evidence, by: Any, reason: str) -> Evidence:
    """Takes the evidence off the plan. Nothing is deleted, and it can be restored. Raises PermissionDenied,
    ValidationError where it is the last evidence on which a recommendation was closed."""
    evidence.refresh_from_db()
    check_can_change_evidence(by, evidence)
    _check_is_open(evidence)
    closings = closings_on(evidence)
    save_changes(evidence, {"archived_at": current_instant()}, reason=reason, by=by)
    check_closings_stand(closings)
    return evidence


@operation
def restore_evidence(*, evidence: Evidence, by: Any, reason: str) -> Evidence:
    """Puts archived evidence back on the plan, with what it supported."""
    evidence.refresh_from_db()
    check_can_change_evidence(by, evidence)
    if evidence.archived_at is None:
        raise ValidationError("This evidence is on the plan already.")
    return save_changes(evidence, {"archived_at": None}, reason=reason, by=by)


def _support(evidence: Evidence, thing: Supported, *, reason: str, by: Any) -> EvidenceSupport:
    row = EvidenceSupport(plan=evidence.plan, evidence=evidence, **_column_of(thing))
    row.full_clean()
    return save_with_reason(row, reason=reason, by=by)


def _column_of(thing: Supported) -> dict[str, Supported]:
    """The column of EvidenceSupport that names such a thing."""
    return {type(thing).__name__.lower(): thing}


def _change(evidence: Evidence, changes: dict[str, Any], *, reason: str, by: Any) -> Evidence:
    is_elsewhere = any(getattr(evidence, name) != changes[name] for name in PLACES & changes.keys())
    _check_columns(changes)
    return save_changes(evidence, changes | NO_CHECK if is_elsewhere else changes, reason=reason, by=by)


def _as_name(words: str) -> str:
    return " ".join(words.split()).casefold()


def _check_is_open(evidence: Evidence) -> None:
    if evidence.archived_at is not None:
        raise ValidationError("This evidence is in the archive and takes no changes.")


def _check_columns(columns: Mapping[str, Any]) -> None:
    _check_has_come("dated_on", columns.get("dated_on"))
    link = columns.get("link", "")
    if link and not link.lower().startswith(("http://", "https://")):
        raise ValidationError({"link": "A web address begins with https:// or http://."})


def _check_has_come(name: str, day: date | None) -> None:
    """What is dated later counts only from then on; nobody would find what they have just saved."""
    if day is not None and day > current_day():
        raise ValidationError({name: "This day has not come yet."})


def _check_is_of_plan(plan: Plan, thing: Supported) -> None:
    """Evidence of a plan supports what is on it; of reviews, what it answers or cites."""
    if isinstance(thing, Recommendation):
        naming: tuple[type[Model], ...] = (PlanReview, MilestoneLink, ActionLink)
        rows = (model._base_manager.filter(plan=plan, review=thing.review_id) for model in naming)
        is_there = thing.archived_at is None and any(each.exists() for each in rows)
    elif isinstance(thing, Outcome):
        is_there = thing.plan_id == plan.pk and thing.action.archived_at is None
    else:
        is_there = thing.plan_id == plan.pk and thing.archived_at is None and thing.action.archived_at is None
    if not is_there:
        raise ValidationError("It supports something that is not on this plan.")


def _added_just_now(
    evidence: Evidence, supports: Iterable[Supported], checked_file: CheckedFile | None
) -> Evidence | None:
    """The same evidence, where the same person added it within a few minutes."""
    columns = ("plan", "title", "kind", "strength", "sensitivity", "dated_on", "link", "location", "note", "added_by")
    alike = Evidence.objects.current().filter(**{name: getattr(evidence, name) for name in columns})
    wanted = {(name, thing.pk) for each in supports for name, thing in _column_of(each).items()}
    for row in alike.select_related("document").order_by("-pk"):
        born = row.history.order_by("history_date").values_list("history_date", flat=True)[0]
        digest = row.document.sha256 if row.document else None
        if (
            current_instant() - born <= PRESSED_TWICE
            and digest == (checked_file.sha256 if checked_file else None)
            and {_named_by(each) for each in row.supports.all()} == wanted
        ):
            return row
    return None


def _named_by(row: EvidenceSupport) -> tuple[str, int | None]:
    names = ("milestone", "outcome", "recommendation")
    return next((name, getattr(row, f"{name}_id")) for name in names if getattr(row, f"{name}_id") is not None)
