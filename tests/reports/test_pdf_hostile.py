"""Papers that were written to harm, or by accident: they reach nothing, end in time, and the next paper still works."""

import base64
import http.server
import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pypdfium2
import pytest
import weasyprint
from PIL import Image

from reports.pdf import PdfRefused, font_face_css, layout, paper_css, render_pdf, worker

from .paper_sample import sample_paper
from .pdf_reader import TaggedPdf

CANARY = "canary-4f1d-that-no-paper-may-hold"


class Loopback(http.server.BaseHTTPRequestHandler):
    hits: list[str]

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", "/redirected")
        self.send_header("Content-Type", "text/css")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def loopback():
    """The address of a server on this machine, and the list of what was asked of it."""
    Loopback.hits = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Loopback) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", Loopback.hits
        server.shutdown()
        thread.join()


def reaching(site: str, file: str) -> str:
    """HTML that asks for something in each way there is."""
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{site}/in-drawing' width='9' height='9'/></svg>"
    return f"""<html lang="en-GB"><head><title>Reaching</title><base href="{site}/base/">
        <link rel="stylesheet" href="{site}/sheet"><link rel="stylesheet" href="relative">
        <link rel="attachment" href="{site}/attachment"><link rel="attachment" href="file://{file}">
        <link rel="stylesheet" href="data:text/css,@import url({site}/imported-by-data)">
        <link rel="stylesheet" href="file://{file}">
        <style>@import url({site}/import);
        @font-face {{ font-family: F; src: url({site}/font) }} body {{ font-family: F, Inter }}
        @page {{ background: url({site}/page) }} p {{ background: url({site}/background) }}
        li {{ list-style-image: url({site}/list) }} b::before {{ content: url({site}/content) }}</style></head>
        <body><p>Words <b>more</b></p><ul><li>Item</ul>
        <img src="{site}/picture" alt="a"><img src="{site}/redirect" alt="b"><img src="file://{file}" alt="c">
        <img src="//127.0.0.1/no-scheme" alt="d"><img src="data:image/svg+xml,{drawing.replace("#", "%23")}" alt="e">
        <object data="{site}/object"></object><embed src="{site}/embed"><iframe src="{site}/frame"></iframe>
        <svg width="9" height="9"><image href="{site}/svg" width="9" height="9"/><use href="{site}/use#a"/></svg>
        </body></html>"""


def everything_in(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        streams = [one.read_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)]
        return b"\n".join([*streams, *(repr(one).encode() for one in document.objects)])


def test_nothing_is_fetched_from_a_server_or_the_disk(loopback, tmp_path):
    site, hits = loopback
    (tmp_path / "secret.css").write_text(f"/* {CANARY} */")

    pdf = render_pdf(reaching(site, str(tmp_path / "secret.css")))

    assert hits == []
    assert CANARY.encode() not in everything_in(pdf)


def test_the_same_paper_reaches_both_without_our_guard(loopback, tmp_path):
    site, hits = loopback
    (tmp_path / "secret.css").write_text(f"/* {CANARY} */")

    pdf = weasyprint.HTML(string=reaching(site, str(tmp_path / "secret.css"))).write_pdf()

    asked = {"/sheet", "/import", "/imported-by-data", "/attachment", "/picture", "/redirected", "/svg", "/background"}
    assert asked <= set(hits)
    assert CANARY.encode() in everything_in(pdf)


def notes(*texts: str) -> str:
    rows = "".join(f'<tr><th scope="row">{n}</th><td>{text}</td></tr>' for n, text in enumerate(texts, start=1))
    return (
        f'<html lang="en-GB"><title>Notes</title><style>{font_face_css()}{paper_css()}</style>'
        '<body class="paper paper--classic" data-title="Notes" data-as-at="Today"><table><thead><tr>'
        f'<th scope="col">No.</th><th scope="col">Note</th></tr></thead><tbody>{rows}</tbody></table></body></html>'
    )


def assert_inside_the_page(pdf: bytes):
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text, (width, height) = page.get_textpage(), page.get_size()
            for index in range(0, text.count_chars(), 7):
                left, bottom, right, top = text.get_charbox(index)
                assert left >= 0
                assert bottom >= 0
                assert right <= width
                assert top <= height


@pytest.mark.parametrize("length", [4_000, 20_000])
def test_an_unbroken_word_is_broken_over_lines_and_pages_and_not_clipped(length):
    word = ("safeguarding" * length)[:length]

    pdf = render_pdf(notes(word))

    assert_inside_the_page(pdf)
    (cell,) = TaggedPdf(pdf).root.all("TD")
    assert cell.text == word


def test_only_words_longer_than_any_word_get_places_to_break():
    page = weasyprint.HTML(string=f"<style>{'s' * 70}</style><p>Llanfairpwllgwyngyll <b>{'y' * 59}</b> {'z' * 61}")

    (body,) = page.etree_element.iter("body")
    layout.let_long_words_break(body)

    assert "".join(body.itertext()) == f"Llanfairpwllgwyngyll {'y' * 59} " + "\u200b".join(["z" * 10] * 6 + ["z"])


def test_a_note_of_twenty_thousand_letters_runs_over_pages_and_loses_nothing():
    note = "The panel met and the plan was agreed with every partner. " * 345

    pdf = render_pdf(notes(note, "Next"))

    assert_inside_the_page(pdf)
    long, short = TaggedPdf(pdf).root.all("TD")
    assert long.text == note.replace(" ", "")
    assert len(long.pages) > 1
    assert short.text == "Next"


def test_letters_from_right_to_left_marks_upon_marks_and_pictures_of_letters_are_laid_out():
    pdf = render_pdf(
        notes("שלום לכולם and مرحبا بالجميع", "o" + "\u0301\u0323" * 400, "Done 😀👩‍👧‍👦 ✓ ▲", "Ŵythnos â’r tŷ")
    )

    cells = TaggedPdf(pdf).root.all("TD")
    assert len(cells) == 4
    assert cells[3].text == "Ŵythnosâ’rtŷ"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 2_000 + "deep", id="deep nesting"),
        pytest.param("<table><tr><td>" * 400 + "deep", id="tables within tables"),
        pytest.param('<p style="font-size: 1e9px">Huge', id="huge letters"),
        pytest.param('<table style="table-layout: fixed"><tr><td colspan="1000" rowspan="65534">Wide', id="huge spans"),
        pytest.param('<p style="columns: 100000">Many columns', id="many columns"),
        pytest.param("<p>" + "&#x202e;\ufffe\ud800".encode("utf-8", "replace").decode() * 99, id="broken letters"),
    ],
)
def test_html_that_cannot_be_laid_out_is_refused_in_a_sentence_or_made(html, monkeypatch):
    monkeypatch.setattr(worker, "PAPER_SECONDS", 8)
    made, refused = b"", None
    try:
        made = render_pdf(html)
    except PdfRefused as error:
        refused = error

    if refused:
        assert refused.message.endswith(".")
        assert "Error" not in refused.message
        assert refused.reference
    else:
        assert made.startswith(b"%PDF")
    assert render_pdf("<p>The next paper").startswith(b"%PDF")


def test_a_paper_that_takes_too_long_is_stopped_and_the_next_one_is_made(monkeypatch):
    monkeypatch.setattr(worker, "PAPER_SECONDS", 1.5)
    start = time.monotonic()

    with pytest.raises(PdfRefused, match="took longer"):
        render_pdf(notes("A note of a megabyte without an end " * 28_000))

    assert time.monotonic() - start < 20
    monkeypatch.undo()
    assert render_pdf("<p>The next paper").startswith(b"%PDF")


def test_a_paper_that_takes_too_much_memory_is_refused_and_the_next_one_is_made(monkeypatch):
    monkeypatch.setattr(worker, "MEMORY_BYTES", 600 * 1024 * 1024)
    worker.close()

    with pytest.raises(PdfRefused, match="more memory"):
        render_pdf(f'<p><img alt="vast" src="data:image/png;base64,{base64.b64encode(vast_picture()).decode()}">')

    monkeypatch.undo()
    assert render_pdf("<p>The next paper").startswith(b"%PDF")


def vast_picture() -> bytes:
    """Fifty kilobytes of PNG that unpack to a third of a gigabyte."""
    side, out = 9000, io.BytesIO()
    picture = Image.new("P", (side, side))
    picture.putpalette([1, 2, 3])
    picture.save(out, "png", transparency=0)
    return out.getvalue()


def test_html_beyond_the_most_a_paper_may_have_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(worker, "MOST_HTML_BYTES", 1000)

    with pytest.raises(PdfRefused, match="too long"):
        render_pdf("<p>" + "x" * 1000)


def test_a_child_killed_while_it_works_is_replaced():
    worker.close()  # the child of an earlier test may have grown so much that it ends after one more paper
    render_pdf("<p>Warm")
    child = worker._kept.process
    with ThreadPoolExecutor() as pool:
        making = pool.submit(render_pdf, sample_paper(120))
        time.sleep(0.5)
        os.kill(child.pid, 9)
        with pytest.raises(PdfRefused, match="stopped"):
            making.result()

    assert render_pdf("<p>The next paper").startswith(b"%PDF")
    assert worker._kept.process.pid != child.pid


def test_whoever_waits_opens_no_more_files(monkeypatch):
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.3)
    with worker._turn():
        before = len(os.listdir("/dev/fd"))
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(render_pdf, "<p>Waits in vain")
            time.sleep(0.25)
            during = len(os.listdir("/dev/fd"))
            with pytest.raises(PdfRefused, match="Try again"):
                waiting.result()

    assert during - before <= 3


def test_a_large_parent_does_not_make_its_child_look_large():
    worker.close()
    ballast = bytearray(400 * 1024 * 1024)
    ballast[::4096] = b"x" * len(ballast[::4096])

    render_pdf("<p>Small")

    assert worker._kept.memory < worker.MOST_IDLE_MEMORY_KIB


def test_a_child_that_died_between_papers_is_not_noticed():
    render_pdf("<p>Warm")
    worker._kept.process.kill()
    worker._kept.process.wait()

    assert render_pdf("<p>The next paper").startswith(b"%PDF")


def test_a_forked_web_process_has_a_child_of_its_own():
    render_pdf("<p>Warm")
    here = worker._kept.process.pid

    forked = os.fork()
    if forked == 0:
        code = 1
        try:
            made = render_pdf("<p>From the fork").startswith(b"%PDF")
            code = 0 if made and worker._kept.process.pid != here else 2
            worker.close()
        finally:
            os._exit(code)
    _, status = os.waitpid(forked, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert worker._kept.process.pid == here
    assert render_pdf("<p>Still here").startswith(b"%PDF")


def test_papers_asked_for_together_are_made_one_after_the_other():
    html = sample_paper(3)
    with ThreadPoolExecutor(4) as pool:
        papers = list(pool.map(render_pdf, [html] * 4))

    assert len(set(papers)) == 1


def test_when_the_machine_is_busy_a_paper_is_refused_after_the_wait_and_the_queue_is_short(monkeypatch):
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(worker, "PLACES", 2)
    with worker._turn():
        with pytest.raises(PdfRefused, match="Try again in a minute"):
            render_pdf("<p>Waits in vain")

        monkeypatch.setattr(worker, "PLACES", 1)
        with pytest.raises(PdfRefused, match="Try again in a minute"):
            render_pdf("<p>Finds no place")

    assert render_pdf("<p>Now").startswith(b"%PDF")
