"""The pages that order, show and hand out a report: who may, what they get, and that a mistake is told in words."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine

from milestones.models import Milestone
from milestones.operations import archive_milestone, edit_milestone
from plans.models import Plan
from plans.operations import add_action, give_role
from plans.spans import long_day
from reports.forms import FORMS, GROUPS, formats_of
from reports.pack_operations import start_pack
from reports.papers import KINDS, Order, make_paper
from reports.position import plan_position
from tests.cast import make_milestone

from .full_plan import AS_AT
from .test_appendix import Read

ORDER = "/plans/safeguarding/reports/"
LIST = "/plans/safeguarding/milestones/"
SHOW = "/plans/safeguarding/reports/milestones/"
WANTED = {"layout": "accessible", "readers": "internal", "as_at": "2011-05-31"}


@pytest.fixture
def manager(client, people, full_plan):
    client.force_login(people.manager)
    return client


@pytest.fixture
def analyst(client, people, full_plan):
    """Otto, who makes papers and sees nothing internal."""
    give_role(plan=full_plan.plan, user=people.outsider, role="analyst", by=people.manager)
    client.force_login(people.outsider)
    return client


@pytest.mark.parametrize("kind", FORMS)
def test_the_buttons_are_the_formats_there_are(kind):
    assert set(formats_of(kind)) == set(KINDS[kind].formats)


def test_every_paper_stands_in_one_group():
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(FORMS)


def test_a_paper_is_added_to_a_pack_as_it_is_ordered(manager, full_plan, people):
    pack = start_pack(plan=full_plan.plan, title="Cabinet", as_at=AS_AT, by=people.manager)
    asked = WANTED | {"show": "overdue", "paper": "milestones"}

    from_order = manager.post(ORDER, asked | {"pack": str(pack.number)}).url
    for_a_new_one = manager.post(ORDER, asked | {"pack": "new"}).url
    bar = manager.get(SHOW, asked).context["to_packs"]

    assert from_order.startswith(f"/packs/{pack.number}/papers/new/?paper=milestones&")
    assert "show=overdue" in from_order
    assert for_a_new_one.startswith("/plans/safeguarding/packs/new/?paper=milestones&")
    assert bar == [(pack, from_order), (None, for_a_new_one)]


def test_only_a_draft_that_may_be_prepared_is_offered(analyst, full_plan, people):
    start_pack(plan=full_plan.plan, title="Cabinet", as_at=AS_AT, by=people.manager)

    assert analyst.get(ORDER).context["packs"] is None
    assert analyst.get(SHOW, WANTED | {"readers": "no_internal"}).context["to_packs"] == []


@pytest.mark.parametrize("address", [ORDER, SHOW])
def test_an_outsider_is_told_there_is_no_such_plan(client, people, full_plan, address):
    client.force_login(people.outsider)

    assert client.get(address).status_code == 404
    assert client.post(ORDER, WANTED).status_code == 404


def test_a_page_is_not_posted_to(manager):
    assert manager.post(SHOW, WANTED).status_code == 405


def test_the_order_begins_with_today_or_what_the_address_says(manager, full_plan):
    page = manager.get(ORDER, {"as_at": "2011-04-30", "show": "overdue", "theme": full_plan.front.pk})

    assert 'value="2011-04-30"' in page.content.decode()
    assert page.context["form"]["show"].value() == "overdue"
    assert 'value="overdue" selected' in page.content.decode()
    assert f'value="{full_plan.front.pk}" selected' in page.content.decode()
    with time_machine.travel("2011-05-31 12:00"):
        assert 'value="2011-05-31"' in manager.get(ORDER).content.decode()


def test_the_order_says_when_the_last_cycle_ended(manager, full_plan):
    anchor, days = full_plan.plan.cycle_anchor, timedelta(days=full_plan.plan.cycle_days)
    ended_on = long_day(anchor + 2 * days - timedelta(days=1))

    def says(day):
        return f"The cycle before this one ended on {ended_on}." in manager.get(ORDER, {"as_at": day}).content.decode()

    assert says(anchor + 2 * days)
    assert not says(anchor + 2 * days - timedelta(days=1))
    assert "The cycle before" not in manager.get(ORDER, {"as_at": anchor}).content.decode()


def test_an_order_to_see_goes_on_to_the_page_that_shows_it(manager):
    answer = manager.post(ORDER, WANTED | {"show": "overdue"})

    assert answer.status_code == 302
    assert answer.url == f"{SHOW}?layout=accessible&readers=internal&as_at=2011-05-31&show=overdue"


@pytest.mark.parametrize("layout", ["classic", "accessible"])
def test_the_page_shows_the_report_without_a_style_or_script_of_its_own(manager, layout):
    page = manager.get(SHOW, WANTED | {"layout": layout})
    read = Read(page.content.decode())

    assert page.status_code == 200
    assert (1, "Safeguarding Improvement Plan Milestone Report May 2011 – all actions") in read.headings
    assert "Not achieved – overdue" in read.text
    assert not [tag for tag, _ in read.tags if tag in ("style", "script")]
    assert not any("style" in attributes for _, attributes in read.tags)
    assert [attributes["href"] for tag, attributes in read.tags if attributes.get("rel") == "stylesheet"] == [
        "/static/css/tokens.css",
        "/static/css/layout.css",
        "/static/css/print.css",
        "/static/css/paper.css",
    ]
    assert "no-store" in page["Cache-Control"]


def test_the_page_alone_is_no_report(manager):
    manager.get(SHOW, WANTED)

    assert Plan.objects.get().last_reported_at is None


@pytest.mark.parametrize("format", ["pdf", "html", "csv", "json"])
def test_a_download_is_the_paper_and_is_noted(manager, full_plan, format):
    answer = manager.post(ORDER, WANTED | {"format": format})

    expected = make_paper("milestones", format, plan_position(full_plan.plan, AS_AT), Order())
    assert answer.content == expected.content
    assert answer["Content-Type"] == expected.content_type
    assert answer["Content-Disposition"] == f'attachment; filename="safeguarding-milestones-2011-05-31.{format}"'
    assert "no-store" in answer["Cache-Control"]
    assert Plan.objects.get().last_reported_at is not None


def test_a_download_keeps_to_the_filter_on_screen(manager, full_plan):
    answer = manager.post(ORDER, WANTED | {"format": "csv", "show": "overdue", "lead": full_plan.nurse.pk})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["milestone_ref"] for row in rows] == ["1.2"]


@pytest.mark.django_db
@pytest.mark.parametrize("moment", [pytest.param("", id="now"), pytest.param("2026-05-01T12:00", id="then")])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("text=LISTENER", id="words of a milestone"),
        pytest.param("text=every contact", id="words of an action"),
        pytest.param("text=1.1", id="how a number begins"),
        pytest.param("text=.1", id="the middle of a number"),
        pytest.param("theme={front.pk}", id="theme"),
        pytest.param("lead={nurse.pk}", id="leading and supporting"),
        pytest.param("recommendation={six.pk}", id="recommendation"),
        pytest.param("status=not_achieved", id="status"),
        pytest.param("show=overdue&text=school", id="two at once"),
    ],
)
def test_the_list_and_the_report_of_an_address_have_the_same_milestones(client, request, query, moment):
    with time_machine.travel("2026-05-01 09:00"):
        made = request.getfixturevalue("full_plan")
    with time_machine.travel("2026-05-02 09:00"):
        third = Milestone.objects.get(ref="1.3")
        edit_milestone(milestone=third, text="A listener is there.", lead=made.nurse, by=made.by, reason="Changed")
        archive_milestone(milestone=made.second, reason="Twice in the plan.", by=made.by)
    address = f"as_at=2011-05-31&recorded_at={moment}&{query.format(**vars(made))}"

    with time_machine.travel("2026-05-03 09:00"):
        client.force_login(made.by)
        listed, report = client.get(f"{LIST}?{address}"), client.get(f"{SHOW}?{address}")

    on_list = [position.ref for _, rows in listed.context["groups"] for position, _ in rows]
    on_paper = [row.ref for theme in report.context["paper"].themes for action in theme.actions for row in action.rows]
    assert (listed.status_code, report.status_code) == (200, 200)
    assert on_list == on_paper
    assert len(on_list) < listed.context["total"]


def test_what_the_page_shows_can_be_downloaded_and_changed_from_it(manager):
    page = Read(manager.get(SHOW, WANTED | {"status": "not_achieved"}).content.decode())

    hidden = {
        attributes["name"]: attributes["value"]
        for tag, attributes in page.tags
        if tag == "input" and attributes["name"] != "csrfmiddlewaretoken"
    }
    assert hidden == WANTED | {"status": "not_achieved"}
    assert any("status=not_achieved" in attributes.get("href", "") for _, attributes in page.tags)


def test_who_may_not_see_internal_things_is_offered_and_given_none(analyst):
    page = analyst.get(SHOW, {"as_at": "2011-05-31"})
    forbidden = analyst.post(ORDER, WANTED | {"format": "csv"})

    assert "looked at in private" not in page.content.decode()
    assert "Leon Lead" in page.content.decode()
    assert forbidden.status_code == 422
    assert "internal" not in dict(forbidden.context["form"].fields["readers"].choices)


def test_a_report_that_has_two_layouts_leads_from_one_to_the_other(manager):
    page = manager.get(SHOW, WANTED | {"layout": "classic", "readers": "public"})

    words, address = page.context["other_layout"]
    assert words == "Accessible layout"
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    other = manager.get(address)
    assert other.context["other_layout"][0] == "Classic layout"
    assert "readers=public" in other.context["other_layout"][1]
    assert manager.get(f"{ORDER}summary/").context["other_layout"] is None


def test_filters_are_open_once_the_report_is_narrowed(manager):
    whole, narrowed = (manager.get(ORDER, asked) for asked in ({}, {"show": "overdue"}))

    assert [page.context["form"].is_narrowed for page in (whole, narrowed)] == [False, True]
    assert '<details class="govuk-details" open>' not in whole.content.decode()
    assert '<details class="govuk-details" open>' in narrowed.content.decode()


def test_the_public_copy_names_nobody_and_warns_of_names_in_notes(manager, full_plan):
    page = manager.get(SHOW, WANTED | {"readers": "public"}).content.decode()

    assert "Leon" not in page
    assert "Head of Service" in page
    assert "Read these before you publish" not in page


def test_the_public_copy_warns_of_words_about_children(manager, full_plan):
    edit_milestone(milestone=full_plan.second, text="See Child A.", reason="Clearer", by=full_plan.by)

    public = manager.get(SHOW, WANTED | {"readers": "public"}).content.decode()
    internal = manager.get(SHOW, WANTED).content.decode()

    assert "“Child A” in 1.2 looks like a particular child or family" in public
    assert "Read these before you publish" not in internal


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"as_at": "soon"}, "This is not a date. Write it as 31/5/2026."),
        ({"as_at": "2999-01-01"}, "1 January 2999 is more than a year ahead. Check the year."),
        ({"as_at": ""}, "Enter the day this report stands at."),
        ({"recorded_at": "yesterday"}, "“yesterday” is not a moment. Write it as 2011-06-03T10:32."),
        ({"recorded_at": "2001-01-01T10:00"}, "The plan was not in Waymark at that moment."),
        ({"theme": "999999"}, "Select a valid choice. 999999 is not one of the available choices."),
        ({"layout": "poster"}, "Select a valid choice. poster is not one of the available choices."),
    ],
)
def test_a_mistake_is_told_in_words_and_nothing_is_handed_out(manager, wrong, sentence):
    posted = manager.post(ORDER, WANTED | {"format": "csv"} | wrong)
    shown = manager.get(SHOW, WANTED | wrong)

    assert (posted.status_code, shown.status_code) == (422, 400)
    assert sentence in posted.content.decode()
    assert sentence in shown.content.decode()
    assert "Error: Milestone report" in posted.content.decode()
    assert Plan.objects.get().last_reported_at is None


def test_a_day_may_be_written_as_people_write_it(manager):
    answer = manager.post(ORDER, WANTED | {"as_at": "31/5/2011", "format": "csv"})

    assert answer["Content-Disposition"] == 'attachment; filename="safeguarding-milestones-2011-05-31.csv"'


def test_a_pdf_that_cannot_be_made_is_told_on_the_page(manager, monkeypatch):
    from reports import pdf

    def refuse(html):
        raise pdf.PdfRefused("This paper needs more memory.", "ab12")

    monkeypatch.setattr(pdf, "render_pdf", refuse)
    answer = manager.post(ORDER, WANTED | {"format": "pdf"})

    assert answer.status_code == 422
    assert "This paper needs more memory. (reference ab12)" in answer.content.decode()
    assert Plan.objects.get().last_reported_at is None


def test_the_page_costs_as_many_queries_for_many_rows_as_for_few(manager, full_plan, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(33) as captured:
            assert manager.get(SHOW, WANTED).status_code == 200
        return captured

    few = queries()
    own = [query["sql"] for query in few if not re.search(r"session|accounts_user\"|planmembership", query["sql"])]
    action = add_action(theme=full_plan.front, ref="9", text="More.", by=full_plan.by)
    for _ in range(10):
        make_milestone(action, lead=full_plan.nurse, by=full_plan.by)

    assert len(queries()) == len(few)
    assert len(own) <= 29
