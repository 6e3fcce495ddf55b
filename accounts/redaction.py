"""Taking words out of the records for good (reliability.md T-30): the only way past the triggers besides migrations.

One person proposes, another one of information governance decides. Then the words are replaced wherever they stand:
in the records as they are now, in every version of their history, in drafts and in files that wait to be imported. The
operation lists each version that it wrote anew with its new digest, so that `verify_history` still agrees and still
names what anybody else changes. What stays is a tombstone: which kind of words, why, who and when.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, models
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from .history import Tracked, current_instant, operating, operation, save_with_reason, tracked_models
from .models import Redaction, User
from .triggers import history_open

logger = logging.getLogger("waymark.history")

BATCH = 500
LEAST_LETTERS = 3
MOST_LETTERS = 500

#: What holds nothing that anybody typed, and seals or opens the history.
NEVER_MODELS = ("Operation", "ChainLink", "HistoryGate")
NEVER_COLUMNS = ("password", "words_digest", "token_digest", "code_digest", "sha256")

#: Of a sentence that refuses; the record and the column are named in it.
CANNOT_STAND = "The words stand in “{column}” of {record}, where they cannot be replaced. Change it there first."

Changes = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A kind of record in which the words stand: how many records hold them now, and how many versions did."""

    kind: str
    records: int
    versions: int
    names: tuple[str, ...]


# --- Operations --------------------------------------------------------------------------------------------------


@operation
def propose_redaction(*, words: str, kind_of_data: str, reason: str, by: Any, may_propose: bool = False) -> Redaction:
    """Asks for words to be taken out. Information governance may; for others the caller has looked whether they may
    and says so by `may_propose` (plans/policies.py).

    Raises PermissionDenied; ValidationError where the words are too short, stand nowhere, wait already, or stand in
    what is kept about them.
    """
    is_governance = _is_governance(by)
    if not (is_governance or may_propose):
        raise PermissionDenied("You may not propose a redaction. Ask information governance.")
    words = check_words(words)
    pattern = _pattern(words)
    for name, kept in (("kind_of_data", kind_of_data), ("reason", reason)):
        if pattern.search(kept):
            raise ValidationError({name: "This stays for ever, so it may not hold the words themselves."})
    digest = _digest(words)
    if Redaction.objects.filter(words_digest=digest, state=Redaction.State.PROPOSED).exists():
        raise ValidationError({"words": "These words wait to be redacted already."})
    # Somebody who proposes from one plan learns nothing of the others.
    if is_governance and not where_words_stand(words):
        raise ValidationError({"words": "These words stand nowhere, written like this."})
    redaction = Redaction(
        words=words,
        words_digest=digest,
        kind_of_data=kind_of_data,
        reason=reason,
        proposed_by=by,
        proposed_at=current_instant(),
    )
    redaction.full_clean()
    return save_with_reason(redaction, reason="Redaction proposed", by=by)


def redact(*, redaction: Redaction, by: Any) -> Redaction:
    """Replaces the words everywhere, and clears what the database file still holds of them.

    Raises PermissionDenied for anybody but a second person of information governance; ValidationError where it is
    decided already, or where a record cannot do without the words. Then nothing is changed.
    """
    with operating(by=by, name="redact") as running:
        _check_may_decide(redaction, by)
        words, marker = redaction.words, marker_at(timezone.localdate(current_instant()))
        with history_open(f"redaction {redaction.pk}"):
            versions = _replace_everywhere(words, marker, running.rewritten)
        # What waits itself has been changed along the way.
        redaction.refresh_from_db()
        redaction.words, redaction.places = "", versions
        redaction.state, redaction.decided_by, redaction.decided_at = Redaction.State.DONE, by, current_instant()
        redaction.save(update_fields=["words"])
        save_with_reason(redaction, ["state", "decided_by", "decided_at", "places"], reason="Redacted", by=by)
    clear_what_is_left()
    return redaction


@operation
def refuse_redaction(*, redaction: Redaction, by: Any) -> Redaction:
    """Leaves the words where they are, and forgets them here. Whoever proposed it may take it back so."""
    if redaction.proposed_by_id != by.pk:
        _check_may_decide(redaction, by)
    _check_waits(redaction)
    redaction.words = ""
    redaction.state, redaction.decided_by, redaction.decided_at = Redaction.State.REFUSED, by, current_instant()
    redaction.save(update_fields=["words"])
    return save_with_reason(redaction, ["state", "decided_by", "decided_at"], reason="Redaction refused", by=by)


def clear_what_is_left() -> bool:
    """Overwrites what SQLite's files still hold of deleted text; whether that was done.

    On PostgreSQL the database does this in its own time (docs/operations.md).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = bool(cursor.fetchone()[0])
    except DatabaseError:
        logger.exception("The database file could not be cleared after a redaction.")
        return False
    if is_busy:
        logger.warning("Somebody was reading, so the write-ahead log could not be cleared after a redaction.")
    return not is_busy


def _is_governance(user: Any) -> bool:
    """Read again: the role may have been taken a moment ago."""
    return User.objects.filter(pk=user.pk, is_active=True, is_information_governance=True).exists()


def _check_may_decide(redaction: Redaction, by: Any) -> None:
    if not _is_governance(by):
        raise PermissionDenied("Redactions are decided by information governance.")
    if redaction.proposed_by_id == by.pk:
        raise PermissionDenied("You proposed this redaction. Somebody else of information governance decides.")
    _check_waits(redaction)


def _check_waits(redaction: Redaction) -> None:
    redaction.refresh_from_db()
    if redaction.state != Redaction.State.PROPOSED:
        raise ValidationError("This redaction is decided already.")


def redactions_visible_to(user: Any) -> models.QuerySet[Redaction]:
    """All of them to information governance; none to anybody else."""
    rows = Redaction.objects.select_related("proposed_by", "decided_by")
    return rows if user.is_active and user.is_information_governance else rows.none()


# --- Words -------------------------------------------------------------------------------------------------------


def check_words(words: str) -> str:
    """The words without space around them. Raises ValidationError where they would match too much."""
    words = words.strip().replace("\r\n", "\n")
    if len(words) < LEAST_LETTERS:
        raise ValidationError({"words": f"Give at least {LEAST_LETTERS} letters."})
    if len(words) > MOST_LETTERS:
        raise ValidationError({"words": f"Give at most {MOST_LETTERS} letters."})
    return words


def marker_at(day: Any) -> str:
    """What stands in place of the words: “[redacted 21 November 2026]”."""
    return f"[redacted {date_format(day, 'j F Y')}]"


def _digest(words: str) -> str:
    """Tells two redactions apart. Keyed, since a name could be guessed from a plain hash of it."""
    return salted_hmac("waymark.redaction", words, algorithm="sha256").hexdigest()


def _pattern(words: str) -> re.Pattern[str]:
    """The words as written, not as part of a longer word; with any line ends."""
    before = r"(?<!\w)" if re.match(r"\w", words) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", words) else ""
    return re.compile(before + re.escape(words).replace("\\\n", r"\r?\n") + after)


def _without(value: Any, pattern: re.Pattern[str], marker: str) -> Any:
    """A value with the words replaced: in text, and anywhere within what JSON holds, as text of JSON too."""
    if isinstance(value, str):
        if value[:1] in "[{" and value:
            try:
                held = json.loads(value)
            except ValueError:
                held = None
            if isinstance(held, (list, dict)):
                fresh = _without(held, pattern, marker)
                return value if fresh == held else json.dumps(fresh)
        return pattern.sub(lambda _: marker, value)
    if isinstance(value, list):
        return [_without(item, pattern, marker) for item in value]
    if isinstance(value, dict):
        return {_without(key, pattern, marker): _without(item, pattern, marker) for key, item in value.items()}
    return value


# --- Places ------------------------------------------------------------------------------------------------------


def where_words_stand(words: str) -> list[Place]:
    """Every kind of record that holds the words, now or in its history, with the names of up to ten of them."""
    pattern = _pattern(words)
    places = []
    for model in _own_models():
        if model in _histories():
            continue
        # What waits to be decided is not a place of its own.
        live = [pk for pk, changes in _found(model, words, pattern, "") if changes.keys() != {"words"}]
        versions: Counter[Any] = Counter()
        if issubclass(model, Tracked):
            history: Any = model.history.model  # type: ignore[attr-defined]
            ids = [pk for pk, _ in _found(history, words, pattern, "")]
            for start in range(0, len(ids), BATCH):
                batch = history.objects.filter(pk__in=ids[start : start + BATCH])
                versions.update(batch.values_list("id", flat=True))
        if live or versions:
            shown = sorted({*live, *versions})[:10]
            named = {row.pk: str(row) for row in model._base_manager.filter(pk__in=shown)}
            names = tuple(named.get(pk, f"deleted, number {pk}") for pk in shown)
            places.append(Place(str(model._meta.verbose_name), len(live), versions.total(), names))
    return places


def _own_models() -> list[type[models.Model]]:
    """The models of Waymark's own apps that hold what somebody typed."""
    return [
        model
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR
        for model in config.get_models()
        if model.__name__ not in NEVER_MODELS and _text_columns(model)
    ]


def _histories() -> set[type[models.Model]]:
    return {model.history.model for model in tracked_models()}  # type: ignore[attr-defined]


def _text_columns(model: type[models.Model]) -> list[Any]:
    """The columns that hold words of somebody's own. A word chosen from a list is none."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, (models.CharField, models.TextField, models.JSONField))
        and not (column.choices or column.primary_key or column.name in NEVER_COLUMNS)
    ]


def _found(
    model: type[models.Model], words: str, pattern: re.Pattern[str], marker: str
) -> Iterator[tuple[Any, Changes]]:
    """The key of each row that holds the words, with its columns as they are without them."""
    columns = _text_columns(model)
    # In JSON a letter may be written in two ways; the first search finds too much rather than too little.
    spellings = {line for way in _spellings(words) for line in [max(way.splitlines(), key=len)]}
    texts = {f"text_of_{column.name}": Cast(column.name, models.TextField()) for column in columns}
    holds = reduce(or_, (models.Q(**{f"{name}__contains": way}) for name in texts for way in spellings))
    names = [column.name for column in columns]
    rows = model._base_manager.alias(**texts).filter(holds).order_by("pk").values_list("pk", *names)
    for pk, *values in rows:
        fresh = {name: _without(value, pattern, marker) for name, value in zip(names, values, strict=True)}
        changes = {name: fresh[name] for name, value in zip(names, values, strict=True) if fresh[name] != value}
        if changes:
            yield pk, changes


def _spellings(words: str) -> set[str]:
    return {words, json.dumps(words)[1:-1], json.dumps(words, ensure_ascii=False)[1:-1]}


def _replace_everywhere(words: str, marker: str, rewritten: dict[type[models.Model], set[int]]) -> int:
    """Replaces the words in every row; adds the history rows that it changed to `rewritten` and counts them."""
    pattern = _pattern(words)
    histories = _histories()
    count = 0
    for model in _own_models():
        for pk, changes in list(_found(model, words, pattern, marker)):
            if issubclass(model, Tracked):
                _check_can_stand(model, pk, changes)
            else:
                changes = {name: _cut(model, name, value) for name, value in changes.items()}
            model._base_manager.filter(pk=pk).update(**changes)
            if model in histories:
                rewritten.setdefault(model, set()).add(pk)
                count += 1
    return count


def _check_can_stand(model: type[Tracked], pk: Any, changes: Changes) -> None:
    """Raises ValidationError, in one sentence, where a record would no longer be valid: an address, a number."""
    row = model._base_manager.get(pk=pk)
    for name, value in changes.items():
        if model is Redaction and name == "words":
            continue
        column: Any = model._meta.get_field(name)
        setattr(row, name, value)
        try:
            column.clean(value, row)
            row.clean()
            row.validate_unique()
            row.validate_constraints()
        except ValidationError as error:
            record = f"{model._meta.verbose_name} {pk}"
            raise ValidationError(CANNOT_STAND.format(column=column.verbose_name, record=record)) from error


def _cut(model: type[models.Model], name: str, value: Any) -> Any:
    """A version of before, or a draft, may lose its end rather than keep the words."""
    most = getattr(model._meta.get_field(name), "max_length", None)
    return value[:most] if most and isinstance(value, str) else value
