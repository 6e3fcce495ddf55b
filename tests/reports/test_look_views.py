"""The pages of a council's look."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from PIL import Image

from accounts.history import OutsideOperation
from accounts.operations import add_organisation
from plans.operations import give_role, start_plan, take_role
from reports.look_forms import NAMED
from reports.look_operations import save_look
from reports.look_reading import look_of
from reports.looks import COLUMNS, Look
from reports.milestone_paper import Layout
from reports.models import LookVersion
from reports.papers import DRAWN, KINDS, Order, make_paper
from reports.position import plan_position

from .full_plan import AS_AT

pytestmark = pytest.mark.django_db


def png(size=(40, 20)):
    picture = BytesIO()
    Image.new("RGB", size, "#1f3d7a").save(picture, "PNG")
    return SimpleUploadedFile("logo.png", picture.getvalue(), "image/png")


@pytest.fixture
def address(council):
    return reverse("reports:look", args=[council.pk])


@pytest.fixture
def manager(client, people, plan):
    client.force_login(people.manager)
    return client


def sent(address, client, **changes):
    form = client.get(address).context["form"]
    values = {each.html_name: each.value() for each in form}
    values = {name: "" if value is None else value for name, value in values.items() if name != "logo"}
    return values | changes


def test_a_saved_look_is_that_of_the_council(manager, address, council):
    answer = manager.post(
        address,
        sent(
            address,
            manager,
            logo_is="new",
            logo=png(),
            logo_words="The park gates",
            colour="#1F3D7A",
            marking="Official",
        ),
    )

    assert answer.status_code == 302
    look = look_of(council)
    assert (look.number, look.colour, look.marking, look.logo_words) == (1, "#1f3d7a", "Official", "The park gates")
    assert look.logo.startswith("data:image/png;base64,")


def test_the_next_version_keeps_what_it_does_not_change(manager, address, council):
    manager.post(address, sent(address, manager, logo_is="new", logo=png(), logo_words="The park gates"))

    manager.post(address, sent(address, manager, title_milestones="Progress on our plan", column_milestones_lead=""))

    look = look_of(council)
    assert look.number == 2
    assert look.logo
    assert look.logo_words == "The park gates"
    assert look.titles == {"milestones": "Progress on our plan"}
    assert look.columns == {"milestones": ("dates", "status", "note", "outcome")}


def test_a_preview_shows_a_paper_and_saves_nothing(manager, address, council, full_plan):
    asked = sent(address, manager, logo_is="new", logo=png(), logo_words="Gates", marking="Official", preview="1")

    shown = manager.post(address, asked)

    assert shown.status_code == 200
    assert "A preview. Nothing is saved yet." in shown.text
    assert "Official" in shown.text
    assert 'alt="Gates"' in shown.text
    assert not LookVersion.objects.exists()

    kept = dict(shown.context["sent"])
    assert manager.post(address, kept | {"save": "1"}).status_code == 302
    assert look_of(council).logo


def test_a_preview_shows_nothing_of_a_plan_of_which_somebody_sees_little(manager, address, council, full_plan, people):
    other = start_plan(
        title="Harbour recovery plan",
        council=council,
        cycle_anchor=date(2011, 5, 2),
        cycle_days=14,
        by=people.manager,
    )
    preview = sent(address, manager, preview="1")
    assert "Harbour recovery plan" in manager.post(address, preview).text
    give_role(plan=other, user=people.outsider, role="manager", by=people.manager)
    give_role(plan=other, user=people.manager, role="contributor", by=people.outsider)
    take_role(membership=other.memberships.get(user=people.manager, role="manager"), reason="x", by=people.outsider)

    shown = manager.post(address, preview)

    assert "Harbour recovery plan" not in shown.text
    assert full_plan.plan.title in shown.text


def test_papers_of_the_plan_have_the_look_from_then_on(manager, council, full_plan, people):
    paper = reverse("papers:milestones", args=[full_plan.plan.slug])
    assert "Strictly official" not in manager.get(paper).text

    save_look(council=council, by=people.manager, seen=0, marking="Strictly official")

    assert "Strictly official" in manager.get(paper).text
    made = manager.post(
        reverse("papers:order", args=[full_plan.plan.slug]),
        {"paper": "milestones", "layout": "accessible", "readers": "internal", "as_at": "2011-05-31", "format": "html"},
    )
    assert "Strictly official" in made.text


def test_each_paper_whose_columns_are_chosen_can_be_looked_at(manager, address, full_plan):
    page = manager.get(address).text
    for kind in COLUMNS:
        assert f'name="preview" value="{kind}"' in page
        shown = manager.post(address, sent(address, manager, **{f"title_{kind}": "Called so", "preview": kind}))

        assert "Called so" in shown.text.split("</h1>")[0]


def test_from_a_preview_one_goes_back_to_the_form_with_what_was_typed(manager, address, full_plan):
    shown = manager.post(address, sent(address, manager, marking="Official", preview="1"))

    form = manager.post(address, shown.context["sent"] | {"change": "1"})

    assert form.status_code == 200
    assert form.context["form"]["marking"].value() == "Official"
    assert not LookVersion.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "#eeeeee"}, "too pale"),
        ({"colour": "blue"}, "Write the colour as #"),
        ({"logo_is": "new"}, "Choose the picture of the logo."),
        ({"column_milestones_status": ""}, "cannot be left out"),
        ({"standing": "Child A, born 3 May 2019, lives there."}, "may tell who a child is"),
    ],
)
def test_what_cannot_be_printed_or_read_is_refused_in_a_sentence(manager, address, changes, words):
    answer = manager.post(address, sent(address, manager, **changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert not LookVersion.objects.exists()


def test_a_logo_needs_words(manager, address):
    answer = manager.post(address, sent(address, manager, logo_is="new", logo=png()))

    assert answer.status_code == 422
    assert "Say in words what the logo shows" in answer.text


def test_whoever_chose_a_picture_has_it_whatever_is_ticked_above_it(manager, address, council):
    page = manager.post(address, sent(address, manager, logo_is="none", logo=png(), logo_words="Gates", preview="1"))
    manager.post(address, page.context["sent"] | {"save": "1"})

    assert look_of(council).logo_words == "Gates"
    assert look_of(council).logo


def test_a_picture_that_this_site_did_not_draw_is_not_taken(manager, address):
    answer = manager.post(address, sent(address, manager, logo_is="new", logo_sent="bm9uc2Vuc2U=", logo_words="x"))

    assert answer.status_code == 400
    assert not LookVersion.objects.exists()


def test_of_two_at_once_the_second_is_told_and_loses_nothing(manager, address, council, people):
    asked = sent(address, manager, marking="Official")
    save_look(council=council, by=people.manager, seen=0, marking="Public")

    answer = manager.post(address, asked)

    assert answer.status_code == 409
    assert answer.context["form"]["marking"].value() == "Official"
    assert look_of(council).marking == "Public"
    again = {each.html_name: each.value() for each in answer.context["form"] if each.html_name != "logo"}
    assert manager.post(address, {name: value or "" for name, value in again.items()}).status_code == 302
    assert look_of(council).marking == "Official"


def test_who_reads_the_plan_may_not_change_the_look(client, people, plan, address):
    give_role(plan=plan, user=people.outsider, role="analyst", by=people.manager)
    client.force_login(people.outsider)

    assert client.get(address).status_code == 403
    assert "/looks/1.css" not in client.get(reverse("reports:looks")).text
    assert client.get(reverse("reports:looks")).status_code == 200


def test_the_look_of_another_council_is_not_there(manager, people):
    other = add_organisation(name="Harbour Bay Council", kind="council", by=people.manager)

    assert manager.get(reverse("reports:look", args=[other.pk])).status_code == 404


def test_a_version_is_never_changed(council, people):
    row = save_look(council=council, by=people.manager, seen=0, marking="Official")

    row.marking = "Secret"
    with pytest.raises(OutsideOperation):
        row.save()
    with pytest.raises(OutsideOperation):
        LookVersion.objects.update(marking="Secret")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_lookversion SET marking = 'Secret'")
    assert look_of(council).marking == "Official"


def test_the_style_sheet_of_a_colour(manager):
    answer = manager.get("/looks/1f3d7a.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.text == ".paper { --council: #1f3d7a; }"


@pytest.mark.parametrize("kind", NAMED)
def test_every_paper_is_called_as_the_council_calls_it(full_plan, kind):
    position = plan_position(full_plan.plan, AS_AT)
    before = plan_position(full_plan.plan, date(2011, 5, 1)) if KINDS[kind].compares else None
    look = Look(titles={kind: "What the council calls it"})

    named, usual = (DRAWN[kind].view(position, Order(look=each, before=before)).title for each in (look, Look()))

    assert "What the council calls it" in named
    assert "What the council calls it" not in usual


#: What the heads of a paper's tables say by each column, in the classic layout, which has them all.
HEADS = {
    "milestones": {
        "dates": ("Start Date", "Due Date"),
        "status": ("Status",),
        "note": ("Progress Note",),
        "lead": ("Milestone Lead",),
        "outcome": ("Outcome",),
    },
    "recommendations": {key: (words,) for key, words in COLUMNS["recommendations"].items()},
    "indicators": {
        "good": ("Good is",),
        "years": ("Last year (year before)",),
        "to_date": ("Year to date",),
        "target": ("Target",),
        "status": ("Status",),
        "distance": ("From target (+ is better)",),
        "direction": ("Direction",),
        "compared": ("Stat. neighbours", "England"),
        "commentary": ("Commentary",),
    },
}
TABLES = {
    "milestones": "milestones--classic",
    "recommendations": "recommendations--progress",
    "indicators": "indicators--classic",
}


def heads_of(kind, position, columns):
    """The heads of the first table of a classic paper, and how many cells its first row has."""
    order = Order(layout=Layout.CLASSIC, look=Look(columns={kind: tuple(columns)}))
    html = make_paper(kind, "html", position, order).content.decode()
    table = html.split(TABLES[kind])[-1].split("</table>")[0]
    row = table.split("<tbody")[1].split("</tr>")[0]
    return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table), len(re.findall(r"<t[hd][ >]", row))


@pytest.mark.parametrize("kind", HEADS)
def test_columns_are_printed_as_they_were_chosen(request, kind):
    made = request.getfixturevalue("measured_plan" if kind == "indicators" else "full_plan")
    position = plan_position(made.plan, AS_AT)
    keys = list(HEADS[kind])
    kept = ["figures"] if kind == "indicators" else []

    for chosen in (keys[::-1], ["status", *[key for key in keys if key == "count"]]):
        heads, cells = heads_of(kind, position, [*chosen, *kept])

        named = [words for words in heads if any(words in each for each in HEADS[kind].values())]
        assert named == [words for key in chosen for words in HEADS[kind][key]]
        assert cells == len(heads)
