"""What an import does with words that look as if they tell who a child is."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from imports import operations
from imports.comparison import EVERYTHING
from imports.models import Import
from milestones.models import Milestone, ProgressUpdate
from plans.models import ChildDataOverride

from .tables import MAY, action, put, step, table
from .test_views import apply, keys

KIND = "a particular child or family"


def children_table():
    """A file that names children in a note, a milestone, an outcome and a role."""
    return table(
        action(
            step("1.1", note="Child A was seen."),
            step("1.2", "Family B has a plan."),
            step("1.3"),
            outcomes=("Child C is safe.",),
        )
    )


@pytest.fixture
def previewed(plan, people):
    def make(read, name="May.docx"):
        return operations.keep_preview(plan=plan, table=read, file_name=name, sha256=name, as_at=MAY, by=people.manager)

    return make


def places(comparison):
    return [(each.where, each.what, each.words.excerpt, each.is_written) for each in comparison.child_words]


def test_the_preview_lists_the_rows_and_the_words(client, people, previewed):
    client.force_login(people.manager)
    import_ = previewed(children_table())

    page = client.get(reverse("imports:detail", args=[import_.pk]))

    assert places(page.context["comparison"]) == [
        ("action 1", "Action 1, outcome", "Child C", True),
        ("row 1.1", "Milestone 1.1, note", "Child A", True),
        ("row 1.2", "Milestone 1.2, text", "Family B", True),
    ]
    assert "Milestone 1.1, note (row 1.1): “Child A” looks like a particular child or family." in page.text
    assert 'name="names_no_child" id="names_no_child" value="yes" form="apply"' in page.text
    warnings = [each for each in page.context["comparison"].warnings if each.code == "looks_like_a_child"]
    assert [each.where for each in warnings] == ["action 1", "row 1.1", "row 1.2"]
    assert not any("Child A" in each.message for each in warnings)


def test_without_the_tick_nothing_is_imported(client, people, previewed):
    client.force_login(people.manager)
    import_ = previewed(children_table())

    page = apply(client, import_)

    assert page.status_code == 422
    assert "Nothing was imported" in page.text
    assert "or tick the box." in page.text
    assert not Milestone.objects.exists()
    assert not ChildDataOverride.objects.exists()


def test_with_the_tick_it_is_imported_and_the_tick_recorded(client, people, plan, previewed):
    client.force_login(people.manager)
    import_ = previewed(children_table())

    page = apply(client, import_, names_no_child="yes")

    import_.refresh_from_db()
    override = ChildDataOverride.objects.get()
    assert page.status_code == 200
    assert Milestone.objects.count() == 3
    assert (override.plan, override.by, override.kinds) == (plan, people.manager, KIND)
    assert override.where == "Import of May.docx: Action 1, outcome; Milestone 1.1, note; Milestone 1.2, text"
    assert override.history.get().history_date == import_.applied_at


def test_a_file_that_names_nobody_has_no_box(client, people, previewed):
    client.force_login(people.manager)
    import_ = previewed(table(action(step())))

    page = client.get(reverse("imports:detail", args=[import_.pk]))

    assert "names_no_child" not in page.text
    assert apply(client, import_).status_code == 200
    assert not ChildDataOverride.objects.exists()


def test_what_the_plan_says_already_is_not_asked_about_again(plan, people, previewed):
    put(plan, children_table(), by=people.manager)

    again = operations.comparison_of(previewed(children_table(), "again.docx"))

    assert again.child_words == ()


def test_a_difference_is_asked_about_when_it_is_taken(client, people, plan, previewed):
    put(plan, table(action(step("1.1", "See every child."))), by=people.manager)
    client.force_login(people.manager)
    changed = table(action(step("1.1", "See Child A."), step("1.2")))

    import_ = previewed(changed)
    page = client.get(reverse("imports:detail", args=[import_.pk]))
    taken = apply(client, import_, page, accept=keys(page))
    left = apply(client, import_, page)

    assert places(page.context["comparison"]) == [("row 1.1", "Milestone 1.1, text", "Child A", False)]
    assert taken.status_code == 422
    assert f'{keys(page)[0]}" checked' in taken.text
    assert left.status_code == 200
    assert Milestone.objects.get(ref="1.1").text == "See every child."
    assert not ChildDataOverride.objects.exists()


def test_the_command_warns_and_records_who_imported(plan, people, tmp_path, capsys):
    file = tmp_path / "May.csv"
    file.write_text(
        "Action,Milestone,Start Date,Due Date,Status,Progress Note,Milestone Lead,Outcome\n"
        "1. Answer.,1.1 See all.,01/03/2011,31/08/2011,On track,Child A was seen.,A. Moss,Safe.\n"
    )

    call_command("import_plan", str(file), plan=plan.slug, as_at="2011-05-31", by=people.manager.email)

    override = ChildDataOverride.objects.get()
    assert "some words look as if they tell who a child is (a particular child or family)." in capsys.readouterr().out
    assert ProgressUpdate.objects.filter(note__contains="Child A").exists()
    assert (override.by, override.kinds) == (people.manager, KIND)
    assert override.where.startswith("Import of May.csv: Milestone 1.1, note")


def test_an_import_that_fails_leaves_no_override(plan, people, previewed, monkeypatch):
    import_ = previewed(children_table())
    monkeypatch.setattr(Import, "save", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        operations.apply_import(import_=import_, accept=EVERYTHING, tells_of_no_child=True, by=people.manager)

    assert not ChildDataOverride.objects.exists()
    assert not Milestone.objects.exists()


def test_the_page_for_a_file_has_the_hint(client, people, plan):
    client.force_login(people.manager)

    page = client.get(reverse("imports:new", args=[plan.slug])).text

    assert "It must not tell who a child is." in page
    assert "Do not write anything that tells who a child is." in page
    assert 'aria-describedby="id_pasted_helptext"' in page
