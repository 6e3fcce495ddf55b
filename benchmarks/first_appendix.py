"""How long it takes on a bare machine from a clone to the first appendix of one's own table: the steps of the README,
“From nothing to your own appendix”, each with its seconds.

    python3 benchmarks/first_appendix.py [--table FILE] [--port 8137] [--keep FOLDER]

Clones this repository as it is committed into a temporary folder, with an empty HOME, so that no cache helps; runs
`dev.py` as the README says; then does over HTTP what a person does in a browser. Without --table it makes a Word table
of its own. It fails where the PDF or the Word file lacks a milestone of the table. Standard library only; network and
git are needed.
"""

import argparse
import http.cookiejar
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADMINISTRATOR = "alma.thorne@newshire.example"
TITLE = "Newshire Safeguarding Plan Milestone Report May 2011"
ROWS = [
    ("Action", "Milestone", "Start Date", "Due Date", "Status", "Progress Note", "Milestone Lead", "Outcome"),
    ("1. Answer every contact", "1.1 Agree who reads contacts at night", "01-Mar-2011", "31-May-2011", "Achieved",
     "May 2011 - Achieved. A rota runs since April.", "J. Moss", "Children are heard sooner"),
    ("", "1.2 Check sixty contacts with partners", "01-Mar-2011", "31-Aug-2011", "On track",
     "May 2011 - On track. Thirty are checked.", "R. Okafor", ""),
    ("2. Train every screener", "2.1 Hold the training twice", "01-Apr-2011", "30-Sep-2011", "Not on track",
     "May 2011 - Not on track. The trainer fell ill.", "P. van Hale", "Decisions are of one quality"),
]  # fmt: skip

READ_PDF = """
import sys, pypdfium2
document = pypdfium2.PdfDocument(sys.argv[1])
print(" ".join(document[number].get_textpage().get_text_range() for number in range(len(document))))
"""


class Stopwatch:
    """The seconds of each step, printed as they pass."""

    def __init__(self) -> None:
        self.total = 0.0

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self.total += seconds
        print(f"{seconds:7.1f} s  {words}", flush=True)


class Browser:
    """What a person does in a browser, over HTTP: opens pages, follows links, sends forms."""

    def __init__(self, site: str) -> None:
        self.site, self.page, self.address = site, "", site
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # Nothing of this machine's own site goes by the way of a proxy.
        self.opener = urllib.request.build_opener(cookies, urllib.request.ProxyHandler({}))

    def open(self, address: str) -> None:
        self._keep(urllib.request.Request(urllib.parse.urljoin(self.address, address)))  # noqa: S310  # our own site

    def follow(self, words: str) -> None:
        """Opens the link that says `words`."""
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>\s*{re.escape(escape(words))}', self.page)
        if found is None:
            raise SystemExit(f"{self.address} has no link “{words}”.")
        self.open(unescape(found[1]))

    def send(self, button: str, files: dict[str, Path] | None = None, **fields: str) -> bytes:
        """Fills in the form with the button that says `button`, as the page gives it, and presses it."""
        for form in re.findall(r"<form .*?</form>", self.page, re.DOTALL):
            pressed = re.search(rf"<button([^>]*)>\s*{re.escape(escape(button))}", form)
            if pressed:
                break
        else:
            raise SystemExit(f"{self.address} has no button “{button}”.")
        values = dict(_filled_in(form)) | fields
        name = re.search(r'name="([^"]+)" value="([^"]*)"', pressed[1])
        if name:
            values[name[1]] = name[2]
        action = re.match(r'<form [^>]*action="([^"]+)"', form)
        address = urllib.parse.urljoin(self.address, unescape(action[1]) if action else "")
        body, kind = _multipart(values, files or {})
        headers = {"Content-Type": kind, "Referer": self.address}
        return self._keep(urllib.request.Request(address, data=body, headers=headers))  # noqa: S310

    def _keep(self, request: urllib.request.Request) -> bytes:
        try:
            with self.opener.open(request, timeout=300) as response:
                content: bytes = response.read()
                if "text/html" in response.headers.get("Content-Type", ""):
                    self.page, self.address = content.decode(), response.geturl()
                return content
        except urllib.error.HTTPError as error:
            said = " ".join(re.sub(r"<[^>]+>", " ", error.read().decode(errors="replace")).split())
            raise SystemExit(f"{request.full_url} answered {error.code}: {said[:1000]}") from error


def _filled_in(form: str) -> Iterator[tuple[str, str]]:
    """What the form would send if nothing in it was touched."""
    for tag in re.findall(r"<input [^>]*>", form):
        kind, name, value = (
            found[1] if (found := re.search(rf'\b{attribute}="([^"]*)"', tag)) else ""
            for attribute in ("type", "name", "value")
        )
        if name and kind not in ("file", "submit") and (kind not in ("radio", "checkbox") or " checked" in tag):
            yield name, unescape(value)
    for name, content in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        yield name, unescape(content).removeprefix("\n")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options) or re.search(r'value="([^"]*)"', options)
        yield name, unescape(chosen[1]) if chosen else ""


def _multipart(values: dict[str, str], files: dict[str, Path]) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for name, path in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'
        parts.append(head.encode() + path.read_bytes() + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def word_table(path: Path) -> None:
    """A Word file with a heading and one table, as small as Word takes it."""
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(f"<w:tr>{''.join(cell.format(escape(text)) for text in row)}</w:tr>" for row in ROWS)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"<w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p><w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * len(ROWS[0])}"
        f"</w:tblGrid>{rows}</w:tbl><w:p/></w:body></w:document>"
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}" '
            'Target="word/document.xml"/></Relationships>',
        )
        file.writestr("word/document.xml", document)


def words_of_word(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return _plain(unescape(re.sub(r"<[^>]+>", "", file.read("word/document.xml").decode())))


def words_of_pdf(path: Path, python: Path) -> str:
    return _plain(subprocess.run([python, "-c", READ_PDF, path], capture_output=True, text=True, check=True).stdout)


def _plain(text: str) -> str:
    """Without blanks and line ends, which a table breaks as it likes."""
    return "".join(text.split())


def check_holds(where: str, words: str, wanted: list[str]) -> None:
    missing = [text for text in wanted if _plain(text) not in words]
    if missing:
        raise SystemExit(f"{where} lacks: {'; '.join(missing)}")


def wait_for(site: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        if process.poll() is not None:
            raise SystemExit(f"dev.py ended:\n{log.read_text()}")
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(site + "/accounts/sign-in/", timeout=30)
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--table", type=Path, help="a table of your own: .docx, .xlsx, .csv or .tsv, with a title in it"
    )
    parser.add_argument("--port", type=int, default=8137)
    parser.add_argument("--keep", type=Path, help="a folder for the two files of the appendix")
    options = parser.parse_args()

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="waymark-first-") as name:
        folder = Path(name)
        clone, home, log = folder / "waymark", folder / "home", folder / "log"
        home.mkdir()
        given = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "npm_", "DJANGO_"))}
        environment = given | {"HOME": str(home)}
        for left_out in ("DATABASE_URL", "WAYMARK_ENV", "VIRTUAL_ENV", "PYTHONPATH", "XDG_CACHE_HOME"):
            environment.pop(left_out, None)
        table = options.table or folder / "Milestones.docx"
        if options.table is None:
            word_table(table)

        with watch.step("git clone"):
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        site = f"http://127.0.0.1:{options.port}"
        dev = [sys.executable, str(clone / "dev.py")]
        with log.open("wb") as output:
            running = subprocess.Popen(
                [*dev, "run", "--empty", "--port", str(options.port)],
                cwd=clone,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            with watch.step("python3 dev.py run --empty, until the site answers"):
                wait_for(site, running, log)
            password = secrets.token_urlsafe(18)
            with watch.step("python3 dev.py manage createsuperuser"):
                subprocess.run(
                    [*dev, "manage", "createsuperuser", "--noinput", "--email", ADMINISTRATOR],
                    cwd=clone,
                    env=environment | {"DJANGO_SUPERUSER_PASSWORD": password},
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
            files = _appendix(watch, Browser(site), table, password, options.keep or folder)
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()
        wanted = [re.sub(r"^\S+ ", "", row[1]) for row in ROWS[1:]] if options.table is None else []
        check_holds("The PDF", words_of_pdf(files["PDF"], clone / ".venv" / "bin" / "python"), wanted)
        check_holds("The Word file", words_of_word(files["Word"]), wanted)
    said = "every milestone of the table is in both files" if wanted else "both files can be read"
    print(f"{watch.total:7.1f} s  in all; {said}")


def _appendix(watch: Stopwatch, browser: Browser, table: Path, password: str, folder: Path) -> dict[str, Path]:
    """Signs in, imports the table and takes its appendix away. Gives the files by their kind."""
    with watch.step("sign in"):
        browser.open("/accounts/sign-in/")
        browser.send("Sign in", login=ADMINISTRATOR, password=password)
    with watch.step("import the table, as far as the preview"):
        browser.follow("Import your table")
        browser.send("Read it and show me", files={"file": table}, council_name="Newshire Council")
    with watch.step("import it"):
        browser.send("Import into")
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    browser.follow("Make the first appendix")
    for kind, ending in (("PDF", "pdf"), ("Word", "docx")):
        with watch.step(f"the appendix as {kind}"):
            files[kind] = folder / f"first-appendix.{ending}"
            files[kind].write_bytes(browser.send(f"Download {kind}"))
    return files


if __name__ == "__main__":
    main()
