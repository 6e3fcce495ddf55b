import pytest
from django.db import OperationalError


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "words"), [("/health/", "The site works."), ("/health/alive/", "The site answers.")])
def test_it_says_to_anybody_that_all_is_well(client, path, words):
    answer = client.get(path)

    assert (answer.status_code, answer.text) == (200, f"{words}\n")


class TestWithoutADatabase:
    @pytest.fixture(autouse=True)
    def away(self, monkeypatch):
        def refuse(*args, **kwargs):
            raise OperationalError("connection refused: secret-host")

        monkeypatch.setattr("accounts.health_views.connection.cursor", refuse)

    def test_nobody_should_be_sent_here(self, client):
        answer = client.get("/health/")

        assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")
        assert answer.headers["Retry-After"] == "10"

    def test_the_process_is_alive_all_the_same(self, client):
        assert client.get("/health/alive/").status_code == 200


def test_a_monitor_on_the_same_machine_asks_without_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^health/"]

    assert client.get("/health/alive/").status_code == 200
    assert client.get("/accounts/sign-in/").status_code == 301
