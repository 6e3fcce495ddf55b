"""The journey of a partner without an account, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.operations import add_organisation, add_person
from milestones.models import ProgressUpdate, ProposedUpdate
from milestones.personal_link_operations import make_link
from tests.cast import make_milestone

from .cast import sign_in
from .clicks import clicks_in

LINKS = "/plans/safeguarding/links/"


@pytest.fixture
def theirs(people, milestone, action):
    """Pat’s two milestones, 1.7 and 1.8, beside Leon’s 1.1."""
    police = add_organisation(name="Testshire Police", kind="police", by=people.manager)
    pat = add_person(name="Pat Partner", organisation=police, by=people.manager)
    return [make_milestone(action, ref=ref, lead=pat, by=people.manager) for ref in ("1.7", "1.8")]


def tab_to(page, target):
    """Presses Tab until the focus is on the target."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError("Tab never comes there.")


def propose(page, milestone, note):
    """Chooses the status, writes, and sends, without a mouse, where nothing was reported yet."""
    form = page.get_by_role("form", name=f"Update of {milestone.ref}")
    tab_to(page, form.get_by_role("radio").first)
    page.keyboard.press("Space")
    expect(form.get_by_label("On track", exact=True)).to_be_checked()
    tab_to(page, form.get_by_label("Progress note"))
    page.keyboard.type(note)
    tab_to(page, form.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Your update of {milestone.ref} is sent")).to_be_visible()


def test_a_partner_proposes_two_updates_by_keyboard_and_the_manager_sees_them_wait(
    page, browser, browser_context_args, console, people, theirs, axe
):
    sign_in(page, people.manager)
    page.goto(LINKS)
    axe(title="Personal links")
    page.get_by_role("button", name="Make a link for Pat Partner").click()
    expect(page.get_by_role("heading", name="Pass this link on")).to_be_visible()
    axe(title="Pass this link on")
    address = re.sub(r"^https?://[^/]+", "", page.get_by_label("Link for Pat Partner").input_value())

    context = browser.new_context(**browser_context_args)
    console.watch(context)
    partner = context.new_page()
    clicks = clicks_in(partner)
    referers = []
    partner.on("request", lambda request: referers.append(request.headers.get("referer", "")))
    partner.goto(page.url.split("/plans/")[0] + address)
    expect(partner).to_have_url(re.compile("/personal/$"))
    expect(partner.get_by_text("Step", exact=False).first).to_be_visible()
    expect(partner.get_by_text("A duty manager reads every contact.")).to_have_count(0)
    with clicks.at_most(2):
        propose(partner, theirs[0], "Both officers began.")
    following = partner.get_by_role("form", name="Update of 1.8")
    expect(following.get_by_label("Progress note")).to_be_focused()
    expect(following).to_contain_text("Your update of 1.7 is sent")
    with clicks.at_most(2):
        propose(partner, theirs[1], "The protocol is signed.")
    expect(partner.get_by_text("2 of 2 sent and waiting to be read.")).to_be_visible()
    assert not any(address.strip("/") in referer for referer in referers)
    context.close()

    page.goto(LINKS)
    expect(page.get_by_role("row").filter(has_text="Pat Partner").first).to_contain_text("Proposed 2 of 2")
    waiting = ProposedUpdate.objects.filter(state=ProposedUpdate.State.WAITING).order_by("milestone__ref")
    assert [each.note for each in waiting] == ["Both officers began.", "The protocol is signed."]
    assert not ProgressUpdate.objects.exists()


def test_the_page_of_a_partner_breaks_no_rule_also_when_it_refuses(page, people, plan, theirs, axe, console):
    console.expect("status of 422")
    console.expect("status of 404")
    _, token = make_link(plan=plan, person=theirs[0].lead, by=people.manager)
    page.goto(f"/personal/{token}/")
    axe(title="Your updates")
    page.get_by_role("button", name="update of 1.7").click()
    axe(title="Error: Your updates", status=422)
    page.get_by_role("link", name="Choose a status.").click()
    expect(page.get_by_role("form", name="Update of 1.7").get_by_role("radio").first).to_be_focused()
    page.get_by_role("button", name="I have finished").click()
    axe(title="Finished")
    page.goto("/personal/")
    axe(title="This link does not work", status=404)
