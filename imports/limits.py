"""What a file may be before anything parses it."""

from __future__ import annotations


class FileRefused(Exception):
    """The file cannot be read at all: `message` is one plain sentence for the reader, `code` from `findings.CODES`."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.message = message
        self.code = code
