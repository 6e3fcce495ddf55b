"""What is recorded now, read whole without a lock, and read once as long as nobody writes (ADRs 0005 and 0013).

An app that has a slice of a position keeps it by `Kept`. Every write is an operation, and instants only grow: while
the newest one is the same, so is what was read. Inside a transaction nothing is kept, for what it writes has no
instant yet.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db import connection

from .history import newest_instant

T = TypeVar("T")

LIVE_READS = 3
#: How many readings of a kind a process keeps; a slice of 300 milestones takes about two megabytes.
KEPT = 8

_all: "WeakSet[Kept[Any]]" = WeakSet()


class Kept(Generic[T]):
    """The last readings of one kind. `read(*key, recorded_at)` reads one: for None what is there now."""

    def __init__(self, read: Callable[..., T]) -> None:
        self.read = read
        self._kept: OrderedDict[Hashable, tuple[datetime | None, T]] = OrderedDict()
        self._lock = Lock()
        _all.add(self)

    def look_up(self, key: Hashable, newest: datetime | None) -> T | None:
        """What is kept of this instant; None where there is nothing."""
        with self._lock:
            instant, found = self._kept.get(key, (None, None))
            if found is None or instant != newest:
                return None
            self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, newest: datetime | None, found: T) -> None:
        with self._lock:
            self._kept[key] = newest, found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


def read_still(*kinds: Kept[Any], key: tuple[Any, ...]) -> tuple[datetime | None, tuple[Any, ...]]:
    """A reading of each kind, all of one moment, and the instant of the newest operation they know of."""
    before = newest_instant()
    for _ in range(LIVE_READS):
        kept = [None if connection.in_atomic_block else kind.look_up(key, before) for kind in kinds]
        if all(each is not None for each in kept):
            return before, tuple(kept)
        found = tuple(kind.read(*key) if each is None else each for kind, each in zip(kinds, kept, strict=True))
        after = newest_instant()
        if after == before:
            if not connection.in_atomic_block:
                for kind, each in zip(kinds, found, strict=True):
                    kind.keep(key, before, each)
            return before, found
        before = after
    # Somebody saves faster than we read; what was recorded by now holds still.
    return before, tuple(kind.read(*key, before) for kind in kinds)


def forget_readings() -> None:
    """Lets go of everything that is kept; for tests, whose databases begin anew, and for measuring."""
    for kept in list(_all):
        kept.forget()
