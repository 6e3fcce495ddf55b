"""The page of components shows every one that the templates have, drawn by the line that it gives."""

from pathlib import Path

import pytest
from django.conf import settings

from reports.component_examples import components

PARTIALS = sorted(each.name for each in Path(settings.BASE_DIR, "templates", "components").glob("*.html"))


@pytest.mark.parametrize("name", PARTIALS)
def test_every_partial_has_its_example(name):
    written = " ".join(each.about + " ".join(one.line for one in each.examples) for each in components())

    assert f"components/{name}" in written


def test_the_page_draws_each_and_gives_its_line(client, people):
    client.force_login(people.manager)

    page = client.get("/components/").content.decode()

    assert '<span class="status__word">Achieved</span>' in page
    assert "{% include &quot;components/status.html&quot; with status=status only %}" in page
    assert "Enter a title." in page
