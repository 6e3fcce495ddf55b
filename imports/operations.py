"""Everything that an import changes: the preview, the import itself and its undoing."""

import hashlib
from collections.abc import Container
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import current_instant, operation
from accounts.models import Person
from accounts.operations import add_person, the_council
from milestones.models import Milestone
from milestones.operations import (
    add_milestone,
    add_supporting_lead,
    change_due_date,
    edit_milestone,
    link_milestone,
    record_update,
    withdraw_milestone,
)
from plans.childdata import looks_like_a_child
from plans.cycles import monday_of
from plans.models import Action, Outcome, Plan, Recommendation, Review, Theme
from plans.operations import (
    add_action,
    add_outcome,
    add_recommendation,
    add_review,
    add_theme,
    edit_action,
    edit_outcome,
    link_action,
    start_plan,
    start_plan_once,
)
from plans.overrides import Override, note_override
from plans.schemes import Scheme

from .comparing import compare
from .comparison import ComparedAction, ComparedLink, ComparedMilestone, Comparison
from .models import Import
from .policies import check_as_at, check_can_discard, check_can_import, check_can_preview, check_can_undo
from .present import Present, present_in, present_in_new_plan
from .readers.table import PlanTable
from .starting import fitting_scheme, plan_title_of
from .undoing import changed_since, take_back, take_plan_back


class ImportRefused(ValidationError):
    """The file cannot be written as it is: `comparison` has the problems, one sentence each."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        super().__init__([f"{problem.where}: {problem.message}".removeprefix(": ") for problem in comparison.problems])


class LooksLikeAChild(ValidationError):
    """The file holds words that look as if they tell who a child is, and nobody has said that they do not."""

    def __init__(self) -> None:
        super().__init__("Some words look as if they tell who a child is. Take them out of the file, or tick the box.")


class PlanMoved(ValidationError):
    """The plan is no longer as the preview showed it."""

    def __init__(self) -> None:
        super().__init__("The plan has changed since this preview. Look at it again before you import.")


def sha256_of(data: bytes) -> str:
    """What a file is known by when it comes again."""
    return hashlib.sha256(data).hexdigest()


def keep_preview(*, plan: Plan, table: PlanTable, file_name: str, sha256: str, as_at: date, by: Any) -> Import:
    """Keeps a file that was read until somebody confirms it. Not an operation: nothing of the plan is written."""
    check_can_preview(by, plan)
    check_as_at(as_at)
    stored = table.to_json()
    check_storable([stored, file_name])
    return Import.objects.create(plan=plan, table=stored, file_name=file_name[-255:], sha256=sha256, as_at=as_at, by=by)


def discard_preview(*, import_: Import, by: Any) -> None:
    """Forgets a file that nobody wants imported: one's own, or any for whoever imports into the plan. Raises
    PermissionDenied, and ValidationError where it was imported already."""
    check_can_discard(by, import_)
    rows = Import.objects.filter(pk=import_.pk)
    deleted, _ = rows.filter(state=Import.State.PREVIEWED).delete()
    if not deleted and rows.exists():
        raise ValidationError(f"{import_.file_name} was imported already.")


def comparison_of(import_: Import, accept: Container[str] = frozenset()) -> Comparison:
    """What the import would do to its plan as it is now."""
    return compare(
        PlanTable.from_json(import_.table),
        present_in(import_.plan),
        as_at=import_.as_at,
        is_same_file=was_imported(import_.plan, import_.sha256),
        accept=accept,
    )


def was_imported(plan: Plan, sha256: str) -> bool:
    """Whether this very file was imported into the plan, and not undone."""
    return Import.objects.filter(plan=plan, sha256=sha256, state=Import.State.APPLIED).exists()


@operation
def apply_import(
    *,
    import_: Import,
    accept: Container[str] = frozenset(),
    seen: str = "",
    tells_of_no_child: bool = False,
    by: Any,
) -> Comparison:
    """Writes what the file says into its plan and tells what was done.

    `accept` holds the keys of the differences to take from the file. `seen` is the fingerprint of the comparison that
    was shown; PlanMoved is raised where there is another one now. ImportRefused is raised where there are problems,
    LooksLikeAChild where words look so, unless `by` says with `tells_of_no_child` that they do not; that is recorded.
    A file that changes nothing is forgotten, and leaves no trace.
    """
    _read_again(import_)
    check_can_import(by, import_.plan)
    if import_.state != Import.State.PREVIEWED:
        raise ValidationError("This file was imported already.")
    if seen and comparison_of(import_).fingerprint != seen:
        raise PlanMoved
    present = present_in(import_.plan)
    comparison = compare(
        PlanTable.from_json(import_.table),
        present,
        as_at=import_.as_at,
        is_same_file=was_imported(import_.plan, import_.sha256),
        accept=accept,
    )
    if comparison.problems:
        raise ImportRefused(comparison)
    child_words = [each for each in comparison.child_words if each.is_written]
    if child_words and not tells_of_no_child:
        raise LooksLikeAChild
    if not comparison.changes_something:
        import_.delete()
        return comparison
    _Applying(import_.plan, comparison, present, reason=f"Import of {import_.file_name}", by=by).apply()
    if child_words:
        places = dict.fromkeys(each.what for each in child_words)
        kinds = dict.fromkeys(each.words.kind for each in child_words)
        where = f"Import of {import_.file_name[-80:]}: {'; '.join(places)}"
        note_override(Override(where, ", ".join(kinds), import_.plan), by=by)
    import_.state, import_.applied_at = Import.State.APPLIED, current_instant()
    import_.result = comparison.to_json()
    import_.save()
    return comparison


@operation
def import_table(
    *,
    plan: Plan,
    table: PlanTable,
    file_name: str,
    sha256: str,
    as_at: date,
    accept: Container[str] = frozenset(),
    by: Any,
) -> Comparison:
    """Imports a file without a preview in between. Raises as `apply_import` does.

    There is nobody to ask, so words that look as if they tell who a child is are written, and that `by` did so is
    recorded.
    """
    import_ = keep_preview(plan=plan, table=table, file_name=file_name, sha256=sha256, as_at=as_at, by=by)
    return apply_import(import_=import_, accept=accept, tells_of_no_child=True, by=by)


@operation
def start_plan_from_table(
    *, title: str, slug: str, table: PlanTable, file_name: str, sha256: str, as_at: date, by: Any
) -> Comparison:
    """Starts a plan and imports a file into it: both or neither. Its first cycle begins on `as_at`."""
    plan = start_plan(title=title, slug=slug, cycle_anchor=as_at, reason=f"Import of {file_name}", by=by)
    return import_table(plan=plan, table=table, file_name=file_name, sha256=sha256, as_at=as_at, by=by)


@operation
def start_plan_to_import(
    *,
    table: PlanTable,
    file_name: str,
    sha256: str,
    as_at: date,
    title: str = "",
    scheme: Scheme | None = None,
    council_name: str = "",
    by: Any,
) -> Import:
    """Starts a plan and keeps the preview of the table that it will be made of: both or neither. Nothing of the table
    is written.

    Without a title or a key the plan gets those of the table. Its cycles begin on Mondays. ImportRefused is raised
    where the table could not be imported as it is, ValidationError where nobody says what the plan is called.
    """
    title, scheme = title or _title_above(table), scheme or fitting_scheme(table)
    comparison = compare(table, present_in_new_plan(title[:100], scheme, the_council()), as_at=as_at)
    if comparison.problems:
        raise ImportRefused(comparison)
    plan = start_plan_once(
        title=title,
        scheme=scheme,
        cycle_anchor=monday_of(as_at),
        council_name=council_name,
        reason=_started_for(file_name),
        by=by,
    )
    return keep_preview(plan=plan, table=table, file_name=file_name, sha256=sha256, as_at=as_at, by=by)


def _title_above(table: PlanTable) -> str:
    """The title that stands above the table. Nobody has looked at it, so ValidationError is raised where it could tell
    who a child is, as where there is none."""
    title = plan_title_of(table)
    if not title:
        raise ValidationError({"title": "No title stands above the table. Enter the title of the plan."})
    if looks_like_a_child(title):
        raise ValidationError(
            {"title": "The title above the table looks as if it tells who a child is. Enter the title of the plan."}
        )
    return title


def _started_for(file_name: str) -> str:
    return f"Started for the import of {file_name[-255:]}"


def _beginning(plan: Plan) -> Any:
    """The first version of the plan, which says when it was started, and why."""
    return plan.history.filter(history_type="+").get()


def _is_what_started(import_: Import) -> bool:
    """Whether the plan was started for this very import: it is the first one of the plan."""
    is_first = not Import.objects.filter(plan=import_.plan, pk__lt=import_.pk).exists()
    return is_first and _beginning(import_.plan).history_change_reason == _started_for(import_.file_name)


def plan_waits_for(import_: Import) -> bool:
    """Whether the plan was started for this very import and nothing has been imported into it yet."""
    is_unused = not Import.objects.filter(plan=import_.plan, applied_at__isnull=False).exists()
    return is_unused and _is_what_started(import_)


@operation
def discard_with_plan(*, import_: Import, by: Any) -> bool:
    """Forgets the preview for which a plan was started, and the plan with it; False, and nothing done, where something
    else has joined the plan since. Raises as `discard_preview` does."""
    _read_again(import_)
    check_can_import(by, import_.plan)
    reason = f"{import_.file_name} was not imported"
    return take_plan_back(import_, started_at=_beginning(import_.plan).history_date, reason=reason, by=by)


@operation
def undo_import(*, import_: Import, by: Any) -> None:
    """Takes an import back; the history keeps both. A plan that it started goes too, unless others have joined it.

    Raises ValidationError with a sentence for each thing that has changed since, or where a paper was made since.
    """
    _read_again(import_)
    check_can_undo(by, import_)
    if changes := changed_since(import_):
        raise ValidationError(changes)
    reason = f"Import of {import_.file_name} undone"
    take_back(import_, reason=reason, by=by)
    if import_.pk is not None and _is_what_started(import_):
        take_plan_back(import_, started_at=_beginning(import_.plan).history_date, reason=reason, by=by)
    if import_.pk is not None:
        import_.state, import_.undone_at = Import.State.UNDONE, current_instant()
        import_.save()


def _read_again(import_: Import) -> None:
    """What the import and its plan are now: somebody else may have got here first."""
    try:
        import_.refresh_from_db()
    except Import.DoesNotExist as error:
        raise ValidationError("Somebody has thrown this file away. Nothing was changed.") from error


def reasons_against_undo(import_: Import, by: Any) -> list[str]:
    """Why the import cannot be undone by this person now; none where it can."""
    try:
        check_can_undo(by, import_)
    except PermissionDenied as error:
        return [str(error)]
    except ValidationError as error:
        return error.messages
    return changed_since(import_)


def check_storable(value: Any) -> None:
    """Raises ValidationError for the characters that PostgreSQL refuses. The readers let none of them through."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("The file holds characters that cannot be kept. Save it as UTF-8 and try again.")
    elif isinstance(value, dict):
        check_storable(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            check_storable(each)


class _Applying:
    """A comparison being written, row by row, through the operations of plans and milestones."""

    def __init__(self, plan: Plan, comparison: Comparison, present: Present, *, reason: str, by: Any) -> None:
        self.plan, self.comparison, self.present = plan, comparison, present
        self.label = {"reason": reason, "by": by}
        self.people: dict[str, Person] = {}
        self.reviews: dict[str, Review] = {}
        self.recommendations: dict[tuple[str, str], Recommendation] = {}
        self.actions = {row.pk: row for row in present.actions}
        self.milestones = {row.pk: row for row in present.milestones}

    def apply(self) -> None:
        self._name_all()
        themes = {row.pk: row for row in self.present.themes}
        for theme in self.comparison.themes:
            if theme.present is not None:
                row: Theme | None = themes[theme.present]
            elif theme.is_needed:
                row = add_theme(plan=self.plan, name=theme.name, **self.label)
            else:
                row = None
            for action in theme.actions:
                self._action(action, row)

    def _name_all(self) -> None:
        people = {row.pk: row for row in self.present.people}
        for key, person in self.comparison.people.items():
            if person.present is None:
                self.people[key] = add_person(name=person.name, organisation=self.plan.council, **self.label)
            else:
                self.people[key] = people[person.present]
        reviews = {row.pk: row for row in self.present.reviews}
        for key, review in self.comparison.reviews.items():
            if review.present is None:
                self.reviews[key] = add_review(council=self.plan.council, short_name=review.name, **self.label)
            else:
                self.reviews[key] = reviews[review.present]
        recommendations = {row.pk: row for row in self.present.recommendations}
        for target, cited in self.comparison.recommendations.items():
            if cited.present is None:
                review_row = self.reviews[target[0]]
                self.recommendations[target] = add_recommendation(review=review_row, number=cited.name, **self.label)
            else:
                self.recommendations[target] = recommendations[cited.present]

    def _action(self, compared: ComparedAction, theme: Theme | None) -> None:
        if compared.present is not None:
            action = self.actions[compared.present]
            if compared.changes:
                edit_action(action=action, **dict(compared.changes), **self.label)
        else:
            assert theme is not None  # a theme with a new action is needed
            action = add_action(theme=theme, ref=compared.read.ref, text=compared.read.text, **self.label)
        self._outcomes(compared, action)
        for link in compared.links:
            link_action(action=action, **self._targets(link), **self.label)
        for milestone in compared.milestones:
            self._milestone(milestone, action)

    def _outcomes(self, compared: ComparedAction, action: Action) -> None:
        held: dict[int, Outcome] = {row.pk: row for row in self.present.outcomes.get(action.pk, ())}
        for key, text in compared.outcome_edits:
            edit_outcome(outcome=held[key], text=text, **self.label)
        for text in compared.outcomes:
            add_outcome(action=action, text=text, **self.label)

    def _milestone(self, compared: ComparedMilestone, action: Action) -> None:
        if compared.present is not None:
            milestone = self.milestones[compared.present]
            self._change(compared, milestone)
        else:
            milestone = self._new_milestone(compared, action)
        for key in compared.supporting:
            add_supporting_lead(milestone=milestone, person=self.people[key], **self.label)
        for link in compared.links:
            link_milestone(milestone=milestone, **self._targets(link), **self.label)
        if compared.update is not None:
            record_update(
                milestone=milestone,
                declared_status=compared.update.declared_status,
                note=compared.update.note,
                as_at=compared.update.as_at,
                update_month=compared.update.update_month,
                support_required=bool(compared.update.support_text),
                support_text=compared.update.support_text,
                **self.label,
            )
        if compared.withdrawn_on is not None:
            why = compared.read.note or self.label["reason"]
            withdraw_milestone(milestone=milestone, withdrawn_on=compared.withdrawn_on, reason=why, by=self.label["by"])

    def _new_milestone(self, compared: ComparedMilestone, action: Action) -> Milestone:
        read = compared.read
        details: dict[str, Any] = {}
        if read.baseline_due_on:
            details["baseline_due_on"] = read.baseline_due_on
        return add_milestone(
            action=action,
            ref=read.ref,
            text=read.text,
            start_on=compared.start_on,
            due_on=read.due_on,
            due_words=read.due_words.strip(),
            lead=self.people[compared.lead] if compared.lead else None,
            lead_role=read.lead.role.strip() if compared.lead and read.lead else "",
            **details,
            **self.label,
        )

    def _change(self, compared: ComparedMilestone, milestone: Milestone) -> None:
        """The accepted changes. The due date moves first where the new start is after the old one."""
        changes = dict(compared.changes)
        due_on = changes.pop("due_on", None)
        if "lead" in changes:
            changes["lead"] = self.people[changes["lead"]]
        moves_first = due_on is not None and (milestone.start_on is None or milestone.start_on <= due_on)
        if moves_first:
            change_due_date(milestone=milestone, to_on=due_on, agreed_on=compared.due_agreed_on, **self.label)
        if changes:
            edit_milestone(milestone=milestone, **changes, **self.label)
        if due_on is not None and not moves_first:
            change_due_date(milestone=milestone, to_on=due_on, agreed_on=compared.due_agreed_on, **self.label)

    def _targets(self, link: ComparedLink) -> dict[str, Any]:
        return {
            "as_written": link.as_written,
            "review": self.reviews[link.review] if link.review else None,
            "recommendation": self.recommendations[link.recommendation] if link.recommendation else None,
        }
