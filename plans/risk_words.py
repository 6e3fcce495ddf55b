"""How likely and how bad a risk is, in words beside the numbers from 1 to 5 (domain.md 2.1). Pure."""

LIKELIHOOD = {1: "very unlikely", 2: "unlikely", 3: "possible", 4: "likely", 5: "almost certain"}
IMPACT = {1: "very low", 2: "low", 3: "moderate", 4: "high", 5: "severe"}
#: An arrow shows the way beside the word, never alone.
ARROWS = {"rising": "↑", "steady": "→", "falling": "↓"}
#: The lowest score of a level, and its word.
LEVELS = ((15, "high"), (8, "medium"), (1, "low"))


def level(score: int) -> str:
    """“high”, “medium” or “low”, for a score from 1 to 25."""
    return next(word for lowest, word in LEVELS if score >= lowest)


def choices(words: dict[int, str]) -> list[tuple[int, str]]:
    """“3 – possible”, for a form."""
    return [(number, f"{number} – {word}") for number, word in words.items()]
