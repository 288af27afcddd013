"""A file as rows of text, whichever kind of file it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kyogyo.connectors.rows import Table


def open_source(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Table:
    """The table or event log at `path`, to be used in a `with` statement. Raises SourceError."""
    from kyogyo.connectors.event_logs import open_log  # noqa: PLC0415 -- slow import
    from kyogyo.connectors.tables import open_table  # noqa: PLC0415 -- slow import

    if path.name.lower().endswith((".xes", ".xes.gz")):
        return open_log(path)
    return open_table(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
