#!/usr/bin/env python3
"""From a bare Python 3.11 or newer to a working Waymark. Nothing else needs to be installed first.

    python3 dev.py run [--port PORT]       the site with demonstration data, on http://127.0.0.1:8000
    python3 dev.py run --empty             the same without the demonstration, for a plan of your own
    python3 dev.py test [PYTEST ARGUMENTS] the whole suite: SQLite, PostgreSQL, and journeys in a browser
    python3 dev.py manage COMMAND ...      any command of manage.py; `manage help` lists them

The environment is .venv, made by uv from uv.lock; what this file fetches for itself is in .tool.
Both can be deleted at any time. This file uses the standard library only, and must be readable by an old
Python far enough to say which one is needed.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOL = ROOT / ".tool"
PYTHON = ROOT / ".venv" / "bin" / "python"
MANAGE = ROOT / "manage.py"
ASSETS = ROOT / "static" / "vendor"

LEAST_PYTHON = (3, 11)
UV = "uv>=0.13,<0.14"
DEFAULT_PORT = 8000
CREATE_ADMINISTRATOR = "python3 dev.py manage createsuperuser --email you@council.example"
# Many offices inspect encrypted traffic: the machine knows the certificate for that, uv and npm have to be told.
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# The names WeasyPrint looks for, and where they come from.
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "gobject-2.0", "harfbuzz", "harfbuzz-subset", "fontconfig")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
PANGO = TOOL / "pango"
# Never beside the machine's own: a second C library in the search path breaks every program.
NOT_BESIDE_THE_SYSTEM = ("libc6", "libgcc", "libstdc++", "libcrypt1", "libc-bin")

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class Refused(Exception):
    """Something a person has to mend first; the text is the one line they see."""


# --- The environment ---------------------------------------------------------------------------------------------


def prepare(*, dev, quiet=False):
    """Makes .venv as uv.lock says, fetches the assets and looks for Pango. Returns the environment variables to use.

    `dev` adds the packages of the tests. What one command installed, another leaves alone, so that the two never undo
    each other's work. `quiet` says nothing unless it fails.
    """
    check_python()
    environment = variables()
    uv = find_uv(environment)
    if not quiet and not PYTHON.exists():
        say("Fetching what Waymark needs into .venv. This takes a minute the first time.")
    sync = [uv, "sync", "--frozen", "--quiet", "--inexact", "--python", base_python(), *([] if dev else ["--no-dev"])]
    check(sync, environment, "The environment could not be made; the reason is above.")
    if not ASSETS.is_dir():
        # Someone deleted them: uv knows its package as installed and would never run the build hook again.
        reinstall = [*sync, "--reinstall-package", "waymark"]
        check(reinstall, environment, "The front-end assets could not be fetched; the reason is above.")
    return with_pango(environment, quiet=quiet)


def check_python():
    if sys.version_info < LEAST_PYTHON:
        raise Refused(
            "Waymark needs Python 3.11 or newer and this is {}.{}. Get one (Debian, Ubuntu: apt install python3.11; "
            "macOS: brew install python) and start dev.py with it.".format(*sys.version_info[:2])
        )


def base_python():
    """This Python, or the one beneath it when this is another environment's, which may be deleted any day."""
    return sys.executable if sys.prefix == sys.base_prefix else sys._base_executable


def variables():
    """The environment variables for everything started here: this one's own, without another environment's traces."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }
    environment["UV_PROJECT_ENVIRONMENT"] = str(ROOT / ".venv")
    if CERTIFICATES.exists() or sys.platform == "darwin":
        environment.setdefault("UV_SYSTEM_CERTS", "true")
        environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    if CERTIFICATES.exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    if not can_write(Path(environment.get("HOME") or "/nowhere")):
        environment.setdefault("UV_CACHE_DIR", str(TOOL / "cache" / "uv"))
        environment.setdefault("npm_config_cache", str(TOOL / "cache" / "npm"))
    return environment


def can_write(folder):
    """Whether a file can be made in `folder`, or in its nearest parent where it does not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK)


def find_uv(environment):
    """The uv on the PATH when it is of the right version, or else the one in .tool, installed when needed."""
    own = TOOL / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and fits(candidate):
            return candidate
    pip = [base_python(), "-m", "pip"]
    if quietly([*pip, "--version"]) != 0:
        raise Refused("Waymark needs pip for this Python: install it (Debian, Ubuntu: apt install python3-pip).")
    # Into a folder, which needs no venv module and which an externally managed Python allows.
    quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    install = [*pip, "install", *quiet, "--upgrade", "--target", str(TOOL / "uv"), UV]
    check(install, environment, "uv could not be installed; the reason is above.")
    return str(own)


def fits(uv):
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.startswith("uv 0.13.")


# --- Pango, which lays out the letters of a PDF ------------------------------------------------------------------


def with_pango(environment, *, quiet):
    """Sees that Pango can be loaded, fetching it where that can be done, and says so in one line where it cannot."""
    if sys.platform == "darwin":
        # Homebrew's folder is not among those the loader searches by itself.
        environment.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib:/usr/lib")
    if pango_loads():
        return environment
    if shutil.which("apt-get") and not PANGO.exists():
        if os.geteuid() == 0:
            apt_install(PANGO_PACKAGES, "Installing Pango, which PDF files need.", quiet=quiet)
        else:
            unpack_pango(quiet=quiet)
        # Tried once, whatever came of it: not every command should wait for the network again.
        PANGO.mkdir(parents=True, exist_ok=True)
        if pango_loads():
            return environment
    if (PANGO / "usr").is_dir():
        return {**environment, **pango_variables()}
    if not quiet:
        say("Pango is missing, so PDF files cannot be made; everything else works. To have them: " + pango_command())
    return environment


def pango_command():
    if shutil.which("apt-get"):
        return "sudo apt-get install -y " + " ".join(PANGO_PACKAGES)
    return "brew install pango" if sys.platform == "darwin" else "install the package pango"


def pango_loads():
    for name in PANGO_LIBRARIES:
        if sys.platform == "darwin":
            candidates = [f"lib{name}.dylib", f"/opt/homebrew/lib/lib{name}.dylib"]
        else:
            candidates = [f"lib{name}.so.0", f"lib{name}.so.1"]
        if not any(loads(candidate) for candidate in candidates):
            return False
    return True


def loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def unpack_pango(*, quiet):
    """Without root: fetches Pango's packages and what they need into .tool/pango, and unpacks them there."""
    if not quiet:
        say("Fetching Pango, which PDF files need, into .tool/pango.")
    only_needed = ["suggests", "recommends", "conflicts", "breaks", "replaces", "enhances"]
    with tempfile.TemporaryDirectory() as folder:
        depends = ["apt-cache", "depends", "--recurse", *("--no-" + kind for kind in only_needed), *PANGO_PACKAGES]
        answer = subprocess.run(depends, capture_output=True, text=True, check=False)
        names = {line for line in answer.stdout.splitlines() if line.startswith(("lib", "fontconfig-config"))}
        wanted = sorted(name for name in names if not name.startswith(NOT_BESIDE_THE_SYSTEM))
        if wanted:
            quietly(["apt-get", "download", *wanted], cwd=folder)
        unpacked = Path(folder) / "pango"
        for package in sorted(Path(folder).glob("*.deb")):
            quietly(["dpkg", "-x", str(package), str(unpacked)])
        if unpacked.is_dir():
            shutil.move(str(unpacked), str(PANGO))


def pango_variables():
    """What a program must be started with to find the unpacked libraries and the settings of its fonts."""
    libraries = sorted(str(folder) for base in ("lib", "usr/lib") for folder in (PANGO / base).glob("*-linux-*"))
    inherited = [os.environ["LD_LIBRARY_PATH"]] if os.environ.get("LD_LIBRARY_PATH") else []
    found = {"LD_LIBRARY_PATH": ":".join([*libraries, *inherited])}
    if not Path("/etc/fonts/fonts.conf").exists():
        found["FONTCONFIG_PATH"] = str(PANGO / "etc" / "fonts")
    return found


def apt_install(packages, message, *, quiet=False):
    if not quiet:
        say(message)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if quietly(install, env=environment) != 0 and quietly(["apt-get", "update"], env=environment) == 0:
        quietly(install, env=environment)


# --- run ---------------------------------------------------------------------------------------------------------


def run(arguments):
    is_empty = "--empty" in arguments
    port = port_from([each for each in arguments if each != "--empty"])
    check_port_is_free(port)
    environment = {**prepare(dev=False), "WAYMARK_ENV": "development"}
    environment.update(DJANGO_RUNSERVER_HIDE_WARNING="true", PYTHONUNBUFFERED="1")
    say("Making the database ready" + ("." if is_empty else "; the first time, a year of history is put into it."))
    manage_py = [str(PYTHON), str(MANAGE)]
    migrate, load_demo = [*manage_py, "migrate", "--no-input", "-v", "0"], [*manage_py, "load_demo", "--if-empty"]
    check(migrate, environment, "The database could not be brought up to date; the reason is above.")
    if is_empty:
        print("No demonstration is loaded. For an account, in a second window: " + CREATE_ADMINISTRATOR, flush=True)
    else:
        refusal = "The demonstration plan could not be loaded; the reason is above."
        check(load_demo, environment, refusal, output=sys.stdout)
    print(f"Waymark is on http://127.0.0.1:{port} (Ctrl-C stops it).", flush=True)
    # The worker that makes the files of packs ends with the process that this one becomes, however that ends.
    work = [*manage_py, "work", "--beside", str(os.getpid())]
    subprocess.Popen(work, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    # One process, which stops whole; `dev.py manage runserver` is the one that watches the files of a developer.
    become([*manage_py, "runserver", "--noreload", f"127.0.0.1:{port}"], environment)


def port_from(arguments):
    if not arguments:
        return DEFAULT_PORT
    name, _, value = arguments[0].partition("=")
    values = ([value] if value else []) + arguments[1:]
    if name != "--port" or len(values) != 1:
        usage()
    if not values[0].isdecimal() or not 0 < int(values[0]) < 65536:
        raise Refused(f"“{values[0]}” is not a port. Give a number from 1 to 65535.")
    return int(values[0])


def check_port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Refused(f"Port {port} may not be used by you. Choose another with --port 8001.") from error
        except OSError as error:
            raise Refused(
                f"Port {port} is in use. Stop what is using it, or choose another with --port {port + 1}."
            ) from error


# --- test --------------------------------------------------------------------------------------------------------


def test(arguments):
    """Both databases at once, each in a process of its own; the browser journeys run at the end of the SQLite one."""
    environment = {**prepare(dev=True), "WAYMARK_ENV": "development", "PYTHONPYCACHEPREFIX": str(TOOL / "compiled")}
    # The lanes and the programs that tests start would else read all of the source anew, each of them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    chromium = find_chromium() or install_chromium()
    if chromium:
        environment["WAYMARK_CHROMIUM"] = chromium
    with tempfile.TemporaryDirectory() as folder:
        lanes = [
            Lane("SQLite, and the browser journeys", Path(folder) / "sqlite", sqlite_command(), arguments),
            Lane("PostgreSQL", Path(folder) / "postgresql", postgresql_command(), arguments),
        ]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        try:
            lanes[0].start({**environment, "DATABASE_URL": "sqlite:///" + folder + "/waymark.sqlite3"})
            lanes[1].start({**environment, "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "")}, buffered=True)
            for lane in lanes:
                lane.finish()
        finally:
            for lane in lanes:
                lane.stop()
        return report(lanes, chromium)


def sqlite_command():
    return [str(PYTHON), "-m", "pytest"]


def postgresql_command():
    if os.environ.get("TEST_DATABASE_URL"):
        return [str(PYTHON), "-m", "pytest"]
    return [str(PYTHON), "-m", "tests.postgresql", str(PYTHON), "-m", "pytest"]


class Lane:
    """One pytest process over one database."""

    NOTHING_COLLECTED = 5

    def __init__(self, name, folder, command, arguments):
        self.name = name
        self.folder = folder
        self.results = folder / "results.xml"
        self.output = None
        self.process = None
        self.passed = self.failed = self.skipped = 0
        self.seconds = 0.0
        cache = ["-o", "cache_dir=.pytest_cache/" + folder.name]
        self.command = [*command, "--junitxml", str(self.results), *cache, *arguments]

    def start(self, environment, *, buffered=False):
        # A temporary folder of its own: lanes that share one would wait for each other's turn at making PDF files.
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True)
        if buffered:
            self.output = (self.folder / "output").open("w+b")
        else:
            print("== " + self.name, flush=True)
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**environment, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT if self.output else None,
        )

    def finish(self):
        self.process.wait()
        if self.output:
            print("== " + self.name, flush=True)
            self.output.seek(0)
            shutil.copyfileobj(self.output, sys.stdout.buffer)
            sys.stdout.flush()
        self.count()

    def count(self):
        try:
            suites = list(ElementTree.parse(self.results).getroot().iter("testsuite"))
        except (OSError, ElementTree.ParseError):
            suites = []
        for suite in suites:
            self.skipped += int(suite.get("skipped"))
            self.failed += int(suite.get("failures")) + int(suite.get("errors"))
            self.passed += int(suite.get("tests"))
            self.seconds += float(suite.get("time"))
        self.passed = max(self.passed - self.failed - self.skipped, 0)
        # Ended before it had a result to give: that is one failure, not none.
        if self.has_failed:
            self.failed = max(self.failed, 1)

    def stop(self):
        """Ends the process where it is still running, and gives it the time to put its own things away."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()

    @property
    def has_run(self):
        return self.process.returncode != self.NOTHING_COLLECTED

    @property
    def has_failed(self):
        return self.process.returncode != 0 and self.has_run


def report(lanes, chromium):
    print()
    for lane in lanes:
        verdict = "failed" if lane.has_failed else "passed" if lane.has_run else "nothing to run"
        print(f"{lane.name}: {verdict} in {lane.seconds:.0f} s, exit {lane.process.returncode}")
    if not chromium:
        print("The browser journeys did not run: no chromium: apt install chromium")
    passed, failed, skipped = (sum(getattr(lane, name) for lane in lanes) for name in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if any(lane.has_run for lane in lanes) and not failed else 1


def find_chromium():
    """The path of a Chromium that answers, or None. Ubuntu's package may be an empty shell that only names a snap."""
    for name in (os.environ.get("WAYMARK_CHROMIUM"), *CHROMIUMS):
        path = shutil.which(name) if name else None
        if path and quietly([path, "--version"]) == 0:
            return path
    return None


def install_chromium():
    if shutil.which("apt-get") and os.geteuid() == 0:
        apt_install(["chromium"], "Installing Chromium for the browser journeys.")
    return find_chromium()


# --- manage ------------------------------------------------------------------------------------------------------


def manage(arguments):
    """Becomes manage.py, from the caller's folder, so that its output and exit code are its own."""
    become([str(PYTHON), str(MANAGE), *arguments], prepare(dev=False, quiet=True))


# --- Small things ------------------------------------------------------------------------------------------------


def check(command, environment, message, *, output=None):
    """Runs `command`, its output on standard error unless told otherwise, and refuses with `message` when it fails."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": output or sys.stderr}
    if subprocess.call(command, cwd=ROOT, env=environment, **streams) != 0:
        raise Refused(message)


def quietly(command, **options):
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **options,
        ).returncode
    except OSError:
        return -1


def become(command, environment):
    """Replaces this process, so that signals and the exit code need no passing on."""
    sys.stdout.flush()
    os.execve(command[0], command, environment)


def say(message):
    print(message, file=sys.stderr, flush=True)


def usage():
    say(__doc__.strip())
    sys.exit(2)


def open_standard_input():
    """Gives a process started with its input closed an empty one; else the next file opened would take its place."""
    try:
        os.fstat(0)
    except OSError:
        os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)


def main(arguments):
    open_standard_input()
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__.strip())
        return 0
    command = {"run": run, "test": test, "manage": manage}.get(arguments[0] if arguments else "")
    if command is None:
        usage()
    if command is run and arguments[1:] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    try:
        return command(arguments[1:])
    except Refused as refused:
        say(str(refused))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
