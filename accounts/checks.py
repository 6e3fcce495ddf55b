"""System checks: what a database needs before anything is served from it."""

import logging
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from .triggers import gate_is_open, missing_triggers

logger = logging.getLogger("waymark.history")

MIGRATE = "Run “manage.py migrate”, which puts them back."


@register(Tags.database)
def history_is_guarded(app_configs: Any, databases: Any = None, **options: Any) -> list[CheckMessage]:
    """A warning, never an error: an error would keep `migrate` from putting the triggers back."""
    if not databases or connection.alias not in databases:
        return []
    missing = missing_triggers()
    if not missing:
        return []
    return [
        Warning(
            f"The history can be changed: triggers are missing on {', '.join(missing)}.",
            hint=MIGRATE,
            id="accounts.W001",
        )
    ]


def refuse_to_serve_unguarded() -> None:
    """Raises ImproperlyConfigured where the database would let somebody change what was recorded.

    A database that does not answer is no reason: it may be back before the first request.
    """
    try:
        missing = missing_triggers(absent_too=True)
        is_open = not missing and gate_is_open()
    except OperationalError:
        logger.warning("The database did not answer, so the triggers of the history were not looked at.")
        return
    finally:
        # The server forks after this; a connection belongs to one process.
        connection.close()
    if missing:
        raise ImproperlyConfigured(
            "Waymark is not served: the database does not guard the history. Run “manage.py migrate” and start again."
        )
    if is_open:
        raise ImproperlyConfigured(
            "Waymark is not served: the history stands open to changes. Run “manage.py verify_history”, then delete "
            "the row of accounts_historygate and start again."
        )
