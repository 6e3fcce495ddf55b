"""The journey of evidence: a file is added to a milestone, found again, and downloaded without anything running."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from milestones.evidence_operations import add_evidence
from milestones.models import Evidence
from milestones.operations import record_update
from plans.documents import check_upload
from tests.plans.hostile_files import pdf

from .cast import LIST, sign_in
from .clicks import clicks_in

EVIDENCE = "/plans/safeguarding/evidence/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"


def test_a_lead_adds_a_pdf_finds_it_and_downloads_it(page, people, milestone, axe, tmp_path):
    path = tmp_path / "Audit of contacts.pdf"
    path.write_bytes(pdf())
    sign_in(page, people.lead)
    page.goto(f"{LIST}1.1/")
    page.get_by_role("link", name="Add evidence").click()
    axe(title="Add evidence")

    page.get_by_label("What it is").fill("Audit of 40 contacts")
    page.get_by_label("File (optional)").set_input_files(path)
    page.get_by_label("Audit", exact=True).check()
    page.get_by_label("Practice changed").check()
    page.get_by_role("button", name="Add evidence").click()

    expect(page).to_have_url(re.compile(r"/milestones/1\.1/#evidence$"))
    axe(title="1.1")
    page.get_by_role("link", name="Audit of 40 contacts", exact=True).click()
    axe(title="Audit of 40 contacts")
    link = page.get_by_role("link", name="Audit of contacts.pdf")
    with page.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename == "Audit of contacts.pdf"
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    assert "/evidence/" in page.url, "The page is still the one about the evidence."


def test_a_lead_attaches_a_file_in_two_clicks_and_its_choice(page, people, milestone, tmp_path):
    """From the page that the link in an e-mail opens, and back to it: domain.md 7. A web address takes the two alone
    (test_own_updates.py)."""
    path = tmp_path / "Audit.pdf"
    path.write_bytes(pdf())
    clicks = clicks_in(page)
    sign_in(page, people.lead)
    page.goto("/plans/safeguarding/my-updates/")

    with clicks.at_most(2 + 1):
        page.get_by_role("link", name="Add evidence for 1.1").click()
        page.get_by_label("What it is").fill("Audit of 40 contacts")
        page.get_by_label("File (optional)").set_input_files(path)
        page.get_by_role("button", name="Add evidence").click()
        expect(page.get_by_text("“Audit of 40 contacts” is added to the evidence.")).to_be_visible()

    assert page.url.endswith("/my-updates/")
    assert Evidence.objects.get().document.name == "Audit.pdf"


def test_a_board_member_finds_the_evidence_and_the_history_of_a_milestone(page, people, plan, milestone):
    record_update(
        milestone=milestone, declared_status="on_track", note="Begun.", as_at=date(2011, 5, 31), by=people.lead
    )
    add_evidence(
        plan=plan, title="Audit", kind="audit", sensitivity="public", supports=[milestone], location="Shelf",
        by=people.manager,
    )  # fmt: skip
    clicks = clicks_in(page)
    sign_in(page, people.steering)

    with clicks.at_most(2):
        page.get_by_role("link", name="1 milestone").click()
        page.get_by_role("link", name="1.1", exact=True).click()

    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Audit", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Last note")).to_be_visible()
    expect(page.get_by_text("Begun.")).to_be_visible()


def test_the_address_of_a_file_is_a_download_and_opens_nothing(page, context, people, plan, milestone):
    """Typed in, without the `download` of our link. Text that looks like a page is the worst that gets in."""
    checked_file = check_upload(_sent("note.txt", b"What we found: javascript:alert(1) & more.\n"))
    evidence = add_evidence(
        plan=plan, title="Note", kind="other", supports=[milestone], checked_file=checked_file, by=people.manager
    )
    sign_in(page, people.manager)
    dialogs, pages = [], []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    context.on("page", lambda opened: pages.append(opened))
    page.goto(EVIDENCE)

    with page.expect_download() as taken:
        page.evaluate("address => { location.href = address }", f"{EVIDENCE}{evidence.pk}/file/")

    assert taken.value.suggested_filename == "note.txt"
    assert (dialogs, pages) == ([], [])
    assert page.url.endswith(EVIDENCE)


def test_what_is_wrong_is_said_and_the_file_is_asked_for_again(page, people, milestone, axe, console, tmp_path):
    console.expect("status of 422")
    path = tmp_path / "Audit.pdf"
    path.write_bytes(pdf())
    sign_in(page, people.manager)
    page.goto(f"{EVIDENCE}new/?milestone={milestone.pk}")

    page.get_by_label("File (optional)").set_input_files(path)
    page.get_by_role("button", name="Add evidence").click()

    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose the file “Audit.pdf” again.")
    axe(title="Error: Add evidence", status=422)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_evidence_can_be_read_by_everybody(page, people, plan, milestone, axe, width):
    evidence = add_evidence(
        plan=plan,
        title="Audit_of_contacts_with_a_very_long_name_that_nothing_breaks_" * 3,
        kind="audit",
        supports=[milestone],
        link=f"https://www.example.org/{'a' * 120}",
        checked_file=check_upload(_sent(f"{'audit' * 30}.txt", b"Forty contacts.\n")),
        by=people.lead,
    )
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, people.manager)
    of = f"{EVIDENCE}{evidence.pk}/"
    for address, title in {
        EVIDENCE: "Evidence",
        f"{EVIDENCE}?kind=audit&dated=no_date": "Evidence",
        f"{EVIDENCE}?text=zebra": "Evidence",
        of: "Audit_of",
        f"{of}edit/": "Change the evidence",
        f"{of}replace-file/": "Replace the file",
        f"{of}supports/": "Change what it supports",
        f"{of}check/": "Record a check",
        f"{of}archive/": "Archive the evidence",
        f"{LIST}1.1/": "1.1",
    }.items():
        page.goto(address)
        axe(title=title)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{address} is {wide} pixels too wide at {width}."


def test_evidence_is_filtered_as_soon_as_something_is_chosen(page, people, plan, milestone):
    for title, kind in (("Audit of contacts", "audit"), ("The new policy", "policy")):
        add_evidence(plan=plan, title=title, kind=kind, supports=[milestone], location="Shelf", by=people.manager)
    sign_in(page, people.manager)
    page.goto(EVIDENCE)

    page.get_by_label("Kind").select_option(label="Audit")

    expect(page.locator(".evidence__title")).to_have_text(["Audit of contacts"])
    expect(page.locator("#announcer")).to_have_text("1 of 2 pieces of evidence")


def _sent(name, content):
    return SimpleUploadedFile(name, content)
