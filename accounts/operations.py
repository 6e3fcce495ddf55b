"""Everything that changes organisations and people. Each function is one operation (accounts/history.py)."""

from typing import Any

from django.conf import settings

from .history import operation, save_changes, save_with_reason
from .models import Organisation, Person

#: What a council is called that nobody has named.
UNNAMED_COUNCIL = "Our council"


@operation
def installation_council(*, by: Any, name: str = "") -> Organisation:
    """The council this installation serves. Made where there is none yet, of this name or that of the settings."""
    council = the_council()
    if council is None:
        council = add_organisation(
            name=name or settings.COUNCIL_NAME or UNNAMED_COUNCIL, kind=Organisation.Kind.COUNCIL, by=by
        )
    return council


def the_council() -> Organisation | None:
    """The council this installation serves; None as long as it has no plan and nobody has named one."""
    return Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).order_by("pk").first()


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
    return save_changes(person, changes, reason=reason, by=by)
