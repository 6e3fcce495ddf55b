"""Where a programme manager asks for words to be taken out of the records; information governance decides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.redaction import forget_in_session, propose_redaction
from accounts.redaction_views import RedactionForm
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from accounts.sudo import sudo_required

from .finding import names_of, plan_for
from .policies import Right


@sudo_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, slug: str) -> HttpResponse:
    """Asks for words to be taken out. Where else they stand is not told: it may be on plans of others."""
    plan, rights = plan_for(request.user, slug, Right.PROPOSE_REDACTION)
    form = RedactionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            redaction = propose_redaction(by=request.user, may_propose=True, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            forget_in_session(request.session, redaction.words, proposals_alone=True)
            kind = redaction.kind_of_data
            note_event(
                Event.REDACTION_PROPOSED, request=request, redaction=redaction.pk, plan=plan.slug, kind_of_data=kind
            )
            messages.success(
                request, "Proposed. Information governance decides, and the words are gone once they have."
            )
            return redirect("plans:propose_redaction", plan.slug)
    context = {"plan": plan, "rights": names_of(rights), "may_see": Right.SEE in rights, "form": form}
    return render(request, "plans/redaction.html", context, status=422 if form.errors else 200)
