"""A real Chromium for the journeys: the machine's own, started without anything that talks to its maker."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from .indoors import WCAG_RULES

# Playwright keeps an event loop running in the thread of the test, which Django would take for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine may take its time; a page that is right in the end is right.
expect.set_options(timeout=20_000)

CHROMIUM = os.environ.get("WAYMARK_CHROMIUM", "")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM:
        reason = "no chromium: apt install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def base_url():
    """In place of the plugin's, which is a method and warns. The address is in `site_url`, once for every test."""
    return None


@pytest.fixture
def site_url(live_server):
    """Where short addresses lead. A file of tests whose requests never leave the test has another."""
    return live_server.url


@pytest.fixture
def browser_context_args(browser_context_args, site_url):
    # Not for the session: two files of tests have two sites, and the second must not be led to the first.
    return {**browser_context_args, "base_url": site_url, "locale": "en-GB", "timezone_id": "Europe/London"}


@dataclass
class Console:
    """What the browser complained of: script errors, and whatever the content security policy stopped."""

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listens to every page of `context`. The first context is watched already; a second person's is not."""
        context.on("console", lambda message: message.type in ("error", "warning") and self._note(message.text))
        context.on("weberror", lambda error: self._note(str(error.error)))

    def expect(self, text: str) -> None:
        """Says that a complaint with `text` in it belongs to the journey, such as “status of 422”."""
        self.expected.append(text)

    def _note(self, text: str) -> None:
        self.problems.append(text)

    def unexpected(self) -> list[str]:
        return [problem for problem in self.problems if not any(text in problem for text in self.expected)]


@pytest.fixture(autouse=True)
def console(context):
    """A journey in which the browser complained of anything has failed, whatever the pages looked like."""
    console = Console()
    console.watch(context)
    yield console
    assert console.unexpected() == []


@pytest.fixture
def axe(page: Page) -> Callable[..., None]:
    """`axe(title=...)` checks the page in view against the WCAG 2.2 AA rules, once sure that it is the right page.

    An error page may break no rule at all, so its status and its title are looked at first.
    """
    statuses: list[int] = []

    def remember(response):
        if response.request.is_navigation_request() and response.frame == page.main_frame:
            statuses.append(response.status)

    page.on("response", remember)

    def check(*, title: str, status: int = 200) -> None:
        # A click comes back before the page that it leads to is there.
        expect(page).to_have_title(re.compile(re.escape(title)))
        assert statuses[-1] == status
        results = Axe().run(page, options=WCAG_RULES)
        assert results.violations_count == 0, results.generate_report()

    return check
