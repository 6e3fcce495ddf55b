"""The cover reports of a plan: their heads, their sections with who writes them, and the papers made of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event
from plans.changing import change_row
from plans.downloads import attachment
from plans.finding import plan_for
from plans.forms import add_refusal
from plans.models import Meeting, Plan
from plans.overrides import with_override
from plans.policies import Right, Rights, check_can, check_has, rights_of
from plans.reasons import ask_why
from plans.settings_forms import people_to_choose

from . import cover_operations as operations
from .changes_reading import last_report_day
from .cover_forms import NewReportForm, ReportForm, WriteForm, WriterForm, key_of
from .cover_issues import IssuesDraft, issues_for, keep_issues, with_draft
from .cover_presets import PRESETS, Fill
from .cover_reading import cover_text, first_values, has_words, head_values, to_read
from .cover_reminding import Reminded, remind, why_unreachable
from .cover_rows import check_can_write, is_writer
from .forms import formats_of
from .look_reading import look_of
from .models import CoverFill, CoverReport, CoverSection, CoverTemplate, CoverTemplateSection
from .operations import note_that_paper_left
from .pack_reading import drafts_to_add_to
from .papers import Order, PaperRefused, cover_view, make_paper
from .position import plan_position
from .wording import line, long_day, number_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
WHY = "reports/cover_why.html"
EDIT = "reports/cover_edit.html"
KIND = "cover"
EXCERPT = 160
#: Meetings held so long ago are offered no more.
OFFERED_BACK = timedelta(days=60)
Crumbs = list[tuple[str, str]]


# --- Reports -----------------------------------------------------------------------------------------------------


@require_safe
def covers(request: SignedInRequest, slug: str) -> HttpResponse:
    """The cover reports of a plan, the newest first, with how far their sections are."""
    plan, rights = _plan(request, slug)
    current = Q(sections__locked_at=None)
    rows = (
        CoverReport.objects.visible_to(request.user)
        .filter(plan=plan, archived_at=None)
        .select_related("meeting__body")
        .annotate(of=Count("sections"), locked=Count("sections", filter=~current))
        .annotate(waiting=Count("sections", filter=current & ~Q(sections__writer=None)))
        .order_by("-as_at", "-pk")
    )
    context = {
        "plan": plan,
        "covers": list(rows),
        "may_write": rights.everywhere(Right.WRITE_COVER),
        "crumbs": _crumbs(plan),
    }
    return render(request, "reports/covers.html", context)


@get_or_post
def new_cover(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begins a cover report."""
    plan, rights = _plan(request, slug)
    check_has(Right.WRITE_COVER, rights, everywhere=True)
    own = CoverTemplate.objects.filter(council=plan.council, archived_at=None).order_by("name", "pk")
    today = timezone.localdate()
    meetings = _meetings(request, plan, today)
    ahead = meetings.filter(held_on__gte=today).order_by("held_on", "pk").first()
    last = CoverReport.objects.filter(plan=plan).select_related("template").order_by("-pk").first()
    first = {
        "form": key_of(last.template) if last else None,
        "title": f"{plan.title}: progress report"[:300],
        "meeting": ahead.pk if ahead else None,
        "as_at": today.isoformat(),
        "since": last_report_day(plan, today).isoformat(),
    }
    form = NewReportForm(sent(request), own=own, meetings=meetings, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            cover = with_override(_begin, form.override("Cover report", plan))(
                plan=plan, given=form.cleaned_data, form=form.chosen, by=request.user
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            _take_issues(cover, by=request.user)
            messages.success(request, "The cover report is begun. Write its sections, or say who does.")
            return redirect("reports:cover", plan.slug, cover.pk)
    back = reverse("reports:covers", args=[plan.slug])
    context = {"plan": plan, "form": form, "title": "Begin a cover report", "crumbs": _crumbs(plan, list=True)}
    return render(request, EDIT, context | {"back": back}, status=422 if form.errors else 200)


def _begin(*, plan: Plan, given: dict[str, Any], form: CoverTemplate | str, by: Any) -> CoverReport:
    """Begins a report with what the last one of the plan had at its head."""
    last = CoverReport.objects.filter(plan=plan, archived_at=None).order_by("-pk").first()
    rows = (
        [{"label": row.label, "fill": row.fill} for row in PRESETS[form].header]
        if isinstance(form, str)
        else form.header
    )
    person = getattr(by, "person", None)
    title = person.job_title if person else ""
    return operations.start_cover(
        plan=plan,
        form=form,
        title=given["title"],
        meeting=given["meeting"],
        as_at=given["as_at"],
        since=given["since"],
        header=first_values(rows, last, ", ".join(filter(None, (line(str(by)), line(title), by.email)))),
        contact=[
            f"Name: {line(str(by))}",
            *([f"Title: {line(title)}"] if title else []),
            f"E-mail: {by.email}",
        ],
        by=by,
    )


def _take_issues(cover: CoverReport, *, by: Any) -> None:
    """Puts the draft of the key issues into the section that they are for, once, while nobody has written there."""
    section = cover.sections.filter(fill=CoverFill.KEY_ISSUES, locked_at=None, version=1).first()
    if section is None:
        return
    drafted = issues_for(cover, by)
    if drafted.text:
        keep_issues(drafted, by=by)
        operations.write_section(
            section=section,
            text=with_draft(section.text, drafted.text),
            by=by,
            reason="Key issues drafted into the cover report",
        )


@dataclass(frozen=True)
class SectionLine:
    """A section on the page of its report."""

    row: CoverSection
    wanted: str
    state: str
    excerpt: str
    reminded: str
    problem: str
    is_overdue: bool


@require_safe
def cover(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One cover report: its head, and each section with who writes it and how far it is."""
    plan, rights, row = _cover(request, slug, pk)
    sections = (
        row.sections.select_related("writer__user", "locked_by")
        .annotate(reminded_at=Max("reminders__sent_at"))
        .order_by("place", "pk")
    )
    wanted = _wanted(row)
    today = timezone.localdate()
    lines = [_line(each, wanted.get((each.place, each.heading), ""), today) for each in sections]
    drafts = drafts_to_add_to(rights, plan) if row.archived_at is None else None
    packs = row.in_packs.filter(pack__archived_at=None).select_related("pack").order_by("-pack__number")
    context = {
        "plan": plan,
        "cover": row,
        "head": [(each["label"], value) for each, value in zip(row.header, head_values(row), strict=True)],
        "sections": lines,
        "to_remind": sum(each.row.writer is not None and each.row.locked_at is None for each in lines),
        "packs": [each.pack for each in packs],
        "drafts": drafts,
        "may_write": rights.everywhere(Right.WRITE_COVER) and row.archived_at is None,
        "may_make": rights.everywhere(Right.MAKE_PAPER),
        "own": {each.row.pk for each in lines if is_writer(request.user, each.row)},
        "formats": formats_of(KIND),
        "crumbs": _crumbs(plan, list=True),
    }
    return render(request, "reports/cover.html", context)


def _wanted(row: CoverReport) -> dict[tuple[int, str], str]:
    """Whose comments the sections are, by their place and heading in the form."""
    found = CoverTemplateSection.objects.filter(template=row.template_id, archived_at=None).exclude(written_by="")
    return {(each.place, each.heading): each.written_by for each in found}


def _line(row: Any, wanted: str, today: date) -> SectionLine:
    reminded = f"E-mailed on {long_day(timezone.localtime(row.reminded_at).date())}" if row.reminded_at else ""
    problem = why_unreachable(row.writer) if row.writer is not None and row.locked_at is None else ""
    late = row.due_on is not None and row.due_on < today and row.locked_at is None
    return SectionLine(row, wanted, _state(row), _excerpt(row.text), reminded, problem, late)


def _state(row: CoverSection) -> str:
    if row.locked_at is not None:
        return f"Locked by {row.locked_by}, {long_day(timezone.localtime(row.locked_at).date())}"
    if has_words(row):
        return "Written"
    if row.fill == CoverFill.APPENDICES:
        return f"Lists the papers of its pack; alone it prints “{row.empty_words}”"
    return f"Empty: prints “{row.empty_words}”"


def _excerpt(text: str) -> str:
    """How the text of a section begins, without the signs for its headings."""
    said = line(" ".join(each.lstrip("# ") if each.startswith("#") else each for each in text.splitlines()))
    return said if len(said) <= EXCERPT else f"{said[:EXCERPT].rsplit(' ', 1)[0]}…"


@get_or_post
def edit_cover(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes what a report is about, and what stands at its head."""
    plan, _, row = _cover(request, slug, pk, Right.WRITE_COVER)

    def save(*, reason: str, **changes: Any) -> CoverReport:
        return operations.edit_cover(cover=row, reason=reason or "Cover report changed", **changes)

    return change_row(
        request,
        ReportForm(
            sent(request), row=row, meetings=_meetings(request, plan, timezone.localdate(), chosen=row.meeting_id)
        ),
        save=save,
        of="Cover report",
        plan=plan,
        done=lambda: _done(request, "The cover report is saved.", row),
        template=EDIT,
        context={
            "title": "Title, meeting and head",
            "caption": row.title,
            "crumbs": _crumbs(plan, row),
            "back": _page(row),
        },
    )


@get_or_post
def archive_cover(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a cover report off the list."""
    plan, _, row = _cover(request, slug, pk, Right.WRITE_COVER)

    def done() -> HttpResponse:
        messages.success(request, "The cover report is archived.")
        return redirect("reports:covers", plan.slug)

    return ask_why(
        request,
        lambda **given: operations.archive_cover(cover=row, **given),
        WHY,
        of="Cover report",
        plan=plan,
        done=done,
        context={
            "plan": plan,
            "title": "Put the cover report in the archive",
            "caption": row.title,
            "explanation": "It leaves the list, and nobody is asked for its sections any more.",
            "button": "Archive the cover report",
            "crumbs": _crumbs(plan, row),
            "back": _page(row),
        },
    )


@never_cache
@get_or_post
def cover_page(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The report as it prints; a POST answers with the file."""
    plan, rights, row = _cover(request, slug, pk)
    if request.method == "POST":
        check_has(Right.MAKE_PAPER, rights, everywhere=True)
    position = plan_position(plan, row.as_at)
    text, look = cover_text(row), look_of(plan.council)
    order = Order(cover=text, look=look)
    format = request.POST.get("format", "")
    if request.method == "POST" and format in formats_of(KIND):
        try:
            made = make_paper(KIND, format, position, order)
        except PaperRefused as refused:
            messages.error(request, str(refused))
            return redirect("reports:cover", plan.slug, row.pk)
        note_that_paper_left(plan=plan)
        note_event(Event.EXPORTED, request=request, plan=plan.slug, what=KIND, form=format)
        return attachment(made.content, made.content_type, made.name)
    if request.method == "POST":
        return redirect("reports:cover_page", plan.slug, row.pk)
    may_make = rights.everywhere(Right.MAKE_PAPER)
    read = to_read(text, position) if may_make else None
    context = {
        "paper": cover_view(position, order),
        "look": look,
        "plan": plan,
        "cover": row,
        "bar": "reports/_cover_bar.html",
        "formats": formats_of(KIND) if may_make else {},
        "names": read.names if read else (),
        "child_data": read.child_data if read else (),
        "on_site": True,
        "has_links": True,
    }
    return render(request, "reports/cover_paper.html", context)


@require_POST
def remind_cover(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Mails everybody whose section waits for their words."""
    _, _, row = _cover(request, slug, pk, Right.WRITE_COVER)
    _say(request, remind(cover=row, by=request.user))
    return redirect(_page(row))


# --- Sections ----------------------------------------------------------------------------------------------------


@get_or_post
def cover_section(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where a section is written and locked, by its writer or by who writes the cover reports of the plan.

    A POST saves, with “lock” also locks, and with “take” only puts the draft of the key issues into the text.
    """
    row = _section(request, pk)
    rights = rights_of(request.user, row.plan)
    is_officer = rights.everywhere(Right.WRITE_COVER)
    takes_issues = is_officer and row.fill == CoverFill.KEY_ISSUES and row.locked_at is None
    drafted = issues_for(row.cover, request.user) if takes_issues else None
    step = request.POST.get("do", "save")
    if request.method == "POST":
        check_can_write(request.user, row)
        if step == "take" and drafted is not None:
            return _take(request, row, drafted, rights)
    form = WriteForm(sent(request), row=row, locks=step == "lock")

    def save(*, reason: str, **changes: Any) -> CoverSection:
        return operations.write_section(section=row, lock=step == "lock", **changes)

    def done() -> HttpResponse:
        words = f"“{line(row.heading)}” is {'saved and locked' if step == 'lock' else 'saved'}."
        messages.success(request, words)
        if is_officer:
            return redirect(f"{_page(row.cover)}#section-{row.pk}")
        return redirect("reports:cover_section", row.pk)

    return change_row(
        request,
        form,
        save=save,
        of=f"Cover report, “{line(row.heading)}”",
        plan=row.plan,
        done=done,
        template="reports/cover_section.html",
        context=_section_context(request, row, rights, drafted, str(form["text"].value() or "")),
    )


def _take(request: SignedInRequest, row: CoverSection, drafted: IssuesDraft, rights: Rights) -> HttpResponse:
    """The form with the draft in what was typed, nothing of it saved; the sentences are kept as those of the period."""
    keep_issues(drafted, by=request.user)
    form = WriteForm(None, row=row)
    text = with_draft(request.POST.get("text", "").replace("\r\n", "\n"), drafted.text)
    form.initial |= {"text": text, "version": request.POST.get("version", "")}  # type: ignore[operator]
    context = _section_context(request, row, rights, drafted, text)
    context |= {"plan": row.plan, "form": form, "conflict": None, "is_taken": True}
    return render(request, "reports/cover_section.html", context)


def _section_context(
    request: SignedInRequest, row: CoverSection, rights: Rights, drafted: IssuesDraft | None, text: str
) -> dict[str, Any]:
    sees_plan = rights.everywhere(Right.SEE)
    may_write = row.cover.archived_at is None and not (rights.why and Right.WRITE_COVER not in rights)
    return {
        "section": row,
        "cover": row.cover,
        "sees_plan": sees_plan,
        "is_own": is_writer(request.user, row),
        "is_officer": rights.everywhere(Right.WRITE_COVER),
        "may_write": may_write,
        "why_not": "" if may_write else rights.why or "This cover report is in the archive.",
        "drafted": drafted,
        "missing": drafted.missing_in(text) if drafted else (),
        "is_listed": row.fill == Fill.APPENDICES,
        "crumbs": _crumbs(row.plan, row.cover) if sees_plan else [],
    }


@get_or_post
def cover_section_writer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says who writes a section, and by when."""
    row = _section(request, pk)
    check_can(request.user, Right.WRITE_COVER, row.plan)

    def save(*, reason: str, **changes: Any) -> CoverSection:
        return operations.assign_section(section=row, reason=reason or "Given to its writer", **changes)

    def done() -> HttpResponse:
        row.refresh_from_db()
        words = "The section is saved."
        if row.writer is not None:
            words = why_unreachable(row.writer) or (
                f"{line(row.writer.name)} writes “{line(row.heading)}”. E-mail them from here when they should begin."
            )
        messages.success(request, words)
        return redirect(f"{_page(row.cover)}#section-{row.pk}")

    form = WriterForm(sent(request), row=row, people=people_to_choose(request.user, row.writer_id or _last_writer(row)))
    if row.writer_id is None and request.method != "POST":
        form.initial["writer"] = _last_writer(row)
    return change_row(
        request,
        form,
        save=save,
        of=f"Cover report, “{line(row.heading)}”",
        plan=row.plan,
        done=done,
        template=EDIT,
        context={
            "title": "Who writes this section",
            "caption": row.heading,
            "crumbs": _crumbs(row.plan, row.cover),
            "back": _page(row.cover),
        },
    )


def _last_writer(row: CoverSection) -> int | None:
    """Who wrote the section of this heading in the plan’s newest other report."""
    rows = CoverSection.objects.filter(plan=row.plan, heading=row.heading, writer__left_on=None).exclude(writer=None)
    return rows.exclude(cover=row.cover_id).order_by("-cover", "-pk").values_list("writer", flat=True).first()


@get_or_post
def unlock_cover_section(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lets a locked section be written again."""
    row = _section(request, pk)
    check_can_write(request.user, row)
    back = reverse("reports:cover_section", args=[row.pk])

    def done() -> HttpResponse:
        messages.success(request, "The section is unlocked.")
        return redirect(back)

    sees_plan = rights_of(request.user, row.plan).everywhere(Right.SEE)
    return ask_why(
        request,
        lambda **given: operations.unlock_section(section=row, **given),
        WHY,
        of=f"Cover report, “{line(row.heading)}”",
        plan=row.plan,
        done=done,
        context={
            "title": "Unlock the section",
            "caption": row.heading,
            "explanation": "Its words can be changed again, until somebody locks it.",
            "button": "Unlock it",
            "is_gentle": True,
            "crumbs": _crumbs(row.plan, row.cover) if sees_plan else [],
            "back": back,
        },
    )


@require_POST
def remind_cover_section(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mails the writer of one section."""
    row = _section(request, pk)
    _say(request, remind(cover=row.cover, section=row, by=request.user))
    return redirect(f"{_page(row.cover)}#section-{row.pk}")


# --- What they share ---------------------------------------------------------------------------------------------


def _say(request: SignedInRequest, done: Reminded) -> None:
    """What a press of the button came to, in a sentence or two."""
    if done.refused:
        messages.error(request, done.refused)
        return
    words = []
    if done.sent:
        words.append(f"{number_of(done.sent, 'e-mail')} sent.")
    if done.already:
        words.append(f"Of {number_of(done.already, 'section')} the writer was e-mailed today already.")
    words += done.unreachable
    if done.failed:
        words.append(f"{number_of(done.failed, 'e-mail')} could not be sent. Try again later.")
    if not words:
        words.append("No section waits for anybody’s words.")
    say = messages.success if done.sent and not (done.failed or done.unreachable) else messages.warning
    say(request, " ".join(words))


def _plan(request: SignedInRequest, slug: str) -> tuple[Plan, Rights]:
    plan, rights = plan_for(request.user, slug, Right.SEE)
    check_has(Right.SEE, rights, everywhere=True)
    return plan, rights


def _cover(
    request: SignedInRequest, slug: str, pk: int, right: Right | None = None
) -> tuple[Plan, Rights, CoverReport]:
    """A report of a plan for whoever sees the whole plan, and has the right where there is one."""
    plan, rights = _plan(request, slug)
    rows = CoverReport.objects.visible_to(request.user).select_related("plan__council", "meeting__body", "template")
    row: CoverReport = get_object_or_404(rows, plan=plan, pk=pk)
    if right is not None:
        check_has(right, rights, everywhere=True)
    return plan, rights, row


def _section(request: SignedInRequest, pk: int) -> CoverSection:
    rows = CoverSection.objects.visible_to(request.user)
    found: CoverSection = get_object_or_404(
        rows.select_related("plan__council", "cover__plan", "cover__meeting__body", "writer__user", "locked_by"), pk=pk
    )
    return found


def _meetings(request: SignedInRequest, plan: Plan, today: date, chosen: int | None = None) -> QuerySet[Meeting]:
    """The meetings that a report can be for: those of the council’s boards from two months back on, and its own."""
    rows = Meeting.objects.visible_to(request.user).filter(council=plan.council).select_related("body")
    offered: QuerySet[Meeting] = rows.filter(
        Q(archived_at=None, held_on__gte=today - OFFERED_BACK) | Q(pk=chosen or 0)
    ).order_by("held_on", "pk")
    return offered


def _page(row: CoverReport) -> str:
    return reverse("reports:cover", args=[row.plan.slug, row.pk])


def _crumbs(plan: Plan, cover: CoverReport | None = None, *, list: bool = False) -> Crumbs:
    found = [
        (reverse("plans:list"), "Plans"),
        (reverse("reports:plan", args=[plan.slug]), plan.short_title),
    ]
    if list or cover is not None:
        found.append((reverse("reports:covers", args=[plan.slug]), "Cover reports"))
    if cover is not None:
        found.append((_page(cover), cover.title))
    return found


def _done(request: SignedInRequest, words: str, row: CoverReport) -> HttpResponse:
    messages.success(request, words)
    return redirect(_page(row))
