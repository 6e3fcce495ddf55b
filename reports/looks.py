"""How a council's papers look: what is printed besides, and in place of, what a paper says by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Look:
    """`logo` is a data URI, empty without one; `logo_words` say what it shows. `titles` and `columns` are by kind of
    paper; a kind that is not there is as usual. `number` is the version that was saved, 0 for the usual look."""

    number: int = 0
    logo: str = ""
    logo_words: str = ""
    colour: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marking: str = ""
    standing: str = ""


#: What a council has that never chose.
USUAL = Look()
