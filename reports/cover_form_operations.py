"""Everything that changes a council’s forms of cover report (accounts/history.py)."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import current_instant, operation, save_changes, save_with_reason
from accounts.models import Organisation
from accounts.versions import check_version
from plans.policies import kept_by

from .cover_presets import Preset
from .models import CoverTemplate, CoverTemplateSection

MOST_SECTIONS = 60
MOST_ROWS = 30


def may_edit_forms(user: Any, council: Organisation) -> bool:
    """A council’s forms are kept by the programme managers of its plans that take changes, as its boards are."""
    return kept_by(user).filter(council=council).exists()


def check_can_edit_forms(user: Any, council: Organisation) -> None:
    """Raises PermissionDenied for who may not edit the forms of the council."""
    if not may_edit_forms(user, council):
        raise PermissionDenied(
            "You may not change the cover report forms of this council. Ask the programme manager of a plan that goes "
            "on."
        )


# --- Forms -------------------------------------------------------------------------------------------------------


@operation
def add_form(
    *, council: Organisation, preset: Preset, by: Any, name: str = "", reason: str = "Form of cover report added"
) -> CoverTemplate:
    """A form of the council’s own that begins as a preset. Raises PermissionDenied, and ValidationError where there is
    one of this name."""
    check_can_edit_forms(by, council)
    return copy_preset(council=council, preset=preset, name=name or preset.name, by=by, reason=reason)


def copy_preset(*, council: Organisation, preset: Preset, name: str, by: Any, reason: str) -> CoverTemplate:
    """As `add_form`, within an operation that has asked who may."""
    form = CoverTemplate(
        council=council,
        name=name,
        numbering=preset.numbering.value,
        header=[{"label": row.label, "fill": row.fill} for row in preset.header],
    )
    form.full_clean()
    save_with_reason(form, reason=reason, by=by)
    for place, each in enumerate(preset.sections, start=1):
        section = CoverTemplateSection(
            council=council,
            template=form,
            place=place,
            heading=each.heading,
            fill=each.fill.value,
            standing=each.standing,
            empty_words=each.empty_words,
            written_by=each.written_by,
            is_numbered=each.is_numbered,
        )
        section.full_clean()
        save_with_reason(section, reason=reason, by=by)
    return form


@operation
def edit_form(
    *, form: CoverTemplate, by: Any, reason: str, version: int | None = None, **changes: Any
) -> CoverTemplate:
    """Changes name, numbering or the rows at the head. Reports that were begun with it stay as they are.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_forms(by, form.council)
    check_version(form, version)
    _check_stands(form)
    if len(changes.get("header", ())) > MOST_ROWS:
        raise ValidationError(f"The head has more than {MOST_ROWS} rows. Take some out.")
    return save_changes(form, changes, reason=reason, by=by, unchecked=["header"])


@operation
def archive_form(*, form: CoverTemplate, by: Any, reason: str) -> CoverTemplate:
    """Takes a form off the list of those that reports begin with; in the archive already, it stays as it is."""
    check_can_edit_forms(by, form.council)
    form.refresh_from_db()
    if form.archived_at is not None:
        return form
    return save_changes(form, {"archived_at": current_instant()}, reason=reason, by=by, unchecked=["header"])


@operation
def restore_form(*, form: CoverTemplate, by: Any, reason: str) -> CoverTemplate:
    """Takes a form out of the archive again."""
    check_can_edit_forms(by, form.council)
    form.refresh_from_db()
    if form.archived_at is None:
        return form
    return save_changes(form, {"archived_at": None}, reason=reason, by=by, unchecked=["header"])


# --- Sections ----------------------------------------------------------------------------------------------------


@operation
def add_section(
    *, form: CoverTemplate, heading: str, by: Any, reason: str = "Section of a cover report added", **details: Any
) -> CoverTemplateSection:
    """A section at the end of a form. Raises PermissionDenied, and ValidationError where there is one of this heading,
    as after a button pressed twice."""
    check_can_edit_forms(by, form.council)
    form.refresh_from_db()
    _check_stands(form)
    there = sections_of(form)
    if any(each.heading.casefold() == heading.casefold() for each in there):
        raise ValidationError({"heading": "There is a section of this heading already."})
    if len(there) >= MOST_SECTIONS:
        raise ValidationError(f"A form has at most {MOST_SECTIONS} sections.")
    place = max((each.place for each in there), default=0) + 1
    section = CoverTemplateSection(council=form.council, template=form, place=place, heading=heading, **details)
    section.full_clean()
    return save_with_reason(section, reason=reason, by=by)


@operation
def edit_section(
    *, section: CoverTemplateSection, by: Any, reason: str, version: int | None = None, **changes: Any
) -> CoverTemplateSection:
    """Changes heading, fill, standing text, empty words, whose comments they are or whether it is numbered.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_forms(by, section.council)
    check_version(section, version)
    _check_stands(section)
    return save_changes(section, changes, reason=reason, by=by)


@operation
def move_section(
    *, section: CoverTemplateSection, to: int, by: Any, reason: str = "Section of a cover report moved"
) -> CoverTemplateSection:
    """Puts a section at a place, counted from 1; at the nearest that there is. There already, nothing changes."""
    check_can_edit_forms(by, section.council)
    section.refresh_from_db()
    _check_stands(section)
    ordered = [each for each in sections_of(section.template) if each.pk != section.pk]
    ordered.insert(max(0, min(to - 1, len(ordered))), section)
    _number(ordered, reason=reason, by=by)
    return section


@operation
def archive_section(*, section: CoverTemplateSection, by: Any, reason: str) -> CoverTemplateSection:
    """Takes a section off its form; in the archive already, it stays as it is."""
    check_can_edit_forms(by, section.council)
    section.refresh_from_db()
    if section.archived_at is not None:
        return section
    return save_changes(section, {"archived_at": current_instant()}, reason=reason, by=by)


def sections_of(form: CoverTemplate) -> list[CoverTemplateSection]:
    """The sections of a form in their order, those in the archive left out."""
    return list(form.sections.filter(archived_at=None).order_by("place", "pk"))


def _number(ordered: Iterable[CoverTemplateSection], *, reason: str, by: Any) -> None:
    for place, each in enumerate(ordered, start=1):
        if each.place != place:
            save_changes(each, {"place": place}, reason=reason, by=by)


def _check_stands(row: CoverTemplate | CoverTemplateSection) -> None:
    if row.archived_at is not None:
        raise ValidationError("This is in the archive and takes no changes.")
