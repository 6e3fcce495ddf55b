"""What an edition of a pack is drawn from beside its positions, as text of which there is one spelling.

Pure. The manifest names every paper with its order, its name and its files, the digests of the positions, the council's
look, the version of the templates and where the plan's chain of records stood. The check code vouches for all of it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any, get_args, get_type_hints

from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.json import JsonConverter, make_converter

from .looks import Look
from .papers import Order
from .position import PlanPosition
from .stamps import Stamp
from .wording import long_day, moment

#: 32 signs of which none is taken for another: no I, L, O or U.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_SIGNS = 8
#: How much of a digest is printed: enough to tell it from every other, short enough to compare by eye.
DIGEST_SHOWN = 16

#: What an order has of the edition as a whole.
_OF_EDITION = frozenset({"stamp", "look"})


@dataclass(frozen=True, kw_only=True)
class StoredPosition:
    """A position of the edition: the day, the newest write it knows of, and the digest of its JSON."""

    as_at: date
    recorded_at: datetime | None
    sha256: str


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file of a paper: its format (“pdf”) and its name in the pack."""

    format: str
    name: str


@dataclass(frozen=True, kw_only=True)
class StoredPaper:
    """A paper of the edition. `position` and `before` are places in the manifest's positions, from 0; `order` is
    without any position, stamp and look. `title` is its name in the pack, `own_title` that too, empty where it is only
    what all papers of its kind are called."""

    place: int
    kind: str
    title: str
    own_title: str
    as_at: date
    position: int
    before: int | None
    order: Order
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything that the files of an edition are drawn from, beside the positions themselves.

    `most_days_old` is how old, in days, a note may be; `recorded_at` the newest write that is in it; `templates` the
    version of the paper templates. `chain_number` and `chain_digest` name where the plan’s chain stood. `papers` point
    into `positions` by place, from 0.
    """

    pack: int
    version: int
    title: str
    plan: str
    council: str
    meeting: str
    meeting_on: date | None
    as_at: date
    readers: str
    most_days_old: int
    recorded_at: datetime | None
    templates: str
    chain_number: int
    chain_digest: str
    look: Look
    positions: tuple[StoredPosition, ...]
    papers: tuple[StoredPaper, ...]

    @property
    def files(self) -> Iterator[tuple[StoredPaper, StoredFile]]:
        """Every file of the edition with its paper, in order."""
        return ((paper, file) for paper in self.papers for file in paper.files)


def to_text(manifest: Manifest) -> str:
    """The manifest as canonical JSON."""
    plain = _converter().unstructure(manifest)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(text: str) -> Manifest:
    """The manifest that `to_text` gave."""
    return _converter().loads(text, Manifest)


def digest_of(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def check_code_of(manifest_text: str) -> str:
    """The first 40 bits of the SHA-256 of a manifest, which names the digests of its positions: “7Q4M-2K9D”."""
    number = int.from_bytes(sha256(manifest_text.encode("utf-8")).digest()[:5], "big")
    signs = "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(CODE_SIGNS)))
    return f"{signs[:4]}-{signs[4:]}"


def stamp_of(manifest: Manifest, paper: StoredPaper, check_code: str) -> Stamp:
    """What a paper of the edition says of its pack on every page."""
    position = manifest.positions[paper.position]
    return Stamp(
        pack=manifest.pack,
        version=manifest.version,
        check_code=check_code,
        chain=f"link {manifest.chain_number}, {manifest.chain_digest[:DIGEST_SHOWN]}…",
        data_at=data_at_words(position.as_at, position.recorded_at),
        paper=paper.own_title,
    )


def data_at_words(as_at: date, recorded_at: datetime | None) -> str:
    """“31 May 2011, recorded by 3 June 2011, 10:32”."""
    recorded = f", recorded by {moment(recorded_at)}" if recorded_at else ""
    return f"{long_day(as_at)}{recorded}"


def positions_in(order_type: type) -> set[str]:
    """The fields of an order that hold a position."""
    hints = get_type_hints(order_type)
    return {name for name, hint in hints.items() if PlanPosition in (hint, *get_args(hint))}


@cache
def _converter() -> JsonConverter:
    converter = make_converter()
    # As text, so that a figure comes back as it was.
    converter.register_unstructure_hook(Decimal, lambda value: f"{value:f}")
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    left_out: dict[str, Any] = dict.fromkeys(
        (each.name for each in fields(Order) if each.name in _OF_EDITION | positions_in(Order)), override(omit=True)
    )
    converter.register_unstructure_hook(Order, make_dict_unstructure_fn(Order, converter, **left_out))
    converter.register_structure_hook(Order, make_dict_structure_fn(Order, converter, **left_out))
    return converter
