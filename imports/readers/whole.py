"""Drafts to a plan, when every text is whole: only now are references, dates, status and people looked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from .dates import find_month, is_understood, read_day
from .drafts import DraftAction, DraftMilestone, DraftPlan
from .findings import DECISION, PROBLEM, WARNING, finding
from .notes import NoteRead, read_note, statuses_differ
from .people import read_people
from .references import Sources, read_references, take_references
from .table import Finding, PlanTable, ReadAction, ReadMilestone, ReadPerson, ReadReference, ReadTheme
from .wording import fold, one_line, paragraphs, quote

_NOTHING = re.compile(r"[-–—]+|n\s*/?\s*a", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[•▪●◦·*]|[-–]\s)\s*")
_COMPARED = (
    "text",
    "references",
    "start_on",
    "due_on",
    "due_words",
    "baseline_due_on",
    "status_word",
    "update_month",
    "note",
    "lead",
    "supporting",
)


def finish(plan: DraftPlan, sources: Sources) -> PlanTable:
    """The whole plan; milestones printed twice are one, or a problem."""
    milestones_of = {id(action): _milestones(plan, action, sources) for action in plan.actions()}
    _keep_once(plan, list(milestones_of.values()))
    themes = tuple(
        ReadTheme(
            theme.name,
            theme.where,
            tuple(_action(plan, action, tuple(milestones_of[id(action)]), sources) for action in theme.actions),
        )
        for theme in plan.themes
        if theme.actions
    )
    if plan.tables and not themes:
        plan.say("no_milestones", "the file", "The table has headings and no action or milestone under them.")
    return PlanTable(
        plan.title,
        plan.report_month,
        themes,
        plan.findings_of(DECISION),
        plan.findings_of(WARNING),
        plan.findings_of(PROBLEM),
    )


def _action(plan: DraftPlan, draft: DraftAction, milestones: tuple[ReadMilestone, ...], sources: Sources) -> ReadAction:
    is_milestone_too = any(each.is_action_too for each in draft.milestones)
    text = draft.milestones[0].texts["milestone"] if is_milestone_too else draft.text
    read = take_references(one_line(text), sources, draft.where)
    # An action that is its own milestone has said all this as a milestone.
    if not is_milestone_too:
        plan.findings += read.warnings + tuple(
            replace(each, code="reference_guessed_in_action") for each in read.guesses
        )
    references = () if is_milestone_too else read.references
    for milestone in milestones:
        if _is_under_other(milestone.ref, draft.ref):
            message = f"{milestone.ref} under action {draft.ref}: it is filed where it is printed."
            plan.say("number_under_other_action", milestone.where, message)
    for name, labels in draft.filled.items():
        plan.say(
            "filled_down",
            draft.where,
            f"The {name.capitalize()} of action {draft.label} is filled down to {', '.join(labels)}.",
        )
    more = read_references(draft.references, sources)
    return ReadAction(
        draft.ref, read.text, draft.where, tuple(dict.fromkeys(references + more)), _outcomes(plan, draft), milestones
    )


def _outcomes(plan: DraftPlan, draft: DraftAction) -> tuple[str, ...]:
    found: list[str] = []
    for cell in draft.outcomes:
        text, is_twice = _printed_once(cell)
        if is_twice:
            plan.say(
                "outcome_repeated",
                draft.outcome_where,
                f"The outcome of action {draft.label} is printed twice: kept once.",
            )
        pieces = _split_outcomes(text)
        if len(pieces) > 1:
            plan.say(
                "outcomes_split", draft.outcome_where, f"Action {draft.label} has {len(pieces)} outcomes in one cell."
            )
        found += pieces
    return tuple(dict.fromkeys(found))


def _printed_once(text: str) -> tuple[str, bool]:
    """A text without its own repetition, and whether there was one."""
    words = list(re.finditer(r"\S+", text))
    middle = len(words) // 2
    if middle == 0 or len(words) % 2:
        return text, False
    start = words[middle].start()
    first, second = text[:start].strip(), text[start:].strip()
    is_twice = fold(first).rstrip(".;,") == fold(second).rstrip(".;,")
    return (second, True) if is_twice else (text, False)


def _split_outcomes(text: str) -> list[str]:
    """Outcomes end at a semicolon, at a bullet, and at a line that ends a sentence."""
    pieces: list[str] = []
    is_ended = True
    for line in text.split("\n"):
        if not line.strip():
            continue
        bullet = _BULLET.match(line)
        if bullet or is_ended:
            pieces.append(line[bullet.end() :] if bullet else line)
        else:
            pieces[-1] += f" {line.strip()}"
        is_ended = line.rstrip().endswith((".", ";"))
    return [part.strip() for piece in pieces for part in piece.split(";") if part.strip()]


def _milestones(plan: DraftPlan, action: DraftAction, sources: Sources) -> list[ReadMilestone]:
    found = []
    for draft in action.milestones:
        milestone = _milestone(plan, draft, sources)
        if milestone.text:
            found.append(milestone)
        else:
            words = one_line("; ".join(draft.texts.values()))
            plan.say(
                "row_not_placed", draft.where, f"{draft.ref} has a number and no words; not read: {quote(words, 1000)}."
            )
    return found


def _keep_once(plan: DraftPlan, lists: list[list[ReadMilestone]]) -> None:
    """Of identical copies the first stays, taking what only a later one prints; copies that differ are a problem."""
    first_of: dict[str, tuple[list[ReadMilestone], int]] = {}
    for milestones in lists:
        kept: list[ReadMilestone] = []
        for second in milestones:
            if not second.ref or second.ref not in first_of:
                if second.ref:
                    first_of[second.ref] = (kept, len(kept))
                kept.append(second)
                continue
            home, index = first_of[second.ref]
            first = home[index]
            differing = [name for name in _COMPARED if not _is_alike(getattr(first, name), getattr(second, name))]
            if differing:
                names = ", ".join(
                    name.removesuffix("_on").removesuffix("_word").replace("_", " ") for name in differing
                )
                plan.say(
                    "duplicates_differ",
                    second.where,
                    f"{second.ref} is printed here and in {first.where} with different {names}; make them alike.",
                )
                continue
            missing = {name: getattr(second, name) for name in _COMPARED if not getattr(first, name)}
            home[index] = replace(first, **missing)
            message = f"{second.ref} appears twice, same text: kept once (the one in {first.where})."
            plan.say("duplicate_kept_once", second.where, message)
        milestones[:] = kept
        for ref, (home, index) in first_of.items():
            if home is kept:
                first_of[ref] = (milestones, index)


def _is_alike(first: object, second: object) -> bool:
    """Whether two copies say the same; a cut copy has other spaces, and what it leaves out is no difference."""
    if not first or not second:
        return True
    if isinstance(first, str) and isinstance(second, str):
        return fold(first) == fold(second)
    if isinstance(first, ReadPerson) and isinstance(second, ReadPerson):
        return fold(first.name) == fold(second.name) and _is_alike(first.role, second.role)
    return first == second


def _milestone(plan: DraftPlan, draft: DraftMilestone, sources: Sources) -> ReadMilestone:
    texts = draft.texts
    read = take_references(one_line(texts.get("milestone", "")), sources, draft.place("milestone"))
    guesses = list(read.guesses)
    plan.findings += read.warnings
    more = read_references(texts.get("references", ""), sources)
    for reference in more:
        if not reference.source:
            plan.say(
                "reference_without_source", draft.place("references"), f"{quote(reference.as_written)} names no review."
            )
    references: tuple[ReadReference, ...] = tuple(dict.fromkeys(read.references + more))

    start_on = _day(plan, draft, "start")
    due_on, due_words = _due(plan, draft)
    if start_on and due_on and due_on < start_on:
        plan.say("due_before_start", draft.place("due"), f"{draft.label} is due on {due_on} and starts on {start_on}.")

    note = read_note(texts.get("note", ""))
    month = note.month
    if month is None and note.text and draft.columns.has("note"):
        month = find_month(draft.columns.heading("note"))
        if month:
            message = f"The note of {draft.label} has the month of its column's heading."
            plan.say("note_month_from_heading", draft.place("note"), message)
    status, note_text = _status(plan, draft, note, guesses)
    if texts.get("note", "").strip() and not note_text:
        plan.say("no_narrative", draft.place("note"), f"The note of {draft.label} says month and status and no more.")

    lead, supporting = _people(plan, draft, guesses)
    for name in draft.shared:
        message = f"One merged cell of {draft.columns.heading(name)} stands for {draft.label} and for the row above."
        guesses.append(finding("merged_cell_shared", draft.place(name), message))
    return ReadMilestone(
        ref=draft.ref,
        text=read.text,
        where=draft.where,
        references=references,
        start_on=start_on,
        due_on=due_on,
        due_words=due_words,
        baseline_due_on=_day(plan, draft, "baseline"),
        status_word=status,
        update_month=month,
        note_as_at=note.as_at,
        note=note_text,
        lead=lead,
        supporting=supporting,
        guesses=tuple(guesses),
    )


def _is_under_other(ref: str, action_ref: str) -> bool:
    """Whether a milestone's number begins with another number than its action's: 20.2 under action 21."""
    begins = re.match(r"(\d+)\.", ref)
    if not begins or not action_ref[:1].isdigit():
        return False
    return not (
        ref == action_ref or ref.startswith(f"{action_ref}.") or begins[1] == re.sub(r"[a-z]+$", "", action_ref)
    )


def _due(plan: DraftPlan, draft: DraftMilestone) -> tuple[date | None, str]:
    if day := draft.days.get("due"):
        return day, ""
    words = one_line(draft.texts.get("due", ""))
    if not words or _NOTHING.fullmatch(words):
        return None, ""
    read = read_day(words)
    if read.on:
        return read.on, ""
    if read.is_impossible:
        plan.say(
            "date_impossible", draft.place("due"), f"{quote(words)} is no date of the calendar; it is kept as words."
        )
    elif not is_understood(words):
        plan.say(
            "due_in_words", draft.place("due"), f"{quote(words)} is not understood as a date; it is kept as words."
        )
    return None, words


def _day(plan: DraftPlan, draft: DraftMilestone, kind: str) -> date | None:
    if day := draft.days.get(kind):
        return day
    words = one_line(draft.texts.get(kind, ""))
    read = read_day(words)
    if words and not read.on and not _NOTHING.fullmatch(words):
        code = "date_impossible" if read.is_impossible else "start_in_words"
        plan.say(
            code, draft.place(kind), f"{quote(words, 1000)} is not a date; {draft.label} is read without one here."
        )
    return read.on


def _status(plan: DraftPlan, draft: DraftMilestone, note: NoteRead, guesses: list[Finding]) -> tuple[str, str]:
    """The status word and the note's text. The Status cell counts before the note, the note before the colour."""
    # The key's symbol may stand before the word.
    printed = re.sub(r"^\W+", "", one_line(draft.texts.get("status", "")))
    printed = "" if _NOTHING.fullmatch(printed) else printed
    place = draft.place("status")
    if printed:
        if not note.status_word or not statuses_differ(printed, note.status_word):
            return printed, note.text
        message = (
            f"{draft.label} has the status {quote(printed)}, its note {quote(note.status_word)}; the former counts."
        )
        plan.say("status_differs", place, message)
        return printed, paragraphs(draft.texts.get("note", ""))
    if note.status_word:
        message = f"The status {quote(note.status_word)} is read from the note's first words."
        guesses.append(finding("status_from_note", place, message))
        if draft.colour and statuses_differ(draft.colour, note.status_word):
            message = (
                f"{draft.label} is coloured {draft.colour}, its note begins {quote(note.status_word)}; the note counts."
            )
            plan.say("status_differs", place, message)
        return note.status_word, note.text
    if draft.colour:
        guesses.append(
            finding("status_from_colour", place, f"The status {draft.colour} is read from the cell's colour.")
        )
        return draft.colour, note.text
    if draft.columns.has("status") or draft.columns.has("note"):
        plan.say(
            "status_missing", place, f"{draft.label} has no status in its cell and none at the beginning of its note."
        )
    return "", note.text


def _people(
    plan: DraftPlan, draft: DraftMilestone, guesses: list[Finding]
) -> tuple[ReadPerson | None, tuple[ReadPerson, ...]]:
    read = read_people(draft.texts.get("lead", ""), draft.place("lead"))
    more = read_people(draft.texts.get("supporting", ""), draft.place("supporting"))
    guesses += read.guesses + more.guesses
    plan.findings += read.warnings
    lead = read.lead
    role = one_line(draft.texts.get("lead_role", ""))
    if lead and role and not lead.role:
        lead = replace(lead, role=role)
    supporting = (*read.supporting, *((more.lead, *more.supporting) if more.lead else ()))
    return lead, tuple(dict.fromkeys(supporting))
