"""The folder of files: one file for each Document, under a name that says nothing, out of reach of every address.

`WAYMARK_FILES` names the folder. Files lie in it by the first two letters of their names, new ones are written in
`incoming` and renamed when they are whole and on the disk.
"""

import errno
import hashlib
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

logger = logging.getLogger("waymark.files")

INCOMING = "incoming"
CHUNK = 1 << 20
MEGABYTE = 1024 * 1024
#: So much of the disk stays free for the database and everything else: a tenth, within these bounds.
LEAST_FREE = 500 * MEGABYTE
MOST_FREE = 5_000 * MEGABYTE
FREE_SHARE = 0.1

_NO_ROOM_ERRORS = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Exception):
    """The disk, or what the site may use of it, is full."""


def folder() -> Path:
    """The folder of files, as the settings name it."""
    return Path(settings.FILES_FOLDER)


def path_of(stored_as: str) -> Path:
    """Where a file lies."""
    return folder() / stored_as[:2] / stored_as


def check_room(size: int = 0) -> None:
    """Raises NoRoom where a file of `size` bytes would leave less free than the rest of the site needs."""
    free, kept_free = _room()
    if free - size < kept_free:
        raise NoRoom
    if free < 2 * kept_free:
        logger.warning("The disk of the folder of files is nearly full: %d MB are free.", free // MEGABYTE)


def is_nearly_full() -> bool:
    """Whether less than twice what stays free is free: time to make room."""
    free, kept_free = _room()
    return free < 2 * kept_free


def _room() -> tuple[int, int]:
    """Bytes free on the disk of the folder, and how many of them stay free."""
    at = folder().absolute()
    while not at.exists():
        at = at.parent
    usage = shutil.disk_usage(at)
    return usage.free, min(max(LEAST_FREE, int(usage.total * FREE_SHARE)), MOST_FREE)


def write(content: IO[bytes], name: str = "") -> str:
    """Writes a file, whole and on the disk when this returns; its name, which is a new one but for a file that is put
    back. Raises NoRoom."""
    name = name or secrets.token_hex(16)
    kept = path_of(name)
    try:
        _make(folder())
        _make(folder() / INCOMING)
        coming = folder() / INCOMING / name
        try:
            descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                content.seek(0)
                shutil.copyfileobj(content, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
            _make(kept.parent)
            coming.rename(kept)
            _sync(kept.parent)
        except BaseException:
            coming.unlink(missing_ok=True)
            kept.unlink(missing_ok=True)
            raise
    except OSError as error:
        if error.errno in _NO_ROOM_ERRORS:
            raise NoRoom from error
        raise
    return name


def remove(stored_as: str) -> None:
    """Removes a file, if it is there."""
    path_of(stored_as).unlink(missing_ok=True)


def digest_of(file: IO[bytes]) -> str:
    """The SHA-256 of a file that is open for reading, in hexadecimal; it stands at its beginning afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def stored_files() -> Iterator[tuple[str, Path, float]]:
    """Every file of the folder: its name, where it lies, and its age in seconds; unfinished ones too."""
    now = time.time()
    for path in sorted(folder().glob("*/*")):
        if path.is_file() and not path.is_symlink():
            yield path.name, path, now - path.stat().st_mtime


def _make(place: Path) -> None:
    """Makes a folder that is ours alone, and has it on the disk."""
    if not place.is_dir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(place.parent)


def _sync(place: Path) -> None:
    """Has the names in a folder on the disk. Windows knows no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
