"""Reads a stranger's file in a child process with limits, so that no file can stop or fill the server.

`python -m imports.sandbox` is the child: it reads one JSON line and the file from standard input and writes JSON to
standard output. It knows neither Django nor the settings, and gets none of the server's environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from imports.limits import MEGABYTE, FileRefused, check_size, check_text
from imports.readers.table import PlanTable, RecommendationTable

Table = TypeVar("Table", PlanTable, RecommendationTable)

SECONDS = 19  # so that the answer is there within twenty
MEMORY = 440 * MEGABYTE  # above what the child's own code takes (about 60): its peak stays under 512
MAX_ANSWER = 64 * MEGABYTE
PLACES = 2  # readers at once on this machine: together they take a gigabyte at most
WAIT_SECONDS = 20  # for a place, before the reading begins

_ROOT = Path(__file__).resolve().parent.parent
_INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_MEMORY = FileRefused("Reading the file needs more memory than is allowed; split it in two.", "reader_memory")
_TIME = FileRefused("Reading the file takes too long; split it in two.", "reader_time")
_FAILED = FileRefused("The file could not be read; save it again, or paste the table's text.", "reader_failed")
_BUSY = FileRefused("Other files are being read at the moment. Try again in a minute.", "reader_busy")


def read_limited(data: bytes, filename: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in a file, read in the child. Raises FileRefused, whatever the file does to the reader."""
    check_size(len(data))
    return _read_in_child({"filename": filename, "known_sources": list(known_sources)}, data, PlanTable)


def read_recommendations_limited(data: bytes, filename: str) -> RecommendationTable:
    """The recommendations in a file, read in the child. Raises FileRefused."""
    check_size(len(data))
    return _read_in_child({"filename": filename, "is_recommendations": True}, data, RecommendationTable)


def read_limited_text(text: str, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in pasted text, read in the child. Raises FileRefused."""
    check_text(text)
    order = {"filename": None, "known_sources": list(known_sources)}
    return _read_in_child(order, text.encode("utf-8", "surrogatepass"), PlanTable)


def _read_in_child(order: dict[str, Any], data: bytes, result: type[Table]) -> Table:
    with _turn():
        return _read_now(order, data, result)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One of this machine's places at reading. A process that dies lets go of its own."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder = Path(tempfile.gettempdir()) / f"waymark-readers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise FileRefused("The readers' lock belongs to another user of this machine.", "reader_failed")

    def is_free(place: IO[str]) -> bool:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    with contextlib.ExitStack() as held:
        places = [held.enter_context((folder / f"place-{number}").open("w")) for number in range(PLACES)]
        until = time.monotonic() + WAIT_SECONDS
        while not any(is_free(place) for place in places):
            if time.monotonic() > until:
                raise _again(_BUSY)
            time.sleep(0.05)
        yield


def _read_now(order: dict[str, Any], data: bytes, result: type[Table]) -> Table:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "imports.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=environment,
    )
    with child:
        try:
            answer, _ = child.communicate(json.dumps(order).encode() + b"\n" + data, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise _again(_TIME) from None
        except BaseException:
            child.kill()
            raise
    if child.returncode == -getattr(signal, "SIGXCPU", 0) != 0:
        raise _again(_TIME)
    if child.returncode == -getattr(signal, "SIGKILL", 0) != 0:
        raise _again(_MEMORY)
    try:
        read = json.loads(answer)
        if refused := read.get("refused"):
            raise FileRefused(refused["message"], refused["code"])
        return result.from_json(read["table"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _again(_FAILED) from None


def _again(refusal: FileRefused) -> FileRefused:
    return FileRefused(refusal.message, refusal.code)


def _limit() -> None:
    """Sets what this platform can limit; the parent's clock is there on all of them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    wanted = [
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, _address_space() + MEMORY),
    ]
    for limit, value in wanted:
        _, hard = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS and refuses it
            continue


def _address_space() -> int:
    """Bytes of address space in use; a guess where the platform does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 256 * MEGABYTE


def _answer() -> dict[str, Any]:
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    from imports.readers import read_plan_file, read_plan_text, read_recommendations_file

    _limit()
    sources = tuple(order.get("known_sources", ()))
    try:
        if order.get("is_recommendations"):
            return {"table": read_recommendations_file(data, order["filename"]).to_json()}
        if order["filename"] is None:
            return {"table": read_plan_text(data.decode("utf-8", "surrogatepass"), sources).to_json()}
        return {"table": read_plan_file(data, order["filename"], sources).to_json()}
    except FileRefused as refusal:
        return {"refused": {"message": refusal.message, "code": refusal.code}}
    except (MemoryError, RecursionError):
        return {"refused": {"message": _MEMORY.message, "code": _MEMORY.code}}


def main() -> None:
    """The child."""
    answer = json.dumps(_answer()).encode("ascii")
    if len(answer) > MAX_ANSWER:
        answer = json.dumps({"refused": {"message": _MEMORY.message, "code": _MEMORY.code}}).encode("ascii")
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
