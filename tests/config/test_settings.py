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
    assert settings["SECURE_REDIRECT_EXEMPT"] == ["^health/"]


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
        pytest.param("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES is “one”", id="proxies in a word"),
        pytest.param("TRUSTED_PROXIES", "-1", "Set it to a number", id="less than no proxy"),
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


MAIL = {"EMAIL_HOST": "mail.council.example", "EMAIL_FROM": "waymark@council.example"}


def test_mail_is_encrypted_unless_it_is_said_otherwise(settings_with):
    settings = settings_with(MAIL)

    assert settings["SENDS_MAIL"]
    assert (settings["EMAIL_PORT"], settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (587, True, False)
    assert settings["DEFAULT_FROM_EMAIL"] == "waymark@council.example"


def test_without_a_server_no_mail_is_sent(settings_with):
    assert not settings_with({})["SENDS_MAIL"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param("EMAIL_FROM", "", "EMAIL_FROM is not set", id="nobody's mail"),
        pytest.param("EMAIL_PORT", "smtp", "EMAIL_PORT is “smtp”", id="a port that is none"),
        pytest.param("EMAIL_SECURITY", "maybe", "EMAIL_SECURITY is “maybe”", id="a way that is none"),
    ],
)
def test_mail_that_is_set_up_by_half_stops_the_start(settings_with, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_with({**MAIL, name: value})


def test_nobody_stays_signed_in_longer_than_a_working_day(settings_with):
    settings = settings_with({})

    assert settings["SESSION_LIMITS"] == {
        "idle": 3600,
        "idle_of_installation": 900,
        "absolute": 12 * 3600,
        "warning": 300,
    }
    assert settings["SESSION_COOKIE_AGE"] == 12 * 3600


def test_a_second_step_is_asked_for_in_production_and_not_when_trying_out(settings_with):
    assert settings_with(PRODUCTION)["SECOND_FACTOR_REQUIRED"]
    assert not settings_with(PRODUCTION | {"WAYMARK_DEMONSTRATION": "1"})["SECOND_FACTOR_REQUIRED"]
    assert settings_with({})["DEMONSTRATION"]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OIDC_ISSUER": "http://elsewhere.example"}, "OIDC_ISSUER does not start with https"),
        ({"OIDC_ISSUER": "https://elsewhere.example"}, "OIDC_CLIENT_ID is not set"),
        ({"OIDC_ISSUER": "https://elsewhere.example", "OIDC_CLIENT_ID": "waymark"}, "OIDC_CLIENT_SECRET is not set"),
    ],
)
def test_half_a_councils_sign_in_does_not_start(settings_with, variables, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        settings_with(PRODUCTION | variables)
