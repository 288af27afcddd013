"""How a DuckDB file is opened: with limits, and a folder of its own for what doesn't fit into memory."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MEMORY = ":memory:"


def connect(
    path: str,
    *,
    read_only: bool = False,
    memory_limit: str = "320MB",
    threads: int = 2,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """A connection to the DuckDB at `path`. `spill` is the folder for what doesn't fit into memory.

    Raises:
        duckdb.Error: it can't be opened.
    """
    import duckdb  # noqa: PLC0415 -- slow import

    # A folder of its own, since DuckDB deletes the one it created.
    place = spill or Path(tempfile.gettempdir()) / f"kyogyo-{uuid.uuid4().hex}"
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "threads": threads,
        "temp_directory": str(place),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(path, read_only=read_only, config=config)
