"""What a file may be before it is stored: a good one of each kind gets in, and none of the hostile ones."""

import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from plans import documents, limited
from plans.file_names import extension_of
from plans.uploads import pictures, sandbox
from plans.uploads.contents import content_to_store
from plans.uploads.kinds import KINDS, MAX_FILE, kind_of
from plans.uploads.refusal import FileRefused

from . import hostile_files as files

# Of text and letters nobody can say that they were longer.
WHOLE = [what for what, (name, _) in files.GOOD.items() if not name.endswith(("txt", "csv", "eml"))]


def check(name, content):
    return documents.UploadField().clean(SimpleUploadedFile(name, content))


def refusal_of(name, content):
    with pytest.raises(ValidationError) as refused:
        check(name, content)
    (sentence,) = refused.value.messages
    return sentence


@pytest.mark.parametrize("what", files.GOOD)
def test_a_good_file_of_each_kind_is_taken(what):
    name, make = files.GOOD[what]
    content = make()

    checked = check(name, content)

    assert checked.name == name
    assert checked.content.read() == content or checked.kind in ("png", "jpg")


def test_there_is_a_good_file_of_every_kind():
    assert {check(name, make()).kind for name, make in files.GOOD.values()} == set(KINDS)


@pytest.mark.parametrize("what", files.HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence_and_nothing_is_stored(what, settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    name, make = files.HOSTILE[what]

    sentence = refusal_of(name, make())

    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert "\n" not in sentence
    assert not settings.FILES_FOLDER.exists()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nothing", "is empty"),
        ("a program as PDF", "is a program"),
        ("a page after a PDF’s first line", "web page"),
        ("an SVG", "Files of this kind"),
        ("a macro document as plain", "macros"),
        ("a document with a macro part", "macros"),
        ("an archive as Word", "something else"),
        ("a bomb", "unpacks"),
        ("overlapping parts", "overlap"),
        ("a document type", "document type or entities"),
        ("a huge picture", "20 million pixels"),
        ("a PDF with a script", "script"),
        ("a PDF with a file", "attached"),
        ("a PDF with a password", "password"),
        ("an old or locked document", "password"),
        ("a PDF after an archive", "something else before or after"),
        ("an e-mail with a program", "invoice.exe"),
        ("a message with a program", "invoice.exe"),
    ],
)
def test_the_sentence_says_what_is_wrong(what, says):
    name, make = files.HOSTILE[what]

    assert says in refusal_of(name, make())


@pytest.mark.parametrize("what", WHOLE)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(what, share):
    name, make = files.GOOD[what]
    content = make()

    with pytest.raises(FileRefused):
        content_to_store(content[: int(len(content) * share)], kind_of(extension_of(name)).extension)


def test_without_the_look_inside_the_hostile_files_pass_for_what_they_say():
    """The positive control: the first bytes, by which others tell a file, say nothing is wrong."""
    assert files.HOSTILE["a page after a PDF’s first line"][1]().startswith(b"%PDF-1.4")
    assert files.HOSTILE["a PDF with a script"][1]().startswith(b"%PDF-")
    assert b"JavaScript" not in files.HOSTILE["a PDF with a script"][1]()
    for what in ("a macro document as plain", "a bomb", "a document type", "a template from elsewhere"):
        assert zipfile.is_zipfile(BytesIO(files.HOSTILE[what][1]()))


# --- Pictures ----------------------------------------------------------------------------------------------------


def test_a_picture_is_stored_upright_and_without_what_it_told_of_itself():
    content = files.photograph()
    assert b"Rowan Street" in content
    assert b"of a family" in content

    checked = check("Wall.jpg", content)

    kept = checked.content.read()
    assert len(kept) == checked.size
    assert b"Rowan Street" not in kept
    assert b"of a family" not in kept
    with Image.open(BytesIO(kept)) as picture:
        assert picture.size == (20, 30)
        assert not picture.getexif()


def test_a_picture_with_a_page_behind_it_is_stored_without_the_page():
    checked = check("Wall.png", files.picture("PNG") + files.HTML)

    assert b"script" not in checked.content.read()


def test_of_a_moving_picture_the_first_frame_is_stored():
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    stream = BytesIO()
    first.save(stream, "PNG", save_all=True, append_images=[second])

    with Image.open(check("Moves.png", stream.getvalue()).content) as picture:
        assert not getattr(picture, "is_animated", False)
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_pictures_keep_their_colours(mode):
    stream = BytesIO()
    Image.new(mode, (4, 4)).save(stream, "PNG")

    with Image.open(BytesIO(pictures.redrawn(stream.getvalue(), "png"))) as picture:
        assert picture.mode == mode


def test_a_transparent_colour_stays_transparent():
    stream = BytesIO()
    Image.new("P", (4, 4)).save(stream, "PNG", transparency=0)

    with Image.open(BytesIO(pictures.redrawn(stream.getvalue(), "png"))) as picture:
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_printers_jpeg_is_drawn_in_the_colours_of_screens():
    stream = BytesIO()
    Image.new("CMYK", (4, 4)).save(stream, "JPEG")

    with Image.open(BytesIO(pictures.redrawn(stream.getvalue(), "jpg"))) as picture:
        assert picture.mode == "RGB"


def test_a_picture_is_measured_before_it_is_unpacked(monkeypatch):
    """With the guard off the same file is unpacked, as far as it goes."""
    loaded = []
    monkeypatch.setattr(Image.Image, "load", lambda picture: loaded.append(picture.size))
    bomb = files.huge_png(10_000, 3_000)

    with pytest.raises(FileRefused):
        pictures.redrawn(bomb, "png")
    assert loaded == []

    monkeypatch.setattr(pictures, "MOST_PIXELS", 10**9)
    with pytest.raises(FileRefused):
        pictures.redrawn(bomb, "png")
    assert loaded


# --- Messages ----------------------------------------------------------------------------------------------------


def test_a_message_that_goes_round_in_circles_is_refused():
    data = bytearray(files.outlook(("Minutes.docx", files.word())))
    table = struct.unpack_from("<I", data, 76)[0]
    for sector in range(128):
        struct.pack_into("<I", data, (table + 1) * 512 + sector * 4, sector)

    with pytest.raises(FileRefused) as refused:
        content_to_store(bytes(data), "msg")

    assert refused.value.code == "file_damaged"


@pytest.mark.parametrize("at", range(0, 2048, 61))
def test_a_message_that_was_damaged_anywhere_never_breaks_the_reader(at):
    data = bytearray(files.outlook(("Minutes.docx", files.word())))
    data[at : at + 4] = b"\xff\x00\xff\x7f"

    with suppress(FileRefused):
        content_to_store(bytes(data), "msg")


# --- The child ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (limited.TooLong, "too_long"),
        (limited.TooMuchMemory, "too_much_memory"),
        (limited.ChildFailed, "file_damaged"),
        (limited.Busy, "busy"),
    ],
)
def test_a_child_that_breaks_is_a_refusal(monkeypatch, error, code):
    def run(*arguments, **options):
        raise error

    monkeypatch.setattr(limited, "run", run)

    with pytest.raises(FileRefused) as refused:
        sandbox.content_limited(b"text", "txt")

    assert refused.value.code == code


@pytest.mark.parametrize("answer", [b"", b"no JSON\n", b"{}\n", b"[1]\n", b'{"refused": "x"}\n'])
def test_an_answer_that_makes_no_sense_is_a_refusal(monkeypatch, answer):
    monkeypatch.setattr(limited, "run", lambda *arguments, **options: answer)

    with pytest.raises(FileRefused):
        sandbox.content_limited(b"text", "txt")


def test_a_picture_that_comes_back_empty_is_a_refusal(monkeypatch):
    monkeypatch.setattr(limited, "run", lambda *arguments, **options: b'{"refused": null}\n')

    with pytest.raises(FileRefused):
        sandbox.content_limited(files.picture("PNG"), "png")


def test_the_child_does_not_load_django():
    code = "import sys, plans.uploads.sandbox, plans.uploads.pdf; print('django' in sys.modules)"
    root = Path(sandbox.__file__).parents[2]

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)

    assert loaded.stdout.strip() == "False"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_the_largest_picture_fits_into_the_childs_memory():
    content = files.picture("PNG", size=(5000, 4000))

    assert sandbox.content_limited(content, "png")


def test_a_file_of_the_most_bytes_is_taken_and_one_byte_more_is_not():
    line = b"Case,Grade\n"
    largest = (line * (MAX_FILE // len(line) + 1))[:MAX_FILE]

    assert check("Audit.csv", largest).size == MAX_FILE
    assert refusal_of("Audit.csv", largest + b"\n") == "The file is larger than 25 MB."
