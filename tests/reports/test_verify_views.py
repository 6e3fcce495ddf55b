"""The page that tells whether a file is one of ours."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plans.receiving import TOO_BIG
from reports.edition_operations import withdraw_edition
from reports.models import EditionFile
from reports.pack_operations import edit_pack

from .pack_sample import frozen, published
from .test_appendix import Read

VERIFY = "/packs/verify/"


@pytest.fixture
def edition(pack, people):
    return frozen(pack, people.manager)


def upload(client, content, name="what-i-was-sent.html"):
    return client.post(VERIFY, {"file": SimpleUploadedFile(name, content), "code": ""})


def text(answer):
    return re.sub(r"\s+", " ", Read(answer.content.decode()).text)


def bytes_of(edition):
    return bytes(edition.files.filter(format="html").first().content)


def test_a_file_is_recognised_by_its_bytes_whatever_it_is_called(client, edition, people):
    client.force_login(people.manager)
    file = edition.files.filter(format="html").first()

    page = upload(client, bytes(file.content))

    assert "Yes: this is pack 1 v1, unaltered" in text(page)
    assert file.name in text(page)
    assert "Ready for sign-off" in text(page)
    assert edition.check_code in text(page)


def test_a_file_with_one_byte_changed_is_not(client, edition, people):
    client.force_login(people.manager)
    content = bytes_of(edition)

    page = upload(client, content[:-1] + bytes([content[-1] ^ 1]))

    assert page.status_code == 200
    assert "Not recognised" in text(page)
    assert "v1" not in text(page)


def test_nothing_of_what_was_sent_is_kept(client, edition, people):
    client.force_login(people.manager)

    upload(client, b"Nobody has seen this.")

    assert not EditionFile.objects.filter(size=len(b"Nobody has seen this.")).exists()
    assert EditionFile.objects.count() == edition.files.count()


def test_what_somebody_may_not_see_is_answered_as_what_is_not_ours(client, pack, people, officer):
    edition = published(pack, people.manager, officer)
    asked = (bytes_of(edition), b"Anything else.")
    client.force_login(people.manager)
    ours, other = (text(upload(client, content)) for content in asked)
    assert ours != other

    for user in (people.steering, people.outsider):
        client.force_login(user)
        ours, other = (text(upload(client, content)) for content in asked)
        assert ours == other
        assert "Not recognised" in ours
        codes = [client.post(VERIFY, {"code": code}) for code in (edition.check_code, "0000-0000")]
        assert [text(page).replace(edition.check_code, "0000-0000") for page in codes] == [text(codes[1])] * 2


def test_what_was_withdrawn_is_recognised_and_said_to_be(client, pack, people, officer):
    edit_pack(pack=pack, readers="no_internal", by=people.manager)
    edition = published(pack, people.manager, officer)
    withdraw_edition(edition=edition, words="A figure was wrong.", by=officer)
    client.force_login(people.steering)

    page = text(upload(client, bytes_of(edition)))

    assert "Yes: this is pack 1 v1" in page
    assert "Withdrawn" in page
    assert "A figure was wrong." in page


def test_of_equal_files_the_one_that_the_reader_may_see_is_named(client, pack, people, officer):
    edit_pack(pack=pack, readers="no_internal", by=people.manager)
    one = published(pack, people.manager, officer)
    two = frozen(pack, people.manager)
    same = bytes(one.files.get(format="csv").content)
    assert bytes(two.files.get(format="csv").content) == same

    client.force_login(people.steering)
    assert "pack 1 v1" in text(upload(client, same))
    client.force_login(people.manager)
    assert "pack 1 v2" in text(upload(client, same))


def test_a_check_code_is_read_as_people_copy_it(client, edition, people):
    client.force_login(people.manager)
    typed = edition.check_code.replace("-", " ").lower().replace("0", "o").replace("1", "l")

    page = text(client.post(VERIFY, {"code": f" {typed} "}))

    assert f"{edition.check_code} is the check code of pack 1 v1" in page
    assert "Only the file tells whether something in it was altered." in page


def test_nothing_to_check_is_said(client, people, plan):
    client.force_login(people.manager)

    for sent in ({}, {"code": "  "}):
        answer = client.post(VERIFY, sent)
        assert answer.status_code == 422
        assert "Choose a file, or enter a check code." in text(answer)


def test_a_file_that_is_too_large_is_refused(client, people, plan, monkeypatch):
    monkeypatch.setattr("plans.receiving.MAX_FILE", 10)
    client.force_login(people.manager)

    answer = upload(client, b"More than ten bytes.")

    assert answer.status_code == 422
    assert TOO_BIG in text(answer)
