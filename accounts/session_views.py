from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from .session_limits import left, only_asks, touch


@only_asks
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def time_left(request: HttpRequest) -> JsonResponse:
    """How long the reader stays signed in: `left` in seconds, 0 for whoever is not, and whether that can be put off.

    To ask puts nothing off; a POST does. All pages that are open in a browser so agree on what the server says.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0, "can_extend": False})
    if request.method == "POST":
        touch(request.session, at_once=True)
    now = left(request.session, request.user)
    return JsonResponse({"left": now.seconds, "can_extend": now.can_extend})
