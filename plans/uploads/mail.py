"""E-mails as most programs save them (.eml): headers, words, and attachments that could be uploaded by themselves."""

import re
from email import policy
from email.message import Message
from email.parser import BytesParser

from .attachments import MOST_PARTS, Check, check_attachment
from .refusal import FileRefused

_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{1,75}:[ \t\r\n]")
_WORDS = ("text/plain", "text/html", "text/calendar", "text/enriched", "message/delivery-status", "text/rfc822-headers")


def check_eml(data: bytes, check: Check) -> None:
    """Refuses what is no e-mail, and one with an attachment that `check(data, kind)` refuses."""
    if not _FIRST_LINE.match(data) or b"\0" in data[:65_536]:
        raise FileRefused("The name ends in .eml, the content is something else.", "file_type")
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        if "From" not in message or not ({"Date", "To", "Subject", "Message-ID"} & _headers(message)):
            raise FileRefused("The name ends in .eml, the content is something else.", "file_type")
        for number, part in enumerate(message.walk()):
            if number > MOST_PARTS:
                raise FileRefused("The message has more parts than are looked at.", "too_many_parts")
            _check_part(part, check)
    except (FileRefused, MemoryError, RecursionError):
        raise
    except Exception as error:
        # The parser raises many kinds of errors over damaged messages.
        raise FileRefused("The message is damaged; save it again and try once more.", "file_damaged") from error


def _headers(message: Message) -> set[str]:
    names = {name.casefold() for name in message}
    return {name for name in ("Date", "To", "Subject", "Message-ID") if name.casefold() in names}


def _check_part(part: Message, check: Check) -> None:
    if part.is_multipart():
        return
    name = part.get_filename()
    if not name and part.get_content_type() in _WORDS:
        return
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    check_attachment(content, name or _named_by_type(part), check)


def _named_by_type(part: Message) -> str:
    """A picture within the words has often no name of its own."""
    kind = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}.get(part.get_content_type(), "")
    return f"part.{kind}" if kind else part.get_content_type().replace("/", " ")
