"""A plan that starts from a council’s own table: its title, its key, and that nothing stays of one not wanted."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organisation
from imports.models import Import
from imports.operations import comparison_of
from imports.preview import to_look_at
from imports.readers.table import Finding, PlanTable
from imports.starting import fitting_scheme, plan_title_of
from milestones.models import Milestone
from plans.models import ChildDataOverride, Plan, PlanMembership
from plans.operations import give_role
from plans.schemes import DEFAULT, PRESETS

from .files import TITLE, excel_clipboard, plan_docx, sheet_rows
from .tables import action, step, table

START = "/start-a-plan/from-a-table/"


@pytest.fixture
def starter(client, people):
    """The browser of Mira, who administers a site without any plan."""
    client.force_login(people.manager)
    return client


def the_file(name="May report.docx"):
    return SimpleUploadedFile(name, plan_docx())


def sent(**fields):
    return {
        "council_name": "Newshire Council",
        "pasted": "",
        "title": "",
        "as_at": "",
        "scheme": "by_the_table",
    } | fields


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        (TITLE, "Eastmere Safeguarding Plan"),
        ("Safeguarding Improvement Plan – Progress report, May 2031", "Safeguarding Improvement Plan"),
        ("Getting to Good", "Getting to Good"),
        ("Milestone Report May 2031", "Milestone Report May 2031"),
        ("", ""),
    ],
)
def test_a_plan_is_called_like_its_report_without_what_kind_of_report_it_is(printed, title):
    assert plan_title_of(PlanTable(title=printed)) == title


def test_the_key_is_the_one_that_knows_the_words_of_the_table():
    read = table(action(step("1.1", status_word="Complete and tested"), step("1.2", status_word="Off track")))

    assert fitting_scheme(read) == PRESETS["brag_blue_checked"]


def test_the_key_is_the_usual_one_where_several_know_the_words():
    read = table(action(step("1.1", status_word="Achieved"), step("1.2", status_word="On track")))

    assert fitting_scheme(read) == DEFAULT


def test_a_file_starts_a_plan_and_is_shown_before_it_is_written(starter, people):
    page = starter.post(START, sent(file=the_file()), follow=True)

    plan = Plan.objects.get()
    assert (plan.title, plan.council.name) == ("Eastmere Safeguarding Plan", "Newshire Council")
    assert plan.cycle_anchor.weekday() == 0
    assert Plan.objects.managed_by(people.manager).get() == plan
    assert "It becomes a new plan, <strong>Eastmere Safeguarding Plan</strong>" in page.text
    assert "Not achieved; Not on track; On track; Achieved" in page.text
    assert not Milestone.objects.exists()


def test_a_pasted_table_starts_a_plan_of_the_title_and_the_key_that_were_given(starter):
    pasted = excel_clipboard(sheet_rows())

    starter.post(START, sent(pasted=pasted, title="Getting to Good", scheme="brag_blue_done"))

    plan = Plan.objects.get()
    assert (plan.title, plan.status_scheme.name) == ("Getting to Good", "BRAG, blue is done")


def test_a_table_that_is_not_imported_leaves_no_plan(starter):
    page = starter.post(START, sent(file=the_file()), follow=True)
    import_ = page.context["import"]

    after = starter.post(f"/imports/{import_.pk}/discard/", follow=True)

    assert after.redirect_chain[-1][0] == START
    assert "May report.docx was not imported, and no plan was started." in after.text
    assert (Plan.objects.count(), Import.objects.count(), Organisation.objects.count()) == (0, 0, 0)


def test_a_plan_that_others_have_joined_stays_when_its_table_is_not_imported(starter, people):
    page = starter.post(START, sent(file=the_file()), follow=True)
    plan = Plan.objects.get()
    give_role(plan=plan, user=people.lead, role=PlanMembership.Role.LEAD, by=people.manager)

    after = starter.post(f"/imports/{page.context['import'].pk}/discard/", follow=True)

    assert after.redirect_chain[-1][0] == f"/plans/{plan.slug}/import/"
    assert Plan.objects.get() == plan


def test_a_table_that_is_imported_leads_to_the_first_appendix(starter):
    page = starter.post(START, sent(file=the_file()), follow=True)
    seen = page.context["comparison"].fingerprint

    done = starter.post(f"/imports/{page.context['import'].pk}/apply/", {"seen": seen}, follow=True)

    assert Milestone.objects.count() == 10
    assert 'href="/plans/eastmere-safeguarding-plan/reports/?as_at=2011-05-31">Make the first appendix' in done.text


def test_a_table_without_a_title_asks_what_the_plan_is_called(starter):
    refused = starter.post(START, sent(pasted="Milestone\tDue Date\n1.1 Answer at once\t31-May-2011\n"))

    assert refused.status_code == 422
    assert "No title stands above the table. Enter the title of the plan." in refused.text
    assert not Plan.objects.exists()


def test_a_file_that_cannot_be_read_starts_nothing(starter):
    refused = starter.post(START, sent(file=SimpleUploadedFile("May report.docx", b"no document")))

    assert refused.status_code == 422
    assert refused.context["form"].errors["file"]
    assert (Plan.objects.count(), Organisation.objects.count()) == (0, 0)


def test_all_that_is_missing_is_said_at_once_and_the_file_is_asked_for_again(starter):
    empty = starter.post(START, sent(council_name=""))
    without_council = starter.post(START, sent(council_name="", file=the_file()))

    assert set(empty.context["form"].errors) == {"council_name", "file"}
    assert "Choose the file “May report.docx” again. It was not read." in without_council.text


def test_the_council_is_asked_for_once(starter):
    first = starter.get(START)
    starter.post(START, sent(file=the_file()))

    assert "Name of your council" in first.text
    assert "Name of your council" not in starter.get(START).text


def test_somebody_who_may_not_start_a_plan_is_refused(client, people, plan):
    client.force_login(people.lead)

    assert client.post(START, sent(file=the_file())).status_code == 403


def test_many_warnings_of_one_kind_stand_together_and_few_alone():
    new = tuple(Finding("person_added", f"row {number}", f"{number} is new.") for number in range(4))
    other = Finding("due_missing", "row 9", "9 has no due date.")

    found = to_look_at([*new[:2], other, *new[2:]])

    assert found.alone == (other,)
    assert found.alike == (("A lead is not known yet and is added to the council’s people.", new),)


def test_a_title_in_the_file_that_may_tell_who_a_child_is_starts_no_plan(starter):
    printed = "Family C Improvement Plan\n\nAction\tMilestone\tDue Date\n1 Act\t1.1 Audit\t31 May 2031\n"
    controls = printed.replace("Family C", "Eastmere")

    refused = starter.post(START, sent(pasted=printed))

    assert refused.status_code == 422
    assert "looks as if it tells who a child is" in refused.text
    assert not Plan.objects.exists()
    assert starter.post(START, sent(pasted=controls)).status_code == 302
    assert Plan.objects.get().title == "Eastmere Improvement Plan"


def test_that_somebody_said_it_tells_of_no_child_belongs_to_the_new_plan(starter):
    asked = starter.post(START, sent(file=the_file(), title="Family C"))
    [tick] = re.findall(r'name="names_no_child"[^>]*value="(\w+)"', asked.text)
    starter.post(START, sent(file=the_file(), title="Family C", names_no_child=tick))

    assert ChildDataOverride.objects.get().plan == Plan.objects.get()


def test_another_key_is_another_plan(starter):
    for key in ("by_the_table", "brag_blue_checked"):
        starter.post(START, sent(file=the_file(), scheme=key))

    assert len({plan.status_scheme.name for plan in Plan.objects.all()}) == 2


def test_the_plan_that_an_import_started_goes_when_the_import_is_undone(starter):
    starter.post(START, sent(file=the_file()))
    import_ = Import.objects.get()
    starter.post(f"/imports/{import_.pk}/apply/", {"seen": comparison_of(import_).fingerprint})
    assert Milestone.objects.exists()

    undone = starter.post(f"/imports/{import_.pk}/undo/", follow=True)

    assert "is undone" in undone.text
    assert not Plan.objects.exists()
    assert not Import.objects.exists()


def test_who_may_only_try_it_out_discards_their_own_preview(client, starter, people):
    starter.post(START, sent(file=the_file()))
    plan = Plan.objects.get()
    give_role(plan=plan, user=people.steering, role="reporting_officer", by=people.manager)
    client.force_login(people.steering)
    client.post(f"/plans/{plan.slug}/import/", {"file": the_file(), "pasted": "", "as_at": ""})
    own = Import.objects.get(by=people.steering)

    assert client.post(f"/imports/{own.pk}/discard/").status_code == 302
    assert not Import.objects.filter(pk=own.pk).exists()
    assert Plan.objects.exists()
