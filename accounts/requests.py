"""A request as views that ask for a sign-in receive it, and what a form was sent with."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from .models import User


#: Methods that only read.
SAFE = ("GET", "HEAD", "OPTIONS")


class SignedInRequest(HttpRequest):
    """What a view gets once the middleware has let it through: somebody is signed in, and htmx may have asked."""

    user: "User"
    htmx: HtmxDetails


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None where it is only opened."""
    return request.POST if request.method == "POST" else None
