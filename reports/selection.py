"""Which milestones a paper is about, and for whom it is: a position in, a smaller position out.

A paper is drawn from the smaller position alone. What its readers may not see was left out before anything is drawn
(reliability.md T-07), and its counts are those of what it shows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import groupby

from indicators.position import CommentaryPosition, IndicatorPosition, ScorecardPosition
from milestones.models import Evidence, Milestone
from milestones.policies import Sight
from milestones.position import EvidencePosition, MilestonePosition
from milestones.recommendations import Gap
from milestones.selecting import INTERNAL_SHOWS, SHOWS, Selection, cites, fits, lead_choices
from plans.childdata import looks_like_a_child
from plans.position import PersonPosition, ReferencePosition
from plans.schemes import EffectiveStatus, Scheme

from .governance import NO_GOVERNANCE, GovernancePosition
from .position import ActionPosition, PlanPosition, RecommendationPosition, counts_of, recommendation_positions
from .printed_words import PrintedWords, people_of, printed_words
from .small_counts import without_small_counts
from .wording import in_sentence, line

#: What the milestone list can show that a paper can be about. The rest is for the programme manager's eyes.
CAN_SHOW = {name: words for name, (words, _) in SHOWS.items() if name not in (*INTERNAL_SHOWS, "disagreeing")}


class Readers(StrEnum):
    """For whom a paper is. Those without the right to internal things still see names; the public sees job titles."""

    INTERNAL = "internal"
    NO_INTERNAL = "no_internal"
    PUBLIC = "public"


def select(position: PlanPosition, selection: Selection) -> PlanPosition:
    """The position of the milestones that were asked for.

    An action comes with those of its milestones that fit. One that has none at all stays where only what actions have
    themselves was asked for, for that it has none is news.
    """
    if selection.is_everything:
        return position
    scheme = scheme_of(position)

    def stays(action: ActionPosition) -> bool:
        is_of_milestones = selection.text or selection.lead is not None or selection.status or selection.show
        return not is_of_milestones and cites(action.references, selection)

    themes = tuple(theme for theme in position.themes if selection.theme in (None, theme.id))
    return _narrowed(
        replace(position, themes=themes),
        lambda milestone, action: fits(milestone, action, selection, scheme, position.cycle),
        stays,
    )


def of_review(position: PlanPosition, short_name: str) -> PlanPosition:
    """The position with the recommendations of one review and without indicators, or with all where none is named.
    What the recommendations have come to counts every milestone, also those that answer another review too."""
    if not short_name:
        return position
    return replace(
        position,
        reviews=tuple(each for each in position.reviews if each.short_name == short_name),
        recommendations=tuple(each for each in position.recommendations if each.review == short_name),
        scorecard=replace(position.scorecard, indicators=()),
    )


def for_sight(position: PlanPosition, sight: Sight) -> PlanPosition:
    """The position as somebody is shown it (milestones/policies.py): their own milestones alone where they may not
    see the plan, and without what is internal where that is not for them."""
    if not sight.is_of_plan:
        return only_own(position, sight)
    shown = _for_readers(position, Readers.INTERNAL if sight.is_internal else Readers.NO_INTERNAL, sight=sight)
    return _with_evidence(position, shown, sight)


def _with_evidence(position: PlanPosition, shown: PlanPosition, sight: Sight) -> PlanPosition:
    """The position that is shown, with the evidence of the whole that its reader may see."""
    keys = {each.id for each in shown.milestones}
    return _of_shown(shown, (each for each in position.evidence if sight.shows_evidence(each, keys)))


def _of_shown(shown: PlanPosition, evidence: Iterable[EvidencePosition]) -> PlanPosition:
    """The position that is shown, with this evidence, which names nothing that is not in it."""
    milestones = {each.id for each in shown.milestones}
    outcomes = {one.id for theme in shown.themes for action in theme.actions for one in action.outcomes}
    recommendations = {each.id for each in shown.recommendations}
    return replace(
        shown,
        evidence=tuple(
            replace(
                each,
                milestones=tuple(key for key in each.milestones if key in milestones),
                outcomes=tuple(key for key in each.outcomes if key in outcomes),
                recommendations=tuple(key for key in each.recommendations if key in recommendations),
            )
            for each in evidence
        ),
    )


def evidence_for_sight(position: PlanPosition, sight: Sight) -> PlanPosition:
    """The position with the evidence that its reader may see, and all else."""
    return _with_evidence(position, position, sight)


def only_own(position: PlanPosition, sight: Sight) -> PlanPosition:
    """The position of the reader's own milestones: no other milestone, action, theme or recommendation is in it."""
    own = _narrowed(
        position, lambda milestone, _: milestone.id in sight.own and sight.shows(milestone), lambda _: False
    )
    cited = {(reference.review, reference.number) for reference in _references(own)}
    own = replace(
        own,
        themes=tuple(theme for theme in own.themes if theme.actions),
        reviews=tuple(each for each in own.reviews if each.short_name in {review for review, _ in cited}),
        recommendations=tuple(each for each in own.recommendations if (each.review, each.number) in cited),
        scorecard=replace(own.scorecard, indicators=()),
        governance=replace(NO_GOVERNANCE, decided=own.governance.decided),
    )
    return _with_evidence(position, own, sight)


def for_readers(position: PlanPosition, readers: Readers) -> PlanPosition:
    """The position without what its readers may not see.

    Restricted evidence is in no paper. Left out for all but internal readers: internal milestones and evidence,
    actions that have no other milestones, reviews that nothing else cites, contradictions, notes on figures. For the
    public also: the names of people who are not marked as named, when somebody left, which support was asked for, what
    somebody independent found, new dates that no board is asked for, forecasts, who checked, counts too small to
    publish (small_counts.py), risks and reviews to come.
    """
    shown = _for_readers(position, readers)
    sensitivities = {Evidence.Sensitivity.PUBLIC}
    if readers is Readers.INTERNAL:
        sensitivities.add(Evidence.Sensitivity.INTERNAL)
    evidence = (
        replace(each, checked_by="", finding_note="") if readers is Readers.PUBLIC else each
        for each in position.evidence
        if each.sensitivity in sensitivities
    )
    shown = _of_shown(shown, evidence)
    return replace(
        shown,
        evidence=tuple(each for each in shown.evidence if each.milestones or each.outcomes or each.recommendations),
    )


def listed_for(position: PlanPosition, readers: Readers) -> PlanPosition:
    """The position with all that the reviews recommend which its readers are shown: what inspectors said is printed in
    whole, also where what the plan does about it is not for these readers."""
    reviews = for_readers(position, readers).reviews
    keys = {each.id for each in reviews}
    asked = tuple(each for each in position.recommendations if each.review_id in keys)
    return replace(position, reviews=reviews, recommendations=asked)


def _for_readers(position: PlanPosition, readers: Readers, *, sight: Sight | None = None) -> PlanPosition:
    if readers is Readers.INTERNAL:
        return position
    open_to_them = _answered_or_cited(
        _narrowed(
            position,
            lambda milestone, _: (
                sight.shows(milestone) if sight else milestone.visibility == Milestone.Visibility.PUBLIC
            ),
            lambda _: True,
        )
    )
    reader_copy = _public_milestone if readers is Readers.PUBLIC else _without_contradictions
    return replace(
        open_to_them,
        themes=tuple(
            replace(
                theme,
                lead=public_person(theme.lead) if theme.lead and readers is Readers.PUBLIC else theme.lead,
                actions=tuple(
                    replace(action, milestones=tuple(map(reader_copy, action.milestones))) for action in theme.actions
                ),
            )
            for theme in open_to_them.themes
        ),
        scorecard=_scorecard_for_readers(open_to_them.scorecard, readers),
        governance=_public_governance(open_to_them.governance)
        if readers is Readers.PUBLIC
        else open_to_them.governance,
    )


def _public_governance(governance: GovernancePosition) -> GovernancePosition:
    """Without risks, reviews to come and what no board decides; boards and regulators publish what they said."""
    return replace(
        governance,
        managers=tuple(map(public_person, governance.managers)),
        answers=tuple(replace(each, said="") for each in governance.answers),
        risks=(),
        reviews=(),
        decided=tuple(
            replace(each, reason="", consequence="", decided_words="")
            for each in governance.decided
            if each.is_for_board
        ),
    )


def _scorecard_for_readers(scorecard: ScorecardPosition, readers: Readers) -> ScorecardPosition:
    """The scorecard for all but internal readers."""
    reader_copy = _without_notes
    if readers is Readers.PUBLIC:
        scorecard, reader_copy = without_small_counts(scorecard), _public_indicator
    return replace(scorecard, indicators=tuple(map(reader_copy, scorecard.indicators)))


def _without_notes(indicator: IndicatorPosition) -> IndicatorPosition:
    return replace(
        indicator,
        series=tuple(replace(point, note="") for point in indicator.series),
        earlier=tuple(replace(point, note="") for point in indicator.earlier),
    )


def _public_indicator(indicator: IndicatorPosition) -> IndicatorPosition:
    return replace(
        _without_notes(indicator),
        owner=public_person(indicator.owner) if indicator.owner else None,
        commentary=_public_commentary(indicator.commentary) if indicator.commentary else None,
    )


def _public_commentary(commentary: CommentaryPosition) -> CommentaryPosition:
    return replace(commentary, action_lead=public_person(commentary.action_lead) if commentary.action_lead else None)


def _answered_or_cited(position: PlanPosition) -> PlanPosition:
    """The position with the reviews that the plan says it answers or that something of the position cites, and with
    what these recommend: that another is dealt with is news in itself."""
    cited = {reference.review for reference in _references(position)}
    reviews = tuple(each for each in position.reviews if each.is_answered or each.short_name in cited)
    keys = {each.id for each in reviews}
    asked = tuple(each for each in position.recommendations if each.review_id in keys)
    return replace(position, reviews=reviews, recommendations=asked)


def _references(position: PlanPosition) -> Iterator[ReferencePosition]:
    for theme in position.themes:
        for action in theme.actions:
            yield from action.references
            for milestone in action.milestones:
                yield from milestone.references


def public_person(person: PersonPosition, role: str = "") -> PersonPosition:
    """The person as the public may see them: without their name unless they are marked as named."""
    if person.is_named_in_public:
        return replace(person, left_on=None)
    title = person.job_title or role or f"Officer, {person.organisation}"
    return replace(person, name=title, job_title="", left_on=None)


def hidden_names(position: PlanPosition) -> list[str]:
    """The names that are taken off the public copy of a position."""
    return sorted({each.name for each in people_of(position) if each.name.strip() and not each.is_named_in_public})


def names_in_text(position: PlanPosition, public: PlanPosition) -> tuple[str, ...]:
    """People whose names were taken off the public copy and still stand in one of its texts, by what they stand in.

    For the eyes of the person who publishes: a note is never changed by itself.
    """
    hidden = hidden_names(position)
    return tuple(
        f"{name} in {where}"
        for where, texts in _texts(public)
        for name in hidden
        if line(name).casefold() in line(" ".join(texts)).casefold()
    )


def child_data_in_text(public: PlanPosition) -> tuple[str, ...]:
    """Words of the public copy that look as if they tell who a child is (plans/childdata.py), and where they stand.

    For the same eyes as `names_in_text`: somebody said of each that it does not, or nobody was asked.
    """
    return child_data_in(printed_words(public))


def child_data_in(printed: Iterable[PrintedWords]) -> tuple[str, ...]:
    """The same of any words that papers print."""
    found = (
        f"“{line(words.excerpt)}” in {each.name} looks like {words.kind}"
        for each in printed
        for words in looks_like_a_child(each.text)
    )
    return tuple(dict.fromkeys(found))


def _texts(position: PlanPosition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words that papers print as they were written, by what they stand in."""
    for where, found in groupby(printed_words(position), key=lambda each: each.name):
        yield where, tuple(each.text for each in found)


def scope_words(position: PlanPosition, selection: Selection) -> str:
    """What was asked for, as the title says it. `position` is the one that the readers may see."""
    if selection.is_everything:
        return "all actions"
    themes = [theme.name for theme in position.themes if theme.id == selection.theme]
    leads = [name for key, name in lead_choices(position.milestones) if key == selection.lead]
    words = [each.line.word for each in position.counts.lines if selection.status in each.line.states]
    cited = recommendations_of(position).get(selection.recommendation or 0, "a recommendation without a milestone")
    scope = [
        f"actions resulting from {cited}" if selection.recommendation is not None else "",
        f"actions resulting from {selection.review} recommendations" if selection.review else "",
        f"theme “{themes[0] if themes else 'without a row'}”" if selection.theme is not None else "",
        f"milestone lead {leads[0] if leads else 'without a row'}" if selection.lead is not None else "",
        f"status {words[0]}" if words else "",
        in_sentence(CAN_SHOW[selection.show]) if selection.show else "",
        f"with the words “{selection.text}”" if selection.text else "",
    ]
    return line(", ".join(filter(None, scope)))


def recommendations_of(position: PlanPosition) -> dict[int, str]:
    """The recommendations that the position's actions and milestones cite, in order: “Ofsted Feb 2011 – Rec 6”."""
    cited = {
        reference.recommendation_id: f"{reference.review} – Rec {reference.number}"
        for reference in _references(position)
        if reference.recommendation_id is not None
    }
    places = {(each.review, each.number): place for place, each in enumerate(position.recommendations)}
    words = {f"{review} – Rec {number}": place for (review, number), place in places.items()}
    return dict(sorted(cited.items(), key=lambda each: words.get(each[1], len(words))))


def _narrowed(
    position: PlanPosition,
    fits: Callable[[MilestonePosition, ActionPosition], bool],
    stays: Callable[[ActionPosition], bool],
) -> PlanPosition:
    """The milestones that fit, the actions that keep one or had none and stay; counts and progress of these alone."""
    scheme = scheme_of(position)
    themes = []
    for theme in position.themes:
        actions = []
        for action in theme.actions:
            milestones = tuple(each for each in action.milestones if fits(each, action))
            if milestones or (not action.milestones and stays(action)):
                actions.append(replace(action, milestones=milestones))
        kept = [each for action in actions for each in action.milestones]
        themes.append(replace(theme, actions=tuple(actions), counts=counts_of(kept, scheme)))
    narrowed = replace(position, themes=tuple(themes))
    narrowed = replace(narrowed, governance=position.governance.of_milestones(each.id for each in narrowed.milestones))
    states: set[EffectiveStatus] = {each.effective_status for each in narrowed.milestones}
    return replace(
        narrowed,
        counts=counts_of(narrowed.milestones, scheme),
        key=scheme.key(states),
        recommendations=_recommendations(position, narrowed, scheme),
    )


def scheme_of(position: PlanPosition) -> Scheme:
    """The plan’s status key, as the position counts by it."""
    return Scheme("of the position", tuple(each.line for each in position.counts.lines))


def _recommendations(whole: PlanPosition, narrowed: PlanPosition, scheme: Scheme) -> tuple[RecommendationPosition, ...]:
    """How far the recommendations have got by the milestones that are left. One that has milestones, of which none is
    left, is left out: to say that it has none would be untrue. So it would be that nothing proves one, where something
    does that is not shown."""
    unanswered = {(each.review, each.number) for each in whole.recommendations if not each.total}
    unproved = {each.id for each in whole.recommendations if Gap.NO_EVIDENCE in each.gaps}
    found = recommendation_positions(whole.recommendations, narrowed.themes, whole.evidence, scheme, whole.as_at)
    return tuple(
        each
        if each.id in unproved
        else replace(each, gaps=tuple(gap for gap in each.gaps if gap is not Gap.NO_EVIDENCE))
        for each in found
        if each.total or (each.review, each.number) in unanswered
    )


def _without_contradictions(milestone: MilestonePosition) -> MilestonePosition:
    flags = tuple(flag for flag in milestone.flags if not flag.is_contradiction)
    return replace(milestone, flags=flags)


def _public_milestone(milestone: MilestonePosition) -> MilestonePosition:
    return replace(
        _without_contradictions(milestone),
        independent=None,
        lead=public_person(milestone.lead, milestone.lead_role) if milestone.lead else None,
        supporting=tuple(public_person(person) for person in milestone.supporting),
        note=replace(milestone.note, support_text="") if milestone.note else None,
        # What waits for the programme manager alone is not the public's yet, nor is what somebody expects.
        extension=milestone.extension if milestone.extension and milestone.extension.is_for_board else None,
        chance=None,
    )
