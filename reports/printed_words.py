"""The words of a position that papers print as they were written, each with what it stands in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from indicators.position import IndicatorPosition
from milestones.position import EvidencePosition, MilestonePosition
from plans.position import OutcomePosition, PersonPosition, ReviewPosition

from .position import ActionPosition, PlanPosition, RecommendationPosition, ThemePosition
from .wording import line

SHORT = 40


@dataclass(frozen=True)
class PrintedWords:
    """A text and where it stands: `about` is theme, action, milestone, review, recommendation, evidence, indicator or
    plan, `id` its key in the position and `key` how its address names it. `name` is how a person speaks of it, `field`
    and `label` the part of it: “note”, “progress note”."""

    about: str
    id: int
    key: str
    name: str
    field: str
    label: str
    text: str


def people_of(position: PlanPosition) -> Iterator[PersonPosition]:
    """Everybody whom a position names as somebody of the plan, some more than once: leads, owners, those who run it."""
    named = [theme.lead for theme in position.themes]
    named += [person for each in position.milestones for person in (each.lead, *each.supporting)]
    for indicator in position.scorecard.indicators:
        named += [indicator.owner, indicator.commentary.action_lead if indicator.commentary else None]
    named += [*position.governance.managers, *(each.owner for each in position.governance.risks)]
    return (each for each in named if each is not None)


def printed_words(position: PlanPosition) -> Iterator[PrintedWords]:
    """Every text that has words, in the order of the plan; what is of one thing stands together."""
    for theme in position.themes:
        yield from _of_theme(theme)
        for action in theme.actions:
            yield from _of_action(action)
            for milestone in action.milestones:
                yield from _of_milestone(milestone)
    for review in position.reviews:
        yield from _of_review(review)
    for recommendation in position.recommendations:
        yield from _of_recommendation(recommendation)
    for evidence in position.evidence:
        yield from _of_evidence(evidence)
    for indicator in position.scorecard.indicators:
        yield from _of_indicator(indicator)
    yield from _of_governance(position)


class _Of:
    """One thing, of which it gives the parts that have words."""

    def __init__(self, about: str, id: int, key: str, name: str) -> None:
        self.about, self.id, self.key, self.name = about, id, key, name

    def __call__(self, *parts: tuple[str, str, str]) -> Iterator[PrintedWords]:
        for field, label, text in parts:
            if text.strip():
                yield PrintedWords(self.about, self.id, self.key, self.name, field, label, text)


def _of_theme(theme: ThemePosition) -> Iterator[PrintedWords]:
    yield from _Of("theme", theme.id, str(theme.id), f"the theme “{line(theme.name)}”")(
        ("text", "name", theme.name), ("lead", "lead", _titles(theme.lead))
    )


def _of_action(action: ActionPosition) -> Iterator[PrintedWords]:
    of = _Of("action", action.id, action.ref or f"id-{action.id}", f"action {line(action.ref)}".strip())
    yield from of(
        ("text", "words", action.text),
        ("monitoring", "monitoring", action.monitoring),
        ("programme_ref", "programme reference", action.programme_ref),
    )
    for outcome in action.outcomes:
        yield from of(*_outcome(outcome))


def _outcome(outcome: OutcomePosition) -> tuple[tuple[str, str, str], ...]:
    return ("outcome", "outcome", outcome.text), ("judgement", "judgement of an outcome", outcome.judged_note)


def _of_milestone(each: MilestonePosition) -> Iterator[PrintedWords]:
    asked_for = each.extension if each.extension and each.extension.is_for_board else None
    yield from _Of("milestone", each.id, each.address, line(each.ref) or f"“{line(each.text)[:SHORT]}”")(
        ("text", "words", each.text),
        ("note", "progress note", each.note.text if each.note else ""),
        ("support", "support required", each.note.support_text if each.note else ""),
        ("due", "due date in words", each.due_words),
        ("outcome", "outcome", each.outcome_words),
        ("embedded", "words on how it is embedded", each.embedded_words),
        ("extension", "reason for a new due date", asked_for.reason if asked_for else ""),
        ("extension", "consequence of a new due date", asked_for.consequence if asked_for else ""),
        ("lead", "lead’s role", each.lead_role),
        ("lead", "lead", _titles(each.lead)),
        ("supporting", "supporting leads", "; ".join(filter(None, map(_titles, each.supporting)))),
        ("links", "references", "; ".join(reference.as_written for reference in each.references)),
    )


def _titles(person: PersonPosition | None) -> str:
    return "" if person is None else "; ".join(filter(None, (person.name, person.job_title, person.organisation)))


def _of_review(review: ReviewPosition) -> Iterator[PrintedWords]:
    of = _Of("review", review.id, review.slug, f"the review “{line(review.short_name)}”")
    yield from of(("text", "title", review.title), ("bodies", "bodies", review.bodies))
    for judged in review.judgements:
        said = "; ".join(filter(None, (judged.area, judged.grade, judged.words)))
        yield from of(("judgements", "judgements", said))


def _of_recommendation(each: RecommendationPosition) -> Iterator[PrintedWords]:
    yield from _Of("recommendation", each.id, str(each.id), f"{line(each.review)} – Rec {line(each.number)}")(
        ("section", "section", each.section),
        ("text", "words", each.text),
        ("note", "note", each.note),
        ("timescale", "timescale", each.timescale),
        ("addressed_to", "body it is addressed to", each.addressed_to),
        ("response", "response", each.response_words),
        ("none_needed", "reason why no milestone is needed", each.none_needed),
        ("closed", "reason why it was closed", each.closed_reason),
    )


def _of_evidence(each: EvidencePosition) -> Iterator[PrintedWords]:
    yield from _Of("evidence", each.id, str(each.id), f"the evidence “{line(each.title)[:SHORT]}”")(
        ("title", "title", each.title),
        ("file", "file name", each.file_name),
        ("link", "address", each.link),
        ("location", "place", each.location),
        ("note", "note", each.note),
    )


def _of_indicator(each: IndicatorPosition) -> Iterator[PrintedWords]:
    said = each.commentary
    yield from _Of("indicator", each.id, each.slug, f"indicator {line(each.code)}")(
        ("code", "code", each.code),
        ("national_code", "national code", each.national_code),
        ("title", "title", each.title),
        ("definition", "definition", each.definition),
        ("numerator", "numerator", each.numerator_label),
        ("denominator", "denominator", each.denominator_label),
        ("source", "source", each.source),
        ("owner", "owner", _titles(each.owner)),
        ("commentary", "commentary", said.text if said else ""),
        ("commentary", "corrective action", said.corrective_action if said else ""),
        ("commentary", "lead of the corrective action", _titles(said.action_lead) if said else ""),
        *(("breaks", "change of how it is counted", reason) for _, reason in each.breaks),
        *(("benchmarks", "source of a comparison", found.source) for found in each.benchmarks),
    )


def _of_governance(position: PlanPosition) -> Iterator[PrintedWords]:
    """Who runs the plan, what it was told, its risks and what was decided on new dates, as far as they are there."""
    found = position.governance
    yield from _Of("plan", 0, position.slug, "the plan")(
        ("managers", "programme managers", "; ".join(filter(None, map(_titles, found.managers)))),
        *(("answers", "answer to a review", each.said) for each in found.answers),
    )
    milestones = {each.id: each for each in position.milestones}
    for decided in found.decided:
        milestone = milestones.get(decided.milestone_id)
        if milestone is not None:
            name = line(milestone.ref) or f"“{line(milestone.text)[:SHORT]}”"
            yield from _Of("milestone", milestone.id, milestone.address, name)(
                ("extension", "reason for a new due date", decided.reason),
                ("extension", "consequence of a new due date", decided.consequence),
                ("extension", "decision on a new due date", decided.decided_words),
            )
