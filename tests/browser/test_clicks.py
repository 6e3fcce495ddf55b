"""The counter of clicks counts what a person presses."""

import pytest

from .clicks import clicks_in

PAGE = """
<a href="#there">There</a> <button type="button">Press</button> <details><summary>More</summary></details>
<label><input type="radio" name="r">One</label> <label><input type="radio" name="r">Two</label>
<label>Choice <select><option>A</option><option>B</option></select></label> <label>Words <input type="text"></label>
"""


@pytest.fixture
def clicks(page):
    clicks = clicks_in(page)
    page.route("http://localhost/**", lambda route: route.fulfill(content_type="text/html", body=PAGE))
    page.goto("http://localhost/")
    return clicks


def test_links_buttons_headings_that_open_and_choices_are_clicks_each_once(page, clicks):
    with clicks.at_most(6):
        page.get_by_role("link", name="There").click()
        page.get_by_role("button", name="Press").press("Enter")
        page.get_by_text("More").click()
        page.get_by_text("One").click()
        page.get_by_label("Two").check()
        page.get_by_label("Choice").select_option("B")

    assert clicks.count == 6


def test_typing_is_none(page, clicks):
    page.get_by_label("Words").click()
    page.get_by_label("Words").type("Audits are done.")

    assert clicks.count == 0


def test_one_that_leaves_the_page_is_heard(page, clicks):
    for _ in range(20):
        page.get_by_role("link", name="There").evaluate("link => { link.href = '/next/' }")
        with clicks.at_most(1):
            page.get_by_role("link", name="There").click()

    assert clicks.count == 20


def test_one_too_many_fails(page, clicks):
    with pytest.raises(AssertionError, match="It took 2 clicks"), clicks.at_most(1):
        page.get_by_role("button", name="Press").dblclick()
