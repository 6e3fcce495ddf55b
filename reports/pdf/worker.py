"""Watches the child that lays papers out: starts it, keeps it warm, ends it at a limit, and never waits for ever.

One paper is made at a time on the whole machine; a few more may wait. All of it works under several web processes:
the machine's turn is a lock on a file, and a forked process starts a child of its own.
"""

import atexit
import contextlib
import ctypes
import logging
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import TextIO

from . import frames

logger = logging.getLogger("waymark.pdf")

MEMORY_BYTES = 1536 * 1024 * 1024
PAPER_SECONDS = 60
START_SECONDS = 30
WAIT_SECONDS = 45
PLACES = 20
MOST_HTML_BYTES = 24 * 1024 * 1024
PAPERS_PER_CHILD = 50
MOST_IDLE_MEMORY_KIB = 300 * 1024
# What the child may know of its surroundings; no key or password of the site is among it.
ENVIRONMENT = (
    "PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
)  # fmt: skip
LIBRARIES = {
    "GLib": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    "Pango's FreeType part": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0.0.dylib"),
}
INSTALL = {
    "linux": "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "darwin": "brew install pango",
}


class PdfRefused(Exception):
    """A paper that was not made. `message` tells the reader why in one sentence, `reference` finds it in the log."""

    def __init__(self, message: str, reference: str):
        super().__init__(message, reference)
        self.message = message
        self.reference = reference

    def __str__(self) -> str:
        return f"{self.message} (reference {self.reference})"


@cache
def pdf_available() -> str | None:
    """None where PDFs can be made, else the reason in plain words with what to install. Loads no layout library."""
    if find_spec("fcntl") is None:
        return "PDF files are made on Linux and macOS only. Print the page from the browser instead."
    missing = [library for library, names in LIBRARIES.items() if not any(map(_loads, names))]
    if missing:
        return (
            f"PDF files cannot be made because this machine has no {', '.join(missing)}. "
            f"Install it with: {INSTALL.get(sys.platform, 'the package manager of your system (Pango)')}"
        )
    return None


def render_pdf(html: str) -> bytes:
    """The tagged PDF (PDF/UA-1) of self-contained `html`; the same HTML gives the same bytes.

    Waits for its turn up to WAIT_SECONDS, then takes at most PAPER_SECONDS. Raises PdfRefused.
    """
    if reason := pdf_available():
        raise _refused(reason)
    paper = html.encode("utf-8", "replace")
    if len(paper) > MOST_HTML_BYTES:
        raise _refused("This paper is too long for one PDF. Make it for fewer themes, or take the HTML copy.")
    with _turn():
        return _child().make(paper)


class Child:
    """One warm child process and the line to it."""

    def __init__(self) -> None:
        self.papers = 0
        self.memory = 0  # KiB, the most it has held
        self.home = tempfile.TemporaryDirectory(prefix="waymark-pdf-")
        self.line, theirs = socket.socketpair()
        try:
            self.process = self._start(theirs)
        except OSError as error:
            self.line.close()
            self.home.cleanup()
            raise _refused("The PDF maker did not start.", detail=repr(error)) from error
        try:
            kind, _, content = frames.receive(self.line, until=time.monotonic() + START_SECONDS)
        except (EOFError, OSError) as error:
            self.end()
            raise _refused("The PDF maker did not start.", detail=repr(error)) from error
        if kind == frames.MISSING:
            self.end()
            raise _refused(f"PDF files cannot be made because a library is missing: {content.decode(errors='replace')}")

    def _start(self, theirs: socket.socket) -> subprocess.Popen:
        known = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        limits = theirs.fileno(), MEMORY_BYTES, ceil(PAPER_SECONDS)
        with theirs:
            return subprocess.Popen(
                [sys.executable, "-m", "reports.pdf.child", *map(str, limits)],
                cwd=Path(__file__).resolve().parents[2],
                env=known | {"TMPDIR": self.home.name, "PYTHONDONTWRITEBYTECODE": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def make(self, paper: bytes) -> bytes:
        """The PDF of the HTML `paper`. After a crash or a limit this child is ended and the next paper gets another."""
        until = time.monotonic() + PAPER_SECONDS
        try:
            self.line.settimeout(PAPER_SECONDS)
            frames.send(self.line, frames.PAPER, paper)
            kind, self.memory, content = frames.receive(self.line, until=until)
        except TimeoutError as error:
            self.end()
            raise _refused(
                f"This paper took longer than {PAPER_SECONDS} seconds to lay out and was stopped. "
                "Make it for fewer themes, or look for a very long note.",
                detail="time limit",
            ) from error
        except (EOFError, OSError) as error:
            self.end()
            raise _refused(
                "The PDF maker stopped while laying out this paper. Try again; the HTML copy still works.",
                detail=f"child ended with {self.process.returncode}",
            ) from error
        self.papers += 1
        if self.papers >= PAPERS_PER_CHILD or self.memory > MOST_IDLE_MEMORY_KIB or kind != frames.PDF:
            self.end()
        if kind != frames.PDF:
            fault, _, detail = content.decode(errors="replace").partition("\n")
            if fault == "MemoryError":
                raise _refused(
                    "This paper needs more memory than a PDF may take. Make it for fewer themes.", detail=detail
                )
            raise _refused("This paper could not be laid out as a PDF. The page still shows all of it.", detail=detail)
        return content

    def end(self) -> None:
        """Stops the process with everything it started, and clears its folder away."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, 9)
        self.process.wait()
        self.line.close()
        self.home.cleanup()

    def let_go(self) -> None:
        """For a forked copy: the child belongs to the process that started it."""
        self.line.close()
        self.home._finalizer.detach()  # type: ignore[attr-defined]
        self.process.returncode = 0


_kept: Child | None = None


def _child() -> Child:
    global _kept
    if _kept is None or not _kept.is_alive:
        close()
        _kept = Child()
    return _kept


def close() -> None:
    """Ends the warm child, if there is one."""
    global _kept
    if _kept is not None:
        _kept.end()
    _kept = None


def _after_fork() -> None:
    global _kept
    if _kept is not None:
        _kept.let_go()
    _kept = None


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """This machine's turn at making a paper: one works, at most PLACES wait, nobody longer than WAIT_SECONDS."""
    busy = "Several papers are being made at the moment. Try again in a minute."
    folder = Path(tempfile.gettempdir()) / f"waymark-pdf-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise _refused("The PDF maker's lock belongs to another user of this machine.", detail=str(folder))
    with contextlib.ExitStack() as held:
        places = (held.enter_context((folder / f"place-{place}").open("w")) for place in range(PLACES))
        if not any(map(_takes, places)):
            raise _refused(busy, detail="no place left")
        turn = held.enter_context((folder / "turn").open("w"))
        until = time.monotonic() + WAIT_SECONDS
        while not _takes(turn):
            if time.monotonic() > until:
                raise _refused(busy, detail="waited in vain")
            time.sleep(0.02)
        yield


def _takes(file: TextIO) -> bool:
    """Whether this gets the lock of the open file, which is held until it is closed. A dead process lets go."""
    import fcntl  # no such module on Windows, where pdf_available has said so

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _refused(message: str, *, detail: str = "") -> PdfRefused:
    reference = secrets.token_hex(4)
    logger.warning("Paper refused, reference %s: %s %s", reference, message, detail)
    return PdfRefused(message, reference)
