"""What every answer tells the browser that it may not do, beside the content security policy of the settings; and
which methods there are at all."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

#: Nothing of a machine is used by any page.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
#: After a POST to one of these the browser keeps nothing of the site.
SIGN_OUT_PAGES = frozenset({"accounts:sign_out", "account_logout"})
#: Not the cookies: those of the council's other sites under the same domain would go too. Ours ends with the session.
CLEARED_AT_SIGN_OUT = '"cache", "storage"'
METHODS = ("GET", "HEAD", "POST")


class HeadersMiddleware:
    """Adds the headers to every answer, files and errors included; only files may stay in a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not is_file(request, response):
            patch_cache_control(response, private=True, no_store=True)
        if request.method == "POST" and _is_sign_out(request):
            response.headers["Clear-Site-Data"] = CLEARED_AT_SIGN_OUT
        return response


def is_file(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer is one of the site's own files, which are the same for everybody."""
    return response.status_code in (200, 206, 304) and request.path.startswith(settings.STATIC_URL)


def _is_sign_out(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in SIGN_OUT_PAGES


class MethodsMiddleware:
    """Pages are read and forms are sent; nothing of ours takes another method, whatever a view would make of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)


class PackedPagesMiddleware(GZipMiddleware):
    """Packs HTML, which shrinks to a tenth. Other files are mostly packed already, or are sent while they are read.

    Django varies the length of each answer, so that nobody learns from it what stands in a page (the attack “BREACH”).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
