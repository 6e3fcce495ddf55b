"""The change log as a table to download."""

import csv
import io
from collections.abc import Iterator

from django.utils import timezone

from accounts.texts import plain
from milestones.own_table import guard

from .change_log import Entry, Log, Narrowed

COLUMNS = ("recorded_at", "by", "what", "record", "done", "field", "before", "after", "reason")
#: Operations read at once.
BATCH = 200


def log_csv(log: Log, narrowed: Narrowed) -> bytes:
    """The log as a table: a row for each field that was written, newest operation first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    links = list(log.links(narrowed))
    for start in range(0, len(links), BATCH):
        for entry in log.entries(links[start : start + BATCH], narrowed, most_told=10**9):
            writer.writerows([guard(plain(cell)) for cell in row] for row in _rows(entry))
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _rows(entry: Entry) -> Iterator[tuple[str, ...]]:
    recorded_at = timezone.localtime(entry.operation.recorded_at).isoformat(timespec="seconds")
    head = (recorded_at, str(entry.operation.by), entry.headline)
    if not entry.records:
        yield (*head, "", "", "", "", "", "; ".join(entry.reasons))
    for record in entry.records:
        for field in record.fields:
            yield (*head, record.name, record.done, field.label, field.before, field.after, record.reason)
