from typing import Any

from django import forms

from plans.documents import check_received
from plans.forms import ChildDataCheck, DayField


class FileForm(forms.Form):
    """A file, or the text of a table, and the day it stands for."""

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

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file:
            check_received(file)
        return file

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and bool(data.get("file")) == bool(data["pasted"].strip()):
            both = data.get("file")
            self.add_error(
                "file",
                "Choose a file or paste a table, not both." if both else "Choose a file, or paste a table below.",
            )
        return data
