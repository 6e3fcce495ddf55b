"""What an edition holds never changes: not with the plan, not with the look, not by anybody's hand."""

import json
import re
from dataclasses import dataclass, field, fields, replace
from datetime import date

import pypdfium2
import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.history import OutsideOperation, operating, save_with_reason
from accounts.models import ChainLink
from accounts.operations import edit_person
from accounts.triggers import history_open, missing_triggers
from accounts.verification import verify
from milestones.operations import archive_milestone, edit_milestone
from milestones.selecting import Selection
from plans.operations import edit_plan, edit_theme
from reports import manifest as manifests
from reports.editions import StoredEdition, digest_of_bytes, draft_file, manifest_of, recognise, wanted_files
from reports.indicator_paper import Scope
from reports.looks import Look
from reports.manifest import SIGNS, check_code_of, digest_of, from_text, positions_in, to_text
from reports.milestone_paper import Layout
from reports.models import Edition, EditionEvent, EditionFile, EditionPosition, LookVersion
from reports.pack_operations import add_paper
from reports.papers import Order
from reports.recommendation_paper import Part
from reports.selection import Readers
from reports.stamps import TEMPLATES_VERSION

from .pack_sample import frozen, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(pack, people):
    return frozen(pack, people.manager)


def contents(edition):
    return {file.name: bytes(file.content) for file in edition.files.all()}


def page_texts(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def drawn_again(edition):
    stored = StoredEdition(Edition.objects.get(pk=edition.pk))
    return {file.name: stored.draw(paper, file).content for paper, file in stored.manifest.files}


# --- The manifest ------------------------------------------------------------------------------------------------

ORDERS = st.builds(
    Order,
    layout=st.sampled_from(Layout),
    readers=st.sampled_from(Readers),
    part=st.sampled_from([None, *Part]),
    whose=st.text(max_size=20),
    scope=st.builds(Scope, periods=st.integers(3, 6), only_key=st.booleans()),
    selection=st.builds(
        Selection, text=st.text(max_size=20), theme=st.none() | st.integers(1, 99), review=st.text(max_size=9)
    ),
)


@given(order=ORDERS)
def test_an_order_comes_back_as_it_was(order):
    converter = manifests._converter()

    assert converter.loads(converter.dumps(order), Order) == order


def test_an_order_of_the_manifest_has_all_but_positions_stamp_and_look():
    kept = manifests._converter().unstructure(Order())

    assert {each.name for each in fields(Order)} - kept.keys() == {"before", "stamp", "look"}


def test_a_position_of_an_order_is_found_whatever_its_name():
    @dataclass(frozen=True)
    class Other:
        layout: Layout = Layout.CLASSIC
        then: "manifests.PlanPosition | None" = field(default=None)

    Other.__annotations__["then"] = manifests.PlanPosition | None

    assert positions_in(Other) == {"then"}
    assert positions_in(Order) == {"before"}


@given(text=st.text())
def test_a_check_code_has_signs_that_nobody_takes_for_others(text):
    code = check_code_of(text)

    assert re.fullmatch(rf"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", code)
    assert not set("ILOU") & set(code)
    assert int(digest_of(text)[:10], 16) == sum(
        SIGNS.index(sign) << 5 * place for place, sign in enumerate(reversed(code.replace("-", "")))
    )


def test_the_manifest_is_canonical_and_comes_back(edition):
    read = from_text(edition.manifest)

    assert to_text(read) == edition.manifest
    assert json.dumps(json.loads(edition.manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == (
        edition.manifest
    )
    assert [(paper.place, paper.kind, paper.title) for paper in read.papers] == [
        (1, "milestones", "Appendix 1: milestones"),
        (2, "recommendations", "Recommendations report"),
    ]


def test_the_check_code_vouches_for_the_positions_and_the_pack_for_the_check_code(edition, pack):
    (position,) = edition.positions.all()

    assert manifest_of(edition).positions[0].sha256 == position.sha256 == digest_of(position.content)
    assert edition.check_code == check_code_of(edition.manifest)
    pack.refresh_from_db()
    assert (pack.editions, pack.check_code) == (1, edition.check_code)
    assert verify().findings == []


def test_restricted_evidence_is_in_no_stored_position(answered_plan, edition):
    content = edition.positions.get().content

    assert answered_plan.internal.title in content
    assert answered_plan.restricted.title not in content


# --- What the papers say -----------------------------------------------------------------------------------------


def test_every_paper_says_which_pack_it_is_of_and_where_the_records_stood(edition, plan):
    html = contents(edition)["pack-1-v1-01-milestones-2011-05-31.html"].decode()
    link = ChainLink.objects.get(chain=f"plan-{plan.pk}", number=edition.chain_number)

    assert link.digest == edition.chain_digest
    assert f'data-stamp="Pack 1 v1 – check code {edition.check_code}"' in html
    assert "Data as at 31 May 2011, recorded by " in html
    assert f"records: link {link.number}, {link.digest[:16]}…" in html
    assert "Draft." not in html
    rows = json.loads(contents(edition)["pack-1-v1-01-milestones-2011-05-31.json"])
    assert (rows["pack"]["pack"], rows["pack"]["check_code"]) == (1, edition.check_code)


def test_papers_of_one_kind_have_files_of_their_own(pack, people):
    add_paper(pack=pack, kind="milestones", formats=["html"], options={"show": "overdue"}, by=people.manager)

    names = [file.name for file in wanted_files(frozen(pack, people.manager))]

    assert len(set(names)) == len(names) == 5


# --- Never changed -----------------------------------------------------------------------------------------------


def test_files_stay_byte_for_byte_whatever_becomes_of_the_plan(edition, full_plan, plan, council, people, officer):
    before = contents(edition)
    by = people.manager
    edit_plan(plan=plan, title="Another plan altogether", reason="Renamed", by=by)
    edit_theme(theme=full_plan.front, name="Renamed", reason="Renamed", by=by)
    edit_person(person=full_plan.nurse, name="Nora Nurse", reason="Married", by=by)
    edit_milestone(milestone=full_plan.second, text="Renamed", reason="Renamed", by=by)
    archive_milestone(milestone=full_plan.first, reason="Withdrawn", by=by)
    with operating(by=by, name="change_scheme"):
        scheme = plan.status_scheme
        scheme.lines = [each | {"word": f"{each['word']} indeed"} for each in scheme.lines]
        save_with_reason(scheme, reason="Other words", by=by)
    with operating(by=by, name="save_look"):
        LookVersion(
            council=council, number=1, marking="OFFICIAL", colour="#1f3d7a", saved_at=timezone.now(), saved_by=by
        ).save()
    call_command("migrate", verbosity=0)

    assert contents(edition) == drawn_again(edition) == before
    assert missing_triggers() == []
    later = contents(frozen(edition.pack, officer))["pack-1-v2-01-milestones-2011-05-31.html"].decode()
    assert all(words in later for words in ("OFFICIAL", "Another plan altogether", " indeed", "Nora Nurse"))


def test_a_paper_that_compares_two_days_keeps_both(pack, full_plan, people):
    paper = add_paper(
        pack=pack, kind="changes", formats=["html", "csv"], options={"since": "2011-05-01"}, by=people.manager
    )
    drafted = draft_file(pack, paper, "csv").content
    edition = frozen(pack, people.manager)
    before = contents(edition)
    edit_milestone(milestone=full_plan.second, text="Renamed", reason="Renamed", by=people.manager)

    assert [row.as_at for row in edition.positions.all()] == [date(2011, 5, 31), date(2011, 5, 1)]
    assert before["pack-1-v1-03-changes-2011-05-31.csv"] == drafted
    assert drawn_again(edition) == before


def test_a_comparison_without_a_first_day_begins_with_the_last_report(pack, people):
    add_paper(pack=pack, kind="changes", formats=["csv"], by=people.manager)

    assert manifest_of(frozen(pack, people.manager)).positions[1].as_at == date(2011, 5, 27)


def test_files_are_not_drawn_anew_by_other_templates(edition, monkeypatch):
    assert manifest_of(edition).templates == TEMPLATES_VERSION
    monkeypatch.setattr("reports.editions.TEMPLATES_VERSION", "2099.1")

    with pytest.raises(Exception, match="Waymark was renewed"):
        drawn_again(edition)


ROWS = {
    "edition": (Edition, "title"),
    "position": (EditionPosition, "content"),
    "file": (EditionFile, "name"),
    "event": (EditionEvent, "words"),
}


def sql(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("what", ROWS)
def test_nobody_changes_or_deletes_what_was_frozen(pack, people, officer, what):
    published(pack, people.manager, officer)
    model, column = ROWS[what]
    row, table = model.objects.first(), model._meta.db_table
    change = f"UPDATE {table} SET {column} = 'Forged' WHERE id = {row.pk}"
    setattr(row, column, "Forged")

    for way in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(**{column: "Forged"}),
        lambda: model.objects.bulk_update([row], [column]),
    ):
        with pytest.raises(OutsideOperation), operating(by=people.manager, name="forge"):
            way()
    for statement in (change, f"DELETE FROM {table} WHERE id = {row.pk}"):
        with pytest.raises(Error, match="What was recorded is not changed"):
            sql(statement)

    assert getattr(model.objects.get(pk=row.pk), column) != "Forged"
    with history_open("a test tampers"):
        sql(change)
    assert getattr(model.objects.get(pk=row.pk), column) == "Forged"


def test_a_stored_position_that_was_tampered_with_draws_nothing(edition):
    position = edition.positions.get()
    with history_open("a test tampers"):
        sql(f"UPDATE {EditionPosition._meta.db_table} SET content = replace(content, 'Front door', 'Back door')")

    assert "Back door" in edition.positions.get(pk=position.pk).content
    with pytest.raises(Exception, match="damaged"):
        drawn_again(edition)


# --- Recognising -------------------------------------------------------------------------------------------------


def recognised(content):
    return recognise(digest_of_bytes(content), len(content), Edition.objects.all())


def test_a_file_is_recognised_until_one_byte_of_it_is_changed(edition):
    name, content = next(iter(contents(edition).items()))

    found = recognised(content)

    assert (found.name, found.edition) == (name, edition)
    assert recognised(content[:-1] + bytes([content[-1] ^ 1])) is None
    assert recognised(content + b"\n") is None
    assert recognised(b"") is None
    assert recognise(digest_of_bytes(content), len(content), Edition.objects.none()) is None


def test_of_equal_files_the_newest_edition_is_named(edition, pack, people):
    content = contents(edition)["pack-1-v1-01-milestones-2011-05-31.csv"]
    second = frozen(pack, people.manager)

    assert recognised(content).edition == second


# --- The PDF -----------------------------------------------------------------------------------------------------


def test_every_page_of_the_pdf_says_the_pack(pack, people):
    paper = add_paper(pack=pack, kind="milestones", formats=["pdf"], as_at=date(2011, 5, 30), by=people.manager)
    edition = frozen(pack, people.manager)
    pages = page_texts(bytes(edition.files.get(format="pdf").content))
    drafts = page_texts(draft_file(pack, paper, "pdf").content)

    assert all(f"Pack 1 v1 – check code {edition.check_code}" in text for text in pages)
    assert all("Pack 1, draft" in text for text in drafts)
    assert all("As at 30 May 2011" in text for text in pages)


def test_look_goes_with_the_edition(edition):
    stored = StoredEdition(edition)
    look = Look(marking="OFFICIAL", titles={"milestones": "Delivery Report"}, columns={"milestones": ("status",)})

    again = from_text(to_text(replace(stored.manifest, look=look)))

    assert again.look == look
