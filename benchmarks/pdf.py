"""How long a milestone appendix takes as a tagged PDF, against headless Chromium printing the same HTML, and as Word
and Excel, against the PDF.

    python benchmarks/pdf.py [--sizes 25 250 1000] [--runs 3] [--layout classic]

Prints medians of runs taken in turn, and their ratios: on another machine the seconds differ and the ratios should
not. On a machine that does other work at the same time they mean little: the processor seconds of our own processes
are printed beside them. Without Chromium on the PATH only our own figures are printed. Linux only.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.excel import Column, Kind, Sheet, workbook
from reports.pdf import render_pdf, worker
from reports.word import render_word
from tests.reports.paper_sample import sample_paper, sample_themes

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


EXCEL_COLUMNS = (
    Column("Theme", 22),
    Column("Action No.", 9),
    Column("Action", 38),
    Column("Milestone No.", 10),
    Column("Milestone", 38),
    Column("Milestone references", 20),
    Column("Start Date", 12, Kind.DATE),
    Column("Due Date", 12, Kind.DATE),
    Column("Status", 15),
    Column("Progress Note", 70),
    Column("Milestone Lead", 20),
    Column("Outcome", 40),
)


class Run(NamedTuple):
    """One paper: seconds by the clock and of the processors, memory in MiB, bytes of the file."""

    clock: float
    processor: float  # 0 where not known
    memory: float
    length: float


def ours(html: str) -> Run:
    """With a warm child. The memory is the most it has held, with its helper's."""
    worker.close()
    render_pdf(sample_paper(2))
    child = worker._child()
    used, start = processor_seconds(child.process.pid), time.perf_counter()
    pdf = child.make(html.encode())
    seconds = time.perf_counter() - start
    return Run(seconds, processor_seconds(child.process.pid) - used, child.memory / 1024, len(pdf))


def processor_seconds(process: int) -> float:
    """Of a process and those it waited for."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")


def chromium(html: str) -> Run:
    """The memory is that of the largest of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder) / "paper.html", Path(folder) / "paper.pdf"
        page.write_text(html)
        command = [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri(),
        ]  # fmt: skip
        program = (
            "import json,resource,subprocess,sys,time;start=time.perf_counter();"
            "subprocess.run(sys.argv[1:],check=True,capture_output=True);seconds=time.perf_counter()-start;"
            "print(json.dumps([seconds,0,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024]))"
        )
        done = subprocess.run([sys.executable, "-c", program, *command], check=True, capture_output=True, text=True)
        return Run(*json.loads(done.stdout), pdf.stat().st_size)


def word(html: str) -> bytes:
    return render_word(html)


def excel(size: int) -> bytes:
    """The milestones of the sample paper as a table."""
    rows = tuple(
        (
            theme.name, action.ref, action.text, each.ref, each.text, each.reference, each.start_on, each.due_on,
            each.status[2], each.note, each.lead, action.outcome,
        )
        for theme in sample_themes(size)
        for action in theme.actions
        for each in action.milestones
    )  # fmt: skip
    return workbook([Sheet("Milestones", EXCEL_COLUMNS, rows)], title="Milestones", author="Larchester Council")


def in_a_process(make: Callable[[Any], bytes], given: Any) -> Run:
    """Made in a process of its own that has everything loaded. The memory is the most it held, Python and all."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(make, given, sender))
    process.start()
    run = Run(*receiver.recv())
    process.join()
    return run


def _measure(make: Callable[[Any], bytes], given: Any, sender: Any) -> None:
    start, used = time.perf_counter(), time.process_time()
    content = make(given)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sender.send((seconds, processor, memory, len(content)))


def median(runs: list[Run]) -> Run:
    return Run(*map(statistics.median, zip(*runs, strict=True)))


def told(run: Run) -> str:
    processor = f"{run.processor:6.2f} s of the processors" if run.processor else " " * 26
    return f"{run.clock:6.2f} s {processor}  {run.memory:5.0f} MiB  {run.length / 1e6:5.2f} MB"


def main() -> None:
    worker.MOST_IDLE_MEMORY_KIB = 10**9  # the child lives until its time has been read
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 250, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--layout", choices=("classic", "accessible"), default="classic")
    options = parser.parse_args()

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, layout {options.layout}, {options.runs} runs")
    medians: dict[int, Run] = {}
    for size in options.sizes:
        html = sample_paper(size, layout=options.layout)
        own, other = [], []
        made: dict[str, list[Run]] = {"Word": [], "Excel": []}
        for _ in range(options.runs):
            own.append(ours(html))
            made["Word"].append(in_a_process(word, html))
            made["Excel"].append(in_a_process(excel, size))
            if CHROMIUM:
                other.append(chromium(html))
        we = median(own)
        medians[size] = we
        print(f"{size:5} milestones, {len(html) / 1e6:.1f} MB of HTML", flush=True)
        print(f"      Waymark  {told(we)}", flush=True)
        for name, runs in made.items():
            print(f"      {name:<8} {told(median(runs))}  {median(runs).clock / we.clock:.2f} of the PDF", flush=True)
        if other:
            they = median(other)
            print(f"      Chromium {told(they)}")
            print(f"      ratio    {we.clock / they.clock:6.2f}", flush=True)
    for smaller, larger in itertools.pairwise(options.sizes):
        one, other, times = medians[smaller], medians[larger], larger / smaller
        print(
            f"{smaller} to {larger} milestones, {times:.0f} times the work: {other.clock / one.clock:.2f} times"
            f" the time, {other.processor / one.processor:.2f} times the processor's"
        )
    worker.close()


if __name__ == "__main__":
    main()
