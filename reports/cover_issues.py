"""The draft of “key milestone issues since the last report” for a cover report, with the issues from the indicators.

The sentences are those of the key issues page (key_issues.py): as they were saved for the period, else as they are
drafted by rule. A cover is read in public, so what is about an internal milestone, or counts too few, is left out of
the draft.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.versions import ChangedMeanwhile
from milestones.policies import sight_of
from plans.as_at import AskedPosition
from plans.policies import rights_of

from .changes_reading import AskedChanges, last_report_day, positions_between
from .cover_paper import SUB_HEADING
from .indicator_issues import IndicatorIssue, indicator_issues
from .issue_operations import save_key_issues
from .key_issues import Sentence, Standing, draft, merged, thing_of
from .key_issues_views import Kept, kept_of, reasons_of
from .models import CoverReport
from .selection import Readers, for_readers
from .wording import line

KEY_ISSUES_HEADING = "Key milestone issues since the last report"
INDICATORS_HEADING = "Issues from the indicators"


@dataclass(frozen=True)
class IssuesDraft:
    """What is drafted for a cover report. `sentences` are those that a reader of the public may have, `left_out` how
    many others there are, `query` the address of the key issues page from its “?” on."""

    found: AskedChanges
    kept: Kept
    sentences: tuple[Sentence, ...]
    indicators: tuple[IndicatorIssue, ...]
    left_out: int
    all_sentences: tuple[Sentence, ...]

    @property
    def is_saved(self) -> bool:
        return self.kept.is_of_period

    @property
    def text(self) -> str:
        """As paragraphs under two sub-headings, one for each sentence; empty where there is nothing to tell."""
        issues = self._told
        parts = []
        if issues:
            parts += [f"{SUB_HEADING}{KEY_ISSUES_HEADING}", *issues]
        if self.indicators:
            parts += [f"{SUB_HEADING}{INDICATORS_HEADING}", *(each.words for each in self.indicators)]
        return "\n\n".join(parts)

    @property
    def _told(self) -> list[str]:
        told = [each.words for each in self.sentences if not each.stored.is_out and not self._is_new(each)]
        return [line(words) for words in told if words.strip()]

    def _is_new(self, sentence: Sentence) -> bool:
        """Whether it was drafted after somebody saved the text of the period."""
        return self.is_saved and sentence.standing is Standing.NEW

    @property
    def new(self) -> tuple[Sentence, ...]:
        """What has come up since the text of the period was saved."""
        return tuple(each for each in self.sentences if self._is_new(each))

    @property
    def marked(self) -> tuple[Sentence, ...]:
        """Those whose facts have changed since they were drafted."""
        return tuple(each for each in self.sentences if each.is_marked)

    @property
    def query(self) -> str:
        return self.found.query_with(as_at=self.found.asked.as_at.isoformat())

    def missing_in(self, text: str) -> tuple[str, ...]:
        """The sentences of the draft that do not stand in a text word for word."""
        there = line(text)
        told = (*self._told, *(each.words for each in self.indicators))
        return tuple(words for words in told if line(words) not in there)


def issues_for(cover: CoverReport, user: Any) -> IssuesDraft:
    """What is drafted for a cover report from its last report to its day; a constant number of queries."""
    plan = cover.plan
    rights = rights_of(user, plan)
    since = cover.since or last_report_day(plan, cover.as_at)
    asked = AskedPosition(cover.as_at, None, is_now=cover.as_at == timezone.localdate())
    whole = positions_between(plan, since, cover.as_at)
    found = AskedChanges(plan, rights, sight_of(user, plan, rights), asked, since, "", whole)
    kept = kept_of(found)
    everything = merged(kept.sentences, draft(found.changes, found.shown[1], reasons_of(found)))
    public = for_readers(whole[1], Readers.PUBLIC)
    issues = indicator_issues(public.scorecard.indicators)
    milestones = {f"milestone-{each.id}" for each in public.milestones}
    edited = {thing_of(each.key) for each in everything if each.stored.is_edited}
    told = {f"indicator-{each.id}" for each in issues}

    def is_open(sentence: Sentence) -> bool:
        thing = thing_of(sentence.key)
        if thing.startswith("milestone-"):
            return thing in milestones
        # An indicator that nobody wrote about is told of with its figures instead.
        return not thing.startswith("indicator-") or (thing in told and thing in edited)

    shown = tuple(each for each in everything if is_open(each))
    internal = sum(not is_open(each) and not each.key.startswith("indicator-") for each in everything)
    kept_here = {thing_of(each.key) for each in shown if not each.stored.is_out}
    indicators = tuple(each for each in issues if f"indicator-{each.id}" not in kept_here)
    return IssuesDraft(found, kept, shown, indicators, internal, everything)


def keep_issues(drafted: IssuesDraft, *, by: Any) -> None:
    """Saves the sentences as the key issues of the period where nobody has yet, so that a fact which changes later is
    seen."""
    if drafted.is_saved or not drafted.all_sentences:
        return
    try:
        save_key_issues(
            plan=drafted.found.plan,
            since=drafted.found.since,
            as_at=drafted.found.asked.as_at,
            sentences=[each.stored for each in drafted.all_sentences],
            version=0,
            by=by,
        )
    except (ChangedMeanwhile, ValidationError):
        return


def with_draft(text: str, drafted: str) -> str:
    """The text of a section with a draft in it: in front of sub-headings that wait for words, else at its end."""
    if not drafted or drafted in text:
        return text
    has_words = any(each.strip() and not each.startswith(SUB_HEADING) for each in text.splitlines())
    parts = (text, drafted) if has_words else (drafted, text)
    return "\n\n".join(each.strip() for each in parts if each.strip())
