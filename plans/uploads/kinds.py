"""The kinds of files that are stored, and what each is called. Pure."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024
MAX_FILE = 25 * MEGABYTE


@dataclass(frozen=True)
class Kind:
    """One kind of file. `media_type` is what it is served as, whatever a browser sent with it."""

    extension: str
    name: str
    media_type: str


KINDS: dict[str, Kind] = {
    kind.extension: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf"),
        Kind("docx", "Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Kind("xlsx", "Excel workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Kind("pptx", "PowerPoint slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        Kind("odt", "OpenDocument text", "application/vnd.oasis.opendocument.text"),
        Kind("ods", "OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
        Kind("png", "PNG picture", "image/png"),
        Kind("jpg", "JPEG picture", "image/jpeg"),
        Kind("txt", "Text", "text/plain; charset=utf-8"),
        Kind("csv", "CSV table", "text/csv; charset=utf-8"),
        Kind("msg", "Outlook message", "application/vnd.ms-outlook"),
        Kind("eml", "E-mail", "message/rfc822"),
    )
}
#: Other endings of the same kinds.
ALSO = {"jpeg": "jpg"}
ACCEPT = ",".join(f".{extension}" for extension in (*KINDS, *ALSO))
WANTED = "Upload a PDF, Word, Excel, PowerPoint or OpenDocument file, a PNG or JPEG picture, .txt, .csv, .msg or .eml."


def kind_of(extension: str) -> Kind | None:
    """The kind that files with this ending must be of; None where none is stored."""
    return KINDS.get(ALSO.get(extension, extension))
