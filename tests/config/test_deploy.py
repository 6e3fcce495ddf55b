"""Production passes Django's own list of what a site in use needs."""

import os
import subprocess
import sys

import pytest

from .test_settings import PRODUCTION

SECRET = "Qm9keSBvZiB3YXRlci1tYXJrcyBhbmQgbm90aGluZyBlbHNlIGF0IGFsbCwgdHJ1bHk"


def check(tmp_path, **variables):
    """The answer of `check --deploy` in an environment of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'check.sqlite3'}"}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=kept | PRODUCTION | {"SECRET_KEY": SECRET} | database | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_has_nothing_left_to_say(tmp_path):
    answer = check(tmp_path)

    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("variables", [{"SECRET_KEY": "k" * 60}, {"WAYMARK_ENV": "development"}])
def test_the_list_would_say_so(tmp_path, variables):
    answer = check(tmp_path, **variables)

    assert answer.returncode == 1
    assert "security.W" in answer.stderr
