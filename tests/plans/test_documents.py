"""Files as they are stored and given out again."""

from contextlib import closing

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plans import documents, file_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


def note(content=b"Minutes of the board\n", name="Minutes.txt"):
    return documents.check_upload(SimpleUploadedFile(name, content))


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def body(response):
    """What is sent. `response.close` would close the test's database too."""
    with closing(response.file_to_stream):
        return b"".join(response.streaming_content)


def test_a_file_is_stored_under_a_name_that_says_nothing_and_comes_back_as_it_was(folder, plan, people):
    document = documents.store_document(checked=note(), council=plan.council, plan=plan, by=people.manager)

    (stored,) = files_in(folder)
    assert stored == file_store.path_of(document.stored_as)
    assert "inutes" not in str(stored)
    response = documents.download(document)
    assert body(response) == b"Minutes of the board\n"
    assert response["Content-Disposition"] == 'attachment; filename="Minutes.txt"'
