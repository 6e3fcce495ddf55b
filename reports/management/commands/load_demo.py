"""The demonstration: a fictional council's improvement plan with a year of history and three years of figures, for
trying out."""

import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from accounts.history import newest_instant, recorded_clock
from accounts.models import User
from indicators.models import Indicator, Measurement
from milestones.models import DateChange, Milestone, ProgressUpdate
from plans.commands import PlainCommand, day_from
from plans.models import Action, Plan, Theme
from plans.policies import Role
from reports.demo import story
from reports.demo.replay import expected_updates, first_instant, replay
from reports.wording import long_day

# Known to everybody who reads this, so the command refuses to make the accounts in production.
PASSWORD = "paper boats in the harbour"  # noqa: S105


class Command(PlainCommand):
    help = "Loads a fictional council’s plan with a year of history. Again: changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today", metavar="DATE", help="the day the year of history ends on, as 2011-05-31 (default: today)"
        )
        parser.add_argument("--if-empty", action="store_true", help="load nothing where there is any plan or user")

    def handle(self, *args: Any, today: str | None, if_empty: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration’s password is known to everybody, so it is not loaded in production.")
        day = day_from(today, "--today") if today else timezone.localdate()
        if day > timezone.localdate():
            raise CommandError("--today is in the future. The demonstration’s year ends today or earlier.")
        plan = _demonstration()
        if plan is not None:
            self.stdout.write("The demonstration is there already; nothing was changed.")
        elif if_empty and (Plan.objects.exists() or User.objects.people().exists()):
            # Accounts whose password everybody knows have no place beside somebody's own.
            return
        else:
            self._load(day)
        self._print_sign_in()

    def _load(self, day: Any) -> None:
        newest = newest_instant()
        if newest is not None and newest >= first_instant(day):
            self.stdout.write(
                "This database has newer records than the demonstration’s year, so its history is recorded after "
                f"{long_day(timezone.localtime(newest).date())}; its updates keep their own dates."
            )
        with _quiet_about_the_clock(), _without_waiting_for_the_disk():
            plan = replay(today=day, users=_users(first_instant(day) - timedelta(hours=1)))
        self.stdout.write(
            f"Loaded the demonstration: the {plan.short_title} of {plan.council}, as at {long_day(day)}, with "
            f"{Theme.objects.filter(plan=plan).count()} themes, {Action.objects.filter(plan=plan).count()} actions, "
            f"{Milestone.objects.filter(plan=plan).count()} milestones, "
            f"{ProgressUpdate.objects.filter(plan=plan).count()} progress updates, "
            f"{DateChange.objects.filter(plan=plan).count()} date changes, and "
            f"{Indicator.objects.of_plan(plan).count()} indicators with "
            f"{Measurement.objects.filter(indicator__in=Indicator.objects.of_plan(plan)).count()} figures."
        )

    def _print_sign_in(self) -> None:
        roles = {user["email"]: _role_words(user) for user in story.plan()["users"]}
        self.stdout.write(f"Sign in with the password “{PASSWORD}” as one of:")
        for email, role in roles.items():
            self.stdout.write(f"  {email:<38} {role}")


def _role_words(user: dict[str, Any]) -> str:
    if user.get("governance"):
        return Role.INFORMATION_GOVERNANCE.label
    return Role(user["role"]).label if user["role"] else "No role on the plan"


def _demonstration() -> Plan | None:
    """The demonstration plan, where it was loaded to its end. Raises CommandError where only a part of it is there."""
    data = story.plan()
    plan = Plan.objects.filter(slug=data["slug"]).select_related("council").first()
    if plan is None:
        return None
    if plan.council.name != data["organisations"]["council"]["name"]:
        raise CommandError(f"Another plan has the demonstration’s address “{plan.slug}”. Nothing was loaded.")
    if ProgressUpdate.objects.filter(plan=plan).count() < expected_updates():
        raise CommandError(
            "The demonstration was interrupted while it was loaded, and only a part of it is there. "
            "Start again with an empty database."
        )
    return plan


def _users(at: datetime) -> dict[str, User]:
    """The demonstration's accounts by e-mail address, added at `at`; the first is a system administrator as well."""
    users: dict[str, User] = {}
    hashed = make_password(PASSWORD)  # takes its time on purpose, so once for all
    for data in story.plan()["users"]:
        email = data["email"]
        user = User.objects.filter(email=email).first()
        if user is None:
            with recorded_clock(at):
                user = User.objects.create_user(
                    email,
                    name=data["name"],
                    is_administrator=not users,
                    is_information_governance=data.get("governance", False),
                )
            user.password = hashed
            user.save(update_fields=["password"])
        users[email] = user
    return users


@contextmanager
def _quiet_about_the_clock() -> Iterator[None]:
    """The command says once what the history would say of each operation: that the clock is behind."""
    logger = logging.getLogger("waymark.history")
    logger.disabled, before = True, logger.disabled
    try:
        yield
    finally:
        logger.disabled = before


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """On SQLite, a thousand operations do not wait for the disk one by one: a power cut could take the last of
    them, and the database stays whole either way."""
    can_be_set = connection.vendor == "sqlite" and not connection.in_atomic_block
    if can_be_set:
        _run("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        if can_be_set:
            _run("PRAGMA synchronous=FULL")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
