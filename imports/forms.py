"""Giving a file, or its text, to be imported."""

from typing import Any, ClassVar

from django import forms

from plans.documents import check_received
from plans.forms import ChildDataCheck, DayField, TextField
from plans.schemes import Scheme
from plans.start_forms import NewPlanForm, SchemeField


class FileOrText(forms.Form):
    """A form with a `file` and, in its place, the text of it that was `pasted`: exactly one of the two is sent."""

    #: What is said where both were sent, or neither, and beside which field.
    BOTH: ClassVar[str]
    NEITHER: ClassVar[str]
    BESIDE: ClassVar[str] = "pasted"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file:
            check_received(file)
        return file

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        has_file = bool(data.get("file"))
        if self.errors.keys().isdisjoint(("file", "pasted")) and has_file == bool(data["pasted"].strip()):
            self.add_error(self.BESIDE, self.BOTH if has_file else self.NEITHER)
        return data


class FileForm(FileOrText):
    """A file, or the text of a table, and the day it stands for."""

    BOTH = "Choose a file or paste a table, not both."
    NEITHER = "Choose a file, or paste a table below."
    BESIDE = "file"

    file = forms.FileField(
        required=False,
        label="Word, Excel, CSV or TSV file",
        help_text="The milestone report as your council prints it. At most 25 MB; without macros and passwords. "
        "It must not tell who a child is.",
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx,.csv,.tsv"}),
        error_messages={"empty": "The file is empty."},
    )
    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Or paste the table",
        help_text="Copy the whole table in Word, Excel or a PDF, with its headings, and paste it here. "
        f"{ChildDataCheck.HINT}",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    as_at = DayField(
        required=False,
        label="As at (optional)",
        help_text="The day the table stands for, such as the last day of its month. Left empty, it is the end of the "
        "latest month that the table’s notes name, or today if that is earlier.",
    )

    def ask_for_file_again(self) -> None:
        """For a form that is shown once more because of something else: no browser fills a chosen file in again."""
        file = self.cleaned_data.get("file")
        if file and "file" not in self.errors:
            self.add_error("file", f"Choose the file “{file.name}” again. It was not read.")


class StartFromTableForm(FileForm, NewPlanForm):
    """A table of which a plan is made. Title and key come from the table unless somebody says otherwise."""

    BY_THE_TABLE = "by_the_table"

    title = TextField(
        max_length=300,
        required=False,
        label="Title of the plan (optional)",
        help_text="Left empty, it is the title that stands above the table. It can be changed later.",
    )
    scheme = SchemeField(help_text="Which words of status the plan keeps to. It stays for the life of the plan.")
    field_order = ("file", "pasted", "title", "council_name", "as_at", "scheme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme: Any = self.fields["scheme"]
        scheme.choices = [(self.BY_THE_TABLE, "The one that knows the words in the table"), *scheme.choices]
        self.initial.setdefault("scheme", self.BY_THE_TABLE)

    def _texts(self) -> list[str]:
        """What the table says is looked through when it is read."""
        return [name for name in super()._texts() if name != "pasted"]

    @property
    def scheme_or_none(self) -> Scheme | None:
        """The key that was chosen; None for the one that fits the table."""
        scheme: Scheme | None = self.cleaned_data["scheme"]
        return scheme
