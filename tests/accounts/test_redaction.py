"""Two people take words out of the records for good, and everything still agrees."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts.history import recorded_clock
from accounts.models import Organisation, Person, Redaction, User
from accounts.operations import add_organisation, add_person, edit_person
from accounts.redaction import propose_redaction, redact, refuse_redaction, where_words_stand
from accounts.triggers import history_open
from accounts.verification import verify
from imports.models import Import
from milestones.models import Milestone, ProgressUpdate, UpdateDraft
from milestones.operations import edit_milestone, record_update, save_draft
from plans.models import Theme
from plans.operations import add_theme, edit_theme
from plans.schemes import DeclaredStatus

WORDS = "Zoë “Quill” Feather"
ON_THE_DAY = datetime(2030, 3, 1, 12, tzinfo=UTC)
MARKER = "[redacted 1 March 2030]"


@pytest.fixture
def second(people):
    return User.objects.create_user("gil@council.example", name="Gil Governance", is_information_governance=True)


@pytest.fixture
def written(milestone, plan, people):
    """The words in every kind of place."""
    edit_milestone(milestone=milestone, text=f"Ask {WORDS}.", reason=f"{WORDS} called", by=people.manager)
    edit_milestone(milestone=milestone, text="Ask the family.", reason="Clearer", by=people.manager)
    theme = Theme.objects.get()
    edit_theme(theme=theme, name=f"{WORDS}\nand others", reason="Clearer", by=people.manager)
    update = record_update(
        milestone=milestone,
        declared_status=DeclaredStatus.ON_TRACK,
        note=f"We met {WORDS}, and {WORDS} again.",
        as_at=date(2011, 5, 31),
        by=people.manager,
    )
    save_draft(milestone=milestone, declared_status="on_track", note=f"Met {WORDS}", by=people.manager)
    preview = Import.objects.create(
        plan=plan,
        file_name=f"{WORDS}.csv",
        sha256="0" * 64,
        table={"rows": [{"note": f"Met {WORDS}.", "number": 1}], WORDS: True},
        as_at=date(2011, 5, 31),
        by=people.manager,
    )
    return milestone, theme, update, preview


def propose(by, words=WORDS, **details):
    return propose_redaction(words=words, kind_of_data="Name of a child", reason="Named in a note", by=by, **details)


def take_out(people, second, words=WORDS):
    with recorded_clock(ON_THE_DAY):
        return redact(redaction=propose(people.governance, words), by=second)


def test_the_words_are_replaced_wherever_they_stand(written, people, second):
    _, theme, update, preview = written

    redaction = take_out(people, second)

    assert Theme.objects.get().name == f"{MARKER}\nand others"
    assert ProgressUpdate.objects.get().note == f"We met {MARKER}, and {MARKER} again."
    assert UpdateDraft.objects.get().note == f"Met {MARKER}"
    preview.refresh_from_db()
    assert preview.file_name == f"{MARKER}.csv"
    assert preview.table == {"rows": [{"note": f"Met {MARKER}.", "number": 1}], MARKER: True}
    assert [row.text for row in Milestone.history.all()] == [
        "Ask the family.",
        f"Ask {MARKER}.",
        "A duty manager reads every contact.",
    ]
    assert [row.history_change_reason for row in Milestone.history.all()][1] == f"{MARKER} called"
    assert update.history.get().note == f"We met {MARKER}, and {MARKER} again."
    assert theme.history.first().name == f"{MARKER}\nand others"
    assert where_words_stand(WORDS) == []
    assert redaction.places == 3


def test_everything_agrees_afterwards_and_only_then(written, people, second):
    take_out(people, second)

    assert verify().findings == []


@pytest.mark.tampers
def test_whoever_changes_a_redacted_version_once_more_is_still_found_out(written, people, second):
    take_out(people, second)
    row = Milestone.history.all()[1]

    with history_open("a test tampers"):
        Milestone.history.filter(pk=row.pk).update(text=f"Ask {WORDS}.")

    assert verify().findings == [f"history row {row.pk} of milestones.Milestone was changed"]


@pytest.mark.tampers
def test_control_a_version_rewritten_without_the_operation_is_found_out(written):
    row = Milestone.history.all()[1]

    with history_open("a test tampers"):
        Milestone.history.filter(pk=row.pk).update(text=f"Ask {MARKER}.")

    assert verify().findings == [f"history row {row.pk} of milestones.Milestone was changed"]


def test_words_can_be_taken_out_twice(written, people, second):
    take_out(people, second)
    take_out(people, second, "Ask the family")

    assert Milestone.history.first().text == f"{MARKER}."
    assert verify().findings == []


def test_a_tombstone_stays_and_the_words_do_not(written, people, second):
    redaction = take_out(people, second)

    redaction.refresh_from_db()
    assert (redaction.words, redaction.state) == ("", Redaction.State.DONE)
    assert (redaction.kind_of_data, redaction.reason) == ("Name of a child", "Named in a note")
    assert (redaction.proposed_by, redaction.decided_by) == (people.governance, second)
    assert redaction.decided_at >= ON_THE_DAY
    assert len(redaction.words_digest) == 64
    assert [row.history_change_reason for row in redaction.history.all()] == ["Redacted", "Redaction proposed"]


def test_a_longer_word_and_other_letters_are_left_alone(plan, people, second):
    theme = add_theme(plan=plan, name="Ann, Annual, ANN, Mary-Ann, O’Ann_s", by=people.manager)

    take_out(people, second, "Ann")

    theme.refresh_from_db()
    assert theme.name == f"{MARKER}, Annual, ANN, Mary-{MARKER}, O’Ann_s"


def test_words_over_two_lines_are_found_with_either_line_end(plan, people, second):
    theme = add_theme(plan=plan, name="12 High Street\r\nTesttown", by=people.manager)

    take_out(people, second, "12 High Street\nTesttown")

    theme.refresh_from_db()
    assert theme.name == MARKER


def test_a_version_without_room_loses_its_end_rather_than_keep_the_words(lead, people, second):
    edit_person(person=lead, name=f"Tim {'x' * 196}", reason="A test", by=people.manager)
    edit_person(person=lead, name="Leon", reason="A test", by=people.manager)

    take_out(people, second, "Tim")

    kept = Person.history.all()[1].name
    assert kept.startswith(MARKER)
    assert len(kept) == 200
    assert verify().findings == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("“e-mail address” of user", "stella@council.example"),
        ("“slug” of plan", "safeguarding"),
        ("“number” of milestone", "1.1"),
    ],
)
def test_where_a_record_cannot_do_without_the_words_nothing_is_changed(written, people, second, place, words):
    redaction = propose(people.governance, words)

    with pytest.raises(ValidationError, match=place) as refusal:
        redact(redaction=redaction, by=second)

    assert len(refusal.value.messages) == 1
    redaction.refresh_from_db()
    assert (redaction.words, redaction.state) == (words, Redaction.State.PROPOSED)
    assert where_words_stand(words) != []
    assert verify().findings == []


def test_two_names_of_which_there_may_be_only_one_are_refused(people, second, council):
    add_organisation(name=f"Friends of {MARKER}", kind="other", by=people.manager)
    add_organisation(name="Friends of Tom Thumb", kind="other", by=people.manager)

    with pytest.raises(ValidationError, match="“name” of organisation"):
        take_out(people, second, "Tom Thumb")

    assert Organisation.objects.filter(name="Friends of Tom Thumb").exists()


def test_only_a_second_person_of_information_governance_decides(written, people, second):
    redaction = propose(people.governance)

    for nobody in (people.governance, people.manager, people.lead):
        with pytest.raises(PermissionDenied):
            redact(redaction=redaction, by=nobody)
    assert where_words_stand(WORDS) != []

    redact(redaction=redaction, by=second)

    with pytest.raises(ValidationError, match="decided already"):
        redact(redaction=redaction, by=second)


def test_who_may_propose(written, people):
    with pytest.raises(PermissionDenied):
        propose(people.manager)

    assert propose(people.manager, may_propose=True).proposed_by == people.manager


def test_a_refusal_leaves_the_records_and_forgets_the_words(written, people, second):
    redaction = propose(people.governance)

    refuse_redaction(redaction=redaction, by=second)

    redaction.refresh_from_db()
    assert (redaction.words, redaction.state, redaction.decided_by) == ("", Redaction.State.REFUSED, second)
    assert WORDS in ProgressUpdate.objects.get().note


def test_whoever_proposed_may_take_it_back(written, people):
    redaction = propose(people.manager, may_propose=True)

    with pytest.raises(PermissionDenied):
        refuse_redaction(redaction=redaction, by=people.lead)
    refuse_redaction(redaction=redaction, by=people.manager)

    assert redaction.state == Redaction.State.REFUSED


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("Zo", "at least 3"),
        ("x" * 501, "at most 500"),
        ("Never written", "stand nowhere"),
        ("Name of a child", "for ever"),
    ],
)
def test_what_cannot_be_proposed(written, people, words, message):
    with pytest.raises(ValidationError, match=message):
        propose(people.governance, words)


def test_the_same_words_wait_once(written, people):
    propose(people.governance)

    with pytest.raises(ValidationError, match="already"):
        propose(people.governance)


def test_where_the_words_stand_is_told_with_counts(written, people):
    places = {place.kind: place for place in where_words_stand(WORDS)}

    assert {kind: (place.records, place.versions) for kind, place in places.items()} == {
        "milestone": (0, 1),
        "theme": (1, 1),
        "progress update": (1, 1),
        "update draft": (1, 0),
        "import": (1, 0),
    }
    assert places["milestone"].which == ("1.1 of Safeguarding Plan",)


def test_where_the_words_stand_is_told_without_a_word_of_what_is_written(written, people):
    milestone, theme, *_ = written

    told = " ".join(record for place in where_words_stand(WORDS) for record in place.which)

    assert "Quill" not in told
    assert milestone.text not in told
    assert f"record {theme.pk} of Safeguarding Plan" in told


def session_of(user, **held):
    """A stored session in which the user is signed in."""
    session = SessionStore()
    session.update({"_auth_user_id": str(user.pk), **held})
    session.save()
    return session


def waiting(*fields):
    return {"path": "/plans/", "fields": [list(field) for field in fields], "had_file": False}


@pytest.mark.parametrize("name", ["kept_words", "suspended_request"])
def test_words_that_wait_in_a_session_are_dropped_and_nobody_is_signed_out(written, people, second, name):
    session = session_of(people.lead, **{name: waiting(("note", f"We met {WORDS} today."))})
    other = session_of(people.lead, **{name: waiting(("note", "We met nobody."))})

    take_out(people, second)

    assert dict(SessionStore(session.session_key).items()) == {"_auth_user_id": str(people.lead.pk)}
    assert name in SessionStore(other.session_key)


def test_sessions_that_ran_out_or_cannot_be_read_are_deleted(written, people, second):
    over, broken, running = session_of(people.lead), session_of(people.lead), session_of(people.lead)
    Session.objects.filter(pk=over.session_key).update(expire_date=timezone.now())
    Session.objects.filter(pk=broken.session_key).update(session_data="x")

    take_out(people, second)

    assert list(Session.objects.values_list("pk", flat=True)) == [running.session_key]


def test_what_the_council_calls_an_account_loses_the_words(people, second):
    data = {"issuer": "https://login.example", "shown": WORDS}
    account = SocialAccount.objects.create(user=people.lead, provider="council", uid="council", extra_data=data)

    take_out(people, second)

    account.refresh_from_db()
    assert account.extra_data == {"issuer": "https://login.example", "shown": MARKER}
    assert (account.provider, account.uid) == ("council", "council")


def test_a_proposal_leaves_its_form_in_no_session_and_the_notes_of_others_alone(written, people):
    form = session_of(people.governance, suspended_request=waiting(("words", WORDS), ("reason", "Asked for")))
    signed_out = session_of(people.governance, kept_words=waiting(("kept-words", f" {WORDS}\r\n")))
    note = session_of(people.lead, kept_words=waiting(("note", f"We met {WORDS}.")))

    propose(people.governance)

    assert "suspended_request" not in SessionStore(form.session_key)
    assert "kept_words" not in SessionStore(signed_out.session_key)
    assert "kept_words" in SessionStore(note.session_key)


@pytest.mark.parametrize(
    "reason", ["about zoë “quill” FEATHER", "about Zoe\u0308 “Quill”\u00a0Feather", "about Zoë\n“Quill” \uff26eather"]
)
def test_what_stays_may_not_hold_the_words_however_they_are_typed(written, people, reason):
    with pytest.raises(ValidationError, match="for ever"):
        propose_redaction(words=WORDS, kind_of_data="Name of a child", reason=reason, by=people.governance)


def test_a_proposal_is_no_place_of_its_own(written, people):
    before = where_words_stand(WORDS)
    propose(people.governance)

    assert where_words_stand(WORDS) == before


@pytest.mark.only("sqlite")
@pytest.mark.django_db(transaction=True)
def test_the_words_are_gone_from_the_bytes_of_the_database(written, people, second):
    """And, as a control, were there before: in the file or in its write-ahead log."""
    database = Path(str(connection.settings_dict["NAME"]))
    files = [database, database.with_name(database.name + "-wal")]
    ways = [WORDS.encode(), b"Zo\\u00eb \\u201cQuill\\u201d Feather", "Zoë".encode(), b"Zo\\u00eb"]

    def found():
        content = b"".join(file.read_bytes() for file in files if file.exists())
        return [way in content for way in ways]

    assert found() == [True] * 4
    take_out(people, second)
    assert found() == [False] * 4
    assert verify().findings == []


def test_a_person_who_left_can_be_taken_out_by_name(council, people, second):
    person = add_person(name="Tom Thumb", job_title="Manager", organisation=council, by=people.manager)

    take_out(people, second, "Tom Thumb")

    person.refresh_from_db()
    assert person.name == MARKER
    assert verify().findings == []
