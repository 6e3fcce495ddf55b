"""A tour of the demonstration, in the order of a fortnight: every stop keeps to the rules of access, and is pictured.

The pictures of docs/tour.md and of the user guide are made by this run and by nothing else:

    python3 dev.py test tests/browser/test_tour.py --pictures docs/pictures
"""

import io
import re
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from PIL import Image

from accounts.models import User
from reports.models import CoverSection
from tests.permissions.scene import undone

from .indoors import SITE, Indoors, complaints
from .tour import STOPS

DOCS = Path(__file__).parents[2] / "docs"
#: The Wednesday of a cycle, in the middle of a fortnight: some have updated, some have not.
NOW = datetime.fromisoformat("2026-06-17T10:00:00+01:00")
SCREEN, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
COLOURS = 96


@pytest.fixture
def site_url():
    return SITE


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone(), time_machine.travel(NOW, tick=False):
        call_command("load_demo", stdout=io.StringIO())
        yield


@pytest.fixture
def pictures(request):
    """Where the pictures go; None where none are wanted."""
    wanted = request.config.getoption("--pictures")
    return Path(request.config.invocation_params.dir, wanted) if wanted else None


def numbers() -> dict[str, int]:
    """What stands for the names in the addresses of the stops."""
    part = CoverSection.objects.exclude(due_on=None).earliest("place")
    return {"cover": part.cover_id, "part": part.pk}


def save(page, path: Path) -> None:
    """A picture of what is in view, small enough to keep: the pages have few colours."""
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.picture)
def test_a_stop_keeps_to_the_rules_of_access_and_is_pictured(db, demonstration, page, stop, pictures):
    client = Client()
    client.force_login(User.objects.get(email=stop.who))
    site = Indoors(page, client)
    page.set_viewport_size(SCREEN)

    assert site.open(stop.path.format(**numbers())) == 200
    assert stop.title in page.title()
    assert complaints(page) == []
    if pictures:
        for size, ending in ((SCREEN, ""), (PHONE, "-phone"))[: 1 + stop.on_phone]:
            page.set_viewport_size(size)
            page.evaluate("scrollTo(0, 0)")
            save(page, pictures / f"{stop.picture}{ending}.png")


def shown() -> set[str]:
    """The pictures that the guides show."""
    guides = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    return {name for guide in guides for name in re.findall(r"pictures/([\w-]+)\.png", guide.read_text("utf-8"))}


def test_the_guides_show_what_the_tour_makes_and_nothing_else():
    made = {stop.picture for stop in STOPS} | {f"{stop.picture}-phone" for stop in STOPS if stop.on_phone}

    assert shown() == made
    assert {path.stem for path in (DOCS / "pictures").glob("*.png")} == made
