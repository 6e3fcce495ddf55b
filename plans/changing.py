"""How a page changes one row by hand: with a reason, and so that of two people at once nobody loses a word."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.history import Tracked
from accounts.versions import ChangedMeanwhile, version_of

from .documents import ask_for_files_again
from .forms import ChildDataCheck, TextField, add_refusal
from .models import Plan
from .overrides import with_override
from .spans import long_day

NO_REASON = "Say why it changes."


class RowForm(ChildDataCheck):
    """Columns of one row, the version they were shown at, and why they change."""

    #: The columns that the form writes.
    columns: tuple[str, ...] = ()

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(label="Why it changes", max_length=500, error_messages={"required": NO_REASON})

    def __init__(self, data: Any, *, row: Tracked, **kwargs: Any) -> None:
        initial = {name: getattr(row, name) for name in self.columns} | {"version": version_of(row)}
        super().__init__(data, initial=initial, **kwargs)
        self.row = row

    field_order: Any = None

    def writes(self, name: str) -> bool:
        """What stays as it is was asked about when it was written."""
        return name not in self.columns or name in self.changed_data

    @property
    def changes(self) -> dict[str, Any]:
        """The columns with their new values."""
        return {name: self.cleaned_data[name] for name in self.columns}

    @property
    def is_so_already(self) -> bool:
        """Whether the row says already what was sent, as after a button pressed twice."""
        self.row.refresh_from_db()
        return all(getattr(self.row, name) == value for name, value in self.changes.items())

    def now(self) -> list[tuple[str, Any]]:
        """What the row says now, in words, where that is not what was sent."""
        sent = {name: self.fields[name].clean(self[name].value()) for name in self.columns if name not in self.errors}
        return [
            (str(self[name].label).removesuffix(" (optional)"), _words(self.fields[name], getattr(self.row, name)))
            for name in self.columns
            if name not in sent or sent[name] != getattr(self.row, name)
        ]

    def take_up(self, sent: QueryDict) -> None:
        """After a conflict: the form as it was sent, now at the version that the reader is shown."""
        again = sent.copy()
        again[self.add_prefix("version")] = str(version_of(self.row))
        self.data = again


def change_row(
    request: HttpRequest,
    form: RowForm,
    *,
    save: Callable[..., Any],
    of: str,
    plan: Plan | None,
    done: Callable[[], HttpResponse],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Shows the form, or saves what was sent with `save(by=, reason=, version=, **columns)` and answers `done()`.

    409 where somebody was quicker: their values are shown, and what was sent stays in the form. `of` names the row in
    the record of an override (plans/overrides.py).
    """
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        if form.is_so_already:
            return done()
        try:
            with_override(save, form.override(of, plan))(
                by=request.user,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                **form.changes,
            )
        except ChangedMeanwhile:
            form.row.refresh_from_db()
            form.take_up(request.POST)
            status, conflict = 409, form.now()
        except ValidationError as error:
            form.row.refresh_from_db()
            add_refusal(form, error)
        else:
            return done()
    if form.errors:
        status = 422
    if status != 200:
        ask_for_files_again(form)
    return render(request, template, context | {"plan": plan, "form": form, "conflict": conflict}, status=status)


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in (None, "", []):
        return "Nothing"
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(field, forms.DateField):
        return long_day(value)
    choices = dict(getattr(field, "choices", ())) if isinstance(field, forms.ChoiceField) else {}
    return str(choices.get(value, value))
