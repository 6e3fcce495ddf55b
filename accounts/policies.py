"""Who looks after the users of the installation. What a role on a plan may is in plans/policies.py."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from .models import User


def can_look_after_users(user: Any) -> bool:
    """System administrators may; so may the product itself, under its own name."""
    if not user.is_authenticated:
        return False
    return bool(user.is_system or (user.is_active and user.is_administrator))


def check_can_look_after_users(user: Any) -> None:
    """Reads the user again, for operations: the right may have been taken a moment ago. Raises PermissionDenied."""
    if not can_look_after_users(User.objects.get(pk=user.pk)):
        raise PermissionDenied("You may not look after users. Ask a system administrator.")


def users_looked_after_by(user: Any) -> QuerySet[User]:
    """Everybody, to those who look after users; nobody to others."""
    return User.objects.people() if can_look_after_users(user) else User.objects.none()
