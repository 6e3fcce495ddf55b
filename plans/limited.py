"""A child process with limits, so that no file of a stranger can stop or fill the server.

`run` starts `python -m MODULE`, gives it bytes and takes bytes back. The child calls `limit` when its own code is
loaded and before it looks at what it was given. It knows neither Django nor the settings, and gets none of the
server's environment. imports/sandbox.py reads tables in one, plans/uploads/child.py looks at what is to be stored.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MEGABYTE = 1024 * 1024

_ROOT = Path(__file__).resolve().parent.parent
_INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class ChildFailed(Exception):
    """The child broke."""


class TooLong(ChildFailed):
    """The child needed more time than it has."""


class TooMuchMemory(ChildFailed):
    """The child needed more memory than it has."""


class Busy(Exception):
    """As many children are at work as this machine has places for."""


@contextlib.contextmanager
def turn(name: str, *, places: int, wait: float) -> Iterator[None]:
    """One of this machine's `places` at a kind of work, waited for `wait` seconds; raises Busy, and ChildFailed where
    the lock is not ours. A process that dies lets go of its own."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder = Path(tempfile.gettempdir()) / f"waymark-{name}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise ChildFailed("The lock belongs to another user of this machine.")

    def is_free(place: IO[str]) -> bool:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    with contextlib.ExitStack() as held:
        files = [held.enter_context((folder / f"place-{number}").open("w")) for number in range(places)]
        until = time.monotonic() + wait
        while not any(is_free(place) for place in files):
            if time.monotonic() > until:
                raise Busy
            time.sleep(0.05)
        yield


def run(module: str, *arguments: str, data: bytes, seconds: float) -> bytes:
    """What the child answers; raises ChildFailed, by its kind."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=environment,
    )
    with child:
        try:
            answer, _ = child.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise TooLong from None
        except BaseException:
            child.kill()
            raise
    if child.returncode == -getattr(signal, "SIGXCPU", 0) != 0:
        raise TooLong
    if child.returncode == -getattr(signal, "SIGKILL", 0) != 0:
        raise TooMuchMemory
    return answer


def limit(*, seconds: int, memory: int) -> None:
    """In the child: sets what this platform can limit; the parent's clock is there on all of them.

    `memory` in bytes, above what the child takes already.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    wanted = [
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, _address_space() + memory),
    ]
    for each, value in wanted:
        _, hard = resource.getrlimit(each)
        try:
            resource.setrlimit(each, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):  # macOS knows RLIMIT_AS and refuses it
            continue


def _address_space() -> int:
    """Bytes of address space in use; a guess where the platform does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 256 * MEGABYTE
