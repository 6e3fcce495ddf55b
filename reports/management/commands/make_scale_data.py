"""Big plans with a long history, for the benchmarks. In a database of its own."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.history import newest_instant, operating, recorded_clock
from accounts.models import Person, User
from accounts.operations import add_person, installation_council
from milestones.evidence_operations import add_evidence
from milestones.models import Milestone, ProgressUpdate
from milestones.operations import add_milestone, link_milestone
from plans.commands import PlainCommand
from plans.models import Plan
from plans.operations import add_action, add_outcome, add_recommendation, add_review, add_theme, start_plan
from plans.recommendation_operations import answer_review

THEMES = 5
MILESTONES_OF_AN_ACTION = 4
CYCLE_DAYS = 14
REASON = "Made for measuring"
STATUSES = ("on_track", "on_track", "off_track", "achieved", "not_achieved", "on_track")
NOTE = (
    "Fortnight {cycle} of step {number}: {share}% of the work is done. The team met, went through what is left and "
    "agreed who does it by when; two questions are with the partners, and the answer to one of them is in."
)


class Command(PlainCommand):
    help = "Makes plans of a given size for the benchmarks: each milestone gets an update and an edit in every cycle."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plans", metavar="N", type=_count, required=True, help="how many plans")
        parser.add_argument("--milestones", metavar="N", type=_count, required=True, help="milestones of each plan")
        parser.add_argument("--cycles", metavar="N", type=_count, required=True, help="fortnights of history")

    def handle(self, *args: Any, plans: int, milestones: int, cycles: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Data for measuring has no place in production. Nothing was made.")
        anchor = timezone.localdate() - timedelta(days=CYCLE_DAYS * cycles)
        begins_at = timezone.make_aware(datetime.combine(anchor - timedelta(days=1), time(9)))
        newest = newest_instant()
        if newest is not None and newest >= begins_at:
            raise CommandError("This database has newer records than the plans would have. Use an empty database.")

        with recorded_clock(begins_at - timedelta(hours=1)):
            by = User.objects.filter(email="measure@council.example").first() or User.objects.create_superuser(
                "measure@council.example", name="Measure"
            )
        made = []
        for number in range(plans):
            with recorded_clock(begins_at + timedelta(minutes=number)):
                made.append(_start(f"scale-{number + 1}", anchor, milestones, by))
        for cycle in range(cycles):
            day = anchor + timedelta(days=CYCLE_DAYS * cycle)
            for number, rows in enumerate(made):
                at = timezone.make_aware(datetime.combine(day, time(9))) + timedelta(minutes=number)
                with recorded_clock(at):
                    _live_through(cycle, cycles, rows, by)
        self.stdout.write(
            f"Made {plans} plans of {milestones} milestones, with {plans * milestones * cycles} progress updates: "
            + ", ".join(f"scale-{number + 1}" for number in range(plans))
        )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a whole number from 1")
    return int(text)


def _start(slug: str, anchor: Any, milestones: int, by: User) -> list[Milestone]:
    """A plan with its themes, actions and milestones, in one operation."""
    with operating(by=by, name="make_scale_data"):
        council = installation_council(by=by)
        people = list(Person.objects.order_by("pk")[:20]) or [
            add_person(name=f"Officer {n}", job_title="Team Manager", organisation=council, by=by) for n in range(20)
        ]
        plan: Plan = start_plan(
            title=f"Plan {slug}", slug=slug, council=council, cycle_anchor=anchor, cycle_days=CYCLE_DAYS, by=by
        )
        themes = [add_theme(plan=plan, name=f"Theme {n + 1}", by=by) for n in range(THEMES)]
        rows = []
        for n in range(milestones):
            place, step = divmod(n, MILESTONES_OF_AN_ACTION)
            if step == 0:
                text = f"Change number {place + 1} that the inspectors asked for."
                action = add_action(theme=themes[place % THEMES], ref=str(place + 1), text=text, by=by)
                add_outcome(action=action, text=f"Children notice change number {place + 1}.", by=by)
            rows.append(
                add_milestone(
                    action=action,
                    ref=f"{place + 1}.{step + 1}",
                    text=f"Step {step + 1} towards it is taken by every team.",
                    start_on=anchor - timedelta(days=365),
                    due_on=timezone.localdate() + timedelta(days=(n * 7) % 360 - 90 if n % 3 else 200),
                    lead=people[n % len(people)],
                    by=by,
                )
            )
        _answer_reviews(plan, rows, by)
    return rows


def _answer_reviews(plan: Plan, rows: list[Milestone], by: User) -> None:
    """A review that the plan answers: a recommendation for every ten milestones, each linked, evidence for every
    third."""
    review = add_review(
        council=plan.council, short_name=f"Review of {plan.slug}", published_on=plan.cycle_anchor, by=by
    )
    answer_review(plan=plan, review=review, by=by)
    asked = [
        add_recommendation(
            review=review,
            number=str(n + 1),
            text=f"Improve matter {n + 1}.",
            timescale_words="Within six months",
            by=by,
        )
        for n in range(max(1, len(rows) // 10))
    ]
    for n, milestone in enumerate(rows):
        recommendation = asked[n % len(asked)]
        written = f"{review.short_name} – Rec {recommendation.number}"
        link_milestone(milestone=milestone, as_written=written, review=review, recommendation=recommendation, by=by)
        if n % 3 == 0:
            add_evidence(
                plan=plan, title=f"Evidence {n + 1}", kind="data", location="Shared drive", supports=[milestone], by=by
            )


def _live_through(cycle: int, cycles: int, milestones: list[Milestone], by: User) -> None:
    """An update and an edit of every milestone, in one operation.

    Rows and their history are written side by side, many at a time: one by one, as everywhere else, a hundred
    fortnights of three hundred milestones would take minutes, and it is reading them that is measured.
    `verify_history` finds no difference afterwards; a test sees to that.
    """
    with operating(by=by, name="make_scale_data") as running:
        as_at = timezone.localtime(running.recorded_at).date()
        updates = [
            ProgressUpdate(
                plan_id=milestone.plan_id,
                milestone=milestone,
                as_at=as_at,
                update_month=f"{as_at:%Y-%m}",
                declared_status=STATUSES[number % len(STATUSES)] if cycle == cycles - 1 else "on_track",
                note=NOTE.format(cycle=cycle + 1, number=number + 1, share=100 * (cycle + 1) // cycles),
                entered_at=running.recorded_at,
                entered_by=by,
            )
            for number, milestone in enumerate(milestones)
        ]
        for milestone in milestones:
            milestone.version += 1
        labels = {"default_user": by, "default_change_reason": REASON, "default_date": running.recorded_at}
        ProgressUpdate._base_manager.bulk_create(updates)
        ProgressUpdate.history.bulk_history_create(updates, **labels)
        Milestone._base_manager.bulk_update(milestones, ["version"])
        Milestone.history.bulk_history_create(milestones, update=True, **labels)
        running.wrote |= {ProgressUpdate.history.model, Milestone.history.model}
