"""What makes two e-mail addresses the same, for whoever counts, and which of them may be somebody's here. Pure."""

import unicodedata

NOT_ASCII = "Write the part before the @ with plain letters, without accents or signs of other alphabets."


def key_of(email: str) -> str:
    """One key for every way to write an address that any database may take for the same.

    “ı” and “ſ” become I and S in capitals, and lower case alone would keep them apart from i and s.
    """
    return unicodedata.normalize("NFKC", email).upper().lower()


def can_sign_in(email: str) -> bool:
    """Whether a user can have this address. Mail servers take others, but “ı” looks like i, and folds to it."""
    return email.rpartition("@")[0].isascii()
