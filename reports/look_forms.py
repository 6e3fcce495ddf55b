"""The form of a council's look."""

import base64
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import SuspiciousOperation

from plans.documents import UploadField
from plans.forms import ChildDataCheck, TextField

from .forms import FORMS
from .looks import COLUMNS, Look, columns_from
from .papers import KINDS

KEEP, NEW, NONE = "keep", "new", "none"
_TEXT = forms.TextInput(attrs={"class": "govuk-input--width-20"})


class LookForm(ChildDataCheck):
    """What a council chooses of its papers. `look` is the version that it begins with."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    #: A new picture between the preview and the saving.
    logo_sent = forms.CharField(widget=forms.HiddenInput, required=False)
    logo_is = forms.ChoiceField(label="Logo", widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}))
    logo = UploadField(
        label="Picture of the logo",
        required=False,
        help_text="A PNG of at most 300 KB. It is printed 14 mm high.",
        widget=forms.FileInput(attrs={"accept": ".png"}),
    )
    logo_words = TextField(
        label="What the logo shows, in words",
        help_text="Read out to those who do not see it, such as “Elmbridge Park Council”.",
        required=False,
        max_length=200,
    )
    colour = forms.CharField(
        label="Colour of headings and lines (optional)",
        help_text="As #1f3d7a. It has to be dark enough to be read on white paper.",
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    marking = TextField(
        label="Classification (optional)",
        help_text="Printed at the head of every paper, such as “Official”.",
        required=False,
        max_length=120,
        widget=_TEXT,
    )
    standing = TextField(
        label="Standing words (optional)",
        help_text="Printed at the end of every paper, such as whom to ask for another format.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, look: Look, **kwargs: Any) -> None:
        first = {
            "seen": look.number,
            "logo_is": KEEP if look.logo else NONE,
            "logo_words": look.logo_words,
            "colour": look.colour,
            "marking": look.marking,
            "standing": look.standing,
        }
        super().__init__(*args, initial=first, **kwargs)
        kept = [(KEEP, "The one there is")] if look.logo else []
        choices = [*kept, (NEW, "Another picture" if look.logo else "This picture"), (NONE, "No logo")]
        self.fields["logo_is"].choices = choices  # type: ignore[attr-defined]
        for kind in NAMED:
            self.fields[f"title_{kind}"] = TextField(
                label=KINDS[kind].label,
                initial=look.titles.get(kind, ""),
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
            )
        for kind, columns in COLUMNS.items():
            places = list(look.columns_of(kind))
            for key, words in columns.items():
                self.fields[_column(kind, key)] = forms.TypedChoiceField(
                    label=words,
                    choices=[(place, _nth(place)) for place in range(1, len(columns) + 1)] + [("", "Not printed")],
                    coerce=int,
                    empty_value=None,
                    required=False,
                    initial=places.index(key) + 1 if key in places else "",
                )

    def take_up(self, look: Look) -> None:
        """After somebody was quicker: what was typed stays, and is of the version that there is now."""
        self.data = dict(self.data.items()) | {"seen": str(look.number)}

    @property
    def titles(self) -> list[forms.BoundField]:
        return [self[f"title_{kind}"] for kind in NAMED]

    @property
    def columns(self) -> dict[str, list[forms.BoundField]]:
        """The columns that may be moved, by what their paper is called."""
        return {KINDS[kind].label: [self[_column(kind, key)] for key in keys] for kind, keys in COLUMNS.items()}

    @property
    def is_named(self) -> bool:
        """Whether a name of a paper is the council's own, or wrong."""
        return any(field.value() or field.errors for field in self.titles)

    @property
    def has_wrong_column(self) -> bool:
        return any(field.errors for fields in self.columns.values() for field in fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        picture = given.get("logo")
        if picture:  # whoever chose a picture wants it, whatever is ticked above it
            given["logo_is"] = NEW
        if given.get("logo_is") == NEW and not picture and not given.get("logo_sent") and "logo" not in self.errors:
            self.add_error("logo", "Choose the picture of the logo.")
        if picture and picture.kind != "png":
            self.add_error("logo", "The logo has to be a PNG. Save it as one and choose it again.")
        elif picture and picture.size > MOST_LOGO:
            self.add_error("logo", "The picture is larger than 300 KB. Make it smaller and choose it again.")
        return given

    def choices(self, before: bytes) -> dict[str, Any]:
        """What save_look takes of a valid form; `before` is the logo there is. Raises SuspiciousOperation for a picture
        that was not drawn anew here."""
        given = self.cleaned_data
        return {
            "seen": given["seen"],
            "logo": self._logo(before),
            "titles": {kind: given[f"title_{kind}"] for kind in NAMED},
            "columns": {
                kind: columns_from(kind, {key: given[_column(kind, key)] for key in keys})
                for kind, keys in COLUMNS.items()
            },
        } | {name: given[name] for name in ("logo_words", "colour", "marking", "standing")}

    def _logo(self, before: bytes) -> bytes:
        given = self.cleaned_data
        if given["logo_is"] != NEW:
            return before if given["logo_is"] == KEEP else b""
        if given["logo"]:
            picture: bytes = given["logo"].content.read()
            return picture
        try:
            return base64.b64decode(signing.loads(given["logo_sent"], salt=_SALT))
        except signing.BadSignature as error:
            raise SuspiciousOperation("A picture that this page did not give.") from error


#: The papers whose name a council may choose: all but the list of changes, which is named by its two days.
NAMED = tuple(kind for kind in FORMS if kind != "changes")
MOST_LOGO = 300 * 1024
_SALT = "logo"


def _column(kind: str, key: str) -> str:
    return f"column_{kind}_{key}"


def _nth(place: int) -> str:
    return f"{place}{({1: 'st', 2: 'nd', 3: 'rd'}).get(place, 'th')} column"


def signed_logo(picture: bytes) -> str:
    """A picture as a form sends it back."""
    return signing.dumps(base64.b64encode(picture).decode("ascii"), salt=_SALT)
