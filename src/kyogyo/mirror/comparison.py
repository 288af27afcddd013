"""What a file says, compared with itself, with its earlier version and with the other files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.mirror.kinds import ENTRIES, KINDS, Kind, equal, listed
from kyogyo.mirror.portion import Verdict
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# What became of one statement; the lowest of a row's statements decides the row.
NEW, SAME, KNOWN, REPEATED, OVERRULED, CONTINUED = range(6)


@dataclass(frozen=True, slots=True)
class Compared:
    """`changed`: the file states something else than before. `differs`: so does anything kept of
    it, such as the number of a row. `retracted` counts rows of the earlier version."""

    kinds: tuple[Kind, ...]
    changed: bool
    differs: bool
    retracted: int
    notes: tuple[Text, ...]


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty lists of classes of statements and of remarks on rows."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE classes "
        "(row INTEGER, class TINYINT, ref_row INTEGER, ref_file INTEGER);"
        "CREATE OR REPLACE TEMP TABLE remarks (row INTEGER, en VARCHAR, ja VARCHAR)"
    )


def compare(
    connection: duckdb.DuckDBPyConnection,
    *,
    kinds: tuple[Kind, ...],
    file: int,
    is_new: bool,
    has_entries: bool,
) -> Compared:
    """Decide the verdict of each row (table `row_verdicts`) and what is gone (tables `gone_...`)."""
    others = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM files WHERE file <> ?)", [file]
    ).fetchall()[0][0]
    # The first file of a store: nothing to compare with, and every row enters a stage.
    all_new = is_new and not others and has_entries
    changed, differs, notes = False, is_new, []
    _nothing_gone(connection)
    for kind in kinds:
        _drop_repeats(connection, kind)
        if kind is ENTRIES:
            _drop_repeated_events(connection)
        if all_new:
            continue
        _find_gone(connection, kind, file=file)
        new = _classify(connection, kind, file=file, is_new=is_new, others=others)
        gone = _count(connection, f"gone_{kind.name}")
        changed = changed or bool(new) or bool(gone)
        differs = differs or _differs(connection, kind, file=file)
        if others and new:
            notes += _contradictions(connection, kind, file=file)
    retracted = connection.execute(
        f"SELECT COUNT(*) FROM ({' UNION '.join(f'SELECT row FROM gone_{k.name}' for k in KINDS)})"
    ).fetchall()[0][0]
    if all_new:
        _classify_rows_with_repeats(connection)
    _decide(connection, otherwise=str(NEW) if all_new else "NULL")
    return Compared(kinds, changed or is_new, differs, retracted, tuple(notes))


def _nothing_gone(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "; ".join(
            f"CREATE OR REPLACE TEMP TABLE gone_{kind.name} AS SELECT * FROM {kind.stated} LIMIT 0"
            for kind in KINDS
        )
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchall()[0][0])


def _drop_repeats(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Of the statements about one thing keep one: the first of those that say what the last says."""
    keys, values = listed(kind.keys), listed(kind.values)
    last = "last" if kind.name != "entries" else "row"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE several AS SELECT {keys} FROM {kind.said} "
        f"GROUP BY {keys} HAVING COUNT(*) > 1"
    )
    if not _count(connection, "several"):
        return
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE superfluous AS SELECT id, row, said = final AS agrees, "
        f"CASE WHEN said = final THEN first_saying ELSE last_row END AS ref FROM ("
        f"SELECT s.rowid AS id, s.row, ROW({values}) AS said, "
        f"arg_max(ROW({values}), s.{last}) OVER (PARTITION BY {listed(kind.keys, of='s')}) AS final, "
        f"MAX(s.{last}) OVER (PARTITION BY {listed(kind.keys, of='s')}) AS last_row, "
        f"MIN(s.row) OVER (PARTITION BY {listed(kind.keys, of='s')}, {values}) AS first_saying "
        f"FROM {kind.said} AS s JOIN several USING ({keys})) AS weighed "
        f"WHERE NOT (said = final AND row = first_saying)"
    )
    connection.execute(
        f"INSERT INTO classes SELECT row, CASE WHEN agrees THEN {REPEATED} ELSE {OVERRULED} END, "
        f"ref, 0 FROM superfluous;"
        f"DELETE FROM {kind.said} WHERE rowid IN (SELECT id FROM superfluous)"
    )


def _drop_repeated_events(connection: duckdb.DuckDBPyConnection) -> None:
    """Two rows with the same event id tell one event; the later row counts."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE superfluous AS SELECT id, row, last_row AS ref FROM ("
        "SELECT rowid AS id, row, MAX(row) OVER (PARTITION BY event) AS last_row "
        "FROM said_entries WHERE event <> 0) AS events WHERE row < last_row;"
        f"INSERT INTO classes SELECT row, {OVERRULED}, ref, 0 FROM superfluous;"
        "DELETE FROM said_entries WHERE rowid IN (SELECT id FROM superfluous)"
    )


def _find_gone(connection: duckdb.DuckDBPyConnection, kind: Kind, *, file: int) -> None:
    says = kind.keys + kind.values
    connection.execute(
        f"INSERT INTO gone_{kind.name} SELECT o.* FROM {kind.stated} AS o "
        f"WHERE o.file = {file} AND NOT EXISTS "
        f"(SELECT 1 FROM {kind.said} AS s WHERE {equal(says, 's', 'o')})"
    )


def _classify(
    connection: duckdb.DuckDBPyConnection, kind: Kind, *, file: int, is_new: bool, others: bool
) -> int:
    """Class of each statement that is left; returns how many the file didn't state before."""
    says = kind.keys + kind.values
    same = "FALSE"
    if not is_new:
        same = (
            f"EXISTS (SELECT 1 FROM {kind.stated} AS o WHERE o.file = {file} "
            f"AND {equal(says, 's', 'o')})"
        )
    known = "0"
    join = ""
    if others:
        agrees = [
            f"(s.{v} = o.{v} OR s.{v} = 0)" if v in kind.optional else f"s.{v} = o.{v}"
            for v in kind.values
        ]
        join = (
            f"LEFT JOIN (SELECT s.rowid AS id, MIN(o.file) AS file FROM {kind.said} AS s "
            f"JOIN {kind.stated} AS o ON o.file <> {file} AND {equal(kind.keys, 's', 'o')} "
            f"AND {' AND '.join(agrees)} GROUP BY s.rowid) AS k ON k.id = s.rowid"
        )
        known = "COALESCE(k.file, 0)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE weighed AS SELECT s.row, {same} AS same, {known} AS known "
        f"FROM {kind.said} AS s {join};"
        f"INSERT INTO classes SELECT row, CASE WHEN same THEN {SAME} WHEN known <> 0 THEN {KNOWN} "
        f"ELSE {NEW} END, 0, known FROM weighed"
    )
    found = connection.execute("SELECT COUNT(*) FROM weighed WHERE NOT same").fetchall()
    return int(found[0][0])


def _classify_rows_with_repeats(connection: duckdb.DuckDBPyConnection) -> None:
    """Where part of a row was superfluous, whether something else of it is new."""
    rows = " UNION ALL ".join(
        f"SELECT row FROM {kind.said} WHERE row IN (SELECT row FROM classes)" for kind in KINDS
    )
    connection.execute(f"INSERT INTO classes SELECT DISTINCT row, {NEW}, 0, 0 FROM ({rows})")


def _differs(connection: duckdb.DuckDBPyConnection, kind: Kind, *, file: int) -> bool:
    """Whether anything that is kept of these statements isn't as it was."""
    columns = listed(kind.columns)
    said = f"SELECT {columns} FROM {kind.said}"
    stated = f"SELECT {columns} FROM {kind.stated} WHERE file = {file}"
    return bool(
        connection.execute(
            f"SELECT EXISTS (({said} EXCEPT {stated}) UNION ALL ({stated} EXCEPT {said}))"
        ).fetchall()[0][0]
    )


def _contradictions(connection: duckdb.DuckDBPyConnection, kind: Kind, *, file: int) -> list[Text]:
    """Where this file and another say different things of the same; the later import counts."""
    differs = [
        f"(s.{v} <> o.{v} AND s.{v} <> 0 AND o.{v} <> 0)"
        for v in kind.values
        if v not in ("prec", "event")
    ]
    found = connection.execute(
        f"SELECT f.label, COUNT(DISTINCT s.rowid), MIN(s.row) FROM {kind.said} AS s "
        f"JOIN {kind.stated} AS o ON o.file <> {file} AND {equal(kind.keys, 's', 'o')} "
        f"JOIN files AS f ON f.file = o.file WHERE {' OR '.join(differs)} "
        f"GROUP BY f.label ORDER BY f.label"
    ).fetchall()
    what = {
        "entries": Text(en="Entries", ja="フェーズ移行"),
        "accounts": Text(en="Accounts of journeys", ja="案件の取引先"),
        "attributes": Text(en="Attributes", ja="属性"),
        "revenue": Text(en="Amounts of revenue", ja="売上金額"),
    }[kind.name]
    return [
        Text(
            en=f"{what.en} that differ from what {label} says: {count:,} (first in row {row}). "
            "The later import counts.",
            ja=f"{what.ja} {count:,} 件が {label} の内容と異なります(最初は {row} 行目)。後から取り込んだほうを採用します。",
        )
        for label, count, row in found
    ]


def _decide(connection: duckdb.DuckDBPyConnection, *, otherwise: str) -> None:
    """The verdict of each row; `otherwise` is the class of a row without any."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE row_verdicts AS "
        f"SELECT r.row, r.line, r.journey, CASE WHEN COALESCE(c.class, {otherwise}) = {NEW} THEN {Verdict.TAKEN:d} "
        f"ELSE {Verdict.UNCHANGED:d} END AS verdict, c.class, c.ref_row, c.ref_file "
        f"FROM staged_rows AS r LEFT JOIN (SELECT row, MIN(class) AS class, "
        f"arg_min(ref_row, class) AS ref_row, arg_min(ref_file, class) AS ref_file "
        f"FROM classes GROUP BY row) AS c ON c.row = r.row "
        f"UNION ALL SELECT row, line, journey, verdict, NULL, 0, 0 FROM set_aside"
    )


_REASONS = {
    "en": {
        SAME: "'as before'",
        KNOWN: "'known from ' || f.label",
        REPEATED: "'repeats row ' || v.ref_row",
        OVERRULED: "'row ' || v.ref_row || ' says otherwise and comes later'",
        CONTINUED: "'already in this stage since row ' || v.ref_row",
        None: "'states nothing: every mapped cell is empty'",
    },
    "ja": {
        SAME: "'前回と同じ'",
        KNOWN: "f.label || ' で取り込み済み'",
        REPEATED: "v.ref_row || ' 行目と同じ内容'",
        OVERRULED: "v.ref_row || ' 行目が後から別の内容を述べている'",
        CONTINUED: "v.ref_row || ' 行目からすでにこのフェーズにある'",
        None: "'対応付けた列がすべて空で、取り込む内容がない'",
    },
}


def verdicts(connection: duckdb.DuckDBPyConnection, *, lang: Lang) -> pa.RecordBatchReader:
    """Every row of the file in order: row, line, verdict, journey, reason, cells (of rows set aside)."""
    reasons = " ".join(
        f"WHEN {f'v.class = {key}' if key is not None else 'v.class IS NULL'} THEN {text}"
        for key, text in _REASONS[lang].items()
    )
    return connection.sql(
        f"SELECT v.row, v.line, v.verdict, v.journey, COALESCE(a.{lang}, m.{lang}, "
        f"CASE v.verdict WHEN {Verdict.UNCHANGED:d} THEN CASE {reasons} END ELSE '' END) AS reason, "
        f"a.cells FROM row_verdicts AS v "
        f"LEFT JOIN set_aside AS a ON a.row = v.row "
        f"LEFT JOIN (SELECT row, string_agg({lang}, '; ' ORDER BY {lang}) AS {lang} FROM remarks "
        f"GROUP BY row) AS m ON m.row = v.row "
        f"LEFT JOIN files AS f ON f.file = v.ref_file ORDER BY v.row"
    ).to_arrow_reader(50_000)
