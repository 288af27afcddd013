"""What is odd about a file, found in the whole of it: reported and never corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.mirror.comparison import CONTINUED
from kyogyo.mirror.portion import Delivery
from kyogyo.words import Text

if TYPE_CHECKING:
    import duckdb

_SHOWN = 5
# Where an exit of a track stands: after every stage of its path.
_END = 30_000


def of_history(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> tuple[Text, ...]:
    """Gaps in a history of changes; rows that change nothing are dropped from what is said."""
    if delivery.drops_repeats:
        _drop_continued(connection)
    if not delivery.checks_continuity:
        return ()
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE gaps AS SELECT row, held FROM (SELECT row, old, "
        "LAG(stage, 1, CAST(0 AS SMALLINT)) OVER (PARTITION BY journey ORDER BY at_us, seq) AS held "
        "FROM said_entries) AS steps WHERE old <> held AND old <> 0"
    )
    connection.execute(
        "INSERT INTO remarks SELECT row, 'the old value is not the stage entered before', "
        "'旧の値が直前のフェーズと一致しない' FROM gaps WHERE held <> 0"
    )
    gaps = _rows(connection, "SELECT row FROM gaps WHERE held <> 0 ORDER BY row")
    starts = _rows(connection, "SELECT row FROM gaps WHERE held = 0 ORDER BY row")
    notes = []
    if gaps:
        notes.append(
            Text(
                en=f"Changes that don't start from the stage entered before: {len(gaps):,} (rows "
                f"{_some(gaps)}). Something in between is missing; nothing was filled in.",
                ja=f"{len(gaps):,} 件の変更は、直前に入ったフェーズと異なるところから始まっています({_some(gaps)} 行目)。"
                "間の記録が欠けていますが、補っていません。",
            )
        )
    if starts:
        notes.append(
            Text(
                en=f"Journeys whose first change leaves a stage that the file doesn't show them enter: "
                f"{len(starts):,} (rows {_some(starts)}). The history begins too late there.",
                ja=f"{len(starts):,} 件の案件は、入った時点の記録がないフェーズから始まっています({_some(starts)} 行目)。"
                "履歴の始まりが遅すぎます。",
            )
        )
    return tuple(notes)


def _drop_continued(connection: duckdb.DuckDBPyConnection) -> None:
    """A record that is written again in the stage it is already in did not enter it."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE continued AS SELECT id, row, since FROM ("
        "SELECT rowid AS id, row, stage, LAG(stage) OVER w AS held, LAG(row) OVER w AS since, "
        "LAG(at_us) OVER w AS held_at, at_us FROM said_entries "
        "WINDOW w AS (PARTITION BY journey ORDER BY at_us, seq)) AS steps "
        "WHERE stage = held AND at_us > held_at;"
        f"INSERT INTO classes SELECT row, {CONTINUED}, since, 0 FROM continued;"
        "DELETE FROM said_entries WHERE rowid IN (SELECT id FROM continued)"
    )


def of_state(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> tuple[Text, ...]:
    """Impossible orders of dates, and keys that join nothing, as the store is with this file in it."""
    notes: list[Text] = []
    if delivery.checks_order or delivery.enters:
        notes += _disorder(connection, delivery=delivery)
    notes += _unjoined(connection, delivery=delivery)
    return tuple(notes)


# The last instant that the time of an entry may mean: a date may be any time of its day, and a
# local midnight usually is a date. An entry by period is dated by the period's end.
_UNTIL = """at_us + CASE WHEN prec = 1 AND NOT midnight THEN 0 WHEN prec IN (1, 2) THEN 86399999999
    WHEN prec = 3 AND inferred = 0 THEN 2678399999999 ELSE 0 END"""


def _disorder(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> list[Text]:
    """Stages dated before an earlier stage of the path of their journey."""
    mine = "SELECT DISTINCT journey FROM said_entries"
    if delivery.enters:
        mine = "SELECT a.journey FROM said_revenue AS s JOIN accounts AS a ON a.account = s.account"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE disorder AS WITH firsts AS ("
        f"SELECT e.journey, e.stage, CASE p.place WHEN 0 THEN {_END} ELSE p.place END AS place, MIN(e.at_us) AS at_us, arg_min(e.prec, e.at_us) AS prec, "
        f"arg_min(e.inferred, e.at_us) AS inferred, arg_min({_is_midnight(delivery.zones)}, e.at_us) AS midnight "
        f"FROM entries AS e JOIN model_paths AS p ON p.track = e.track AND p.stage = e.stage "
        f"WHERE e.journey IN ({mine}) GROUP BY e.journey, e.stage, p.place), "
        f"spans AS (SELECT *, {_UNTIL} AS until FROM firsts) "
        f"SELECT b.journey, b.stage AS later, arg_max(a.stage, a.place) AS earlier "
        f"FROM spans AS b JOIN spans AS a ON a.journey = b.journey AND a.place < b.place "
        f"AND a.at_us > b.until GROUP BY b.journey, b.stage"
    )
    if delivery.enters:
        connection.execute(f"DELETE FROM disorder WHERE later <> {delivery.enters}")
    else:
        connection.execute(
            "INSERT INTO remarks SELECT DISTINCT s.row, 'kept: ' || l.name || ' is dated before ' || e.name, "
            "l.name || ' の日付が ' || e.name || ' より前(そのまま取り込み)' FROM disorder AS d "
            f"{_STAGE_NAMES} JOIN said_entries AS s ON s.journey = d.journey"
        )
    found = connection.execute(
        "SELECT l.name, e.name, COUNT(*), list(j.name ORDER BY j.name)[:5] FROM disorder AS d "
        f"{_STAGE_NAMES} JOIN names AS j ON j.kind = 'journey' AND j.code = d.journey "
        "GROUP BY l.name, e.name ORDER BY l.name, e.name"
    ).fetchall()
    return [
        Text(
            en=f"Journeys with {later} dated before {earlier}: {count:,} (for example "
            f"{', '.join(examples)}). Kept as they are.",
            ja=f"{count:,} 件の案件で {later} の日付が {earlier} より前になっています(例: {', '.join(examples)})。"
            "そのまま取り込みました。",
        )
        for later, earlier, count, examples in found
    ]


_STAGE_NAMES = """
JOIN model_words AS lw ON lw.kind = 'stage' AND lw.number = d.later
JOIN codes AS l ON l.kind = 'stage' AND l.code = lw.code
JOIN model_words AS ew ON ew.kind = 'stage' AND ew.number = d.earlier
JOIN codes AS e ON e.kind = 'stage' AND e.code = ew.code
"""


def _is_midnight(zones: tuple[str, ...]) -> str:
    quoted = [zone.replace("'", "''") for zone in zones]
    midnight = " OR ".join(
        f"(make_timestamptz(e.at_us) AT TIME ZONE '{zone}')::TIME = TIME '00:00:00'"
        for zone in quoted
    )
    # Only asked of times; of the others it is known.
    return f"CASE WHEN e.prec = 1 THEN {midnight} ELSE FALSE END"


def _unjoined(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> list[Text]:
    """Accounts and journeys that nothing else in the store knows: kept, but nothing counts them."""
    notes: list[Text] = []
    lost, total = _lost(
        connection,
        keys="SELECT account AS key FROM said_revenue "
        "UNION SELECT key FROM said_attributes WHERE keyed = 2",
        known="SELECT account FROM accounts",
    )
    if lost:
        notes.append(
            Text(
                en=f"Accounts that belong to no journey in the store: {lost:,} of {total:,}. What is "
                "said of them is kept, and counts once a journey names them.",
                ja=f"どの案件にも結び付いていない取引先: {total:,} 件中 {lost:,} 件。内容は保存し、案件が現れた時点で"
                "使われます。",
            )
        )
    lost, total = _lost(
        connection,
        keys="SELECT key FROM said_attributes WHERE keyed = 1",
        known="SELECT journey FROM entries",
    )
    if lost:
        notes.append(
            Text(
                en=f"Journeys without a dated stage in the store: {lost:,} of {total:,}. What is said "
                "of them is kept, and counts once they have one.",
                ja=f"日付のあるフェーズがまだない案件: {total:,} 件中 {lost:,} 件。内容は保存し、フェーズの記録が"
                "現れた時点で使われます。",
            )
        )
    return notes + _several_journeys(connection, delivery=delivery)


def _lost(connection: duckdb.DuckDBPyConnection, *, keys: str, known: str) -> tuple[int, int]:
    """How many of `keys` nothing knows, and how many there are."""
    lost, total = connection.execute(
        f"SELECT COUNT(*) FILTER (key NOT IN ({known})), COUNT(*) FROM ({keys}) AS named"
    ).fetchall()[0]
    return int(lost), int(total)


def _several_journeys(connection: duckdb.DuckDBPyConnection, *, delivery: Delivery) -> list[Text]:
    if not delivery.enters:
        return []
    found = connection.execute(
        "SELECT COUNT(*) FROM (SELECT account FROM entries WHERE stage = ? AND account > 0 AND "
        "account IN (SELECT account FROM said_revenue) GROUP BY account "
        "HAVING COUNT(DISTINCT journey) > 1) AS shared",
        [delivery.enters],
    ).fetchall()[0][0]
    if not found:
        return []
    return [
        Text(
            en=f"Accounts with several journeys that reached a sale: {found:,}. Their first revenue was "
            "entered on each of these journeys.",
            ja=f"{found:,} 件の取引先には受注した案件が複数あるため、最初の売上をそれぞれの案件に記録しました。",
        )
    ]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    return [row for (row,) in connection.execute(sql).fetchall()]


def _some(rows: list[int]) -> str:
    return ", ".join(str(row) for row in rows[:_SHOWN]) + (" ..." if len(rows) > _SHOWN else "")
