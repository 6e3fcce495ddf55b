"""Everything that changes who may sign in. Each function is one operation (accounts/history.py).

System administrators look after users, except after their own roles; one of them stays whatever happens.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from .history import operation, save_changes, save_with_reason
from .invitations import LIFETIME, digest_of, new_token, usable
from .models import Invitation, Person, User
from .policies import check_can_look_after_users
from .session_limits import end_sessions
from .users import ROLE_WORDS
from .versions import check_version

#: Who somebody is in the plans decides which milestones are their own, so it is nobody's to say of themselves.
NOT_ONES_OWN = {*ROLE_WORDS, "person"}
LAST_ADMINISTRATOR = "This is the only active system administrator. Make somebody else one first."


@operation
def invite_user(
    *,
    name: str,
    email: str,
    by: Any,
    is_administrator: bool = False,
    is_information_governance: bool = False,
    person: Person | None = None,
) -> tuple[Invitation, str]:
    """A user who cannot sign in yet, and the token that lets them; it is nowhere else. `person` is who they are where
    they answer for milestones."""
    check_can_look_after_users(by)
    user = User.objects.create_user(
        email,
        by=by,
        reason="Invited",
        name=name,
        is_administrator=is_administrator,
        is_information_governance=is_information_governance,
    )
    _tie(user, person, reason="Invited", by=by)
    return _invite(user, by)


@operation
def invite_again(*, user: User, by: Any, takes_second_factor_off: bool = False) -> tuple[Invitation, str]:
    """A new invitation in place of those before, to choose a first password or a new one.

    The present password goes on working until then; not so for somebody who lost their second factor: it is taken
    off, and with it the password and every session, so that nobody gets in by the password alone. Raises
    ValidationError for somebody who is deactivated.
    """
    check_can_look_after_users(by)
    user.refresh_from_db()
    if not user.is_active:
        raise ValidationError("Somebody who is deactivated cannot be invited. Reactivate them first.")
    if takes_second_factor_off:
        Authenticator.objects.filter(user=user).delete()
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_sessions(user)
    return _invite(user, by)


def _invite(user: User, by: Any) -> tuple[Invitation, str]:
    token, now = new_token(), timezone.now()
    _end_invitations(user)
    invitation = Invitation.objects.create(
        user=user, token_digest=digest_of(token), invited_by=by, invited_at=now, expires_at=now + LIFETIME
    )
    return invitation, token


def _end_invitations(user: User) -> None:
    user.invitations.filter(accepted_at=None).delete()


@operation
def accept_invitation(*, invitation: Invitation, by: Any, password: str | None = None) -> User:
    """Uses an invitation up and sets the password that was chosen; None for somebody who comes with the account of
    their council. Every session there was before is ended. Raises ValidationError where another was quicker, or the
    password is too easy."""
    found = usable().filter(pk=invitation.pk).first()
    if found is None or by != found.user:
        raise ValidationError("This link does not work any more.")
    user = found.user
    if password is not None:
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    _end_invitations(user)
    end_sessions(user)
    return user


@operation
def edit_user(*, user: User, by: Any, reason: str, version: int | None = None, **changes: Any) -> User:
    """Changes a user's name, e-mail address, roles of the installation, or the `person` they are in the plans.

    `version` is the one the form was opened with (versions.py). Raises PermissionDenied, ChangedMeanwhile,
    ValidationError. With the e-mail address end the links that were sent to the one before: a link to a new password is
    good for one address alone, and an invitation runs out now.
    """
    check_can_look_after_users(by)
    check_version(user, version)
    changes = {name: value for name, value in changes.items() if _value(user, name) != value}
    if by.pk == user.pk and not changes.keys().isdisjoint(NOT_ONES_OWN):
        raise PermissionDenied("You may not change your own roles. Ask another system administrator.")
    if "person" in changes:
        _tie(user, changes.pop("person"), reason=reason, by=by)
    if not changes:
        return user
    if changes.get("is_administrator") is False:
        _check_administrator_stays(user)
    save_changes(user, changes, reason=reason, by=by, unchecked=["password"])
    if "email" in changes:
        for invitation in usable().filter(user=user):
            invitation.expires_at = timezone.now()
            invitation.save(update_fields=["expires_at"])
    return user


def _value(user: User, name: str) -> Any:
    return person_of(user) if name == "person" else getattr(user, name)


def person_of(user: User) -> Person | None:
    """Who the user is where they answer for milestones, if they do."""
    return Person.objects.filter(user=user).first()


def _tie(user: User, person: Person | None, *, reason: str, by: Any) -> None:
    """Makes the user sign in as this person and as no other. Raises ValidationError where somebody else does."""
    before = person_of(user)
    if before == person:
        return
    if before is not None:
        before.user = None
        save_with_reason(before, ["user"], reason=reason, by=by)
    if person is not None:
        person.refresh_from_db()
        if person.user_id is not None:
            raise ValidationError({"person": f"{person.user} signs in as this person already."})
        person.user = user
        save_with_reason(person, ["user"], reason=reason, by=by)


@operation
def deactivate_user(*, user: User, by: Any, reason: str, version: int | None = None) -> User:
    """Shuts a user out at once: sessions and invitations end. What they wrote, lead and hold stays as it is."""
    check_can_look_after_users(by)
    check_version(user, version)
    if not user.is_active:
        return user
    if by.pk == user.pk:
        raise PermissionDenied("You may not deactivate yourself. Ask another system administrator.")
    _check_administrator_stays(user)
    user.is_active = False
    save_with_reason(user, ["is_active"], reason=reason, by=by)
    _end_invitations(user)
    end_sessions(user)
    return user


@operation
def reactivate_user(*, user: User, by: Any, reason: str, version: int | None = None) -> User:
    """Lets a user sign in again, with the password and the roles that they have."""
    check_can_look_after_users(by)
    check_version(user, version)
    if user.is_active or user.is_system:
        return user
    user.is_active = True
    return save_with_reason(user, ["is_active"], reason=reason, by=by)


def _check_administrator_stays(user: User) -> None:
    others = User.objects.people().filter(is_administrator=True, is_active=True).exclude(pk=user.pk)
    if user.is_administrator and user.is_active and not others.exists():
        raise ValidationError(LAST_ADMINISTRATOR)
