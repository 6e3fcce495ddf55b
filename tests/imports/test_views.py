import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Operation
from imports import operations
from imports.models import Import
from imports.readers.table import ReadPerson
from milestones.models import Milestone
from milestones.operations import edit_milestone
from plans.models import Theme
from plans.operations import archive_plan, give_role

from .files import excel_clipboard, plan_docx, sheet_rows
from .tables import JUNE, MAY, action, june_table, may_table, put, step, table

NEW = "/plans/safeguarding/import/"


@pytest.fixture
def previewed(plan, people):
    """Makes an import that waits to be checked."""

    def make(read, name="preview.docx", as_at=MAY):
        return operations.keep_preview(
            plan=plan, table=read, file_name=name, sha256=name, as_at=as_at, by=people.manager
        )

    return make


def seen(page):
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode())[1]


def keys(page):
    return re.findall(r'name="accept" form="apply" id="([^"]+)"', page.content.decode())


def apply(client, import_, page=None, **data):
    page = page or client.get(reverse("imports:detail", args=[import_.pk]))
    return client.post(reverse("imports:apply", args=[import_.pk]), {"seen": seen(page), **data}, follow=True)


def test_a_file_is_read_shown_imported_and_undone(plan, manager):
    before = Operation.objects.count()
    file = SimpleUploadedFile("May report.docx", plan_docx())

    page = manager.post(NEW, {"file": file, "as_at": "2011-05-31", "pasted": ""}, follow=True)

    assert page.status_code == 200
    assert page.templates[0].name == "imports/preview.html"
    for words in (
        "May report.docx",
        "as at 31 May 2011",
        "Front door",
        "New milestone",
        "J. Moss",
        "Nothing of it is written yet",
    ):
        assert words in page.content.decode()
    assert Operation.objects.count() == before
    assert not Theme.objects.exists()

    import_ = Import.objects.get()
    page = apply(manager, import_, page)
    assert page.templates[0].name == "imports/import_page.html"
    assert "Imported: 10 new milestones and 10 new updates." in page.content.decode()
    assert Milestone.objects.count() == 10

    page = manager.post(reverse("imports:undo", args=[import_.pk]), follow=True)
    assert "The import of May report.docx is undone." in page.content.decode()
    assert not Milestone.objects.exists()


def test_a_table_can_be_pasted(plan, manager):
    page = manager.post(NEW, {"pasted": excel_clipboard(sheet_rows()), "as_at": ""}, follow=True)

    assert page.templates[0].name == "imports/preview.html"
    import_ = Import.objects.get()
    assert (import_.file_name, import_.as_at) == ("Pasted table", MAY)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({}, "Choose a file, or paste a table below.", id="nothing"),
        pytest.param({"pasted": "   "}, "Choose a file, or paste a table below.", id="spaces"),
        pytest.param({"pasted": "x", "as_at": "31.31.2011"}, "This is not a date.", id="no date"),
        pytest.param({"file": SimpleUploadedFile("a.docx", b"junk")}, "There is a problem", id="no Word file"),
        pytest.param({"file": SimpleUploadedFile("a.csv", b"")}, "The file is empty.", id="an empty file"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(plan, manager, data, words):
    page = manager.post(NEW, {"pasted": "", "as_at": ""} | data)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("as_at", "words"),
    [
        pytest.param("2126-05-31", "31 May 2126: that day is still to come.", id="to come"),
        pytest.param("1989-12-31", "31 December 1989 is before 1990.", id="absurdly old"),
    ],
)
def test_a_day_that_no_table_stands_for_is_refused_beside_its_field(plan, manager, as_at, words):
    page = manager.post(NEW, {"pasted": excel_clipboard(sheet_rows()), "as_at": as_at})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert 'href="#id_as_at"' in page.content.decode()
    assert not Import.objects.exists()


def test_a_file_and_a_paste_together_are_refused_and_the_words_kept(plan, manager):
    file = SimpleUploadedFile("a.csv", b"Action,Milestone\r\n1. A,1.1 B\r\n")

    page = manager.post(NEW, {"file": file, "pasted": "My <table>", "as_at": "2011-05-31"})

    assert page.status_code == 422
    assert "not both" in page.content.decode()
    assert "My &lt;table&gt;" in page.content.decode()
    assert 'value="2011-05-31"' in page.content.decode()


def test_problems_come_first_and_nothing_can_be_confirmed(manager, previewed):
    import_ = previewed(table(action(step(), step(note="Otherwise."))))

    page = manager.get(reverse("imports:detail", args=[import_.pk])).content.decode()

    assert "This file cannot be imported as it is" in page
    assert "Import into" not in page
    answer = manager.post(reverse("imports:apply", args=[import_.pk]), {"seen": "x"})
    assert answer.status_code == 409
    assert not Theme.objects.exists()


def test_a_ticked_difference_is_taken_and_the_others_stay(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(table(action(step("1.1", "Else.", lead=ReadPerson("N. New")))))
    page = manager.get(reverse("imports:detail", args=[import_.pk]))
    lead = keys(page)[1]

    apply(manager, import_, page, accept=[lead])

    milestone = Milestone.objects.get(ref="1.1")
    assert (milestone.text, milestone.lead.name) == ("Step 1.1 is done.", "N. New")


def test_all_differences_can_be_taken_at_once(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(table(action(step("1.1", "Else.", lead=ReadPerson("N. New")))))

    apply(manager, import_, accept_all="yes")

    milestone = Milestone.objects.get(ref="1.1")
    assert (milestone.text, milestone.lead.name) == ("Else.", "N. New")


def test_a_plan_that_moved_is_shown_again_with_the_ticks(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(table(action(step("1.1", "Else.", lead=ReadPerson("N. New")))))
    page = manager.get(reverse("imports:detail", args=[import_.pk]))
    lead = keys(page)[1]
    edit_milestone(milestone=Milestone.objects.get(ref="1.1"), text="Third.", reason="x", by=people.manager)

    page = apply(manager, import_, page, accept=[lead])

    assert page.status_code == 409
    assert "The plan has changed since this preview." in page.content.decode()
    assert f'value="{lead}" checked' in page.content.decode()
    assert Milestone.objects.get(ref="1.1").lead.name == "A. Moss"


def test_a_confirmation_that_saw_nothing_is_shown_the_preview(plan, manager, previewed):
    import_ = previewed(may_table())

    answer = manager.post(reverse("imports:apply", args=[import_.pk]))

    assert answer.status_code == 409
    assert not Theme.objects.exists()


def test_a_file_that_changes_nothing_says_so(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(may_table())

    page = manager.get(reverse("imports:detail", args=[import_.pk])).content.decode()

    assert "This file changes nothing." in page
    assert "Import into" not in page


def test_a_difference_that_nobody_ticks_changes_nothing(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(table(action(step("1.1", "Else."))))

    page = apply(manager, import_)

    assert "This file changes nothing" in page.content.decode()
    assert Import.objects.count() == 1


def test_thousands_of_ticks_are_taken(plan, people, manager, previewed):
    put(plan, may_table(), by=people.manager)
    import_ = previewed(table(action(step("1.1", "Else."))))
    page = manager.get(reverse("imports:detail", args=[import_.pk]))

    page = apply(manager, import_, page, accept=[*keys(page), *(f"another-{number}" for number in range(20_000))])

    assert page.status_code == 200
    assert Milestone.objects.get(ref="1.1").text == "Else."


def test_a_preview_can_be_thrown_away(manager, previewed):
    import_ = previewed(may_table())

    page = manager.post(reverse("imports:discard", args=[import_.pk]), follow=True)

    assert "preview.docx was not imported." in page.content.decode()
    assert not Import.objects.exists()


def test_a_reporting_officer_throws_away_their_own_file_alone(plan, people, client, previewed):
    give_role(plan=plan, user=people.outsider, role="reporting_officer", by=people.manager)
    theirs = previewed(may_table())
    own = operations.keep_preview(
        plan=plan, table=may_table(), file_name="own", sha256="own", as_at=MAY, by=people.outsider
    )
    client.force_login(people.outsider)

    pages = [client.get(reverse("imports:detail", args=[each.pk])).text for each in (theirs, own)]
    answers = [client.post(reverse("imports:discard", args=[each.pk])).status_code for each in (theirs, own)]

    assert ["Do not import it" in page for page in pages] == [False, True]
    assert answers == [403, 302]
    assert Import.objects.get() == theirs


def test_a_manager_throws_away_anybodys_file(plan, people, manager):
    give_role(plan=plan, user=people.outsider, role="reporting_officer", by=people.manager)
    import_ = operations.keep_preview(
        plan=plan, table=may_table(), file_name="own", sha256="own", as_at=MAY, by=people.outsider
    )

    assert "Do not import it" in manager.get(reverse("imports:detail", args=[import_.pk])).text
    manager.post(reverse("imports:discard", args=[import_.pk]))

    assert not Import.objects.exists()


def test_an_import_that_is_done_cannot_be_thrown_away(plan, people, manager):
    put(plan, may_table(), by=people.manager)

    page = manager.post(reverse("imports:discard", args=[Import.objects.get().pk]))

    assert page.status_code == 409
    assert "may.csv was imported already." in page.content.decode()
    assert Import.objects.get().state == Import.State.APPLIED


def test_an_import_that_can_no_longer_be_undone_says_why(plan, people, manager):
    put(plan, may_table(), by=people.manager)
    put(plan, june_table(), by=people.manager, as_at=JUNE, name="june.csv")
    import_ = Import.objects.get(sha256="may.csv")

    page = manager.get(reverse("imports:detail", args=[import_.pk])).content.decode()
    answer = manager.post(reverse("imports:undo", args=[import_.pk]))

    assert "Milestone 1.1 has a progress update since." in page
    assert "Undo the import" not in page
    assert answer.status_code == 409
    assert Milestone.objects.count() == 3


def test_imports_are_listed_for_those_who_manage_the_plan(plan, people, manager, client):
    put(plan, may_table(), by=people.manager)

    assert "may.csv" in manager.get(reverse("imports:list")).content.decode()
    assert "may.csv" in manager.get(NEW).content.decode()
    client.force_login(people.steering)
    assert "may.csv" not in client.get(reverse("imports:list")).content.decode()


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_nobody_else_comes_near_an_import(plan, people, client, previewed, who, status):
    import_ = previewed(may_table())
    client.force_login(getattr(people, who))

    assert client.get(NEW).status_code == status
    assert client.post(NEW, {"pasted": "x"}).status_code == status
    assert client.get(reverse("imports:detail", args=[import_.pk])).status_code == status
    for name in ("apply", "discard", "undo"):
        assert client.post(reverse(f"imports:{name}", args=[import_.pk])).status_code == status
    assert Import.objects.get().state == Import.State.PREVIEWED


def test_a_visitor_is_asked_to_sign_in(plan, client):
    assert client.get(NEW).status_code == 302


def test_a_plan_in_the_archive_says_so(plan, people, manager):
    archive_plan(plan=plan, reason="Closed", by=people.governance)

    page = manager.get(NEW)

    assert page.status_code == 403
    assert "in the archive" in page.content.decode()


def test_hostile_words_are_shown_as_words(manager, previewed):
    hostile = "<script>alert(1)</script>"
    import_ = previewed(table(action(step("1.1", hostile, note=hostile), text=hostile), theme=hostile), name=hostile)

    page = apply(manager, import_).content.decode()
    shown = manager.get(reverse("imports:detail", args=[import_.pk])).content.decode()

    assert "<script>alert" not in page + shown
    assert Milestone.objects.get().text == hostile


def test_a_preview_costs_the_same_number_of_queries_whatever_its_size(
    plan, manager, previewed, django_assert_max_num_queries
):
    actions = [action(*(step(f"{n}.{m}") for m in range(5)), ref=str(n), text=f"Action {n}.") for n in range(1, 20)]
    import_ = previewed(table(*actions))

    with django_assert_max_num_queries(25):
        manager.get(reverse("imports:detail", args=[import_.pk]))
