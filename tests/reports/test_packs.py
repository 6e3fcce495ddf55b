"""Preparing a pack, and what becomes of its editions."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.chain import chain_of
from accounts.history import newest_instant
from accounts.models import ChainLink, User
from accounts.versions import ChangedMeanwhile
from milestones.models import SupportingLead
from milestones.operations import edit_milestone, replace_supporting_lead
from plans.meeting_operations import add_meeting
from plans.models import PlanMembership
from plans.operations import edit_theme, give_role
from plans.review_operations import add_board
from reports import edition_operations
from reports.cover_operations import start_cover, write_section
from reports.edition_operations import freeze_pack, publish_edition, sign_edition, withdraw_edition
from reports.editions import EditionState, ages, draft_file, draft_of, lines_of, progress_of, state_of, states_of
from reports.look_operations import save_look
from reports.models import Edition, EditionEvent, EditionFile, Pack, PackPaper
from reports.pack_operations import add_paper, archive_pack, edit_pack, edit_paper, move_paper, remove_paper, start_pack

from .full_plan import AS_AT
from .pack_sample import frozen, published

pytestmark = pytest.mark.django_db


def kinds(pack):
    return [paper.kind for paper in pack.papers.all()]


def holder(plan, role, by, **details):
    """Somebody with one role on the plan."""
    user = User.objects.create_user(f"{role}@council.example", name=role.capitalize())
    give_role(plan=plan, user=user, role=role, by=by, **details)
    return user


# --- The draft ---------------------------------------------------------------------------------------------------


def test_packs_are_numbered_through_the_installation(plan, people):
    first = start_pack(plan=plan, title="Cabinet", as_at=AS_AT, by=people.manager)
    second = start_pack(plan=plan, title="Scrutiny", as_at=AS_AT, by=people.manager)

    assert (first.number, second.number) == (1, 2)


def test_a_pack_is_begun_by_who_may_prepare_packs_alone(plan, people):
    with pytest.raises(PermissionDenied, match="prepare packs"):
        start_pack(plan=plan, title="Cabinet", as_at=AS_AT, by=people.steering)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"as_at": date(1911, 5, 31)}, "before 1990"),
        ({"layout": "wide"}, "no such layout"),
        ({"readers": "everybody"}, "not a valid choice"),
        ({"title": " "}, "cannot be blank"),
    ],
)
def test_a_pack_that_makes_no_sense_is_refused(plan, people, details, words):
    with pytest.raises(ValidationError, match=words):
        start_pack(plan=plan, by=people.manager, **{"title": "Cabinet", "as_at": AS_AT} | details)


def test_an_edit_of_what_somebody_else_changed_is_refused(pack, people, officer):
    edit_pack(pack=pack, title="Cabinet in June", version=1, by=officer)

    with pytest.raises(ChangedMeanwhile):
        edit_pack(pack=pack, title="Cabinet in July", version=1, by=people.manager)

    pack.refresh_from_db()
    assert pack.title == "Cabinet in June"


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ({"kind": "minutes", "formats": ["pdf"]}, "no such paper"),
        ({"kind": "position", "formats": ["json"]}, "no such paper"),
        ({"kind": "milestones", "formats": []}, "at least one format"),
        ({"kind": "milestones", "formats": ["tiff"]}, "not made as tiff"),
        ({"kind": "milestones", "formats": ["html"], "options": {"theme": "9999"}}, "Theme: Select a valid choice"),
        ({"kind": "milestones", "formats": ["html"], "options": {"colour": "red"}}, "cannot be told “colour”"),
        ({"kind": "cover", "formats": ["html"]}, "Choose the cover report"),
    ],
)
def test_a_paper_that_could_not_be_made_is_refused(pack, people, paper, words):
    with pytest.raises(ValidationError, match=words):
        add_paper(pack=pack, by=people.manager, **paper)

    assert kinds(pack) == ["milestones", "recommendations"]


def test_papers_are_moved_and_taken_out(pack, people):
    first = pack.papers.first()

    move_paper(paper=first, up=False, by=people.manager)
    assert kinds(pack) == ["recommendations", "milestones"]
    move_paper(paper=first, up=False, by=people.manager)
    assert kinds(pack) == ["recommendations", "milestones"]

    remove_paper(paper=first, by=people.manager)
    remove_paper(paper=first, by=people.manager)
    assert kinds(pack) == ["recommendations"]


def test_a_paper_changed_by_somebody_else_is_not_overwritten(pack, people, officer):
    paper = pack.papers.first()
    edit_paper(paper=paper, title="Appendix A", version=1, by=officer)

    with pytest.raises(ChangedMeanwhile):
        edit_paper(paper=paper, title="Appendix B", version=1, by=people.manager)


def test_the_draft_is_drawn_of_the_plan_as_it_is_and_says_that_it_is_one(pack, full_plan, people):
    paper = pack.papers.first()
    edit_theme(theme=full_plan.front, name="The first call", reason="Renamed", by=people.manager)

    html = draft_file(pack, paper, "html")
    text = html.content.decode()

    assert html.name.startswith("draft-")
    assert "– draft</title>" in text
    assert "paper--draft" in text
    assert 'data-stamp="Pack 1, draft"' in text
    assert "The first call" in text
    assert "Appendix 1: milestones" in text


def test_a_paper_shows_what_its_options_ask_for(pack, full_plan, people):
    paper = add_paper(
        pack=pack, kind="milestones", formats=["csv"], options={"theme": str(full_plan.front.pk)}, by=people.manager
    )

    assert b"Front door" in draft_file(pack, paper, "csv").content
    edit_paper(paper=paper, options={"show": "overdue"}, by=people.manager)
    overdue = draft_file(pack, paper, "csv").content
    assert b"Schools know the number" in overdue
    assert b"A duty manager reads every contact" not in overdue


def test_a_draft_is_given_up_while_nothing_of_it_was_published(pack, people, officer):
    edition = published(pack, people.manager, officer)
    other = start_pack(plan=pack.plan, title="Scrutiny", as_at=AS_AT, by=people.manager)

    archive_pack(pack=other, reason="There is no meeting", by=people.manager)
    with pytest.raises(ValidationError, match="was published"):
        archive_pack(pack=edition.pack, reason="There is no meeting", by=people.manager)

    with pytest.raises(ValidationError, match="was given up"):
        edit_pack(pack=other, title="Scrutiny after all", by=people.manager)


def test_a_pack_that_was_given_up_is_neither_signed_off_nor_published(pack, people, officer):
    signed = frozen(pack, people.manager)
    sign_edition(edition=signed, by=officer)
    waiting = frozen(pack, people.manager)
    archive_pack(pack=pack, reason="There is no meeting", by=people.manager)

    with pytest.raises(ValidationError, match="was given up"):
        sign_edition(edition=waiting, by=officer)
    with pytest.raises(ValidationError, match="was given up"):
        publish_edition(edition=signed, confirmed=[], by=officer)

    assert list(EditionEvent.objects.values_list("kind", flat=True)) == ["signed"]


def covered(pack, people, as_at=AS_AT):
    """A cover report, and the paper of the pack that it is."""
    cover = start_cover(plan=pack.plan, form="numbered-2010", title="Progress", as_at=as_at, by=people.manager)
    return cover, add_paper(pack=pack, kind="cover", formats=["html"], cover=cover, by=people.manager)


def test_a_cover_report_stands_at_the_day_of_its_words(pack, people):
    cover, paper = covered(pack, people, as_at=date(2011, 5, 24))

    _, order = draft_of(pack, paper)
    position, _ = draft_of(pack, paper)

    assert position.as_at == cover.as_at
    assert order.cover.title == "Progress"
    assert draft_of(pack, pack.papers.first())[0].as_at == AS_AT


def test_a_cover_report_that_is_written_while_the_pack_is_read_is_not_frozen_torn(pack, people):
    cover, _ = covered(pack, people)
    section = cover.sections.first()
    read = edition_operations._read(pack)
    write_section(section=section, text="Written meanwhile.", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        edition_operations._freeze(pack=pack, read=read, by=people.manager)
    assert not Edition.objects.exists()

    assert "Written meanwhile." in freeze_pack(pack=pack, by=people.manager).manifest


def test_what_is_recorded_while_a_pack_is_read_moves_neither_its_data_nor_the_head_of_the_chain(
    pack, people, monkeypatch
):
    at = newest_instant()
    head = ChainLink.objects.filter(chain=chain_of(pack.plan_id)).order_by("-number").first()
    edit_theme(theme=pack.plan.themes.first(), name="Renamed meanwhile", reason="Clearer", by=people.manager)
    monkeypatch.setattr(edition_operations, "newest_instant", lambda: at)

    edition = freeze_pack(pack=pack, by=people.manager)

    assert (edition.chain_number, edition.chain_digest) == (head.number, head.digest)
    assert "Renamed meanwhile" not in edition.positions.get().content


def test_what_the_pack_and_the_look_add_to_a_public_copy_is_confirmed_too(pack, people):
    save_look(council=pack.plan.council, seen=0, standing="Ask Nadia Nurse.", by=people.manager)
    edit_paper(paper=pack.papers.first(), title="Nadia Nurse’s appendix", by=people.manager)
    edit_pack(pack=pack, readers="public", by=people.manager)

    where = {line.where for line in lines_of(freeze_pack(pack=pack, by=people.manager)) if line.words == "Nadia Nurse"}

    assert where >= {"the pack, name of paper 1", "the look of the council’s papers, standing words"}


def test_papers_much_older_than_the_meeting_are_pointed_out(pack, council, people):
    board = add_board(council=council, name="Board", kind="improvement_board", by=people.manager)
    meeting = add_meeting(body=board, held_on=date(2011, 7, 12), by=people.manager)
    edit_pack(pack=pack, meeting=meeting, by=people.manager)
    assert ages(pack) == ()

    edit_paper(paper=pack.papers.first(), as_at=date(2011, 5, 30), by=people.manager)

    (old,) = ages(pack)
    assert (old.place, old.title, old.days) == (1, "Appendix 1: milestones", 43)
    assert ages(freeze_pack(pack=pack, by=people.manager)) == (old,)


# --- Freezing ----------------------------------------------------------------------------------------------------


def test_an_empty_pack_is_not_frozen(plan, people):
    pack = start_pack(plan=plan, title="Cabinet", as_at=AS_AT, by=people.manager)

    with pytest.raises(ValidationError, match="no paper in this pack"):
        freeze_pack(pack=pack, by=people.manager)


def test_a_button_pressed_twice_freezes_once(pack, people):
    pack.refresh_from_db()
    seen = pack.version
    freeze_pack(pack=pack, version=seen, by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        freeze_pack(pack=Pack.objects.get(pk=pack.pk), version=seen, by=people.manager)

    assert Edition.objects.count() == 1


def test_nothing_is_frozen_while_the_version_before_is_being_made(pack, people):
    freeze_pack(pack=pack, by=people.manager)

    with pytest.raises(ValidationError, match="Version 1 is being made"):
        freeze_pack(pack=pack, by=people.manager)


def test_a_pack_whose_paper_cannot_be_made_any_more_says_which(pack, full_plan, people):
    edit_paper(paper=pack.papers.first(), options={"lead": str(full_plan.nurse.pk)}, by=people.manager)
    edit_milestone(milestone=full_plan.second, lead=full_plan.lead, reason="Nadia left", by=people.manager)
    replace_supporting_lead(
        supporting=SupportingLead.objects.get(person=full_plan.nurse),
        person=None,
        reason="Nadia left",
        by=people.manager,
    )

    with pytest.raises(ValidationError, match="“Appendix 1: milestones”: Lead: Select a valid choice"):
        freeze_pack(pack=pack, by=people.manager)


def test_freezing_counts_as_a_paper_that_left(pack, people):
    freeze_pack(pack=pack, by=people.manager)

    pack.plan.refresh_from_db()
    assert pack.plan.last_reported_at == Edition.objects.get().frozen_at


def test_positions_are_stored_once_for_each_day(pack, people):
    add_paper(pack=pack, kind="milestones", formats=["csv"], as_at=date(2011, 4, 30), by=people.manager)

    edition = freeze_pack(pack=pack, by=people.manager)

    assert [row.as_at for row in edition.positions.all()] == [AS_AT, date(2011, 4, 30)]


# --- Sign-off, publishing, withdrawing ----------------------------------------------------------------------------


def test_an_edition_is_signed_off_by_a_second_person(pack, people, officer):
    edition = frozen(pack, people.manager)

    with pytest.raises(PermissionDenied, match="somebody else signs it off"):
        sign_edition(edition=edition, by=people.manager)
    assert state_of(edition) is EditionState.READY

    sign_edition(edition=edition, by=officer)
    sign_edition(edition=edition, by=officer)
    assert state_of(edition) is EditionState.SIGNED


def test_an_edition_is_signed_off_when_all_its_files_are_there(pack, people, officer):
    edition = freeze_pack(pack=pack, by=people.manager)
    assert progress_of(edition).made == 0

    with pytest.raises(ValidationError, match="This one is: being made"):
        sign_edition(edition=edition, by=officer)


def test_what_is_not_signed_off_is_not_published(pack, people, officer):
    edition = frozen(pack, people.manager)

    with pytest.raises(ValidationError, match="Only a version that is signed off"):
        publish_edition(edition=edition, confirmed=[], by=officer)
    with pytest.raises(PermissionDenied, match="publish packs"):
        publish_edition(edition=edition, confirmed=[], by=people.manager)


def test_a_public_pack_is_published_when_every_line_was_looked_at(full_plan, plan, people, officer):
    pack = start_pack(plan=plan, title="Cabinet", as_at=AS_AT, readers="public", by=people.manager)
    edit_theme(theme=full_plan.front, name="Front door of Nadia Nurse", reason="Renamed", by=people.manager)
    add_paper(pack=pack, kind="milestones", formats=["html"], by=people.manager)
    edition = frozen(pack, people.manager)
    sign_edition(edition=edition, by=officer)
    ticks = [{"key": line.key, "sentence": line.sentence} for line in lines_of(edition)]
    assert any("Nadia Nurse" in tick["sentence"] for tick in ticks)

    with pytest.raises(ValidationError, match="Look at 1 line more"):
        publish_edition(edition=edition, confirmed=ticks[1:], by=officer)
    publish_edition(edition=edition, confirmed=ticks, by=officer)

    assert EditionEvent.objects.get(kind="published").details == ticks


def test_a_later_edition_replaces_the_one_before(pack, people, officer):
    first = published(pack, people.manager, officer)
    second = frozen(pack, people.manager)
    assert states_of([first, second]) == {first.pk: EditionState.PUBLISHED, second.pk: EditionState.READY}

    sign_edition(edition=second, by=officer)
    publish_edition(edition=second, confirmed=[], by=officer)

    assert states_of([first, second]) == {first.pk: EditionState.REPLACED, second.pk: EditionState.PUBLISHED}


def test_an_older_edition_is_not_published_after_a_later_one(pack, people, officer):
    first = frozen(pack, people.manager)
    sign_edition(edition=first, by=officer)
    published(pack, people.manager, officer)

    with pytest.raises(ValidationError, match="This one is: replaced"):
        publish_edition(edition=first, confirmed=[], by=officer)


def test_what_is_withdrawn_says_why_and_keeps_its_bytes(pack, people, officer):
    edition = published(pack, people.manager, officer)
    files = list(edition.files.values_list("sha256", flat=True))

    with pytest.raises(ValidationError, match="Say why"):
        withdraw_edition(edition=edition, words=" ", by=officer)
    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)
    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)

    assert state_of(edition) is EditionState.WITHDRAWN
    assert edition.events.get(kind="withdrawn").words == "A figure was wrong."
    assert list(edition.files.values_list("sha256", flat=True)) == files


def test_what_was_never_published_is_not_withdrawn(pack, people, officer):
    with pytest.raises(ValidationError, match="was not published"):
        withdraw_edition(edition=frozen(pack, people.manager), words="Wrong.", by=officer)


def test_the_history_of_the_pack_tells_every_step(pack, people, officer):
    edition = published(pack, people.manager, officer)
    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)

    steps = list(pack.history.order_by("history_id").values_list("history_change_reason", "history_user__name"))

    assert [(words.partition(";")[0], name) for words, name in steps] == [
        ("Pack begun", "Mira Manager"),
        ("Frozen as version 1", "Mira Manager"),
        ("Version 1 signed off", "Rita Reporting"),
        ("Version 1 published", "Rita Reporting"),
        ("Version 1 withdrawn", "Rita Reporting"),
    ]


# --- Who sees what -----------------------------------------------------------------------------------------------


def seen(user):
    return (
        Pack.objects.visible_to(user).count(),
        PackPaper.objects.visible_to(user).count(),
        Edition.objects.visible_to(user).count(),
        EditionFile.objects.visible_to(user).count(),
    )


NOTHING = (0, 0, 0, 0)


def test_who_prepares_packs_or_sees_the_history_sees_every_one(pack, people, officer, plan):
    auditor = holder(plan, PlanMembership.Role.AUDITOR, people.manager, ends_on=date(2099, 1, 1))
    edition = frozen(pack, people.manager)
    assert seen(people.manager) == seen(officer) == seen(auditor) == (1, 2, 1, 4)

    sign_edition(edition=edition, by=officer)
    publish_edition(edition=edition, confirmed=[], by=officer)
    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)

    assert seen(people.manager) == seen(officer) == seen(auditor) == (1, 2, 1, 4)


@pytest.mark.parametrize("readers", ["internal", "no_internal"])
def test_others_see_what_was_published_for_them(pack, people, officer, plan, readers):
    edit_pack(pack=pack, readers=readers, by=people.manager)
    edition = frozen(pack, people.manager)
    contributor = holder(plan, PlanMembership.Role.CONTRIBUTOR, people.manager)
    assert seen(people.lead) == seen(people.steering) == seen(contributor) == NOTHING

    sign_edition(edition=edition, by=officer)
    assert seen(people.lead) == seen(people.steering) == NOTHING
    publish_edition(edition=edition, confirmed=[], by=officer)
    assert seen(people.lead) == (1, 0, 1, 4)
    assert seen(people.steering) == (NOTHING if readers == "internal" else (1, 0, 1, 4))
    assert seen(contributor) == seen(people.outsider) == seen(people.governance) == NOTHING

    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)
    assert seen(people.lead) == (1, 0, 1, 0)


def test_somebody_who_is_not_active_sees_no_pack(pack, people, officer):
    published(pack, people.manager, officer)
    assert seen(people.lead) == (1, 0, 1, 4)

    people.lead.is_active = False

    assert seen(people.lead) == NOTHING
