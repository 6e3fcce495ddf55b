"""The journey of somebody who is invited, and of the administrator who lets them in and out again."""

import pytest
from playwright.sync_api import expect

from accounts.models import User

from .cast import sign_in
from .clicks import clicks_in

CHOSEN = "seven quiet otters dance"


@pytest.fixture
def guest(browser, browser_context_args, console):
    """The browser of somebody else."""
    context = browser.new_context(**browser_context_args)
    console.watch(context)
    yield context.new_page()
    context.close()


def test_somebody_is_invited_comes_and_goes(page, guest, people, plan, axe, console):
    sign_in(page, people.manager)
    page.get_by_role("link", name="Users").click()
    axe(title="Users")
    page.get_by_role("link", name="Invite somebody").click()
    axe(title="Invite somebody")
    page.get_by_label("Name", exact=True).fill("Nadia New")
    page.get_by_label("E-mail address").fill("nadia@council.example")
    page.get_by_role("button", name="Invite").click()
    axe(title="Invited")
    link = page.get_by_label("Link for Nadia New").input_value()

    guest.goto("/" + link.split("/", 3)[3])
    expect(guest).to_have_url("/accounts/invitation/")
    password = guest.get_by_label("Password", exact=True)
    password.fill(CHOSEN)
    expect(password).to_have_attribute("type", "password")
    guest.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    guest.get_by_role("button", name="Save the password").click()
    expect(guest.get_by_text("Your password is saved.")).to_be_visible()
    guest.get_by_label("E-mail address").fill("nadia@council.example")
    guest.get_by_label("Password", exact=True).fill(CHOSEN)
    guest.get_by_role("button", name="Sign in", exact=True).click()
    expect(guest.get_by_text("There is no plan here that you work on now.")).to_be_visible()

    page.get_by_role("link", name="Go to Nadia New").click()
    axe(title="Nadia New")
    expect(page.locator(".facts")).to_contain_text("In 1 browser")
    page.get_by_role("link", name="Deactivate").click()
    axe(title="Deactivate")
    page.get_by_label("Reason").fill("Came by mistake")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("is deactivated and signed out everywhere")).to_be_visible()
    guest.reload()
    expect(guest.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not User.objects.get(email="nadia@council.example").is_active


def test_an_administrator_adds_a_user_and_gives_them_a_role_in_three_clicks_each(page, people, plan):
    clicks = clicks_in(page)
    sign_in(page, people.manager)

    with clicks.at_most(3):
        page.get_by_role("link", name="Invite somebody").click()
        page.get_by_label("Name", exact=True).fill("Nadia New")
        page.get_by_label("E-mail address").fill("nadia@council.example")
        page.get_by_role("button", name="Invite").click()
        expect(page.get_by_role("heading", name="Pass this link on")).to_be_visible()
    with clicks.at_most(3):
        page.get_by_role("link", name="Give Nadia New a role on Safeguarding Plan").click()
        page.get_by_role("radio", name="Contributor").check()
        page.get_by_label("Why").fill("Supports milestone 1.1")
        page.get_by_role("button", name="Give the role").click()
        expect(page.get_by_text("Nadia New now has the role contributor.")).to_be_visible()
    page.goto("/")
    with clicks.at_most(3):
        page.get_by_role("link", name="Give somebody a role on Safeguarding Plan").click()
        page.get_by_label("Or the e-mail address they sign in with").fill("otto@elsewhere.example")
        page.get_by_role("radio", name="Auditor").check()
        page.get_by_label("Last day").fill("2099-01-31")
        page.get_by_label("Why").fill("Audits the plan")
        page.get_by_role("button", name="Give the role").click()
        expect(page.get_by_text("Otto Outsider now has the role auditor.")).to_be_visible()


def test_a_role_is_given_by_the_keyboard_alone(page, people, plan):
    sign_in(page, people.manager)
    page.goto("/plans/safeguarding/people/")

    page.locator("summary", has_text="Give somebody a role").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who", exact=True)).to_be_focused()
    page.keyboard.type("Otto")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Theme lead")).to_be_checked()
    page.get_by_label("Why").press("T")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Give the role")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Otto Outsider now has the role theme lead.")).to_be_visible()


def test_the_list_is_narrowed_in_place(page, people, plan):
    sign_in(page, people.manager)
    page.goto("/accounts/users/")

    page.get_by_label("Name or e-mail address").fill("leon")
    page.get_by_role("button", name="Filter").click()

    expect(page.locator("#users tbody tr")).to_have_count(1)
    expect(page.locator("#announcer")).to_have_text("1 user")
    expect(page).to_have_url("/accounts/users/?text=leon&state=&role=")


def test_a_link_that_does_not_work_says_so(page, people, axe, console):
    console.expect("404")
    page.goto("/accounts/invitation/none/")

    axe(title="This link does not work any more", status=404)
