"""The cover reports of the demonstration: the one of the pack that was published, and the one that is being written.

Part of the replay, within that of the packs: what officers wrote is in covers.toml.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from plans.models import Meeting
from reports.cover_issues import issues_for, keep_issues, with_draft
from reports.cover_operations import assign_section, start_cover, write_section
from reports.models import CoverReport, CoverSection

from . import story

if TYPE_CHECKING:
    from .replay import _Replay


class Covers:
    """The part of the replay that is about cover reports. `life` is the replay."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.data = story.covers()

    @property
    def by(self) -> Any:
        return self.life.manager

    def written(self, meeting: Meeting, as_at: date) -> CoverReport:
        """A cover report with all that was written in it, every section locked."""
        cover = self._start(self.data["written"], meeting, as_at)
        for section in cover.sections.order_by("place"):
            write_section(section=section, text=section.text, lock=True, by=self.by)
        return cover

    def begun(self, meeting: Meeting, as_at: date) -> CoverReport:
        """A cover report of which some sections wait for their writers."""
        return self._start(self.data["begun"], meeting, as_at)

    def _start(self, data: dict[str, Any], meeting: Meeting, as_at: date) -> CoverReport:
        cover = start_cover(
            plan=self.life.plan,
            form=self.data["form"],
            title=data["title"],
            meeting=meeting,
            as_at=as_at,
            header=self.data["header"],
            by=self.by,
        )
        for each in data["sections"]:
            self._write(cover.sections.get(heading=each["heading"]), each, as_at)
        return cover

    def _write(self, section: CoverSection, data: dict[str, Any], as_at: date) -> None:
        by = self.by
        if "writer" in data:
            writer = self.life.people[data["writer"]]
            due_on = as_at + timedelta(days=data["due"]) if "due" in data else None
            section = assign_section(section=section, writer=writer, due_on=due_on, by=by)
            by = self.life.users_of_people.get(data["writer"], by)
        text = data.get("text", "").strip()
        if "takes_issues" in data:
            drafted = issues_for(section.cover, by)
            keep_issues(drafted, by=by)
            text = with_draft(text, drafted.text)
        if text:
            write_section(section=section, text=text, by=by)
