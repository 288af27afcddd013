"""The published copy as plain rows, by names instead of codes, so that two copies can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from kyogyo.mirror.copy import Place
from kyogyo.usecases.copy_records import Copied, copy_records
from tests.mirror.copy.records import Records

Rows = list[tuple[Any, ...]]


def copy(records: Records, *, rebuild: bool = False) -> Copied:
    return copy_records(source=records.source, home=records.home, rebuild=rebuild)


def copy_beside(records: Records, home: Path) -> Path:
    """A copy made at once, in another folder."""
    copy_records(source=records.source, home=home)
    return home


def ask(home: Path, sql: str) -> Rows:
    with duckdb.connect(Place(home).published, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def entries(home: Path) -> Rows:
    return ask(home, "SELECT journey, stage, day, owner, amount FROM entries ORDER BY journey, at_us, seq")  # fmt: skip


def attributes(home: Path) -> Rows:
    return ask(
        home,
        "SELECT t.journey, a.name, v.name FROM attributes AS t "
        "JOIN names AS a ON a.kind = 'attribute' AND a.code = t.attribute "
        "JOIN names AS v ON v.kind = 'value' AND v.code = t.value ORDER BY ALL",
    )


def everything(home: Path) -> dict[str, Rows]:
    """All that measures read, with the codes of attributes and values written out."""
    found = {
        name: ask(home, f"SELECT * FROM {name} ORDER BY ALL")
        for name in ("entries", "revenue", "accounts", "touched", "left_out", "visits")
    }
    found["attributes"] = attributes(home)
    found["owners"] = ask(home, "SELECT * FROM names WHERE kind = 'owner' ORDER BY ALL")
    columns = [name for (name,) in ask(home, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'journeys'")]  # fmt: skip
    plain = sorted(name for name in columns if not name.startswith("a_"))
    found["journeys"] = ask(home, f"SELECT {', '.join(plain)} FROM journeys ORDER BY ALL")
    for code, name in ask(home, "SELECT code, name FROM names WHERE kind = 'attribute'"):
        value = f"SELECT name FROM names WHERE kind = 'value' AND code = a_{code}"
        rows = ask(home, f"SELECT journey, ({value}) FROM journeys WHERE a_{code} > 0 ORDER BY ALL")
        if rows:
            found[f"journeys by {name}"] = rows
    return found
