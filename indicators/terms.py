"""The fixed words of indicators (domain.md 2.1, 3.3, 5): how a figure is counted, when, and which way is good."""

from enum import StrEnum


class Unit(StrEnum):
    """In what a figure is counted."""

    PERCENT = "percent"
    NUMBER = "number"
    RATE = "rate"
    DAYS = "days"
    RATIO = "ratio"
    MONEY = "money"
    YES_NO = "yes_no"

    @property
    def label(self) -> str:
        return _UNITS[self]

    @property
    def factor(self) -> int:
        """By what a numerator over its denominator is multiplied: 100 for a percentage, 10,000 for a rate."""
        return {Unit.PERCENT: 100, Unit.RATE: 10_000}.get(self, 1)


_UNITS = {
    Unit.PERCENT: "per cent",
    Unit.NUMBER: "number",
    Unit.RATE: "rate per 10,000",
    Unit.DAYS: "days",
    Unit.RATIO: "ratio",
    Unit.MONEY: "pounds",
    Unit.YES_NO: "yes or no",
}


class Polarity(StrEnum):
    """Which way is good. `NONE` is for information: no colour, no judgement."""

    HIGH = "high"
    LOW = "low"
    RANGE = "range"
    NONE = "none"

    @property
    def label(self) -> str:
        return _POLARITIES[self]


_POLARITIES = {
    Polarity.HIGH: "High is good",
    Polarity.LOW: "Low is good",
    Polarity.RANGE: "Good within a range",
    Polarity.NONE: "For information",
}


class Frequency(StrEnum):
    """How often there is a figure."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    TERMLY = "termly"
    YEARLY = "yearly"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def noun(self) -> str:
        """“month”, for “the last six months”."""
        return {"weekly": "week", "monthly": "month", "quarterly": "quarter", "termly": "term", "yearly": "year"}[self]

    @property
    def in_a_year(self) -> int:
        return {"weekly": 52, "monthly": 12, "quarterly": 4, "termly": 3, "yearly": 1}[self]


class Shape(StrEnum):
    """What a figure covers."""

    IN_PERIOD = "in_period"
    YEAR_TO_DATE = "year_to_date"
    POINT_IN_TIME = "point_in_time"
    ROLLING = "rolling"

    @property
    def label(self) -> str:
        return _SHAPES[self]


_SHAPES = {
    Shape.IN_PERIOD: "In the period",
    Shape.YEAR_TO_DATE: "Year to date",
    Shape.POINT_IN_TIME: "At a point in time",
    Shape.ROLLING: "Rolling 12 months",
}


class NoValue(StrEnum):
    """Why a period has no figure, by the symbols that the DfE's statistics print (domain.md 5)."""

    SUPPRESSED = "c"
    NOT_APPLICABLE = "z"
    NOT_AVAILABLE = "x"
    ROUNDS_TO_ZERO = "k"

    @property
    def label(self) -> str:
        return _NO_VALUES[self]


_NO_VALUES = {
    NoValue.SUPPRESSED: "Suppressed",
    NoValue.NOT_APPLICABLE: "Not applicable",
    NoValue.NOT_AVAILABLE: "Not available",
    NoValue.ROUNDS_TO_ZERO: "Rounds to zero",
}


class Rag(StrEnum):
    """How a figure stands against its target (domain.md D8). The last two are no colours."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    NO_DATA = "no_data"
    NO_RAG = "no_rag"

    @property
    def label(self) -> str:
        return _RAGS[self][0]

    @property
    def letter(self) -> str:
        """What stands beside the word where a colour does: R, A, G; a dash where there is none."""
        return _RAGS[self][1]


_RAGS = {
    Rag.RED: ("Red", "R"),
    Rag.AMBER: ("Amber", "A"),
    Rag.GREEN: ("Green", "G"),
    Rag.NO_DATA: ("No data", "–"),
    Rag.NO_RAG: ("For information", "–"),
}


class RuleSet(StrEnum):
    """By which rule a plan turns figures into colours; never more than one (domain.md D8)."""

    TOLERANCE = "tolerance"
    WITHIN_TEN = "within_ten"

    @property
    def label(self) -> str:
        return _RULE_SETS[self]


_RULE_SETS = {
    RuleSet.TOLERANCE: "Target and tolerance: amber within the tolerance of each target, red beyond it",
    RuleSet.WITHIN_TEN: "Within 10 per cent of target is green; further off, amber if better than a year ago, else red",
}


class Tolerance(StrEnum):
    """In what a tolerance is given."""

    POINTS = "points"
    PERCENT = "percent"

    @property
    def label(self) -> str:
        return {"points": "points", "percent": "per cent of the target"}[self]


class Journey(StrEnum):
    """The places of a child's journey that a scorecard may be grouped by (domain.md 3.3)."""

    CONTACT = "contact"
    ASSESSMENT = "assessment"
    PROTECTION = "protection"
    LOOKED_AFTER = "looked_after"
    LEAVING_CARE = "leaving_care"
    WORKFORCE = "workforce"
    QUALITY = "quality"

    @property
    def label(self) -> str:
        return _JOURNEYS[self]


_JOURNEYS = {
    Journey.CONTACT: "Contact and referral",
    Journey.ASSESSMENT: "Assessment",
    Journey.PROTECTION: "Child protection",
    Journey.LOOKED_AFTER: "Looked after children",
    Journey.LEAVING_CARE: "Care leavers",
    Journey.WORKFORCE: "Workforce",
    Journey.QUALITY: "Quality of practice",
}


class Comparator(StrEnum):
    """With whom a benchmark compares."""

    NEIGHBOURS = "neighbours"
    BEST_NEIGHBOUR = "best_neighbour"
    ENGLAND = "england"
    REGION = "region"
    TOP_QUARTILE = "top_quartile"

    @property
    def label(self) -> str:
        return _COMPARATORS[self]


_COMPARATORS = {
    Comparator.NEIGHBOURS: "Statistical neighbours’ average",
    Comparator.BEST_NEIGHBOUR: "Best statistical neighbour",
    Comparator.ENGLAND: "England",
    Comparator.REGION: "Region",
    Comparator.TOP_QUARTILE: "Top quartile",
}
