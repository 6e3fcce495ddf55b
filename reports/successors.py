"""Who could take over what somebody leads: a rule from facts to names with their reasons. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SUGGESTED = 3


@dataclass(frozen=True)
class Candidate:
    """Somebody who is there and could take something over. `leads` counts their open milestones by theme."""

    id: int
    job_title: str
    organisation: str
    leads: Mapping[int, int]


@dataclass(frozen=True)
class Suggestion:
    """Somebody to think of first, and why in words that follow their name."""

    id: int
    why: str


def suggest(
    candidates: Iterable[Candidate],
    *,
    job_title: str,
    organisation: str,
    theme: int | None = None,
    supporting: Iterable[int] = (),
    theme_lead: int | None = None,
    without: Iterable[int] = (),
) -> tuple[Suggestion, ...]:
    """The first few who could take over from somebody with this job title, the likeliest first.

    In this order: who supports it already, who leads its theme, who leads most open milestones of the theme, who has
    the same job title in the same organisation. `without` are those who cannot, as they are named for it already.
    Nobody is suggested without a reason, and each for the first of theirs.
    """
    there = {each.id: each for each in candidates if each.id not in frozenset(without)}
    found: dict[int, str] = {}
    for key in supporting:
        if key in there:
            found.setdefault(key, "supports it already")
    if theme_lead in there:
        found.setdefault(theme_lead, "leads its theme")
    if theme is not None:
        counts = {each.id: each.leads.get(theme, 0) for each in there.values()}
        most = max(counts.values(), default=0)
        for key, count in counts.items():
            if count and count == most:
                found.setdefault(key, f"leads most in this theme, {count} open milestone{'s' if count > 1 else ''}")
    for each in there.values():
        if job_title and _same(each.job_title, job_title) and _same(each.organisation, organisation):
            found.setdefault(each.id, "has the same job title")
    return tuple(Suggestion(key, why) for key, why in found.items())[:SUGGESTED]


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
