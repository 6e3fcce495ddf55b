"""The virus scanner, where there is one: clamd, spoken to over its own socket (INSTREAM).

Where the settings name a scanner and it does not answer, nothing is taken.
"""

import socket
import struct
import time
from typing import IO

from django.conf import settings

CHUNK = 1 << 16
SECONDS = 60  # for one file, from the first byte to the answer
MOST_OF_AN_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or not as it should."""


class Infected(Exception):
    """The scanner found something; the message is its name for it."""


def scan(content: IO[bytes]) -> bool:
    """Whether the scanner looked at the file and found nothing; False where the settings name none.

    Raises Infected, and ScannerAway where it is named and cannot say. The file stands at its beginning afterwards.
    """
    address = settings.CLAMD_ADDRESS
    if not address:
        return False
    content.seek(0)
    try:
        answer = _ask(address, content)
    except (OSError, ValueError) as error:
        raise ScannerAway(str(error)) from error
    finally:
        content.seek(0)
    if answer == "stream: OK":
        return True
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    raise ScannerAway(answer or "no answer")


def _ask(address: str, content: IO[bytes]) -> str:
    until = time.monotonic() + SECONDS
    with _connect(address) as line:
        line.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            line.settimeout(_left(until))
            line.sendall(struct.pack(">I", len(chunk)) + chunk)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < MOST_OF_AN_ANSWER:
            line.settimeout(_left(until))
            more = line.recv(MOST_OF_AN_ANSWER)
            if not more:
                break
            answer += more
    # An answer without its end is half of one, and half of “stream: OK, but …” would read as another.
    whole, end, _ = answer.partition(b"\0")
    return whole.decode("utf-8", errors="replace") if end else ""


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("The scanner takes too long.")
    return left


def _connect(address: str) -> socket.socket:
    """To a path, or to “host:port”."""
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(address)
        except BaseException:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
