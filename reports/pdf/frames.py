"""The messages between a process and its paper-making child: a kind, the child's memory in KiB, a length, the bytes."""

import socket
import struct
import time

HEAD = struct.Struct(">cQQ")
READY, MISSING, PAPER, PDF, FAULT = b"r", b"m", b"h", b"p", b"f"


def send(line: socket.socket, kind: bytes, content: bytes = b"", *, memory: int = 0) -> None:
    """Sends one message; `memory` in KiB. Raises OSError where nobody is at the other end any more."""
    line.sendall(HEAD.pack(kind, memory, len(content)))
    line.sendall(content)


def receive(line: socket.socket, *, until: float | None = None) -> tuple[bytes, int, bytes]:
    """Kind, memory in KiB and content. EOFError when the other side ends, TimeoutError after the moment `until`."""
    kind, memory, length = HEAD.unpack(_exactly(line, HEAD.size, until))
    return kind, memory, bytes(_exactly(line, length, until))


def _exactly(line: socket.socket, length: int, until: float | None) -> bytearray:
    content = bytearray(length)
    view, here = memoryview(content), 0
    while here < length:
        if until is not None:
            line.settimeout(max(until - time.monotonic(), 0.001))
        count = line.recv_into(view[here:])
        if not count:
            raise EOFError
        here += count
    return content
