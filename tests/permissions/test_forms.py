"""What a form may change: every column there is is sent to every form by everybody, and only its own ones move."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.forms.models import fields_for_model
from django.template import Context, Template

from accounts.history import tracked_models
from accounts.models import User
from milestones.change_views import DetailsForm
from milestones.models import Milestone

from .scene import Place, Scene, Who, post, standing_scene, undone
from .table import PAGES, Answer, address

#: What no form of ours is ever meant to write.
FOREIGN_TEXT, FOREIGN_DAY, FOREIGN_NUMBER = "Foreign words", date(1999, 1, 1), 77

#: Forms that change no row: they read a file, make a paper, or are about how one signs in (tests/accounts).
NOT_HERE = {
    *("imports:start", "imports:new", "imports:apply", "imports:discard", "imports:undo"),
    *("imports:recommendations", "imports:recommendation_list"),
    *("imports:discard_recommendations", "imports:undo_recommendations"),
    "imports:figures",
    *("papers:order", "papers:folder", "plans:close_glass", "reports:changes_file"),
    *("papers:ordered_file", "papers:order_again"),
    # What they take is a press, or one thing at a time that the page has shown (tests/milestones, tests/reports).
    *("milestones:remind", "milestones:reminders", "milestones:review", "milestones:review_all"),
    *("milestones:links", "milestones:personal", "reports:key_issues", "reports:take_over"),
    # What is achieved, as the milestone of the scene, has nothing to forecast, and was not withdrawn.
    *("milestones:forecast", "milestones:take_back"),
    # What they take is a press, a file, a tick for each line that the page has shown, or the form of a paper
    # (tests/reports).
    *("reports:take_out", "reports:verify_pack", "reports:look", "reports:cover_page", "reports:draft_download"),
    *("reports:new_pack", "reports:freeze_pack", "reports:retry_edition", "reports:publish_edition"),
    *("reports:new_pack_paper", "reports:edit_pack_paper", "reports:move_pack_paper", "reports:remove_pack_paper"),
    *("reports:new_cover_form", "reports:cover_form_header", "reports:move_cover_form_section"),
    *("reports:remind_cover", "reports:remind_cover_section", "reports:unlock_cover_section"),
}

Row = dict[str, Any]
Rows = dict[tuple[str, Any], Row]


@dataclass(frozen=True)
class Key:
    """Stands in a form for the key of something of the scene, with what is written before it."""

    of: str
    before: str = ""


class Upload:
    """Stands in a form for a file; it can be sent as often as one likes."""

    name = "pages.txt"

    def read(self) -> bytes:
        return b"What the audit found, with all its pages.\n"


@dataclass(frozen=True)
class Form:
    """What a form is filled in with, the columns of its row that it may change, and what it may make anew."""

    sent: dict[str, Any]
    changes: dict[str, set[str]] = field(default_factory=dict)
    makes: set[str] = field(default_factory=set)
    #: Values that choose a row, each with the key of the scene that it must not be able to choose.
    chooses: dict[str, str] = field(default_factory=dict)


NOTE = {"declared_status": "on_track", "note": "All is as it was.", "as_at": "2011-06-02"}

FORMS: dict[str, Form] = {
    "milestones:update": Form(NOTE, makes={"progressupdate"}),
    "milestones:correct": Form(NOTE, makes={"progressupdate"}),
    "milestones:draft": Form(NOTE, makes={"updatedraft"}),
    "milestones:details": Form(
        {"text": "A duty manager reads it all.", "lead_role": "Chair"},
        changes={"milestone": {"text", "start_on", "lead_id", "lead_role", "version"}},
        chooses={"lead": "person"},
    ),
    "milestones:due_date": Form(
        {
            **{"to_on": "2011-09-20", "reason": "A late start.", "consequence": "None for children."},
            "requested_on": "2011-06-02",
        },
        changes={"milestone": {"due_on", "due_words", "version"}},
        makes={"daterequest", "datechange"},
    ),
    "milestones:decide_date": Form(
        {"granted": "granted", "words": "It can wait."},
        changes={
            "daterequest": {"outcome", "decided_on", "decided_by_id", "decided_words", "change_id"},
            "milestone": {"due_on", "due_words", "baseline_due_on", "version"},
        },
        makes={"datechange"},
    ),
    "milestones:take_back_date": Form(
        {}, changes={"daterequest": {"outcome", "decided_on", "decided_by_id", "decided_words"}}
    ),
    "milestones:withdraw": Form(
        {"withdrawn_on": "2011-06-02", "reason": "Taken over."},
        changes={"milestone": {"withdrawn_on", "withdrawn_reason", "version"}},
    ),
    "milestones:archive": Form({"reason": "Typed in twice."}, changes={"milestone": {"archived_at", "version"}}),
    "milestones:archive_action": Form({"reason": "Typed twice."}, changes={"action": {"archived_at"}}),
    "milestones:restore_action": Form({"reason": "Wanted."}, changes={"action": {"archived_at"}}),
    "milestones:restore": Form({"reason": "Wanted."}, changes={"milestone": {"archived_at", "version"}}),
    "milestones:new": Form(
        {"action": Key("action"), "text": "A second duty manager reads it.", "due_words": "Ongoing"},
        makes={"milestone"},
        chooses={"action": "action", "lead": "person"},
    ),
    "milestones:new_outcome": Form({"text": "Families are met sooner."}, makes={"outcome"}),
    "milestones:outcome": Form(
        {"text": "Children are safe sooner.", "reason": "Plainer."}, changes={"outcome": {"text", "order"}}
    ),
    "milestones:judge_outcome": Form(
        {"judged": "early_signs", "judged_on": "2011-06-02", "note": "Two audits."}, makes={"outcomejudgement"}
    ),
    "milestones:correct_judgement": Form(
        {"judged": "sustained", "judged_on": "2011-06-02", "note": "Three audits."}, makes={"outcomejudgement"}
    ),
    "milestones:remove_outcome": Form({"reason": "Typed twice."}, changes={"outcome": {"deleted"}}),
    "milestones:embed": Form(
        {"body": Key("board"), "embedded_on": "2011-09-01", "words": "Two audits say so."},
        changes={"milestone": {"embedded_on", "embedded_by_id", "embedded_words", "version"}},
        chooses={"body": "board"},
    ),
    "milestones:assess": Form(
        {"source": "peer", "assessed_by": "A peer", "finding": "partly", "as_at": "2011-06-02"},
        makes={"independentassessment"},
    ),
    "milestones:reassess": Form(
        {"source": "peer", "assessed_by": "Another peer", "finding": "achieved", "as_at": "2011-06-02"},
        makes={"independentassessment"},
    ),
    "milestones:new_evidence": Form(
        {
            "title": "Audit",
            "kind": "audit",
            "sensitivity": "public",
            "location": "Shelf",
            "milestones": Key("milestone"),
        },
        makes={"evidence", "evidencesupport"},
        chooses={"milestones": "milestone", "recommendations": "recommendation", "outcomes": "outcome"},
    ),
    "milestones:edit_evidence": Form(
        {"title": "Audit of 40 contacts", "reason": "Counted."},
        changes={
            "evidence": {
                *("title", "kind", "strength", "sensitivity", "dated_on", "link", "location", "note"),
                *("checked_by", "checked_on", "finding", "finding_note"),
            }
        },
    ),
    "milestones:replace_evidence_file": Form(
        {"file": Upload(), "reason": "A page was missing."}, changes={"evidence": {"document_id"}}, makes={"document"}
    ),
    "milestones:evidence_supports": Form(
        {"outcomes": Key("outcome"), "reason": "It shows this too."},
        changes={"evidencesupport": {"deleted"}},
        makes={"evidencesupport"},
        chooses={"milestones": "milestone", "recommendations": "recommendation", "outcomes": "outcome"},
    ),
    "milestones:check_evidence": Form(
        {"checked_by": "Internal Audit", "checked_on": "2011-06-02", "finding": "supports"},
        changes={"evidence": {"checked_by", "checked_on", "finding", "finding_note"}},
    ),
    "milestones:take_back_check": Form(
        {"reason": "Of another audit."},
        changes={"evidence": {"checked_by", "checked_on", "finding", "finding_note"}},
    ),
    "milestones:archive_evidence": Form({"reason": "Added twice."}, changes={"evidence": {"archived_at"}}),
    "indicators:enter": Form({"value_0": "80"}, makes={"measurement"}),
    "indicators:new": Form(
        {"code": "I 2", "title": "Visits in time", "polarity": "high", "unit": "percent"},
        makes={"indicator", "planindicator"},
        chooses={"theme": "theme", "owner": "person"},
    ),
    "indicators:catalogue": Form(
        {"one": "supplied:NI 60", "theme": ""}, makes={"indicator", "planindicator"}, chooses={"theme": "theme"}
    ),
    "indicators:edit": Form(
        # How it is counted stays: there is a figure.
        {
            **{"title": "Contacts within a day", "reason": "Clearer."},
            **{"unit": "percent", "frequency": "monthly", "year_starts_in": 4, "shape": "in_period"},
        },
        changes={
            "indicator": {
                *("code", "title", "national_code", "definition", "numerator_label", "denominator_label"),
                *("decimals", "polarity", "source", "lag_days", "owner_id", "journey", "minimum_denominator"),
                *("valid_from", "valid_to"),
            }
        },
        chooses={"owner": "person"},
    ),
    "indicators:definition": Form(
        {"from_on": "June 2011", "code": "I 3", "reason": "The limit is another."},
        changes={"indicator": {"valid_to"}},
        makes={"indicator", "planindicator"},
    ),
    "indicators:place": Form(
        {"is_key": "on", "reason": "For members."},
        changes={"planindicator": {"theme_id", "order", "is_key"}},
        chooses={"theme": "theme", "outcomes": "outcome"},
    ),
    "indicators:take_off": Form({"reason": "Of another plan."}, changes={"planindicator": {"deleted"}}),
    "indicators:new_target": Form(
        {"from_on": "June 2011", "value": "96", "reason": "Agreed by the board."}, makes={"target"}
    ),
    "indicators:target": Form(
        {"value": "94", "reason": "Typed wrongly."},
        changes={"target": {"from_on", "value", "tolerance", "tolerance_kind", "profile", "set_by"}},
    ),
    "indicators:remove_target": Form({"reason": "Typed twice."}, changes={"target": {"deleted"}}),
    "indicators:process": Form({"from_on": "June 2011", "reason": "One front door."}, makes={"processchange"}),
    "indicators:remove_process": Form({"reason": "Typed twice."}, changes={"processchange": {"deleted"}}),
    "indicators:benchmark": Form({"comparator": "region", "starts_on": "May 2011", "value": "81"}, makes={"benchmark"}),
    "indicators:remove_benchmark": Form({"reason": "Typed twice."}, changes={"benchmark": {"deleted"}}),
    "indicators:commentary": Form(
        {"text": "Two posts were vacant.", "corrective_action": "Both are filled."},
        makes={"commentary"},
        chooses={"action_lead": "person"},
    ),
    "indicators:commentaries": Form(
        {"indicator": Key("code"), "text": "Two posts were vacant.", "corrective_action": "Both are filled."},
        makes={"commentary"},
    ),
    "indicators:revise": Form({"value": "89", "revision_reason": "A late record."}, makes={"measurement"}),
    "indicators:take_back": Form({"reason": "Of another month."}, makes={"measurement"}),
    "indicators:scorecard_settings": Form(
        {"rule_set": "tolerance", "grouping": "journey", "hides_up_to": "4", "reason": "As the board reads it."},
        makes={"scorecard"},
    ),
    "plans:start": Form(
        {"title": "Another plan", "cycle_anchor": "2011-05-02", "cycle_days": 14, "scheme": "four_statuses"},
        makes={"plan", "planmembership", "statusscheme", "organisation"},
    ),
    "imports:start_from_inspection": Form(
        {"title": "Another plan", "short_name": "Ofsted May 2031", "kind": "inspection"},
        makes={"plan", "planmembership", "statusscheme", "organisation", "review", "planreview"},
    ),
    "plans:settings": Form(
        {"title": "The plan", "reason": "A better name."},
        changes={
            "plan": {
                *("title", "short_title", "status", "starts_on", "ends_on"),
                *("cycle_anchor", "cycle_days", "overdue_is_red", "report_months_end"),
                *("tracks_outcomes", "requires_evidence"),
                *("cutoff_day", "cutoff_at", "meeting_day", "board_id", "reviews_updates", "counts_unaccepted"),
                *("sends_reminders", "date_limit_days"),
            }
        },
        chooses={"board": "board"},
    ),
    "plans:new_meetings": Form(
        {"body": Key("board"), "dates": "2011-07-01"}, makes={"meeting"}, chooses={"body": "board"}
    ),
    "plans:meeting": Form(
        {"plan": Key("plan"), "kind": "noted", "words": "To come again."},
        makes={"decision"},
    ),
    "plans:edit_meeting": Form(
        {"held_on": "2011-06-02", "reason": "A day earlier."},
        changes={
            "meeting": {"held_on", "agenda_item", "papers_due_on", "publication_due_on", "minutes", "note"},
        },
    ),
    "plans:archive_meeting": Form({"reason": "Typed twice."}, changes={"meeting": {"archived_at"}}),
    "plans:decision": Form(
        {"words": "To ask once more.", "reason": "As minuted."}, changes={"decision": {"kind", "words"}}
    ),
    "plans:archive_decision": Form(
        {"reason": "Typed twice."}, changes={"decision": {"archived_at"}, "followup": {"archived_at"}}
    ),
    "plans:new_follow_up": Form({"words": "Ask them."}, makes={"followup"}, chooses={"owner": "person"}),
    "plans:follow_up": Form(
        {"words": "Ask them again.", "reason": "Clearer."},
        changes={"followup": {"words", "owner_id", "due_on"}},
        chooses={"owner": "person"},
    ),
    "plans:finish_follow_up": Form({"done_on": "2011-06-04"}, changes={"followup": {"done_on", "done_words"}}),
    "plans:reopen_follow_up": Form({"reason": "Not yet."}, changes={"followup": {"done_on", "done_words"}}),
    "plans:archive_follow_up": Form({"reason": "Typed twice."}, changes={"followup": {"archived_at"}}),
    "plans:new_risk": Form(
        {"words": "Nobody applies.", "raised_on": "2011-06-01"}, makes={"risk"}, chooses={"owner": "person"}
    ),
    "plans:risk": Form(
        {"words": "Posts are empty.", "reason": "Clearer."},
        changes={"risk": {"kind", "words", "likelihood", "impact", "trend", "mitigation", "owner_id", "raised_on"}},
        chooses={"owner": "person"},
    ),
    "plans:close_risk": Form(
        {"closed_on": "2011-06-02", "closed_words": "All are filled."},
        changes={"risk": {"closed_on", "closed_words", "trend"}},
    ),
    "plans:reopen_risk": Form({"reason": "Again."}, changes={"risk": {"closed_on", "closed_words", "trend"}}),
    "reports:refresh": Form(
        {"title": "The plan after", "cycle_anchor": "2011-05-02"},
        makes={
            *("plan", "planmembership", "theme", "action", "actionlink", "outcome", "milestone", "milestonelink"),
            *("supportinglead", "planreview", "nomilestoneneeded", "planindicator", "progressupdate"),
        },
    ),
    "plans:new_theme": Form({"name": "Partnerships"}, makes={"theme"}, chooses={"lead": "person"}),
    "plans:theme": Form(
        {"name": "The front door", "reason": "A better name."},
        changes={"theme": {"name", "order", "lead_id"}},
        chooses={"lead": "person"},
    ),
    "plans:new_action": Form({"text": "Meet every week.", "ref": "9"}, makes={"action"}),
    "plans:action": Form(
        {"text": "Meet.", "reason": "Shorter."}, changes={"action": {"text", "ref", "monitoring", "programme_ref"}}
    ),
    "plans:people": Form(
        {"role": "steering_group", "user": "lead", "reason": "Joins the group."}, makes={"planmembership"}
    ),
    "plans:role": Form({"ends_on": "2099-12-31", "reason": "Leaves."}, changes={"planmembership": {"ends_on"}}),
    "plans:take_role": Form({"reason": "Left."}, changes={"planmembership": {"deleted"}}),
    "plans:archive": Form({"reason": "Done.", "into": "archive"}, changes={"plan": {"archived_at"}}),
    "plans:break_glass": Form({"reason": "A complaint."}, makes={"breakglass"}),
    "imports:new_review": Form(
        {"short_name": "Peer review 2010", "kind": "peer_review", "timescales_from": "published"},
        makes={"review", "framework", "planreview"},
        chooses={"follows": "review", "plan": "plan"},
    ),
    "plans:edit_review": Form(
        {"title": "Inspection of services", "reason": "As on the cover."},
        changes={
            "review": {
                *("title", "short_name", "other_names", "kind", "bodies", "framework_id", "follows_id"),
                *("started_on", "started_precision", "ended_on", "ended_precision"),
                *("published_on", "published_precision", "received_on", "timescales_from"),
                *("summary", "strengths", "areas", "report_url"),
            }
        },
        chooses={"follows": "review"},
    ),
    "plans:judgements": Form(
        {"grade_0": "good"}, changes={"judgement": {"grade", "words", "order", "deleted"}}, makes={"judgement"}
    ),
    "plans:archive_review": Form({"reason": "Typed twice.", "into": "archive"}, changes={"review": {"archived_at"}}),
    "plans:new_recommendation": Form({"number": "9", "text": "Meet sooner."}, makes={"recommendation"}),
    "plans:edit_recommendation": Form(
        {"text": "Answer at once.", "reason": "As it is printed."},
        changes={
            "recommendation": {
                *("number", "section", "text", "note", "paragraphs", "timescale_words", "due_on", "due_reason"),
                *("is_placeholder", "is_priority_action", "addressed_to"),
            }
        },
    ),
    "plans:respond": Form(
        {"response": "accepted", "reason": "Cabinet."}, changes={"recommendation": {"response", "response_words"}}
    ),
    "plans:archive_recommendation": Form(
        {"reason": "Typed twice.", "into": "archive"}, changes={"recommendation": {"archived_at"}}
    ),
    "plans:responses": Form(
        {"others": "accepted", "reason": "Cabinet."}, changes={"recommendation": {"response", "response_words"}}
    ),
    "plans:timescales": Form(
        {"due_on_{recommendation}": "2011-06-01", "due_reason_{recommendation}": "Agreed."},
        changes={"recommendation": {"due_on", "due_reason"}},
    ),
    "plans:answers": Form(
        {"review": Key("unanswered_review"), "statement_days": 70},
        makes={"planreview"},
        chooses={"review": "unanswered_review"},
    ),
    "plans:answer": Form(
        {"submitted_on": "2011-06-01", "reason": "Sent."},
        changes={
            "planreview": {
                *("needs_statement", "statement_days", "submitted_on", "answered_on", "answer", "answer_words")
            }
        },
    ),
    "plans:make_actions": Form({}, makes={"theme", "action", "actionlink"}),
    "plans:stop_answering": Form({"reason": "Not this one."}, changes={"planreview": {"deleted"}}),
    "plans:new_intervention": Form(
        {"kind": "adviser", "issued_on": "2010-03-01"},
        makes={"intervention"},
        chooses={"review": "review", "board": "board"},
    ),
    "plans:intervention": Form(
        {"criteria": "Answer sooner.", "reason": "As the letter says."},
        changes={"intervention": {"kind", "issued_on", "review_id", "board_id", "criteria"}},
        chooses={"review": "review", "board": "board"},
    ),
    "plans:lift_intervention": Form(
        {"lifted_on": "2011-05-01", "lifted_words": "Progress is sustained."},
        changes={"intervention": {"lifted_on", "lifted_words", "transition"}},
    ),
    "plans:new_board": Form({"name": "Programme board", "kind": "programme_board"}, makes={"governancebody"}),
    "plans:board": Form(
        {"name": "The board", "reason": "Renamed."},
        changes={"governancebody": {"name", "kind", "chair", "rhythm", "ended_on"}},
    ),
    "plans:new_framework": Form({"name": "Our own visits", "grades": "good\npoor"}, makes={"framework"}),
    "plans:framework": Form(
        {"name": "Our visits", "reason": "Shorter."},
        changes={"framework": {"name", "bodies", "when", "areas", "grades", "note"}},
    ),
    "reports:links": Form(
        {"milestone-{milestone_link}": "other", "milestone-{milestone_link}-other": Key("recommendation", before="r")},
        changes={"milestonelink": {"recommendation_id", "state"}},
    ),
    "reports:link_recommendation": Form(
        {"answer": Key("action", before="a")}, makes={"actionlink"}, chooses={"answer": "action"}
    ),
    "reports:unlink_milestone": Form({"reason": "Of another."}, changes={"milestonelink": {"deleted"}}),
    "reports:unlink_action": Form({"reason": "Of another."}, changes={"actionlink": {"deleted"}}),
    "reports:none_needed": Form({"reason": "Action 2 does it."}, makes={"nomilestoneneeded"}),
    "reports:milestone_needed": Form({"reason": "It does not."}, changes={"nomilestoneneeded": {"deleted"}}),
    "reports:close_recommendation": Form(
        {"body": Key("board"), "closed_on": "2011-06-02", "closed_reason": "Seen by the board."},
        changes={"recommendation": {"closed_on", "closed_by_id", "closed_reason"}},
        chooses={"body": "board"},
    ),
    "reports:reopen_recommendation": Form(
        {"reason": "Not yet."}, changes={"recommendation": {"closed_on", "closed_by_id", "closed_reason"}}
    ),
    "reports:person": Form(
        {"name": "Lea Lead", "reason": "Married."},
        changes={
            "person": {"name", "job_title", "organisation_id", "email", "is_named_in_public", "left_on", "user_id"}
        },
        chooses={"organisation": "organisation", "user": "user"},
    ),
    "reports:hand_over": Form(
        {"reason": "Moved on."},
        changes={
            "milestone": {"lead_id", "version"},
            "theme": {"lead_id"},
            "planmembership": {"deleted"},
            "supportinglead": {"deleted"},
        },
        makes={"planmembership", "supportinglead"},
    ),
    "reports:edit_pack": Form(
        {"title": "Papers of June"},
        changes={
            "pack": {"title", "meeting_id", "as_at", "readers", "layout", "most_days_old", "version"},
        },
        chooses={"meeting": "meeting"},
    ),
    "reports:archive_pack": Form({"reason": "Begun twice."}, changes={"pack": {"archived_at", "version"}}),
    "reports:sign_edition": Form({"words": "Read."}, changes={"pack": {"version"}}),
    "reports:withdraw_edition": Form({"reason": "A name stands in it."}, changes={"pack": {"version"}}),
    "reports:edit_cover_form": Form(
        {"name": "Cover of committees", "reason": "Clearer."},
        changes={"covertemplate": {"name", "numbering", "version"}},
    ),
    "reports:archive_cover_form": Form({"reason": "Not used."}, changes={"covertemplate": {"archived_at", "version"}}),
    "reports:restore_cover_form": Form(
        {"reason": "Used again."}, changes={"covertemplate": {"archived_at", "version"}}
    ),
    "reports:new_cover_form_section": Form(
        {"heading": "Views of children", "empty_words": "N/A"}, makes={"covertemplatesection"}
    ),
    "reports:cover_form_section": Form(
        {"heading": "Why this report", "reason": "Clearer."},
        changes={
            "covertemplatesection": {
                *("heading", "fill", "standing", "empty_words", "written_by", "is_numbered", "version")
            }
        },
    ),
    "reports:archive_cover_form_section": Form(
        {"reason": "Not asked for."}, changes={"covertemplatesection": {"archived_at", "place", "version"}}
    ),
    "reports:new_cover": Form(
        {
            **{"title": "Progress of the plan", "form": Key("cover_form")},
            **{"as_at": "2011-05-31", "since": "2011-05-02"},
        },
        makes={"coverreport", "coversection", "keyissues"},
        chooses={"meeting": "meeting"},
    ),
    "reports:edit_cover": Form(
        {"title": "Progress of our plan"},
        changes={"coverreport": {"title", "meeting_id", "as_at", "since", "header", "version"}},
        chooses={"meeting": "meeting"},
    ),
    "reports:archive_cover": Form({"reason": "Begun twice."}, changes={"coverreport": {"archived_at", "version"}}),
    "reports:cover_section": Form(
        {"text": "It tells how far the plan has got."},
        changes={"coversection": {"text", "locked_at", "locked_by_id", "version"}},
    ),
    "reports:cover_section_writer": Form(
        {"due_on": "2011-06-10", "writer": Key("person")},
        changes={"coversection": {"writer_id", "due_on", "version"}},
        chooses={"writer": "person"},
    ),
    "accounts:invite": Form(
        {"name": "Ines Invited", "email": "ines@council.example"},
        makes={"user", "invitation"},
    ),
    "accounts:edit_user": Form(
        {"name": "Olga Otherwise", "reason": "Married."},
        changes={
            "user": {"name", "email", "is_administrator", "is_information_governance"},
            "person": {"user_id"},
        },
    ),
    "accounts:deactivate_user": Form({"reason": "Left."}, changes={"user": {"is_active"}}),
    "accounts:reactivate_user": Form({"reason": "Came back."}, changes={"user": {"is_active"}}),
    "accounts:propose_redaction": Form(
        {"words": "Answer every contact", "kind_of_data": "Name of an officer", "reason": "Asked for."},
        makes={"redaction"},
    ),
    "plans:propose_redaction": Form(
        {"words": "Answer every contact", "kind_of_data": "Name of an officer", "reason": "Asked for."},
        makes={"redaction"},
    ),
    "accounts:redaction": Form(
        {"decision": "refuse"}, changes={"redaction": {"state", "words", "decided_at", "decided_by_id"}}
    ),
}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), standing_scene() as scene:
        for place, ground in scene.grounds.items():
            council = scene.grounds[Place.OTHER if place is Place.OTHER else Place.OWN].plan.council_id
            ground.keys["organisation"] = council
        yield scene


@pytest.fixture(scope="module")
def before(scene) -> Rows:
    return rows()


def watched() -> list[type[models.Model]]:
    others = ("accounts.Invitation", "milestones.UpdateDraft", "imports.Import", "imports.RecommendationImport")
    return [*tracked_models(), *(apps.get_model(name) for name in others)]


def rows() -> Rows:
    """Every row that a form could change, as it is."""
    return {
        (model._meta.model_name or "", values["id"]): values
        for model in watched()
        for values in model._base_manager.values()
    }


def foreign(scene: Scene) -> dict[str, Any]:
    """Every column of every model with a value that no form may write, under its name and under that of its key."""
    sent: dict[str, Any] = {}
    for model in watched():
        for column in model._meta.concrete_fields:
            value: Any = FOREIGN_TEXT
            if isinstance(column, models.ForeignKey):
                value = scene.other_manager.pk if column.related_model is User else FOREIGN_NUMBER
            elif isinstance(column, models.DateTimeField):
                value = f"{FOREIGN_DAY}T00:00"
            elif isinstance(column, models.DateField):
                value = FOREIGN_DAY.isoformat()
            elif isinstance(column, models.BooleanField):
                value = "on"
            elif isinstance(column, models.IntegerField):
                value = FOREIGN_NUMBER
            sent[column.name] = sent[column.attname] = value
    return sent


def filled_in(scene: Scene, name: str, who: Who) -> tuple[dict[str, Any], set[str]]:
    """The form as somebody is shown it, with what is to be sent; and the names of its fields."""
    path = address(name, scene, Place.OWN)
    shown = scene.client(who).get(path).context if PAGES[name].read else None
    form = shown.get("form") if shown else None
    values = {each.name: each.value() for each in form} if form is not None else {}
    keys = scene.grounds[Place.OWN].keys
    sent = {each.format(**keys): value for each, value in FORMS[name].sent.items()}
    if sent.get("user") == "lead":
        sent["user"] = scene.users[Who.LEAD].pk
    sent |= {each: f"{value.before}{keys[value.of]}" for each, value in sent.items() if isinstance(value, Key)}
    names = set(values) | set(sent)
    return {name: "" if value is None or value is False else value for name, value in (values | sent).items()}, names


def everything(scene: Scene, name: str, who: Who) -> dict[str, Any]:
    """The form of a page filled in, and every column beside it that is none of its fields."""
    sent, names = filled_in(scene, name, who)
    return {key: value for key, value in foreign(scene).items() if key not in names} | {
        key: value for key, value in sent.items() if value != ""
    }


def writer_of(name: str) -> Who:
    """Somebody who may send the form."""
    return next(who for who in Who if PAGES[name].answer("POST", who, Place.OWN) is Answer.OPENS)


def differences(scene: Scene, before: Rows, after: Rows, form: Form) -> Iterator[str]:
    """What changed that the form may not change."""
    for key in before.keys() | after.keys():
        model, pk = key
        if key not in after:
            if "deleted" not in form.changes.get(model, ()):
                yield f"{model} {pk} is gone"
        elif key not in before:
            if model not in form.makes:
                yield f"{model} {pk} is new"
            taken = {FOREIGN_TEXT, FOREIGN_DAY, FOREIGN_NUMBER}
            yield from (
                f"{model}.{column} of a new row is {value!r}"
                for column, value in after[key].items()
                if (column != "id" and isinstance(value, str | date | int) and value in taken)
                or (column.endswith(("user_id", "by_id")) and value == scene.other_manager.pk)
            )
        else:
            changed = {column for column in after[key] if after[key][column] != before[key][column]}
            for column in changed - form.changes.get(model, set()) - {"last_login", "last_reported_at"}:
                yield f"{model}.{column} of {pk}: {before[key][column]!r} is now {after[key][column]!r}"


def after_sending(scene: Scene, name: str, who: Who, sent: dict[str, Any]) -> tuple[int, Rows]:
    with undone():
        response = post(scene.client(who), address(name, scene, Place.OWN), sent)
        return response.status_code, rows()


def test_every_form_that_writes_is_here():
    of_signing_in = ("mfa_", "account_", "accounts:")
    missing = [
        name
        for name, line in PAGES.items()
        if line.write and name not in FORMS and name not in NOT_HERE and not name.startswith(of_signing_in)
    ]

    assert missing == [], "Say in FORMS what they may change."


@pytest.mark.parametrize("name", FORMS)
def test_a_form_changes_its_own_columns_and_nothing_else(db, scene, before, name):
    form = FORMS[name]
    sent = everything(scene, name, writer_of(name))
    found, wrote = [], False
    for who in Who:
        status, after = after_sending(scene, name, who, sent)
        may_write = PAGES[name].answer("POST", who, Place.OWN) is Answer.OPENS
        found += [
            f"{who} ({status}): {each}" for each in differences(scene, before, after, form if may_write else Form({}))
        ]
        wrote = wrote or (may_write and after != before)

    assert not found, "\n".join(found)
    assert wrote, "The form was never taken, so this shows nothing."


@pytest.mark.parametrize(
    ("name", "chosen"), [(name, chosen) for name, form in FORMS.items() for chosen in form.chooses]
)
def test_a_form_chooses_nothing_of_another_plan(db, scene, before, name, chosen):
    sent, _ = filled_in(scene, name, writer_of(name))
    sent[chosen] = scene.grounds[Place.OTHER].keys[FORMS[name].chooses[chosen]]

    status, after = after_sending(scene, name, writer_of(name), sent)

    assert status == 422
    assert after == before


def test_a_form_with_every_column_would_be_noticed(db, scene, before, monkeypatch):
    columns = fields_for_model(Milestone, fields=["due_words", "withdrawn_reason"])
    every_column = type("EveryColumn", (DetailsForm,), dict(columns))
    monkeypatch.setattr("milestones.change_views.DetailsForm", every_column)
    sent = everything(scene, "milestones:details", Who.MANAGER) | dict.fromkeys(columns, FOREIGN_TEXT)

    _, after = after_sending(scene, "milestones:details", Who.MANAGER, sent)

    assert any("milestone.due_words" in each for each in differences(scene, before, after, FORMS["milestones:details"]))


def test_a_form_that_anybody_may_send_would_be_noticed(db, scene, before, monkeypatch):
    sent = everything(scene, "milestones:archive", Who.MANAGER)
    for module in ("milestones.change_views", "milestones.operations"):
        monkeypatch.setattr(f"{module}.check_can", lambda *args: None)

    _, after = after_sending(scene, "milestones:archive", Who.STEERING_GROUP, sent)

    assert any("milestone.archived_at" in each for each in differences(scene, before, after, Form({})))


QUICKER = "Somebody else changed this while you were writing"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_only_opened_never_says_that_somebody_else_was_quicker(db, scene, name):
    with undone():
        page = scene.client(writer_of(name)).get(address(name, scene, Place.OWN))

    assert page.status_code in (200, 302, 405, 409), "Say what is shown instead of the form."
    assert QUICKER not in page.content.decode()


def test_what_a_view_names_as_a_conflict_is_shown_and_what_it_does_not_name_is_none():
    shown = Template('{% include "plans/_conflict.html" with conflict=conflict only %}')

    assert [QUICKER in shown.render(Context(given)) for given in ({}, {"conflict": None})] == [False, False]
    assert [QUICKER in shown.render(Context({"conflict": each})) for each in ([], [("Name", "Theirs")])] == [True, True]
