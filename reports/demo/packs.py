"""The packs of the demonstration: one that scrutiny was given, published, and the draft of the next, each with its
cover report.

Part of the replay. The published one has no PDF, which would take longer to make than all the rest.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from plans.models import Meeting
from reports.edition_operations import freeze_pack, publish_edition, sign_edition
from reports.models import CoverReport, Pack, Readership
from reports.pack_operations import add_paper, start_pack
from reports.pack_orders import COVER
from reports.tasks import make_edition

from . import story
from .covers import Covers

if TYPE_CHECKING:
    from .replay import _Replay

#: The cycle before that of a meeting of scrutiny, and a day of it: the papers are due then.
FROZEN_IN, SECOND_FRIDAY, SECOND_WEDNESDAY = 19, 11, 9
MEETS_IN, MEETS_NEXT_IN = 20, 27
REPORTING_OFFICER = "harriet.quoyle@calderwick.example"

PUBLISHED = {"milestones": ["docx", "xlsx", "html"], "recommendations": ["docx", "html"]}
DRAFT = {"milestones": ["pdf", "docx", "xlsx"], "indicators": ["pdf", "docx"], "recommendations": ["pdf", "docx"]}


class Packs:
    """The part of the replay that is about packs. `life` is the replay."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.covers = Covers(life)

    def put_on_the_agenda(self) -> None:
        self.life.at(FROZEN_IN, SECOND_FRIDAY, self._publish)
        self.life.at(story.PRESENT_CYCLE - 1, SECOND_FRIDAY, self._begin_the_next)

    def _publish(self, day: date) -> None:
        """Frozen by the programme manager, signed off and published by who reports to committees."""
        officer = self.life.users[REPORTING_OFFICER]
        meeting, as_at = self._meeting(MEETS_IN), self.life.day(FROZEN_IN, SECOND_WEDNESDAY)
        pack = self._begin(self.covers.written(meeting, as_at), ["docx", "html"], PUBLISHED)
        edition = freeze_pack(pack=pack, by=self.life.manager)
        make_edition.call(edition.pk)
        sign_edition(edition=edition, words="Read against the minutes of the steering group.", by=officer)
        publish_edition(edition=edition, confirmed=[], by=officer)

    def _begin_the_next(self, day: date) -> None:
        self._begin(self.covers.begun(self._meeting(MEETS_NEXT_IN), day), ["pdf", "docx"], DRAFT)

    def _meeting(self, cycle: int) -> Meeting:
        return self.life.governance.meetings["scrutiny", cycle]

    def _begin(self, cover: CoverReport, cover_formats: list[str], papers: dict[str, list[str]]) -> Pack:
        """A pack for the meeting and of the day of its cover report."""
        by: Any = self.life.manager
        pack = start_pack(
            plan=self.life.plan,
            title=str(cover.meeting),
            meeting=cover.meeting,
            as_at=cover.as_at,
            readers=Readership.NO_INTERNAL,
            by=by,
        )
        add_paper(pack=pack, kind=COVER, formats=cover_formats, cover=cover, by=by)
        for kind, formats in papers.items():
            add_paper(pack=pack, kind=kind, formats=formats, by=by)
        return pack
