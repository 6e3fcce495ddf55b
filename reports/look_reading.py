"""A council's look as it is now, or as a version of it was."""

import base64
from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from accounts.models import Organisation

from .looks import USUAL, Look
from .models import LookVersion


def look_of(council: Organisation) -> Look:
    """The look of a council's papers as it is now."""
    newest = newest_version(council)
    return look_from(newest) if newest else USUAL


def newest_version(council: Organisation) -> LookVersion | None:
    return LookVersion.objects.filter(council=council).order_by("-number").first()


def newest_versions(councils: Iterable[Organisation]) -> dict[int, LookVersion]:
    """By council, for those that ever chose; without the pictures."""
    newest = LookVersion.objects.filter(council=OuterRef("council")).order_by("-number").values("pk")[:1]
    rows = LookVersion.objects.filter(council__in=councils, pk=Subquery(newest))
    return {row.council_id: row for row in rows.defer("logo").select_related("saved_by")}


def look_from(row: LookVersion) -> Look:
    """A version as papers take it."""
    logo = bytes(row.logo)
    return Look(
        number=row.number,
        logo=f"data:image/png;base64,{base64.b64encode(logo).decode('ascii')}" if logo else "",
        logo_words=row.logo_words,
        colour=row.colour,
        titles=dict(row.titles),
        columns={kind: tuple(keys) for kind, keys in row.columns.items()},
        marking=row.marking,
        standing=row.standing,
    )
