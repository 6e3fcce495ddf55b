"""Who may do what: the table of plans/policies.py in words, and what each person may do through their roles.

Read from the table and nothing else, so that the page cannot say anything that the site does not do.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from plans.models import BreakGlass, Plan, PlanMembership
from plans.policies import LEFT_IN_STATE, RIGHTS, Reach, Right, Rights, Role, plan_state, rights_of_roles
from plans.spans import long_day

from .wording import capital

REACH_WORDS = {Reach.ALL: "All", Reach.OWN: "Own"}
NO = "No"
OF_THE_INSTALLATION = (Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE)
#: After this time without a sign-in somebody asks whether the account is still needed.
IDLE = timedelta(days=45)


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, by a membership or of the whole installation, and its last day where it has one."""

    role: Role
    ends_on: date | None = None

    @property
    def words(self) -> str:
        until = f", until {long_day(self.ends_on)}" if self.ends_on else ""
        return f"{self.role.label}{until}"


@dataclass(frozen=True)
class Access:
    """Somebody on a plan: the roles they hold on it today and what they may do through them."""

    plan: Plan
    user: User
    held: tuple[Held, ...]
    rights: Rights

    @property
    def last_day(self) -> date | None:
        """The day after which nothing is left of it; None where something has no end."""
        days = [each.ends_on for each in self.held]
        return None if None in days else max(day for day in days if day is not None)

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """What they may do, in words, by how far it reaches."""
        return grouped(self.rights)


def grouped(rights: Rights) -> list[tuple[str, list[str]]]:
    """Rights in words, by how far they reach."""
    words = {Reach.ALL: "Of the whole plan", Reach.OWN: "Of their own milestones"}
    found = [
        (words[reach], [right_words(right) for right in Right if rights.get(right) is reach])
        for reach in (Reach.ALL, Reach.OWN)
    ]
    return [(title, lines) for title, lines in found if lines]


def right_words(right: Right) -> str:
    """A right as a line of a table: “See this plan”."""
    return capital(right.value)


def rights_table() -> list[tuple[str, list[tuple[str, str]]]]:
    """The table: for each right, each role with its reach in a word."""
    return [
        (right_words(right), [(role.label, REACH_WORDS[reaches[role]] if role in reaches else NO) for role in Role])
        for right, reaches in RIGHTS.items()
    ]


def states_table() -> list[tuple[str, list[str]]]:
    """For each state of a plan that takes rights away: which ones nobody has in it."""
    words = {"archived": "In the archive"} | {status.value: status.label for status in Plan.Status}
    return [
        (words[state], [right_words(right) for right in Right if right not in left])
        for state, left in LEFT_IN_STATE.items()
    ]


def access_to(plans: Iterable[Plan]) -> list[Access]:
    """Everybody who may do something on the plans today, plan by plan in their order, by name. Four queries at most.

    System administrators and information governance are on every plan by what they are.
    """
    plans = list(plans)
    held: dict[tuple[int, int], list[Held]] = defaultdict(list)
    users: dict[int, User] = {}
    memberships = PlanMembership.objects.current().filter(plan__in=plans, user__is_active=True).select_related("user")
    for row in memberships.order_by("pk"):
        users[row.user_id] = row.user
        held[row.plan_id, row.user_id].append(Held(Role(row.role), row.ends_on))
    of_all: list[tuple[User, list[Held]]] = []
    for user in _of_the_installation():
        users[user.pk] = user
        of_all.append((user, [Held(role) for role in installation_roles(user)]))
    for plan in plans:
        for user, roles in of_all:
            held[plan.pk, user.pk] += roles
    opened = BreakGlass.objects.current().filter(plan__in=plans, user__in=[user for user, _ in of_all])
    for broken in opened:
        today = timezone.localdate(broken.ends_at)
        held[broken.plan_id, broken.user_id].append(Held(Role.BREAK_GLASS, today))
    order = {plan.pk: place for place, plan in enumerate(plans)}
    found = [
        Access(
            plan=plans[order[plan_id]],
            user=users[user_id],
            held=tuple(sorted(roles, key=lambda each: list(Role).index(each.role))),
            rights=rights_of_roles(frozenset(each.role for each in roles), plan_state(plans[order[plan_id]])),
        )
        for (plan_id, user_id), roles in held.items()
    ]
    return sorted(found, key=lambda each: (order[each.plan.pk], str(each.user).casefold(), each.user.pk))


def installation_roles(user: User) -> list[Role]:
    """What somebody is to the whole installation."""
    flags = (user.is_administrator, user.is_information_governance)
    return [role for role, is_so in zip(OF_THE_INSTALLATION, flags, strict=True) if is_so]


def _of_the_installation() -> list[User]:
    active = User.objects.people().filter(is_active=True)
    return list((active.filter(is_administrator=True) | active.filter(is_information_governance=True)).order_by("pk"))


CSV_COLUMNS = (
    "plan",
    "state",
    "name",
    "email",
    "roles",
    "last_day",
    "last_sign_in",
    *(right.name.lower() for right in Right),
)


def csv_row(access: Access) -> list[str]:
    """One line of the access review: somebody on a plan."""
    return [
        access.plan.title,
        plan_state(access.plan),
        access.user.name,
        access.user.email,
        "; ".join(each.words for each in access.held),
        access.last_day.isoformat() if access.last_day else "",
        f"{timezone.localtime(access.user.last_login):%Y-%m-%d}" if access.user.last_login else "",
        *(access.rights[right].value if right in access.rights else "no" for right in Right),
    ]


@dataclass(frozen=True)
class Someone:
    """Somebody who can sign in: what they are to the whole installation, and their roles on each plan."""

    user: User
    of_all: tuple[str, ...]
    on: tuple[tuple[Plan, str], ...]
    is_idle: bool


def everybody(now: datetime) -> list[Someone]:
    """Everybody who can sign in, by name, with their roles on every plan."""
    on: dict[int, list[tuple[Plan, str]]] = defaultdict(list)
    for each in access_to(Plan.objects.order_by("title", "pk")):
        if words := "; ".join(held.words for held in each.held if held.role not in OF_THE_INSTALLATION):
            on[each.user.pk].append((each.plan, words))
    return [
        Someone(
            user=user,
            of_all=tuple(role.label for role in installation_roles(user)),
            on=tuple(on[user.pk]),
            is_idle=user.last_login is None or user.last_login < now - IDLE,
        )
        for user in sorted(
            User.objects.people().filter(is_active=True), key=lambda user: (str(user).casefold(), user.pk)
        )
    ]
