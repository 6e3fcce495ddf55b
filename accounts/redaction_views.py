"""The pages on which information governance takes words out of the records. To everybody else they are not there.

Words are sent in the body of a form and never stand in an address, where a log would keep them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from .fields import TextField
from .models import Redaction
from .redaction import (
    LEAST_TO_LOOK,
    MOST_LETTERS,
    check_words,
    forget_in_session,
    propose_redaction,
    redact,
    redactions_visible_to,
    refuse_redaction,
    where_words_stand,
)
from .requests import SignedInRequest
from .security import Event, note_event
from .sudo import sudo_required

ROWS_A_PAGE = 50

#: What stays to be read once the words are gone, so it is chosen and not typed.
KINDS = (
    "Name of a child or of their family",
    "Date of birth",
    "Address or telephone number",
    "NHS number, pupil number or another number of a person",
    "What somebody’s health or care was",
    "Name of an officer",
    "Something else about a person",
)

View = Callable[..., HttpResponseBase]


class RedactionForm(forms.Form):
    """What is to be taken out, and why."""

    words = forms.CharField(
        label="Words to take out",
        max_length=MOST_LETTERS,
        help_text="Exactly as they stand, capitals too. Longer words that hold them are left alone.",
        error_messages={"required": "Enter the words."},
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )
    kind_of_data = forms.ChoiceField(
        label="What they are",
        choices=[("", "Choose"), *((kind, kind) for kind in KINDS)],
        error_messages={"required": "Choose what they are."},
    )
    reason = TextField(
        label="Reason",
        max_length=500,
        help_text="Stays for ever, without the words themselves.",
        error_messages={"required": "Say why."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def for_information_governance(view: View) -> View:
    """A page that is not there for anybody else."""

    @wraps(view)
    def finds(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_information_governance:
            raise Http404("Not for this reader.")
        return view(request, *args, **kwargs)

    return finds


@for_information_governance
@require_safe
def redaction_list(request: SignedInRequest) -> HttpResponse:
    """What waits to be decided, and what was."""
    rows = redactions_visible_to(request.user)
    decided = rows.exclude(state=Redaction.State.PROPOSED).order_by("-decided_at", "-pk")
    context = {
        "waiting": rows.filter(state=Redaction.State.PROPOSED).order_by("proposed_at", "pk")[:ROWS_A_PAGE],
        "page": Paginator(decided, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "accounts/redaction_list.html", context)


@for_information_governance
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest) -> HttpResponse:
    """Shows where words stand, then asks for them to be taken out."""
    form = RedactionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "look" in request.POST:
        return _looked(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            redaction = propose_redaction(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            # Whoever is told that words stand nowhere has looked.
            note_event(Event.REDACTION_LOOKED_UP, request=request)
            form.add_error(None, error)
        else:
            forget_in_session(request.session, redaction.words, proposals_alone=True)
            note_event(
                Event.REDACTION_PROPOSED, request=request, redaction=redaction.pk, kind_of_data=redaction.kind_of_data
            )
            messages.success(request, "Proposed. Somebody else of information governance decides.")
            return redirect("accounts:redactions")
    return render(request, "accounts/redaction_propose.html", {"form": form}, status=422 if form.errors else 200)


def _looked(request: SignedInRequest, form: RedactionForm) -> HttpResponse:
    """Where the words stand. Nothing is asked for yet, so nothing else has to be filled in."""
    form.full_clean()
    for name in ("kind_of_data", "reason"):
        form.errors.pop(name, None)
    context: dict[str, Any] = {"form": form}
    if "words" in form.cleaned_data:
        try:
            words = check_words(form.cleaned_data["words"], least=LEAST_TO_LOOK)
            places = context["places"] = where_words_stand(words)
            context["has_looked"] = True
            note_event(Event.REDACTION_LOOKED_UP, request=request, kinds_of_record=len(places))
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "accounts/redaction_propose.html", context, status=422 if form.errors else 200)


@for_information_governance
@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words, where they stand and why they should go; a second person decides."""
    redaction = get_object_or_404(redactions_visible_to(request.user), pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "redact":
                words = redaction.words
                redact(redaction=redaction, by=request.user)
                forget_in_session(request.session, words)
                note_event(Event.REDACTED, request=request, redaction=pk, versions=redaction.places)
                messages.success(request, f"Redacted, in {redaction.places} versions and wherever the words stood now.")
                return redirect("accounts:redactions")
            if request.POST.get("decision") == "refuse":
                refuse_redaction(redaction=redaction, by=request.user)
                note_event(Event.REDACTION_REFUSED, request=request, redaction=pk)
                messages.success(request, "Refused. The words stay where they are, and are forgotten here.")
                return redirect("accounts:redactions")
            refusal = "Choose whether to redact or to refuse."
        except (PermissionDenied, ValidationError) as error:
            refusal = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            redaction.refresh_from_db()
    waits = redaction.state == Redaction.State.PROPOSED
    places = where_words_stand(redaction.words) if waits else []
    if waits:
        note_event(Event.REDACTION_LOOKED_UP, request=request, redaction=pk, kinds_of_record=len(places))
    context = {
        "redaction": redaction,
        "waits": waits,
        "is_own": redaction.proposed_by_id == request.user.pk,
        "places": places,
        "refusal": refusal,
    }
    return render(request, "accounts/redaction_page.html", context, status=422 if refusal else 200)
