"""How pages find a pack or an edition for somebody. Who is shown which is in the models (`visible_to`); whoever may
withdraw packs without seeing the plan finds those that were frozen, and none of their files."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from plans.models import Plan
from plans.policies import Right, Rights, check_has, rights_of

from .models import Edition, Pack, Readership


def shown_packs(user: Any, plan: Plan, rights: Rights) -> QuerySet[Pack]:
    """The packs of a plan that somebody with these rights on it is shown."""
    rows = Pack.objects.filter(plan=plan)
    if rights.everywhere(Right.WITHDRAW_PACK):
        return rows.filter(Q(editions__gt=0) | Q(pk__in=rows.visible_to(user).values("pk")))
    return rows.visible_to(user)


def drafts_to_add_to(rights: Rights, plan: Plan) -> list[Pack] | None:
    """The packs of a plan that are not frozen yet, the newest first, for whoever may prepare them; None for others."""
    if not rights.everywhere(Right.PREPARE_PACK):
        return None
    return list(Pack.objects.filter(plan=plan, archived_at=None, editions=0).order_by("-number"))


def shown_editions(user: Any, plan: Plan, rights: Rights) -> QuerySet[Edition]:
    """The editions of the packs of a plan that somebody with these rights on it is shown, the newest first."""
    rows = Edition.objects.filter(plan=plan).order_by("-number")
    return rows if rights.everywhere(Right.WITHDRAW_PACK) else rows.visible_to(user)


def as_given_out(pack: Pack, edition: Edition | None, rights: Rights) -> Pack:
    """The pack as the newest edition that somebody is shown has it, unless they are shown its draft: what the next
    edition will be is nobody else's. Not to be saved."""
    if edition is not None and not rights.everywhere(Right.SEE_HISTORY):
        pack.title, pack.as_at, pack.readers, pack.meeting = edition.title, edition.as_at, edition.readers, None
    return pack


def pack_for(user: Any, number: int, *needed: Right) -> tuple[Pack, Rights]:
    """The pack of this number, and what the user may do on its plan. Http404 where they are not shown it,
    PermissionDenied, with a sentence, where they lack one of the rights."""
    found = Pack.objects.select_related("plan", "plan__council", "meeting", "meeting__body")
    pack = found.filter(number=number).first()
    rights = rights_of(user, pack.plan) if pack is not None else Rights()
    if pack is None or not shown_packs(user, pack.plan, rights).filter(pk=pack.pk).exists():
        raise Http404
    for right in needed:
        check_has(right, rights, everywhere=True)
    return pack, rights


def edition_for(user: Any, number: int, edition: int, *needed: Right) -> tuple[Edition, Rights]:
    """An edition of a pack, and what the user may do on its plan; as `pack_for`."""
    pack, rights = pack_for(user, number)
    rows = shown_editions(user, pack.plan, rights).filter(pack=pack, number=edition)
    found = rows.select_related("frozen_by").first()
    if found is None:
        raise Http404
    for right in needed:
        check_has(right, rights, everywhere=True)
    found.pack, found.plan = pack, pack.plan
    return found, rights


def readers_words(readers: str) -> str:
    """“The board’s”, without what follows the colon."""
    return str(Readership(readers).label).partition(":")[0]
