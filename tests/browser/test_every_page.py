"""Every address that the site has keeps to the rules of access at every width, opened and sent empty, and is light."""

import gzip
import re

import pytest

from reports.ordered_papers import OrderedState
from tests.permissions.scene import Place, Who, standing_scene, undone
from tests.permissions.table import PAGES, Answer, address

from .indoors import SITE, Indoors, complaints

#: What a page may weigh as it is sent, packed, with its styles and scripts and without pictures and fonts.
MOST_BYTES = 100 * 1024
#: They look at most pages; somebody signed out at those for whom nobody signed in has a use.
FIRST = (Who.MANAGER, Who.ADMINISTRATOR, Who.BREAK_GLASS)
STRANGERS_ONLY = re.compile(r"^(account_login|account_reset_password\w*|accounts:(sign_in|invitation|openid\w*))$")
#: The answers that are pages of their own.
PAGES_OF = {"GET": {200, 409}, "POST": {200, 400, 409, 422}}
ERROR_TITLES = {"Page not found – Waymark", "You cannot do this – Waymark", "Waymark is by invitation – Waymark"}
#: What was looked at, by method.
looked_at = {"GET": 0, "POST": 0}


@pytest.fixture
def site_url():
    return SITE


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), standing_scene() as scene:
        yield scene


def who_opens(name: str, method: str) -> Who | None:
    if STRANGERS_ONLY.match(name):
        return Who.SIGNED_OUT
    return next((who for who in (*FIRST, *Who) if PAGES[name].answer(method, who, Place.OWN) is Answer.OPENS), None)


def is_page(answer) -> bool:
    """Whether a whole page came back. What sends on, and what is a file, a part or a sign, is looked at elsewhere."""
    content = answer.getvalue() if answer.streaming else answer.content
    return answer.headers.get("Content-Type", "").startswith("text/html") and b"<html" in content


def weight(sent: dict[str, bytes]) -> int:
    """In bytes, packed as a server packs them."""
    return sum(
        len(gzip.compress(content)) for path, content in sent.items() if not re.search(r"\.(woff2|svg|png)", path)
    )


#: What is read or written by anybody at all.
OPENED = [(name, method) for name in sorted(PAGES) for method in ("GET", "POST") if who_opens(name, method)]


@pytest.mark.parametrize(("name", "method"), OPENED)
def test_it_keeps_to_the_rules_of_access(db, scene, page, console, name, method):
    who = who_opens(name, method)
    client, path = scene.client(who), address(name, scene, Place.OWN)
    with undone():
        answer = client.generic(method, path, b"", "application/x-www-form-urlencoded")
        if not is_page(answer):
            pytest.skip("No page comes back.")
    if answer.status_code >= 400:
        console.expect(f"status of {answer.status_code}")
    site = Indoors(page, client)

    status = site.open(path, sending_nothing=method == "POST")

    # An error page may break no rule at all, so first that it is the right one.
    assert status in PAGES_OF[method].union(PAGES[name].also(method, who, Place.OWN))
    assert page.title().endswith(" – Waymark") or page.title().startswith(page.locator("h1").inner_text())
    if status in (400, 422):
        assert page.title().startswith("Error: ")
    assert status in (403, 404) or page.title() not in ERROR_TITLES
    assert page.locator("h1").count() == 1
    assert weight(site.sent) < MOST_BYTES
    assert complaints(page) == []
    looked_at[method] += 1


@pytest.mark.parametrize("state", OrderedState)
def test_a_paper_that_was_ordered_keeps_to_the_rules_of_access_however_it_stands(db, scene, page, monkeypatch, state):
    monkeypatch.setattr("reports.ordered_views.state_of", lambda *_: state)
    monkeypatch.setattr("reports.ordered_views.seems_left_alone", lambda *_: state is OrderedState.WAITING)
    site = Indoors(page, scene.client(Who.MANAGER))

    assert site.open(address("papers:ordered", scene, Place.OWN)) == 200
    assert page.locator("#ordered").inner_text().startswith(state.label)
    assert complaints(page) == []


def test_most_addresses_are_pages(request):
    """After all others: what was passed over is the smaller part."""
    if sum(item.path == request.node.path for item in request.session.items) < len(OPENED):
        pytest.skip("Only some of them were asked for.")

    assert looked_at["GET"] > 200
    assert looked_at["POST"] > 100
