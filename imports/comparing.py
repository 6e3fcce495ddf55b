"""Compares a file with a plan. No database and no clock: the preview and the import ask the same function."""

import calendar
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from milestones.models import Milestone, ProgressUpdate
from plans.models import Action, Recommendation, RecommendationLink, Review, Theme
from plans.schemes import DeclaredStatus

from .children import child_words
from .codes import finding
from .comparison import (
    KINDS,
    ComparedAction,
    ComparedLink,
    ComparedMilestone,
    ComparedTheme,
    ComparedUpdate,
    Comparison,
    Difference,
    Named,
)
from .keys import first_by, grouped_by, names_of, number_key, person_key, review_key, words
from .matching import Found, find_rows
from .present import Present
from .printed import OneOfEach, PrintedAction, PrintedTheme, longest, text_problems
from .readers.table import Month, PlanTable, ReadMilestone, ReadPerson, ReadReference
from .wording import action_name, day_words, milestone_name, month_words, person_name, quote

_DOUBTFUL = 5  # fewer milestones with other words may well have been reworded


def compare(
    table: PlanTable,
    present: Present,
    *,
    as_at: date,
    is_same_file: bool = False,
    accept: Container[str] = frozenset(),
) -> Comparison:
    """Compares a file as read with what the plan holds.

    `as_at` dates the notes that print no month and is the latest date of the others; `is_same_file` says that this
    very file was imported before; `accept` holds the keys of the differences to be taken from the file.
    """
    return _Comparing(table, present, as_at, is_same_file, accept).comparison()


def as_at_of(table: PlanTable, today: date) -> date:
    """The as-at date of a file that was given none: the end of its latest month, or today if that is earlier."""
    months = [
        milestone.update_month
        for theme in table.themes
        for action in theme.actions
        for milestone in action.milestones
        if milestone.update_month
    ]
    if table.report_month:
        months.append(table.report_month)
    return min(_last_day(max(months)), today) if months else today


def _last_day(month: Month) -> date:
    return date(*month, calendar.monthrange(*month)[1])


class _Comparing:
    """One comparison under way: what was found so far, and who and what is still to be named."""

    def __init__(
        self, table: PlanTable, present: Present, as_at: date, is_same_file: bool, accept: Container[str]
    ) -> None:
        self.table, self.present, self.as_at = table, present, as_at
        self.is_same_file, self.accept = is_same_file, accept
        self.decisions = [*table.decisions, *(guess for read in _milestones(table) for guess in read.guesses)]
        self.warnings = list(table.warnings)
        self.problems = list(table.problems)
        self.unnamed_leads = {each.where for each in table.warnings if each.code == "lead_not_named"}
        self.created, self.updated, self.unchanged = Counter[str](), Counter[str](), Counter[str]()

        self.people_present = grouped_by(present.people, lambda person: person_key(person.name))
        self.people: dict[str, Named] = {}
        self.people_seen: set[str] = set()
        self.reviews_present = first_by(present.reviews, lambda review: review_key(review.short_name))
        self.reviews: dict[str, Named] = {}
        self.review_keys = {review.pk: review_key(review.short_name) for review in present.reviews}
        # A review is also known by its other names, unless another one is called so.
        self.review_names = {
            review_key(name): review_key(review.short_name)
            for review in reversed(present.reviews)
            for name in names_of(review)
        } | {key: key for key in self.reviews_present}
        self.recommendations_present = first_by(
            present.recommendations, lambda row: (self.review_keys[row.review_id], number_key(row.number))
        )
        self.recommendations: dict[tuple[str, str], Named] = {}
        self.recommendations_seen: set[tuple[str, str]] = set()
        self.spellings = _spellings(table)

    def comparison(self) -> Comparison:
        printed = OneOfEach(self.table, self._theme_of_nameless())
        self.warnings += printed.warnings
        self.problems += [*text_problems(self.table), *printed.problems]
        found = find_rows(printed.themes, self.present)
        self._check_plan(printed.themes, found)
        compared = tuple(self._theme(theme, found) for theme in printed.themes)
        children = child_words(compared)
        for where, what in dict.fromkeys((each.where, each.what) for each in children):
            kinds = dict.fromkeys(each.words.kind for each in children if (each.where, each.what) == (where, what))
            message = f"{what}: some words look as if they tell who a child is ({', '.join(kinds)})."
            self._warn("looks_like_a_child", where, message)
        not_in_file = tuple(
            milestone_name(row.ref, row.text)
            for row in self.present.milestones
            if row.pk not in found.milestone_pks and row.archived_at is None and row.action.archived_at is None
        )
        if not_in_file and self.table.themes:  # a file that could not be read leaves nothing out
            self._decide("not_in_file", "", f"In the plan, not in this file and left alone: {'; '.join(not_in_file)}.")
        self.created["people"] = sum(person.present is None for person in self.people.values())
        self.unchanged["people"] = len(self.people_seen)
        self.created["recommendations"] = sum(row.present is None for row in self.recommendations.values())
        self.unchanged["recommendations"] = len(self.recommendations_seen)
        return Comparison(
            as_at=self.as_at,
            themes=compared,
            people=self.people,
            reviews=self.reviews,
            recommendations=self.recommendations,
            created={kind: self.created[kind] for kind in KINDS},
            updated={kind: self.updated[kind] for kind in KINDS},
            unchanged={kind: self.unchanged[kind] for kind in KINDS},
            not_in_file=not_in_file,
            decisions=tuple(self.decisions),
            warnings=tuple(dict.fromkeys(self.warnings)),
            problems=tuple(dict.fromkeys(self.problems)),
            child_words=children,
        )

    def _check_plan(self, themes: list[PrintedTheme], found: Found) -> None:
        """Doubts, first of all warnings, that the file is one of this plan: other plans number their milestones too."""
        printed = (read for theme in themes for action in theme.actions for read in action.milestones)
        pairs = [(read, found.milestone[id(read)]) for read in printed if read.ref and id(read) in found.milestone]
        same = [words(read.text) == words(row.text) for read, row in pairs if read.ref == row.ref]
        others = same.count(False)
        if others >= _DOUBTFUL and others > len(same) / 2:
            message = (
                "Most milestones of this file have other words than those with the same numbers in the plan. "
                "Is it the right plan?"
            )
            self.warnings.insert(0, finding("words_differ_in_most", "", message))

    def _decide(self, code: str, where: str, message: str) -> None:
        self.decisions.append(finding(code, where, message))

    def _warn(self, code: str, where: str, message: str) -> None:
        self.warnings.append(finding(code, where, message))

    def _theme_of_nameless(self) -> str:
        """What is printed without a theme belongs to the plan's only theme, else to one called like the plan."""
        themes = self.present.themes
        return words(themes[0].name if len(themes) == 1 else self.present.short_title)

    # What becomes of each.

    def _theme(self, theme: PrintedTheme, found: Found) -> ComparedTheme:
        row = found.theme[id(theme)]
        actions = tuple(self._action(action, theme, row, found) for action in theme.actions)
        # A theme of its own name is printed, and so wanted; the one without a name only holds what is new.
        is_needed = not theme.has_no_name or any(action.is_created for action in actions)
        compared = ComparedTheme(theme.name, theme.where, row.pk if row else None, is_needed, actions)
        if compared.is_created:
            self.created["themes"] += 1
        elif row is not None:
            self.unchanged["themes"] += 1
        if theme.has_no_name and any(action.is_created for action in actions):
            message = f"No theme is named; what is new is filed under “{theme.name}”."
            self._decide("theme_named_after_plan" if row is None else "theme_of_plan", theme.where, message)
        return compared

    def _action(self, printed: PrintedAction, theme: PrintedTheme, home: Theme | None, found: Found) -> ComparedAction:
        read, row = printed.read, found.action.get(id(printed))
        name = action_name(read.ref, read.text)
        outcomes = [text.strip() for text in first_by(printed.outcomes, words).values() if text.strip()]
        if row is not None and row.archived_at is not None:
            return self._archived_action(printed, row, name, found)
        links = self._links(
            printed.references, self.present.action_links.get(row.pk, ()) if row else (), read.where, name
        )
        milestones = tuple(self._milestone(each, found.milestone.get(id(each)), row) for each in printed.milestones)
        if row is None:
            self.created["actions"] += 1
            return ComparedAction(
                read=read,
                present=None,
                outcomes=tuple(outcomes),
                links=links,
                milestones=milestones,
            )
        if not theme.has_no_name and (home is None or row.theme_id != home.pk):
            message = f"{name} is printed under “{theme.name}”. It stays under its theme in the plan."
            self._warn("action_under_other_theme", read.where, message)
        differences = _Differences("action", row.pk, name, read.where, self.accept)
        differences.add("ref", "number", row.ref, read.ref)
        if words(row.text) != words(read.text):
            differences.add("text", "text", row.text, read.text)
        added, edits = self._outcomes(row, outcomes, differences)
        compared = ComparedAction(
            read=read,
            present=row.pk,
            outcomes=added,
            outcome_edits=edits,
            links=links,
            changes=tuple(differences.changes.items()),
            differences=tuple(differences.all),
            milestones=milestones,
        )
        (self.updated if compared.is_updated else self.unchanged)["actions"] += 1
        return compared

    def _archived_action(self, printed: PrintedAction, row: Action, name: str, found: Found) -> ComparedAction:
        """Nothing is written under an action that is in the archive; milestones the plan has elsewhere are compared."""
        message = f"{name} is in the archive. What is printed for it is left alone."
        self._warn("action_archived", printed.read.where, message)
        self.unchanged["actions"] += 1
        held = [(each, found.milestone[id(each)]) for each in printed.milestones if id(each) in found.milestone]
        milestones = tuple(self._milestone(each, milestone, row) for each, milestone in held)
        return ComparedAction(read=printed.read, present=row.pk, milestones=milestones)

    def _outcomes(
        self, row: Action, printed: list[str], differences: "_Differences"
    ) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...]]:
        """Outcomes that the plan lacks reword those that the file lacks, one by one; the rest are added."""
        held = self.present.outcomes.get(row.pk, [])
        if words("; ".join(printed)) == words("; ".join(outcome.text for outcome in held)):
            return (), ()
        new = [text for text in printed if words(text) not in {words(outcome.text) for outcome in held}]
        if not new:
            return (), ()
        old = [outcome for outcome in held if words(outcome.text) not in {words(text) for text in printed}]
        in_plan = "; ".join(outcome.text for outcome in held)
        if not differences.add("outcomes", "outcome", in_plan, "; ".join(printed), is_column=False):
            return (), ()
        edits = tuple((outcome.pk, text) for outcome, text in zip(old, new, strict=False))
        return tuple(new[len(edits) :]), edits

    def _milestone(self, read: ReadMilestone, row: Milestone | None, home: Action | None) -> ComparedMilestone:
        name = milestone_name(read.ref, read.text)
        mark = len(self.warnings)
        if row is not None and (row.archived_at is not None or row.action.archived_at is not None):
            self._warn("milestone_archived", read.where, f"{name} is in the archive and is left alone.")
            compared = ComparedMilestone(read, row.pk)
        elif row is not None:
            compared = self._milestone_in_plan(read, row, home, name)
        else:
            compared = self._new_milestone(read, name)
        if compared.is_created:
            self.created["milestones"] += 1
        else:
            (self.updated if compared.is_updated else self.unchanged)["milestones"] += 1
        return replace(compared, findings=(*read.guesses, *self.warnings[mark:]))

    def _new_milestone(self, read: ReadMilestone, name: str) -> ComparedMilestone:
        start_on = self._start(read, name)
        lead = self._person(read.lead, read.where, is_used=True)
        if lead is None and read.where not in self.unnamed_leads:
            self._warn("lead_missing", read.where, f"{name} has no lead.")
        if not read.due_on and not read.due_words.strip():
            self._warn("due_missing", read.where, f"{name} has no due date.")
        supporting = self._supporting(read, (), lead, name)
        update, withdrawn_on = self._update(read, None, name)
        return ComparedMilestone(
            read=read,
            present=None,
            start_on=start_on,
            lead=lead,
            supporting=supporting,
            links=self._links(read.references, (), read.where, name),
            update=update,
            withdrawn_on=withdrawn_on,
        )

    def _milestone_in_plan(
        self, read: ReadMilestone, row: Milestone, home: Action | None, name: str
    ) -> ComparedMilestone:
        if home is None or row.action_id != home.pk:
            own = action_name(row.action.ref, row.action.text)
            self._warn("milestone_under_other_action", read.where, f"{name} stays under {own}, where the plan has it.")
        links = self._links(read.references, self.present.milestone_links.get(row.pk, ()), read.where, name)
        if row.withdrawn_on is not None:
            if self._declared(read) is not DeclaredStatus.WITHDRAWN:
                self._warn("milestone_withdrawn", read.where, f"{name} was withdrawn and is left alone.")
            return ComparedMilestone(read, row.pk, links=links)
        update, withdrawn_on = self._update(read, row, name)

        differences = _Differences("milestone", row.pk, name, read.where, self.accept)
        differences.add("ref", "number", row.ref, read.ref)
        if words(row.text) != words(read.text):
            differences.add("text", "text", row.text, read.text)
        self._lead(read, row, differences)
        self._dates(read, row, differences, name)
        supporting = self._supporting_in_plan(read, row, differences, name)
        if read.baseline_due_on and row.baseline_due_on != read.baseline_due_on:
            message = f"{name}: the first agreed due date stays {day_words(row.baseline_due_on)}; the file says "
            self._warn("baseline_kept", read.where, f"{message}{day_words(read.baseline_due_on)}.")
        return ComparedMilestone(
            read=read,
            present=row.pk,
            supporting=supporting,
            links=links,
            update=update,
            withdrawn_on=withdrawn_on,
            changes=tuple(differences.changes.items()),
            due_agreed_on=max(self.as_at, self.present.moved_on.get(row.pk, self.as_at)),
            differences=tuple(differences.all),
        )

    def _start(self, read: ReadMilestone, name: str) -> date | None:
        """The printed start date, unless it is after the due date: then the due date counts and the start is empty."""
        if read.start_on and read.due_on and read.start_on > read.due_on:
            dates = f"start on {day_words(read.start_on)} and be due on {day_words(read.due_on)}"
            message = f"{name} would {dates}. The due date is kept, the start date is left out."
            self._warn("start_after_due", read.where, message)
            return None
        return read.start_on

    def _dates(self, read: ReadMilestone, row: Milestone, differences: "_Differences", name: str) -> None:
        start_on, before = self._start(read, name), dict(differences.changes)
        if start_on and row.start_on != start_on:
            differences.add("start_on", "start date", day_words(row.start_on), day_words(start_on), value=start_on)
        if read.due_on and row.due_on != read.due_on:
            differences.add("due_on", "due date", day_words(row.due_on), day_words(read.due_on), value=read.due_on)
        if words(read.due_words) and words(row.due_words) != words(read.due_words):
            differences.add("due_words", "due date in words", row.due_words, read.due_words.strip())
        elif "due_on" in differences.changes and row.due_words:
            differences.changes["due_words"] = read.due_words.strip()
        start = differences.changes.get("start_on", row.start_on)
        due = differences.changes.get("due_on", row.due_on)
        if start and due and start > due:
            message = (
                f"{name} would start on {day_words(start)} and be due on {day_words(due)}. Its dates are left alone."
            )
            self._warn("start_after_due", read.where, message)
            differences.changes = before
            differences.leave_alone("start_on", "due_on", "due_words")

    def _lead(self, read: ReadMilestone, row: Milestone, differences: "_Differences") -> None:
        if read.lead is None or not person_key(read.lead.name):
            if row.lead is None and read.where not in self.unnamed_leads:
                self._warn("lead_missing", read.where, f"{differences.name} has no lead.")
            return
        key, role = person_key(read.lead.name), read.lead.role.strip()
        if row.lead is not None and person_key(row.lead.name) == key:
            self.people_seen.add(key)
            if role and words(role) != words(row.lead_role):
                differences.add("lead_role", "lead’s role", row.lead_role, role)
            return
        in_plan = person_name(row.lead.name, row.lead_role) if row.lead else ""
        accepted = differences.add(
            "lead", "lead", in_plan, person_name(read.lead.name, role), value=key, changes={"lead_role": role}
        )
        self._person(read.lead, read.where, is_used=accepted)

    def _supporting_in_plan(
        self, read: ReadMilestone, row: Milestone, differences: "_Differences", name: str
    ) -> tuple[str, ...]:
        held = self.present.supporting.get(row.pk, [])
        taken = {person_key(supporter.person.name) for supporter in held}
        if row.lead is not None:
            taken.add(person_key(row.lead.name))
        lead = differences.changes.get("lead")
        new = [
            person
            for person in _one_each(read.supporting)
            if person_key(person.name) not in taken and person_key(person.name) != lead
        ]
        self.people_seen.update(
            person_key(person.name) for person in read.supporting if person_key(person.name) in taken
        )
        if not new:
            return ()
        accepted = differences.add(
            "supporting",
            "supporting leads",
            "; ".join(supporter.person.name for supporter in held),
            "; ".join(person.name.strip() for person in read.supporting),
            is_column=False,
        )
        if not accepted:
            return ()
        return self._supporting(replace(read, supporting=tuple(new)), (), lead, name)

    def _supporting(self, read: ReadMilestone, taken: Iterable[str], lead: str | None, name: str) -> tuple[str, ...]:
        keys = []
        for person in _one_each(read.supporting):
            key = person_key(person.name)
            if key == lead or key in taken:
                continue
            self._person(person, read.where, is_used=True)
            keys.append(key)
            if person.role.strip():
                message = f"{name}: the role of {person.name.strip()}, “{person.role.strip()}”, is not kept."
                self._warn("supporting_role_not_kept", read.where, message)
        return tuple(keys)

    # Who and what the file names.

    def _person(self, read: ReadPerson | None, where: str, *, is_used: bool) -> str | None:
        """The key of a printed person. One who is not known is added when something to be written names them."""
        key = person_key(read.name) if read else ""
        if read is None or not key:
            return None
        rows = sorted(self.people_present.get(key, ()), key=lambda person: (person.left_on is not None, person.pk))
        if rows:
            self.people_seen.add(key)
        if is_used and key not in self.people:
            self.people[key] = Named(words(read.name), rows[0].pk if rows else None)
            if not rows:
                message = (
                    f"{words(read.name)} is new and is added to the council. Change the organisation of a partner."
                )
                self._warn("person_added", where, message)
            elif len(rows) > 1 and rows[1].left_on is None:
                message = f"There are {len(rows)} people called {words(read.name)}; the first of them is taken."
                self._warn("person_ambiguous", where, message)
        return key

    def _links(
        self,
        references: Iterable[ReadReference],
        held: Iterable[RecommendationLink],
        where: str,
        name: str,
    ) -> tuple[ComparedLink, ...]:
        """The references that are not linked yet. One that a person has matched since stays as they matched it."""
        held, links = list(held), []
        for link, reference in first_by(
            ((self._link(reference), reference) for reference in references), lambda pair: _target(pair[0])
        ).values():
            if not link.as_written:
                continue
            matched = [row for row in held if self._is_link(row, link)]
            if matched:
                self.unchanged["links"] += 1
                if link.recommendation is not None:
                    self.recommendations_seen.add(link.recommendation)
            else:
                self.created["links"] += 1
                self._name_target(link, reference, where)
                links.append(link)
            if link.review is None and all(row.review_id is None for row in matched):
                message = f"{name}: the review of “{link.as_written}” is not known."
                self._warn("reference_unresolved", where, message)
            elif link.review and not link.recommendation and all(row.recommendation_id is None for row in matched):
                message = f"{name}: “{link.as_written}” has no number. It is to be matched."
                self._warn("reference_to_be_matched", where, message)
        return tuple(links)

    def _link(self, reference: ReadReference) -> ComparedLink:
        as_written = words(reference.as_written or f"{reference.source} {reference.number}")
        review, number = review_key(reference.source), number_key(reference.number)
        if not review or len(words(reference.source)) > longest(Review, "short_name"):
            return ComparedLink(as_written, None, None)
        review = self.review_names.get(review, review)
        if not number or len(number) > longest(Recommendation, "number"):
            return ComparedLink(as_written, review, None)
        return ComparedLink(as_written, review, (review, number))

    def _is_link(self, row: RecommendationLink, link: ComparedLink) -> bool:
        if link.recommendation is not None:
            found = self.recommendations_present.get(link.recommendation)
            return found is not None and row.recommendation_id == found.pk
        if words(row.as_written) == link.as_written:
            return True
        return (
            row.recommendation_id is None
            and row.review_id is not None
            and self.review_keys.get(row.review_id) == link.review
        )

    def _name_target(self, link: ComparedLink, reference: ReadReference, where: str) -> None:
        if link.review is None:
            return
        if link.review not in self.reviews:
            review = self.reviews_present.get(link.review)
            short_name = review.short_name if review else self.spellings[link.review]
            self.reviews[link.review] = Named(short_name, review.pk if review else None)
            if review is None:
                message = f"The review “{short_name}” is made from references. Give it its date and title."
                self._warn("review_added", where, message)
        if link.recommendation is None:
            return
        held = self.recommendations_present.get(link.recommendation)
        if held is not None:
            self.recommendations_seen.add(link.recommendation)
        if link.recommendation not in self.recommendations:
            number = "".join(reference.number.split())
            self.recommendations[link.recommendation] = Named(number, held.pk if held else None)
            if held is None:
                message = f"{self.reviews[link.review].name} Rec {number} is cited; its text is not supplied."
                self._warn("recommendation_placeholder", where, message)

    # What was declared.

    def _declared(self, read: ReadMilestone) -> DeclaredStatus | None:
        return self.present.scheme.declared_from_word(words(read.status_word))

    def _update(
        self, read: ReadMilestone, row: Milestone | None, name: str
    ) -> tuple[ComparedUpdate | None, date | None]:
        """The update that the file adds, and the day from which it says that the milestone is withdrawn."""
        word = words(read.status_word)
        declaration = self.present.scheme.declaration_from_word(word) if word else None
        updates = self.present.updates.get(row.pk, []) if row is not None else []
        as_at = self._note_as_at(read, name)
        month = f"{read.update_month[0]:04}-{read.update_month[1]:02}" if read.update_month else ""

        status = declaration.status if declaration else None
        withdrawn_on = as_at if status is DeclaredStatus.WITHDRAWN else None
        if withdrawn_on:
            message = f"{name} is withdrawn from {day_words(withdrawn_on)}, as the file says."
            self._warn("milestone_is_withdrawn", read.where, message)
        if status is DeclaredStatus.WITHDRAWN or (status is DeclaredStatus.NO_UPDATE and not read.note):
            status = None
        if status is None and not read.note:
            if word and declaration is None:
                message = f"{name}: the plan’s key has no status “{word}”. No update is recorded."
                self._warn("status_unknown", read.where, message)
            return None, withdrawn_on
        if status is None and withdrawn_on is None:
            said = f"the plan’s key has no status “{word}”" if word else "no status is printed"
            self._warn("status_kept", read.where, f"{name}: {said}. The note is kept under the status there was.")

        if any(self._is_update(held, read, status, as_at, month, updates) for held in updates):
            self.unchanged["updates"] += 1
            return None, withdrawn_on
        support = ""
        if declaration and declaration.support_required:
            support = read.note
            if not support:
                support = "The imported table does not say which support."
                self._warn("support_not_said", read.where, f"{name} needs support; the file does not say which.")
        self.created["updates"] += 1
        in_force = _in_force(updates, as_at)
        kept = DeclaredStatus(in_force.declared_status) if in_force else DeclaredStatus.NO_UPDATE
        return ComparedUpdate(status or kept, read.note, as_at, month, support), withdrawn_on

    def _note_as_at(self, read: ReadMilestone, name: str) -> date:
        """The last day of the note's month, but not after the file's date; without a month the file's date."""
        if read.note_as_at:
            return read.note_as_at
        if read.update_month is None:
            return self.as_at
        if date(*read.update_month, 1) > self.as_at:
            month, day = month_words(read.update_month), day_words(self.as_at)
            message = f"{name}: the note is of {month}; it is dated {day}, the date of the file."
            self._warn("note_after_as_at", read.where, message)
        return min(_last_day(read.update_month), self.as_at)

    def _is_update(
        self,
        held: ProgressUpdate,
        read: ReadMilestone,
        status: DeclaredStatus | None,
        as_at: date,
        month: str,
        updates: list[ProgressUpdate],
    ) -> bool:
        """Whether an update of the plan is the printed one: the same words and status, and the same date or month.

        A note without a month counts as the same when the very same file is imported again, and when it is of an
        achieved milestone whose last note it is: that is carried forward from report to report (oddity O31).
        """
        if words(held.note) != words(read.note) or (status is not None and held.declared_status != status):
            return False
        if held.as_at == as_at:
            return True
        if read.note_as_at:
            return False
        if month:
            return held.update_month == month
        is_finished = status in (DeclaredStatus.ACHIEVED, DeclaredStatus.EMBEDDED)
        return self.is_same_file or (is_finished and held is _in_force(updates, as_at))


class _Differences:
    """The differences of one row of the plan, and which of them are accepted."""

    def __init__(self, kind: str, pk: int, name: str, where: str, accept: Container[str]) -> None:
        self.kind, self.pk, self.name, self.where, self.accept = kind, pk, name, where, accept
        self.all: list[Difference] = []
        self.changes: dict[str, Any] = {}

    def add(
        self,
        column: str,
        label: str,
        in_plan: str,
        in_file: str,
        *,
        value: Any = None,
        changes: dict[str, Any] | None = None,
        is_column: bool = True,
    ) -> bool:
        """Notes that the file says otherwise; True where that is accepted. Nothing printed is no difference."""
        if not in_file.strip() or in_plan == in_file:
            return False
        wordings = hashlib.sha256(f"{in_plan}\0{in_file}".encode(errors="replace")).hexdigest()[:12]
        key = f"{self.kind}-{self.pk}-{column}-{wordings}"
        is_accepted = key in self.accept
        if is_accepted and is_column:
            self.changes |= {column: in_file if value is None else value} | (changes or {})
        message = f"{self.name}: the {label} is {quote(in_plan)} in the plan and {quote(in_file)} in the file."
        code = {"start_on": "date", "due_on": "date", "due_words": "date"}.get(column, column)
        self.all.append(
            Difference(key, f"{code}_differs", self.where, message, label.capitalize(), in_plan, in_file, is_accepted)
        )
        return is_accepted

    def leave_alone(self, *columns: str) -> None:
        """Takes back that the differences of these columns are accepted."""
        keys = tuple(f"{self.kind}-{self.pk}-{column}-" for column in columns)
        self.all = [replace(each, is_accepted=False) if each.key.startswith(keys) else each for each in self.all]


def _in_force(updates: list[ProgressUpdate], as_at: date) -> ProgressUpdate | None:
    """The update that counts at a date: the last of those until then that nothing replaces."""
    replaced = {update.replaces_id for update in updates}
    until = [update for update in updates if update.as_at <= as_at and update.pk not in replaced]
    return until[-1] if until else None


def _milestones(table: PlanTable) -> Iterator[ReadMilestone]:
    return (each for theme in table.themes for action in theme.actions for each in action.milestones)


def _references(table: PlanTable) -> Iterator[ReadReference]:
    for theme in table.themes:
        for action in theme.actions:
            yield from action.references
            for milestone in action.milestones:
                yield from milestone.references


def _spellings(table: PlanTable) -> dict[str, str]:
    """The short name of each review as most references write it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for reference in _references(table):
        counts[review_key(reference.source)][words(reference.source)] += 1
    return {key: count.most_common(1)[0][0] for key, count in counts.items()}


def _one_each(people: Iterable[ReadPerson]) -> list[ReadPerson]:
    return [person for key, person in first_by(people, lambda person: person_key(person.name)).items() if key]


def _target(link: ComparedLink) -> tuple[str, ...]:
    """What a link names: two links of one target are one."""
    return link.recommendation or ((link.review,) if link.review else ("", link.as_written))
