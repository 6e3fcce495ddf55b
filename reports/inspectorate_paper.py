"""The submission to those who inspected: their numbers and their words, and beside each what the council did about it
(domain.md 3.4, product.md 3 items 12 and 17). Drawn as the plan by area of the recommendations report is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from plans.models import PlanReview
from plans.position import ReviewPosition

from .looks import USUAL, Look
from .milestone_paper import NONE, Layout, Paper
from .position import PlanPosition, RecommendationPosition
from .recommendation_paper import Area, Drawing, ProgressRow, totals
from .selection import Readers
from .short_papers import head_of
from .wording import line, long_day

NOT_SHOWN = "What the plan does about it is not shown in this copy."
INSPECTORATES = ("Ofsted", "CQC", "DfE", "HMICFRS", "HMIP")
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answered:
    """A recommendation as the inspectors wrote it and what was done; `progress` is None where that is not shown."""

    area: Area
    progress: ProgressRow | None


@dataclass(frozen=True)
class ReviewSubmission:
    """The answer to one review: what is known of it, what it judged, and each recommendation in its own numbering. `by`
    is whose paragraphs the report has, such as “Ofsted”; empty where the columns are not to say."""

    name: str
    by: str
    title: str
    facts: Facts
    judgements: Facts
    answers: tuple[Answered, ...]

    @property
    def areas(self) -> tuple[Area, ...]:
        return tuple(each.area for each in self.answers)


@dataclass(frozen=True)
class InspectoratePaper(Paper):
    """The submission about one review, or about each after the other."""

    reviews: tuple[ReviewSubmission, ...]


def inspectorate_paper(
    position: PlanPosition,
    *,
    listed_in: PlanPosition | None = None,
    layout: Layout = Layout.ACCESSIBLE,
    readers: Readers = Readers.INTERNAL,
    review: str = "",
    whose: str = "",
    look: Look = USUAL,
) -> InspectoratePaper:
    """The submission of a position that is narrowed to its readers, and to a review where one is named, already.
    `listed_in` has every recommendation: what inspectors said is printed in whole."""
    draw = Drawing(position, layout)
    shown = {each.id: each for each in position.recommendations}
    reviews = {each.short_name: each for each in position.reviews}
    source = (listed_in or position).recommendations
    submissions = tuple(
        ReviewSubmission(
            name=line(name),
            by=_by(reviews[name]) if name in reviews else "",
            title=line(reviews[name].title) if name in reviews else line(name),
            facts=tuple(_facts(reviews[name])) if name in reviews else (),
            judgements=tuple(_judgements(reviews[name])) if name in reviews else (),
            answers=tuple(_answered(each, shown.get(each.id), draw) for each in rows),
        )
        for name, rows in groupby(source, key=lambda each: each.review)
    )
    head = head_of(
        position,
        kind="inspectorate",
        usual="Submission to Inspectors",
        scope=review or "all reviews",
        readers=readers,
        whose=whose,
        look=look,
    )
    return InspectoratePaper(
        **head | {"layout": layout, "counts": totals(position), "counts_more": ""},
        nothing="" if submissions else "No recommendation is answered or cited by this plan yet.",
        reviews=submissions,
    )


def _by(review: ReviewPosition) -> str:
    """The inspectorate, where it is one alone."""
    said = f"{review.bodies} {review.short_name}".casefold()
    found = [each for each in INSPECTORATES if each.casefold() in said.split()]
    return found[0] if len(found) == 1 else ""


def _facts(review: ReviewPosition) -> Iterator[tuple[str, str]]:
    """What stands at the head of a submission: who inspected, when that was published, and the written statement."""
    yield "Review", line(review.title)
    yield "Kind", review.kind_words
    yield "Carried out by", line(review.bodies) or NONE
    yield "Published on", long_day(review.published_on) if review.published_on else "not published yet"
    clock = review.clock
    if clock is None:
        return
    yield "Report received on", long_day(clock.received_on) if clock.received_on else "not known"
    yield "Statement due on", long_day(clock.due_on) if clock.due_on else "not known"
    yield "Statement submitted on", long_day(clock.submitted_on) if clock.submitted_on else "not submitted yet"
    if clock.answered_on:
        answer = PlanReview.Answer(clock.answer).label if clock.answer else ""
        yield "Answered on", f"{long_day(clock.answered_on)}{answer and f', {answer.lower()}'}"


def _judgements(review: ReviewPosition) -> Iterator[tuple[str, str]]:
    for each in review.judgements:
        yield line(each.area), ": ".join(filter(None, (line(each.grade), line(each.words)))) or NONE


def _answered(listed: RecommendationPosition, shown: RecommendationPosition | None, draw: Drawing) -> Answered:
    if shown is not None:
        return Answered(draw.area(shown), draw.progress(shown))
    words = line(listed.text) or "Cited but not listed."
    return Answered(
        Area(line(listed.number), line(listed.paragraphs) or NONE, words, line(listed.review), (), NOT_SHOWN), None
    )
