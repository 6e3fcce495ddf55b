"""Big plans with a long history, for the benchmarks. In a database of its own."""

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.history import newest_instant, operating, recorded_clock
from accounts.models import Person, User
from accounts.operations import add_person, installation_council
from indicators.models import Indicator, Measurement
from indicators.operations import (
    add_indicator,
    note_process_change,
    record_benchmark,
    set_outcomes,
    set_target,
    write_commentary,
)
from indicators.periods import Period, latest_due
from indicators.terms import Comparator, Frequency
from indicators.values import round_half_up
from milestones.evidence_operations import add_evidence
from milestones.models import Milestone, ProgressUpdate
from milestones.operations import add_milestone, link_milestone
from plans.commands import PlainCommand
from plans.models import Outcome, Plan, Theme
from plans.operations import add_action, add_outcome, add_recommendation, add_review, add_theme, start_plan
from plans.recommendation_operations import answer_review

THEMES = 5
MILESTONES_OF_AN_ACTION = 4
CYCLE_DAYS = 14
MONTHS = 36
LAG_DAYS = 10
REASON = "Made for measuring"
STATUSES = ("on_track", "on_track", "off_track", "achieved", "not_achieved", "on_track")
NOTE = (
    "Fortnight {cycle} of step {number}: {share}% of the work is done. The team met, went through what is left and "
    "agreed who does it by when; two questions are with the partners, and the answer to one of them is in."
)


class Command(PlainCommand):
    help = (
        "Makes plans of a given size for the benchmarks: each milestone gets an update and an edit in every cycle, "
        "each indicator a figure for every month."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plans", metavar="N", type=_count, required=True, help="how many plans")
        parser.add_argument("--milestones", metavar="N", type=_count, required=True, help="milestones of each plan")
        parser.add_argument("--cycles", metavar="N", type=_count, required=True, help="fortnights of history")
        parser.add_argument(
            "--indicators",
            metavar="N",
            type=_count,
            default=0,
            help="indicators of each plan, with 36 months of figures (none if left out)",
        )

    def handle(self, *args: Any, plans: int, milestones: int, cycles: int, indicators: int = 0, **options: Any) -> None:
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
                made.append(_start(f"scale-{number + 1}", anchor, milestones, indicators, by))
        for cycle in range(cycles):
            day = anchor + timedelta(days=CYCLE_DAYS * cycle)
            for number, scale in enumerate(made):
                at = timezone.make_aware(datetime.combine(day, time(9))) + timedelta(minutes=number)
                with recorded_clock(at):
                    _live_through(cycle, cycles, scale, by)
        figures = f" and {plans * indicators * MONTHS} figures" if indicators else ""
        self.stdout.write(
            f"Made {plans} plans of {milestones} milestones, with {plans * milestones * cycles} progress updates"
            f"{figures}: " + ", ".join(f"scale-{number + 1}" for number in range(plans))
        )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a whole number from 1")
    return int(text)


@dataclass
class _Scale:
    """What a plan was made with, and the months whose figures it still waits for."""

    milestones: list[Milestone] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    months: list[Period] = field(default_factory=list)


def _start(slug: str, anchor: date, milestones: int, indicators: int, by: User) -> _Scale:
    """A plan with its themes, actions, milestones and indicators, in one operation."""
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
        scale = _Scale(rows)
        if indicators:
            # Every one of these months comes in within the cycles: the last begins a fortnight ago.
            last = latest_due(Frequency.MONTHLY, LAG_DAYS, timezone.localdate() - timedelta(days=CYCLE_DAYS))
            scale.months = [last.step(-n) for n in reversed(range(MONTHS))]
            scale.indicators = [
                _add_indicator(plan, themes[n % THEMES], n, scale.months, by) for n in range(indicators)
            ]
    return scale


def _add_indicator(plan: Plan, theme: Theme, n: int, months: list[Period], by: User) -> Indicator:
    """One with a target that was raised; every third has a benchmark, every fifth a commentary, every tenth a change
    of its process."""
    indicator = add_indicator(
        plan=plan,
        code=f"{plan.slug}-{n + 1}",
        title=f"Share number {n + 1} of the visits that were made in time",
        definition="Of the visits due in the period, the share made in the time that the procedure sets.",
        unit="percent",
        polarity="high" if n % 4 else "low",
        frequency="monthly",
        shape="in_period",
        lag_days=LAG_DAYS,
        theme=theme,
        is_key=n % 10 == 0,
        by=by,
    )
    there: dict[str, Any] = {"plan": plan, "indicator": indicator, "by": by}
    set_outcomes(outcomes=list(Outcome.objects.filter(plan=plan).order_by("pk")[n % 20 : n % 20 + 1]), **there)
    for month, value in ((months[0], 80), (months[MONTHS // 2], 85)):
        set_target(from_on=month.starts_on, value=value, tolerance=5, **there)
    if n % 3 == 0:
        for comparator in (Comparator.NEIGHBOURS, Comparator.ENGLAND):
            record_benchmark(starts_on=months[-3].starts_on, comparator=comparator.value, value=82, **there)
    if n % 5 == 0:
        write_commentary(starts_on=months[-1].starts_on, text="Two teams are short of workers.", **there)
    if n % 10 == 0:
        note_process_change(from_on=months[-14].starts_on, reason="Another way to record", **there)
    return indicator


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


def _live_through(cycle: int, cycles: int, scale: _Scale, by: User) -> None:
    """An update and an edit of every milestone, and the figures that have come in, in one operation.

    Rows and their history are written side by side, many at a time: one by one, as everywhere else, a hundred
    fortnights of three hundred milestones would take minutes, and it is reading them that is measured.
    `verify_history` finds no difference afterwards; a test sees to that.
    """
    milestones = scale.milestones
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
        come_in = [month for month in scale.months if month.ends_on + timedelta(days=LAG_DAYS) <= as_at]
        if come_in:
            scale.months = scale.months[len(come_in) :]
            figures = [
                _figure(indicator, number, month, running.recorded_at, by)
                for month in come_in
                for number, indicator in enumerate(scale.indicators)
            ]
            Measurement._base_manager.bulk_create(figures)
            Measurement.history.bulk_history_create(figures, **labels)
            running.wrote.add(Measurement.history.model)


def _figure(indicator: Indicator, number: int, month: Period, at: datetime, by: User) -> Measurement:
    """The figure of a month: it wanders by a few points, differently for each indicator."""
    denominator = 180 + (number * 37 + month.starts_on.month * 11) % 90
    numerator = denominator * (78 + (number * 7 + month.starts_on.month * 5 + month.starts_on.year * 3) % 15) // 100
    return Measurement(
        indicator=indicator,
        starts_on=month.starts_on,
        numerator=Decimal(numerator),
        denominator=Decimal(denominator),
        value=round_half_up(Decimal(100 * numerator) / denominator, 6),
        entered_at=at,
        entered_by=by,
    )
