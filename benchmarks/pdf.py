"""How long a milestone appendix takes as a tagged PDF, against headless Chromium printing the same HTML.

    python benchmarks/pdf.py [--sizes 25 250 1000] [--runs 3] [--layout classic] [--processes 2]

Prints medians of runs taken in turn, and their ratios: on another machine the seconds differ and the ratios should
not. Chromium writes a PDF with tags too (its own). Without Chromium on the PATH only our own figures are printed.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.pdf import render_pdf, worker
from tests.reports.paper_sample import sample_paper

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def ours(html: str) -> tuple[float, int, int]:
    """Seconds with a warm child, its most memory in MiB, bytes of the PDF."""
    worker.close()
    render_pdf(sample_paper(2))
    start = time.perf_counter()
    kept = worker._child()
    pdf = render_pdf(html)
    return time.perf_counter() - start, kept.memory // 1024, len(pdf)


def chromium(html: str) -> tuple[float, int, int]:
    """The same for Chromium; the memory is that of its largest process."""
    with tempfile.TemporaryDirectory() as folder:
        page, pdf = Path(folder) / "paper.html", Path(folder) / "paper.pdf"
        page.write_text(html)
        command = [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri(),
        ]  # fmt: skip
        start = time.perf_counter()
        program = (
            "import json,resource,subprocess,sys;"
            "subprocess.run(sys.argv[1:],check=True,capture_output=True);"
            "print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
        )
        done = subprocess.run([sys.executable, "-c", program, *command], check=True, capture_output=True, text=True)
        return time.perf_counter() - start, json.loads(done.stdout) // 1024, pdf.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 250, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--layout", choices=("classic", "accessible"), default="classic")
    options = parser.parse_args()

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, layout {options.layout}, {options.runs} runs")
    medians: dict[int, float] = {}
    for size in options.sizes:
        html = sample_paper(size, layout=options.layout)
        own, other = [], []
        for _ in range(options.runs):
            own.append(ours(html))
            if CHROMIUM:
                other.append(chromium(html))
        seconds, memory, length = map(statistics.median, zip(*own, strict=True))
        medians[size] = seconds
        line = f"{size:5} milestones: {seconds:6.2f} s {memory:5.0f} MiB {length / 1e6:5.2f} MB"
        if other:
            theirs, their_memory, their_length = map(statistics.median, zip(*other, strict=True))
            line += f" | Chromium {theirs:6.2f} s {their_memory:5.0f} MiB {their_length / 1e6:5.2f} MB"
            line += f" | ratio {seconds / theirs:.2f}"
        print(line, flush=True)
    for smaller, larger in zip(options.sizes, options.sizes[1:], strict=False):
        growth = medians[larger] / medians[smaller]
        print(f"growth {smaller} to {larger}: {growth:.2f} times the time for {larger / smaller:.0f} times the work")
    worker.close()


if __name__ == "__main__":
    main()
