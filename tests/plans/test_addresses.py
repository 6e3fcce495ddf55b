from urllib.parse import quote, unquote

import pytest
from django.urls import Resolver404, resolve, reverse

from plans.addresses import key_from


@pytest.mark.parametrize("ref", ["1.1", "1.2a", "id-5", "1/2", "50%", "1%2F2", "é 3", "..", ".", "a?b#c", "update"])
def test_a_number_comes_back_from_its_address(ref):
    address = reverse("milestones:update", args=["safeguarding", ref])

    assert resolve(unquote(address)).kwargs == {"slug": "safeguarding", "ref": ref}
    assert address.count("/") == 6


def test_a_plain_number_stands_in_the_address_as_it_is():
    assert reverse("milestones:detail", args=["safeguarding", "1.2a"]) == "/plans/safeguarding/milestones/1.2a/"


@pytest.mark.parametrize("written", ["\x00", "%00", "1%2500", "1.1\n", "1%0A1", "\x85"])
def test_no_address_holds_a_control_character(client, people, plan, written):
    client.force_login(people.manager)

    with pytest.raises(Resolver404):
        resolve(f"/plans/safeguarding/milestones/{unquote(written)}/")
    assert client.get(f"/plans/safeguarding/milestones/{quote(written, safe='%')}/").status_code == 404


@pytest.mark.parametrize("text", ["", "0", "-1", "1 ", "²", "٣", "one", "9" * 16, "9" * 5_000])
def test_what_is_no_key_is_nothing(text):
    assert key_from(text) == 0


def test_a_key_is_read():
    assert key_from("12") == 12
