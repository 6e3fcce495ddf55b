"""How many clicks a job takes, counted in the browser itself: domain.md 7 says how many it may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import ConsoleMessage, Page

# A press of a link, a button or a heading that opens is a click, by mouse, finger or key; so is a choice. Typing is
# none, and neither is going into the box to type.
_PRESSED = "one more click"
_COUNTED = f"""
addEventListener("click", (event) => {{
  if (event.isTrusted && event.target.closest("a, button, summary, input[type=submit]")) console.debug("{_PRESSED}");
}}, true);
addEventListener("change", (event) => {{
  if (event.target.matches("select, input[type=radio], input[type=checkbox], input[type=file]")) {{
    console.debug("{_PRESSED}");
  }}
}}, true);
"""


@dataclass
class Clicks:
    """What was pressed so far in a browser."""

    page: Page
    count: int = 0

    def note(self, message: ConsoleMessage) -> None:
        if message.text == _PRESSED:
            self.count += 1

    @contextmanager
    def at_most(self, number: int) -> Iterator[None]:
        """The job inside takes `number` clicks or fewer, and one at least: what is done otherwise proves nothing."""
        before = self.count
        yield
        # What the browser said last is heard while it is asked something else.
        self.page.evaluate("document.title")
        taken = self.count - before
        assert 0 < taken <= number, f"It took {taken} clicks; domain.md 7 allows {number}."


def clicks_in(page: Page) -> Clicks:
    """Counts every press in `page`, from the next page that is opened in it."""
    clicks = Clicks(page)
    page.on("console", clicks.note)
    page.add_init_script(_COUNTED)
    return clicks
