"""The budgets of Waymark, measured as ratios in one run on one machine (docs/commands.md).

    python benchmarks/run.py [--milestones 300] [--cycles 100] [--indicators 200] [--runs 15]

Pages are asked for in this process, over an SQLite database of its own in a temporary folder; DATABASE_URL in the
environment names another, empty one. What is compared is measured in turn, and medians are compared, so a busy moment
falls on both. Prints a table with a verdict on each line; exit 1 when a budget is broken.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

EDITORS = 20
UPDATES_OF_AN_EDITOR = 5
MORE_ROWS = 40


@dataclass(frozen=True)
class Line:
    """One budget: what was measured against what, what came out and what is allowed."""

    what: str
    measured: str
    budget: str
    is_kept: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milestones", type=int, default=300, metavar="N")
    parser.add_argument("--cycles", type=int, default=100, metavar="N", help="updates, and edits, of each milestone")
    parser.add_argument("--indicators", type=int, default=200, metavar="N", help="each with 36 months of figures")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="how often each thing is measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/waymark.sqlite3")
        os.environ["WAYMARK_ENV"] = "development"
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        lines = measure(options)
    print_table(lines)
    return 0 if all(line.is_kept for line in lines) else 1


def measure(options: argparse.Namespace) -> list[Line]:
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    call_command(
        "make_scale_data",
        plans=1,
        milestones=options.milestones,
        cycles=options.cycles,
        indicators=options.indicators,
    )
    print(f"in {time.perf_counter() - started:.0f} s, on {connections['default'].vendor}.\n", flush=True)
    bench = Bench(options.runs)
    lines = [*bench.times(), *bench.queries(), *bench.editors()]
    connections.close_all()
    return lines


class Bench:
    """A plan, its manager and somebody who sees no plan, and what is measured with them."""

    def __init__(self, runs: int) -> None:
        from django.utils import timezone

        from accounts.models import User
        from plans.models import Plan

        self.runs = runs
        self.plan = Plan.objects.get(slug="scale-1")
        self.manager = User.objects.get(email="measure@council.example")
        self.nobody = User.objects.create_user("nobody@council.example")
        self.client = signed_in(self.manager)
        self.empty_client = signed_in(self.nobody)
        self.today = timezone.localdate()

    # --- Time ---

    def times(self) -> list[Line]:
        from accounts.history import newest_instant
        from plans.operations import edit_plan

        # One edit later, so that the recorded instant asked for lies in the past.
        recorded_at = newest_instant()
        edit_plan(plan=self.plan, title="Plan of a later day", reason="Renamed", by=self.manager)
        seconds = medians(
            self.runs,
            empty=lambda: self.get_empty_page(),
            plan_page_anew=lambda: self.anew(lambda: self.get("")),
            plan_page=lambda: self.get(""),
            milestone_list=lambda: self.get("milestones/"),
            fortnight=lambda: self.get("cycle/"),
            changes=lambda: self.get("changes/"),
            course=lambda: self.get("course/"),
            scorecard_anew=lambda: self.anew(lambda: self.get("indicators/")),
            scorecard=lambda: self.get("indicators/"),
            recommendations=lambda: self.get("recommendations/"),
            coverage=lambda: self.get("recommendations/coverage/"),
            past_page=lambda: self.get(f"?as_at={self.today:%Y-%m-%d}&recorded_at={recorded_at:%Y-%m-%dT%H:%M:%S.%f}Z"),
            position_now=lambda: self.anew(lambda: self.position(None)),
            position_then=lambda: self.position(recorded_at),
            update=self.update_once(),
        )
        for name, value in seconds.items():
            print(f"{name:<19}{value * 1000:8.1f} ms")
        print()
        return [
            ratio("plan page, first after a write : empty page", seconds["plan_page_anew"], seconds["empty"], 8),
            ratio("plan page, until the next write : empty page", seconds["plan_page"], seconds["empty"], 8),
            ratio("scorecard, first after a write : empty page", seconds["scorecard_anew"], seconds["empty"], 60),
            ratio("scorecard, until the next write : empty page", seconds["scorecard"], seconds["empty"], 25),
            ratio("recorded position : position now", seconds["position_then"], seconds["position_now"], 1.5),
            ratio("update, post to redirect : empty page", seconds["update"], seconds["empty"], 2),
        ]

    def anew(self, thing: Callable[[], Any]) -> float:
        """The seconds of something that finds nothing kept from before (accounts/reading.py)."""
        from accounts.reading import forget_readings

        forget_readings()
        started = time.perf_counter()
        thing()
        return time.perf_counter() - started

    def get(self, rest: str) -> None:
        response = self.client.get(f"/plans/{self.plan.slug}/{rest}")
        assert response.status_code == 200, response.status_code

    def get_empty_page(self) -> None:
        response = self.empty_client.get("/plans/")
        assert response.status_code == 200, response.status_code

    def position(self, recorded_at: Any) -> Any:
        from reports.position import plan_position

        return plan_position(self.plan, self.today, recorded_at)

    def update_once(self) -> Callable[[], float]:
        """Measures the post alone: what the form was opened with is looked up before the clock starts."""
        milestone = self.plan.milestones.order_by("pk").first()
        return lambda: post_update(self.client, milestone, f"Measured at {time.monotonic_ns()}.", self.today)[1]

    # --- Queries ---

    def queries(self) -> list[Line]:
        """Counted with rows of every kind, then counted again with many more of each."""
        asked: dict[str, tuple[Callable[[], Any], int]] = {
            "queries of the plan page": (lambda: self.get(""), 30),
            "queries of the fortnight": (lambda: self.get("cycle/"), 30),
            "queries of the changes": (lambda: self.get("changes/"), 60),
            "queries of one’s own updates": (lambda: self.get("my-updates/"), 30),
            "queries of the milestone list": (lambda: self.get("milestones/"), 30),
            "queries of the scorecard": (lambda: self.get("indicators/"), 30),
            "queries of the scorecard’s paper": (self.scorecard_paper, 30),
            "queries of the recommendations": (lambda: self.get("recommendations/"), 30),
            "queries of the coverage": (lambda: self.get("recommendations/coverage/"), 30),
            "queries of the appendix": (self.appendix, 30),
            "queries of the position at a recorded instant": (self.recorded_position, 55),
        }
        self.add_rows("First", 1)
        before = {name: count_queries(lambda ask=ask: self.anew(ask)) for name, (ask, _) in asked.items()}
        self.add_rows("More", MORE_ROWS)
        lines = []
        for name, (ask, most) in asked.items():
            after = count_queries(lambda ask=ask: self.anew(ask))
            lines.append(
                Line(
                    name,
                    f"{before[name]}, {after} with more rows",
                    f"the same, at most {most}",
                    before[name] == after <= most,
                )
            )
        return lines

    def appendix(self) -> None:
        from reports.papers import Order, make_paper

        make_paper("milestones", "html", self.position(None), Order())

    def scorecard_paper(self) -> None:
        from reports.papers import Order, make_paper

        make_paper("indicators", "html", self.position(None), Order())

    def recorded_position(self) -> None:
        from accounts.history import newest_instant

        self.position(newest_instant())

    def add_rows(self, label: str, count: int) -> None:
        from accounts.history import operating
        from accounts.operations import add_organisation, add_person
        from indicators.figure_operations import NewFigure, record_measurements
        from indicators.operations import (
            add_indicator,
            note_process_change,
            record_benchmark,
            set_outcomes,
            set_target,
            write_commentary,
        )
        from milestones.operations import add_milestone, add_supporting_lead, change_due_date, link_milestone
        from plans.operations import (
            add_action,
            add_outcome,
            add_recommendation,
            add_review,
            add_theme,
            link_action,
        )

        by = self.manager
        with operating(by=by, name="benchmark"):
            for number in (f"{label} {n}" for n in range(count)):
                theme = add_theme(plan=self.plan, name=f"Further theme {number}", by=by)
                action = add_action(theme=theme, ref=f"A{number}", text="Another change.", by=by)
                outcome = add_outcome(action=action, text="Another difference.", by=by)
                trust = add_organisation(name=f"Trust {number}", kind="nhs", by=by)
                person, helper = (add_person(name=f"Nurse {n} {number}", organisation=trust, by=by) for n in "AB")
                review = add_review(council=self.plan.council, short_name=f"Review {number}", by=by)
                asked = add_recommendation(review=review, number="1", text="Improve.", by=by)
                milestone = add_milestone(
                    action=action, ref=f"A{number}.1", text="Another step.", due_on=self.today, lead=person, by=by
                )
                add_supporting_lead(milestone=milestone, person=helper, by=by)
                link_action(action=action, as_written="Review", review=review, by=by)
                link_milestone(milestone=milestone, as_written="Rec 1", review=review, recommendation=asked, by=by)
                change_due_date(milestone=milestone, to_on=self.today + timedelta(days=365), reason="Late.", by=by)
                indicator = add_indicator(
                    plan=self.plan,
                    code=f"A{number}",
                    title="Another share.",
                    unit="percent",
                    polarity="high",
                    frequency="monthly",
                    shape="in_period",
                    theme=theme,
                    owner=helper,
                    by=by,
                )
                month = indicator.period_of(self.today - timedelta(days=60))
                there: dict[str, Any] = {"plan": self.plan, "indicator": indicator, "by": by}
                set_outcomes(outcomes=[outcome], **there)
                set_target(from_on=month.starts_on, value=90, **there)
                note_process_change(from_on=month.starts_on, reason="Another way to count", **there)
                record_benchmark(starts_on=month.starts_on, comparator="england", value=80, **there)
                write_commentary(starts_on=month.starts_on, text="Low.", action_lead=person, **there)
                figure = NewFigure(indicator, month.starts_on, value=Decimal(70))
                record_measurements(plan=self.plan, figures=[figure], by=by)

    # --- Many at once ---

    def editors(self) -> list[Line]:
        """Everybody saves at the same moment, again and again; what was acknowledged has to be there."""
        from accounts.models import User
        from milestones.models import ProgressUpdate
        from plans.operations import give_role

        milestones = list(self.plan.milestones.order_by("pk")[:EDITORS])
        users = []
        for number in range(EDITORS):
            user = User.objects.create_user(f"editor{number}@council.example")
            give_role(plan=self.plan, user=user, role="manager", by=self.manager)
            users.append(user)
        clients = [signed_in(user) for user in users]
        start = threading.Barrier(EDITORS)
        acknowledged: list[str] = []
        refused: list[str] = []

        def edit(number: int) -> None:
            from django.db import connection

            start.wait()
            for step in range(UPDATES_OF_AN_EDITOR):
                note = f"Editor {number}, update {step}."
                try:
                    status, _ = post_update(clients[number], milestones[number], note, self.today, look=False)
                    (acknowledged if status == 302 else refused).append(note if status == 302 else f"status {status}")
                except Exception as error:
                    refused.append(f"{type(error).__name__}: {error}")
            connection.close()

        threads = [threading.Thread(target=edit, args=(number,)) for number in range(EDITORS)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - started
        kept = set(ProgressUpdate.objects.filter(note__startswith="Editor ").values_list("note", flat=True))
        lost = [note for note in acknowledged if note not in kept]
        wanted = EDITORS * UPDATES_OF_AN_EDITOR
        for reason in sorted(set(refused)):
            print(f"refused: {reason}")
        return [
            Line(
                f"{EDITORS} editors at once, {wanted} updates in {took:.1f} s",
                f"{len(acknowledged)} saved, {len(refused)} refused, {len(lost)} lost",
                "none refused, none lost",
                len(acknowledged) == wanted and not lost,
            )
        ]


def signed_in(user: Any) -> Any:
    """A client of this user. An error in a view comes out here instead of as a page."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def post_update(client: Any, milestone: Any, note: str, today: Any, *, look: bool = True) -> tuple[int, float]:
    """Sends the update form as a browser does; gives the status of the answer and the seconds it took."""
    from milestones.models import ProgressUpdate

    newest = ProgressUpdate.objects.filter(milestone=milestone).order_by("-pk").values_list("pk", flat=True).first()
    data = {
        "declared_status": "on_track",
        "note": note,
        "as_at": f"{today:%d/%m/%Y}",
        "last_seen": newest or "",
    }
    started = time.perf_counter()
    response = client.post(f"/plans/{milestone.plan.slug}/milestones/{milestone.address}/update/", data)
    seconds = time.perf_counter() - started
    if look:
        assert response.status_code == 302, response.content.decode()
    return response.status_code, seconds


def medians(runs: int, **things: Callable[[], Any]) -> dict[str, float]:
    """The median seconds of each thing, measured in turn after one round that does not count. A thing that returns a
    number of seconds has measured itself."""
    found: dict[str, list[float]] = {name: [] for name in things}
    for run in range(runs + 1):
        for name, thing in things.items():
            started = time.perf_counter()
            own = thing()
            seconds = time.perf_counter() - started
            if run:
                found[name].append(own if isinstance(own, float) else seconds)
    return {name: statistics.median(values) for name, values in found.items()}


def ratio(what: str, one: float, other: float, most: float) -> Line:
    return Line(what, f"{one / other:.2f}", f"at most {most}", one / other <= most)


def count_queries(thing: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        thing()
    return len(captured)


def print_table(lines: list[Line]) -> None:
    wide = max(len(line.what) for line in lines)
    middle = max(len(line.measured) for line in lines)
    for line in lines:
        verdict = "kept" if line.is_kept else "BROKEN"
        print(f"{line.what:<{wide}}  {line.measured:<{middle}}  {verdict:<6}  budget: {line.budget}")


if __name__ == "__main__":
    sys.exit(main())
