"""The site's addresses, and one of a page whose file is gone."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler403, handler404, handler500, urlpatterns
from plans.documents import FileGone

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def gone(request: HttpRequest) -> HttpResponse:
    raise FileGone("This file is missing from the store.")


urlpatterns = [*urlpatterns, path("gone/", gone)]
