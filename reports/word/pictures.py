"""The pictures of a paper as Word shows them: a photograph or logo as it is, a drawing (SVG) as a PNG."""

import base64
import binascii
import re
import struct
import threading
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import pypdfium2  # type: ignore[import-untyped]
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image

from reports.pdf import font_face_css, render_pdf

#: Dots to an inch of a drawing, enough for a laser printer's greys.
SHARPNESS = 200
MOST_PIXELS = 3000
_DATA = re.compile(r"data:(image/[a-z+.-]+)((?:;[\w=-]+)*),(.*)", re.DOTALL)
_TURN = threading.Lock()  # PDFium may be used by one thread at a time


@dataclass(frozen=True)
class Picture:
    """`width` and `height` are in pixels of CSS, of which 96 are an inch."""

    content: bytes
    ending: str
    width: float
    height: float


def pictures_of(addresses: Iterable[str]) -> dict[str, Picture]:
    """The pictures behind the `data:` addresses; what cannot be read is left out. All drawings are drawn at once.

    Raises PdfRefused where they cannot be drawn.
    """
    found: dict[str, Picture] = {}
    drawings: dict[str, str] = {}
    for address in dict.fromkeys(addresses):
        kind, content = _data(address)
        if kind == "image/svg+xml":
            drawings[address] = content.decode("utf-8", "replace")
        elif content:
            try:
                image = Image.from_blob(content)
            except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError):
                continue
            if image.content_type in ("image/png", "image/jpeg"):
                found[address] = Picture(content, image.ext, image.px_width, image.px_height)
    if drawings:
        found |= zip(drawings, _drawn(list(drawings), list(drawings.values())), strict=True)
    return found


def _data(address: str) -> tuple[str, bytes]:
    match = _DATA.fullmatch(address.strip())
    if match is None:
        return "", b""
    try:
        content = base64.b64decode(match[3]) if ";base64" in match[2] else unquote_to_bytes(match[3])
    except (binascii.Error, ValueError):
        return "", b""
    return match[1], content


def _drawn(addresses: Sequence[str], drawings: Sequence[str]) -> list[Picture]:
    """Each drawing on a page of its own size, and a picture of each page."""
    sizes = [_size(drawing) for drawing in drawings]
    rules = "".join(
        f"@page p{number} {{ size: {width}px {height}px; margin: 0 }} .p{number} {{ page: p{number} }}"
        for number, (width, height) in enumerate(sizes)
    )
    pages = "".join(
        f'<div class="p{number}"><img src="{address}" alt="Drawing"></div>' for number, address in enumerate(addresses)
    )
    pdf = render_pdf(
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Drawings</title><style>{font_face_css()}'
        f"html, body {{ margin: 0 }} img {{ display: block; width: 100%; height: 100% }} {rules}</style></head>"
        f"<body>{pages}</body></html>"
    )
    with _TURN:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pictures = [_png(page.render(scale=SHARPNESS / 72, rev_byteorder=True)) for page in document]
        finally:
            document.close()
    return [Picture(png, "png", width, height) for png, (width, height) in zip(pictures, sizes, strict=True)]


def _size(drawing: str) -> tuple[float, float]:
    """As the drawing says, else as its box is, else as a browser would take it."""
    head = re.search(r"<svg\b[^>]*>", drawing)
    said = dict(re.findall(r'\s([\w-]+)\s*=\s*"([^"]*)"', head[0])) if head else {}
    box = re.findall(r"[\d.]+", said.get("viewBox", ""))[-2:]
    usual = [float(each) for each in box] if len(box) == 2 else [300.0, 150.0]
    sizes = (re.fullmatch(r"([\d.]+)(?:px)?", said.get(name, "")) for name in ("width", "height"))
    width, height = (float(said[1]) if said else own for said, own in zip(sizes, usual, strict=True))
    return max(1, min(width, MOST_PIXELS)), max(1, min(height, MOST_PIXELS))


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """The PNG of a picture in three or four bytes a point."""
    content, long = bytes(bitmap.buffer), bitmap.width * bitmap.n_channels
    lines = b"".join(
        b"\0" + content[start : start + long] for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
    )
    colours = {3: 2, 4: 6}[bitmap.n_channels]
    if bitmap.mode in ("RGBX", "BGRX"):
        raise ValueError("The fourth byte of a point is its opacity.")
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, colours, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
