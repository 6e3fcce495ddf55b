"""Taking words out of the records for good (reliability.md T-30): the only way past the triggers besides migrations.

One person proposes, another one of information governance decides. Then the words are replaced wherever they stand:
in the records as they are now, in every version of their history, in drafts and in files that wait to be imported. A
form that waits in a session until its writer has signed in is dropped where it holds them. The operation lists each
version that it wrote anew with its new digest, so that `verify_history` still agrees and still names what anybody else
changes. What stays is a tombstone: which kind of words, why, who and when.
"""

import json
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, models
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from .history import Tracked, current_day, current_instant, operating, operation, save_with_reason, tracked_models
from .kept import WAITING
from .models import Redaction, User
from .sudo import SUSPENDED
from .triggers import history_open

logger = logging.getLogger("waymark.history")

BATCH = 500
LEAST_LETTERS = 3
# Of words that somebody only looks for: that is no way to read what plans say.
LEAST_TO_LOOK = 4
MOST_LETTERS = 500

#: What holds nothing that anybody typed, and seals or opens the history; and what was frozen: an edition of a pack is
#: withdrawn instead, or its check code would vouch for what it does not hold.
NEVER_MODELS = (
    *("Operation", "ChainLink", "HistoryGate"),
    *("Edition", "EditionPosition", "EditionFile", "EditionEvent"),
)
NEVER_COLUMNS = ("password", "words_digest", "token_digest", "code_digest", "sha256")

#: Of a sentence that refuses; the record and the column are named in it.
CANNOT_STAND = "The words stand in “{column}” of {record}, where they cannot be replaced. Change it there first."

Changes = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A kind of record in which the words stand: how many records hold them now, and how many versions did.

    `which` are up to ten of them by number and plan, without a word of what they say: whoever reads this may not read
    the plan.
    """

    kind: str
    records: int
    versions: int
    which: tuple[str, ...]


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
    pattern = _pattern(_folded(words))
    for name, kept in (("kind_of_data", kind_of_data), ("reason", reason)):
        if pattern.search(_folded(kept)):
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
    _forget_in_sessions(words, proposals_alone=True)
    return save_with_reason(redaction, reason="Redaction proposed", by=by)


def redact(*, redaction: Redaction, by: Any) -> Redaction:
    """Replaces the words everywhere, and clears what the database file still holds of them.

    Raises PermissionDenied for anybody but a second person of information governance; ValidationError where it is
    decided already, or where a record cannot do without the words. Then nothing is changed.
    """
    with operating(by=by, name="redact") as running:
        _check_may_decide(redaction, by)
        words, marker = redaction.words, marker_at(current_day())
        with history_open(f"redaction {redaction.pk}"):
            versions = _replace_everywhere(words, marker, running.rewritten)
        _forget_in_sessions(words)
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


def check_words(words: str, *, least: int = LEAST_LETTERS) -> str:
    """The words without space around them. Raises ValidationError where they would match too much."""
    words = words.strip().replace("\r\n", "\n")
    if len(words) < least:
        raise ValidationError({"words": f"Give at least {least} letters."})
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


def _folded(text: str) -> str:
    """A text as it is read, however it was typed: capitals, accents and widths of letters, and space."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


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
    """Every kind of record that holds the words, now or in its history, and which ones by their numbers."""
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
            found = {row.pk: _reference(row) for row in _with_plan(model).filter(pk__in=shown)}
            which = tuple(found.get(pk, f"record {pk}, deleted") for pk in shown)
            places.append(Place(str(model._meta.verbose_name), len(live), versions.total(), which))
    return places


def _with_plan(model: type[models.Model]) -> models.QuerySet[Any]:
    rows = model._base_manager.all()
    return rows.select_related("plan") if any(column.name == "plan" for column in model._meta.fields) else rows


def _reference(row: models.Model) -> str:
    """Which record it is: its number and the plan it belongs to; a plan by its title."""
    if row._meta.model_name == "plan":
        return str(row)
    number = getattr(row, "ref", "") or getattr(row, "number", "") or f"record {row.pk}"
    plan = getattr(row, "plan", None)
    return f"{number} of {plan}" if plan is not None else str(number)


def _own_models() -> list[type[models.Model]]:
    """The models that hold what somebody typed: of Waymark's own apps, and what the council calls an account."""
    own = [
        model
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR
        for model in config.get_models()
        if model.__name__ not in NEVER_MODELS and _text_columns(model)
    ]
    return [*own, SocialAccount]


def _histories() -> set[type[models.Model]]:
    return {model.history.model for model in tracked_models()}  # type: ignore[attr-defined]


def _text_columns(model: type[models.Model]) -> list[Any]:
    """The columns that hold words of somebody's own. A word chosen from a list is none."""
    if model is SocialAccount:
        # The others are the keys by which the account is found.
        return [model._meta.get_field("extra_data")]
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


def forget_in_session(session: SessionBase, words: str, *, proposals_alone: bool = False) -> bool:
    """Takes out of a session what holds the words, such as a form that waits until its writer has signed in; whether
    there was any. With `proposals_alone` a form that asks for these words to be redacted, and nothing else.

    The session of a request that saves it afterwards has to forget them as well as what is stored.
    """
    pattern = _pattern(words)
    forgotten = [name for name in list(session.keys()) if _must_go(name, session[name], pattern, proposals_alone)]
    for name in forgotten:
        del session[name]
    return bool(forgotten)


def _must_go(name: str, held: Any, pattern: re.Pattern[str], proposals_alone: bool) -> bool:
    if name.startswith("_auth_user"):
        # Who is signed in. Nobody typed that.
        return False
    if proposals_alone:
        fields = held["fields"] if name in (WAITING, SUSPENDED) else []
        return any(field.endswith("words") and pattern.search(value) for field, value in fields)
    return bool(_without(held, pattern, "") != held)


def _forget_in_sessions(words: str, *, proposals_alone: bool = False) -> None:
    """As `forget_in_session`, in all that are stored. Those that ran out, or that nobody can read, are deleted."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    store, pattern = SessionStore(), _pattern(words)
    useless, fresh = [], {}
    for key, data in Session.objects.values_list("session_key", "session_data").iterator():
        held = store.decode(data)
        kept = {name: held[name] for name in held if not _must_go(name, held[name], pattern, proposals_alone)}
        if not kept:
            useless.append(key)
        elif len(kept) < len(held):
            fresh[key] = store.encode(kept)
    Session.objects.filter(session_key__in=useless).delete()
    for key, data in fresh.items():
        Session.objects.filter(session_key=key).update(session_data=data)


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
