"""The start of the site for who looks after all of it: system administrators and information governance."""

from django.urls import reverse

from accounts.models import Redaction, User
from accounts.policies import can_look_after_users, users_looked_after_by
from accounts.redaction import redactions_visible_to
from accounts.users import UserState, matching, with_state

from .wording import number_of


def tasks_of_the_site(user: User) -> list[tuple[str, str]]:
    """What waits for them, in words, with its address: words to be taken out that somebody else proposed, and users who
    were invited and never came."""
    return [*_redactions(user), *_invitations(user)]


def _redactions(user: User) -> list[tuple[str, str]]:
    if not user.is_information_governance:
        return []
    proposed = redactions_visible_to(user).filter(state=Redaction.State.PROPOSED)
    count = proposed.exclude(proposed_by=user).count()
    words = f"{number_of(count, 'redaction')} {'waits' if count == 1 else 'wait'} for your decision"
    return [(words, reverse("accounts:redactions"))] if count else []


def _invitations(user: User) -> list[tuple[str, str]]:
    if not can_look_after_users(user):
        return []
    count = matching(with_state(users_looked_after_by(user)), state=UserState.INVITED).count()
    words = f"{number_of(count, 'person', 'people')} invited, and not here yet"
    return [(words, f"{reverse('accounts:users')}?state={UserState.INVITED.value}")] if count else []
