"""The pages of a frozen version of a pack: its files, who signed it off, published or withdrew it; and the page that
tells whether a file is one of ours."""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from tempfile import SpooledTemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event
from plans.documents import FileGone, NotGivenOut
from plans.downloads import attachment, open_attachment
from plans.finding import sudo_to_change
from plans.forms import add_refusal
from plans.overrides import with_override
from plans.policies import Right, Rights
from plans.reasons import ReasonForm

from . import edition_operations as operations
from .editions import (
    GIVEN_OUT,
    EditionState,
    WantedFile,
    ages,
    child_data_of,
    content_of,
    lines_of,
    manifest_of,
    progress_of,
    recognise,
    state_of,
    wanted_files,
    withdrawn_editions,
)
from .models import Edition, EditionEvent, EditionFile, Readership
from .pack_forms import ConfirmForm, SignForm, VerifyForm
from .pack_operations import GIVEN_UP
from .pack_reading import edition_for, shown_editions
from .papers import KINDS
from .position import from_json
from .selection import Readers, for_readers
from .tasks import resume
from .zip_entries import zip_entry

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
IN_MEMORY = 4 * 1024 * 1024
MANIFEST = "manifest.csv"
#: What no check code has, and what was meant.
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


# --- One version -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperFiles:
    """A paper of an edition, with its files that are made already; `missing` is how many are not."""

    title: str
    kind: str
    files: list[EditionFile]
    missing: int


@dataclass(frozen=True)
class Shown:
    """An edition as it is shown to somebody: where it stands, and what they may do with it."""

    edition: Edition
    rights: Rights
    state: EditionState
    events: dict[str, EditionEvent]


def _shown(request: SignedInRequest, number: int, edition: int, *needed: Right) -> Shown:
    row, rights = edition_for(request.user, number, edition, *needed)
    events = {each.kind: each for each in row.events.select_related("by")}
    return Shown(row, rights, state_of(row), events)


@require_safe
def edition(request: SignedInRequest, number: int, edition: int) -> HttpResponse:
    """A version of a pack: how far its files are, the files, and what became of it. While they are made, a page with
    JavaScript asks for itself every two seconds."""
    shown = _shown(request, number, edition)
    row, state, rights = shown.edition, shown.state, shown.rights
    if state is EditionState.MAKING:
        resume(row)
    made = list(_files(request, row).defer("content"))
    is_given_up = row.pack.archived_at is not None
    context = _about(shown) | {
        "may_retry": rights.everywhere(Right.PREPARE_PACK),
        "progress": progress_of(row) if state in (EditionState.MAKING, EditionState.FAILED) else None,
        "papers": _papers(wanted_files(row), made),
        "are_offered": bool(made) or state in (EditionState.MAKING, EditionState.FAILED),
        "is_whole": bool(made) and state not in (EditionState.MAKING, EditionState.FAILED),
        "older": ages(row),
        "most": manifest_of(row).most_days_old,
        "newer": _newer(request, row, rights, is_replaced=state is EditionState.REPLACED),
        "why_not_signed": _why_not_signed(request, shown),
        "may_sign": state is EditionState.READY and not is_given_up and rights.everywhere(Right.SIGN_PACK),
        "may_publish": state is EditionState.SIGNED and not is_given_up and rights.everywhere(Right.PUBLISH_PACK),
        "is_public": row.readers == Readership.PUBLIC,
        "may_withdraw": _can_be_withdrawn(shown) and rights.everywhere(Right.WITHDRAW_PACK),
    }
    return render(request, "reports/packs/edition.html", context)


def _papers(wanted: Iterable[WantedFile], made: list[EditionFile]) -> list[PaperFiles]:
    by_place = {place: list(files) for place, files in groupby(made, key=lambda each: each.place)}
    papers = []
    for place, group in groupby(wanted, key=lambda each: each.place):
        files = list(group)
        order = [each.format for each in files]
        there = sorted(by_place.get(place, []), key=lambda each: order.index(each.format))
        label = KINDS[files[0].kind].label if files[0].kind in KINDS else files[0].kind
        papers.append(PaperFiles(files[0].title, label, there, len(files) - len(there)))
    return papers


def _newer(request: SignedInRequest, row: Edition, rights: Rights, *, is_replaced: bool) -> Edition | None:
    """The newest later version that was not withdrawn; of one that was replaced, the newest that was published."""
    later = shown_editions(request.user, row.plan, rights).filter(pack=row.pack_id, number__gt=row.number)
    later = later.exclude(pk__in=withdrawn_editions())
    if is_replaced:
        later = later.filter(events__kind=EditionEvent.Kind.PUBLISHED)
    return later.first()


def _files(request: SignedInRequest, row: Edition) -> QuerySet[EditionFile]:
    """The files of an edition that somebody may have."""
    return EditionFile.objects.visible_to(request.user).filter(edition=row)


def _can_be_withdrawn(shown: Shown) -> bool:
    return shown.state in (EditionState.PUBLISHED, EditionState.REPLACED)


def _why_not_signed(request: SignedInRequest, shown: Shown) -> str:
    """Why somebody who signs packs off may not sign this one."""
    is_open = shown.state is EditionState.READY and shown.edition.pack.archived_at is None
    if is_open and shown.edition.frozen_by_id == request.user.pk:
        return (
            "You froze this version, so somebody else signs it off: another programme manager, or a reporting officer. "
            "It stands on their home page."
        )
    return ""


@require_POST
def retry(request: SignedInRequest, number: int, edition: int) -> HttpResponse:
    """Has the files that are missing made again."""
    row, _ = edition_for(request.user, number, edition, Right.PREPARE_PACK)
    if state_of(row) is EditionState.FAILED:
        operations.retry_edition(edition=row, by=request.user)
    return redirect("reports:edition", number, edition)


@require_safe
def edition_file(request: SignedInRequest, number: int, edition: int, pk: int) -> HttpResponse:
    """A file of a version, byte for byte as it was made."""
    shown = _shown(request, number, edition)
    file = get_object_or_404(_files(request, shown.edition), pk=pk)
    try:
        content = content_of(file)
    except NotGivenOut as refused:
        raise FileGone(str(refused)) from refused
    _note(request, shown.edition, file.format)
    return attachment(content, file.content_type, file.name)


@require_safe
def all_files(request: SignedInRequest, number: int, edition: int) -> HttpResponseBase:
    """All files of a version in one, with a list of what is in it."""
    shown = _shown(request, number, edition)
    row = shown.edition
    files = _files(request, row).order_by("place", "format")
    if shown.state in (EditionState.MAKING, EditionState.FAILED) or not files.exists():
        raise Http404
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed with the response
    try:
        zip_of(row, files.iterator(chunk_size=1), target)
    except NotGivenOut as refused:
        target.close()
        raise FileGone(str(refused)) from refused
    target.seek(0)
    _note(request, row, "zip")
    return open_attachment(target, "application/zip", f"pack-{row.pack.number}-v{row.number}.zip")


def zip_of(row: Edition, files: Iterable[EditionFile], target: Any) -> None:
    """Writes the files of an edition as a zip, the same each time, and with them manifest.csv: name and SHA-256.
    Raises NotGivenOut."""
    manifest = io.StringIO(newline="")
    lines = csv.writer(manifest)
    lines.writerow(["file", "sha256", "bytes"])
    with zipfile.ZipFile(target, "w") as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(zip_entry(name, row.frozen_at), content)

        for file in files:
            add(file.name, content_of(file))
            lines.writerow([file.name, file.sha256, file.size])
        add(MANIFEST, manifest.getvalue().encode("utf-8"))


def _note(request: SignedInRequest, row: Edition, form: str) -> None:
    note_event(
        Event.DOWNLOADED, request=request, plan=row.plan.slug, pack=row.pack.number, edition=row.number, form=form
    )


# --- Signed off, published, withdrawn ----------------------------------------------------------------------------


@get_or_post
def sign(request: SignedInRequest, number: int, edition: int) -> HttpResponse:
    """What somebody reads before they sign a version off; a POST signs it."""
    shown = _shown(request, number, edition, Right.SIGN_PACK)
    row = shown.edition
    if shown.state is EditionState.SIGNED and request.method == "POST":
        return redirect("reports:edition", number, edition)
    form = SignForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.sign_edition, form.override(str(row), row.plan))(
                edition=row, words=form.cleaned_data["words"], by=request.user
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"v{row.number} is signed off.")
            return redirect("reports:edition", number, edition)
    is_public = row.readers == Readership.PUBLIC
    context = _about(shown) | {
        "form": form,
        "why_not": _why_not_signed(request, shown) or _why_not_now(shown, EditionState.READY),
        "counts": _counts(row),
        "papers": _papers(wanted_files(row), list(_files(request, row).defer("content"))),
        "is_public": is_public,
        "lines": lines_of(row) if is_public else (),
        "child_data": () if is_public else child_data_of(row),
        "older": ages(row),
        "most": manifest_of(row).most_days_old,
    }
    return render(request, "reports/packs/sign.html", context, status=422 if form.errors else 200)


def _about(shown: Shown) -> dict[str, Any]:
    row = shown.edition
    about = {"edition": row, "pack": row.pack, "plan": row.plan, "readers": row.get_readers_display()}
    return about | {"may_see": Right.SEE in shown.rights, "state": shown.state, "events": shown.events}


def _why_not_now(shown: Shown, wanted: EditionState) -> str:
    """Why a version is not signed off or published as it stands."""
    if shown.state is wanted and shown.edition.pack.archived_at is None:
        return ""
    if shown.edition.pack.archived_at is not None and shown.state not in GIVEN_OUT:
        return GIVEN_UP
    return {
        EditionState.MAKING: "Its files are still being made.",
        EditionState.FAILED: "Its files could not be made.",
        EditionState.READY: "Nobody has signed it off yet.",
    }.get(shown.state, f"This version is {shown.state.label.lower()} already.")


def _counts(row: Edition) -> list[tuple[Any, str]]:
    """What each position of an edition counts, in words, with its day."""
    found = []
    for each in row.positions.all():
        counts = for_readers(from_json(each.content), Readers(row.readers)).counts
        found.append((each.as_at, f"{counts.total} milestones: {counts.words}; {counts.overdue} overdue"))
    return found


@get_or_post
@sudo_to_change
def publish(request: SignedInRequest, number: int, edition: int) -> HttpResponse:
    """Publishes a version that was signed off. Of a public one every line in doubt is ticked; all are kept."""
    shown = _shown(request, number, edition, Right.PUBLISH_PACK)
    row = shown.edition
    if shown.state is EditionState.PUBLISHED and request.method == "POST":
        return redirect("reports:edition", number, edition)
    why_not = _why_not_now(shown, EditionState.SIGNED)
    lines = lines_of(row) if row.readers == Readership.PUBLIC and not why_not else ()
    form = ConfirmForm(sent(request), lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            operations.publish_edition(edition=row, confirmed=form.confirmed, by=request.user)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            note_event(Event.EXPORTED, request=request, plan=row.plan.slug, what="published pack", pack=number)
            messages.success(request, f"v{row.number} is published.")
            return redirect("reports:edition", number, edition)
    context = _about(shown) | {"form": form, "why_not": why_not, "before": _before(row)}
    return render(request, "reports/packs/publish.html", context, status=422 if form.errors else 200)


def _before(row: Edition) -> Edition | None:
    """The version that this one takes the place of: the newest before it that was published and not withdrawn."""
    before = row.pack.frozen.filter(number__lt=row.number, events__kind=EditionEvent.Kind.PUBLISHED)
    return before.exclude(pk__in=withdrawn_editions()).order_by("number").last()


@get_or_post
@sudo_to_change
def withdraw(request: SignedInRequest, number: int, edition: int) -> HttpResponse:
    """Takes a published version back, with the reason that stands in its place."""
    shown = _shown(request, number, edition, Right.WITHDRAW_PACK)
    row = shown.edition
    if shown.state is EditionState.WITHDRAWN and request.method == "POST":
        return redirect("reports:edition", number, edition)
    form = ReasonForm(
        sent(request), label="Why it is withdrawn", required="Say why it is withdrawn: readers are told so."
    )
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.withdraw_edition, form.override(str(row), row.plan))(
                edition=row, words=form.cleaned_data["reason"], by=request.user
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"v{row.number} is withdrawn. A notice stays in its place.")
            return redirect("reports:edition", number, edition)
    why_not = "" if _can_be_withdrawn(shown) else "Only what was published is withdrawn."
    if shown.state is EditionState.WITHDRAWN:
        why_not = "This version is withdrawn already."
    # The one before stands again, but for where a later one has taken the place of both.
    before = _before(row) if shown.state is EditionState.PUBLISHED else None
    context = _about(shown) | {"form": form, "why_not": why_not, "before": before}
    return render(request, "reports/packs/withdraw.html", context, status=422 if form.errors else 200)


# --- Is it one of ours? ------------------------------------------------------------------------------------------


@get_or_post
def verify(request: SignedInRequest) -> HttpResponse:
    """Says of a file which version of which pack it is, unaltered; of a check code which version has it. What somebody
    may not see is answered as what is not ours."""
    form = VerifyForm(sent(request), request.FILES if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        uploaded, code = form.cleaned_data["file"], form.cleaned_data["code"]
        file = _recognised(request, uploaded) if uploaded else None
        found = file.edition if file is not None else None if uploaded else _of_code(request, code)
        context |= {
            "is_answered": True,
            "name": uploaded.name if uploaded else "",
            "code": "" if uploaded else code,
            "file": file,
            "edition": found,
            "state": state_of(found) if found else None,
            "events": {each.kind: each for each in found.events.all()} if found else {},
        }
    return render(request, "reports/packs/verify.html", context, status=422 if form.errors else 200)


def _recognised(request: SignedInRequest, uploaded: UploadedFile) -> EditionFile | None:
    """The file that has these bytes, of those whose edition the reader is shown, the newest; also of one that was
    withdrawn. Its content is hashed as it is read, and not kept."""
    digest = sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    return recognise(digest.hexdigest(), uploaded.size or 0, Edition.objects.visible_to(request.user))


def _of_code(request: SignedInRequest, code: str) -> Edition | None:
    """The edition with a check code as it was copied from paper: its signs are those of manifest.py."""
    letters = "".join(each for each in code.upper().translate(MISREAD) if each.isalnum())
    asked = f"{letters[:4]}-{letters[4:]}"
    found = Edition.objects.visible_to(request.user).select_related("pack", "frozen_by").defer("manifest")
    return found.filter(check_code=asked).first()
