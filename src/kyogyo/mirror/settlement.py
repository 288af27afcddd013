"""From staged text to coded statements, and from coded statements to their place in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.mirror import current
from kyogyo.mirror.kinds import (
    ACCOUNTS,
    ATTRIBUTES,
    ENTRIES,
    KINDS,
    NAMED,
    REVENUE,
    Kind,
    listed,
)
from kyogyo.mirror.portion import Delivery, Verdict

if TYPE_CHECKING:
    import duckdb

    from kyogyo.mirror.comparison import Compared


@dataclass(frozen=True, slots=True)
class FileNumber:
    """A file's number in the store, whether it is new there, and what is kept of it."""

    number: int
    is_new: bool
    rank: int = 0
    enters: int = 0
    digest: str = ""
    mapping_digest: str = ""
    imported_at: int = 0


def number_of(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> FileNumber:
    """The number of the file with the delivery's label; the next free one if it is new."""
    kept = connection.execute(
        "SELECT file, rank, enters, digest, mapping_digest, imported_at FROM files WHERE label = ?",
        [delivery.label],
    ).fetchall()
    if kept:
        file, rank, enters, digest, mapping_digest, imported_at = kept[0]
        return FileNumber(
            number=file,
            is_new=False,
            rank=rank,
            enters=enters,
            digest=digest,
            mapping_digest=mapping_digest,
            imported_at=imported_at,
        )
    highest = connection.execute("SELECT COALESCE(MAX(file), 0) FROM files").fetchall()[0][0]
    return FileNumber(number=highest + 1, is_new=True)


def kinds_of(connection: duckdb.DuckDBPyConnection, *, file: int) -> tuple[Kind, ...]:
    """The kinds of statement that the file coming in makes, or its earlier version made."""
    asked = ", ".join(
        f"EXISTS (SELECT 1 FROM {kind.said}) OR "
        f"EXISTS (SELECT 1 FROM {kind.stated} WHERE file = {file})"
        for kind in KINDS
    )
    there = connection.execute(f"SELECT {asked}").fetchall()[0]
    return tuple(kind for kind, is_there in zip(KINDS, there, strict=True) if is_there)


def _name_all(connection: duckdb.DuckDBPyConnection, kind: str, *, staged: Collection[str]) -> None:
    """Give codes to the new names of a kind in the staged tables. Old codes never change."""
    texts = [
        f"SELECT {column} AS name, row FROM {table} {f'WHERE {where}' if where else ''}"
        for table, column, where in NAMED[kind]
        if table in staged
    ]
    if not texts:
        return
    union = " UNION ALL ".join(texts)
    connection.execute(
        f"INSERT INTO names SELECT '{kind}', "
        f"(SELECT COALESCE(MAX(code), 0) FROM names WHERE kind = '{kind}') "
        f"+ ROW_NUMBER() OVER (ORDER BY first, name), name "
        f"FROM (SELECT name, MIN(row) AS first FROM ({union}) AS said WHERE name <> '' GROUP BY name) "
        f"AS fresh WHERE NOT EXISTS "
        f"(SELECT 1 FROM names AS k WHERE k.kind = '{kind}' AND k.name = fresh.name)"
    )


def give_codes(
    connection: duckdb.DuckDBPyConnection,
    *,
    delivery: Delivery,
    seq_base: int,
    staged: Collection[str],
) -> None:
    """Make the temporary tables `said_...` from the staged text; `staged` names those with rows."""
    for kind in NAMED:
        _name_all(connection, kind, staged=staged)
    connection.execute(_SAID_ENTRIES, [seq_base, delivery.source, delivery.track])
    # In a log every row repeats what is known of its case: one statement is enough.
    once = delivery.has_entries
    connection.execute(_grouped(_SAID_ACCOUNTS, ("journey", "account"), once=once))
    connection.execute(
        _grouped(_SAID_ATTRIBUTES, ("keyed", "key", "attribute", "value"), once=once)
    )
    connection.execute(_SAID_REVENUE, [seq_base])
    connection.execute(
        "DROP TABLE staged_entries; DROP TABLE staged_accounts; DROP TABLE staged_attributes; "
        "DROP TABLE staged_revenue"
    )


# The hash of an event's id keeps its identity across files; two ids of one source that share 63
# bits don't happen in practice (one in 10^7 for a million ids).
_SAID_ENTRIES = """
CREATE OR REPLACE TEMP TABLE said_entries AS
SELECT s.row, j.code AS journey, CAST($1 + CAST(s.row AS BIGINT) * 256 + s.step AS BIGINT) AS seq,
    CAST(COALESCE(t.code, 0) AS SMALLINT) AS track, CAST(g.code AS SMALLINT) AS stage, s.at_us,
    s.day, s.month, CAST(COALESCE(d.code, 0) AS SMALLINT) AS department,
    CAST(COALESCE(o.code, 0) AS INTEGER) AS owner, s.amount, s.prec,
    CASE WHEN s.event = '' THEN 0
        ELSE CAST(md5_number_lower($2 || ':' || s.event) >> 1 AS BIGINT) END AS event,
    s.recorded_at, CAST(COALESCE(w.code, 0) AS SMALLINT) AS old
FROM staged_entries AS s
JOIN names AS j ON j.kind = 'journey' AND j.name = s.journey
JOIN model_words AS g ON g.kind = 'stage' AND g.number = s.stage
LEFT JOIN model_words AS w ON w.kind = 'stage' AND w.number = s.old
LEFT JOIN model_words AS t ON t.kind = 'track' AND t.number = $3
LEFT JOIN model_words AS d ON d.kind = 'department' AND d.number = s.department
LEFT JOIN names AS o ON o.kind = 'owner' AND o.name = s.owner
"""
_SAID_ACCOUNTS = """
SELECT s.row, s.last, j.code AS journey, a.code AS account FROM staged_accounts AS s
JOIN names AS j ON j.kind = 'journey' AND j.name = s.journey
JOIN names AS a ON a.kind = 'account' AND a.name = s.account
"""
_SAID_ATTRIBUTES = """
SELECT s.row, s.last, s.keyed, k.code AS key, CAST(a.code AS SMALLINT) AS attribute,
    CAST(v.code AS INTEGER) AS value
FROM staged_attributes AS s
JOIN names AS k ON k.kind = CASE s.keyed WHEN 1 THEN 'journey' ELSE 'account' END AND k.name = s.key
JOIN names AS a ON a.kind = 'attribute' AND a.name = s.attribute
JOIN names AS v ON v.kind = 'value' AND v.name = s.value
"""
_SAID_REVENUE = """
CREATE OR REPLACE TEMP TABLE said_revenue AS
SELECT s.row, s.row AS last, a.code AS account, s.period_start, s.period_end, s.amount,
    CAST($1 + CAST(s.row AS BIGINT) * 256 AS BIGINT) AS seq, s.at_us, s.day, s.month, s.prec
FROM staged_revenue AS s JOIN names AS a ON a.kind = 'account' AND a.name = s.account
"""


def _grouped(select: str, columns: tuple[str, ...], *, once: bool) -> str:
    name = "accounts" if "account" in columns else "attributes"
    if not once:
        return f"CREATE OR REPLACE TEMP TABLE said_{name} AS {select}"
    return (
        f"CREATE OR REPLACE TEMP TABLE said_{name} AS SELECT MIN(row) AS row, MAX(last) AS last, "
        f"{listed(columns)} FROM ({select}) AS each GROUP BY {listed(columns)}"
    )


def put_in_place(
    connection: duckdb.DuckDBPyConnection,
    *,
    delivery: Delivery,
    file: FileNumber,
    compared: Compared,
    counts: Mapping[Verdict, int],
) -> bool:
    """Write what the file says now, and what it no longer says; list what is affected.

    Returns whether the current state has to be made anew. The same content under the same mapping
    writes nothing at all.
    """
    current.begin_affected(connection)
    same_file = (file.digest, file.mapping_digest) == (delivery.digest, delivery.mapping_digest)
    if not compared.differs and same_file:
        return False
    number = _next_import(connection)
    enters = _store_code(connection, "stage", delivery.enters)
    rank = number if compared.changed else file.rank
    if compared.differs:
        _list_affected(connection, file=file, compared=compared)
        _retract(
            connection,
            kinds=compared.kinds,
            file=file,
            number=number,
            at=delivery.imported_at,
        )
        for kind in compared.kinds:
            _rewrite(connection, kind, file=file.number)
    if enters != file.enters:
        connection.execute("INSERT INTO affected_accounts SELECT account FROM said_revenue")
    _note_file(connection, delivery=delivery, file=file, rank=rank, enters=enters, counts=counts,
               retracted=compared.retracted)  # fmt: skip
    connection.execute(
        "INSERT INTO imports SELECT ?, file, digest, mapping_digest, rows, imported_at, taken, "
        "unchanged, refused, ignored, retracted FROM files WHERE file = ?",
        [number, file.number],
    )
    return compared.differs or enters != file.enters


def _next_import(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("SELECT COALESCE(MAX(import), 0) + 1 FROM imports").fetchall()
    return int(found[0][0])


def _store_code(connection: duckdb.DuckDBPyConnection, kind: str, number: int) -> int:
    found = connection.execute(
        "SELECT code FROM model_words WHERE kind = ? AND number = ?", [kind, number]
    ).fetchall()
    return int(found[0][0]) if found else 0


_SHOWN = ("track", "department", "owner", "amount", "prec", "event", "seq", "day", "month")


def _list_affected(
    connection: duckdb.DuckDBPyConnection, *, file: FileNumber, compared: Compared
) -> None:
    """Journeys and accounts about which the file says something else than before."""
    if file.is_new:
        connection.execute(
            "INSERT INTO affected_journeys SELECT DISTINCT journey FROM said_entries "
            "UNION SELECT journey FROM said_accounts UNION SELECT key FROM said_attributes WHERE keyed = 1;"
            "INSERT INTO affected_accounts SELECT DISTINCT account FROM said_revenue "
            "UNION SELECT key FROM said_attributes WHERE keyed = 2"
        )
    else:
        for kind, target, column, seen, where in (
            (ENTRIES, "journeys", "journey", ENTRIES.keys + _SHOWN, ""),
            (ACCOUNTS, "journeys", "journey", ACCOUNTS.keys + ACCOUNTS.values, ""),
            (ATTRIBUTES, "journeys", "key", ATTRIBUTES.keys + ATTRIBUTES.values, "keyed = 1"),
            (ATTRIBUTES, "accounts", "key", ATTRIBUTES.keys + ATTRIBUTES.values, "keyed = 2"),
            (REVENUE, "accounts", "account", (*REVENUE.columns[:4], "seq", "at_us", "prec"), ""),
        ):
            if kind in compared.kinds:
                _list_differing(connection, kind, file.number, target, column, seen, where)
        if compared.changed:
            _list_shared(connection, file=file.number)
    # An event that moved to another journey leaves the one where an earlier file had it.
    connection.execute(
        "INSERT INTO affected_journeys SELECT DISTINCT o.journey FROM stated_entries AS o "
        "WHERE o.event <> 0 AND (o.event IN (SELECT event FROM said_entries) OR "
        "o.event IN (SELECT event FROM gone_entries))"
    )


def _list_differing(
    connection: duckdb.DuckDBPyConnection,
    kind: Kind,
    file: int,
    target: str,
    column: str,
    seen: tuple[str, ...],
    where: str,
) -> None:
    columns = listed(seen)
    said = f"SELECT {columns} FROM {kind.said} WHERE {where or 'TRUE'}"
    stated = f"SELECT {columns} FROM {kind.stated} WHERE file = {file} AND {where or 'TRUE'}"
    connection.execute(
        f"INSERT INTO affected_{target} SELECT DISTINCT {column} FROM "
        f"(({said} EXCEPT {stated}) UNION ALL ({stated} EXCEPT {said})) AS differing"
    )


def _list_shared(connection: duckdb.DuckDBPyConnection, *, file: int) -> None:
    """The file now ranks last, so where others speak of the same things it may win anew."""
    others = f"WHERE file <> {file}"
    connection.execute(
        f"INSERT INTO affected_journeys "
        f"(SELECT journey FROM said_entries INTERSECT SELECT journey FROM stated_entries {others}) "
        f"UNION (SELECT journey FROM said_accounts INTERSECT SELECT journey FROM stated_accounts {others}) "
        f"UNION (SELECT key FROM said_attributes WHERE keyed = 1 INTERSECT "
        f"SELECT key FROM stated_attributes {others} AND keyed = 1);"
        f"INSERT INTO affected_journeys SELECT a.journey FROM accounts AS a "
        f"JOIN said_attributes AS s ON s.keyed = 2 AND s.key = a.account;"
        f"INSERT INTO affected_journeys SELECT s.key FROM said_attributes AS s WHERE s.keyed = 1 "
        f"AND EXISTS (SELECT 1 FROM stated_attributes {others} AND keyed = 2);"
        f"INSERT INTO affected_accounts "
        f"SELECT account FROM said_revenue INTERSECT SELECT account FROM stated_revenue {others}"
    )


_RETRACTED = {
    ENTRIES: "journey, track, stage, at_us, department, owner, amount, prec, recorded_at",
    ACCOUNTS: "journey, account",
    ATTRIBUTES: "CASE keyed WHEN 1 THEN key ELSE 0 END AS journey, "
    "CASE keyed WHEN 2 THEN key ELSE 0 END AS account, attribute, value",
    REVENUE: "account, period_start, period_end, amount",
}


def _retract(
    connection: duckdb.DuckDBPyConnection,
    *,
    kinds: Collection[Kind],
    file: FileNumber,
    number: int,
    at: int,
) -> None:
    if file.is_new:
        return
    for kind in kinds:
        columns = _RETRACTED[kind]
        connection.execute(
            f"INSERT INTO retracted BY NAME SELECT {number} AS import, {at} AS retracted_at, "
            f"'{kind.name}' AS kind, {file.number} AS file, row, {columns} FROM gone_{kind.name}"
        )


def _rewrite(connection: duckdb.DuckDBPyConnection, kind: Kind, *, file: int) -> None:
    connection.execute(
        f"DELETE FROM {kind.stated} WHERE file = {file};"
        f"INSERT INTO {kind.stated} BY NAME SELECT {file} AS file, {listed(kind.columns)} FROM {kind.said}"
    )


def _note_file(
    connection: duckdb.DuckDBPyConnection,
    *,
    delivery: Delivery,
    file: FileNumber,
    rank: int,
    enters: int,
    counts: Mapping[Verdict, int],
    retracted: int,
) -> None:
    connection.execute("DELETE FROM files WHERE file = ?", [file.number])
    connection.execute(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            file.number,
            delivery.source,
            delivery.label,
            delivery.digest,
            delivery.mapping_digest,
            sum(counts.values()),
            delivery.imported_at,
            rank,
            enters,
            *(counts[verdict] for verdict in Verdict),
            retracted,
        ],
    )
