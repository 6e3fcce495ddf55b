"""What every form stands on: its fields, the check for words about a child, and where a refusal goes."""

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.fields import TextField as TextField
from accounts.fields import add_refusal as add_refusal

from .childdata import Finding, looks_like_a_child
from .models import Plan
from .moments import check_day, check_not_long_ago
from .overrides import Override

LONGEST_CYCLE = 366
# As the browser's own control sends it, and as people write it where there is no such control.
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y"]


class CycleDaysField(forms.IntegerField):
    """How many days a plan's cycle has: from one to a year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Days in a cycle",
            min_value=1,
            max_value=LONGEST_CYCLE,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            error_messages={
                "required": "Enter how many days a cycle has.",
                "invalid": "Enter a whole number of days.",
                "min_value": "A cycle has at least one day.",
                "max_value": "A cycle is at most a year long.",
            },
            **kwargs,
        )


class TracksOutcomesField(forms.BooleanField):
    """Whether a plan keeps “done” and “made a difference” apart."""

    def __init__(self) -> None:
        super().__init__(
            label="“Done” and “made a difference” are kept apart",
            help_text="Of an achieved milestone the plan also asks how we know that its outcome is met. Until that is "
            "said it prints “Delivered, outcome being tested”.",
            required=False,
        )


class RequiresEvidenceField(forms.BooleanField):
    """Whether a plan takes nothing for achieved without evidence."""

    def __init__(self) -> None:
        super().__init__(
            label="An achieved milestone needs evidence",
            help_text="An achieved milestone without any is something to look at, and none is embedded without.",
            required=False,
        )


class DayField(forms.DateField):
    """A date not long ago, as ISO from the browser's own control or as British people write it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "day-input"}))
        super().__init__(input_formats=DAY_FORMATS, validators=[check_not_long_ago], **kwargs)
        self.error_messages["invalid"] = "This is not a date. Write it as 31/5/2026."


class PositionDayField(DayField):
    """The day that a position is read at: not long ago, and not more than a year ahead."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            check_day(value, today=timezone.localdate())


class ChildDataCheck(forms.Form):
    """A form that asks before words are saved which look as if they tell who a child is (childdata.py).

    Such words are an error until the box of components/child_data.html is ticked. The tick is for the words that were
    shown: with others the form asks again. What was ticked away is recorded by `with_override` (overrides.py).
    """

    TICK: ClassVar[str] = "names_no_child"
    HINT: ClassVar[str] = "Do not write anything that tells who a child is."

    #: What was found: the label of the field, and the words.
    child_data: tuple[tuple[str, Finding], ...] = ()
    is_ticked = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = self._texts()
        for name in [name for name in texts if isinstance(self.fields[name].widget, forms.Textarea)] or texts[:1]:
            self.fields[name].help_text = f"{self.fields[name].help_text} {self.HINT}".strip()

    def _texts(self) -> list[str]:
        """The fields that take words of one's own."""
        return [
            name
            for name, field in self.fields.items()
            if (isinstance(field, forms.CharField) or isinstance(field.widget, forms.Textarea))
            and not isinstance(field, forms.EmailField)
            and not isinstance(field.widget, forms.PasswordInput)
            and not field.widget.is_hidden
        ]

    def writes(self, name: str) -> bool:
        """Whether saving the form writes this field. A form that shows what is there already may say that it stays."""
        return True

    @property
    def tick_name(self) -> str:
        return self.add_prefix(self.TICK)

    @property
    def tick_id(self) -> str:
        return str(self.auto_id) % self.tick_name if self.auto_id else ""

    @property
    def tick(self) -> str:
        """What the tick box sends: a digest that stands for the words that were found."""
        words = "\0".join(f"{label}\0{each.kind}\0{each.excerpt}" for label, each in self.child_data)
        return hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16]

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound:
            return
        found = {
            name: looks_like_a_child(_text_of(self.cleaned_data.get(name)))
            for name in self._texts()
            if self.writes(name)
        }
        # The same words twice are named once.
        named = {(name, each.excerpt, each.kind): each for name, all_of_it in found.items() for each in all_of_it}
        self.child_data = tuple((self._label(name), each) for (name, *_), each in named.items())
        self.is_ticked = self.data.get(self.tick_name) == self.tick
        if self.is_ticked:
            return
        for name, all_of_it in found.items():
            words = list(dict.fromkeys(f"“{each.excerpt}”" for each in all_of_it))
            if words:
                listed = ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")
                message = f"{listed} may tell who a child is. Take it out, or tick the box below."
                self.add_error(name, ValidationError(message, code="child_data"))

    def _label(self, name: str) -> str:
        return str(self[name].label).removesuffix(" (optional)")

    def override(self, of: str, plan: Plan | None = None) -> Override | None:
        """What is to be recorded where the box was ticked, such as of “Milestone 1.1”; None where nothing was found."""
        if not self.child_data:
            return None
        labels = dict.fromkeys(label[:1].lower() + label[1:] for label, _ in self.child_data)
        kinds = dict.fromkeys(each.kind for _, each in self.child_data)
        return Override(where=", ".join((of, *labels)), kinds=", ".join(kinds), plan=plan)


class InParts(ChildDataCheck):
    """A form whose fields stand under headings."""

    #: Headings, each with its lines of fields.
    PARTS: ClassVar[tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = ()

    @property
    def parts(self) -> Iterator[tuple[str, list[list[forms.BoundField]]]]:
        """The fields under their headings; those of one line together."""
        for heading, lines in self.PARTS:
            found = [[self[name] for name in line if name in self.fields] for line in lines]
            if any(found):
                yield heading, [line for line in found if line]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """The fields as they stand on the page, and then those that are hidden."""
        order = [name for _, lines in self.PARTS for line in lines for name in line if name in self.fields]
        yield from (self[name] for name in [*order, *(name for name in self.fields if name not in order)])


def _text_of(value: Any) -> str:
    """What a field was filled with, as one text; of a list of words each on a line."""
    return "\n".join(value) if isinstance(value, list) else value or ""
