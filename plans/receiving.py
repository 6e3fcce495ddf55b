"""Taking the body of a form that files come with: nothing of a stranger's, and no more than a file may have.

Django calls the handler while it reads; the fields beside a file arrive whatever becomes of the file.
"""

import errno
import html
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from .file_names import has_path
from .uploads.kinds import MAX_FILE, MEGABYTE

IN_MEMORY = 2 * MEGABYTE
#: All the files of one form together.
MOST_OF_A_FORM = 2 * MAX_FILE
#: What is larger is not even read past.
MOST_TO_READ = 300 * MEGABYTE

TOO_BIG = f"The file is larger than {MAX_FILE // MEGABYTE} MB."
NO_ROOM = "The site has no room for files at the moment. Nothing was saved; tell whoever runs the site."
NOT_SIGNED_IN = "The file was not taken, because you were signed out. Choose it again."


class NotTaken(UploadedFile):
    """Stands for a file that was read past and not kept: `refusal` is the sentence that says why."""

    def __init__(self, name: str, size: int, field_name: str, refusal: str) -> None:
        super().__init__(BytesIO(), name, size=size)
        self.field_name = field_name
        self.refusal = refusal


class BoundedHandler(FileUploadHandler):
    """Takes files into memory and from there into temporary files, as far as they may be uploaded at all."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken = 0
        self.content: Any = None
        self.refusal = ""
        self.is_reading = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  # as Django calls it
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> Any:
        """Has the body read by a parser that lets a form see whether the name of a file leads anywhere."""
        if self.is_reading:
            return None
        if content_length > MOST_TO_READ:
            raise RequestDataTooBig(f"A form of more than {MOST_TO_READ // MEGABYTE} MB was not read.")
        self.is_reading = True
        return PathMarkingParser(META, input_data, [self], encoding).parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        self.refusal = "" if user is None or user.is_authenticated else NOT_SIGNED_IN
        self.content = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed with the request
        if self.refusal:
            self.content.close()
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        self.taken += len(raw_data)
        if not self.refusal and (self.size > MAX_FILE or self.taken > MOST_OF_A_FORM):
            self._refuse(TOO_BIG)
        if self.refusal:
            return
        try:
            self.content.write(raw_data)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._refuse(NO_ROOM)

    def _refuse(self, sentence: str) -> None:
        self.refusal = sentence
        self.content.close()

    def file_complete(self, file_size: int) -> UploadedFile:
        name, field = self.file_name or "", self.field_name or ""
        if self.refusal:
            return NotTaken(name, self.size, field, self.refusal)
        self.content.seek(0)
        return UploadedFile(self.content, name, self.content_type, self.size, self.charset, self.content_type_extra)

    def upload_interrupted(self) -> None:
        if self.content is not None:
            self.content.close()


class PathMarkingParser(MultiPartParser):
    """Django takes a path out of the name of a file without a word; here a backslash in front says that there was one.

    Browsers send none, so whoever does wants something else than to store a file.
    """

    def sanitize_file_name(self, file_name: str) -> str | None:
        name: str | None = super().sanitize_file_name(file_name)
        return f"\\{name or ''}" if has_path(html.unescape(file_name)) else name
