"""The pages of a frozen version: its files, and how it is signed off, published and withdrawn."""

import csv
import io
import re
import zipfile
from hashlib import sha256

import pytest
from django.db import models

from accounts.history import operating
from accounts.triggers import history_open
from milestones.operations import edit_milestone
from plans.models import Plan
from plans.operations import give_role
from reports.cover_operations import start_cover, write_section
from reports.edition_operations import freeze_pack, sign_edition
from reports.editions import EditionState, lines_of, state_of
from reports.leases import MOST_ATTEMPTS
from reports.models import EditionEvent, EditionFile, Rendering
from reports.pack_operations import add_paper, archive_pack, edit_pack
from reports.tasks import make_edition
from tests.cast import sign_in

from .pack_sample import frozen, published
from .test_appendix import Read


@pytest.fixture
def edition(pack, people):
    return frozen(pack, people.manager)


@pytest.fixture
def signed(edition, officer):
    sign_edition(edition=edition, by=officer)
    return edition


@pytest.fixture
def for_members(pack, people):
    """The same pack without what is internal."""
    return edit_pack(pack=pack, readers="no_internal", by=people.manager)


@pytest.fixture
def in_public(pack, full_plan, people):
    """A frozen public version in which a name is left standing in the words of a milestone."""
    edit_milestone(milestone=full_plan.second, text="Nadia Nurse tells schools.", reason="Clearer", by=people.manager)
    edit_pack(pack=pack, readers="public", by=people.manager)
    return frozen(pack, people.manager)


def address(edition, more=""):
    return f"/packs/{edition.pack.number}/v{edition.number}/{more}"


def text(answer):
    return re.sub(r"\s+", " ", Read(answer.content.decode()).text)


def status_of(client, page):
    answer = client.get(page)
    answer.getvalue()
    return answer.status_code


def kinds_of(edition):
    return set(EditionEvent.objects.filter(edition=edition).values_list("kind", flat=True))


# --- How far it is -----------------------------------------------------------------------------------------------


def test_while_files_are_made_the_page_asks_for_itself_and_then_no_more(client, pack, people):
    edition = freeze_pack(pack=pack, by=people.manager)
    client.force_login(people.manager)

    making = client.get(address(edition))
    make_edition.call(edition.pk)
    ready = client.get(address(edition))

    assert "0 of 4 files are made." in text(making)
    assert "delay:2s" in making.content.decode()
    assert status_of(client, address(edition, "all/")) == 200
    assert "Ready for sign-off" in text(ready)
    assert "hx-trigger" not in ready.content.decode()


def test_not_all_files_are_given_before_all_are_there(client, pack, people):
    edition = freeze_pack(pack=pack, by=people.manager)
    client.force_login(people.manager)

    assert status_of(client, address(edition, "all/")) == 404


def test_a_failure_says_why_and_can_be_tried_again(client, pack, people):
    edition = freeze_pack(pack=pack, by=people.manager)
    Rendering.objects.filter(edition=edition).update(attempts=MOST_ATTEMPTS, problem="The printer was out of paper.")
    client.force_login(people.manager)

    page = client.get(address(edition))
    answer = client.post(address(edition, "retry/"))

    assert "The printer was out of paper." in text(page)
    assert "Try again" in text(page)
    assert answer.url == address(edition)
    assert state_of(edition) is EditionState.MAKING
    make_edition.call(edition.pk)
    assert state_of(edition) is EditionState.READY


# --- Its files ---------------------------------------------------------------------------------------------------


def test_a_file_is_given_as_it_was_made_and_nothing_else_is_done_with_it(client, edition, people):
    client.force_login(people.manager)
    sign_in(client, people.manager)
    file = edition.files.get(format="csv")

    answer = client.get(address(edition, f"files/{file.pk}/"))

    assert answer.content == bytes(file.content)
    assert sha256(answer.content).hexdigest() == file.sha256
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    page = text(client.get(address(edition)))
    assert file.name in page
    assert file.sha256 in page


def test_taking_a_file_is_not_reporting_from_the_plan_as_it_is_now(client, edition, people):
    client.force_login(people.manager)
    before = Plan.objects.get().last_reported_at

    client.get(address(edition, f"files/{edition.files.first().pk}/"))

    assert before is not None
    assert Plan.objects.get().last_reported_at == before


def test_all_files_come_in_one_with_their_sums(client, edition, people):
    client.force_login(people.manager)

    answer = client.get(address(edition, "all/"))

    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
    assert answer["Content-Disposition"] == 'attachment; filename="pack-1-v1.zip"'
    assert {row["file"]: row["sha256"] for row in rows} == dict(edition.files.values_list("name", "sha256"))
    assert set(archive.namelist()) == {row["file"] for row in rows} | {"manifest.csv"}
    assert all(sha256(archive.read(row["file"])).hexdigest() == row["sha256"] for row in rows)
    assert client.get(address(edition, "all/")).getvalue() == archive.fp.getvalue()


def test_a_member_has_the_files_once_they_are_published_and_not_before(client, for_members, people, officer):
    edition = frozen(for_members, people.manager)
    file = edition.files.first()
    pages = ("", f"files/{file.pk}/", "all/")
    client.force_login(people.steering)
    assert [status_of(client, address(edition, page)) for page in pages] == [404] * 3

    later = published(for_members, people.manager, officer)

    pages = ("", f"files/{later.files.first().pk}/", "all/")
    assert [status_of(client, address(later, page)) for page in pages] == [200] * 3
    assert client.get(address(edition)).status_code == 404
    assert client.get(address(later, f"files/{file.pk}/")).status_code == 404


# --- Signing off -------------------------------------------------------------------------------------------------


def test_who_froze_it_does_not_sign_it_off(client, edition, people):
    client.force_login(people.manager)

    page, read = client.get(address(edition)), client.get(address(edition, "sign/"))
    answer = client.post(address(edition, "sign/"))

    assert "You froze this version, so somebody else signs it off" in text(page)
    assert "Read and sign off" not in text(page)
    assert "You froze this version" in text(read)
    assert answer.status_code == 403
    assert kinds_of(edition) == set()


def test_somebody_else_reads_what_is_in_it_and_signs_it_off_once(client, edition, officer):
    client.force_login(officer)

    page = text(client.get(address(edition, "sign/")))
    answers = [client.post(address(edition, "sign/"), {"words": "Good."}) for _ in range(2)]

    assert "Frozen by Mira Manager" in page
    assert re.search(r"At 31 May 2011: \d+ milestones: ", page)
    assert "names people and prints small numbers" in page
    assert "you say that you have read this version" in page
    assert [answer.url for answer in answers] == [address(edition)] * 2
    assert EditionEvent.objects.get().words == "Good."
    assert "by Rita Reporting Good." in text(client.get(address(edition)))


def test_words_of_a_cover_report_that_may_tell_who_a_child_is_are_shown_before_the_signing(
    client, pack, people, officer
):
    cover = start_cover(plan=pack.plan, form="numbered-2010", title="Progress", as_at=pack.as_at, by=people.manager)
    write_section(section=cover.sections.get(heading="Consultation"), text="Child A was asked.", by=people.manager)
    plain = frozen(pack, people.manager)
    add_paper(pack=pack, kind="cover", formats=["html"], cover=cover, by=people.manager)
    edition = frozen(pack, people.manager)
    client.force_login(officer)

    assert "in the section “Consultation” of the cover report looks like" in text(client.get(address(edition, "sign/")))
    assert "of the cover report" not in text(client.get(address(plain, "sign/")))


def test_a_version_of_a_pack_that_was_given_up_is_not_offered_for_signing(client, edition, people, officer):
    client.force_login(officer)
    assert "Read and sign off" in text(client.get(address(edition)))

    archive_pack(pack=edition.pack, reason="There is no meeting", by=people.manager)

    assert "Read and sign off" not in text(client.get(address(edition)))
    assert "was given up" in text(client.get(address(edition, "sign/")))
    assert client.post(address(edition, "sign/")).status_code == 422


def test_who_signs_a_public_version_is_shown_the_lines_in_doubt(client, in_public, officer):
    client.force_login(officer)

    page = client.get(address(in_public, "sign/"))

    assert [each.words for each in page.context["lines"]] == [each.words for each in lines_of(in_public)]
    assert "Nadia Nurse" in text(page)


# --- Publishing --------------------------------------------------------------------------------------------------


def test_a_version_is_published_once_it_is_signed_off(client, edition, officer):
    sign_in(client, officer)
    early = client.post(address(edition, "publish/"))
    assert early.status_code == 422
    assert "Nobody has signed it off yet." in text(client.get(address(edition, "publish/")))

    sign_edition(edition=edition, by=officer)
    answers = [client.post(address(edition, "publish/")) for _ in range(2)]

    assert [answer.url for answer in answers] == [address(edition)] * 2
    assert kinds_of(edition) == {"signed", "published"}


def test_every_line_in_doubt_of_a_public_version_is_ticked_and_kept(client, in_public, officer):
    sign_edition(edition=in_public, by=officer)
    sign_in(client, officer)
    lines = lines_of(in_public)
    ticks = {f"line_{each.key}": "on" for each in lines}
    assert len(lines) >= 1

    page = client.get(address(in_public, "publish/"))
    missing = client.post(address(in_public, "publish/"))
    answer = client.post(address(in_public, "publish/"), ticks)

    assert all(each.question in text(page) for each in lines)
    assert missing.status_code == 422
    assert "Nadia Nurse" in str(missing.context["form"].errors)
    assert answer.url == address(in_public)
    details = in_public.events.get(kind="published").details
    assert [each["key"] for each in details] == [each.key for each in lines]
    assert details[0]["question"] == lines[0].question


@pytest.mark.parametrize("step", ["publish", "withdraw"])
def test_who_has_not_given_their_password_just_now_is_asked_first(client, signed, officer, step):
    client.force_login(officer)

    answer = client.post(address(signed, f"{step}/"), {"reason": "Wrong."})

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/")
    assert kinds_of(signed) == {"signed"}


def test_a_programme_manager_neither_publishes_nor_withdraws(client, signed, people):
    sign_in(client, people.manager)

    assert client.post(address(signed, "publish/")).status_code == 403
    assert client.post(address(signed, "withdraw/"), {"reason": "Wrong."}).status_code == 403
    assert kinds_of(signed) == {"signed"}


def test_a_replaced_version_says_so_and_leads_to_the_newer_one(client, for_members, people, officer):
    one = published(for_members, people.manager, officer)
    two = published(for_members, people.manager, officer)
    client.force_login(people.steering)

    page = client.get(address(one))

    assert "This version was replaced. Go to v2" in text(page)
    assert f'href="{address(two)}"' in page.content.decode()
    assert "replaced" not in text(client.get(address(two)))


def test_what_is_published_for_the_public_is_read_first_and_anything_else_takes_one_press(
    client, edition, in_public, officer
):
    for each in (edition, in_public):
        sign_edition(edition=each, by=officer)
    client.force_login(officer)

    assert "Publish v1" in text(client.get(address(edition)))
    assert "Read and publish" in text(client.get(address(in_public)))


# --- Withdrawing -------------------------------------------------------------------------------------------------


def test_a_withdrawn_version_leaves_a_notice_and_no_files(client, for_members, people, officer):
    edition = published(for_members, people.manager, officer)
    file = edition.files.first()
    sign_in(client, officer)
    assert client.post(address(edition, "withdraw/"), {"reason": ""}).status_code == 422

    answers = [client.post(address(edition, "withdraw/"), {"reason": "A figure was wrong."}) for _ in range(2)]

    assert [answer.url for answer in answers] == [address(edition)] * 2
    for user, status in ((people.steering, 404), (people.manager, 200)):
        client.force_login(user)
        page = text(client.get(address(edition)))
        assert "This version was withdrawn" in page
        assert "A figure was wrong." in page
        assert (file.name in page) is (status == 200)
        assert client.get(address(edition, f"files/{file.pk}/")).status_code == status
        assert status_of(client, address(edition, "all/")) == status


def test_the_version_before_stands_again_when_a_later_one_is_withdrawn(client, for_members, people, officer):
    one = published(for_members, people.manager, officer)
    two = published(for_members, people.manager, officer)
    sign_in(client, officer)
    assert "v1, whose place it took, then stands as published again" in text(client.get(address(two, "withdraw/")))

    client.post(address(two, "withdraw/"), {"reason": "A figure was wrong."})

    client.force_login(people.steering)
    page = text(client.get(address(one)))
    assert "Published" in page
    assert "replaced" not in page
    assert "newer version" not in page


def test_only_what_was_published_is_withdrawn(client, signed, officer):
    sign_in(client, officer)

    assert client.post(address(signed, "withdraw/"), {"reason": "Wrong."}).status_code == 422
    assert "Only what was published" in text(client.get(address(signed, "withdraw/")))


def test_information_governance_withdraws_without_seeing_plan_or_files(client, pack, people, officer):
    edition = published(pack, people.manager, officer)
    sign_in(client, people.governance)

    assert "Cabinet, 14 June 2011" in text(client.get("/plans/safeguarding/packs/"))
    page = client.get(address(edition))
    assert edition.files.first().name not in page.content.decode()
    assert "/plans/safeguarding/" not in page.content.decode().replace("/plans/safeguarding/packs/", "")
    assert client.get(address(edition, f"files/{edition.files.first().pk}/")).status_code == 404
    assert status_of(client, address(edition, "all/")) == 404
    # To contribute to a milestone of the plan takes none of it away.
    give_role(plan=pack.plan, user=people.governance, role="contributor", by=people.manager)
    assert client.post(address(edition, "withdraw/"), {"reason": "It names somebody."}).url == address(edition)
    assert "withdrawn" in kinds_of(edition)


# --- What somebody changed behind our back ----------------------------------------------------------------------------


@pytest.mark.tampers
def test_a_file_that_is_not_the_one_that_was_made_is_not_given_out(client, people, edition):
    sign_in(client, people.manager)
    file = edition.files.get(format="csv")
    page = address(edition, f"files/{file.pk}/")
    assert status_of(client, page) == status_of(client, address(edition, "all/")) == 200

    with operating(by=edition.frozen_by, name="tamper"), history_open("a test tampers"):
        models.QuerySet(EditionFile).filter(pk=file.pk).update(content=bytes(file.content) + b" ")

    for each in (page, address(edition, "all/")):
        answer = client.get(each)
        assert answer.status_code == 404
        assert "This file is damaged and is not given out." in text(answer)
