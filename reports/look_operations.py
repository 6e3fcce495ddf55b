"""A council's look is written here alone, a version at a time."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation
from accounts.models import Organisation
from accounts.versions import ChangedMeanwhile
from plans.policies import check_can_edit_reviews

from .look_reading import newest_version
from .looks import COLUMNS, LEAST_CONTRAST, contrast_with_white, is_colour, missing_columns
from .models import LookVersion


@operation
def save_look(
    *,
    council: Organisation,
    by: Any,
    seen: int,
    logo: bytes = b"",
    logo_words: str = "",
    colour: str = "",
    titles: Mapping[str, str] | None = None,
    columns: Mapping[str, tuple[str, ...]] | None = None,
    marking: str = "",
    standing: str = "",
) -> LookVersion:
    """The next version of a council's look; those before stay as they were, for the packs made with them.

    `seen` is the number of the version that this one began with, 0 for none. `logo` is a PNG that was drawn anew.
    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_reviews(by, council)
    newest = newest_version(council)
    if (newest.number if newest else 0) != seen:
        raise ChangedMeanwhile
    check_look(logo=logo, logo_words=logo_words, colour=colour, columns=columns)
    return LookVersion.objects.create(
        council=council,
        number=seen + 1,
        logo=logo,
        logo_words=logo_words if logo else "",
        colour=colour.lower(),
        titles={kind: words for kind, words in (titles or {}).items() if words},
        columns={kind: list(keys) for kind, keys in (columns or {}).items() if keys},
        marking=marking,
        standing=standing,
        saved_at=current_instant(),
        saved_by=by,
    )


def check_look(
    *,
    logo: bytes = b"",
    logo_words: str = "",
    colour: str = "",
    columns: Mapping[str, tuple[str, ...]] | None = None,
    **others: Any,
) -> None:
    """Raises ValidationError where a paper could not be printed, or not be read, like this."""
    if logo and not logo_words:
        raise ValidationError({"logo_words": "Say in words what the logo shows, for those who do not see it."})
    if colour and not is_colour(colour):
        raise ValidationError({"colour": "Write the colour as # and six digits or letters a to f, such as #1f3d7a."})
    if colour and contrast_with_white(colour) < LEAST_CONTRAST:
        raise ValidationError({"colour": "This colour is too pale to be read on white paper. Choose a darker one."})
    for kind, keys in (columns or {}).items():
        unknown = set(keys) - set(COLUMNS.get(kind, {}))
        if unknown or len(set(keys)) < len(keys):
            raise ValidationError("These columns are not those of the paper.")
        if keys and (missing := missing_columns(kind, keys)):
            raise ValidationError(f"“{missing[0]}” cannot be left out.")
