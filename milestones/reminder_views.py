"""One's own reminders: whether they come."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest

from .reminding import set_reminders, wants_reminders


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: SignedInRequest) -> HttpResponse:
    """Says whether the reader is reminded by e-mail of the updates they owe, and switches it off and on."""
    if request.method == "POST":
        wanted = request.POST.get("reminders") == "on"
        set_reminders(user=request.user, wanted=wanted)
        messages.success(request, "You are reminded from now on." if wanted else "You get no more reminders.")
        return redirect("milestones:reminders")
    context = {"are_wanted": wants_reminders(request.user), "sends_mail": settings.SENDS_MAIL}
    return render(request, "milestones/reminders.html", context)
