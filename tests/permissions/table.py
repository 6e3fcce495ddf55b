"""Which door opens to whom: one line for every address of the site.

What a role may do is in plans/policies.py and nowhere else. Here stands only which right an address asks for. An
address without a line fails the build.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from plans.policies import LEFT_IN_STATE, RIGHTS, Reach, Right, Role
from reports.forms import FORMS

from .scene import Place, Scene, Who

METHODS = ("GET", "HEAD", "POST")


class Answer(StrEnum):
    """What comes back."""

    OPENS = "opens"
    REFUSED = "403"
    NOT_THERE = "404"
    SIGN_IN = "sign in"
    WRONG_METHOD = "405"


#: How many answers were looked at, by what was expected.
counted: Counter[Answer] = Counter()


def roles_of(who: Who, place: Place) -> frozenset[Role]:
    """The roles that somebody of the scene holds where they stand."""
    if who in (Who.ENDED, Who.OUTSIDER) or not who.is_signed_in:
        return frozenset()
    if who is Who.BREAK_GLASS:
        opened = {Role.BREAK_GLASS} if place is not Place.OTHER else set()
        return frozenset({Role.INFORMATION_GOVERNANCE} | opened)
    role = Role(who)
    if role in (Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE):
        return frozenset({role})
    return frozenset() if place is Place.OTHER else frozenset({role})


def reach_of(right: Right, who: Who, place: Place, *, whatever_the_state: bool = False) -> Reach | None:
    """How far a right reaches, read off the one table; None where it does not reach at all."""
    if place is Place.ARCHIVED and right not in LEFT_IN_STATE["archived"] and not whatever_the_state:
        return None
    given = {RIGHTS[right].get(role) for role in roles_of(who, place)}
    return Reach.ALL if Reach.ALL in given else Reach.OWN if Reach.OWN in given else None


@dataclass(frozen=True)
class Needs:
    """A right on the plan. Whoever is shown neither the plan nor, where it is about one, the milestone finds nothing.

    `everywhere`: it has to reach the whole plan. `found_by`: the rights of which one is enough to find the page.
    `past_the_state`: the state of the plan does not matter. `also`: rights that are asked for besides, everywhere.
    """

    right: Right
    everywhere: bool = False
    milestone: bool = False
    found_by: tuple[Right, ...] = (Right.SEE,)
    past_the_state: bool = False
    also: tuple[Right, ...] = ()
    #: That it is about a milestone which is nobody's own but the lead's: it is found by who sees the whole plan.
    found_everywhere: bool = False

    def answer(self, who: Who, place: Place) -> Answer:
        if not any(self._reaches(right, who, place) for right in self.found_by):
            return Answer.NOT_THERE
        if self.found_everywhere and not any(reach_of(right, who, place) is Reach.ALL for right in self.found_by):
            return Answer.NOT_THERE
        is_allowed = self._reaches(self.right, who, place)
        if self.everywhere:
            is_allowed = reach_of(self.right, who, place, whatever_the_state=self.past_the_state) is Reach.ALL
        is_allowed = is_allowed and all(reach_of(right, who, place) is Reach.ALL for right in self.also)
        return Answer.OPENS if is_allowed else Answer.REFUSED

    def _reaches(self, right: Right, who: Who, place: Place) -> bool:
        reach = reach_of(right, who, place, whatever_the_state=self.past_the_state and right is self.right)
        return reach is Reach.ALL or (reach is Reach.OWN and not (self.milestone and place is Place.NOT_OWN))


@dataclass(frozen=True)
class Council:
    """A page about what belongs to a council: for whoever sees a whole plan of it and has a right on it; to write, the
    programme managers of its plans that take changes."""

    right: Right = Right.SEE
    writes: bool = False
    #: What it may answer besides, where there is nothing to give out.
    also: frozenset[int] = frozenset()

    def answer(self, who: Who, place: Place) -> Answer:
        # The plan in the archive is of the same council as one's own, which takes changes.
        where = Place.OTHER if place is Place.OTHER else Place.OWN
        if reach_of(Right.SEE, who, where) is not Reach.ALL:
            return Answer.NOT_THERE
        is_allowed = reach_of(self.right, who, where) is Reach.ALL
        if self.writes:
            is_allowed = Role.MANAGER in roles_of(who, where)
        return Answer.OPENS if is_allowed else Answer.REFUSED


@dataclass(frozen=True)
class OfPack:
    """A page about a pack of internal papers. It is for those who see every pack of the plan; once it is frozen, for
    who may withdraw packs anywhere, and once it is published, for those too who see what is internal."""

    right: Right | None = None
    is_frozen: bool = True
    is_published: bool = True
    #: Whether it gives out what is in the pack.
    gives: bool = False

    def answer(self, who: Who, place: Place) -> Answer:
        sees = reach_of(Right.SEE_HISTORY, who, place) is Reach.ALL
        if self.is_published:
            sees = sees or reach_of(Right.SEE_INTERNAL, who, place) is Reach.ALL
        if self.is_frozen and not self.gives:
            sees = sees or reach_of(Right.WITHDRAW_PACK, who, place) is Reach.ALL
        if not sees:
            return Answer.NOT_THERE
        is_allowed = self.right is None or reach_of(self.right, who, place) is Reach.ALL
        return Answer.OPENS if is_allowed else Answer.REFUSED


@dataclass(frozen=True)
class PackList:
    """The packs of a plan: for whoever sees all of it, or may withdraw packs anywhere."""

    def answer(self, who: Who, place: Place) -> Answer:
        if Reach.ALL in (reach_of(Right.SEE, who, place), reach_of(Right.WITHDRAW_PACK, who, place)):
            return Answer.OPENS
        return Answer.REFUSED if reach_of(Right.SEE, who, place) else Answer.NOT_THERE


@dataclass(frozen=True)
class CoverSections:
    """A section of a cover report that nobody was given to write: for those who write the reports of the plan.
    `past_the_state`: it is read whatever the state of the plan."""

    past_the_state: bool = False

    def answer(self, who: Who, place: Place) -> Answer:
        if reach_of(Right.WRITE_COVER, who, place, whatever_the_state=True) is not Reach.ALL:
            return Answer.NOT_THERE
        is_allowed = reach_of(Right.WRITE_COVER, who, place, whatever_the_state=self.past_the_state) is Reach.ALL
        return Answer.OPENS if is_allowed else Answer.REFUSED


@dataclass(frozen=True)
class Installation:
    """A page about a plan for those of the whole installation; it is no secret to who sees the plan anyway."""

    def answer(self, who: Who, place: Place) -> Answer:
        if roles_of(who, place) & {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE}:
            return Answer.OPENS
        sees = reach_of(Right.SEE, who, place) or reach_of(Right.SEE_ACCESS, who, place)
        return Answer.REFUSED if sees else Answer.NOT_THERE


@dataclass(frozen=True)
class Only:
    """These and nobody else, wherever they stand."""

    whos: frozenset[Who]
    others: Answer = Answer.REFUSED

    def answer(self, who: Who, place: Place) -> Answer:
        return Answer.OPENS if who in self.whos else self.others


@dataclass(frozen=True)
class SignedIn:
    """Whoever is signed in. `also`: what it may answer besides, to somebody who has nothing there."""

    also: frozenset[int] = frozenset()

    def answer(self, who: Who, place: Place) -> Answer:
        return Answer.OPENS


@dataclass(frozen=True)
class Anybody(SignedIn):
    """Signed in or not."""


@dataclass(frozen=True)
class OwnOrder:
    """A paper that the manager of the plan ordered: theirs alone, and found by nobody else who makes papers."""

    def answer(self, who: Who, place: Place) -> Answer:
        found = Needs(Right.MAKE_PAPER).answer(who, place)
        return Answer.NOT_THERE if found is Answer.OPENS and who is not Who.MANAGER else found


Opener = OwnOrder | Needs | Council | OfPack | PackList | CoverSections | Installation | Only | SignedIn | Anybody


@dataclass(frozen=True)
class Line:
    """Who reads and who writes at an address; None where it cannot be read or written at all."""

    read: Opener | None = None
    write: Opener | None = None
    #: Under which name the scene has the number that stands in the address.
    pk: str = ""
    #: The same of the review, and of the number of the pack.
    review: str = "review"
    number: str = "pack"
    #: Whether it sends on to a page that asks who somebody is, as those pages themselves do.
    asks: bool = False

    @property
    def may_ask(self) -> bool:
        return self.asks or self.is_for_anybody

    @property
    def is_for_anybody(self) -> bool:
        return any(isinstance(opener, Anybody) for opener in (self.read, self.write))

    def opener(self, method: str) -> Opener | None:
        return {"GET": self.read, "HEAD": self.read, "POST": self.write}.get(method)

    def answer(self, method: str, who: Who, place: Place) -> Answer:
        if method not in METHODS:
            return Answer.WRONG_METHOD
        if not who.is_signed_in and not self.is_for_anybody:
            return Answer.SIGN_IN
        opener = self.opener(method)
        if opener is None:
            return Answer.WRONG_METHOD
        if place is Place.SWAPPED:
            found = opener.answer(who, Place.OWN)
            return Answer.NOT_THERE if found is Answer.OPENS else found
        return opener.answer(who, place)

    def also(self, method: str, who: Who, place: Place) -> frozenset[int]:
        """What else is right: a page that is not there for somebody need not say which methods it takes."""
        if self.answer(method, who, place) is Answer.WRONG_METHOD:
            other = self.read or self.write
            if other is None or not who.is_signed_in:
                return frozenset()
            is_hidden = other.answer(who, place) is Answer.NOT_THERE
            return frozenset({404}) if is_hidden else getattr(other, "also", frozenset())
        if place is Place.SWAPPED:
            return frozenset({404})
        return getattr(self.opener(method), "also", frozenset())


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The name of every address there is."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def arguments_of(name: str) -> frozenset[str]:
    """The names of what stands in an address."""
    return next(found for each, found in _patterns(get_resolver()) if each == name)


def _patterns(
    resolver: URLResolver, prefix: str = "", outer: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    for pattern in resolver.url_patterns:
        found = outer | frozenset(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix, found)
        else:
            yield f"{prefix}{pattern.name}", found


#: What stands in an address of something that there is not.
NOTHING = {
    "slug": "nothing-here",
    "review": "nothing-here",
    "ref": "9.9",
    "outcome": 999_999,
    "action_ref": "99",
    "code": "nothing-here",
    "starts_on": "1999-01-01",
    "pk": 999_999,
    "token": "nothing",
    "uidb36": "zz",
    "key": "nothing",
    "number": 999_999,
    "edition": 9,
    "section": 999_999,
    "digits": "000000",
}


def address(name: str, scene: Scene, place: Place | None) -> str:
    """The address of a page about what stands at a place, or about nothing there is."""
    arguments, pk = arguments_of(name), PAGES[name].pk
    keys = dict(NOTHING)
    if place is not None:
        keys |= scene.grounds[Place.OWN if place is Place.SWAPPED else place].keys
        elsewhere = scene.grounds[Place.OTHER] if place is Place.SWAPPED else scene.grounds[place]
        keys["pk"] = elsewhere.keys[pk] if pk else NOTHING["pk"]
        if "pk" not in arguments:
            keys["code"] = elsewhere.keys["code"]
        keys["review"] = keys[PAGES[name].review]
        keys["number"] = keys[PAGES[name].number]
    return reverse(name, kwargs={argument: keys[argument] for argument in arguments})


def places(name: str) -> list[Place]:
    """Where the page is tried: everywhere where its address names something of a plan, else once."""
    arguments, line = arguments_of(name), PAGES[name]
    if isinstance(line.read or line.write, Council):
        by_number = {"review", "pk"} <= arguments
        return [Place.OWN, Place.OTHER, *([Place.SWAPPED] if by_number else [])]
    if not isinstance(line.read or line.write, OwnOrder | Needs | Installation | OfPack | PackList | CoverSections):
        return [Place.OWN]
    found = [Place.OWN, Place.OTHER, Place.ARCHIVED]
    if "ref" in arguments:
        found.append(Place.NOT_OWN)
    if {"slug", "pk"} <= arguments or {"number", "pk"} <= arguments or "code" in arguments:
        found.append(Place.SWAPPED)
    return found


STARTERS = Only(frozenset({Who.MANAGER, Who.ADMINISTRATOR}))
#: Whoever manages some plan, where what is added belongs to a council or to the whole installation.
MANAGERS = Only(frozenset({Who.MANAGER}))
ADMINISTRATORS = Only(frozenset({Who.ADMINISTRATOR}), others=Answer.NOT_THERE)
OF_INSTALLATION = frozenset({Who.ADMINISTRATOR, Who.INFORMATION_GOVERNANCE, Who.BREAK_GLASS})
GOVERNANCE = Only(frozenset({Who.INFORMATION_GOVERNANCE, Who.BREAK_GLASS}), others=Answer.NOT_THERE)
NOBODY = Only(frozenset(), others=Answer.NOT_THERE)
ANYBODY, SIGNED_IN = Anybody(), SignedIn()
#: To anybody, where it is set up or still holds.
MAYBE = Anybody(also=frozenset({404}))
#: Somebody without the thing in question finds none.
IF_THERE = SignedIn(also=frozenset({404}))


def _both(opener: Opener, *, pk: str = "", review: str = "review", number: str = "pack") -> Line:
    return Line(read=opener, write=opener, pk=pk, review=review, number=number)


def _asks() -> Line:
    return Line(read=SIGNED_IN, write=SIGNED_IN, asks=True)


def _milestone(right: Right, *, everywhere: bool = False) -> Needs:
    return Needs(right, everywhere=everywhere, milestone=True)


def _found_by_itself(right: Right, *others: Right) -> Needs:
    """For whoever has one of the rights, though they may not see the plan."""
    return Needs(right, found_by=(Right.SEE, right, *others))


_trial = Needs(Right.PREVIEW_IMPORT, everywhere=True)
_edits = _found_by_itself(Right.EDIT_PLAN)
_decides = _found_by_itself(Right.RECORD_DECISION)
_of_council, _edits_council = Council(), Council(writes=True)
_assigns = _found_by_itself(Right.ASSIGN_PEOPLE)

_moves_dates = Needs(Right.CHANGE_DATE, everywhere=True, found_everywhere=True)
_sees_all = Needs(Right.SEE, everywhere=True)
_prepares = OfPack(Right.PREPARE_PACK, is_frozen=False, is_published=False)
_looks_at_draft = OfPack(Right.MAKE_PAPER, is_frozen=False, is_published=False)
_by_covers = (Right.SEE, Right.WRITE_COVER)
_sees_covers = Needs(Right.SEE, everywhere=True, found_by=_by_covers)
_writes_covers = Needs(Right.WRITE_COVER, everywhere=True, found_by=_by_covers)
_enters = Needs(Right.ENTER_FIGURES, everywhere=True)
_edits_indicators = Needs(Right.EDIT_INDICATORS, everywhere=True)

_of_evidence = (Right.SEE_EVIDENCE,)
_sees_evidence = Needs(Right.SEE_EVIDENCE, found_by=_of_evidence)
_changes_evidence = Needs(Right.ADD_EVIDENCE, found_by=_of_evidence)
# The one that is checked is internal.
_checks_evidence = Needs(Right.RECORD_FINDING, everywhere=True, found_by=(Right.SEE_INTERNAL,))

PAGES: dict[str, Line] = {
    "health": Line(read=ANYBODY),
    "alive": Line(read=ANYBODY),
    # --- signing in ---
    "accounts:sign_in": _both(ANYBODY),
    "accounts:sign_out": Line(write=ANYBODY),
    "accounts:time_left": _both(ANYBODY),
    "accounts:invitation": _both(MAYBE),
    "accounts:invitation_link": Line(read=MAYBE),
    "accounts:openid": Line(write=MAYBE),
    "accounts:openid_back": Line(read=MAYBE),
    "account_login": _both(ANYBODY),
    "account_logout": Line(write=ANYBODY),
    "account_signup": _both(Anybody(also=frozenset({403}))),
    "account_reset_password": _both(ANYBODY),
    "account_reset_password_done": Line(read=ANYBODY),
    "account_reset_password_from_key": _both(ANYBODY),
    "mfa_authenticate": _both(ANYBODY),
    "mfa_login_webauthn": _both(ANYBODY),
    # --- one's own account ---
    "accounts:own": Line(read=SIGNED_IN),
    "accounts:save_again": Line(read=SIGNED_IN),
    "accounts:second_factor": Line(read=SIGNED_IN),
    "accounts:end_session": Line(write=NOBODY, pk="session"),
    "accounts:end_other_sessions": Line(write=SIGNED_IN),
    "accounts:link_openid": Line(write=IF_THERE),
    "accounts:unlink_openid": Line(write=IF_THERE),
    "accounts:confirm_with_openid": _both(IF_THERE),
    "accounts:resume": Line(read=SIGNED_IN),
    "account_reauthenticate": _asks(),
    "account_change_password": _both(SIGNED_IN),
    "account_set_password": _both(SIGNED_IN),
    "mfa_reauthenticate": _asks(),
    "mfa_reauthenticate_webauthn": _asks(),
    "mfa_index": _both(SIGNED_IN),
    "mfa_activate_totp": _both(SIGNED_IN),
    "mfa_deactivate_totp": _both(IF_THERE),
    "mfa_list_webauthn": _both(SIGNED_IN),
    "mfa_add_webauthn": _both(SIGNED_IN),
    "mfa_edit_webauthn": _both(NOBODY, pk="passkey"),
    "mfa_remove_webauthn": _both(NOBODY, pk="passkey"),
    "mfa_view_recovery_codes": Line(read=IF_THERE),
    "mfa_generate_recovery_codes": _both(IF_THERE),
    "mfa_download_recovery_codes": Line(read=IF_THERE),
    # --- users and the log ---
    "accounts:users": Line(read=ADMINISTRATORS),
    "accounts:invite": _both(ADMINISTRATORS),
    "accounts:user": Line(read=ADMINISTRATORS, pk="user"),
    "accounts:edit_user": _both(ADMINISTRATORS, pk="user"),
    "accounts:invite_again": _both(ADMINISTRATORS, pk="user"),
    "accounts:deactivate_user": _both(ADMINISTRATORS, pk="user"),
    "accounts:reactivate_user": _both(ADMINISTRATORS, pk="gone"),
    "accounts:security_log": Line(read=Only(OF_INSTALLATION, others=Answer.NOT_THERE)),
    "accounts:redactions": Line(read=GOVERNANCE),
    "accounts:propose_redaction": _both(GOVERNANCE),
    "accounts:redaction": _both(GOVERNANCE, pk="redaction"),
    "reports:access_of_all": Line(read=Only(OF_INSTALLATION)),
    "reports:access_of_all_csv": Line(read=Only(OF_INSTALLATION)),
    "reports:leaver": Line(read=Only(OF_INSTALLATION | {Who.MANAGER}, others=Answer.NOT_THERE), pk="member"),
    # --- plans ---
    "reports:home": Line(read=SIGNED_IN),
    "reports:help": Line(read=SIGNED_IN),
    "reports:components": Line(read=SIGNED_IN),
    "reports:accessibility": Line(read=ANYBODY),
    "plans:list": Line(read=SIGNED_IN),
    "plans:start": _both(STARTERS),
    "imports:start_from_inspection": _both(STARTERS),
    "imports:start": _both(STARTERS),
    "reports:plan": Line(read=Needs(Right.SEE)),
    "reports:changes": Line(read=Needs(Right.SEE)),
    "reports:changes_file": Line(write=Needs(Right.MAKE_PAPER, everywhere=True)),
    "reports:key_issues": Line(
        read=Needs(Right.MAKE_PAPER, everywhere=True),
        write=Needs(Right.WRITE_ISSUES, everywhere=True, also=(Right.MAKE_PAPER,)),
    ),
    "reports:course": Line(read=Needs(Right.SEE)),
    "reports:course_chart": Line(read=Needs(Right.SEE)),
    "reports:check": Line(read=Needs(Right.MAKE_PAPER, everywhere=True, also=(Right.SEE_INTERNAL,))),
    "reports:refresh": _both(_found_by_itself(Right.EDIT_SETTINGS)),
    "reports:take_over": Line(write=_found_by_itself(Right.EDIT_SETTINGS)),
    "reports:carried": Line(read=Needs(Right.SEE)),
    "plans:settings": _both(_found_by_itself(Right.EDIT_SETTINGS)),
    "plans:themes": Line(read=_edits),
    "plans:new_theme": _both(_edits),
    "plans:theme": _both(_edits, pk="theme"),
    "plans:new_action": _both(_edits, pk="theme"),
    "plans:action": _both(_edits, pk="action"),
    # --- meetings, decisions and risks ---
    "plans:meetings": Line(read=SIGNED_IN),
    "plans:new_meetings": _both(MANAGERS),
    "plans:meeting": Line(read=_of_council, write=Council(Right.RECORD_DECISION), pk="meeting"),
    "plans:edit_meeting": _both(_edits_council, pk="meeting"),
    "plans:archive_meeting": _both(_edits_council, pk="unused_meeting"),
    "plans:decisions": Line(read=Needs(Right.SEE)),
    "plans:decision": _both(_decides, pk="decision"),
    "plans:archive_decision": _both(_decides, pk="decision"),
    "plans:new_follow_up": _both(_decides, pk="decision"),
    "plans:follow_up": _both(_decides, pk="follow_up"),
    "plans:finish_follow_up": _both(Needs(Right.RECORD_DECISION, everywhere=True), pk="follow_up"),
    "plans:reopen_follow_up": _both(_decides, pk="done_follow_up"),
    "plans:archive_follow_up": _both(_decides, pk="follow_up"),
    "plans:risks": Line(read=_sees_all),
    "plans:new_risk": _both(_edits),
    "plans:risk": _both(_edits, pk="risk"),
    "plans:close_risk": _both(_edits, pk="risk"),
    "plans:reopen_risk": _both(_edits, pk="closed_risk"),
    # --- people of a plan ---
    "plans:people": Line(
        read=_found_by_itself(Right.SEE_ACCESS, Right.ASSIGN_PEOPLE),
        write=_found_by_itself(Right.ASSIGN_PEOPLE, Right.SEE_ACCESS),
    ),
    "plans:role": _both(_assigns, pk="membership"),
    "plans:take_role": _both(_assigns, pk="membership"),
    "plans:archive": _both(_found_by_itself(Right.ARCHIVE_PLAN)),
    "plans:propose_redaction": _both(_found_by_itself(Right.PROPOSE_REDACTION)),
    "plans:all": Line(read=Only(OF_INSTALLATION)),
    "plans:break_glass": _both(Installation()),
    "plans:close_glass": Line(write=Installation()),
    "reports:access": Line(read=_found_by_itself(Right.SEE_ACCESS)),
    "reports:access_csv": Line(read=_found_by_itself(Right.SEE_ACCESS)),
    "reports:leads": Line(read=_edits),
    "reports:person": _both(_edits, pk="person"),
    "reports:hand_over": _both(_edits, pk="person"),
    # --- recommendations ---
    "reports:recommendations": Line(read=Needs(Right.SEE)),
    "reports:coverage": Line(read=Needs(Right.SEE)),
    "reports:recommendation": Line(read=Needs(Right.SEE), pk="cited"),
    "reports:links": _both(_edits),
    "reports:unlink_milestone": _both(_edits, pk="milestone_link"),
    "reports:unlink_action": _both(_edits, pk="action_link"),
    "reports:link_recommendation": _both(_edits, pk="cited"),
    "reports:none_needed": _both(_edits, pk="recommendation"),
    "reports:milestone_needed": _both(_edits, pk="explained"),
    "reports:close_recommendation": _both(_decides, pk="explained"),
    "reports:reopen_recommendation": _both(_decides, pk="closed"),
    # --- reviews, interventions, boards and frameworks ---
    "plans:reviews": Line(read=SIGNED_IN),
    "imports:new_review": _both(MANAGERS),
    "plans:review": Line(read=_of_council),
    "plans:edit_review": _both(_edits_council),
    "plans:judgements": _both(_edits_council),
    "plans:review_report": Line(read=Council(also=frozenset({404}))),
    # What something refers to is not archived.
    "plans:archive_review": _both(_edits_council, review="unanswered"),
    "plans:new_recommendation": _both(_edits_council),
    "plans:edit_recommendation": _both(_edits_council, pk="recommendation"),
    "plans:respond": _both(_edits_council, pk="recommendation"),
    "plans:archive_recommendation": _both(_edits_council, pk="recommendation"),
    "plans:responses": _both(_edits_council),
    "plans:timescales": _both(_edits_council),
    "plans:answers": Line(read=Needs(Right.SEE), write=Needs(Right.EDIT_PLAN)),
    "plans:answer": _both(_edits, pk="plan_review"),
    "plans:make_actions": Line(write=_edits, pk="plan_review"),
    "plans:stop_answering": _both(_edits, pk="plan_review"),
    "plans:interventions": Line(read=SIGNED_IN),
    "plans:new_intervention": _both(MANAGERS),
    "plans:intervention": _both(_edits_council, pk="intervention"),
    "plans:lift_intervention": _both(_edits_council, pk="intervention"),
    "plans:boards": Line(read=SIGNED_IN),
    "plans:new_board": _both(MANAGERS),
    "plans:board": _both(_edits_council, pk="board"),
    "plans:frameworks": Line(read=SIGNED_IN),
    "plans:new_framework": _both(MANAGERS),
    "plans:framework": _both(MANAGERS, pk="framework"),
    # --- history ---
    "reports:history": Line(read=Needs(Right.SEE_HISTORY)),
    "reports:history_csv": Line(read=Needs(Right.SEE_HISTORY)),
    "reports:indicator_history": Line(read=Needs(Right.SEE_HISTORY, everywhere=True)),
    "reports:review_history": Line(read=Council(Right.SEE_HISTORY)),
    "reports:operation_history": Line(read=Needs(Right.SEE_HISTORY), pk="operation"),
    # --- milestones ---
    "milestones:list": Line(read=Needs(Right.SEE)),
    "milestones:detail": Line(read=_milestone(Right.SEE)),
    "milestones:update": Line(read=_milestone(Right.DRAFT_UPDATE), write=_milestone(Right.RECORD_UPDATE)),
    "milestones:correct": _both(_milestone(Right.RECORD_UPDATE), pk="update"),
    "milestones:draft": Line(write=_milestone(Right.DRAFT_UPDATE)),
    "milestones:details": _both(_milestone(Right.EDIT_PLAN)),
    "milestones:due_date": _both(_milestone(Right.REQUEST_DATE)),
    "milestones:withdraw": _both(_milestone(Right.EDIT_PLAN)),
    "milestones:archive": _both(_milestone(Right.EDIT_PLAN)),
    "milestones:take_back": _both(_milestone(Right.EDIT_PLAN)),
    "milestones:archived": Line(read=_edits),
    "milestones:archive_action": _both(_edits, pk="empty_action"),
    "milestones:restore_action": _both(_edits, pk="archived_action"),
    "milestones:restore": _both(_edits, pk="archived_milestone"),
    "milestones:forecast": _both(_milestone(Right.GIVE_FORECAST, everywhere=True)),
    "milestones:new": _both(_edits),
    "milestones:action": Line(read=Needs(Right.SEE)),
    "milestones:new_outcome": _both(_edits),
    "milestones:outcome": _both(_edits, pk="outcome"),
    "milestones:judge_outcome": _both(_edits, pk="outcome"),
    "milestones:correct_judgement": _both(_edits, pk="outcome_judgement"),
    "milestones:remove_outcome": _both(_edits, pk="unused_outcome"),
    "milestones:embed": _both(_milestone(Right.RECORD_DECISION)),
    "milestones:assess": _both(_milestone(Right.RECORD_FINDING)),
    "milestones:reassess": _both(_milestone(Right.RECORD_FINDING), pk="assessment"),
    # --- the fortnight ---
    "milestones:own_updates": Line(read=Needs(Right.SEE)),
    "milestones:reminders": _both(SIGNED_IN),
    "milestones:cycle": Line(read=_sees_all),
    "milestones:remind": Line(write=Needs(Right.CHASE, everywhere=True)),
    "milestones:review": _both(Needs(Right.ACCEPT_UPDATE)),
    "milestones:review_all": _both(Needs(Right.ACCEPT_UPDATE)),
    "milestones:dates": Line(read=_sees_all),
    "milestones:decide_date": _both(_moves_dates, pk="date_request"),
    "milestones:take_back_date": _both(_moves_dates, pk="date_request"),
    "milestones:links": _both(_found_by_itself(Right.SEND_LINK)),
    "milestones:personal": _both(MAYBE),
    "milestones:personal_link": Line(read=MAYBE),
    # --- indicators ---
    "indicators:scorecard": Line(read=_sees_all),
    "indicators:indicator": Line(read=_sees_all),
    "papers:indicators": Line(read=Needs(Right.MAKE_PAPER)),
    "indicators:enter": _both(_enters),
    "imports:figures": _both(_enters),
    "indicators:new": _both(_edits_indicators),
    "indicators:catalogue": _both(_edits_indicators),
    "indicators:edit": _both(_edits_indicators),
    "indicators:definition": _both(_edits_indicators),
    "indicators:place": _both(_edits_indicators),
    "indicators:take_off": _both(_edits_indicators),
    "indicators:new_target": _both(_edits_indicators),
    "indicators:target": _both(_edits_indicators, pk="target"),
    "indicators:remove_target": _both(_edits_indicators, pk="target"),
    "indicators:process": _both(_edits_indicators),
    "indicators:remove_process": _both(_edits_indicators, pk="process_change"),
    "indicators:benchmark": _both(_enters),
    "indicators:remove_benchmark": _both(_enters, pk="benchmark"),
    "indicators:commentary": _both(_enters),
    "indicators:commentaries": _both(_enters),
    "indicators:revise": _both(_enters),
    "indicators:take_back": _both(_enters),
    "indicators:scorecard_settings": _both(_edits_indicators),
    # --- evidence ---
    "milestones:evidence": Line(read=Needs(Right.SEE_EVIDENCE)),
    "milestones:new_evidence": _both(Needs(Right.ADD_EVIDENCE)),
    "milestones:evidence_item": Line(read=_sees_evidence, pk="evidence"),
    "milestones:evidence_file": Line(read=_sees_evidence, pk="evidence"),
    "milestones:edit_evidence": _both(_changes_evidence, pk="evidence"),
    "milestones:replace_evidence_file": _both(_changes_evidence, pk="evidence"),
    "milestones:evidence_supports": _both(_changes_evidence, pk="evidence"),
    "milestones:archive_evidence": _both(_changes_evidence, pk="evidence"),
    "milestones:check_evidence": _both(_checks_evidence, pk="checked_evidence"),
    "milestones:take_back_check": _both(_checks_evidence, pk="checked_evidence"),
    # --- imports ---
    "imports:list": Line(read=SIGNED_IN),
    "imports:new": _both(_trial),
    "imports:detail": Line(read=Needs(Right.PREVIEW_IMPORT, everywhere=True, past_the_state=True), pk="import"),
    "imports:apply": Line(write=Needs(Right.IMPORT, everywhere=True), pk="import"),
    # The one that waits is the manager's; one's own is thrown away by whoever tries it out (tests/imports).
    "imports:discard": Line(write=Needs(Right.IMPORT, everywhere=True), pk="import"),
    "imports:undo": Line(write=Needs(Right.IMPORT, everywhere=True), pk="import"),
    "imports:recommendations": _both(_edits_council),
    "imports:recommendation_list": _both(_edits_council, pk="recommendation_import"),
    "imports:discard_recommendations": Line(write=_edits_council, pk="recommendation_import"),
    "imports:undo_recommendations": Line(write=_edits_council, pk="recommendation_import"),
    # --- papers ---
    "papers:order": _both(Needs(Right.MAKE_PAPER)),
    **{f"papers:{kind}": Line(read=Needs(Right.MAKE_PAPER)) for kind in FORMS if kind != "indicators"},
    "papers:ordered": Line(read=OwnOrder(), pk="ordered"),
    "papers:ordered_file": Line(write=OwnOrder(), pk="ordered"),
    "papers:order_again": Line(write=OwnOrder(), pk="ordered_failed"),
    "papers:folder": _both(Needs(Right.MAKE_PAPER, everywhere=True, also=(Right.SEE_EVIDENCE,))),
    "reports:looks": Line(read=SIGNED_IN),
    "reports:look": _both(_edits_council, pk="council"),
    "reports:look_colour": Line(read=SIGNED_IN),
    "reports:take_out": _both(Needs(Right.TAKE_OUT, everywhere=True)),
    # --- packs ---
    "reports:packs": Line(read=PackList()),
    "reports:new_pack": _both(_found_by_itself(Right.PREPARE_PACK)),
    "reports:verify_pack": _both(SIGNED_IN),
    "reports:pack": Line(read=OfPack()),
    "reports:edit_pack": _both(_prepares, number="draft"),
    "reports:archive_pack": _both(_prepares, number="draft"),
    "reports:freeze_pack": _both(_prepares, number="draft"),
    "reports:new_pack_paper": _both(_prepares, number="draft"),
    "reports:draft_page": Line(read=_looks_at_draft, pk="pack_paper", number="draft"),
    "reports:draft_download": Line(write=_looks_at_draft, pk="pack_paper", number="draft"),
    "reports:edit_pack_paper": _both(_prepares, pk="pack_paper", number="draft"),
    "reports:move_pack_paper": Line(write=_prepares, pk="pack_paper", number="draft"),
    "reports:remove_pack_paper": _both(_prepares, pk="pack_paper", number="draft"),
    "reports:edition": Line(read=OfPack()),
    "reports:retry_edition": Line(write=OfPack(Right.PREPARE_PACK, is_published=False), number="failed"),
    "reports:edition_file": Line(read=OfPack(gives=True), pk="edition_file"),
    "reports:edition_files": Line(read=OfPack(gives=True)),
    "reports:sign_edition": _both(OfPack(Right.SIGN_PACK, is_published=False), number="ready"),
    "reports:publish_edition": _both(OfPack(Right.PUBLISH_PACK, is_published=False), number="signed"),
    "reports:withdraw_edition": _both(OfPack(Right.WITHDRAW_PACK)),
    # --- cover reports ---
    "reports:cover_forms": Line(read=SIGNED_IN),
    "reports:new_cover_form": _both(MANAGERS),
    "reports:cover_form": Line(read=_of_council, pk="cover_form"),
    "reports:preview_cover_form": Line(read=_of_council, pk="cover_form"),
    "reports:edit_cover_form": _both(_edits_council, pk="cover_form"),
    "reports:cover_form_header": _both(_edits_council, pk="cover_form"),
    "reports:archive_cover_form": _both(_edits_council, pk="cover_form"),
    "reports:restore_cover_form": _both(_edits_council, pk="old_cover_form"),
    "reports:new_cover_form_section": _both(_edits_council, pk="cover_form"),
    "reports:cover_form_section": _both(_edits_council, pk="cover_form"),
    "reports:move_cover_form_section": Line(write=_edits_council, pk="cover_form"),
    "reports:archive_cover_form_section": _both(_edits_council, pk="cover_form"),
    "reports:covers": Line(read=_sees_covers),
    "reports:new_cover": _both(_writes_covers),
    "reports:cover": Line(read=_sees_covers, pk="cover"),
    "reports:edit_cover": _both(_writes_covers, pk="cover"),
    "reports:cover_page": Line(
        read=_sees_covers, write=Needs(Right.MAKE_PAPER, everywhere=True, found_by=_by_covers), pk="cover"
    ),
    "reports:remind_cover": Line(write=_writes_covers, pk="cover"),
    "reports:archive_cover": _both(_writes_covers, pk="cover"),
    "reports:cover_section": Line(read=CoverSections(past_the_state=True), write=CoverSections(), pk="cover_section"),
    "reports:unlock_cover_section": _both(CoverSections(), pk="cover_section"),
    "reports:cover_section_writer": _both(CoverSections(), pk="cover_section"),
    "reports:remind_cover_section": Line(write=CoverSections(), pk="cover_section"),
}
