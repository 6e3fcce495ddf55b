"""The catalogue from which a scorecard is filled, and how the scorecard is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify

from accounts.requests import SignedInRequest
from accounts.requests import sent as posted
from accounts.versions import ChangedMeanwhile
from plans.addresses import key_from
from plans.changing import change_row
from plans.models import Plan, Theme
from plans.policies import Right

from . import operations
from .catalogue import CATALOGUE, CatalogueEntry, entry_by_code
from .change_forms import ScorecardForm
from .change_views import get_or_post
from .finding import find_scorecard
from .models import Indicator, Scorecard
from .policies import shareable
from .terms import Frequency, Journey, Polarity, Shape, Unit

NOTHING_TICKED = "Tick at least one indicator."
#: What a box sends: which list it is from, and the code or the key.
SUPPLIED, OWN = "supplied:", "own:"


@dataclass(frozen=True)
class Choice:
    """A line of the catalogue: a supplied indicator, or one that the council has."""

    value: str
    code: str
    title: str
    definition: str
    numerator_label: str
    denominator_label: str
    facts: str
    usual: str
    is_checked: bool
    replaces: str
    held: str
    is_ended: bool
    #: The council’s own row of it, where there is one, and whether it stands on this scorecard.
    row: Indicator | None
    is_on: bool
    #: Whether it stands on scorecards of which the reader sees none; who manages those can share it.
    is_elsewhere: bool = False

    @property
    def html_id(self) -> str:
        """Unlike any other on the page."""
        return f"choice-{slugify(self.value)}"


@get_or_post
def catalogue(request: SignedInRequest, slug: str) -> HttpResponse:
    """The supplied indicators and those of the council, to be put on the scorecard one by one or several at once."""
    plan, _ = find_scorecard(request.user, slug, Right.EDIT_INDICATORS)
    themes = list(plan.themes.all())
    error, ticked, theme = "", set[str](), None
    if request.method == "POST":
        one = request.POST.get("one", "")
        ticked = {one} if one else set(request.POST.getlist("chosen"))
        asked = request.POST.get("theme", "")
        theme = next((each for each in themes if str(each.pk) == asked), None)
        try:
            if asked and theme is None:
                raise ValidationError("This theme is no longer there. Choose another, or none.")
            added = _add(request, plan, ticked, theme)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            messages.success(request, _added_words(added))
            return redirect("indicators:catalogue" if one else "indicators:scorecard", plan.slug)
    current, ended, own = _choices(request.user, plan)
    context = {
        "plan": plan,
        "groups": current,
        "ended": ended,
        "own": own,
        "themes": themes,
        "theme": theme,
        "ticked": ticked,
        "error": error,
        "on_scorecard": plan.plan_indicators.exclude(indicator__valid_to__lt=timezone.localdate()).count(),
    }
    return render(request, "indicators/catalogue.html", context, status=422 if error else 200)


def _add(request: SignedInRequest, plan: Plan, ticked: set[str], theme: Theme | None) -> list[Indicator]:
    if not ticked:
        raise ValidationError(NOTHING_TICKED)
    codes = [value.removeprefix(SUPPLIED) for value in sorted(ticked) if value.startswith(SUPPLIED)]
    keys = [key_from(value.removeprefix(OWN)) for value in sorted(ticked) if value.startswith(OWN)]
    entries = [entry for entry in CATALOGUE if entry.code in codes]
    rows = list(Indicator.objects.filter(council=plan.council, pk__in=keys).order_by("code"))
    if len(entries) + len(rows) != len(ticked):
        raise ValidationError("One of these is no longer in the catalogue. Look at it again and choose anew.")
    return operations.add_several(plan=plan, entries=entries, indicators=rows, theme=theme, by=request.user)


def _added_words(added: list[Indicator]) -> str:
    if len(added) == 1:
        return f"{added[0].code} is on the scorecard. Set its target on its page."
    return f"{len(added)} indicators are on the scorecard. Set their targets on their pages."


def _choices(user: Any, plan: Plan) -> tuple[list[tuple[str, list[Choice]]], list[Choice], list[Choice]]:
    """What is current by place in the child's journey, what has ended, and what only the council has."""
    rows = {row.code: row for row in Indicator.objects.filter(council=plan.council).order_by("code")}
    here = set(plan.plan_indicators.values_list("indicator_id", flat=True))
    open_to_user = set(shareable(user).filter(council=plan.council).values_list("pk", flat=True))
    supplied = [_of_entry(entry, rows, here, open_to_user) for entry in CATALOGUE]
    own = [
        _of_row(row)
        for row in rows.values()
        if entry_by_code(row.code) is None and row.pk not in here and row.pk in open_to_user
    ]
    journeys = {entry.code: entry.journey for entry in CATALOGUE}
    groups = [
        (journey.label, [each for each in supplied if not each.is_ended and journeys[each.code] is journey])
        for journey in Journey
    ]
    return [group for group in groups if group[1]], [each for each in supplied if each.is_ended], own


def _of_entry(
    entry: CatalogueEntry, rows: Mapping[str, Indicator], here: Iterable[int], open_to_user: Iterable[int]
) -> Choice:
    row = rows.get(entry.code)
    return Choice(
        value=SUPPLIED + entry.code,
        code=entry.code,
        title=entry.title,
        definition=entry.definition,
        numerator_label=entry.numerator_label,
        denominator_label=entry.denominator_label,
        facts=_facts(entry),
        usual=f"{entry.usual[0]} to {entry.usual[1]}" if entry.usual else "",
        is_checked=entry.is_checked,
        replaces=entry.replaces,
        held=_held(entry),
        is_ended=_is_over(entry),
        row=row,
        is_on=row is not None and row.pk in here,
        is_elsewhere=row is not None and row.pk not in open_to_user,
    )


def _of_row(row: Indicator) -> Choice:
    return Choice(
        value=f"{OWN}{row.pk}",
        code=row.code,
        title=row.title,
        definition=row.definition,
        numerator_label=row.numerator_label,
        denominator_label=row.denominator_label,
        facts=_facts(row),
        usual="",
        is_checked=True,
        replaces="",
        held=_held(row),
        is_ended=_is_over(row),
        row=row,
        is_on=False,
    )


def _facts(row: Any) -> str:
    """“Monthly, per cent, in the period. High is good.” of an entry or an indicator."""
    counted = (Frequency(row.frequency), Unit(row.unit), Shape(row.shape))
    words = ", ".join(each.label for each in counted)
    return f"{words.capitalize()}. {Polarity(row.polarity).label}."


def _held(row: Any) -> str:
    """From when to when a definition holds; nothing where it holds without limits."""
    words = []
    if row.valid_from:
        words.append(f"from {row.valid_from.day} {row.valid_from:%B %Y}")
    if row.valid_to:
        words.append(f"until {row.valid_to.day} {row.valid_to:%B %Y}")
    return " ".join(words)


def _is_over(row: Any) -> bool:
    return row.valid_to is not None and row.valid_to < timezone.localdate()


@get_or_post
def scorecard_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """How the plan reads its indicators."""
    plan, _ = find_scorecard(request.user, slug, Right.EDIT_INDICATORS)
    form = ScorecardForm(posted(request), row=Scorecard.objects.filter(plan=plan).first() or Scorecard(plan=plan))

    def save(**changes: Any) -> Scorecard:
        try:
            return operations.edit_scorecard(plan=plan, **changes)
        except ChangedMeanwhile:
            # Whoever opened the page before anything was set holds no row to compare with.
            form.row = Scorecard.objects.get(plan=plan)
            raise

    def done() -> HttpResponse:
        messages.success(request, "The settings of the scorecard are saved.")
        return redirect("indicators:scorecard", plan.slug)

    return change_row(
        request,
        form,
        save=save,
        of="Settings of the scorecard",
        plan=plan,
        done=done,
        template="indicators/change_settings.html",
        context={"title": "Settings of the scorecard", "button": "Save"},
    )
