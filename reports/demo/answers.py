"""What the demonstration's council answered its reviews: boards, statements, evidence, what others found.

Part of the replay: everything happens by the person and on the day that reviews.toml says.
"""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from milestones.evidence_operations import Supported, add_evidence, check_evidence
from milestones.link_operations import close_recommendation
from milestones.models import Evidence, Milestone
from milestones.outcome_operations import embed_milestone, judge_outcome, record_assessment
from plans.documents import check_upload, in_the_folder
from plans.frameworks import supplied_as
from plans.models import GovernanceBody, PlanReview, Review
from plans.recommendation_operations import answer_review, edit_answer, edit_recommendation, explain_no_milestone
from plans.recommendation_operations import respond as respond_to
from plans.review_operations import Given, add_board, add_intervention, edit_review, enter_review, record_judgements

from . import story

if TYPE_CHECKING:
    from .replay import _Replay

ANSWERED_BY_THE_PLAN = ("I", "P", "F")
RESPONDED_IN = {"I": 1, "P": 10}
SECOND_WEDNESDAY = 9


class Answers:
    """The part of the replay that is about reviews. `life` is the replay: its people, plan, reviews and agenda."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.data = story.reviews()
        self.boards: dict[str, GovernanceBody] = {}
        self.answered: dict[str, PlanReview] = {}

    @property
    def by(self) -> Any:
        return self.life.manager

    def begin(self) -> None:
        """Boards and the reviews of the years before; to be called as the plan is set up."""
        for name, data in self.data["boards"].items():
            self.boards[name] = add_board(council=self.life.council, by=self.by, **data)
        for data in self.data["earlier"]:
            self.receive(data)
        for data in self.data["interventions"]:
            lifted_on = self._day(data["lifted"]) if "lifted" in data else None
            add_intervention(
                council=self.life.council,
                kind=data["kind"],
                issued_on=self._day(data["cycle"], data["day"]),
                board=self.boards.get(data.get("board", "")),
                criteria=data.get("criteria", ""),
                lifted_on=lifted_on,
                lifted_words=data.get("lifted_words", ""),
                by=self.by,
            )

    def put_on_the_agenda(self) -> None:
        """Everything that happens in the plan's year."""
        at = self.life.at
        for data in self.data["later"]:
            at(data["cycle"], data["day"] + 3, partial(self.life.together, self.receive, data))
        for key, cycle in RESPONDED_IN.items():
            at(cycle, SECOND_WEDNESDAY, partial(self.life.together, self._respond, key))
        for key, data in self.data["statements"].items():
            for what in ("submitted", "answered"):
                if what in data:
                    cycle, day = data[what]
                    at(cycle, day, partial(self._note_statement, key, what))
        for data in self.data["none_needed"]:
            at(data["cycle"], SECOND_WEDNESDAY + 1, partial(self._explain, data))
        for data in self.data["assessments"]:
            at(data["cycle"], SECOND_WEDNESDAY + 2, partial(self._assess, data))
        for data in self.data["judged"]:
            at(data["cycle"], SECOND_WEDNESDAY + 2, partial(self._judge, data))
        for data in self.data["evidence"]:
            self._put_evidence_on_the_agenda(data)
        for data in self.data["embedded"]:
            at(data["cycle"], SECOND_WEDNESDAY + 2, partial(self._embed, data))
        for data in self.data["closed"]:
            at(data["cycle"], SECOND_WEDNESDAY + 2, partial(self._close, data))

    # --- Reviews ---

    def receive(self, data: dict[str, Any], day: date | None = None) -> Review:
        """Enters a review that the plan does not begin with."""
        on = self._day(data["cycle"], data.get("day", 0))
        precision = data.get("precision", Review.Precision.DAY)
        review = enter_review(
            council=self.life.council,
            title=data["title"],
            short_name=f"{data['short_name']} {on:%b %Y}",
            kind=data["kind"],
            ended_on=on - timedelta(days=21),
            ended_precision=precision,
            published_on=on,
            published_precision=precision,
            by=self.by,
        )
        self.life.keep_review(data["key"], review, data.get("recommendations", {}))
        self.complete(data["key"], data, on)
        return review

    def complete(self, key: str, data: dict[str, Any], published_on: date) -> None:
        """What else is known of a review: who carried it out, what it judged, what it follows."""
        review = self.life.reviews[key]
        days = {
            f"{name}_on": published_on + timedelta(days=data[name])
            for name in ("started", "ended", "received")
            if name in data
        }
        words = {name: data[name] for name in ("bodies", "summary", "strengths", "areas") if name in data}
        follows = self.life.reviews.get(data.get("follows", ""))
        framework = supplied_as(data["framework"])
        facts: dict[str, Any] = {"framework": framework, "follows": follows} | words | days
        edit_review(review=review, reason="Entered from the report", by=self.by, **facts)
        if "judgements" in data:
            judgements = [Given(area, grade) for area, grade in data["judgements"].items()]
            record_judgements(review=review, judgements=judgements, by=self.by)
        paragraphs, priority = data.get("paragraphs", {}), data.get("priority", ())
        for number in sorted(set(paragraphs) | set(priority), key=int):
            edit_recommendation(
                recommendation=self.life.recommendations[key + number],
                paragraphs=paragraphs.get(number, ""),
                is_priority_action=number in priority,
                reason="Entered from the report",
                by=self.by,
            )
        if key in ANSWERED_BY_THE_PLAN:
            statement = self.data["statements"].get(key)
            details = {"needs_statement": True, "statement_days": statement["days"]} if statement else {}
            self.answered[key] = answer_review(plan=self.life.plan, review=review, by=self.by, **details)

    def complete_known(self, key: str, published_on: date) -> None:
        """The further facts of a review of plan.toml."""
        self.complete(key, self.data["facts"][key], published_on)

    def _respond(self, key: str, day: date) -> None:
        given = self.data["facts"][key]["response"]
        for name, recommendation in self.life.recommendations.items():
            if name.startswith(key) and not recommendation.is_placeholder:
                response, words = given.get(name.removeprefix(key), given["default"])
                respond_to(recommendation=recommendation, response=response, response_words=words, by=self.by)

    def _note_statement(self, key: str, what: str, day: date) -> None:
        data = self.data["statements"][key]
        changes: dict[str, Any] = {f"{what}_on": day}
        if what == "answered":
            changes |= {"answer": data["answer"], "answer_words": data["words"]}
        edit_answer(plan_review=self.answered[key], reason=f"The plan was {what}", by=self.by, **changes)

    # --- Decisions and findings ---

    def _explain(self, data: dict[str, Any], day: date) -> None:
        recommendation = self.life.recommendations[data["recommendation"]]
        explain_no_milestone(plan=self.life.plan, recommendation=recommendation, reason=data["reason"], by=self.by)

    def _assess(self, data: dict[str, Any], day: date) -> None:
        record_assessment(
            milestone=self._milestone(data["milestone"]),
            as_at=day,
            source=data["source"],
            assessed_by=data["by"],
            review=self.life.reviews[data["review"]],
            finding=data["finding"],
            note=data["note"],
            # Not by whoever leads one of them.
            by=self.life.second_manager,
        )

    def _judge(self, data: dict[str, Any], day: date) -> None:
        outcome = self.life.actions[data["action"]].outcomes.order_by("order")[0]
        judge_outcome(outcome=outcome, judged=data["judged"], judged_on=day, note=data["note"], by=self.by)

    def _embed(self, data: dict[str, Any], day: date) -> None:
        board, milestone = self.boards[data["board"]], self._milestone(data["milestone"])
        embed_milestone(milestone=milestone, body=board, embedded_on=day, words=data["words"], by=self.by)

    def _close(self, data: dict[str, Any], day: date) -> None:
        recommendation = self.life.recommendations[data["recommendation"]]
        close_recommendation(
            recommendation=recommendation,
            plan=self.life.plan,
            body=self.boards[data["board"]],
            closed_on=day,
            by=self.by,
        )

    # --- Evidence ---

    def _put_evidence_on_the_agenda(self, data: dict[str, Any]) -> None:
        kept: list[Evidence] = []
        self.life.at(data["cycle"], data["day"], partial(self._add_evidence, data, kept))
        if "checked" in data:
            who, cycle, finding, note = data["checked"]
            check = partial(self._check, kept, who, finding, note)
            self.life.at(cycle, SECOND_WEDNESDAY + 2, check)

    def _add_evidence(self, data: dict[str, Any], kept: list[Evidence], day: date) -> None:
        supports: list[Supported] = [
            *(self._milestone(ref) for ref in data.get("milestones", ())),
            *(self.life.actions[ref].outcomes.order_by("order")[0] for ref in data.get("outcomes", ())),
            *(self.life.recommendations[name] for name in data.get("recommendations", ())),
        ]
        checked_file = None
        if "text" in data:
            checked_file = check_upload(SimpleUploadedFile(data["file"], data["text"].encode("utf-8")))
        details = {name: data[name] for name in ("strength", "sensitivity", "link", "location") if name in data}
        with in_the_folder(checked_file):
            kept.append(
                add_evidence(
                    plan=self.life.plan,
                    title=data["title"],
                    kind=data["kind"],
                    dated_on=day,
                    supports=supports,
                    checked_file=checked_file,
                    by=self.by,
                    **details,
                )
            )

    def _check(self, kept: list[Evidence], who: str, finding: str, note: str, day: date) -> None:
        # Not by whoever added it.
        check_evidence(
            evidence=kept[0],
            checked_by=who,
            checked_on=day,
            finding=finding,
            finding_note=note,
            by=self.life.second_manager,
        )

    # --- Finding things ---

    def _milestone(self, ref: str) -> Milestone:
        return next(each for each in self.life.milestones.values() if each.ref == ref)

    def _day(self, cycle: int, day: int = 0) -> date:
        return self.life.day(cycle, day)
