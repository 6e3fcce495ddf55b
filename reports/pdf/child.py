"""The child process that lays papers out: imports WeasyPrint and never Django, reads nothing but its line.

Started by worker.py as `python -m reports.pdf.child FILENO MEMORY_BYTES PAPER_SECONDS`. Answers each HTML with a PDF,
or with what went wrong.
"""

import gc
import os
import resource
import socket
import sys
import traceback
import warnings
from contextlib import suppress

from . import frames


def main() -> None:
    fileno, memory_bytes, seconds = map(int, sys.argv[1:])
    line = socket.socket(fileno=fileno)
    limit_memory(memory_bytes)
    try:
        warnings.simplefilter("ignore")
        from .layout import lay_out
    except (OSError, ImportError) as error:
        frames.send(line, frames.MISSING, str(error).encode())
        return

    # What is loaded now stays: the collector need not look at it again, and rests while a paper is made.
    gc.collect()
    gc.freeze()
    gc.disable()
    at_start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    frames.send(line, frames.READY)
    with suppress(EOFError):
        while True:
            _, _, html = frames.receive(line)
            limit_time(seconds)
            try:
                answer = frames.PDF, lay_out(html.decode())
            except Exception as error:
                # Where it happened, for the log: what an error says may be words of the paper. A deep traceback may
                # itself need more than there is, so only its end.
                where = "".join(traceback.format_tb(error.__traceback__, limit=-8))
                answer = frames.FAULT, f"{type(error).__name__}\n{where}".encode()
            frames.send(line, *answer, memory=memory_kib(at_start=at_start))
            del answer, html
            gc.collect()


def limit_memory(most: int) -> None:
    """No more address space than a large paper needs, and no core files. Some systems know no such limit."""
    for limit, value in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def limit_time(seconds: int) -> None:
    """From now on `seconds` of processor time: the parent's clock ends a slow paper, this one an orphan's."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, most))


def memory_kib(*, at_start: int) -> int:
    """The most memory this process has held, with that of a helper where it is more than helpers took `at_start`."""
    helper = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return _own_peak_kib() + _kib(helper if helper > at_start else 0)


def _own_peak_kib() -> int:
    """On Linux from the process's own map: the usual figure begins with what our parent held when it started us."""
    with suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for each in status:
            if each.startswith("VmHWM:"):
                return int(each.split()[1])
    return _kib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _kib(most: int) -> int:
    return most // 1024 if sys.platform == "darwin" else most


if __name__ == "__main__":
    main()
    # The layout library's own clearing up at exit is of no use to a process that ends.
    os._exit(0)
