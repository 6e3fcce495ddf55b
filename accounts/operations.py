"""Everything that changes organisations and people. Each function is one operation (accounts/history.py)."""

from typing import Any

from django.conf import settings

from .history import operation, save_with_reason
from .models import Organisation, Person


@operation
def installation_council(*, by: Any) -> Organisation:
    """The council this installation serves; made with the name of the settings where there is none yet."""
    council = Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).order_by("pk").first()
    if council is None:
        council = add_organisation(name=settings.COUNCIL_NAME, kind=Organisation.Kind.COUNCIL, by=by)
    return council


@operation
def add_organisation(*, name: str, kind: str, by: Any, short_name: str = "", reason: str = "Added") -> Organisation:
    """A council or a partner."""
    organisation = Organisation(name=name, short_name=short_name, kind=kind)
    organisation.full_clean()
    return save_with_reason(organisation, reason=reason, by=by)


@operation
def add_person(
    *, name: str, organisation: Organisation, by: Any, reason: str = "Person added", **details: Any
) -> Person:
    """Somebody who can answer for milestones. `details` are further columns of Person."""
    person = Person(name=name, organisation=organisation, **details)
    person.full_clean()
    return save_with_reason(person, reason=reason, by=by)


@operation
def edit_person(*, person: Person, by: Any, reason: str, **changes: Any) -> Person:
    """Changes a person's name, job title, e-mail address, user or the day they left."""
    for name, value in changes.items():
        setattr(person, name, value)
    person.full_clean()
    return save_with_reason(person, list(changes), reason=reason, by=by)
