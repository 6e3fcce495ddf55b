"""Files: taken from a form, stored as a Document, and given out again as a download and nothing else."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.http import FileResponse, Http404

from accounts.history import current_instant, operation, save_with_reason
from accounts.models import Organisation

from . import file_store, scanning
from .childdata import looks_like_a_child
from .downloads import open_attachment
from .file_names import display_name, extension_of, has_path
from .models import Document, Plan
from .receiving import NO_ROOM, TOO_BIG, NotTaken
from .uploads.kinds import ACCEPT, KINDS, MAX_FILE, MEGABYTE, WANTED, kind_of
from .uploads.refusal import FileRefused
from .uploads.sandbox import content_limited

logger = logging.getLogger("waymark.files")

A_DAY = timedelta(days=1)
SCANNER_AWAY = "The virus scanner does not answer, so no file is taken. Try again in a few minutes."


@dataclass
class CheckedFile:
    """A file that may be stored: what it is called, what it is, and its bytes (of a picture, as they were drawn anew).

    `size` in bytes, `sha256` in hexadecimal. `stored_as` is its place once it is in the folder of files.
    """

    name: str
    kind: str
    content: IO[bytes]
    size: int
    sha256: str
    scan: Document.Scan = Document.Scan.NOT_SCANNED
    stored_as: str = ""


class UploadField(forms.FileField):
    """A file to be stored, checked by what is in it; its value is a CheckedFile, or None where none was sent."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        kwargs.setdefault("help_text", f"At most {MAX_FILE // MEGABYTE} MB; without macros and passwords.")
        super().__init__(**kwargs)
        self.error_messages |= {
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "invalid": "The file did not arrive. Choose it again.",
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, None)
        checked = check_upload(file) if file else None
        if checked is not None:
            check_name(checked.name)
        return checked


def check_name(name: str) -> None:
    """Refuses a name that looks as if it tells who a child is. A file is easily renamed, so there is no tick."""
    found = looks_like_a_child(name)
    if found:
        raise ValidationError(
            f"“{found[0].excerpt}” in the file’s name may tell who a child is. Rename the file and choose it again.",
            code="child_data",
        )


def ask_for_files_again(form: forms.Form) -> None:
    """For a form that is shown once more: no browser fills a chosen file in again, so each that had nothing wrong with
    it says so, beside its field."""
    chosen = {
        name: value for name, value in getattr(form, "cleaned_data", {}).items() if isinstance(value, CheckedFile)
    }
    for name, checked in chosen.items():
        form.add_error(name, f"Choose the file “{checked.name}” again. It was not saved.")


def check_upload(file: UploadedFile) -> CheckedFile:
    """What a form sent, as a file that may be stored; raises ValidationError with one sentence."""
    check_received(file)
    name = display_name(file.name or "")
    kind = kind_of(extension_of(name))
    if kind is None:
        raise ValidationError(f"Files of this kind are not stored. {WANTED}", code="file_type")
    content: Any = file.file
    scan = _scanned(content)
    content.seek(0)
    data = content.read()
    try:
        kept = content_limited(data, kind.extension)
    except FileRefused as refused:
        raise ValidationError(refused.message, code=refused.code) from None
    if kept is not data:
        content = BytesIO(kept)
    content.seek(0)
    return CheckedFile(name, kind.extension, content, len(kept), hashlib.sha256(kept).hexdigest(), scan=scan)


def check_received(file: UploadedFile) -> None:
    """Refuses what did not arrive as a file may (receiving.py); nothing in it is looked at."""
    if isinstance(file, NotTaken):
        raise ValidationError(file.refusal, code="file_not_taken")
    if (file.size or 0) > MAX_FILE:
        raise ValidationError(TOO_BIG, code="file_too_big")
    if has_path(file.name or ""):
        raise ValidationError("The name of the file leads to a folder; give it a plain name.", code="file_name")


def _scanned(content: IO[bytes]) -> Document.Scan:
    try:
        return Document.Scan.CLEAN if scanning.scan(content) else Document.Scan.NOT_SCANNED
    except scanning.Infected as found:
        logger.warning("The virus scanner refused a file: %s", found)
        raise ValidationError("The virus scanner refused this file. It was not stored.", code="infected") from None
    except scanning.ScannerAway as error:
        logger.error("The virus scanner does not answer: %s", error)
        raise ValidationError(SCANNER_AWAY, code="scanner_away") from None


@contextmanager
def in_the_folder(checked: CheckedFile | None) -> Iterator[None]:
    """Writes the file before the operation that records it, and takes it away again where that fails.

    Around an operation that calls `store_document`, so that no disk is waited for inside. Raises ValidationError
    where there is no room.
    """
    if checked is None or checked.stored_as:
        yield
        return
    try:
        file_store.check_room(checked.size)
        checked.stored_as = file_store.write(checked.content)
    except file_store.NoRoom:
        logger.error("A file was refused: the disk of the folder of files is full.")
        raise ValidationError(NO_ROOM, code="no_room") from None
    try:
        yield
    except BaseException:
        file_store.remove(checked.stored_as)
        checked.stored_as = ""
        raise


def store_document(
    *,
    checked: CheckedFile,
    council: Organisation,
    plan: Plan | None = None,
    by: Any,
    reason: str = "File uploaded",
) -> Document:
    """The file on the disk, then its row. Raises ValidationError where there is no room or a quota is used up.

    Who calls it has asked whether `by` may. Where another operation calls it, `in_the_folder` goes around that one.
    """
    with in_the_folder(checked):
        return _record_document(checked=checked, council=council, plan=plan, by=by, reason=reason)


@operation
def _record_document(
    *, checked: CheckedFile, council: Organisation, plan: Plan | None, by: Any, reason: str
) -> Document:
    _check_quotas(checked.size, council=council, plan=plan, by=by)
    document = Document(
        council=council,
        plan=plan,
        name=checked.name,
        kind=checked.kind,
        size=checked.size,
        sha256=checked.sha256,
        stored_as=checked.stored_as,
        scan=checked.scan,
        uploaded_by=by,
    )
    document.full_clean()
    return save_with_reason(document, reason=reason, by=by)


def _check_quotas(size: int, *, council: Organisation, plan: Plan | None, by: Any) -> None:
    """Operations run one at a time, so two uploads at once cannot both take the last place."""
    of_plan = Document.objects.filter(council=council, plan=plan)
    if _sum(of_plan) + size > settings.FILES_MOST_OF_A_PLAN:
        most = settings.FILES_MOST_OF_A_PLAN // MEGABYTE
        whose = "This plan" if plan else "The council"
        raise ValidationError(f"{whose} has {most} MB of files already, which is the most. Nothing was saved.")
    of_today = Document.history.filter(history_type="+", uploaded_by=by, history_date__gt=current_instant() - A_DAY)
    if _sum(of_today) + size > settings.FILES_MOST_OF_A_USER_A_DAY:
        most = settings.FILES_MOST_OF_A_USER_A_DAY // MEGABYTE
        raise ValidationError(f"You may upload {most} MB in a day. Nothing was saved; go on tomorrow.")


def _sum(documents: Any) -> int:
    return documents.aggregate(total=Sum("size"))["total"] or 0


class NotGivenOut(Exception):
    """Why a file is not given out, in a sentence."""


class FileGone(Http404):
    """Answered with a page that says why: `sentence` (accounts/views.py)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def open_document(document: Document) -> IO[bytes]:
    """The bytes of the file, open for reading. Raises NotGivenOut where it is gone, is not what was stored, or may not
    be given out."""
    if document.scan in (Document.Scan.INFECTED, Document.Scan.PENDING):
        raise NotGivenOut(f"This file is not given out: {document.get_scan_display().lower()}.")
    try:
        file = file_store.path_of(document.stored_as).open("rb")
    except FileNotFoundError:
        logger.error("The file of document %s is missing.", document.pk)
        raise NotGivenOut("This file is missing from the store. Tell whoever runs the site.") from None
    if file_store.digest_of(file) != document.sha256:
        file.close()
        logger.error("The file of document %s is not the one that was stored.", document.pk)
        raise NotGivenOut("This file is damaged and is not given out. Tell whoever runs the site.")
    return file


def download(document: Document) -> FileResponse:
    """The file, to be saved and never shown: no browser runs or draws anything of it. Raises FileGone, which Django
    answers."""
    try:
        file = open_document(document)
    except NotGivenOut as refused:
        raise FileGone(str(refused)) from None
    return open_attachment(file, KINDS[document.kind].media_type, document.name)
