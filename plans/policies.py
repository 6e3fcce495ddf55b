"""Who may do what on a plan: one table, roles by operations (reliability.md 4).

`check_can` raises django's PermissionDenied with a sentence, `can` answers. Rights are read at each call. Pages and
tests read the same table; nothing else decides. How far a right reaches is `ALL` of the plan, or the milestones that
are the reader's `OWN`: those they lead or support, and for a theme lead those of their themes.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import Organisation, Person, User

from .models import BreakGlass, Plan, PlanMembership, PlanQuerySet


class Role(StrEnum):
    """Every role: those that a membership gives on a plan, the two of the whole installation, and what somebody of
    the installation holds for a short time after breaking the glass."""

    MANAGER = "manager"
    THEME_LEAD = "theme_lead"
    LEAD = "lead"
    CONTRIBUTOR = "contributor"
    STEERING_GROUP = "steering_group"
    REPORTING_OFFICER = "reporting_officer"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    INFORMATION_GOVERNANCE = "information_governance"
    BREAK_GLASS = "break_glass"

    @property
    def label(self) -> str:
        return ROLE_WORDS.get(self) or PlanMembership.Role(self).label


ROLE_WORDS = {
    Role.ADMINISTRATOR: "System administrator",
    Role.INFORMATION_GOVERNANCE: "Information governance",
    Role.BREAK_GLASS: "Opened with a reason",
}


class Right(StrEnum):
    """The operations that need a role. The value completes “You may not …”."""

    SEE = "see this plan"
    SEE_INTERNAL = "see the internal notes of this plan"
    SEE_HISTORY = "see who changed what in this plan"
    EDIT_PLAN = "change this plan"
    EDIT_SETTINGS = "change the settings of this plan"
    RECORD_UPDATE = "record updates of this plan"
    DRAFT_UPDATE = "draft updates of this plan"
    ACCEPT_UPDATE = "accept or return updates of this plan"
    CHASE = "remind the leads of this plan"
    SEND_LINK = "send personal links of this plan"
    REQUEST_DATE = "ask for new dates of this plan"
    CHANGE_DATE = "change the dates of this plan"
    GIVE_FORECAST = "say otherwise than the forecast of this plan"
    WRITE_ISSUES = "write the key issues of this plan"
    SEE_EVIDENCE = "see the evidence of this plan"
    SEE_RESTRICTED = "see the restricted evidence of this plan"
    ADD_EVIDENCE = "add evidence to this plan"
    RECORD_FINDING = "record what others found of this plan"
    RECORD_DECISION = "record what boards decided on this plan"
    ENTER_FIGURES = "enter figures of this plan"
    EDIT_INDICATORS = "change the indicators and targets of this plan"
    PREVIEW_IMPORT = "try out an import into this plan"
    IMPORT = "import into this plan"
    MAKE_PAPER = "make papers of this plan"
    WRITE_COVER = "write cover reports of this plan"
    PREPARE_PACK = "prepare packs of this plan"
    SIGN_PACK = "sign off packs of this plan"
    PUBLISH_PACK = "publish packs of this plan"
    WITHDRAW_PACK = "withdraw packs of this plan"
    TAKE_OUT = "take everything of this plan away"
    ASSIGN_PEOPLE = "give roles on this plan"
    SEE_ACCESS = "see who may do what on this plan"
    ARCHIVE_PLAN = "archive or restore this plan"
    PROPOSE_REDACTION = "propose to take words out of the records"
    REDACT = "take words out of the records"


class Reach(StrEnum):
    """Of which of a plan's milestones a right holds."""

    OWN = "own"
    ALL = "all"


_ALL, _OWN = Reach.ALL, Reach.OWN

#: The table. A role that a line does not name may not.
RIGHTS: Mapping[Right, Mapping[Role, Reach]] = {
    Right.SEE: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _ALL,
        Role.LEAD: _ALL,
        Role.CONTRIBUTOR: _OWN,
        Role.STEERING_GROUP: _ALL,
        Role.REPORTING_OFFICER: _ALL,
        Role.ANALYST: _ALL,
        Role.AUDITOR: _ALL,
        Role.BREAK_GLASS: _ALL,
    },
    Right.SEE_INTERNAL: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _ALL,
        Role.LEAD: _ALL,
        Role.CONTRIBUTOR: _OWN,
        Role.REPORTING_OFFICER: _ALL,
        Role.AUDITOR: _ALL,
        Role.BREAK_GLASS: _ALL,
    },
    Right.SEE_HISTORY: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _OWN,
        Role.LEAD: _OWN,
        Role.CONTRIBUTOR: _OWN,
        Role.REPORTING_OFFICER: _ALL,
        Role.AUDITOR: _ALL,
        Role.BREAK_GLASS: _ALL,
    },
    Right.EDIT_PLAN: {Role.MANAGER: _ALL},
    Right.EDIT_SETTINGS: {Role.MANAGER: _ALL},
    Right.RECORD_UPDATE: {Role.MANAGER: _ALL, Role.THEME_LEAD: _OWN, Role.LEAD: _OWN},
    Right.DRAFT_UPDATE: {Role.MANAGER: _ALL, Role.THEME_LEAD: _OWN, Role.LEAD: _OWN, Role.CONTRIBUTOR: _OWN},
    Right.ACCEPT_UPDATE: {Role.MANAGER: _ALL, Role.THEME_LEAD: _OWN},
    Right.CHASE: {Role.MANAGER: _ALL},
    Right.SEND_LINK: {Role.MANAGER: _ALL},
    Right.REQUEST_DATE: {Role.MANAGER: _ALL, Role.THEME_LEAD: _OWN, Role.LEAD: _OWN},
    Right.CHANGE_DATE: {Role.MANAGER: _ALL},
    Right.GIVE_FORECAST: {Role.MANAGER: _ALL},
    Right.WRITE_ISSUES: {Role.MANAGER: _ALL, Role.REPORTING_OFFICER: _ALL},
    Right.SEE_EVIDENCE: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _ALL,
        Role.LEAD: _ALL,
        Role.CONTRIBUTOR: _OWN,
        Role.STEERING_GROUP: _ALL,
        Role.REPORTING_OFFICER: _ALL,
        Role.AUDITOR: _ALL,
        Role.BREAK_GLASS: _ALL,
    },
    Right.SEE_RESTRICTED: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _OWN,
        Role.LEAD: _OWN,
        Role.CONTRIBUTOR: _OWN,
        Role.AUDITOR: _ALL,
        Role.BREAK_GLASS: _ALL,
    },
    Right.ADD_EVIDENCE: {Role.MANAGER: _ALL, Role.THEME_LEAD: _OWN, Role.LEAD: _OWN, Role.CONTRIBUTOR: _OWN},
    Right.RECORD_FINDING: {Role.MANAGER: _ALL},
    Right.RECORD_DECISION: {Role.MANAGER: _ALL},
    Right.ENTER_FIGURES: {Role.MANAGER: _ALL, Role.ANALYST: _ALL},
    Right.EDIT_INDICATORS: {Role.MANAGER: _ALL, Role.ANALYST: _ALL},
    Right.PREVIEW_IMPORT: {Role.MANAGER: _ALL, Role.REPORTING_OFFICER: _ALL},
    Right.IMPORT: {Role.MANAGER: _ALL},
    Right.MAKE_PAPER: {
        Role.MANAGER: _ALL,
        Role.THEME_LEAD: _OWN,
        Role.LEAD: _OWN,
        Role.REPORTING_OFFICER: _ALL,
        Role.ANALYST: _ALL,
        Role.AUDITOR: _ALL,
    },
    Right.WRITE_COVER: {Role.MANAGER: _ALL, Role.REPORTING_OFFICER: _ALL},
    Right.PREPARE_PACK: {Role.MANAGER: _ALL, Role.REPORTING_OFFICER: _ALL},
    Right.SIGN_PACK: {Role.MANAGER: _ALL, Role.REPORTING_OFFICER: _ALL},
    Right.PUBLISH_PACK: {Role.REPORTING_OFFICER: _ALL},
    Right.WITHDRAW_PACK: {Role.REPORTING_OFFICER: _ALL, Role.INFORMATION_GOVERNANCE: _ALL},
    Right.TAKE_OUT: {Role.MANAGER: _ALL},
    Right.ASSIGN_PEOPLE: {Role.MANAGER: _ALL, Role.ADMINISTRATOR: _ALL},
    Right.SEE_ACCESS: {
        Role.MANAGER: _ALL,
        Role.AUDITOR: _ALL,
        Role.ADMINISTRATOR: _ALL,
        Role.INFORMATION_GOVERNANCE: _ALL,
    },
    Right.ARCHIVE_PLAN: {Role.INFORMATION_GOVERNANCE: _ALL},
    Right.PROPOSE_REDACTION: {Role.MANAGER: _ALL, Role.INFORMATION_GOVERNANCE: _ALL},
    Right.REDACT: {Role.INFORMATION_GOVERNANCE: _ALL},
}

READING = frozenset(
    {
        Right.SEE,
        Right.SEE_INTERNAL,
        Right.SEE_HISTORY,
        Right.SEE_EVIDENCE,
        Right.SEE_RESTRICTED,
        Right.MAKE_PAPER,
        Right.TAKE_OUT,
        Right.SEE_ACCESS,
    }
)
KEEPING = frozenset(
    {Right.ASSIGN_PEOPLE, Right.ARCHIVE_PLAN, Right.PROPOSE_REDACTION, Right.REDACT, Right.WITHDRAW_PACK}
)

#: What is left of everybody's rights in a state of the plan; a state that is not here leaves them all. A closed plan
#: is opened again by its settings.
LEFT_IN_STATE: Mapping[str, frozenset[Right]] = {
    "archived": READING | KEEPING,
    Plan.Status.CLOSED: READING | KEEPING | {Right.EDIT_SETTINGS},
    Plan.Status.SUPERSEDED: READING | KEEPING | {Right.EDIT_SETTINGS},
}


CLOSED_WORDS: Mapping[str, str] = {
    "archived": "This plan is in the archive and takes no changes.",
    Plan.Status.CLOSED: "This plan is closed and takes no changes. Its programme manager can open it again.",
    Plan.Status.SUPERSEDED: "This plan was replaced by another and takes no changes.",
}


class Rights(dict[Right, Reach]):
    """What somebody may do on a plan, and how far each right reaches. `Right.X in rights` where it reaches at all.

    `lost` are the rights that their roles give and the state of the plan takes away, `why` the sentence that says so.
    """

    lost: frozenset[Right] = frozenset()
    why: str = ""

    def everywhere(self, right: Right) -> bool:
        """Whether the right holds for the whole plan."""
        return self.get(right) is Reach.ALL


def roles_of(user: Any, plan: Plan) -> frozenset[Role]:
    """The roles the user holds on the plan today; none for somebody who is not active."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    rows = PlanMembership.objects.current().filter(plan=plan, user=user)
    held = {Role(role) for role in rows.values_list("role", flat=True)}
    roles = set(held)
    if user.is_administrator:
        roles.add(Role.ADMINISTRATOR)
    if user.is_information_governance:
        roles.add(Role.INFORMATION_GOVERNANCE)
    may_break_glass = user.is_administrator or user.is_information_governance
    if may_break_glass and not held and (BreakGlass.objects.current().filter(plan=plan, user=user).exists()):
        roles.add(Role.BREAK_GLASS)
    return frozenset(roles)


def rights_of_roles(roles: frozenset[Role], state: str = "") -> Rights:
    """What these roles together may do on a plan in a state (`plan_state`)."""
    rights = Rights()
    for right, reaches in RIGHTS.items():
        found = {reaches[role] for role in roles if role in reaches}
        if found:
            rights[right] = Reach.ALL if Reach.ALL in found else Reach.OWN
    if state in LEFT_IN_STATE:
        rights.lost, rights.why = frozenset(rights) - LEFT_IN_STATE[state], CLOSED_WORDS[state]
        for right in rights.lost:
            del rights[right]
    return rights


def plan_state(plan: Plan) -> str:
    """What narrows the rights on a plan: that it is in the archive, else its status."""
    return "archived" if plan.archived_at is not None else plan.status


def rights_of(user: Any, plan: Plan) -> Rights:
    """What the user may do on the plan now, by all roles together. The answer stays with the user of the request, for
    the frame of its page (`rights_seen`)."""
    rights = rights_of_roles(roles_of(user, plan), plan_state(plan))
    user.rights_found = {plan.pk: rights}
    return rights


def rights_seen(user: Any, plan: Plan) -> Rights:
    """As `rights_of`, as the view of this request found it, where it asked."""
    found: dict[int, Rights] = getattr(user, "rights_found", {})
    return found[plan.pk] if plan.pk in found else rights_of(user, plan)


def plans_within(user: Any, right: Right, reach: Reach) -> PlanQuerySet:
    """The plans on which a role gives the user this right with this reach, for a query. The state does not count."""
    roles = [role for role, given in RIGHTS[right].items() if given is reach]
    held = PlanMembership.objects.current().filter(user=user, role__in=roles)
    within = Q(pk__in=held.values("plan"))
    if Role.BREAK_GLASS in roles and (user.is_administrator or user.is_information_governance):
        opened = BreakGlass.objects.current().filter(user=user)
        # Broken glass is for whoever holds no role; as in `roles_of`.
        without_role = ~Q(pk__in=PlanMembership.objects.current().filter(user=user).values("plan"))
        within |= Q(pk__in=opened.values("plan")) & without_role
    return Plan.objects.visible_to(user).filter(within)


def can(user: Any, right: Right, plan: Plan) -> bool:
    """Whether the user has the right for the whole plan."""
    return rights_of(user, plan).everywhere(right)


def check_can(user: Any, right: Right, plan: Plan) -> None:
    """Raises PermissionDenied, with a sentence, where the user lacks the right for the whole plan."""
    check_has(right, rights_of(user, plan), everywhere=True)


def check_has(right: Right, rights: Rights, *, everywhere: bool = False) -> None:
    """As `check_can`, of rights that were read already; by default also where the right reaches the own ones alone."""
    if right in rights.lost:
        raise PermissionDenied(rights.why)
    if right not in rights or (everywhere and not rights.everywhere(right)):
        raise PermissionDenied(f"You may not {right.value}. Ask its programme manager.")


def can_start_plan(user: Any) -> bool:
    """Administrators and programme managers may start a plan, and become its manager."""
    if not user.is_authenticated or not user.is_active:
        return False
    managed = PlanMembership.objects.current().filter(user=user, role=PlanMembership.Role.MANAGER)
    return user.is_administrator or managed.exists()


def check_can_start_plan(user: Any) -> None:
    """Raises PermissionDenied for who may not start a plan."""
    if not can_start_plan(user):
        raise PermissionDenied("You may not start a plan. Ask your system administrator.")


def kept_by(user: Any) -> PlanQuerySet:
    """The plans that the user manages and that take changes. What belongs to a council is changed through one of
    these: from a plan that is over nobody reaches into those that go on."""
    return Plan.objects.managed_by(user).current().exclude(status__in=LEFT_IN_STATE)


def packed_by(user: Any) -> PlanQuerySet:
    """The plans, of those that take changes, whose packs the user prepares."""
    within = plans_within(user, Right.PREPARE_PACK, Reach.ALL)
    return within.current().exclude(status__in=LEFT_IN_STATE).order_by("title", "pk")


def check_can_edit_reviews(user: Any, council: Organisation) -> None:
    """Reviews and their recommendations are changed by the programme managers of the council's plans that take
    changes; before it has any plan, by those who may start one: what the inspectors said is often there first."""
    if kept_by(user).filter(council=council).exists():
        return
    managed = Plan.objects.managed_by(user).filter(council=council)
    if managed.exists():
        raise PermissionDenied(OVER_WORDS)
    if not can_start_plan(user) or Plan.objects.filter(council=council).exists():
        raise PermissionDenied("You may not change the reviews of this council. Ask a programme manager.")


OVER_WORDS = (
    "The plans that you manage are closed or in the archive, so you may not change the reviews of the council. "
    "Ask the programme manager of a plan that goes on; where there is none, open one again or start one."
)


def councils_with_reviews_of(user: Any) -> QuerySet[Organisation]:
    """The councils whose reviews, boards and interventions the user may change."""
    return Organisation.objects.filter(plans__in=kept_by(user)).distinct().order_by("name", "pk")


def check_has_council(user: Any) -> None:
    """Raises PermissionDenied, with a sentence, where there is no council whose reviews the user may change."""
    if councils_with_reviews_of(user).exists():
        return
    if Plan.objects.managed_by(user).exists():
        raise PermissionDenied(OVER_WORDS)
    raise PermissionDenied("You may not change the reviews of a council. Ask a programme manager.")


def can_edit_frameworks(user: Any) -> bool:
    """A framework is of the whole installation: whoever may change the reviews of some council may add one."""
    return kept_by(user).exists()


def check_can_edit_frameworks(user: Any) -> None:
    """Raises PermissionDenied for who keeps no plan that takes changes."""
    if not can_edit_frameworks(user):
        raise PermissionDenied("You may not change frameworks. Ask a programme manager of a plan that goes on.")


def people_visible_to(user: Any) -> QuerySet[Person]:
    """The people a user may be shown to choose from: those of the councils whose plans they see, and of partners
    named in those plans."""
    plans = Plan.objects.visible_to(user)
    return Person.objects.filter(Q(organisation__plans__in=plans) | Q(milestones__plan__in=plans)).distinct()


def users_visible_to(user: Any) -> QuerySet[User]:
    """The users a user may be shown: all of them to who looks after users, else those with a role on a plan whose
    roles they give."""
    everybody = User.objects.people()
    if user.is_administrator or user.is_information_governance:
        return everybody
    return everybody.filter(memberships__plan__in=Plan.objects.managed_by(user)).distinct()
