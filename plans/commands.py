"""What the commands share: plain words, and an exit code that says what happened (0 done, 1 refused, 2 wrong usage)."""

import re
import sys
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User

from .models import Plan

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class PlainCommand(BaseCommand):
    """A command that refuses in plain words: on the command line one line to standard error and exit 1, never a
    traceback unless --traceback asks for it; for a caller in Python a CommandError."""

    requires_system_checks = []
    _called_from_command_line = False

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Exception as error:
            if options.get("traceback"):
                raise
            refusal = CommandError(in_plain_words(error))
            if not self._called_from_command_line:
                raise refusal from error
            self.stderr.write(str(refusal))
            sys.exit(refusal.returncode)


def in_plain_words(error: Exception) -> str:
    """What to tell the operator about an error, in as many lines as it has sentences."""
    if isinstance(error, ValidationError):
        return "\n".join(error.messages)
    if isinstance(error, (CommandError, PermissionDenied)):
        return str(error)
    if isinstance(error, DatabaseError):
        return f"The database did not do it: {error}. Nothing was written. A new database needs “manage.py migrate”."
    return f"This failed for a reason nobody foresaw ({type(error).__name__}: {error}). --traceback shows where."


def day_from(text: str, option: str) -> date:
    """The date of an option, written as 2011-05-31."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError(f"“{text}” is not a date. Write {option} as 2011-05-31.")


def plan_by_slug(slug: str) -> Plan:
    """The plan an operator names. What may be done with it is the question of the operations."""
    plan = Plan.objects.filter(slug=slug).select_related("council").first()
    if plan is None:
        raise CommandError(f"There is no plan “{slug}”.")
    return plan


def user_by_email(email: str) -> User:
    """The user an operator acts for."""
    user = User.objects.with_address(email)
    if user is None:
        raise CommandError(f"There is no user with the e-mail address “{email}”.")
    return user
