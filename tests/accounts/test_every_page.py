"""What holds for every page of the site, those that are still to come included.

What each answer forbids the browser is in test_headers.py; that no form of another site is taken, and who may open
what, in tests/permissions/test_matrix.py.
"""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.table import arguments_of

OPEN = {
    "alive",
    "health",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_signup",
    "accounts:invitation",
    "accounts:invitation_link",
    "accounts:openid",
    "accounts:openid_back",
    "accounts:sign_in",
    "milestones:personal",
    "milestones:personal_link",
    "accounts:sign_out",
    "accounts:time_left",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "reports:accessibility",
}
ARGUMENTS = {
    "slug": "safeguarding",
    "review": "ofsted",
    "ref": "1.1",
    "action_ref": "1",
    "outcome": 1,
    "code": "asm",
    "starts_on": "2011-05-01",
    "pk": 1,
    "number": 1,
    "token": "none",
    "uidb36": "1",
    "key": "none",
    "edition": 1,
    "section": 1,
    "digits": "1f3d7a",
}


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}"


def address(name: str) -> str:
    return reverse(name, kwargs={key: ARGUMENTS[key] for key in arguments_of(name)})


PAGES = sorted(names(get_resolver()))


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", sorted(set(PAGES) - OPEN))
def test_nobody_sees_it_without_signing_in(client, db, name):
    response = client.get(address(name))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/sign-in/?next=/")
