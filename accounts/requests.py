from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from .models import User


class SignedInRequest(HttpRequest):
    """What a view gets once the middleware has let it through: somebody is signed in, and htmx may have asked."""

    user: "User"
    htmx: HtmxDetails
