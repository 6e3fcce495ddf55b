"""“Key milestone issues since the last report” on a page: drafted by rule, edited by an officer, saved when asked."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.history import rows_at
from accounts.requests import SignedInRequest
from accounts.versions import ChangedMeanwhile
from milestones.models import DateChange
from plans.forms import add_refusal
from plans.overrides import with_override
from plans.policies import Right, check_has

from .changes_reading import AskedChanges, read_changes
from .issue_operations import save_key_issues
from .key_issues import (
    DraftSentence,
    Sentence,
    Standing,
    StoredSentence,
    draft,
    merged,
    own_key,
    paragraph,
    stored_from,
    thing_of,
)
from .key_issues_forms import KeyIssuesForm, sentences_from, signed, typed
from .models import KeyIssues
from .position import PlanPosition


@dataclass(frozen=True)
class Kept:
    """What was saved of a period, or of another with the same first day, to begin with."""

    row: KeyIssues | None
    is_of_period: bool
    sentences: tuple[StoredSentence, ...]

    @property
    def version(self) -> int:
        return self.row.version if self.row and self.is_of_period else 0

    @property
    def words(self) -> dict[str, str]:
        return {each.key: each.words for each in self.sentences}


@require_http_methods(["GET", "HEAD", "POST"])
def key_issues(request: SignedInRequest, slug: str) -> HttpResponse:
    """The text of a period. A POST takes a step of the editing, of which only “save” saves."""
    found = read_changes(request, slug)
    check_has(Right.MAKE_PAPER, found.rights, everywhere=True)
    drafted = draft(found.changes, found.shown[1], reasons_of(found))
    kept = kept_of(found)
    may_write = found.rights.everywhere(Right.WRITE_ISSUES) and found.asked.recorded_at is None and not found.problem
    if request.method != "POST":
        return _show(request, found, merged(kept.sentences, drafted), kept, may_write=may_write)

    check_has(Right.WRITE_ISSUES, found.rights, everywhere=True)
    if not may_write:
        return _show(request, found, merged(kept.sentences, drafted), kept, may_write=False, status=422)
    sent = sentences_from(request.POST)
    step, _, place = request.POST.get("do", "save").partition("-")
    if step == "save":
        return _save(request, found, sent, drafted, kept)
    return _step(request, found, sent, drafted, kept, step, int(place) if place.isdecimal() else -1)


def _save(
    request: SignedInRequest,
    found: AskedChanges,
    sent: list[StoredSentence],
    drafted: tuple[DraftSentence, ...],
    kept: Kept,
) -> HttpResponse:
    sentences = _standing(sent, drafted)
    form = KeyIssuesForm(request.POST, sentences=sentences, before=kept.words)
    if form.is_valid():
        save = with_override(save_key_issues, form.override("Key issues", found.plan))
        own = form.cleaned_data["own"].strip()
        own_sentences = [StoredSentence(own_key(each.key for each in sent), own)] if own else []
        try:
            save(
                plan=found.plan,
                since=found.since,
                as_at=found.asked.as_at,
                sentences=[*sent, *own_sentences],
                version=_number(request.POST.get("version", "")),
                by=request.user,
            )
        except ChangedMeanwhile:
            return _show(request, found, sentences, kept, form=form, theirs=kept, status=409)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The key issues are saved.")
            return redirect(reverse("reports:key_issues", args=[found.plan.slug]) + _query(found))
    return _show(
        request, found, sentences, kept, form=form, version=_number(request.POST.get("version", "")), status=422
    )


def _step(
    request: SignedInRequest,
    found: AskedChanges,
    sent: list[StoredSentence],
    drafted: tuple[DraftSentence, ...],
    kept: Kept,
    step: str,
    place: int,
) -> HttpResponse:
    """One step of the editing, of which nothing is saved."""
    sentences = list(merged(sent, drafted) if step == "redraft" else _standing(sent, drafted))
    own, at = typed(request.POST.get("own", "")), place
    if step == "add" and own.strip():
        key = own_key(each.key for each in sentences)
        sentences.append(Sentence(StoredSentence(key, own.strip()), Standing.OWN, None))
        own, at = "", len(sentences) - 1
    elif 0 <= place < len(sentences):
        at = _take(sentences, step, place)
    version = _number(request.POST.get("version", ""))
    return _show(request, found, tuple(sentences), kept, version=version, own=own, at=at)


def _take(sentences: list[Sentence], step: str, place: int) -> int:
    """Takes a step with one of the sentences, and says where it is afterwards."""
    each = sentences[place]
    if step in ("up", "down"):
        to = max(0, place - 1) if step == "up" else min(len(sentences) - 1, place + 1)
        sentences.insert(to, sentences.pop(place))
        return to
    if step == "remove" and each.stored.is_own:
        del sentences[place]
        return min(place, len(sentences) - 1)
    if step in ("out", "in"):
        each = replace(each, stored=replace(each.stored, is_out=step == "out"))
    elif step == "take":
        each = each.taking_the_new_words()
    elif step == "draft" and each.now is not None:
        each = replace(each, stored=stored_from(each.now))
    elif step == "keep":
        each = each.keeping_its_words([one.key for one in sentences])
    sentences[place] = each
    return place


def _standing(sent: list[StoredSentence], drafted: tuple[DraftSentence, ...]) -> tuple[Sentence, ...]:
    """The sentences that were sent, with how they stand; what is drafted besides comes with a redraft alone."""
    keys = {each.key for each in sent}
    out = {each.key for each in sent if each.is_out}
    found = merged(sent, [each for each in drafted if each.key in keys])
    return tuple(replace(each, stored=replace(each.stored, is_out=each.key in out)) for each in found)


def _show(
    request: SignedInRequest,
    found: AskedChanges,
    sentences: tuple[Sentence, ...],
    kept: Kept,
    *,
    form: KeyIssuesForm | None = None,
    may_write: bool = True,
    version: int | None = None,
    own: str = "",
    at: int = -1,
    theirs: Kept | None = None,
    status: int = 0,
) -> HttpResponse:
    if form is None:
        form = KeyIssuesForm(None, sentences=sentences, before=kept.words)
        form.initial["own"] = own
    if 0 <= at < len(sentences):
        form.fields[f"words_{at}"].widget.attrs["autofocus"] = True
    boxes = [
        {
            "sentence": each,
            "field": form[f"words_{place}"],
            "about": signed(each.stored),
            "place": place,
            "is_first": place == 0,
            "is_last": place == len(sentences) - 1,
        }
        for place, each in enumerate(sentences)
    ]
    return render(
        request,
        "reports/key_issues.html",
        {
            "plan": found.plan,
            "asked": found.asked,
            "since": found.since,
            "problem": found.problem,
            "form": form,
            "boxes": boxes,
            "text": paragraph(each.stored for each in sentences),
            "marked": sum(each.is_marked for each in sentences),
            "kept": kept,
            "theirs": paragraph(theirs.sentences) if theirs else "",
            "conflict": theirs is not None,
            "version": kept.version if version is None else version,
            "may_write": may_write,
            "changes_query": found.query_with(),
            "own_query": _query(found),
            "query": found.asked.query,
        },
        status=status or found.status,
    )


def _query(found: AskedChanges) -> str:
    """How an address asks for this text, with both days: midnight is no reason to write into another."""
    return found.query_with(as_at=found.asked.as_at.isoformat())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def kept_of(found: AskedChanges) -> Kept:
    """What was saved of the period; else the newest of those with the same first day and an earlier last one, so that
    an officer goes on with what they began. Sentences on what the reader is not shown are left out."""
    rows = KeyIssues.objects.filter(plan=found.plan, since=found.since, as_at__lte=found.asked.as_at)
    row = rows.select_related("saved_by").order_by("-as_at").first()
    if row is None:
        return Kept(None, False, ())
    before, after = found.shown
    hidden = _things(*found.whole) - _things(before, after)
    sentences = map(StoredSentence.from_json, row.sentences)
    return Kept(
        row,
        row.as_at == found.asked.as_at,
        tuple(each for each in sentences if thing_of(each.key) not in hidden),
    )


def _things(*positions: PlanPosition) -> set[str]:
    """What sentences can be about in these positions."""
    return {
        f"{name}-{each.id}"
        for position in positions
        for name, rows in (
            ("milestone", position.milestones),
            ("recommendation", position.recommendations),
            ("indicator", position.scorecard.indicators),
        )
        for each in rows
    }


def reasons_of(found: AskedChanges) -> dict[int, str]:
    """For each milestone the reason that was given for its due date at the second day."""
    rows = rows_at(DateChange, found.whole[1].recorded_at, plan_id=found.plan.pk)
    agreed = [row for row in rows if row.agreed_on <= found.asked.as_at]
    ordered = sorted(agreed, key=lambda row: (row.agreed_on, row.entered_at, row.pk))
    return {row.milestone_id: row.reason for row in ordered}
