"""Journeys through signing in: every step in a real browser, with an authenticator app and with a passkey."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.test_second_factor import code_now
from tests.cast import PASSWORD

from .cast import fill_update

SECOND_STEP = re.compile("/accounts/second-step/$")


@pytest.fixture(autouse=True)
def in_production(settings):
    """As on a real site: whoever signs in with a password takes a second step."""
    settings.SECOND_FACTOR_REQUIRED, settings.DEMONSTRATION = True, False


def give_password(page: Page, user) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def set_up_app(page: Page) -> str:
    """From the page that asks for a second step to the recovery codes; the secret."""
    page.get_by_role("button", name="Set up an app").click()
    secret = page.locator(".setup-key").inner_text()
    page.get_by_label("Code the app shows now").fill(code_now(secret, later=-1))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def test_an_app_is_set_up_and_signs_in(page, people, axe, console):
    console.expect("status of 422")
    page.goto("/accounts/sign-in/")
    axe(title="Sign in")
    give_password(page, people.lead)
    expect(page).to_have_url(SECOND_STEP)
    axe(title="A second step")
    page.get_by_role("button", name="Set up an app").click()
    axe(title="Set up an authenticator app")
    page.go_back()
    secret = set_up_app(page)
    axe(title="Recovery codes")
    recovery_code = page.locator(".recovery-codes code").first.inner_text()
    page.get_by_role("button", name="I have saved them").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    sign_out(page)

    give_password(page, people.lead)
    axe(title="Second step")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Continue").click()
    axe(title="Error: Second step", status=422)
    page.get_by_label("Code", exact=True).fill(code_now(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    sign_out(page)

    give_password(page, people.lead)
    page.get_by_label("Code", exact=True).fill(recovery_code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()

    page.get_by_role("link", name="Leon Lead").click()
    axe(title="Your account")
    expect(page.get_by_text("9 left")).to_be_visible()
    page.get_by_role("link", name="Change the password").click()
    axe(title="Change your password")


def test_a_passkey_is_set_up_and_signs_in_alone(page, context, people, axe):
    browser = context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    give_password(page, people.lead)
    page.get_by_role("button", name="Set up a passkey").click()
    axe(title="Set up a passkey")
    page.get_by_label("What you call it").fill("Work laptop")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="Leon Lead").click()
    expect(page.get_by_role("term").filter(has_text="Work laptop")).to_be_visible()
    axe(title="Your account")
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    sign_out(page)

    give_password(page, people.lead)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()


def test_a_note_is_still_there_after_the_second_step(page, context, people, milestone, console):
    console.expect("status of 401")
    give_password(page, people.lead)
    secret = set_up_app(page)
    page.goto(f"/plans/safeguarding/milestones/{milestone.ref}/update/")
    fill_update(page, "On track", "The rota began on Monday, and nobody has missed it.")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_label("E-mail address").fill(people.lead.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code", exact=True).fill(code_now(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The rota began on Monday")).to_be_visible()

    page.get_by_role("button", name="Save it now").click()

    expect(page.get_by_text("The rota began on Monday, and nobody has missed it.").first).to_be_visible()
    assert milestone.updates.get().note.startswith("The rota began")
