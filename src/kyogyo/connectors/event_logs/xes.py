"""An XES log (IEEE 1849) as a table with a row for each event."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from kyogyo.connectors.event_logs.xes_events import Cells, events
from kyogyo.connectors.rows import CELLS_IN_A_BATCH, Batch, Table, TableInfo, require_file
from kyogyo.errors import SourceError
from kyogyo.words import Text

_CASE, _ACTIVITY, _TIME = "case:concept:name", "concept:name", "time:timestamp"


class XesTable(Table):
    """The events of a log, in the order of the file."""

    def _read(self, *, columns: tuple[str, ...], size: int) -> Iterator[Batch]:
        size = max(1, min(size, CELLS_IN_A_BATCH // max(1, len(columns))))
        stream = events(self.info.path)
        first = 1
        while together := list(islice(stream, size)):
            numbers = list(range(first, first + len(together)))
            cells = {name: [event.get(name, "") for event in together] for name in columns}
            yield Batch(first, numbers, cells, [], numbers)
            first += len(together)


def open_log(path: str | Path) -> Table:
    """The events of the XES log at `path` (`.xes`, `.xes.gz`), one row each.

    Columns: `case:` + the attributes of the case, then those of the event (`concept:name`,
    `time:timestamp`, `org:resource`, `lifecycle:transition` ...), attributes inside others as
    `outer:inner`. Cells are the values as they are written. The log is read once to find its
    columns, so that what is broken is known before a row is taken. Raises SourceError.
    """
    path = Path(path)
    require_file(path)
    found: Cells = {}
    count = 0
    for event in events(path):
        count += 1
        if not event.keys() <= found.keys():
            found.update(event)
    if not count:
        raise SourceError(
            en=f"{path.name} is an event log without events. Export it again.",
            ja=f"{path.name} にはイベントがありません。もう一度書き出してください。",
        )
    # Columns of the case first, in the order of their first appearance.
    columns = (
        *(c for c in found if c.startswith("case:")),
        *(c for c in found if c[:5] != "case:"),
    )
    notes = _missing(columns)
    return XesTable(info=TableInfo(path, "xes", "", "", "", columns, count, notes))


def _missing(columns: tuple[str, ...]) -> tuple[Text, ...]:
    missing = [name for name in (_CASE, _ACTIVITY, _TIME) if name not in columns]
    if not missing:
        return ()
    listed = ", ".join(missing)
    return (
        Text(
            en=f"The log lacks what makes an event: {listed}.",
            ja=f"イベントに必要な属性がありません: {listed}。",
        ),
    )
