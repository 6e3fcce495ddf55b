"""Cover reports on the site: who may do what, who writes which section, and that no word is lost."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import operating, save_with_reason
from accounts.operations import add_organisation, add_person
from accounts.versions import version_of
from milestones.operations import record_update
from plans.meeting_operations import add_meeting
from plans.models import ChildDataOverride
from plans.operations import edit_plan
from plans.review_operations import add_board
from reports import cover_operations as operations
from reports.cover_form_operations import add_form, edit_section, sections_of
from reports.cover_issues import INDICATORS_HEADING, KEY_ISSUES_HEADING
from reports.cover_presets import PRESETS
from reports.cover_reading import cover_text
from reports.models import CoverReminder, CoverReport, CoverSection, CoverTemplate, KeyIssues, Pack, PackPaper
from reports.pack_operations import start_pack
from tests.cast import PASSWORD, sign_in

from .fortnight import AS_AT, SINCE, fortnight, on

__all__ = ["fortnight"]

COVERS = "/plans/safeguarding/covers/"
TITLE = "Progress of the Safeguarding Plan"


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def writer(fortnight, django_user_model):
    """Fin of finance, who has an account and no role on the plan."""
    user = django_user_model.objects.create_user("fin@council.example", PASSWORD, name="Fin Finance")
    council = fortnight.plan.council
    person = add_person(name="Fin Finance", job_title="Accountant", organisation=council, user=user, by=fortnight.by)
    return SimpleNamespace(user=user, person=person)


@pytest.fixture
def cover(fortnight):
    return operations.start_cover(
        plan=fortnight.plan, form="numbered-2010", title=TITLE, as_at=AS_AT, since=SINCE, by=fortnight.users.officer
    )


@pytest.fixture
def finance(cover, writer, fortnight):
    """The section of finance, which Fin is to write."""
    section = cover.sections.get(heading="Chief Financial Officer Comments")
    due_on = date(2011, 5, 26)
    return operations.assign_section(section=section, writer=writer.person, due_on=due_on, by=fortnight.users.officer)


@pytest.fixture
def officer(client, fortnight):
    sign_in(client, fortnight.users.officer)
    return client


def page(cover):
    return f"{COVERS}{cover.pk}/"


def at(section):
    return f"/cover-sections/{section.pk}/"


def write(client, section, text, **more):
    return client.post(at(section), {"text": text, "version": version_of(section), "do": "save"} | more)


# --- Beginning ---------------------------------------------------------------------------------------------------


def begin(client, **changes):
    sent = {"form": "numbered-2010", "title": TITLE, "meeting": "", "as_at": "2011-05-24", "since": "2011-05-10"}
    return client.post(f"{COVERS}new/", sent | changes)


def test_a_report_begins_with_the_sections_of_its_form_and_the_key_issues_in_it(officer, fortnight):
    assert begin(officer).status_code == 302

    cover = CoverReport.objects.get()
    summary = cover.sections.get(heading="Summary")
    assert [each.heading for each in cover.sections.all()] == [s.heading for s in PRESETS["numbered-2010"].sections]
    assert CoverTemplate.objects.get().name == "Cover report, numbered sections (2010)"
    assert summary.text.startswith(f"# {KEY_ISSUES_HEADING}\n\nTraining number 1 (1.1) moved from On track")
    assert KeyIssues.objects.get().as_at == AS_AT


def test_what_is_internal_is_not_put_into_a_report(officer, fortnight):
    begin(officer)

    section = CoverSection.objects.get(heading="Summary")
    assert "(1.7)" not in section.text
    assert "1 more is left out" in officer.get(at(section)).text


def test_a_section_counts_as_written_once_it_prints_something(officer, cover, fortnight):
    section = cover.sections.get(heading="Consultation")

    def states():
        text = officer.get(page(cover)).content.decode()
        return text.count("Written"), text.count("Empty: prints “No consultation was needed for this report.”")

    written = states()[0]
    assert states() == (written, 1)
    section = operations.write_section(section=section, text="# Who was asked", by=fortnight.users.officer)
    assert states() == (written, 1)
    operations.write_section(section=section, text="# Who was asked\n\nThe board.", by=fortnight.users.officer)
    assert states() == (written + 1, 0)
    assert (
        "Lists the papers of its pack; alone it prints “There are none.”" in officer.get(page(cover)).content.decode()
    )


def test_a_report_is_added_to_an_open_pack_from_its_page(officer, cover, fortnight):
    pack = start_pack(plan=cover.plan, title="Cabinet", as_at=AS_AT, by=fortnight.users.officer)

    shown = officer.get(page(cover)).content.decode()
    form = officer.get(f"/packs/{pack.number}/papers/new/?paper=cover&cover={cover.pk}").context["form"]

    assert f"/packs/{pack.number}/papers/new/?paper=cover&amp;cover={cover.pk}" in shown
    assert str(form["cover"].value()) == str(cover.pk)


def test_the_button_pressed_twice_begins_one_report(officer):
    first, second = begin(officer), begin(officer)

    assert first["Location"] == second["Location"]
    assert CoverReport.objects.count() == 1


def test_the_head_has_the_meeting_and_what_stood_there_last_time(officer, fortnight):
    board = add_board(council=fortnight.plan.council, name="Audit Committee", kind="audit_committee", by=fortnight.by)
    meeting = add_meeting(body=board, held_on=date(2011, 6, 24), agenda_item="7", by=fortnight.by)
    first = CoverReport.objects.get(pk=begin(officer).url.split("/")[-2])
    row = next(place for place, each in enumerate(first.header) if each["label"] == "Report of")
    operations.edit_cover(
        cover=first,
        header=[each | {"value": "The Director"} if n == row else each for n, each in enumerate(first.header)],
        by=fortnight.by,
    )

    begin(officer, title="Another", meeting=str(meeting.pk))

    said = {each.label: each.value for each in cover_text(CoverReport.objects.get(title="Another")).header}
    assert said["Report to"] == "Audit Committee"
    assert (said["On"], said["Agenda item"], said["Report title"]) == ("24 June 2011", "7", "Another")
    assert (said["Report of"], said["Ward(s) affected"]) == ("The Director", "All")
    assert said["Contact officer"].startswith("Rolf Reports")


def test_days_that_make_no_sense_are_refused_and_what_was_typed_stays(officer):
    response = begin(officer, since="2011-05-24", title="A title that stays")

    assert response.status_code == 422
    assert "The last report was before the day of the position." in response.text
    assert "A title that stays" in response.text
    assert not CoverReport.objects.exists()


def test_a_meeting_of_another_council_is_refused(fortnight, cover):
    other = add_organisation(name="Othershire Council", short_name="Othershire", kind="council", by=fortnight.by)
    board = add_board(council=other, name="Their board", kind="cabinet", by=fortnight.by)
    meeting = add_meeting(body=board, held_on=date(2011, 6, 24), by=fortnight.by)

    with pytest.raises(ValidationError, match="another council"):
        operations.edit_cover(cover=cover, meeting=meeting, by=fortnight.by)


# --- Who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "list_status", "new_status"),
    [("manager", 200, 200), ("officer", 200, 200), ("steering", 200, 403), ("contributor", 403, 403),
     ("outsider", 404, 404)],
)  # fmt: skip
def test_who_sees_the_plan_sees_its_reports_and_who_writes_them_begins_one(
    client, fortnight, cover, who, list_status, new_status
):
    sign_in(client, getattr(fortnight.users, who))

    assert client.get(COVERS).status_code == list_status
    assert client.get(f"{COVERS}new/").status_code == new_status
    assert client.get(page(cover)).status_code == list_status
    assert client.get(f"{page(cover)}edit/").status_code == new_status


def test_who_only_reads_is_offered_nothing_to_change(client, fortnight, cover):
    sign_in(client, fortnight.users.steering)
    response = client.get(page(cover))

    assert "<form" not in response.text.split("<main")[1]
    assert client.get(at(cover.sections.first())).status_code == 404
    assert client.post(f"{page(cover)}paper/", {"format": "html"}).status_code == 403


def test_a_writer_without_a_role_sees_the_own_section_and_nothing_else(client, writer, finance, cover):
    sign_in(client, writer.user)
    other = cover.sections.get(heading="Head of Legal Services Comments")

    assert client.get(at(finance)).status_code == 200
    assert TITLE in client.get(at(finance)).text
    assert "Safeguarding Plan</a>" not in client.get(at(finance)).text
    for address in (at(other), page(cover), f"{page(cover)}paper/", COVERS, "/plans/safeguarding/"):
        assert client.get(address).status_code == 404, address
    assert client.get(f"{at(finance)}writer/").status_code == 403
    assert client.post(f"{at(finance)}remind/").status_code == 403


def test_what_a_writer_owes_is_theirs_until_it_is_locked_or_the_plan_is_over(writer, finance, fortnight, cover):
    def owed():
        return list(CoverSection.objects.owed_by(writer.user))

    assert owed() == [finance]
    assert list(CoverSection.objects.owed_by(fortnight.users.outsider)) == []

    edit_plan(plan=fortnight.plan, status="closed", reason="Over", by=fortnight.by)
    assert owed() == []
    edit_plan(plan=fortnight.plan, status="active", reason="On", by=fortnight.by)
    operations.write_section(section=finance, text="None.", lock=True, by=writer.user)
    assert owed() == []


def test_a_writer_of_a_plan_that_is_over_reads_and_writes_no_more(client, writer, finance, fortnight):
    edit_plan(plan=fortnight.plan, status="closed", reason="Over", by=fortnight.by)
    sign_in(client, writer.user)

    assert client.get(at(finance)).status_code == 200
    assert write(client, finance, "Late").status_code == 403
    finance.refresh_from_db()
    assert finance.text == ""


# --- Writing -----------------------------------------------------------------------------------------------------


def test_a_writer_writes_and_locks_in_one_press(client, writer, finance):
    sign_in(client, writer.user)

    assert write(client, finance, "It costs nothing.", do="lock").status_code == 302

    finance.refresh_from_db()
    assert (finance.text, finance.locked_by) == ("It costs nothing.", writer.user)
    assert "Locked by Fin Finance" in client.get(at(finance)).text
    assert 'name="text"' not in client.get(at(finance)).text


def test_a_locked_text_is_changed_by_nobody_until_it_is_unlocked_with_a_reason(officer, writer, finance, fortnight):
    operations.write_section(section=finance, text="It costs nothing.", lock=True, by=writer.user)
    finance.refresh_from_db()

    refused = write(officer, finance, "It costs a lot.")
    assert refused.status_code == 422
    assert "This section is locked" in refused.text
    assert "It costs a lot." in refused.text
    assert officer.post(f"{at(finance)}unlock/", {"reason": ""}).status_code == 422
    finance.refresh_from_db()
    assert (finance.text, finance.locked_at is None) == ("It costs nothing.", False)

    assert officer.post(f"{at(finance)}unlock/", {"reason": "A figure is wrong"}).status_code == 302
    finance.refresh_from_db()
    assert write(officer, finance, "It costs little.").status_code == 302
    assert finance.history.filter(
        history_change_reason="A figure is wrong", history_user=fortnight.users.officer
    ).exists()


def test_who_may_not_write_a_section_may_not_unlock_it(finance, writer, fortnight):
    operations.write_section(section=finance, text="It costs nothing.", lock=True, by=writer.user)

    for by in (fortnight.users.steering, fortnight.users.lead, fortnight.users.outsider):
        with pytest.raises(PermissionDenied):
            operations.unlock_section(section=finance, reason="Mine", by=by)
    assert operations.unlock_section(section=finance, reason="Theirs", by=writer.user).locked_at is None


def test_of_two_who_write_at_once_nobody_loses_a_word(officer, writer, finance):
    seen = version_of(finance)
    operations.write_section(section=finance, text="Fin’s words.", by=writer.user)

    response = write(officer, finance, "Rolf’s words.", version=seen)

    assert response.status_code == 409
    assert "Fin’s words." in response.text
    assert "Rolf’s words." in response.text
    finance.refresh_from_db()
    assert finance.text == "Fin’s words."
    again = response.context["form"]["version"].value()
    assert write(officer, finance, "Both words.", version=again).status_code == 302


def test_the_same_text_again_leaves_no_history(officer, finance):
    write(officer, finance, "Once.")
    before = finance.history.count()

    assert write(officer, finance, "Once.").status_code == 302
    assert finance.history.count() == before


def test_words_that_may_tell_who_a_child_is_are_asked_about(officer, finance):
    response = write(officer, finance, "This is about Child A, born 3/4/2005.")

    assert response.status_code == 422
    finance.refresh_from_db()
    assert finance.text == ""
    tick = response.context["form"].tick
    assert write(officer, finance, "This is about Child A, born 3/4/2005.", names_no_child=tick).status_code == 302
    assert ChildDataOverride.objects.filter(where__contains="Chief Financial Officer Comments").exists()


# --- The key issues ----------------------------------------------------------------------------------------------


def test_the_draft_is_taken_into_what_was_typed_and_saves_nothing_of_it(officer, cover):
    section = cover.sections.get(heading="Summary")

    response = write(officer, section, "What I typed.", do="take")

    text = response.context["form"]["text"].value()
    assert text.startswith(f"What I typed.\n\n# {KEY_ISSUES_HEADING}\n\nTraining number 1 (1.1)")
    assert INDICATORS_HEADING not in text
    section.refresh_from_db()
    assert section.text == ""
    assert response.context["missing"] == ()
    assert write(officer, section, text, version=response.context["form"]["version"].value()).status_code == 302


def test_a_sentence_whose_facts_have_changed_since_is_marked(officer, fortnight, cover):
    section = cover.sections.get(heading="Summary")
    taken = write(officer, section, "", do="take").context["form"]["text"].value()
    write(officer, section, taken)
    assert "marked:" not in officer.get(at(section)).text

    record_update(
        milestone=fortnight.milestones["1.1"],
        declared_status="not_achieved",
        note="It failed.",
        support_required=True,
        support_text="A trainer.",
        as_at=date(2011, 5, 20),
        by=fortnight.by,
    )

    response = officer.get(at(section))
    assert "1 sentence is marked:" in response.text
    assert "What this came from has changed." in response.text
    section.refresh_from_db()
    assert section.text == taken


def test_only_who_writes_the_report_is_shown_the_draft(client, cover, writer, fortnight):
    section = cover.sections.get(heading="Summary")
    operations.assign_section(section=section, writer=writer.person, by=fortnight.by)
    sign_in(client, writer.user)

    response = client.get(at(section))

    assert response.context["drafted"] is None
    assert "Training number" not in response.text
    assert write(client, section, "Mine.", do="take").status_code == 302


# --- Reminding ---------------------------------------------------------------------------------------------------


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://waymark.example"


def test_a_writer_is_mailed_the_title_and_the_link_once_a_day(officer, writer, finance, cover, fortnight, sends_mail):
    operations.write_section(section=finance, text="A secret draft.", by=writer.user)

    for address in (f"{at(finance)}remind/", f"{at(finance)}remind/", f"{page(cover)}remind/"):
        assert officer.post(address).status_code == 302

    (message,) = mail.outbox
    assert message.to == ["fin@council.example"]
    assert f"https://waymark.example/cover-sections/{finance.pk}/" in message.body
    assert TITLE in message.body
    assert "Chief Financial Officer Comments, by 26 May 2011" in message.body
    assert "secret" not in message.body + message.subject
    assert CoverReminder.objects.get().sent_to == writer.person
    with on(25, 9):
        sign_in(officer, fortnight.users.officer)
        officer.post(f"{at(finance)}remind/")
    assert len(mail.outbox) == 2


def test_one_mail_names_all_that_somebody_has_to_write(officer, writer, finance, cover, fortnight, sends_mail):
    legal = cover.sections.get(heading="Head of Legal Services Comments")
    locked = cover.sections.get(heading="Head of Procurement Comments")
    for section in (legal, locked):
        operations.assign_section(section=section, writer=writer.person, by=fortnight.by)
    operations.write_section(section=locked, text="None.", lock=True, by=writer.user)

    officer.post(f"{page(cover)}remind/")

    (message,) = mail.outbox
    assert [f"/cover-sections/{each.pk}/" in message.body for each in (finance, legal, locked)] == [True, True, False]


def test_who_has_no_account_is_named_and_not_mailed(officer, fortnight, cover, sends_mail):
    section = cover.sections.get(heading="Consultation")
    operations.assign_section(section=section, writer=fortnight.nadia, by=fortnight.by)

    response = officer.post(f"{at(section)}remind/", follow=True)

    assert "Nadia Nurse has no account." in response.text
    assert mail.outbox == []
    assert not CoverReminder.objects.exists()


def test_a_mail_that_did_not_go_is_no_reminder(officer, finance, sends_mail, settings, monkeypatch):
    def refuse(self, messages):
        raise OSError("down")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    response = officer.post(f"{at(finance)}remind/", follow=True)

    assert "could not be sent" in response.text
    assert not CoverReminder.objects.exists()


def test_a_site_without_mail_says_so(officer, finance):
    response = officer.post(f"{at(finance)}remind/", follow=True)

    assert "This site sends no e-mail" in response.text
    assert not CoverReminder.objects.exists()


def test_a_section_is_given_to_its_writer_on_its_page(officer, writer, cover):
    section = cover.sections.get(heading="Chief Financial Officer Comments")
    sent = {"writer": writer.person.pk, "due_on": "2011-05-30", "version": version_of(section), "reason": ""}

    assert officer.post(f"{at(section)}writer/", sent).status_code == 302

    section.refresh_from_db()
    assert (section.writer, section.due_on) == (writer.person, date(2011, 5, 30))
    assert "Comments of Chief Financial Officer" in officer.get(page(cover)).text


# --- The paper ---------------------------------------------------------------------------------------------------


def test_the_report_is_shown_and_downloaded_as_it_stands(officer, finance, cover, writer):
    operations.write_section(section=finance, text="Fin Finance says: nothing.", by=writer.user)

    shown = officer.get(f"{page(cover)}paper/")
    made = officer.post(f"{page(cover)}paper/", {"format": "html"})

    assert "8. Chief Financial Officer Comments" in shown.text
    assert made["Content-Disposition"] == 'attachment; filename="safeguarding-cover-2011-05-24.html"'
    assert "Fin Finance says: nothing." in made.text
    assert "There are no legal implications." in made.text


def test_names_that_the_public_copy_leaves_out_are_pointed_at(officer, cover, fortnight):
    section = cover.sections.get(heading="Consultation")
    operations.write_section(section=section, text="We asked Leon Lead about child A.", by=fortnight.by)

    text = officer.get(f"{page(cover)}paper/").text

    assert "Leon Lead in the section “Consultation” of the cover report" in text
    assert "looks like" in text


def test_the_papers_of_its_pack_are_its_appendices_with_their_days(officer, cover, fortnight):
    def keep(row):
        return save_with_reason(row, reason="June", by=fortnight.by)

    with operating(by=fortnight.by, name="test"):
        pack = keep(Pack(plan=fortnight.plan, number=1, title="June", as_at=AS_AT))
        of_pack = {"plan": fortnight.plan, "pack": pack}
        keep(PackPaper(**of_pack, place=1, kind="cover", cover=cover))
        keep(PackPaper(**of_pack, place=2, kind="milestones"))
        keep(PackPaper(**of_pack, place=3, kind="indicators", title="Figures", as_at=date(2011, 4, 30)))

    part = next(each for each in cover_text(cover).parts if each.heading.startswith("Use of appendices"))

    assert [each.lines[0] for each in part.lines] == [
        "Appendix 1: Milestone report, position at 24 May 2011",
        "Appendix 2: Figures, position at 30 April 2011",
    ]
    with pytest.raises(ValidationError):
        operations.archive_cover(cover=cover, by=fortnight.by, reason="Over")


def test_a_report_in_the_archive_is_off_the_list_and_takes_no_words(officer, cover, finance, writer, sends_mail):
    officer.post(f"{page(cover)}archive/", {"reason": "Begun twice"})

    assert TITLE not in officer.get(COVERS).text
    assert write(officer, finance, "Late").status_code == 422
    assert "nobody is asked for its sections" in officer.post(f"{page(cover)}remind/", follow=True).text
    assert mail.outbox == []
    assert list(CoverSection.objects.owed_by(writer.user)) == []


# --- The council's forms -----------------------------------------------------------------------------------------


@pytest.fixture
def form(fortnight):
    return add_form(council=fortnight.plan.council, preset=PRESETS["continuous"], by=fortnight.by)


def test_a_council_without_a_form_is_offered_the_supplied_ones(client, fortnight):
    sign_in(client, fortnight.by)
    page = client.get("/covers/")
    assert all(preset.name in page.text for preset in PRESETS.values())

    response = client.post("/covers/new/", {"preset": "partnership", "name": ""})

    assert response.status_code == 302
    assert client.get(response["Location"]).context["sections"][0]["row"].heading == "Purpose"


@pytest.mark.parametrize(("who", "status"), [("manager", 200), ("officer", 403), ("steering", 403), ("outsider", 404)])
def test_who_manages_a_plan_of_the_council_keeps_its_forms(client, fortnight, form, who, status):
    sign_in(client, getattr(fortnight.users, who))

    assert client.get(f"/covers/{form.pk}/edit/").status_code == status
    assert client.get(f"/covers/{form.pk}/").status_code == (404 if status == 404 else 200)
    assert client.get(f"/covers/{form.pk}/preview/").status_code == (404 if status == 404 else 200)


def test_the_rows_at_the_head_are_changed_on_one_page(client, fortnight, form):
    sign_in(client, fortnight.by)
    sent = {"version": version_of(form), "label_0": "Committee", "fill_0": "meeting", "label_1": "", "fill_1": ""}
    for place in range(2, 7):
        sent |= {f"label_{place}": "", f"fill_{place}": ""}
    sent |= {"label_6": "Wards", "fill_6": "wards"}

    assert client.post(f"/covers/{form.pk}/head/", sent).status_code == 302
    form.refresh_from_db()
    assert form.header == [{"label": "Committee", "fill": "meeting"}, {"label": "Wards", "fill": "wards"}]
    assert client.post(f"/covers/{form.pk}/head/", sent | {"label_0": "Panel"}).status_code == 409


def test_sections_of_a_form_are_changed_moved_and_taken_off(client, fortnight, form):
    sign_in(client, fortnight.by)
    first = sections_of(form)[0]
    address = f"/covers/{form.pk}/sections/{first.pk}/"
    sent = {"heading": "Status", "fill": "text", "standing": "Open", "empty_words": "None", "written_by": "",
            "version": version_of(first), "reason": ""}  # fmt: skip

    assert client.post(address, sent).status_code == 302
    assert client.post(f"{address}move/", {"to": "2"}).status_code == 302
    assert [each.heading for each in sections_of(form)][:2] == ["Key Decision", "Status"]
    assert client.post(f"{address}archive/", {"reason": "Not asked for"}).status_code == 302
    assert "Status" not in [each.heading for each in sections_of(form)]


def test_a_section_of_another_form_is_not_found(client, fortnight, form):
    sign_in(client, fortnight.by)
    other = add_form(council=fortnight.plan.council, preset=PRESETS["partnership"], by=fortnight.by)

    assert client.get(f"/covers/{form.pk}/sections/{sections_of(other)[0].pk}/").status_code == 404


def test_a_report_keeps_its_sections_when_its_form_changes(fortnight, cover):
    edit_section(section=sections_of(cover.template)[0], heading="Aim", by=fortnight.by, reason="Shorter")

    assert cover.sections.first().heading == "Purpose of the report"


# --- Costs -------------------------------------------------------------------------------------------------------


def test_the_pages_cost_the_same_for_more(client, fortnight, cover, finance, form):
    sign_in(client, fortnight.by)
    addresses = (COVERS, page(cover), f"{page(cover)}paper/", "/covers/", f"/covers/{form.pk}/", at(finance))

    def cost():
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    cost()
    before = cost()
    operations.start_cover(
        plan=fortnight.plan, form="partnership", title="Another", as_at=AS_AT, since=SINCE, by=fortnight.by
    )
    for section in cover.sections.exclude(pk=finance.pk):
        operations.assign_section(section=section, writer=finance.writer, by=fortnight.by)
        CoverReminder.objects.create(
            section=section, sent_to=finance.writer, sent_at=fortnight.plan.history.first().history_date,
            sent_by=fortnight.by,
        )  # fmt: skip

    assert cost() == before
