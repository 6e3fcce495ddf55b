"""Looks at a stranger's file in a child process with limits (plans/limited.py).

`python -m plans.uploads.sandbox KIND` is the child: it reads the file from standard input, and writes to standard
output a line of JSON that says why it is refused, if it is; the bytes of a picture drawn anew follow.
"""

from __future__ import annotations

import json
import sys

from plans import limited

from .contents import content_to_store
from .kinds import MAX_FILE, MEGABYTE
from .refusal import FileRefused

SECONDS = 19  # so that the answer is there within twenty
MEMORY = 440 * MEGABYTE  # above what the child's own code takes
PLACES = 2  # at once on this machine
WAIT_SECONDS = 20  # for a place

_PICTURES = ("png", "jpg")


def content_limited(data: bytes, kind: str) -> bytes:
    """What is to be stored of a file of this kind (kinds.py), looked at in the child: the same bytes, or a picture
    drawn anew. Raises FileRefused, whatever the file does to the one who looks."""
    try:
        with limited.turn("uploads", places=PLACES, wait=WAIT_SECONDS):
            answer = limited.run("plans.uploads.sandbox", kind, data=data, seconds=SECONDS)
    except limited.Busy:
        raise FileRefused("Other files are being looked at at the moment. Try again in a minute.", "busy") from None
    except limited.TooLong:
        raise FileRefused("Looking at the file takes too long; make it smaller.", "too_long") from None
    except limited.TooMuchMemory:
        raise _too_much() from None
    except limited.ChildFailed:
        raise _failed() from None
    line, _, drawn = answer.partition(b"\n")
    try:
        refused = json.loads(line)["refused"]
        if refused:
            raise FileRefused(*refused)
    except (ValueError, TypeError, KeyError):
        raise _failed() from None
    if kind not in _PICTURES:
        return data
    if not drawn:
        raise _failed()
    return drawn


def _failed() -> FileRefused:
    return FileRefused("The file could not be read; save it again and try once more.", "file_damaged")


def _too_much() -> FileRefused:
    return FileRefused("Looking at the file needs more memory than is allowed; make it smaller.", "too_much_memory")


def main() -> None:
    """The child. What it needs is loaded before the limits hold."""
    kind = sys.argv[1]
    data = sys.stdin.buffer.read()
    if kind in _PICTURES:
        from . import pictures  # noqa: F401
    else:
        from . import pdf  # noqa: F401
    limited.limit(seconds=SECONDS, memory=MEMORY)
    refusal, drawn = None, b""
    try:
        content = content_to_store(data, kind)
        if len(content) > MAX_FILE:
            raise FileRefused("The picture is larger than 25 MB when it is drawn anew; make it smaller.", "too_big")
        drawn = content if kind in _PICTURES else b""
    except FileRefused as refused:
        refusal = refused
    except (MemoryError, RecursionError):
        refusal = _too_much()
    says = [refusal.message, refusal.code] if refusal else None
    sys.stdout.buffer.write(json.dumps({"refused": says}).encode("ascii") + b"\n" + drawn)


if __name__ == "__main__":
    main()
