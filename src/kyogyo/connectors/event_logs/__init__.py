"""Event logs of process mining: XES. `open_log` gives the same interface as a table."""

from __future__ import annotations

from pathlib import Path

from kyogyo.connectors.rows import Table


def open_log(path: str | Path) -> Table:
    """The events of the XES log at `path` (`.xes`, `.xes.gz`), one row each.

    Columns: `case:` + the attributes of the case, then those of the event (`concept:name`,
    `time:timestamp`, `org:resource`, `lifecycle:transition` ...). Raises SourceError.
    """
    raise NotImplementedError
