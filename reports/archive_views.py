"""The page on which everything of a plan is taken out."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.security import Event, note_event
from accounts.sudo import ask_again, has_proved
from plans.downloads import open_attachment
from plans.finding import names_of
from plans.models import Plan
from plans.policies import Right, check_can, check_has, rights_of

from .archive import make_archive, name_of_archive
from .archive_rows import rows_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Says what an archive holds; a POST answers with it, to whoever proved a moment ago who they are."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("council"), slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.TAKE_OUT, rights, everywhere=True)
    if request.method != "POST":
        return render(request, "reports/take_out.html", {"plan": plan, "rights": names_of(rights)})
    if not has_proved(request):
        return ask_again(request)
    for earlier in Plan.objects.filter(pk__in=rows_of(plan).plans - {plan.pk}):
        try:
            check_can(request.user, Right.TAKE_OUT, earlier)
        except PermissionDenied as error:
            raise PermissionDenied(
                "This plan goes on from one that you may not take out. Ask the programme manager of that plan."
            ) from error
    content = make_archive(plan)
    note_event(Event.EXPORTED, request=request, plan=plan.slug, what="everything", form="zip")
    return open_attachment(content, "application/zip", name_of_archive(plan))
