"""What the guides tell somebody to do works, and what they point at is there."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from tests.cast import PASSWORD, sign_in

HERE = Path(__file__).parent.parent
GUIDES = [HERE / "README.md", HERE / "CONTRIBUTING.md", *sorted((HERE / "docs").rglob("*.md"))]


def _text(path):
    return (HERE / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.relative_to(HERE).as_posix())
def test_every_link_of_a_guide_leads_to_a_file(guide):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text(encoding="utf-8"))

    assert [link for link in links if not (guide.parent / link).exists()] == []


@pytest.mark.django_db
def test_the_first_administrator_brings_in_the_others(client, monkeypatch):
    """The steps of docs/operations.md, “Who may sign in”."""
    [step] = re.findall(
        r"manage\.py (createsuperuser) (--email) (\S+)\n```\n\nEverybody else", _text("docs/operations.md")
    )
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(*step, interactive=False, verbosity=0)

    sign_in(client, User.objects.get(email="you@council.example"))
    invited = client.post("/accounts/users/new/", {"name": "Leon Lead", "email": "leon@council.example"})
    [link] = re.findall(r"/accounts/invitation/[\w-]+/", invited.text)
    leon = Client()
    leon.get(link)
    leon.post("/accounts/invitation/", {"password": PASSWORD})

    assert leon.login(request=HttpRequest(), email="leon@council.example", password=PASSWORD)
    assert leon.get("/plans/").status_code == 200
