"""The page: a list pasted as it was printed, looked at, applied with one click, undone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from accounts.history import delete_with_reason, operating
from accounts.models import Operation, SecurityEvent
from imports.models import RecommendationImport
from imports.readers import read_recommendations_text
from imports.recommendation_operations import apply_list, keep_list
from milestones.operations import link_milestone
from plans.due_dates import due_dates
from plans.models import ChildDataOverride, Recommendation
from plans.operations import add_recommendation, add_review
from plans.recommendation_operations import edit_recommendation

from .lists import AREAS, DATES, NOTE, PUBLISHED, as_file, as_pasted

NEW = "/reviews/ofsted-feb-2011/recommendations/import/"


@pytest.fixture
def ofsted(council, people, plan):
    return add_review(council=council, short_name="Ofsted Feb 2011", published_on=PUBLISHED, by=people.manager)


@pytest.fixture
def kept(ofsted, people):
    """Keeps a pasted list for its preview."""

    def keep(text):
        table = read_recommendations_text(text)
        return keep_list(review=ofsted, table=table, file_name="Pasted list", by=people.manager)

    return keep


def fields(page):
    """What the preview would send as it is."""
    html = page.content.decode()
    sent = {"seen": re.search(r'name="seen" value="([0-9a-f]+)"', html)[1]}
    for tag in re.findall(r"<input[^>]*form=\"apply\"[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if "checkbox" not in tag:
            sent[name[1]] = value[1] if value else ""
    return sent


def test_fourteen_areas_pasted_as_printed_become_fourteen_recommendations_with_both_dates(ofsted, manager):
    before = Operation.objects.count()

    page = manager.post(NEW, {"pasted": as_pasted()}, follow=True)

    assertContains(page, "14 recommendations. Nothing is written yet. Timescales count from 25 February 2011.")
    assertContains(page, "25 May 2011")
    assertContains(page, "31 May 2011")
    assert Operation.objects.count() == before
    done = manager.post(page.request["PATH_INFO"], fields(page))
    assertRedirects(done, ofsted.get_absolute_url())
    assert Operation.objects.count() == before + 1
    rows = list(ofsted.recommendations.order_by("pk"))
    assert [(row.number, row.text, row.timescale_words) for row in rows] == AREAS
    due = [due_dates(words=row.timescale_words, counted_from=PUBLISHED, given_on=row.due_on) for row in rows]
    assert [(each.strict, each.plan) for each in due] == [DATES[when] for _, _, when in AREAS]
    assert f"({rows[7].note})" == NOTE
    assert {row.section for row in rows[:8]} == {"Safeguarding"}
    assert {row.section for row in rows[8:]} == {"Children in care"}
    assert SecurityEvent.objects.filter(kind="imported").exists()


def test_the_same_list_again_changes_nothing_and_sent_twice_it_is_done_once(ofsted, manager):
    page = manager.post(NEW, {"pasted": as_pasted()}, follow=True)
    manager.post(page.request["PATH_INFO"], fields(page))
    before = Operation.objects.count()

    again = manager.post(page.request["PATH_INFO"], fields(page))
    second = manager.post(NEW, {"pasted": as_pasted()}, follow=True)

    assertRedirects(again, page.request["PATH_INFO"])
    assertContains(second, "This list changes nothing.")
    assert "Import into" not in second.content.decode()
    assert Operation.objects.count() == before


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv", "tsv"])
def test_a_file_is_read_too(ofsted, manager, kind):
    file = SimpleUploadedFile(f"list.{kind}", as_file(kind))

    page = manager.post(NEW, {"file": file, "pasted": ""}, follow=True)

    assertContains(page, f"list.{kind}")
    assertContains(page, "14 recommendations.")


def test_a_heading_that_gives_no_date_is_asked_about_and_one_with_its_tail_is_read(kept, ofsted, manager):
    import_ = kept(
        "Immediately:\n1. Answer\nWithin three months of the publication of this report, the council should:\n2. Tell\n"
        "By the next annual conversation\n3. Give\nImmediately upon receipt of this report:\n4. Keep\n"
        "Within three months (by May 2022)\n5. Write"
    )
    page = manager.get(import_.get_absolute_url())
    sent = fields(page)

    assert {name for name in sent if name.startswith("due_on")} == {"due_on_r2", "due_on_r3", "due_on_r4"}
    assertContains(page, "25 May 2011")
    manager.post(import_.get_absolute_url(), sent)
    said = [row.timescale_words for row in ofsted.recommendations.order_by("pk")]
    assert said == [
        "Immediately",
        "Within three months of the publication of this report, the council should",
        "By the next annual conversation",
        "Immediately upon receipt of this report",
        "Within three months (by May 2022)",
    ]


def test_words_that_count_from_publication_are_asked_about_where_the_review_counts_from_receipt(
    council, people, plan, manager
):
    counted = add_review(
        council=council,
        short_name="Received",
        published_on=PUBLISHED,
        received_on=PUBLISHED,
        timescales_from="received",
        by=people.manager,
    )
    table = read_recommendations_text("1. Answer\tWithin three months of publication\n2. Tell\tWithin three months")
    import_ = keep_list(review=counted, table=table, file_name="list", by=people.manager)

    page = manager.get(import_.get_absolute_url())

    assert {name for name in fields(page) if name.startswith("due_on")} == {"due_on_r0"}


def test_the_lists_that_were_read_can_be_told_apart(kept, manager):
    kept("1. Answer every contact within a day of its arrival at the front door\n2. Tell")
    kept("1. Tell the board")
    kept("Nothing here")

    page = manager.get(NEW)

    assertContains(page, "2 recommendations, from “Answer every contact within a day of its…”")
    assertContains(page, "1 recommendation, from “Tell the board”")


def test_unknown_words_are_asked_about_and_the_date_comes_with_its_reason(kept, ofsted, manager):
    import_ = kept("1. Answer sooner\tAs resources allow\n2. Tell the board\tOngoing\n3. Keep\tImmediately")
    page = manager.get(import_.get_absolute_url())
    sent = fields(page)

    assert {name for name in sent if name.startswith("due")} == {"due_on_r0", "due_reason_r0"}
    refused = manager.post(import_.get_absolute_url(), sent | {"due_on_r0": "2011-09-30"})
    assertContains(refused, "Say why this is the due date.", status_code=422)
    assert 'value="2011-09-30"' in refused.content.decode()
    reason = {"due_on_r0": "2011-09-30", "due_reason_r0": "Agreed with the inspectors."}
    manager.post(import_.get_absolute_url(), sent | reason)
    row = ofsted.recommendations.get(number="1")
    assert (str(row.due_on), row.due_reason) == ("2011-09-30", "Agreed with the inspectors.")
    assert row.timescale_words == "As resources allow"


def test_unknown_words_without_a_date_are_kept(kept, ofsted, manager):
    import_ = kept("1. Answer sooner\tAs resources allow\n2. Tell the board\tOngoing\n3. Keep\tImmediately")

    manager.post(import_.get_absolute_url(), fields(manager.get(import_.get_absolute_url())))

    assert ofsted.recommendations.get(number="1").timescale_words == "As resources allow"
    assert ofsted.recommendations.get(number="1").due_on is None


def test_numbers_that_are_guessed_can_be_put_right(kept, ofsted, manager):
    import_ = kept("• Answer sooner\n• Tell the board")
    page = manager.get(import_.get_absolute_url())

    assertContains(page, '<span class="flag">guessed</span>', 2, html=True)
    same = manager.post(import_.get_absolute_url(), fields(page) | {"number_r1": "1"})
    assertContains(same, "Number 1 stands twice", status_code=422)
    manager.post(import_.get_absolute_url(), fields(page) | {"number_r1": "1a"})

    assert [row.number for row in ofsted.recommendations.order_by("pk")] == ["1", "1a"]


def test_what_differs_is_taken_only_when_ticked(kept, ofsted, manager, people):
    add_recommendation(review=ofsted, number="1", text="Answer late", by=people.manager)
    import_ = kept("1. Answer sooner\n2. Tell the board")
    page = manager.get(import_.get_absolute_url())
    key = re.search(r'name="accept" form="apply" id="([^"]+)"', page.content.decode())[1]

    manager.post(import_.get_absolute_url(), fields(page) | {"accept": key})

    assert ofsted.recommendations.get(number="1").text == "Answer sooner"


def test_a_review_that_changed_since_is_shown_again(kept, ofsted, manager, people):
    import_ = kept("1. Answer sooner")
    sent = fields(manager.get(import_.get_absolute_url()))
    add_recommendation(review=ofsted, number="1", text="Answer late", by=people.manager)

    page = manager.post(import_.get_absolute_url(), sent)

    assertContains(page, "The review has changed since this preview.", status_code=409)
    assert ofsted.recommendations.get().text == "Answer late"


def test_words_about_a_child_are_asked_about_and_the_tick_stands_for_them(kept, ofsted, manager):
    import_ = kept("Recommendation\tTimescale\n1. Look again at Child A, born 12/03/2009\tAs resources allow")
    page = manager.get(import_.get_absolute_url())
    tick = re.search(r'name="names_no_child"[^>]*value="([0-9a-f]+)"', page.content.decode())[1]

    refused = manager.post(import_.get_absolute_url(), fields(page))
    assertContains(refused, "Some words look as if", status_code=422)
    other = {"names_no_child": tick, "due_on_r0": "2011-09-30", "due_reason_r0": "For Child B, born 13/03/2009"}
    assert manager.post(import_.get_absolute_url(), fields(page) | other).status_code == 422
    manager.post(import_.get_absolute_url(), fields(page) | {"names_no_child": tick})

    assert ofsted.recommendations.count() == 1
    assert "Child A" not in ChildDataOverride.objects.get().where


def test_problems_are_named_with_their_places_and_nothing_can_be_applied(kept, ofsted, manager):
    import_ = kept("1. Answer sooner\n2. Tell the board\n1. Answer never")

    page = manager.get(import_.get_absolute_url())

    assertContains(page, "line 3: Recommendation 1 stands here and in line 1 with different words")
    assert "Import into" not in page.content.decode()
    manager.post(import_.get_absolute_url(), {"seen": "nothing"})
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pasted": ""}, "Paste a list, or choose a file below."),
        ({"pasted": "  \n "}, "Paste a list, or choose a file below."),
    ],
)
def test_nothing_sent_gets_a_sentence(ofsted, manager, sent, said):
    assertContains(manager.post(NEW, sent), said, status_code=422)


def test_a_file_that_is_no_document_is_refused_and_nothing_kept(ofsted, manager):
    file = SimpleUploadedFile("list.docx", b"MZ" + b"\0" * 200)

    page = manager.post(NEW, {"file": file, "pasted": ""})

    assertContains(page, "the content is something else", status_code=422)
    assert not RecommendationImport.objects.exists()


def test_a_list_is_thrown_away(kept, manager):
    import_ = kept("1. Answer sooner")
    address = reverse("imports:discard_recommendations", args=[import_.review.slug, import_.pk])

    assertRedirects(manager.post(address), NEW)

    assert not RecommendationImport.objects.exists()


def test_an_import_is_undone_until_somebody_cites_a_row(kept, ofsted, manager, people, milestone, plan):
    add_recommendation(review=ofsted, number="2", by=people.manager)
    import_ = kept("1. Answer sooner\n2. Tell the board")
    apply_list(import_=import_, by=people.manager)
    undo = reverse("imports:undo_recommendations", args=[ofsted.slug, import_.pk])
    cited = ofsted.recommendations.get(number="1")
    link = link_milestone(
        milestone=milestone, as_written="Ofsted Rec 1", review=ofsted, recommendation=cited, by=people.manager
    )

    assertContains(manager.get(import_.get_absolute_url()), "It can no longer be undone")
    assertContains(manager.post(undo), "has a milestone link since", status_code=409)
    with operating(by=people.manager, name="unlink"):
        delete_with_reason(link, reason="Wrong", by=people.manager)
    assertRedirects(manager.post(undo), import_.get_absolute_url())
    only = ofsted.recommendations.get()
    assert (only.number, only.text, only.is_placeholder) == ("2", "", True)
    assertRedirects(manager.post(undo), import_.get_absolute_url())


def test_an_import_stays_once_a_row_was_changed(kept, ofsted, manager, people):
    import_ = kept("1. Answer sooner")
    apply_list(import_=import_, by=people.manager)
    row = ofsted.recommendations.get()
    edit_recommendation(recommendation=row, text="Answer at once", reason="Misread", by=people.manager)

    page = manager.post(reverse("imports:undo_recommendations", args=[ofsted.slug, import_.pk]))

    assertContains(page, "has been changed since", status_code=409)
    assert ofsted.recommendations.count() == 1


def test_a_list_of_another_review_is_not_there(kept, council, people, manager):
    import_ = kept("1. Answer sooner")
    other = add_review(council=council, short_name="CQC", by=people.manager)

    assert manager.get(f"/reviews/{other.slug}/recommendations/import/{import_.pk}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("lead", 403), ("steering", 403)])
def test_others_than_programme_managers_find_or_open_nothing(kept, client, people, who, status):
    import_ = kept("1. Answer sooner")
    client.force_login(getattr(people, who))

    for address in (NEW, import_.get_absolute_url()):
        assert client.get(address).status_code == status
        assert client.post(address, {"pasted": "1. A"}).status_code == status


def test_the_pages_cost_the_same_whatever_the_number_of_rows(
    kept, ofsted, manager, people, django_assert_max_num_queries
):
    short, long = kept("1. Answer sooner"), kept("\n".join(f"{n}. Answer area {n}" for n in range(1, 120)))

    def queries(address):
        with django_assert_max_num_queries(40) as found:
            manager.get(address)
        return len(found)

    assert queries(short.get_absolute_url()) == queries(long.get_absolute_url())
    few = queries(NEW)
    for _ in range(5):
        kept("1. Answer sooner")
    assert queries(NEW) == few
