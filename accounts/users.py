"""The users of the installation as their list shows them: each in one state, with what is left of an invitation."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format

from .models import Invitation, User

#: The roles of the whole installation: columns of User, and how they are called.
ROLE_WORDS = {"is_administrator": "System administrator", "is_information_governance": "Information governance"}
#: What each of them is for.
ROLE_HINTS = {
    "is_administrator": "Looks after users and gives roles, and sees no plan without a role on it.",
    "is_information_governance": "Looks after the archive and the records, and sees no plan without a role on it.",
}


class UserState(models.TextChoices):
    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited"
    DEACTIVATED = "deactivated", "Deactivated"


def with_state(users: QuerySet[User]) -> QuerySet[Any]:
    """Adds `state`, and `invited_until`: when the newest invitation that was not used runs out."""
    own = Invitation.objects.filter(user=OuterRef("pk"))
    never_came = Q(last_login=None) & Exists(own) & ~Exists(own.exclude(accepted_at=None))
    return users.annotate(
        state=Case(
            When(is_active=False, then=Value(UserState.DEACTIVATED.value)),
            When(never_came, then=Value(UserState.INVITED.value)),
            default=Value(UserState.ACTIVE.value),
        ),
        invited_until=Subquery(own.filter(accepted_at=None).order_by("-expires_at").values("expires_at")[:1]),
    )


def state_words(user: Any, *, now: datetime) -> str:
    """The state of a user of `with_state`, with what became of the invitation of somebody who never came."""
    state = UserState(user.state)
    if state != UserState.INVITED or user.invited_until is None:
        return state.label
    if user.invited_until <= now:
        return f"{state.label}; the invitation has run out"
    return f"{state.label} until {date_format(timezone.localtime(user.invited_until), settings.DATETIME_FORMAT)}"


def roles_of(user: User) -> list[str]:
    """The roles of the installation that the user holds, in words."""
    return [words for name, words in ROLE_WORDS.items() if getattr(user, name)]


def in_order(users: QuerySet[Any]) -> QuerySet[Any]:
    """By name, and by address where there is none."""
    return users.order_by(Lower("name"), Lower("email"), "pk")


def matching(users: QuerySet[Any], *, text: str = "", state: str = "", role: str = "") -> QuerySet[Any]:
    """Those of `with_state` with `text` in their name or address, in a state, with a role (a name of ROLE_WORDS)."""
    if text:
        users = users.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if state:
        users = users.filter(state=state)
    if role:
        users = users.filter(**{role: True})
    return users
