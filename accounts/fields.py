"""What the forms of every app stand on: a field for words, and where a refusal goes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .texts import plain


class TextField(forms.CharField):
    """Words as somebody types or pastes them, without what no paper can print."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)


def add_refusal(form: forms.Form, error: ValidationError, *, field: str | None = None) -> None:
    """Puts what an operation refused beside the fields it names, or beside `field` where the form has no such field;
    without one, above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(field, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else field, errors)
