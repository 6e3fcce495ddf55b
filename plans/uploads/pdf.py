"""PDF files: documents and nothing that acts. Read with qpdf, which also sees what is compressed or written oddly."""

import re
from io import BytesIO

import pikepdf

from .refusal import FileRefused

MOST_OBJECTS = 200_000
DAMAGED = "The PDF is cut short or damaged; save it again and try once more."

_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe)\b", re.IGNORECASE)
# As qpdf writes names, whatever way the file writes them.
_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|ImportData|SubmitForm|RichMedia|XFA)(?![A-Za-z0-9])")
_HOLDS_FILES = re.compile(rb"/(?:EmbeddedFiles?|EF)(?![A-Za-z0-9])")


def check_pdf(data: bytes) -> None:
    """Refuses what is no whole PDF, has a password, runs or starts something, or has files attached."""
    if not data.startswith(b"%PDF-"):
        raise FileRefused("The name ends in .pdf, the content is something else.", "file_type")
    if _MARKUP.search(data[:1024]):
        raise FileRefused("The file is a web page that calls itself a PDF.", "file_type")
    if b"%%EOF" not in data[-1024:] or _MARKUP.search(data[data.rindex(b"%%EOF") :]):
        raise FileRefused(DAMAGED, "file_damaged")
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if not len(pdf.pages):
                raise FileRefused("The PDF has no pages.", "file_damaged")
            _check_objects(pdf)
    except pikepdf.PasswordError:
        raise FileRefused("The PDF is protected by a password; save it without one.", "file_encrypted") from None
    except (FileRefused, MemoryError, RecursionError):
        raise
    except Exception as error:
        # The library raises many kinds of errors over damaged files.
        raise FileRefused(DAMAGED, "file_damaged") from error


def _check_objects(pdf: pikepdf.Pdf) -> None:
    for number, each in enumerate(pdf.objects):
        if number > MOST_OBJECTS:
            raise FileRefused("The PDF has more parts than are looked at; print it to a new PDF.", "too_many_parts")
        words = _words_of(each)
        if _ACTS.search(words):
            raise FileRefused("The PDF has a script or starts something; print it to a new PDF.", "file_has_macros")
        if _HOLDS_FILES.search(words):
            raise FileRefused("The PDF has files attached; take them out and upload them.", "file_holds_files")


def _words_of(each: pikepdf.Object) -> bytes:
    if isinstance(each, pikepdf.Stream):
        return each.stream_dict.unparse(resolved=True)
    return each.unparse(resolved=True)
