"""Why a file is not taken."""


class FileRefused(Exception):
    """A file is not taken: `message` is one plain sentence for the reader, `code` one word for programs and tests."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.message = message
        self.code = code
