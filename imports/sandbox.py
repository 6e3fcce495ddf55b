"""Reads a stranger's file in a child process with limits, so that no file can stop or fill the server.

`python -m imports.sandbox` is the child: it reads one JSON line and the file from standard input and writes JSON to
standard output. It knows neither Django nor the settings, and gets none of the server's environment.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from imports.limits import MEGABYTE, FileRefused, check_size, check_text
from imports.readers.table import FiguresTable, PlanTable, RecommendationTable
from plans import limited

Table = TypeVar("Table", PlanTable, RecommendationTable, FiguresTable)

SECONDS = 19  # so that the answer is there within twenty
MEMORY = 440 * MEGABYTE  # above what the child's own code takes (about 60): its peak stays under 512
MAX_ANSWER = 64 * MEGABYTE
PLACES = 2  # readers at once on this machine: together they take a gigabyte at most
WAIT_SECONDS = 20  # for a place, before the reading begins

_MEMORY = FileRefused("Reading the file needs more memory than is allowed; split it in two.", "reader_memory")
_TIME = FileRefused("Reading the file takes too long; split it in two.", "reader_time")
_FAILED = FileRefused("The file could not be read; save it again, or paste the table's text.", "reader_failed")
_BUSY = FileRefused("Other files are being read at the moment. Try again in a minute.", "reader_busy")


def read_limited(data: bytes, filename: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in a file, read in the child. Raises FileRefused, whatever the file does to the reader."""
    check_size(len(data))
    return _read_in_child({"what": "plan", "filename": filename, "known_sources": list(known_sources)}, data, PlanTable)


def read_recommendations_limited(data: bytes, filename: str) -> RecommendationTable:
    """The recommendations in a file, read in the child. Raises FileRefused."""
    check_size(len(data))
    return _read_in_child({"what": "recommendations", "filename": filename}, data, RecommendationTable)


def read_recommendations_limited_text(text: str) -> RecommendationTable:
    """The recommendations in pasted text, read in the child. Raises FileRefused."""
    check_text(text)
    order = {"what": "recommendations", "filename": None}
    return _read_in_child(order, text.encode("utf-8", "surrogatepass"), RecommendationTable)


def read_limited_text(text: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in pasted text, read in the child. Raises FileRefused."""
    check_text(text)
    order = {"what": "plan", "filename": None, "known_sources": list(known_sources)}
    return _read_in_child(order, text.encode("utf-8", "surrogatepass"), PlanTable)


def read_figures_limited(data: bytes, filename: str) -> FiguresTable:
    """The figures in a file, read in the child. Raises FileRefused."""
    check_size(len(data))
    return _read_in_child({"what": "figures", "filename": filename}, data, FiguresTable)


def read_figures_limited_text(text: str) -> FiguresTable:
    """The figures in pasted text, read in the child. Raises FileRefused."""
    check_text(text)
    order = {"what": "figures", "filename": None}
    return _read_in_child(order, text.encode("utf-8", "surrogatepass"), FiguresTable)


def _read_in_child(order: dict[str, Any], data: bytes, result: type[Table]) -> Table:
    try:
        with _turn():
            answer = limited.run("imports.sandbox", data=json.dumps(order).encode() + b"\n" + data, seconds=SECONDS)
    except limited.Busy:
        raise _again(_BUSY) from None
    except limited.TooLong:
        raise _again(_TIME) from None
    except limited.TooMuchMemory:
        raise _again(_MEMORY) from None
    except limited.ChildFailed:
        raise _again(_FAILED) from None
    try:
        read = json.loads(answer)
        if refused := read.get("refused"):
            raise FileRefused(refused["message"], refused["code"])
        return result.from_json(read["table"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _again(_FAILED) from None


def _turn() -> contextlib.AbstractContextManager[None]:
    """One of this machine's places at reading."""
    return limited.turn("readers", places=PLACES, wait=WAIT_SECONDS)


def _again(refusal: FileRefused) -> FileRefused:
    return FileRefused(refusal.message, refusal.code)


def _answer() -> dict[str, Any]:
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    from_text, from_file = _READERS[order["what"]]()
    limited.limit(seconds=SECONDS, memory=MEMORY)
    further = (tuple(order["known_sources"]),) if "known_sources" in order else ()
    try:
        if order["filename"] is None:
            return {"table": from_text(data.decode("utf-8", "surrogatepass"), *further).to_json()}
        return {"table": from_file(data, order["filename"], *further).to_json()}
    except FileRefused as refusal:
        return {"refused": {"message": refusal.message, "code": refusal.code}}
    except (MemoryError, RecursionError):
        return {"refused": {"message": _MEMORY.message, "code": _MEMORY.code}}


def _plan_readers() -> Readers:
    from imports.readers import read_plan_file, read_plan_text

    return read_plan_text, read_plan_file


def _recommendation_readers() -> Readers:
    from imports.readers import read_recommendations_file, read_recommendations_text

    return read_recommendations_text, read_recommendations_file


def _figure_readers() -> Readers:
    from imports.readers.measurements import read_figures_file, read_figures_text

    return read_figures_text, read_figures_file


Readers = tuple[Callable[..., Any], Callable[..., Any]]
#: For each kind of table who reads it from text and who from a file; loaded in the child alone.
_READERS: dict[str, Callable[[], Readers]] = {
    "plan": _plan_readers,
    "recommendations": _recommendation_readers,
    "figures": _figure_readers,
}


def main() -> None:
    """The child."""
    answer = json.dumps(_answer()).encode("ascii")
    if len(answer) > MAX_ANSWER:
        answer = json.dumps({"refused": {"message": _MEMORY.message, "code": _MEMORY.code}}).encode("ascii")
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
