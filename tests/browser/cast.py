"""How the people of the tests move about the site in a browser."""

from django.utils import timezone
from playwright.sync_api import Locator, Page

from plans.operations import edit_plan
from tests.cast import PASSWORD

LIST = "/plans/safeguarding/milestones/"


def begin_one_long_cycle(plan, *, by, **changes) -> None:
    """From today on, so long that no test sees its cut-off or its end."""
    days = {"cycle_days": 200, "cutoff_day": 100, "meeting_day": 100}
    edit_plan(plan=plan, cycle_anchor=timezone.localdate(), **days, **changes, reason="Agreed", by=by)


def sign_in(page: Page, user) -> None:
    """Signs in by the form, and stands at the start of the site."""
    page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Home", exact=True).wait_for()


def row_of(page: Page, milestone) -> Locator:
    """The row of a milestone in the list, with its form when it is open."""
    return page.locator(f"#m-{milestone.pk}")


def fill_update(place: Page | Locator, status: str, note: str) -> None:
    """The first two of the three actions: choose, write. Saving is the third."""
    place.get_by_label(status, exact=True).check()
    place.get_by_label("Progress note").fill(note)
