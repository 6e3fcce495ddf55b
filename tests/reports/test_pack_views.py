"""The pages on which packs are begun, their papers chosen, and from which they are frozen."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine

from plans.meeting_operations import add_meetings
from plans.operations import give_role
from plans.review_operations import add_board
from reports.cover_operations import start_cover
from reports.models import Edition, Pack, PackPaper
from reports.pack_operations import add_paper, archive_pack, edit_pack, edit_paper, remove_paper, start_pack

from .full_plan import AS_AT
from .pack_sample import frozen, published
from .test_appendix import Read

LIST = "/plans/safeguarding/packs/"
NEW = f"{LIST}new/"
WANTED = {
    "title": "Cabinet, 14 June 2011",
    "as_at": "2011-05-31",
    "readers": "internal",
    "layout": "accessible",
    "most_days_old": "42",
}


@pytest.fixture
def manager(client, people, plan):
    client.force_login(people.manager)
    return client


@pytest.fixture
def steering(client, people, plan):
    client.force_login(people.steering)
    return client


@pytest.fixture
def meeting(council, people, plan):
    board = add_board(council=council, name="Audit Committee", kind="audit_committee", by=people.manager)
    return add_meetings(body=board, dates=[date(2011, 9, 6)], by=people.manager)[0]


def text(answer):
    return re.sub(r"\s+", " ", Read(answer.content.decode()).text)


def address(pack, more=""):
    return f"/packs/{pack.number}/{more}"


def paper_of(pack, place=1):
    return pack.papers.get(place=place)


# --- The list ----------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_a_pack_is_and_begins_one(manager):
    page = manager.get(LIST)

    assert "A pack is the papers of one meeting." in text(page)
    assert f'href="{NEW}"' in page.content.decode()


def test_drafts_stand_before_what_is_frozen_with_the_state_in_words(manager, pack, people, plan):
    frozen(pack, people.manager)
    draft = start_pack(plan=plan, title="Scrutiny, 1 July 2011", as_at=AS_AT, by=people.manager)

    page = manager.get(LIST)

    assert [(row.pack, row.state) for row in page.context["drafts"]] == [(draft, "Draft")]
    assert [(row.pack, row.state) for row in page.context["frozen"]] == [(pack, "v1: ready for sign-off")]
    assert text(page).index("Scrutiny") < text(page).index("Cabinet")


def test_what_was_put_away_stands_apart(manager, pack, people):
    archive_pack(pack=pack, reason="Not needed.", by=people.manager)

    page = manager.get(LIST)

    assert [row.pack for row in page.context["archived"]] == [pack]
    assert not page.context["drafts"]


def test_the_list_costs_the_same_for_more_packs(manager, pack, people, plan, django_assert_max_num_queries):
    frozen(pack, people.manager)
    with django_assert_max_num_queries(40) as few:
        manager.get(LIST)
    for number in range(3):
        more = start_pack(plan=plan, title=f"Board {number}", as_at=AS_AT, by=people.manager)
        add_paper(pack=more, kind="milestones", formats=["csv"], by=people.manager)
        frozen(more, people.manager)

    with django_assert_max_num_queries(40) as many:
        manager.get(LIST)

    assert len(many) == len(few)


def test_a_member_finds_what_was_published_for_them_and_no_draft(steering, pack, officer, people, plan):
    edit_pack(pack=pack, readers="no_internal", by=people.manager)
    start_pack(plan=plan, title="A draft of something", as_at=AS_AT, by=people.manager)
    assert not steering.get(LIST).context["frozen"]
    assert steering.get(address(pack)).status_code == 404

    published(pack, people.manager, officer)

    page = steering.get(LIST)
    assert [row.state for row in page.context["frozen"]] == ["v1: published"]
    assert "A draft of something" not in page.content.decode()
    assert "Appendix 1" not in steering.get(address(pack)).content.decode()


def test_what_the_next_version_will_be_is_not_told_to_members(steering, pack, officer, people, client):
    edit_pack(pack=pack, readers="no_internal", by=people.manager)
    published(pack, people.manager, officer)
    edit_pack(pack=pack, title="Emergency meeting on a death", readers="internal", by=people.manager)

    for page in (LIST, address(pack)):
        client.force_login(people.steering)
        shown = steering.get(page).content.decode()
        assert "Cabinet, 14 June 2011" in shown
        assert "Emergency meeting" not in shown
        client.force_login(people.manager)
        assert "Emergency meeting" in client.get(page).content.decode()


def test_a_member_does_not_find_what_was_published_for_those_who_see_internal_things(steering, pack, officer, people):
    published(pack, people.manager, officer)

    assert steering.get(address(pack)).status_code == 404
    assert not steering.get(LIST).context["frozen"]


def test_an_outsider_is_told_there_is_no_such_page(client, people, pack):
    client.force_login(people.outsider)

    for page in (LIST, NEW, address(pack), address(pack, "freeze/")):
        assert client.get(page).status_code == 404
    assert client.post(address(pack, "freeze/")).status_code == 404


# --- Beginning ---------------------------------------------------------------------------------------------------


def test_a_pack_begins_at_the_end_of_the_last_cycle_with_the_usual_papers(manager):
    with time_machine.travel("2011-05-31 12:00"):
        form = manager.get(NEW).context["form"]

    assert form["as_at"].value() == date(2011, 5, 29)
    assert list(form["papers"].value()) == ["milestones", "indicators", "recommendations"]


def test_a_pack_begins_today_in_the_first_cycle_of_the_plan(manager):
    with time_machine.travel("2011-05-05 12:00"):
        assert manager.get(NEW).context["form"]["as_at"].value() == date(2011, 5, 5)


def test_a_pack_is_begun_with_what_is_ticked_in_the_usual_formats(manager, full_plan):
    answer = manager.post(NEW, WANTED | {"papers": ["milestones", "recommendations"]})

    pack = Pack.objects.get()
    assert answer.url == address(pack)
    assert [paper.kind for paper in pack.papers.all()] == ["milestones", "recommendations"]
    assert pack.papers.first().formats[0] == "pdf"


def test_a_pack_without_a_title_is_called_after_its_meeting(manager, meeting):
    assert manager.get(f"{NEW}?meeting={meeting.pk}").context["form"]["meeting"].value() == str(meeting.pk)

    manager.post(NEW, WANTED | {"title": "", "meeting": meeting.pk})

    assert Pack.objects.get().title == "Audit Committee, 6 September 2011"


def test_a_pack_without_title_and_meeting_is_refused_and_nothing_typed_is_lost(manager):
    answer = manager.post(NEW, WANTED | {"title": "", "most_days_old": "28"})

    assert answer.status_code == 422
    assert "Enter a title, or choose the meeting." in answer.content.decode()
    assert 'value="28"' in answer.content.decode()
    assert not Pack.objects.exists()


def test_a_title_that_may_tell_who_a_child_is_is_asked_about(manager):
    answer = manager.post(NEW, WANTED | {"title": "What happened to Child A"})

    assert answer.status_code == 422
    assert "may tell who a child is" in answer.content.decode()


def test_a_pack_is_for_the_next_meeting_that_has_none(manager, meeting, pack, people):
    with time_machine.travel("2011-06-01 12:00"):
        first = manager.get(NEW).context["form"]["meeting"].value()
    edit_pack(pack=pack, meeting=meeting, by=people.manager)
    with time_machine.travel("2011-06-01 12:00"):
        then = manager.get(NEW).context["form"]["meeting"].value()

    assert (first, then) == (meeting.pk, None)


def test_a_pack_that_is_begun_for_a_paper_goes_on_to_add_it(manager, full_plan):
    asked = {"paper": "indicators", "only": "key", "as_at": "2011-04-30"}
    page = manager.get(NEW, asked)
    form = page.context["form"]

    answer = manager.post(f"{NEW}?{urlencode(asked)}", WANTED | {"papers": form["papers"].value()})

    pack = Pack.objects.get()
    assert str(form["as_at"].value()) == "2011-04-30"
    assert [each.kind for each in pack.papers.all()] == ["milestones", "recommendations"]
    assert answer.url == address(pack, f"papers/new/?{urlencode(asked)}")


def test_who_may_not_prepare_packs_is_told_so(steering):
    assert steering.get(NEW).status_code == 403
    assert steering.post(NEW, WANTED).status_code == 403
    assert not Pack.objects.exists()


# --- One pack ----------------------------------------------------------------------------------------------------


def test_data_that_are_older_than_the_meeting_are_pointed_out(manager, pack, meeting, people):
    assert "older than the meeting" not in text(manager.get(address(pack)))

    edit_pack(pack=pack, meeting=meeting, by=people.manager)
    edit_paper(paper=paper_of(pack), as_at=date(2011, 7, 31), by=people.manager)

    page = manager.get(address(pack))
    assert [row.days_older for row in page.context["papers"]] == [0, 98]
    assert "Data are 98 days older than the meeting; this pack allows 42." in text(page)


def test_a_pack_is_changed_and_its_frozen_version_stays(manager, pack, people):
    frozen(pack, people.manager)
    pack.refresh_from_db()

    answer = manager.post(address(pack, "change/"), WANTED | {"title": "Cabinet, 21 June", "version": pack.version})

    assert answer.url == address(pack)
    assert Pack.objects.get().title == "Cabinet, 21 June"
    assert Edition.objects.get().title == "Cabinet, 14 June 2011"


def test_of_two_who_change_a_pack_nobody_loses_a_word(manager, pack, people):
    edit_pack(pack=pack, title="Theirs", by=people.manager)

    sent = WANTED | {"title": "Mine", "version": pack.version - 1}
    answer = manager.post(address(pack, "change/"), sent)

    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert Pack.objects.get().title == "Theirs"
    again = sent | {"version": answer.context["form"]["version"].value()}
    assert manager.post(address(pack, "change/"), again).status_code == 302
    assert Pack.objects.get().title == "Mine"


def test_a_pack_is_put_away_with_a_reason_and_then_takes_no_changes(manager, pack):
    assert manager.post(address(pack, "archive/"), {"reason": ""}).status_code == 422

    assert manager.post(address(pack, "archive/"), {"reason": "The meeting is cancelled."}).url == LIST

    assert Pack.objects.get().archived_at is not None
    assert manager.post(address(pack, "archive/"), {"reason": "Again."}).url == LIST
    assert manager.get(address(pack)).status_code == 200
    for step in ("change/", "freeze/", "papers/new/", f"papers/{paper_of(pack).pk}/change/"):
        assert manager.get(address(pack, step)).status_code == 404


# --- Its papers --------------------------------------------------------------------------------------------------


def test_the_filter_of_a_paper_is_that_of_its_own_page_and_is_said_in_words(manager, pack, full_plan):
    sent = {"formats": ["csv"], "show": "overdue", "theme": full_plan.front.pk, "title": "Appendix 3"}
    answer = manager.post(address(pack, "papers/new/?paper=milestones"), sent)

    assert answer.url == address(pack)
    assert paper_of(pack, 3).options == {"show": "overdue", "theme": str(full_plan.front.pk)}
    page = manager.get(address(pack))
    assert page.context["papers"][2].narrowed == ["Theme: Front door", "Show: Overdue"]
    assert "Theme: Front door; Show: Overdue." in text(page)


def test_a_paper_comes_filled_in_from_the_address_of_its_own_page(manager, pack):
    page = manager.get(address(pack, "papers/new/?paper=milestones&as_at=2011-04-30&show=overdue&readers=public"))

    form = page.context["form"]
    assert form["show"].value() == "overdue"
    assert form["as_at"].value() == "2011-04-30"
    assert "readers" not in form.fields


def test_without_a_kind_the_page_asks_which_paper(manager, pack):
    for asked in ("", "?paper=position", "?paper=nothing"):
        assert "Which paper?" in text(manager.get(address(pack, f"papers/new/{asked}")))


def test_a_paper_that_cannot_be_made_is_refused_with_a_sentence(manager, pack):
    for wrong in ({"formats": []}, {"formats": ["csv"], "theme": "999"}, {"formats": ["csv"], "as_at": "soon"}):
        answer = manager.post(address(pack, "papers/new/?paper=milestones"), wrong)
        assert answer.status_code == 422
        assert answer.context["form"].errors
    assert pack.papers.count() == 2


def test_a_cover_report_that_is_being_written_is_put_in_front(manager, pack, people, plan):
    cover = start_cover(
        plan=plan,
        form="numbered-2010",
        title="Progress of the plan",
        as_at=AS_AT,
        since=date(2011, 4, 30),
        by=people.manager,
    )
    page = address(pack, "papers/new/?paper=cover")
    assert manager.post(page, {"formats": ["html"]}).status_code == 422

    manager.post(page, {"formats": ["html"], "cover": cover.pk})

    assert paper_of(pack, 3).cover == cover
    assert "Progress of the plan" in text(manager.get(address(pack)))
    assert "Progress of the plan" in text(manager.get(address(pack, f"papers/{paper_of(pack, 3).pk}/")))


def test_a_day_among_the_filters_is_written_out(manager, pack):
    manager.post(address(pack, "papers/new/?paper=changes"), {"formats": ["csv"], "since": "2011-04-30"})

    assert "30 April 2011" in manager.get(address(pack)).context["papers"][2].narrowed[0]


def test_the_day_of_the_pack_is_no_day_of_its_own(manager, pack):
    manager.post(address(pack, "papers/new/?paper=milestones"), {"formats": ["csv"], "as_at": "2011-05-31"})
    manager.post(address(pack, "papers/new/?paper=milestones"), {"formats": ["csv"], "as_at": "2011-04-30"})

    assert [paper.as_at for paper in pack.papers.all()][2:] == [None, date(2011, 4, 30)]


def test_a_paper_is_changed(manager, pack):
    paper = paper_of(pack)

    page = manager.get(address(pack, f"papers/{paper.pk}/change/"))
    sent = {"title": "Appendix A", "formats": ["csv"], "status": "not_achieved", "version": paper.version}
    answer = manager.post(address(pack, f"papers/{paper.pk}/change/"), sent)

    assert page.context["form"]["formats"].value() == ["html", "csv", "json"]
    assert answer.url == address(pack)
    paper.refresh_from_db()
    assert (paper.title, paper.formats, paper.options) == ("Appendix A", ["csv"], {"status": "not_achieved"})


def test_of_two_who_change_a_paper_nobody_loses_a_word(manager, pack, people):
    paper = paper_of(pack)
    version = paper.version
    edit_paper(paper=paper, title="Theirs", by=people.manager)

    sent = {"title": "Mine", "formats": ["csv"], "version": version}
    answer = manager.post(address(pack, f"papers/{paper.pk}/change/"), sent)

    assert answer.status_code == 409
    assert "Theirs" in text(answer)
    assert 'value="Mine"' in answer.content.decode()
    again = sent | {"version": answer.context["form"]["version"].value()}
    assert manager.post(address(pack, f"papers/{paper.pk}/change/"), again).status_code == 302
    assert paper_of(pack).title == "Mine"


def test_papers_are_moved_and_taken_out(manager, pack):
    one, two = pack.papers.all()

    manager.post(address(pack, f"papers/{two.pk}/move/"), {"to": "up"})
    assert list(pack.papers.all()) == [two, one]
    manager.post(address(pack, f"papers/{two.pk}/move/"), {"to": "up"})
    assert list(pack.papers.all()) == [two, one]
    manager.post(address(pack, f"papers/{two.pk}/move/"), {"to": "down"})
    assert list(pack.papers.all()) == [one, two]

    assert "Take “Appendix 1: milestones” out" in text(manager.get(address(pack, f"papers/{one.pk}/remove/")))
    assert list(pack.papers.all()) == [one, two]
    for _ in range(2):
        assert manager.post(address(pack, f"papers/{one.pk}/remove/")).url == address(pack)
    assert list(pack.papers.all()) == [two]


def test_a_paper_of_another_pack_is_not_reached_through_this_one(manager, pack, people, plan):
    other = start_pack(plan=plan, title="Another", as_at=AS_AT, by=people.manager)
    key = paper_of(pack).pk

    for step in ("", "change/", "remove/"):
        assert manager.get(address(pack, f"papers/{key}/{step}")).status_code == 200
        assert manager.get(address(other, f"papers/{key}/{step}")).status_code == 404
    manager.post(address(other, f"papers/{key}/remove/"))
    assert PackPaper.objects.filter(pk=key).exists()


# --- Drafts ------------------------------------------------------------------------------------------------------


def test_the_draft_is_a_page_marked_as_one_with_the_styles_of_the_site(manager, pack):
    page = manager.get(address(pack, f"papers/{paper_of(pack).pk}/"))
    read = Read(page.content.decode())

    assert f"Pack {pack.number}, draft" in read.text
    assert "Not achieved – overdue" in read.text
    assert not [tag for tag, _ in read.tags if tag in ("style", "script")]
    assert "/static/css/paper.css" in [attributes.get("href") for tag, attributes in read.tags if tag == "link"]
    assert len([tag for tag, _ in read.tags if tag == "h1"]) == 1


def test_the_draft_of_a_public_pack_leaves_out_what_the_public_may_not_have(manager, pack, people):
    page = address(pack, f"papers/{paper_of(pack).pk}/")
    assert "looked at in private" in manager.get(page).content.decode()
    assert "Leon Lead" in manager.get(page).content.decode()

    edit_pack(pack=pack, readers="public", by=people.manager)

    assert "looked at in private" not in manager.get(page).content.decode()
    assert "Leon Lead" not in manager.get(page).content.decode()


def test_a_draft_is_taken_away_marked_as_one(manager, pack):
    key = paper_of(pack).pk

    answer = manager.post(address(pack, f"papers/{key}/download/"), {"format": "html"})

    assert answer["Content-Disposition"].startswith('attachment; filename="draft-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert f"Pack {pack.number}, draft".encode() in answer.content
    assert "attachment" not in str(manager.post(address(pack, f"papers/{key}/download/"), {"format": "exe"}).headers)
    assert manager.get(address(pack, f"papers/{key}/download/")).status_code == 405


def test_who_is_not_shown_the_draft_cannot_have_it(client, pack, people, plan, officer):
    give_role(plan=plan, user=people.outsider, role="analyst", by=people.manager)
    edit_pack(pack=pack, readers="public", by=people.manager)
    key = paper_of(pack).pk
    for user, status in ((officer, 200), (people.outsider, 404), (people.steering, 404)):
        client.force_login(user)
        assert client.get(address(pack, f"papers/{key}/")).status_code == status
        assert client.post(address(pack, f"papers/{key}/download/"), {"format": "csv"}).status_code == status


# --- Freezing ----------------------------------------------------------------------------------------------------


def sent_by(page):
    return dict(re.findall(r'name="(version|editions|papers)" value="([^"]*)"', page.content.decode()))


def test_freezing_is_asked_about_and_frozen_once_however_often_it_is_pressed(manager, pack):
    page = manager.get(address(pack, "freeze/"))
    assert "v1 then never changes again" in text(page)
    assert not Edition.objects.exists()

    answers = [manager.post(address(pack, "freeze/"), sent_by(page)) for _ in range(2)]

    assert [answer.url for answer in answers] == [address(pack, "v1/")] * 2
    assert Edition.objects.count() == 1


def test_what_is_frozen_is_what_was_seen(manager, pack, people):
    page = manager.get(address(pack, "freeze/"))
    remove_paper(paper=paper_of(pack, 2), by=people.manager)

    answer = manager.post(address(pack, "freeze/"), sent_by(page))

    assert answer.status_code == 409
    assert "Somebody else changed this pack meanwhile." in text(answer)
    assert not Edition.objects.exists()
    assert manager.post(address(pack, "freeze/"), sent_by(answer)).status_code == 302


def test_a_pack_without_papers_is_not_frozen(manager, people, plan):
    pack = start_pack(plan=plan, title="Empty", as_at=AS_AT, by=people.manager)

    assert "Freeze" not in text(manager.get(address(pack)))
    answer = manager.post(address(pack, "freeze/"), sent_by(manager.get(address(pack, "freeze/"))))

    assert answer.status_code == 422
    assert "There is no paper in this pack yet." in text(answer)


def test_the_pack_lists_its_versions_with_check_code_and_chain(manager, pack, people):
    edition = frozen(pack, people.manager)

    page = text(manager.get(address(pack)))

    assert edition.check_code in page
    assert f"link {edition.chain_number}, {edition.chain_digest[:16]}…" in page
    assert "Mira Manager" in page
