"""How often something that can be guessed may be tried, and that a code is accepted once.

Counted in the database, which all processes of a site share: one statement counts and answers, in a transaction of
its own that is over before anything is tried. A cache's get-then-set would let parallel attempts through
(reliability.md T-19).
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import AttemptCount, UsedCode

# How long a count stays in the table when nobody asks for it any more; no limit may run longer.
KEPT_FOR = timedelta(days=1)
# A code of an authenticator app is good for a minute and a half at most. Later the same digits are another code.
CODE_KEPT_FOR = timedelta(minutes=10)
# Old rows go as new ones come, a few at a time.
CLEANED_AT_ONCE = 100


def may_try(key: str, *, most: int = 5, within: timedelta = timedelta(minutes=5)) -> bool:
    """Counts one attempt at what `key` names and says whether it is among the first `most` of its time.

    The time begins with the first attempt and is over after `within`, refused attempts or not: nobody is shut out for
    good. Not to be called inside a transaction, which could take the count back.
    """
    if within > KEPT_FOR:
        raise ValueError(f"A limit runs for {KEPT_FOR} at most.")
    now = timezone.now()
    with transaction.atomic(durable=True):
        count = _count_one(_digest(key), now=now, within=within)
        if count == 1:
            _clean(AttemptCount, "since", before=now - KEPT_FOR)
    return count <= most


def forget(key: str) -> None:
    """Lets the counting begin anew: whoever tried turned out to be who they said."""
    AttemptCount.objects.filter(key=_digest(key)).delete()


def use_code(user: Any, code: str) -> bool:
    """Notes that the user used the code, which is right; whether it is the first time."""
    now = timezone.now()
    table = connection.ops.quote_name(UsedCode._meta.db_table)
    # An old row with the same digits belongs to another code and is taken over.
    statement = f"""
        INSERT INTO {table} (user_id, code_digest, used_at) VALUES (%s, %s, %s)
        ON CONFLICT (user_id, code_digest) DO UPDATE SET used_at = excluded.used_at
        WHERE {table}.used_at < %s
        RETURNING user_id
    """  # noqa: S608  # the name of the table is ours
    digest = salted_hmac("accounts.limits.use_code", code, algorithm="sha256").hexdigest()
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(statement, [user.pk, digest, _moment(now), _moment(now - CODE_KEPT_FOR)])
            is_first = cursor.fetchone() is not None
        if is_first:
            _clean(UsedCode, "used_at", before=now - CODE_KEPT_FOR)
    return is_first


def _count_one(digest: str, *, now: datetime, within: timedelta) -> int:
    """The count of the attempts with this one; 1 where the time of the earlier ones is over.

    The time may have begun a little after `now`: whoever asked later can be counted first. It begins anew only where
    that is so far off that the clock must have been put back.
    """
    table = connection.ops.quote_name(AttemptCount._meta.db_table)
    runs = f"{table}.since > %s AND {table}.since < %s"
    statement = f"""
        INSERT INTO {table} (key, since, count) VALUES (%s, %s, 1)
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN {runs} THEN {table}.count + 1 ELSE 1 END,
            since = CASE WHEN {runs} THEN {table}.since ELSE excluded.since END
        RETURNING count
    """  # noqa: S608  # the name of the table is ours
    times = [_moment(now - within), _moment(now + within)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [digest, _moment(now), *times, *times])
        return int(cursor.fetchone()[0])


def _clean(model: type[models.Model], field: str, *, before: datetime) -> None:
    """Deletes some rows that nobody needs; passes over those that somebody else holds, so that nobody waits."""
    old = model._default_manager.filter(**{f"{field}__lt": before}).select_for_update(skip_locked=True)
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:CLEANED_AT_ONCE])
    if keys:
        model._default_manager.filter(pk__in=keys).delete()


def _digest(key: str) -> str:
    """Of any length and without anybody's address in it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
