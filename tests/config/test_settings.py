"""Production starts whole or not at all, and says in one sentence what is missing."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = str(Path(__file__).resolve().parents[2] / "config" / "settings.py")
PRODUCTION = {
    "WAYMARK_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://waymark.example.gov.uk",
    "ALLOWED_HOSTS": "waymark.example.gov.uk, localhost",
    "DATABASE_URL": "postgres://waymark@localhost/waymark",
}


@pytest.fixture
def settings_with(monkeypatch):
    """Reads the settings file afresh under the given environment variables alone."""

    def read(variables):
        for name in PRODUCTION:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(SETTINGS)

    return read


def test_a_complete_production_starts_with_encryption_everywhere(settings_with):
    settings = settings_with(PRODUCTION)

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["waymark.example.gov.uk", "localhost"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_does_not_start_without(settings_with, name):
    variables = {**PRODUCTION, name: " "}

    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        settings_with(variables)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("SECRET_KEY", "short", "SECRET_KEY is shorter", id="a short key"),
        pytest.param("SITE_URL", "http://waymark.example.gov.uk", "does not start with https", id="no encryption"),
        pytest.param("ALLOWED_HOSTS", "*", "Name the hosts", id="any host"),
        pytest.param("DATABASE_URL", "waymark", "DATABASE_URL", id="not an address"),
        pytest.param("DATABASE_URL", "mysql://waymark@localhost/waymark", "PostgreSQL or an SQLite", id="MySQL"),
        pytest.param("WAYMARK_ENV", "staging", "WAYMARK_ENV is “staging”", id="an unknown environment"),
    ],
)
def test_production_does_not_start_with(settings_with, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_with({**PRODUCTION, name: value})


def test_trying_out_needs_no_settings_and_keeps_what_was_saved(settings_with):
    database = settings_with({})["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
