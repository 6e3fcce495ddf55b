"""The files in a zip, without what tells the machine that wrote them: the same contents give the same bytes."""

import zipfile
from datetime import date, datetime
from hashlib import sha256
from typing import IO

#: The earliest day that a zip can name, for files that are of no day.
NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001  # a zip knows no time zone
_UNIX, _READABLE = 3, 0o644 << 16
CHUNK = 1024 * 1024


def zip_entry(path: str, of: date | datetime = NO_TIME, *, is_packed: bool = True) -> zipfile.ZipInfo:
    """What `path` is called in a zip, with a day or a moment in the clock of its own zone (to two seconds). Files that
    hardly shrink need not be packed."""
    at = of if isinstance(of, datetime) else datetime(of.year, of.month, of.day)  # noqa: DTZ001
    entry = zipfile.ZipInfo(path, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    entry.create_system, entry.external_attr = _UNIX, _READABLE
    return entry


def copy_into(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: IO[bytes]) -> tuple[str, int]:
    """Writes what is left of an open file into a zip, piece by piece; its SHA-256 in hexadecimal, and its bytes."""
    digest, size = sha256(), 0
    # A size that is not known before may be more than four gigabytes.
    with archive.open(entry, "w", force_zip64=True) as kept:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            kept.write(chunk)
    return digest.hexdigest(), size
