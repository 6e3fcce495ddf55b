"""How the change log words what was written: records and fields in the words of the plan, values as people write them.

A record is called by what it is called today, or was called last, so that all its entries are found under one name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from accounts.changes import ADDED, CHANGED, REMOVED, Model, RecordChange, Said, Tally
from accounts.models import Organisation, Person, User
from accounts.texts import plain
from indicators.models import (
    Benchmark,
    Commentary,
    Indicator,
    IndicatorOutcome,
    Measurement,
    PlanIndicator,
    ProcessChange,
    Scorecard,
    Target,
)
from milestones.models import (
    DateChange,
    DateRequest,
    Evidence,
    EvidenceSupport,
    ForecastOverride,
    IndependentAssessment,
    Milestone,
    MilestoneLink,
    PersonalLink,
    ProgressUpdate,
    ProposedUpdate,
    SupportingLead,
    UpdateReview,
)
from plans.models import (
    Action,
    ActionLink,
    BreakGlass,
    ChildDataOverride,
    Decision,
    Document,
    FollowUp,
    Framework,
    GovernanceBody,
    Intervention,
    Judgement,
    Meeting,
    NoMilestoneNeeded,
    Outcome,
    OutcomeJudgement,
    Plan,
    PlanMembership,
    PlanReview,
    Recommendation,
    Review,
    Risk,
    StatusScheme,
    Theme,
)
from plans.schemes import Scheme

from .models import CoverReport, CoverSection, CoverTemplate, CoverTemplateSection, KeyIssues, Pack, PackPaper
from .wording import capital, in_sentence, line, long_day, moment, month_words, number_of

#: What operations are called that write many records; the others are called by what they wrote.
OPERATIONS = {
    "apply_import": "Import of a table",
    "apply_list": "Import of a list of recommendations",
    "import_list": "Import of a list of recommendations",
    "start_review_from_list": "Import of a list of recommendations",
    "undo_list": "Import of a list undone",
    "import_table": "Import of a table",
    "give_due_dates": "Dates given to recommendations",
    "change_definition": "Definition of an indicator changed",
    "record_judgements": "Judgements recorded",
    "resolve_links": "References resolved",
    "respond_to_many": "Responses to recommendations",
    "start_plan_from_table": "Plan started from a table",
    "undo_import": "Import undone",
}
REDACTED = "Words taken out of the records"

#: The records that say what an operation was about, the most telling first.
TELLING: tuple[Model, ...] = (
    DateChange,
    DateRequest,
    ProposedUpdate,
    UpdateReview,
    ProgressUpdate,
    Milestone,
    IndependentAssessment,
    ForecastOverride,
    PersonalLink,
    SupportingLead,
    MilestoneLink,
    Evidence,
    EvidenceSupport,
    Plan,
    Theme,
    Action,
    Outcome,
    OutcomeJudgement,
    ActionLink,
    PlanReview,
    NoMilestoneNeeded,
    Review,
    Recommendation,
    Judgement,
    Measurement,
    Target,
    Commentary,
    ProcessChange,
    Benchmark,
    Meeting,
    Decision,
    FollowUp,
    Risk,
    KeyIssues,
    Pack,
    PackPaper,
    CoverReport,
    CoverSection,
    CoverTemplate,
    CoverTemplateSection,
    Indicator,
    PlanIndicator,
    IndicatorOutcome,
    PlanMembership,
    BreakGlass,
)

#: One and many of each kind of record.
KINDS: Mapping[Model, tuple[str, str]] = {
    Plan: ("plan", "plan"),
    PlanMembership: ("role", "roles"),
    BreakGlass: ("break of the glass", "breaks of the glass"),
    ChildDataOverride: ("warning passed over", "warnings passed over"),
    ActionLink: ("reference of an action", "references of actions"),
    MilestoneLink: ("reference of a milestone", "references of milestones"),
    DateChange: ("move of a due date", "moves of due dates"),
    DateRequest: ("request for a new date", "requests for new dates"),
    UpdateReview: ("answer to an update", "answers to updates"),
    ProposedUpdate: ("proposed update", "proposed updates"),
    PersonalLink: ("personal link", "personal links"),
    ForecastOverride: ("word on a forecast", "words on forecasts"),
    FollowUp: ("follow-up", "follow-ups"),
    KeyIssues: ("paragraph of key issues", "paragraphs of key issues"),
    PackPaper: ("paper of a pack", "papers of packs"),
    CoverReport: ("cover report", "cover reports"),
    CoverSection: ("section of a cover report", "sections of cover reports"),
    CoverTemplate: ("form of cover report", "forms of cover reports"),
    CoverTemplateSection: ("section of a form of cover report", "sections of forms of cover reports"),
    IndependentAssessment: ("independent assessment", "independent assessments"),
    OutcomeJudgement: ("judgement of an outcome", "judgements of outcomes"),
    Evidence: ("piece of evidence", "pieces of evidence"),
    EvidenceSupport: ("use of evidence", "uses of evidence"),
    Document: ("file", "files"),
    PlanReview: ("review that the plan answers", "reviews that the plan answers"),
    NoMilestoneNeeded: ("reason why no milestone is needed", "reasons why no milestone is needed"),
    PlanIndicator: ("place on the scorecard", "places on the scorecard"),
    IndicatorOutcome: ("outcome that an indicator shows", "outcomes that indicators show"),
    Scorecard: ("scorecard", "scorecard"),
    Measurement: ("figure", "figures"),
    ProcessChange: ("change of the process", "changes of the process"),
    GovernanceBody: ("board", "boards"),
    Framework: ("framework", "frameworks"),
    Intervention: ("intervention", "interventions"),
}

#: The relation that says whose record it is; it is in the record's name and not told again.
BELONGS_TO: Mapping[Model, str] = {
    SupportingLead: "milestone",
    MilestoneLink: "milestone",
    ProgressUpdate: "milestone",
    DateChange: "milestone",
    DateRequest: "milestone",
    UpdateReview: "update",
    PackPaper: "pack",
    CoverSection: "cover",
    CoverTemplateSection: "template",
    ProposedUpdate: "milestone",
    ForecastOverride: "milestone",
    PersonalLink: "person",
    Decision: "meeting",
    FollowUp: "decision",
    IndependentAssessment: "milestone",
    EvidenceSupport: "evidence",
    PlanReview: "review",
    NoMilestoneNeeded: "recommendation",
    Judgement: "review",
    Outcome: "action",
    OutcomeJudgement: "outcome",
    ActionLink: "action",
    PlanIndicator: "indicator",
    IndicatorOutcome: "indicator",
    Target: "indicator",
    Measurement: "indicator",
    Benchmark: "indicator",
    Commentary: "indicator",
    ProcessChange: "indicator",
    PlanMembership: "user",
    BreakGlass: "user",
}

#: Told only where nothing else changed.
BOOKKEEPING = frozenset({"id", "plan", "version", "order", "slug", "entered_at", "entered_by", "state", "stored_as"})

LABELS: Mapping[tuple[Model, str], str] = {
    (Milestone, "text"): "Wording",
    (Milestone, "lead_role"): "Lead’s role",
    (Milestone, "archived_at"): "In the archive since",
    (Milestone, "withdrawn_reason"): "Why withdrawn",
    (Action, "text"): "Wording",
    (Action, "archived_at"): "In the archive since",
    (Outcome, "text"): "Wording",
    (Plan, "archived_at"): "In the archive since",
    (Plan, "report_months_end"): "“Within three months” runs to the end of the month",
    (ProgressUpdate, "declared_status"): "Status",
    (ProgressUpdate, "replaces"): "Corrects",
    (SupportingLead, "person"): "Who",
    (IndependentAssessment, "replaces"): "Corrects",
    (OutcomeJudgement, "replaces"): "Corrects",
    (Evidence, "document"): "File",
    (Evidence, "archived_at"): "In the archive since",
    (Document, "sha256"): "Check sum (SHA-256)",
    (NoMilestoneNeeded, "reason"): "Why",
    (Recommendation, "text"): "Wording",
    (Recommendation, "closed_by"): "Agreed by",
    (Recommendation, "is_placeholder"): "Cited only, text not supplied",
    (Measurement, "replaces"): "Revises",
    (Indicator, "replaces"): "Takes the place of",
    (BreakGlass, "ends_at"): "Until",
    (ChildDataOverride, "by"): "Saved by",
}

#: What a check of evidence writes, and taking it back empties.
EVIDENCE_CHECK = frozenset({"checked_by", "checked_on", "finding", "finding_note"})

LONG = 300
EXCERPT = 160
#: Words kept on each side of a change in a long text.
AROUND = 8
#: Beyond this many pairs of words, two texts are not laid against each other: it would take too long.
MOST_PAIRS = 1_000_000
LONGEST_NAME = 60


class Names:
    """What records are called, by what they said last."""

    def __init__(self, said: Mapping[tuple[Model, int], Said]) -> None:
        self.said = said

    def of(self, model: Model, key: int | None) -> str:
        """Empty for no record."""
        if key is None:
            return ""
        said = self.said.get((model, key))
        return self._name(model, said) if said else "no longer known"

    def of_update(self, key: int) -> str:
        """The milestone that a progress update is of."""
        said = self.said.get((ProgressUpdate, key))
        return self.of(Milestone, said["milestone_id"]) if said else "no longer known"

    def _name(self, model: Model, said: Said) -> str:
        if model in (Milestone, Action):
            return said["ref"] or quoted(said["text"])
        if model is User:
            return line(said["name"] or said["email"])
        if model is ProgressUpdate:
            return f"the update of {long_day(said['as_at'])}"
        if model is Meeting:
            return f"the meeting of {long_day(said['held_on'])}"
        if model in (Decision, FollowUp, Risk):
            return quoted(said["words"])
        if model is Pack:
            return f"pack {said['number']}"
        if model is PackPaper:
            return quoted(said["title"]) if said["title"] else f"the paper “{said['kind']}”"
        if model is KeyIssues:
            return f"the key issues of {long_day(said['as_at'])}"
        if model is OutcomeJudgement:
            return f"the judgement of {long_day(said['judged_on'])}"
        if model is Measurement:
            figure = said["no_value"] or ("" if said["value"] is None else f"{said['value'].normalize():f}")
            return f"the figure {figure} of the period from {long_day(said['starts_on'])}".replace("  ", " ")
        if model in (Evidence, Outcome):
            return quoted(said["title" if model is Evidence else "text"])
        column = _NAME_COLUMNS.get(model)
        return line(str(said[column])) if column else ""


_NAME_COLUMNS: Mapping[Model, str] = {
    Person: "name",
    Organisation: "name",
    StatusScheme: "name",
    Theme: "name",
    Plan: "short_title",
    Review: "short_name",
    Recommendation: "number",
    Document: "name",
    Framework: "name",
    GovernanceBody: "name",
    Indicator: "code",
    CoverReport: "title",
    CoverSection: "heading",
    CoverTemplate: "name",
    CoverTemplateSection: "heading",
}


def quoted(text: str) -> str:
    """The beginning of a text, in quotation marks."""
    text = line(text)
    return f"“{text[:LONGEST_NAME].rstrip()}…”" if len(text) > LONGEST_NAME else f"“{text}”"


def names_needed(changes: Sequence[RecordChange]) -> dict[Model, set[int]]:
    """The records whose names it takes to tell these changes."""
    needed: dict[Model, set[int]] = {}
    for change in changes:
        if change.model in (Milestone, Action, Theme, *_NAMED):
            needed.setdefault(change.model, set()).add(change.id)
        for field in change.model._meta.concrete_fields:
            if field.is_relation and field.name != "plan":
                keys = [said.get(field.attname) for said in (change.before, change.after) if said]
                needed.setdefault(_target(field), set()).update(key for key in keys if key is not None)
    return needed


def _target(field: Any) -> Model:
    model: Model = field.related_model
    return model


# --- What was done -----------------------------------------------------------------------------------------------


def kind_words(model: Model, count: int = 1) -> str:
    """“milestone”, “milestones”."""
    one, many = KINDS.get(model) or (str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
    return one if count == 1 else many


_DONE = {ADDED: "added", CHANGED: "changed", REMOVED: "removed"}


def done(kind: str) -> str:
    return _DONE[kind]


def counted(tallies: Sequence[Tally]) -> list[str]:
    """“300 milestones added”, a line for each kind of record and what became of it."""
    counts: dict[tuple[Model, str], int] = {}
    for tally in tallies:
        key = (tally.model, tally.kind)
        counts[key] = counts.get(key, 0) + tally.count
    return [
        f"{number_of(count, kind_words(model), kind_words(model, 2))} {_DONE[kind]}"
        for (model, kind), count in counts.items()
    ]


def headline_of_many(operation: str, tallies: Sequence[Tally]) -> str:
    """What an operation was that wrote more than is told at once."""
    return OPERATIONS.get(operation) or (counted(tallies)[0] if tallies else REDACTED)


def headline(operation: str, changes: Sequence[RecordChange], names: Names) -> str:
    """What an operation was, in one line: “Due date of 3.1 moved”."""
    if operation in OPERATIONS:
        return OPERATIONS[operation]
    if not changes:
        return REDACTED
    telling = min(changes, key=lambda change: _weight(change.model))
    alike = [change for change in changes if (change.model, change.kind) == (telling.model, telling.kind)]
    if len(alike) > 1:
        return f"{len(alike)} {kind_words(telling.model, len(alike))} {_DONE[telling.kind]}"
    return _sentence(telling, names)


def _weight(model: Model) -> int:
    return TELLING.index(model) if model in TELLING else len(TELLING)


def _sentence(change: RecordChange, names: Names) -> str:
    if change.model is OutcomeJudgement and change.kind == ADDED:
        return f"Outcome {_whose(change, names)} {'judged' if change.said['judged'] else 'no longer judged'}"
    if change.model is UpdateReview and change.kind == ADDED:
        is_accepted = change.said["verdict"] == UpdateReview.Verdict.ACCEPTED
        verdict = "accepted" if is_accepted else "returned with a question"
        return f"Update {verdict}: {names.of_update(change.said['update_id'])}"
    special = _SPECIAL.get((change.model, change.kind))
    if special is not None:
        return special.format(whose=_whose(change, names))
    if change.kind == CHANGED:
        return _what_changed(change, names)
    return f"{record_name(change, names)} {_DONE[change.kind]}"


_SPECIAL: Mapping[tuple[Model, str], str] = {
    (DateChange, ADDED): "Due date of {whose} moved",
    (DateRequest, ADDED): "New date asked for: {whose}",
    (ProgressUpdate, ADDED): "Progress update of {whose}",
    (IndependentAssessment, ADDED): "Independent assessment of {whose}",
    (EvidenceSupport, ADDED): "Evidence {whose} attached",
    (EvidenceSupport, REMOVED): "Evidence {whose} taken off",
    (PlanReview, ADDED): "The plan answers {whose}",
    (NoMilestoneNeeded, ADDED): "Why recommendation {whose} needs no milestone",
    (Measurement, ADDED): "Figure of {whose} entered",
    (Target, ADDED): "Target of {whose} set",
    (Commentary, ADDED): "Commentary on {whose} written",
    (ProcessChange, ADDED): "Change of the process of {whose} noted",
    (Benchmark, ADDED): "Benchmark of {whose} recorded",
    (PlanIndicator, ADDED): "{whose} put on the scorecard",
    (PlanIndicator, REMOVED): "{whose} taken off the scorecard",
    (IndicatorOutcome, ADDED): "{whose} shows an outcome",
    (Plan, ADDED): "Plan started",
    (PlanMembership, ADDED): "Role given to {whose}",
    (PlanMembership, REMOVED): "Role taken from {whose}",
    (BreakGlass, ADDED): "Glass broken by {whose}",
    (ChildDataOverride, ADDED): "Words saved in spite of a warning about a child’s data",
}


def _what_changed(change: RecordChange, names: Names) -> str:
    name = record_name(change, names)
    told = told_fields(change)
    by_name = {field.name: change.said[field.attname] for field in told}
    if change.model is Recommendation and "closed_on" in by_name:
        return f"{name} {'closed' if by_name['closed_on'] else 'opened again'}"
    if "embedded_on" in by_name:
        return f"{name} {'embedded' if by_name['embedded_on'] else 'not embedded after all'}"
    if change.model is Evidence and by_name.keys() <= EVIDENCE_CHECK:
        return f"{name} {'checked' if change.said['finding'] else 'no longer checked'}"
    if "archived_at" in by_name:
        return f"{name} {'archived' if by_name['archived_at'] else 'taken out of the archive'}"
    if "withdrawn_on" in by_name:
        return f"{name} {'withdrawn' if by_name['withdrawn_on'] else 'no longer withdrawn'}"
    if len(told) == 1:
        whose = _whose(change, names) if change.model is Milestone else in_sentence(name)
        if change.model is Plan:
            whose = "the plan"
        return f"{field_label(change.model, told[0])} of {whose} changed"
    if by_name.keys() == {"lead", "lead_role"}:
        return f"Lead of {_whose(change, names)} changed"
    return f"{name} changed"


def _whose(change: RecordChange, names: Names) -> str:
    """Whose record it is: the milestone's number, the user's name; the record's own where it belongs to none."""
    relation = BELONGS_TO.get(change.model)
    if relation is None:
        return names.of(change.model, change.id)
    field: Any = change.model._meta.get_field(relation)
    return names.of(_target(field), change.said[field.attname])


def record_name(change: RecordChange, names: Names) -> str:
    """“Milestone 1.2”, “Reference of 1.2”, “Theme “Front door””."""
    if change.model is Plan:
        return "Plan"
    if change.model in (Milestone, Action, Theme):
        own = _whose(change, names)
        return f"{kind_words(change.model).capitalize()} {own if change.model is not Theme else quoted(own)}"
    if change.model in _NAMED:
        own = names.of(change.model, change.id)
        return f"{_NAMED[change.model]} {own}"
    kind = str(change.model._meta.verbose_name) if change.model not in _RECORDS else _RECORDS[change.model]
    if change.model not in BELONGS_TO:
        return kind.capitalize()
    whose = _whose(change, names)
    return f"{kind.capitalize()} of {'action ' if BELONGS_TO[change.model] == 'action' else ''}{whose}"


#: Records that are called by a name of their own, and the word before it.
_NAMED: Mapping[Model, str] = {
    Evidence: "Evidence",
    Document: "File",
    Review: "Review",
    Recommendation: "Recommendation",
    GovernanceBody: "Board",
    Framework: "Framework",
    Indicator: "Indicator",
}

_RECORDS: Mapping[Model, str] = {
    IndependentAssessment: "independent assessment",
    OutcomeJudgement: "judgement",
    EvidenceSupport: "use",
    PlanReview: "answer to a review",
    NoMilestoneNeeded: "reason why no milestone is needed for recommendation",
    Judgement: "judgement",
    PlanIndicator: "place",
    IndicatorOutcome: "outcome",
    Measurement: "figure",
    ProcessChange: "change of the process",
    MilestoneLink: "reference",
    ActionLink: "reference",
    PlanMembership: "role",
    DateChange: "move of the due date",
    DateRequest: "request for a new date",
    UpdateReview: "answer",
    ProposedUpdate: "proposed update",
    ForecastOverride: "word on the forecast",
    FollowUp: "follow-up",
    BreakGlass: "access",
    ChildDataOverride: "warning passed over",
}


# --- What its fields said ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """A value as people read it: parts, each with whether it is what differs. `excerpt` is what to show of a long
    one first; empty for a short one."""

    parts: tuple[tuple[str, bool], ...] = ()
    excerpt: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class FieldChange:
    """What a field said; empty for nothing."""

    label: str
    before: str
    after: str

    @cached_property
    def marked(self) -> tuple[Words, Words]:
        """Both with what differs marked. Worked out for who looks at it; a table does without."""
        return compared(self.before, self.after)


def told_fields(change: RecordChange) -> list[Any]:
    """The fields that are told of a change: those that differ and say something, or else all that differ.

    What says again the reason is left out.
    """
    belongs_to = BELONGS_TO.get(change.model)
    differ = [field for field in change.model._meta.concrete_fields if field.attname in change.columns]
    if change.kind != CHANGED:
        differ = [field for field in differ if not _goes_without_saying(field, change.said[field.attname])]
    telling = [
        field
        for field in differ
        if field.name not in BOOKKEEPING and field.name != belongs_to and change.said[field.attname] != change.reason
    ]
    return telling or [field for field in differ if field.name not in ("id", "plan", belongs_to)]


def _goes_without_saying(field: Any, value: Any) -> bool:
    """Whether a new record says no more by this value than by none."""
    return value in (None, "", False) or (field.has_default() and value == field.get_default())


def field_label(model: Model, field: Any) -> str:
    """What officers call a field: “First agreed due date”."""
    label = LABELS.get((model, field.name)) or str(field.verbose_name)
    return capital(label)


def field_changes(change: RecordChange, names: Names, scheme: Scheme) -> list[FieldChange]:
    """Each told field before and after; one side is empty for a record that is new or gone."""
    found = []
    for field in told_fields(change):
        before, after = (
            value_words(field, said[field.attname], names, scheme) if said else ""
            for said in (change.before, change.after)
        )
        found.append(FieldChange(field_label(change.model, field), before, after))
    return found


def value_words(field: Any, value: Any, names: Names, scheme: Scheme) -> str:
    """A value as people write it; empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_step(*each) if isinstance(each, list) else str(each) for each in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if field.is_relation:
        return names.of(_target(field), value)
    if field.name == "declared_status":
        return scheme.word_for(value)
    if field.name == "update_month":
        return month_words(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return long_day(value)
    return plain(str(value))


def _step(from_on: str, value: str) -> str:
    """A step of a target: “90 from 1 January 2027”."""
    return f"{value} from {long_day(date.fromisoformat(from_on))}"


def compared(before: str, after: str) -> tuple[Words, Words]:
    """Two texts with what differs marked, where they are sentences and have something in common."""
    marked = _marked(before, after)
    if marked is None:
        return _words(before), _words(after)
    one, other = marked
    return Words(one, _around_changes(one, before)), Words(other, _around_changes(other, after))


def _words(text: str) -> Words:
    excerpt = ((f"{text[:EXCERPT].rstrip()} …", False),) if len(text) > LONG else ()
    return Words(((text, False),) if text else (), excerpt)


Parts = tuple[tuple[str, bool], ...]


def _marked(before: str, after: str) -> tuple[Parts, Parts] | None:
    """None where marks would not help: one text is empty or short, or hardly a word stayed."""
    if not before or not after or max(len(before), len(after)) <= LONGEST_NAME:
        return None
    one, other = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    if len(one) * len(other) > MOST_PAIRS:
        return None
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < 0.3:
        return None
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for what, from_, to, other_from, other_to in matcher.get_opcodes():
        differs = what != "equal"
        if to > from_:
            left.append(("".join(one[from_:to]), differs))
        if other_to > other_from:
            right.append(("".join(other[other_from:other_to]), differs))
    return tuple(left), tuple(right)


def _around_changes(parts: Parts, text: str) -> Parts:
    """The changes with a few words on each side, of a long text."""
    return tuple(_shortened(parts)) if len(text) > LONG else ()


def _shortened(parts: Parts) -> Iterator[tuple[str, bool]]:
    last = len(parts) - 1
    for place, (text, differs) in enumerate(parts):
        words = text.split()
        if differs or len(words) <= 3 * AROUND:
            yield text, differs
            continue
        head = " ".join(words[:AROUND]) if place else ""
        tail = " ".join(words[-AROUND:]) if place != last else ""
        yield f"{head} … {tail} ".lstrip() if tail else f"{head} …", False
