"""What somebody had typed when the site could not take it, carried along until it can be sent again."""

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

# Where a session has them while their writer signs in, and how many characters of them it takes.
WAITING = "kept_words"
MOST_CHARACTERS = 1_000_000
MOST_SECONDS = 15 * 60
PREFIX = "kept-"
PATH = "kept_path"
HAD_FILE = "kept_had_file"
NEVER = ("csrfmiddlewaretoken", "login", "credential", "code")
# Shorter values without a space are choices and dates; all others are words that somebody would miss.
WORDS = 20


@dataclass(frozen=True)
class Kept:
    """The path a form was sent to, and its fields in the order they came. A file that came with it is not kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_file: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> "Kept":
        """What this request sent."""
        fields = [(name, value) for name, values in request.POST.lists() if _may_keep(name) for value in values]
        return cls(request.path, tuple(fields), had_file=bool(request.FILES))

    @classmethod
    def from_sign_in(cls, request: HttpRequest) -> "Kept | None":
        """What the sign-in form carried along, if it did; only ever for a page of this site."""
        path = request.POST.get(PATH, "")
        if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return None
        fields = [
            (name.removeprefix(PREFIX), value)
            for name, values in request.POST.lists()
            if name.startswith(PREFIX)
            for value in values
        ]
        return cls(path, tuple(fields), had_file=HAD_FILE in request.POST)

    @property
    def fits(self) -> bool:
        """Whether a session takes it all; nobody fills our database with what is never sent."""
        return sum(len(name) + len(value) for name, value in self.fields) <= MOST_CHARACTERS

    def wait(self, request: HttpRequest, *, user: Any = None) -> bool:
        """Waits in the session until it can be sent again, through as many steps as signing in may have. Whether it
        does: what is too long for that is to be answered with `too_long`.

        For `user`, where a password or a passkey has said already who writes; otherwise for whoever signs in there
        within a quarter of an hour. The next person at the same desk does not get to see it.
        """
        if not self.fits:
            return False
        whose = user.pk if user is not None else None
        request.session[WAITING] = self.as_json() | {"whose": whose, "since": time.time()}
        request.words_wait = True  # type: ignore[attr-defined]
        return True

    def too_long(self, request: HttpRequest, *, onwards: str) -> HttpResponse:
        """The answer where it does not fit: that nothing was saved, the words to be copied, and the address where
        their writer says who they are."""
        return render(request, "accounts/too_long.html", {"kept": self, "onwards": onwards}, status=413)

    @classmethod
    def waiting(cls, request: HttpRequest, *, user: Any) -> "Kept | None":
        """What waits in the session for the user, if anything does."""
        waiting = request.session.get(WAITING)
        if not waiting:
            return None
        is_theirs = waiting["whose"] == user.pk if waiting["whose"] else time.time() - waiting["since"] < MOST_SECONDS
        return cls.from_json(waiting) if is_theirs else None

    @classmethod
    def was_taken(cls, request: HttpRequest) -> None:
        """The page took what was sent to it: nothing has to wait for it any more."""
        kept = None if hasattr(request, "words_wait") else cls.waiting(request, user=request.user)
        if kept and kept.path == request.path:
            del request.session[WAITING]

    def as_json(self) -> dict[str, Any]:
        """What can wait in a session; `from_json` reads it back."""
        return {"path": self.path, "fields": list(self.fields), "had_file": self.had_file}

    @classmethod
    def from_json(cls, waiting: dict[str, Any] | None) -> "Kept | None":
        """What waited in a session, if anything did."""
        if not waiting:
            return None
        fields = tuple((name, value) for name, value in waiting["fields"])
        return cls(waiting["path"], fields, had_file=waiting["had_file"])

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The fields that hold somebody's words, each under a name that can be read."""
        return tuple(
            (name.removeprefix(PREFIX).replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if (len(value) > WORDS or " " in value.strip()) and name not in ("next", PATH)
        )


def _may_keep(name: str) -> bool:
    """Whether a field of this name is no secret; a new password too would stand in the session for all to read."""
    return name not in NEVER and "password" not in name
