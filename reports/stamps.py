"""What a paper of a pack says of its pack on every page."""

from dataclasses import dataclass

#: Raised by hand whenever the templates print something else of the same position.
TEMPLATES_VERSION = "2026.2"


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """`version` is 0 for a draft, which has neither `check_code` nor a place in the chain. `data_at` is the moment of
    the data in words, `chain` where the plan’s chain of records stood: “link 1204, 3f9a…”, `paper` the paper’s name
    in the pack, where it has one of its own."""

    pack: int
    version: int = 0
    check_code: str = ""
    chain: str = ""
    data_at: str = ""
    paper: str = ""

    @property
    def is_draft(self) -> bool:
        return not self.version

    @property
    def words(self) -> str:
        """“Pack 12 v2 – check code 7Q4M-2K9D”, “Pack 12, draft”."""
        if self.is_draft:
            return f"Pack {self.pack}, draft"
        return f"Pack {self.pack} v{self.version} – check code {self.check_code}"
