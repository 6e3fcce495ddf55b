"""A browser whose requests are answered inside the test: what a page reads and writes can all be taken back."""

from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from playwright.sync_api import Page, Route

from tests.permissions.scene import undone

SITE = "http://localhost"
WCAG_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: 320 pixels are what is left of 1280 at 400 per cent (WCAG 2.2, 1.4.10).
WIDTHS = (1280, 390, 320)
#: How far a page may move while it is drawn; what people notice begins at 0.1.
MOST_MOVED = 0.02
_WATCH_MOVEMENT = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass
class Indoors:
    """Answers the requests of `page` as the site would answer those of `client`, without a server.

    What a page writes is taken back as soon as it is answered. `sent` keeps what came back for each address that was
    asked for since the page was opened; `status` is the answer to that page.
    """

    page: Page
    client: Client
    #: Whether the next page is asked for by sending a form in which nothing is filled in.
    sends_nothing: bool = False
    status: int = 0
    sent: dict[str, bytes] = field(default_factory=dict)

    _connection: BaseDatabaseWrapper = field(init=False)

    def __post_init__(self) -> None:
        self._connection = connections["default"]
        self.page.route("**/*", self._answer)
        self.page.add_init_script(_WATCH_MOVEMENT)

    def open(self, path: str, *, sending_nothing: bool = False) -> int:
        """Opens a page and returns its status."""
        self.sends_nothing = sending_nothing
        self.sent.clear()
        self.page.goto(f"{SITE}{path}")
        return self.status

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL))
            content = Path(found).read_bytes() if isinstance(found, str) else b""
            self.sent[path] = content
            route.fulfill(body=content, content_type=guess_type(path)[0] or "", status=200 if found else 404)
            return
        # Playwright calls from a task of its own, for which Django would open another connection.
        connections["default"] = self._connection
        is_page = route.request.is_navigation_request()
        method = "POST" if is_page and self.sends_nothing else route.request.method
        with undone():
            answer = self.client.generic(
                method,
                route.request.url.removeprefix(SITE),
                route.request.post_data_buffer or b"",
                route.request.headers.get("content-type", "application/x-www-form-urlencoded"),
            )
            content = answer.getvalue() if answer.streaming else answer.content
        if is_page:
            self.status = answer.status_code
        self.sent[path] = content
        route.fulfill(body=content, status=answer.status_code, headers=dict(answer.headers))


def complaints(page: Page) -> list[str]:
    """What breaks a WCAG 2.2 AA rule at any of three widths, is wider than the window, or moved while it was drawn."""
    moved = page.evaluate("window.moved")
    found = [f"It moved by {moved:.3f} while it was drawn."] if moved > MOST_MOVED else []
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        results = page.evaluate("rules => axe.run(document, {...rules, resultTypes: ['violations']})", WCAG_RULES)
        for violation in results["violations"]:
            for node in violation["nodes"]:
                found.append(f"{width} px, {violation['id']}: {node['html'][:160]}: {node['failureSummary']}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{width} px: it is {wide} px wide.")
    return found
