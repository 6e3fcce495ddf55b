"""Messages as Outlook saves them (.msg): a small file system of their own ([MS-CFB], [MS-OXMSG]).

Read here as far as it takes to say that it is a message and what is attached to it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .attachments import MOST_PARTS, Check, check_attachment, refused
from .refusal import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = "The message is cut short or damaged; save it again and try once more."

_MOST_ENTRIES = 20_000
_LAST_SECTOR = 0xFFFFFFFA  # numbers above it are no sectors
_NOBODY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_PROPERTIES = "__properties_version1.0"
# Streams of a message: the attached bytes, and the names of the file, the long one first.
_BYTES = "__substg1.0_37010102"
_NAMES = ("__substg1.0_3707001f", "__substg1.0_3707001e", "__substg1.0_3704001f", "__substg1.0_3704001e")
_INNER_MESSAGE = "__substg1.0_3701000d"
#: What a Word, Excel or PowerPoint file of the old kind has at its root, and what macros are kept in.
_NOT_OF_A_MESSAGE = ("worddocument", "workbook", "book", "powerpoint document", "encryptedpackage")
_MACROS = ("_vba_project", "_vba_project_cur", "macros", "vba")


def check_msg(data: bytes, check: Check) -> None:
    """Refuses what is no message of Outlook, and one with an attachment that `check(data, kind)` refuses."""
    if not data.startswith(SIGNATURE):
        raise FileRefused("The name ends in .msg, the content is something else.", "file_type")
    try:
        _check(_Compound(data), check)
    except (FileRefused, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise FileRefused(DAMAGED, "file_damaged") from error


def _check(compound: "_Compound", check: Check) -> None:
    root = compound.children(compound.root)
    if _PROPERTIES not in root or any(name in root for name in _NOT_OF_A_MESSAGE):
        raise FileRefused("The file is not a message of Outlook, whatever its name says.", "file_type")
    if any(each.name.casefold() in _MACROS for each in compound.entries):
        raise FileRefused("The file holds macros; save it without them.", "file_has_macros")
    attachments = [each for name, each in root.items() if name.startswith("__attach_version1.0_")]
    if len(attachments) > MOST_PARTS:
        raise FileRefused("The message has more parts than are looked at.", "too_many_parts")
    for attachment in attachments:
        streams = compound.children(attachment)
        name = next((compound.text(streams[each]) for each in _NAMES if each in streams), "")
        if _INNER_MESSAGE in streams or _BYTES not in streams:
            raise refused(name or "message")
        check_attachment(compound.read(streams[_BYTES]), name, check)


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class _Compound:
    """The sectors, chains and names of a compound file. Damage is whatever error it leads to."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        (self.minor, self.major, order, shift, mini_shift) = struct.unpack_from("<HHHHH", data, 24)
        if order != 0xFFFE or (self.major, shift) not in ((3, 9), (4, 12)) or mini_shift != 6:
            raise ValueError("no compound file")
        self.sector_size = 1 << shift
        self.sectors = (len(data) + self.sector_size - 1) // self.sector_size - 1
        (self.first_directory,) = struct.unpack_from("<I", data, 48)
        self.mini_cutoff, self.first_mini_fat, _, self.first_difat, self.difat_sectors = struct.unpack_from(
            "<IIIII", data, 56
        )
        self.entries = list(self._read_entries())
        self.root = self.entries[0]
        if self.root.kind != _ROOT:
            raise ValueError("no root")

    def _sector(self, number: int) -> bytes:
        if number >= self.sectors:
            raise ValueError("a sector beyond the end")
        begin = (number + 1) * self.sector_size
        return self.data[begin : begin + self.sector_size]

    @cached_property
    def fat(self) -> list[int]:
        """Which sector follows each."""
        numbers = list(struct.unpack_from("<109I", self.data, 76))
        following, seen = self.first_difat, 0
        per_sector = self.sector_size // 4
        while following < _LAST_SECTOR:
            seen += 1
            if seen > self.difat_sectors or seen > self.sectors:
                raise ValueError("a circle of sectors")
            *more, following = struct.unpack(f"<{per_sector}I", self._sector(following))
            numbers += more
        table: list[int] = []
        for number in numbers:
            if number < _LAST_SECTOR:
                if len(table) > self.sectors + per_sector:
                    raise ValueError("more table than file")
                table += struct.unpack(f"<{per_sector}I", self._sector(number))
        return table

    def _chain(self, first: int, table: list[int]) -> Iterator[int]:
        seen = 0
        while first < _LAST_SECTOR:
            seen += 1
            if seen > len(table):
                raise ValueError("a circle of sectors")
            yield first
            first = table[first]

    def _stream(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(first, self.fat))

    def _read_entries(self) -> Iterator[_Entry]:
        directory = self._stream(self.first_directory)
        if len(directory) // 128 > _MOST_ENTRIES:
            raise ValueError("too many names")
        for at in range(0, len(directory) - 127, 128):
            name, length, kind, _, left, right, child = struct.unpack_from("<64sHBBIII", directory, at)
            start, size = struct.unpack_from("<IQ", directory, at + 116)
            if self.major == 3:
                size &= 0xFFFFFFFF
            letters = name[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
            yield _Entry(letters, kind, left, right, child, start, size)

    def children(self, parent: _Entry) -> dict[str, _Entry]:
        """What a storage holds, by its name in small letters."""
        found: dict[str, _Entry] = {}
        waiting, seen = [parent.child], set()
        while waiting:
            number = waiting.pop()
            if number == _NOBODY or number in seen:
                continue
            seen.add(number)
            entry = self.entries[number]
            if entry.kind not in (_STORAGE, _STREAM):
                raise ValueError("an entry of no kind")
            found[entry.name.casefold()] = entry
            waiting += [entry.left, entry.right]
        return found

    def read(self, entry: _Entry) -> bytes:
        """The bytes of a stream, the whole of them."""
        if entry.kind != _STREAM:
            raise ValueError("no stream")
        if entry.size > len(self.data):
            raise ValueError("a stream beyond the end")
        if entry.size >= self.mini_cutoff:
            content = self._stream(entry.start)
        else:
            minis = self._chain(entry.start, self._mini_fat) if entry.size else iter(())
            content = b"".join(self._mini_stream[number * 64 : number * 64 + 64] for number in minis)
        if len(content) < entry.size:
            raise ValueError("a stream cut short")
        return content[: entry.size]

    def text(self, entry: _Entry) -> str:
        """The words of a stream, whose name says their encoding."""
        encoding = "utf-16-le" if entry.name.casefold().endswith("f") else "cp1252"
        return self.read(entry).decode(encoding, errors="replace").rstrip("\0")

    @cached_property
    def _mini_fat(self) -> list[int]:
        table = self._stream(self.first_mini_fat)
        return list(struct.unpack(f"<{len(table) // 4}I", table))

    @cached_property
    def _mini_stream(self) -> bytes:
        return self._stream(self.root.start)
