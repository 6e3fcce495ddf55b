"""The style sheets hold what the pages use, and the pages use what the style sheets hold."""

import ast
import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("accounts", "plans", "milestones", "indicators", "imports", "reports", "static/js")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".js")
)
WORDS = set(re.findall(r"[\w-]+", TEMPLATES + CODE))
BEGINNINGS = set(re.findall(r"([\w-]+-)\{", TEMPLATES + CODE))


def classes_of(sheet: str) -> set[str]:
    """The classes of its selectors, without GOV.UK's."""
    sheet = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", sheet, flags=re.DOTALL)
    found = {
        name for selector in re.findall(r"([^{};]+)\{", sheet) for name in re.findall(r"\.([a-z][\w-]*)", selector)
    }
    return {name for name in found if not name.startswith("govuk-")}


def is_used(name: str) -> bool:
    """Whether it is written somewhere, or its beginning, with the rest filled in: “status--{{ status.colour }}”."""
    return name in WORDS or any(name[: end + 1] in BEGINNINGS for end, letter in enumerate(name) if letter == "-")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_is_for_a_class_that_nothing_has(sheet):
    assert [name for name in sorted(classes_of(sheet.read_text(encoding="utf-8"))) if not is_used(name)] == []


def test_no_page_has_a_component_whose_styles_were_left_out():
    tree = ast.parse((ROOT / "hatch_build.py").read_text(encoding="utf-8"))
    unused = next(
        ast.literal_eval(each.value)
        for each in tree.body
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "UNUSED"
    )

    written = set(re.findall(rf"govuk-(?:{'|'.join(unused)})(?![a-z]|-[a-z])", TEMPLATES + CODE))

    assert unused
    assert written == set()
