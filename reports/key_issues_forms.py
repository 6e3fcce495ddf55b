"""The form in which an officer edits the key issues: a box for each sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import SuspiciousOperation

from accounts.texts import plain
from plans.forms import ChildDataCheck, TextField

from .issue_operations import MOST_SENTENCES
from .key_issues import Sentence, StoredSentence

LONGEST_SENTENCE = 3000
_SALT = "key-issues"


def sentences_from(data: Mapping[str, Any]) -> list[StoredSentence]:
    """The sentences as they were sent, with the words as typed. Raises SuspiciousOperation for what was not signed
    here."""
    found: dict[str, StoredSentence] = {}
    for place in range(MOST_SENTENCES + 1):
        about = data.get(f"about_{place}")
        if about is None:
            break
        try:
            kept = StoredSentence.from_json(signing.loads(about, salt=_SALT))
        except (signing.BadSignature, KeyError, TypeError) as error:
            raise SuspiciousOperation("A sentence that this page did not give.") from error
        if kept.key in found:
            raise SuspiciousOperation("A sentence twice.")
        found[kept.key] = replace(kept, words=typed(data.get(f"words_{place}", "")))
    return list(found.values())


def typed(text: str) -> str:
    """Words of a text box as they are kept."""
    return plain(text).replace("\r\n", "\n").strip()


def signed(sentence: StoredSentence) -> str:
    """What the form sends back beside the words: all else of a sentence."""
    return signing.dumps(sentence.to_json() | {"words": ""}, salt=_SALT, compress=True)


class KeyIssuesForm(ChildDataCheck):
    """A field for each sentence, in their order, and one for another of the officer's own."""

    def __init__(self, data: Any = None, *, sentences: Sequence[Sentence], before: Mapping[str, str]) -> None:
        super().__init__(data)
        self.sentences = sentences
        self.before = before
        for place, each in enumerate(sentences):
            self.fields[f"words_{place}"] = TextField(
                label=f"Sentence {place + 1}",
                initial=each.words,
                required=not each.stored.is_out,
                max_length=LONGEST_SENTENCE,
                widget=forms.Textarea(attrs={"rows": 3, "class": "govuk-textarea"}),
                error_messages={"required": f"Write sentence {place + 1}, or leave it out."},
            )
        self.fields["own"] = TextField(
            label="A sentence of your own",
            help_text=self.HINT,
            required=False,
            max_length=LONGEST_SENTENCE,
            widget=forms.Textarea(attrs={"rows": 3, "class": "govuk-textarea"}),
        )

    def writes(self, name: str) -> bool:
        """Whether somebody typed these words: not those that were drafted, nor those that were saved before."""
        if name == "own":
            return True
        each = self.sentences[int(name.removeprefix("words_"))].stored
        return each.words not in (each.drafted, self.before.get(each.key))
