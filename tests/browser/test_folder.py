"""The inspection folder in a real browser, opened from a disk without the application."""

import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.folder import make_folder
from reports.position import plan_position
from reports.selection import Readers
from tests.reports.answered_plan import answered_plan
from tests.reports.full_plan import AS_AT, full_plan
from tests.reports.test_folder import OFSTED, documents_of

from .cast import sign_in
from .conftest import WCAG_RULES
from .test_reading import WIDTHS

__all__ = ["answered_plan", "full_plan"]


@pytest.fixture
def folder(answered_plan, tmp_path):
    """The folder, unpacked: where it lies."""
    position = plan_position(answered_plan.plan, AS_AT)
    documents = documents_of(answered_plan.plan)
    with make_folder(position, review=OFSTED, readers=Readers.INTERNAL, documents=documents) as file:
        zipfile.ZipFile(file).extractall(tmp_path)
    return tmp_path


def test_every_link_opens_from_the_disk(page, folder):
    opened, waiting = set(), [(folder / "index.html").as_uri()]
    files = set()

    while waiting:
        address = waiting.pop()
        opened.add(address)
        page.goto(address)
        assert page.evaluate("document.styleSheets.length") == 1
        assert page.evaluate("getComputedStyle(document.querySelector('.folder__nav')).display") == "flex"
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href.split('#')[0])")
        for link in links:
            assert link.startswith((folder.as_uri(), "https://council.example/"))
            if link.endswith(".html"):
                waiting += [link] if link not in opened and link not in waiting else []
            elif link.startswith("file:"):
                files.add(link)

    assert len(opened) == len(list(folder.rglob("*.html"))) == 9
    stored = {path.as_uri() for path in folder.rglob("*") if path.suffix in (".csv", ".txt")}
    assert files == stored


def test_somebody_reads_from_the_index_to_the_evidence(page, folder):
    page.goto((folder / "index.html").as_uri())
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    page.get_by_role("link", name="Answer sooner.").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recommendation 6")
    page.get_by_role("link", name="What children said").click()
    expect(page.get_by_text("What children told us.")).to_be_visible()


def test_the_pages_keep_to_the_rules_of_access_at_every_width(page, folder):
    for name in ("index.html", "evidence.html", "recommendations/rec-6.html", "recommendations/rec-8.html"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((folder / name).as_uri())
            # From a disk, no page may read its style sheet a second time, as axe would.
            results = Axe().run(page, options={**WCAG_RULES, "preload": False})
            assert results.violations_count == 0, results.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_folder_is_ordered_and_taken_away(axe, page, people, answered_plan, tmp_path):
    sign_in(page, people.manager)
    page.goto("/plans/safeguarding/reports/")
    page.get_by_role("link", name="Inspection folder").click()
    axe(title="Inspection folder")
    page.get_by_label("Review").select_option(OFSTED)
    page.get_by_label("Ours").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the folder").click()
    download.value.save_as(tmp_path / "folder.zip")
    assert "index.html" in zipfile.ZipFile(tmp_path / "folder.zip").namelist()


def test_the_recommendations_report_keeps_to_the_rules_of_access(axe, page, people, answered_plan):
    sign_in(page, people.manager)
    page.goto("/plans/safeguarding/reports/?paper=recommendations")
    axe(title="Recommendations report")
    for layout in ("accessible", "classic"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"/plans/safeguarding/reports/recommendations/?as_at={AS_AT}&layout={layout}")
            axe(title="Recommendations Report May 2011")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
