"""The paper comes out, the same every time, and a paper that cannot be made says so in a sentence."""

import io
import subprocess
import sys

import pikepdf
import pypdfium2
import pytest
from django.conf import settings

from reports import checks
from reports.pdf import PdfRefused, render_pdf, worker

from .paper_sample import sample_paper


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\f".join(page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document)


@pytest.mark.parametrize("layout", ["classic", "accessible"])
def test_a_paper_is_landscape_a4_with_title_date_and_page_in_its_foot(layout):
    pdf = render_pdf(sample_paper(12, layout=layout))

    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages)
        assert [round(float(side)) for side in document.pages[0].mediabox] == [0, 0, 842, 595]
    for number, page in enumerate(text_of(pdf).split("\f"), start=1):
        assert "Larchester Improvement Plan, version 3" in page
        assert "As at 31 May 2025" in page
        assert f"Page {number} of {pages}" in page


def test_the_same_html_gives_the_same_bytes():
    html = sample_paper(12)

    first = render_pdf(html)
    worker.close()

    assert render_pdf(html) == first
    assert b"/ID" not in first


def test_a_plan_without_a_milestone_is_still_a_paper():
    assert "all actions" in text_of(render_pdf(sample_paper(0)))


def test_the_child_is_told_no_key_or_password(monkeypatch):
    told = {}

    def remember(command, *, env, **options):
        told.update(env)
        raise OSError("enough")

    monkeypatch.setenv("SECRET_KEY", "not-for-the-child")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/waymark")
    worker.close()
    monkeypatch.setattr(worker.subprocess, "Popen", remember)
    with pytest.raises(PdfRefused):
        render_pdf("<p>One line")

    assert told["PATH"]
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(told)


def test_the_child_loads_no_django():
    program = "import sys, reports.pdf.child, reports.pdf.layout; sys.exit(any('django' in m for m in sys.modules))"

    assert subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR).returncode == 0


def test_without_pango_the_check_names_the_command_and_a_paper_is_refused(monkeypatch):
    monkeypatch.setattr(worker, "_loads", lambda library: "pango" not in library)
    monkeypatch.setattr(worker.sys, "platform", "linux")
    worker.pdf_available.cache_clear()
    try:
        (warning,) = checks.pdf_can_be_made(None)
        with pytest.raises(PdfRefused) as refused:
            render_pdf("<p>One line")
    finally:
        worker.pdf_available.cache_clear()

    assert "apt-get install libpango-1.0-0" in warning.msg
    assert refused.value.message == warning.msg
    assert refused.value.reference
