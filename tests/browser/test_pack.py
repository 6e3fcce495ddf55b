"""A pack on its way: begun, frozen, signed off, published, taken away and recognised. By keyboard alone."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import User
from plans.operations import give_role
from reports.edition_operations import sign_edition
from reports.models import Edition
from reports.pack_operations import add_paper, start_pack
from reports.tasks import make_edition
from tests.cast import PASSWORD
from tests.reports.full_plan import full_plan
from tests.reports.pack_sample import frozen

from .cast import sign_in
from .clicks import clicks_in
from .test_reading import WIDTHS

__all__ = ["full_plan"]

LIST = "/plans/safeguarding/packs/"


@pytest.fixture
def officer(full_plan, people):
    """Rita, who reports to committees."""
    user = User.objects.create_user("rita@council.example", PASSWORD, name="Rita Reporting")
    give_role(plan=full_plan.plan, user=user, role="reporting_officer", by=people.manager)
    return user


def press(page, role, name, *, key="Enter"):
    page.get_by_role(role, name=name, exact=True).press(key)


def change_person(page, user):
    page.set_viewport_size({"width": 1280, "height": 900})
    press(page, "button", "Sign out")
    page.get_by_label("E-mail address").wait_for()
    sign_in(page, user)


def looked_at(axe, page, title):
    """The page in view keeps to the rules of access, and nothing of it is outside the window."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        axe(title=title)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_pack_goes_from_the_draft_to_the_reader(axe, page, people, full_plan, officer, tmp_path):
    clicks = clicks_in(page)
    sign_in(page, people.manager)
    page.goto(LIST)
    looked_at(axe, page, "Packs")
    press(page, "link", "Begin a pack")
    looked_at(axe, page, "Begin a pack")
    page.get_by_label("Title").fill("Cabinet, 14 June 2011")
    page.get_by_label("Position at").fill("2011-05-31")
    press(page, "radio", "The public", key="Space")
    for name in ("Performance report", "Recommendations report"):
        press(page, "checkbox", name, key="Space")
    press(page, "button", "Begin the pack")
    expect(page.get_by_role("heading", name="1. Milestone report")).to_be_visible()
    looked_at(axe, page, "Cabinet, 14 June 2011")

    press(page, "link", re.compile("^Look at the draft"))
    expect(page.get_by_role("link", name="Pack 1, draft")).to_be_visible()
    looked_at(axe, page, "Milestone Report May 2011")
    press(page, "link", "Pack 1, draft")
    press(page, "link", re.compile("^Change Milestone report"))
    looked_at(axe, page, "Milestone report")
    for name in ("Word", "Excel"):
        press(page, "checkbox", name, key="Space")
    press(page, "button", "Save")

    with clicks.at_most(2):
        press(page, "link", "Freeze as v1")
        looked_at(axe, page, "Freeze pack 1")
        press(page, "button", "Freeze v1")
        expect(page.get_by_text("0 of 1 files are made.")).to_be_visible()
    looked_at(axe, page, "Pack 1 v1")
    make_edition.call(Edition.objects.get().pk)
    expect(page.get_by_text("Ready for sign-off")).to_be_visible()
    expect(page.get_by_text("You froze this version")).to_be_visible()

    change_person(page, officer)
    with clicks.at_most(2):
        press(page, "link", "Pack 1 v1, Cabinet, 14 June 2011, waits to be signed off")
        expect(page.get_by_role("heading", name="Names, children and small numbers")).to_be_visible()
        looked_at(axe, page, "Sign off pack 1 v1")
        press(page, "button", "Sign off v1")
        expect(page.get_by_text("v1 is signed off.")).to_be_visible()

    press(page, "link", "Read and publish")
    looked_at(axe, page, "Publish pack 1 v1")
    for box in page.get_by_role("checkbox").all():
        box.press("Space")
    press(page, "button", "Publish v1")
    expect(page.get_by_text("v1 is published.")).to_be_visible()
    looked_at(axe, page, "Pack 1 v1")

    change_person(page, people.steering)
    page.goto(LIST)
    press(page, "link", "Cabinet, 14 June 2011")
    press(page, "link", "v1")
    with page.expect_download() as download:
        press(page, "link", "pack-1-v1-01-milestones-2011-05-31-public.pdf")
    download.value.save_as(tmp_path / "sent.pdf")

    page.goto("/packs/verify/")
    page.get_by_label("A file of a pack").set_input_files(tmp_path / "sent.pdf")
    press(page, "button", "Check it")
    expect(page.get_by_role("heading", name="Yes: this is pack 1 v1, unaltered")).to_be_visible()
    looked_at(axe, page, "Is it one of ours?")


def test_what_is_signed_off_is_taken_away_published_and_read(page, people, full_plan, officer):
    title, as_at = "Cabinet, 14 June 2011", date(2011, 5, 31)
    pack = start_pack(plan=full_plan.plan, title=title, as_at=as_at, readers="no_internal", by=people.manager)
    add_paper(pack=pack, kind="summary", formats=["html"], by=people.manager)
    sign_edition(edition=frozen(pack, people.manager), by=officer)
    clicks = clicks_in(page)

    sign_in(page, officer)
    with clicks.at_most(2), page.expect_download() as taken:
        page.get_by_role("link", name="waits to be published").click()
        page.get_by_role("link", name="Download all files").click()
    assert taken.value.suggested_filename == "pack-1-v1.zip"
    with clicks.at_most(1):
        page.get_by_role("button", name="Publish v1").click()
        expect(page.get_by_text("v1 is published.")).to_be_visible()

    change_person(page, people.steering)
    with clicks.at_most(1):
        page.get_by_role("link", name=title).click()
        expect(page.get_by_role("link", name="pack-1-v1-01-summary")).to_be_visible()
