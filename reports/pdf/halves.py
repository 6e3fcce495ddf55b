"""Lays out a long paper in two processes at once, and makes one PDF of the two.

The paper is cut where a theme begins, which is a new page anyway. Both halves lay themselves out, tell each other how
many pages they have, and only then write the page numbers into their feet: nothing is laid out twice. Then the second
half's pages, tags and outline are put behind the first's.
"""

import io
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from xml.etree.ElementTree import Element

import pikepdf

from . import frames

# Below this many rows a second process costs more than it saves.
MANY_ROWS = 150
PAGES = struct.Struct(">I")


def find_cut(root: Element) -> int | None:
    """The number of the theme with which the second half begins; None for a paper to be laid out in one piece.

    Depends on the HTML alone, not on the machine, so that the same HTML gives the same bytes. Linux only: elsewhere a
    process with these libraries may not fork.
    """
    themes = _themes(root)
    if sys.platform != "linux" or len(themes) < 2 or sum(1 for _ in root.iter("tr")) < MANY_ROWS:
        return None
    if any("paper--short" in body.get("class", "").split() for body in root.iter("body")):
        return None  # its themes do not begin pages
    if any(link.get("href", "").startswith("#") for link in root.iter("a")):
        return None  # a link from one half into the other would be lost
    lengths = [sum(map(len, theme.itertext())) for theme in themes]
    return min(range(1, len(themes)), key=lambda cut: max(sum(lengths[:cut]), sum(lengths[cut:])))


def lay_out_halves(root: Element, cut: int, write: Callable[[str], bytes]) -> bytes:
    """The PDF of the paper with this HTML. `write` lays out the HTML as it then is; its argument begins the names of
    the tags. Raises EOFError when the second process ends before its time."""
    here, there = socket.socketpair()
    second = os.fork()
    if second == 0:
        try:
            here.close()
            _keep_second(root, cut)
            with _agreed_pages(there, is_first=False):
                pdf = write("b")
            frames.send(there, frames.PDF, pdf)
        finally:
            os._exit(0)
    there.close()
    with here:
        _keep_first(root, cut)
        with _agreed_pages(here, is_first=True):
            first = write("a")
        _, _, rest = frames.receive(here)
    os.waitpid(second, 0)
    return join(first, rest)


def join(first: bytes, second: bytes) -> bytes:
    """One PDF with the pages of both, one tree of tags and one outline."""
    with pikepdf.open(io.BytesIO(first)) as paper, pikepdf.open(io.BytesIO(second)) as rest:
        length = len(paper.pages)
        paper.pages.extend(rest.pages)
        tree, more = paper.Root.StructTreeRoot, paper.copy_foreign(rest.Root.StructTreeRoot)

        document = tree.K[0]
        for tag in more.K[0].K:
            tag.P = document
            document.K.append(tag)
        shift = int(tree.ParentTreeNextKey)
        numbers = list(more.ParentTree.Nums)
        for key, value in zip(numbers[::2], numbers[1::2], strict=True):
            tree.ParentTree.Nums.append(int(key) + shift)
            tree.ParentTree.Nums.append(value)
        tree.ParentTreeNextKey = shift + int(more.ParentTreeNextKey)
        # The names of the first half sort before those of the second.
        tree.IDTree.Names.extend(more.IDTree.Names)
        for page in list(paper.pages)[length:]:
            page.obj.StructParents += shift
            for annotation in page.obj.get("/Annots", []):
                if "/StructParent" in annotation:
                    annotation.StructParent += shift

        if "/Outlines" in rest.Root:
            _join_outlines(paper, paper.copy_foreign(rest.Root.Outlines))
        joined = io.BytesIO()
        paper.save(joined, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return joined.getvalue()


def _join_outlines(paper: pikepdf.Pdf, more: Any) -> None:
    """Hangs the entries of `more`, which are themes, under the last entry of the outline: the paper's title."""
    title = paper.Root.Outlines.Last
    entry = more.First
    while entry is not None:
        entry.Parent = title
        entry = entry.get("/Next")
    title.Last.Next, more.First.Prev = more.First, title.Last
    title.Last = more.Last
    title.Count += more.Count
    paper.Root.Outlines.Count += more.Count


@contextmanager
def _agreed_pages(line: socket.socket, *, is_first: bool) -> Iterator[None]:
    """While this holds, the counters `page` and `pages` in feet and heads are those of the whole paper."""
    from weasyprint.layout import make_margin_boxes

    known: list[int] = []

    def numbered(context: Any, page: Any, state: Any) -> Any:
        quotes, counters, *more = state
        if not known:
            mine = counters["pages"][-1]
            line.sendall(PAGES.pack(mine))
            (others,) = PAGES.unpack(line.recv(PAGES.size, socket.MSG_WAITALL) or _ended())
            known.extend((0 if is_first else others, mine + others))
        before, total = known
        counters = {**counters, "page": [number + before for number in counters["page"]], "pages": [total]}
        return make_margin_boxes(context, page, (quotes, counters, *more))

    with mock.patch("weasyprint.layout.make_margin_boxes", numbered):
        yield


def _ended() -> bytes:
    raise EOFError("The other half of the paper was not laid out.")


def _themes(root: Element) -> list[Element]:
    return [section for section in root.iter("section") if "theme" in section.get("class", "").split()]


def _keep_first(root: Element, cut: int) -> None:
    """Takes away the theme numbered `cut` and all that comes after it."""
    theme = _themes(root)[cut]
    for parent, child in _way_to(root, theme):
        place = list(parent).index(child)
        del parent[place if child is theme else place + 1 :]


def _keep_second(root: Element, cut: int) -> None:
    """Takes away all that comes before the theme. One theme stays unseen: what is said of the first means another."""
    theme = _themes(root)[cut]
    for parent, child in _way_to(root, theme):
        del parent[: list(parent).index(child)]
        if child is theme:
            parent.insert(0, Element("section", {"class": "theme", "style": "display: none"}))


def _way_to(root: Element, element: Element) -> Iterator[tuple[Element, Element]]:
    """The elements around `element` up to the body, each with the one inside it."""
    parents = {child: parent for parent in root.iter() for child in parent}
    while element.tag != "body":
        yield parents[element], element
        element = parents[element]
