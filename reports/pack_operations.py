"""Preparing a pack: the draft and its papers. What is frozen of it: edition_operations.py."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from accounts.history import current_instant, delete_with_reason, operation, save_changes, save_with_reason
from accounts.versions import ChangedMeanwhile
from plans.models import Meeting, Plan
from plans.moments import check_day
from plans.policies import Right, check_can

from .milestone_paper import Layout
from .models import CoverReport, EditionEvent, Pack, PackPaper
from .pack_orders import LONGEST_AGE, Positions, is_for_packs, options_of, order_of
from .papers import PaperRefused

MOST_PAPERS = 40
#: Columns of a paper that `order_of` looks at instead: they may well be empty.
UNCHECKED = ("formats", "options")

GIVEN_UP = "This pack was given up and takes no changes."


# --- The draft ---------------------------------------------------------------------------------------------------


@operation
def start_pack(
    *,
    plan: Plan,
    title: str,
    as_at: date,
    by: Any,
    meeting: Meeting | None = None,
    readers: str = "internal",
    layout: str = "accessible",
    most_days_old: int = 42,
) -> Pack:
    """Begins a pack; its number is the next of the installation. Raises PermissionDenied, ValidationError."""
    check_can(by, Right.PREPARE_PACK, plan)
    # Operations run one at a time, so nobody else takes the number.
    number = (Pack.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    pack = Pack(
        plan=plan,
        number=number,
        title=title.strip(),
        as_at=as_at,
        meeting=meeting,
        readers=readers,
        layout=layout,
        most_days_old=most_days_old,
    )
    _check_pack(pack)
    return save_with_reason(pack, reason="Pack begun", by=by)


@operation
def edit_pack(*, pack: Pack, by: Any, reason: str = "", version: int | None = None, **changes: Any) -> Pack:
    """Changes title, meeting, as_at, readers, layout or most_days_old of what the next edition will be. `version` is
    `pack.version` when the form was opened. Raises PermissionDenied, ValidationError, ChangedMeanwhile."""
    check_can(by, Right.PREPARE_PACK, pack.plan)
    lock_pack(pack, version)
    unknown = changes.keys() - {"title", "meeting", "as_at", "readers", "layout", "most_days_old"}
    if unknown:
        raise ValueError(f"A pack has no {sorted(unknown)} to change.")
    if "title" in changes:
        changes["title"] = changes["title"].strip()
    if all(getattr(pack, name) == value for name, value in changes.items()):
        return pack
    for name, value in changes.items():
        setattr(pack, name, value)
    _check_pack(pack)
    return save_changes(pack, changes, reason=reason or "Pack changed", by=by)


def lock_pack(pack: Pack, version: int | None = None) -> None:
    """Inside an operation, which run one at a time: reads the pack again. Raises ChangedMeanwhile where it was opened
    before somebody else changed it, ValidationError where it was given up."""
    pack.refresh_from_db()
    if version is not None and version != pack.version:
        raise ChangedMeanwhile
    if pack.archived_at is not None:
        raise ValidationError(GIVEN_UP)


def _check_pack(pack: Pack) -> None:
    check_day(pack.as_at, today=timezone.localdate())
    if pack.layout not in set(Layout):
        raise ValidationError({"layout": "There is no such layout."})
    if pack.meeting is not None and pack.meeting.council_id != pack.plan.council_id:
        raise ValidationError({"meeting": "This meeting is of another council."})
    if pack.most_days_old > LONGEST_AGE:
        raise ValidationError({"most_days_old": f"Give at most {LONGEST_AGE} days."})
    pack.full_clean()


@operation
def archive_pack(*, pack: Pack, by: Any, reason: str) -> Pack:
    """Gives a draft up; only while no edition of it was published. Given up already, it stays as it is.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.PREPARE_PACK, pack.plan)
    pack.refresh_from_db()
    if pack.archived_at is not None:
        return pack
    if EditionEvent.objects.filter(edition__pack=pack, kind=EditionEvent.Kind.PUBLISHED).exists():
        raise ValidationError("This pack was published, so it stays. An edition can be withdrawn.")
    return save_changes(pack, {"archived_at": current_instant()}, reason=reason or "Pack given up", by=by)


# --- Its papers --------------------------------------------------------------------------------------------------


def add_paper(
    *,
    pack: Pack,
    kind: str,
    formats: Iterable[str],
    by: Any,
    title: str = "",
    as_at: date | None = None,
    options: Mapping[str, Any] | None = None,
    cover: CoverReport | None = None,
) -> PackPaper:
    """Adds a paper at the end of the pack. `options` are the address parameters of its form (forms.FORMS); layout,
    readers and day are the pack's. Raises PermissionDenied, ValidationError where there is no such paper.

    Reads the plan to check them, so the transaction begins only then.
    """
    check_can(by, Right.PREPARE_PACK, pack.plan)
    paper = PackPaper(
        plan=pack.plan,
        pack=pack,
        place=1,
        kind=kind,
        title=title.strip(),
        as_at=as_at,
        formats=list(dict.fromkeys(formats)),
        options=options_of(options),
        cover=cover,
    )
    _check_paper(paper)
    return _add_paper(paper=paper, by=by)


@operation
def _add_paper(*, paper: PackPaper, by: Any) -> PackPaper:
    lock_pack(paper.pack)
    last = paper.pack.papers.aggregate(last=Max("place"), many=Max("pk"))["last"] or 0
    if paper.pack.papers.count() >= MOST_PAPERS:
        raise ValidationError(f"A pack has at most {MOST_PAPERS} papers.")
    paper.place = last + 1
    return save_with_reason(paper, reason=f"Paper of pack {paper.pack.number} added", by=by)


def edit_paper(*, paper: PackPaper, by: Any, version: int | None = None, **changes: Any) -> PackPaper:
    """Changes title, as_at, formats, options or cover of a paper. `version` is `paper.version` when the form was
    opened. Raises as `add_paper`, and ChangedMeanwhile."""
    check_can(by, Right.PREPARE_PACK, paper.plan)
    unknown = changes.keys() - {"title", "as_at", "formats", "options", "cover"}
    if unknown:
        raise ValueError(f"A paper of a pack has no {sorted(unknown)} to change.")
    if "title" in changes:
        changes["title"] = changes["title"].strip()
    if "formats" in changes:
        changes["formats"] = list(dict.fromkeys(changes["formats"]))
    if "options" in changes:
        changes["options"] = options_of(changes["options"])
    wanted = PackPaper(plan=paper.plan, pack=paper.pack, place=paper.place, kind=paper.kind)
    for name in ("title", "as_at", "formats", "options", "cover"):
        setattr(wanted, name, changes.get(name, getattr(paper, name)))
    _check_paper(wanted)
    return _edit_paper(paper=paper, changes=changes, version=version, by=by)


@operation
def _edit_paper(*, paper: PackPaper, changes: Mapping[str, Any], version: int | None, by: Any) -> PackPaper:
    if not PackPaper.objects.filter(pk=paper.pk).exists():
        raise ChangedMeanwhile
    paper.refresh_from_db()
    lock_pack(paper.pack)
    if version is not None and version != paper.version:
        raise ChangedMeanwhile
    if all(getattr(paper, name) == value for name, value in changes.items()):
        return paper
    reason = f"Paper of pack {paper.pack.number} changed"
    return save_changes(paper, changes, reason=reason, by=by, unchecked=UNCHECKED)


def _check_paper(paper: PackPaper) -> None:
    """Raises ValidationError where the paper could not be made of the plan as it is now."""
    if not is_for_packs(paper.kind):
        raise ValidationError({"kind": "There is no such paper for packs."})
    if paper.cover is not None and paper.cover.plan_id != paper.plan_id:
        raise ValidationError({"cover": "This cover report is of another plan."})
    if paper.as_at is not None:
        check_day(paper.as_at, today=timezone.localdate())
    paper.full_clean(exclude=UNCHECKED)
    try:
        order_of(paper.pack, paper, Positions(paper.plan))
    except PaperRefused as refused:
        raise ValidationError(str(refused)) from refused


@operation
def move_paper(*, paper: PackPaper, up: bool, by: Any) -> None:
    """Moves a paper one place up or down; at the end of the pack that changes nothing."""
    check_can(by, Right.PREPARE_PACK, paper.plan)
    lock_pack(paper.pack)
    papers = list(paper.pack.papers.all())
    at = next((index for index, each in enumerate(papers) if each.pk == paper.pk), None)
    other = None if at is None else at + (-1 if up else 1)
    if at is None or other is None or not 0 <= other < len(papers):
        return
    one, two = papers[at], papers[other]
    reason = f"Papers of pack {paper.pack.number} put in order"
    for each, place in ((one, two.place), (two, one.place)):
        save_changes(each, {"place": place}, reason=reason, by=by, unchecked=UNCHECKED)


@operation
def remove_paper(*, paper: PackPaper, by: Any) -> None:
    """Takes a paper out of the pack; editions keep theirs. One that is gone already changes nothing."""
    check_can(by, Right.PREPARE_PACK, paper.plan)
    lock_pack(paper.pack)
    row = PackPaper.objects.filter(pk=paper.pk).first()
    if row is not None:
        delete_with_reason(row, reason=f"Paper taken out of pack {paper.pack.number}", by=by)
