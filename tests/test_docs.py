"""What the guides tell somebody to do works, and what they point at is there."""

import re
from pathlib import Path

import pytest

from accounts.models import User
from plans.policies import Right, rights_of

HERE = Path(__file__).parent.parent
GUIDES = [HERE / "README.md", HERE / "CONTRIBUTING.md", *sorted((HERE / "docs").rglob("*.md"))]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.relative_to(HERE).as_posix())
def test_every_link_of_a_guide_leads_to_a_file(guide):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text(encoding="utf-8"))

    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_the_steps_that_add_a_first_lead_work(people, plan):
    people.manager.email = "you@council.example"
    people.manager.save()
    [steps] = re.findall(r"```python\n(.*?)```", (HERE / "docs/operations.md").read_text(encoding="utf-8"), re.DOTALL)

    exec(steps, {})

    lead = User.objects.get(email="lead@council.example")
    assert lead.person.name == "Leon Lead"
    assert Right.RECORD_OWN_UPDATE in rights_of(lead, plan)
