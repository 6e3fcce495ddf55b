"""A small council on which every role can be tried: a plan of its own, one of somebody else, one in the archive.

Somebody of each role is on the first and on the last; nobody of them is on the other. Each plan has a milestone that
is the own of whoever has own ones (1.1), and one that is not (2.1).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.http import urlencode

from accounts.history import operating, save_with_reason
from accounts.models import Operation, User
from accounts.operations import add_organisation, add_person
from accounts.redaction import propose_redaction
from imports.models import RecommendationImport
from imports.operations import keep_preview
from imports.readers.table import PlanTable, RecommendationTable
from indicators.models import Benchmark, Indicator, Measurement, PlanIndicator, ProcessChange, Target
from milestones.models import (
    DateRequest,
    Evidence,
    EvidenceSupport,
    IndependentAssessment,
    Milestone,
    MilestoneLink,
)
from milestones.operations import add_milestone, add_supporting_lead, record_update
from plans import file_store
from plans.models import (
    Action,
    ActionLink,
    Decision,
    Document,
    FollowUp,
    Framework,
    GovernanceBody,
    Intervention,
    Judgement,
    Meeting,
    NoMilestoneNeeded,
    Outcome,
    OutcomeJudgement,
    Plan,
    PlanMembership,
    PlanReview,
    Recommendation,
    Review,
    Risk,
)
from plans.operations import add_action, add_theme, archive_plan, break_glass, give_role, start_plan, take_role
from plans.policies import Role
from reports.cover_form_operations import add_form, archive_form, sections_of
from reports.cover_operations import start_cover
from reports.cover_presets import PRESETS
from reports.edition_operations import freeze_pack
from reports.models import EditionEvent, EditionFile, OrderedPaper, Rendering
from reports.pack_operations import add_paper, start_pack
from tests.cast import PASSWORD, sign_in

FILE = b"What the audit found.\n"
FIRST_OF_MAY = date(2011, 5, 1)


class Who(StrEnum):
    """Everybody who may come to a door: each role alone, and those who hold none."""

    MANAGER = Role.MANAGER
    THEME_LEAD = Role.THEME_LEAD
    LEAD = Role.LEAD
    CONTRIBUTOR = Role.CONTRIBUTOR
    STEERING_GROUP = Role.STEERING_GROUP
    REPORTING_OFFICER = Role.REPORTING_OFFICER
    ANALYST = Role.ANALYST
    AUDITOR = Role.AUDITOR
    ADMINISTRATOR = Role.ADMINISTRATOR
    INFORMATION_GOVERNANCE = Role.INFORMATION_GOVERNANCE
    BREAK_GLASS = Role.BREAK_GLASS
    ENDED = "ended"
    OUTSIDER = "outsider"
    DEACTIVATED = "deactivated"
    SIGNED_OUT = "signed_out"

    @property
    def is_signed_in(self) -> bool:
        return self not in (Who.DEACTIVATED, Who.SIGNED_OUT)


class Place(StrEnum):
    """What an address names: something of one's own plan, which may be somebody else's milestone, of a plan that is
    somebody else's, or of one's own plan in the archive; or, swapped, a thing of another plan under one's own."""

    OWN = "own plan"
    NOT_OWN = "another's milestone"
    OTHER = "other plan"
    ARCHIVED = "archived plan"
    SWAPPED = "own plan, thing of another"


#: Places within a plan, beside the three plans.
FURTHER = frozenset({Place.NOT_OWN, Place.SWAPPED})


@dataclass
class Ground:
    """A plan with what an address can name of it."""

    plan: Plan
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass
class Scene:
    users: dict[Who, User]
    sessions: dict[Who, str]
    grounds: dict[Place, Ground]
    other_manager: User

    def client(self, who: Who, *, strict: bool = False) -> Client:
        """A browser of somebody's, who proved just now who they are. `strict`: it needs the token of a form."""
        client = Client(enforce_csrf_checks=strict)
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client


def post(client: Client, path: str, sent: dict[str, Any], **options: Any) -> Any:
    """Sends a form as a browser would: in parts, which take long to read, only where a file is among them. A file that
    comes back is read to its end."""
    if any(hasattr(value, "read") for value in sent.values()):
        answer = client.post(path, sent, **options)
    else:
        form = urlencode(sent, doseq=True)
        answer = client.post(path, form, "application/x-www-form-urlencoded", **options)
    if answer.streaming:
        answer.getvalue()
    return answer


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back. As in a test case of Django's, operations may begin inside."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def standing_scene() -> Iterator[Scene]:
    """The whole scene, taken back at the end. Until then nobody's session runs out and who they are stays proved,
    however slow the machine is."""
    day = 24 * 60 * 60
    limits = settings.SESSION_LIMITS | {"idle": day, "idle_of_installation": day, "absolute": day}
    with undone(), override_settings(SESSION_LIMITS=limits, ACCOUNT_REAUTHENTICATION_TIMEOUT=day):
        yield _build()


def _build() -> Scene:
    admin = User.objects.create_superuser("ada@council.example", PASSWORD, name="Ada Administrator")
    council = add_organisation(name="Testshire Council", kind="council", by=admin)
    users = {who: _user(who) for who in Who if who is not Who.SIGNED_OUT}
    people = {
        who: add_person(name=users[who].name, organisation=council, user=users[who], by=admin)
        for who in (Who.LEAD, Who.CONTRIBUTOR, Who.THEME_LEAD)
    }
    other_manager = User.objects.create_superuser("olga@council.example", PASSWORD, name="Olga Other")
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=admin)
    others = {Who.LEAD: add_person(name="Omar Other", organisation=elsewhere, by=admin)}
    passkey = Authenticator.objects.create(user=other_manager, type=Authenticator.Type.WEBAUTHN, data={})
    session = UserSession.objects.create(
        user=other_manager, session_key=_session(other_manager), ip="192.0.2.1", user_agent="", data={}
    )
    grounds = {}
    for place, slug in ((Place.OWN, "safeguarding"), (Place.OTHER, "elsewhere"), (Place.ARCHIVED, "finished")):
        if place is Place.OTHER:
            grounds[place] = _ground(slug, elsewhere, others, {}, manager=other_manager)
        else:
            grounds[place] = _ground(slug, council, people, users, manager=admin)
        grounds[place].keys |= {
            "member": users[Who.STEERING_GROUP].pk,
            "gone": users[Who.DEACTIVATED].pk,
            "user": other_manager.pk,
            "passkey": passkey.pk,
            "session": session.pk,
        }
    redaction = propose_redaction(
        words="A duty manager",
        kind_of_data="Name of an officer",
        reason="Asked for.",
        by=users[Who.BREAK_GLASS],
    )
    for ground in grounds.values():
        ground.keys["redaction"] = redaction.pk
    milestone = Milestone.objects.get(plan=grounds[Place.OWN].plan, ref="2.1")
    keys = grounds[Place.OWN].keys | {
        "ref": "2.1",
        "update": milestone.updates.get().pk,
        "assessment": milestone.independent_assessments.get().pk,
    }
    grounds[Place.NOT_OWN] = Ground(grounds[Place.OWN].plan, keys)
    archive_plan(plan=grounds[Place.ARCHIVED].plan, reason="Done.", by=users[Who.INFORMATION_GOVERNANCE])
    sessions = {who: _session(user) for who, user in users.items()}
    # Their session is still there, as if nobody had ended it.
    _save(users[Who.DEACTIVATED], "is_active", False, by=admin)
    return Scene(users, sessions, grounds, other_manager)


def _user(who: Who) -> User:
    return User.objects.create_user(
        f"{who}@council.example",
        PASSWORD,
        name=f"{who} of the scene".capitalize().replace("_", " "),
        is_administrator=who is Who.ADMINISTRATOR,
        is_information_governance=who in (Who.INFORMATION_GOVERNANCE, Who.BREAK_GLASS),
    )


def _ground(slug: str, council: Any, people: dict[Who, Any], users: dict[Who, User], *, manager: User) -> Ground:
    """A plan on which the users hold their roles, with one of everything that an address can name."""
    plan = start_plan(
        title=f"Plan {slug}", slug=slug, short_title=slug, council=council, cycle_anchor=date(2011, 5, 2), by=manager
    )
    keys: dict[str, Any] = {"slug": slug, "ref": "1.1", "action_ref": "1"}
    tomorrow = timezone.localdate() + timedelta(days=1)
    for who in (who for who in users if who == Who.DEACTIVATED or who in set(PlanMembership.Role)):
        role = PlanMembership.Role.MANAGER if who is Who.DEACTIVATED else PlanMembership.Role(who)
        ends_on = tomorrow if role == PlanMembership.Role.AUDITOR else None
        give_role(plan=plan, user=users[who], role=role, ends_on=ends_on, by=manager)
    keys["membership"] = PlanMembership.objects.filter(plan=plan).order_by("pk").last().pk
    lead, theme_lead = people[Who.LEAD], people.get(Who.THEME_LEAD)
    keys["person"] = lead.pk
    for number, theme_name in enumerate(("Front door", "Workforce"), start=1):
        theme = add_theme(plan=plan, name=theme_name, lead=theme_lead if number == 1 else None, by=manager)
        action = add_action(theme=theme, ref=str(number), text="Answer every contact within a day.", by=manager)
        milestone = add_milestone(
            action=action,
            ref=f"{number}.1",
            text="A duty manager reads every contact.",
            due_on=date(2011, 8, 31),
            lead=lead if number == 1 else None,
            by=manager,
        )
        update = record_update(
            milestone=milestone,
            declared_status="achieved" if number == 1 else "on_track",
            completed_on=date(2011, 6, 1) if number == 1 else None,
            note="Begun.",
            as_at=date(2011, 6, 1),
            by=manager,
        )
        if number == 1:
            done = Operation.objects.get(recorded_at=update.entered_at)
            keys |= {"operation": done.pk, "theme": theme.pk, "action": action.pk, "update": update.pk}
            # What is achieved is not handed over; this is still to do.
            add_milestone(action=action, ref="1.2", text="It is done at weekends too.", lead=lead, by=manager)
            if users:
                add_supporting_lead(milestone=milestone, person=people[Who.CONTRIBUTOR], by=manager)
    keys |= _answers(plan, milestone, action, manager)
    keys |= _figures(plan, manager)
    keys |= _meetings(plan, manager)
    keys |= _packs(plan, manager)
    keys |= _ordered_papers(plan, users.get(Who.MANAGER, manager))
    keys["import"] = keep_preview(
        plan=plan, table=PlanTable(), file_name="plan.csv", sha256="0" * 64, as_at=date(2011, 6, 1), by=manager
    ).pk
    if users:
        ended = give_role(plan=plan, user=users[Who.ENDED], role=PlanMembership.Role.MANAGER, by=manager)
        _save(ended, "ends_on", timezone.localdate() - timedelta(days=1), by=manager)
        keys["glass"] = break_glass(plan=plan, reason="Looking into a complaint.", by=users[Who.BREAK_GLASS]).pk
        _leave(plan, manager)
    return Ground(plan, keys)


def _answers(plan: Plan, milestone: Milestone, action: Any, by: User) -> dict[str, Any]:
    """A review that the plan answers, with all that an address about reviews, answers and evidence can name.

    The milestone is 2.1; the evidence supports 1.1, which is somebody's own.
    """
    council, slug = plan.council, plan.slug
    own = Milestone.objects.get(plan=plan, ref="1.1")
    with operating(by=by, name="set_the_scene"):

        def make(model: type[Any], **columns: Any) -> Any:
            return save_with_reason(model(**columns), reason="Scene", by=by)

        framework = make(Framework, name=f"Framework of {slug}", areas=["Overall"], grades=["good", "inadequate"])
        review = make(
            Review, council=council, title="Inspection", short_name=f"Ofsted {slug}", slug=f"ofsted-{slug}",
            published_on=date(2011, 2, 25), received_on=date(2011, 2, 20), framework=framework,
        )  # fmt: skip
        unanswered = make(
            Review, council=council, title="Peer review", short_name=f"Peers {slug}", slug=f"peers-{slug}"
        )
        asked = make(Recommendation, review=review, number="1", text="Answer sooner.", timescale_words="At once")
        board = make(GovernanceBody, council=council, name=f"Board of {slug}", kind="improvement_board")
        document = make(
            Document, council=council, plan=plan, name="audit.txt", kind="txt", size=len(FILE), uploaded_by=by,
            sha256=hashlib.sha256(FILE).hexdigest(), stored_as=file_store.write(BytesIO(FILE)),
        )  # fmt: skip
        evidence = make(
            Evidence, plan=plan, title="Audit of contacts", kind="audit", document=document, added_by=by,
            sensitivity=Evidence.Sensitivity.PUBLIC,
        )  # fmt: skip
        checked = make(
            Evidence, plan=plan, title="Audit of referrals", kind="audit", location="Case system", added_by=by,
            checked_by="Internal Audit", checked_on=date(2011, 6, 1), finding="partly",
        )  # fmt: skip
        make(EvidenceSupport, plan=plan, evidence=checked, milestone=own)
        assessed = {
            each.ref: make(
                IndependentAssessment, plan=plan, milestone=each, as_at=date(2011, 6, 1), source="peer",
                assessed_by="A peer", finding="partly", entered_at=timezone.now(), entered_by=by,
            )
            for each in (own, milestone)
        }  # fmt: skip
        outcome = make(Outcome, plan=plan, action=action, order=1, text="Children are safer sooner.")
        judgement = make(
            OutcomeJudgement, plan=plan, outcome=outcome, judged="not_yet", judged_on=date(2011, 6, 1),
            note="No audit says so.", entered_at=timezone.now(), entered_by=by,
        )  # fmt: skip
        links: dict[str, Any] = {"plan": plan, "review": review, "as_written": "(Ofsted)", "state": "source_only"}
        cited = make(Recommendation, review=review, number="2", text="Check sooner.")
        matched = {"review": review, "recommendation": cited, "state": "matched", "as_written": "(Ofsted, 2)"}
        make(MilestoneLink, plan=plan, milestone=own, **matched)
        explained = make(Recommendation, review=review, number="3", text="Tell us.")
        make(NoMilestoneNeeded, plan=plan, recommendation=explained, reason="Done before.")
        closed = make(
            Recommendation, review=review, number="4", text="Ask.", closed_on=date(2011, 3, 1), closed_by=board,
            closed_reason="Seen by the board.",
        )  # fmt: skip
        return {
            "review": review.slug,
            "unanswered_review": unanswered.pk,
            "unanswered": unanswered.slug,
            "recommendation_import": RecommendationImport.objects.create(
                review=review, file_name="list.csv", table=RecommendationTable().to_json(), by=by
            ).pk,
            "cited": cited.pk,
            "explained": explained.pk,
            "closed": closed.pk,
            "framework": framework.pk,
            "recommendation": asked.pk,
            "board": board.pk,
            "judgement": make(Judgement, review=review, order=1, area="Overall", grade="inadequate").pk,
            "intervention": make(
                Intervention, council=council, kind="improvement_notice", issued_on=date(2011, 3, 1), board=board
            ).pk,
            "plan_review": make(PlanReview, plan=plan, review=review, needs_statement=True).pk,
            "outcome": outcome.pk,
            "outcome_judgement": judgement.pk,
            "document": document.pk,
            "evidence": evidence.pk,
            "checked_evidence": checked.pk,
            "milestone": own.pk,
            "support": make(EvidenceSupport, plan=plan, evidence=evidence, milestone=own).pk,
            "milestone_link": make(MilestoneLink, milestone=own, **links).pk,
            "action_link": make(ActionLink, action=action, **links).pk,
            "assessment": assessed["1.1"].pk,
            "empty_action": make(Action, plan=plan, theme=action.theme, ref="801", text="Typed twice.").pk,
            "archived_action": make(
                Action, plan=plan, theme=action.theme, ref="802", text="Typed thrice.", archived_at=timezone.now()
            ).pk,
            "archived_milestone": make(
                Milestone, plan=plan, action=action, ref="801.1", text="Typed twice.", archived_at=timezone.now()
            ).pk,
            "unused_outcome": make(Outcome, plan=plan, action=action, order=2, text="Fewer come back.").pk,
        }


def _meetings(plan: Plan, by: User) -> dict[str, Any]:
    """A meeting, what it decided and what is to be done about it, risks, and a new date that is asked for."""
    board = GovernanceBody.objects.get(council=plan.council, name=f"Board of {plan.slug}")
    open_one = Milestone.objects.get(plan=plan, ref="1.2")
    with operating(by=by, name="set_the_scene"):

        def make(model: type[Any], **columns: Any) -> Any:
            return save_with_reason(model(**columns), reason="Scene", by=by)

        meeting = make(Meeting, council=plan.council, body=board, held_on=date(2011, 6, 3))
        decision = make(Decision, plan=plan, meeting=meeting, words="To ask again.")
        follow_up = make(FollowUp, plan=plan, decision=decision, words="Ask again.")
        done = make(FollowUp, plan=plan, decision=decision, words="Ask.", done_on=date(2011, 6, 4))
        risk = make(Risk, plan=plan, words="Posts stay empty.", raised_on=FIRST_OF_MAY)
        closed = make(Risk, plan=plan, words="The system fails.", raised_on=FIRST_OF_MAY, closed_on=date(2011, 6, 1))
        request = make(
            DateRequest, plan=plan, milestone=open_one, from_on=None, to_on=date(2011, 9, 30), reason="A late start.",
            consequence="None.", is_for_board=False, requested_on=date(2011, 6, 1), requested_by=by,
            entered_at=timezone.now(),
        )  # fmt: skip
        return {
            "plan": plan.pk,
            "meeting": meeting.pk,
            "unused_meeting": make(Meeting, council=plan.council, body=board, held_on=date(2011, 6, 10)).pk,
            "decision": decision.pk,
            "follow_up": follow_up.pk,
            "done_follow_up": done.pk,
            "risk": risk.pk,
            "closed_risk": closed.pk,
            "date_request": request.pk,
        }


def _ordered_papers(plan: Plan, by: User) -> dict[str, Any]:
    """Papers that the manager of the plan ordered: one that waits, and one that could not be made."""
    states: dict[str, dict[str, Any]] = {
        "ordered": {},
        "ordered_failed": {"attempts": 9, "problem": "It was too long."},
    }
    order = {"plan": plan, "user": by, "kind": "milestones", "format": "pdf", "ordered_at": timezone.now()}
    return {key: OrderedPaper.objects.create(**order | given).pk for key, given in states.items()}


def _packs(plan: Plan, by: User) -> dict[str, Any]:
    """Packs in every state, and a cover report with the form that it was begun with. The numbers of packs, but for
    one's own draft and its paper, are of packs frozen once."""
    draft = start_pack(plan=plan, title=f"Draft of {plan.slug}", as_at=FIRST_OF_MAY, by=by)
    keys: dict[str, Any] = {"draft": draft.number, "edition": 1, "digits": "1f3d7a"}
    paper = {"kind": "milestones", "formats": ["csv"], "by": by}
    keys["pack_paper"] = add_paper(pack=draft, **paper).pk
    for state in ("failed", "ready", "signed", "pack"):
        pack = start_pack(plan=plan, title=f"Pack of {plan.slug}, {state}", as_at=FIRST_OF_MAY, by=by)
        add_paper(pack=pack, **paper)
        edition = freeze_pack(pack=pack, by=by)
        keys[state] = pack.number
        if state == "failed":
            Rendering.objects.filter(edition=edition).update(attempts=9, problem="It was too long.")
            continue
        with operating(by=by, name="set_the_scene"):
            file = EditionFile.objects.create(
                edition=edition, place=1, format="csv", name="milestones.csv", content_type="text/csv", size=4,
                sha256=hashlib.sha256(b"a,b\n").hexdigest(), content=b"a,b\n", made_at=timezone.now(),
            )  # fmt: skip
            for kind in {"ready": (), "signed": ("signed",), "pack": ("signed", "published")}[state]:
                EditionEvent.objects.create(edition=edition, kind=kind, at=timezone.now(), by=by)
        Rendering.objects.filter(edition=edition).update(claimed_by=Rendering.DONE, claimed_until=None)
        keys["edition_file"] = file.pk
    form = add_form(council=plan.council, preset=next(iter(PRESETS.values())), name=f"Cover of {plan.slug}", by=by)
    cover = start_cover(plan=plan, form=form, title=f"Progress of {plan.slug}", as_at=FIRST_OF_MAY, by=by)
    old = add_form(council=plan.council, preset=next(iter(PRESETS.values())), name=f"Old cover of {plan.slug}", by=by)
    archive_form(form=old, reason="Not used.", by=by)
    return keys | {
        "council": plan.council_id,
        "cover_form": form.pk,
        "old_cover_form": old.pk,
        "section": sections_of(form)[0].pk,
        "cover": cover.pk,
        "cover_section": cover.sections.order_by("place").first().pk,
    }


def _figures(plan: Plan, by: User) -> dict[str, Any]:
    """An indicator on the plan's scorecard, with a figure and all that an address about indicators can name."""
    with operating(by=by, name="set_the_scene"):

        def make(model: type[Any], **columns: Any) -> Any:
            return save_with_reason(model(**columns), reason="Scene", by=by)

        indicator = make(
            Indicator, council=plan.council, code=f"I-{plan.slug}", slug=f"i-{plan.slug}", title="Contacts in a day",
            unit="percent", polarity="high", frequency="monthly", shape="in_period",
        )  # fmt: skip
        make(PlanIndicator, plan=plan, indicator=indicator, order=1)
        make(
            Measurement, indicator=indicator, starts_on=FIRST_OF_MAY, value=90, entered_at=timezone.now(), entered_by=by
        )
        return {
            "code": indicator.slug,
            "starts_on": FIRST_OF_MAY.isoformat(),
            "indicator": indicator.pk,
            "target": make(Target, indicator=indicator, from_on=FIRST_OF_MAY, value=95).pk,
            "process_change": make(ProcessChange, indicator=indicator, from_on=FIRST_OF_MAY, reason="New form").pk,
            "benchmark": make(
                Benchmark, indicator=indicator, starts_on=FIRST_OF_MAY, comparator="england", value=80
            ).pk,
        }


def _leave(plan: Plan, starter: User) -> None:
    """The one who started the plan is nobody on it: administrators see none without a role."""
    membership = PlanMembership.objects.get(plan=plan, user=starter)
    take_role(membership=membership, reason="Started only.", by=starter)


def _session(user: User) -> str:
    client = Client()
    sign_in(client, user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _save(row: Any, column: str, value: Any, *, by: User) -> None:
    """As time or a fault would leave a row, past the rules of the operations."""
    setattr(row, column, value)
    with operating(by=by, name="set_the_scene"):
        save_with_reason(row, [column], reason="Scene", by=by)
