"""Everything that changes the cover reports of a plan (accounts/history.py)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation, save_changes, save_with_reason
from accounts.models import Person
from accounts.versions import check_version
from plans.models import Meeting, Plan
from plans.operations import PRESSED_TWICE
from plans.policies import Right, check_can

from .cover_form_operations import copy_preset, sections_of
from .cover_presets import PRESETS, begun
from .cover_rows import check_can_write
from .models import CoverReport, CoverSection, CoverTemplate

LONGEST_TEXT = 40_000


@operation
def start_cover(
    *,
    plan: Plan,
    form: CoverTemplate | str,
    title: str,
    as_at: date,
    by: Any,
    since: date | None = None,
    meeting: Meeting | None = None,
    header: Mapping[str, str] | None = None,
    contact: Iterable[str] = (),
    reason: str = "Cover report begun",
) -> CoverReport:
    """A cover report with the sections of a form: one of the council’s, or a preset by its name, which becomes the
    council’s with it. `header` has what stands in the rows at the head by their labels, `contact` the contact officer,
    line by line. A button pressed twice begins one.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.WRITE_COVER, plan)
    _check_days(since, as_at)
    _check_meeting(plan, meeting)
    template = _form_of(plan, form, by=by)
    facts: dict[str, Any] = {
        "plan": plan,
        "template": template,
        "title": title,
        "meeting": meeting,
        "as_at": as_at,
        "since": since,
    }
    twin = _begun_just_now(facts, by)
    if twin is not None:
        return twin
    values = header or {}
    cover = CoverReport(
        **facts,
        numbering=template.numbering,
        header=[row | {"value": values.get(row["label"], "")} for row in template.header],
    )
    cover.full_clean(exclude=["header"])
    save_with_reason(cover, reason=reason, by=by)
    themes = list(plan.themes.order_by("order", "pk").values_list("name", flat=True))
    reviews = list(plan.answered_reviews.order_by("pk").values_list("review__short_name", flat=True))
    for place, each in enumerate(sections_of(template), start=1):
        section = CoverSection(
            plan=plan,
            cover=cover,
            place=place,
            heading=each.heading,
            fill=each.fill,
            text=begun(each.standing, themes=themes, reviews=reviews, contact=contact),
            empty_words=each.empty_words,
            is_numbered=each.is_numbered,
        )
        section.full_clean()
        save_with_reason(section, reason=reason, by=by)
    return cover


@operation
def edit_cover(
    *, cover: CoverReport, by: Any, reason: str = "Cover report changed", version: int | None = None, **changes: Any
) -> CoverReport:
    """Changes title, meeting, days or what stands at the head. Raises PermissionDenied, ChangedMeanwhile,
    ValidationError."""
    check_can(by, Right.WRITE_COVER, cover.plan)
    check_version(cover, version)
    _check_stands(cover)
    _check_days(changes.get("since", cover.since), changes.get("as_at", cover.as_at))
    _check_meeting(cover.plan, changes.get("meeting"))
    return save_changes(cover, changes, reason=reason, by=by, unchecked=["header"])


@operation
def archive_cover(*, cover: CoverReport, by: Any, reason: str) -> CoverReport:
    """Takes a cover report off the list; in the archive already, it stays as it is. Raises PermissionDenied, and
    ValidationError where a pack has it."""
    check_can(by, Right.WRITE_COVER, cover.plan)
    cover.refresh_from_db()
    if cover.archived_at is not None:
        return cover
    if cover.in_packs.filter(pack__archived_at=None).exists():
        raise ValidationError("A pack has this cover report. Take it out of the pack first.")
    return save_changes(cover, {"archived_at": current_instant()}, reason=reason, by=by, unchecked=["header"])


# --- Sections ----------------------------------------------------------------------------------------------------


@operation
def write_section(
    *,
    section: CoverSection,
    text: str,
    by: Any,
    version: int | None = None,
    lock: bool = False,
    reason: str = "Section of a cover report written",
) -> CoverSection:
    """What stands in a section, by its writer or by who writes the cover reports of the plan; with `lock` nobody
    changes it from then on. The same text again changes nothing.

    Raises PermissionDenied, ChangedMeanwhile, and ValidationError for one that is locked.
    """
    check_can_write(by, section)
    check_version(section, version)
    _check_stands(section.cover)
    if section.locked_at is not None:
        if section.text == text:
            return section
        raise ValidationError("This section is locked. Its words are changed by nobody until it is unlocked.")
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": f"This is longer than {LONGEST_TEXT} characters."})
    changes: dict[str, Any] = {"text": text} if section.text != text else {}
    if lock:
        changes |= {"locked_at": current_instant(), "locked_by": by}
        reason = "Section of a cover report locked"
    return save_changes(section, changes, reason=reason, by=by) if changes else section


@operation
def unlock_section(*, section: CoverSection, by: Any, reason: str) -> CoverSection:
    """Lets a section be written again; open already, it stays as it is. Raises PermissionDenied, ValidationError."""
    check_can_write(by, section)
    section.refresh_from_db()
    _check_stands(section.cover)
    if section.locked_at is None:
        return section
    return save_changes(section, {"locked_at": None, "locked_by": None}, reason=reason, by=by)


@operation
def assign_section(
    *,
    section: CoverSection,
    writer: Person | None,
    by: Any,
    due_on: date | None = None,
    version: int | None = None,
    reason: str = "Section of a cover report given to its writer",
) -> CoverSection:
    """Says who writes a section, and by when. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.WRITE_COVER, section.plan)
    check_version(section, version)
    _check_stands(section.cover)
    if section.locked_at is not None:
        raise ValidationError("This section is locked: it is written. Unlock it first.")
    if due_on is not None and writer is None:
        raise ValidationError({"writer": "Say who writes it by that day."})
    return save_changes(section, {"writer": writer, "due_on": due_on}, reason=reason, by=by)


# --- All of them -------------------------------------------------------------------------------------------------


def _form_of(plan: Plan, form: CoverTemplate | str, *, by: Any) -> CoverTemplate:
    """The form to begin with. A preset that the council has by now is the council’s."""
    if isinstance(form, str):
        preset = PRESETS[form]
        there = CoverTemplate.objects.filter(council=plan.council, name=preset.name, archived_at=None).first()
        reason = "Form of cover report added"
        return there or copy_preset(council=plan.council, preset=preset, name=preset.name, by=by, reason=reason)
    if form.council_id != plan.council_id or form.archived_at is not None:
        raise ValidationError({"form": "This is no form of the plan’s council any more. Choose another."})
    return form


def _begun_just_now(facts: dict[str, Any], by: Any) -> CoverReport | None:
    """The report that this person began minutes ago with these facts."""
    history: Any = CoverReport.history
    since = current_instant() - PRESSED_TWICE
    begun_then = history.filter(history_type="+", history_user=by, history_date__gte=since, **facts)
    return CoverReport.objects.filter(pk__in=begun_then.values("id"), archived_at=None).order_by("-pk").first()


def _check_days(since: date | None, as_at: date) -> None:
    if since is not None and since >= as_at:
        raise ValidationError({"since": "The last report was before the day of the position."})


def _check_meeting(plan: Plan, meeting: Meeting | None) -> None:
    if meeting is not None and meeting.council_id != plan.council_id:
        raise ValidationError({"meeting": "This is a meeting of another council than the plan."})


def _check_stands(cover: CoverReport) -> None:
    if cover.archived_at is not None:
        raise ValidationError("This cover report is in the archive and takes no changes.")
