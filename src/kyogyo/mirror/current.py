"""The current state, made from what the files state.

An entry is one (journey, stage, at), however many files state it; of each of its values the latest
file that knows one counts. Only the journeys and accounts in the temporary tables
`affected_journeys` and `affected_accounts` are made anew. The result depends on what is stated and
on the ranks of the files alone, never on the way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from kyogyo.revenue_model import RevenueModel

# `cause` of an entry: the codes of the tables' contract.
BY_RULE, BY_IMPORT = 2, 3


def begin_affected(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty lists of what is to be made anew."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE affected_journeys (journey BIGINT);"
        "CREATE OR REPLACE TEMP TABLE affected_accounts (account BIGINT)"
    )


def renew_all(connection: duckdb.DuckDBPyConnection, *, model: RevenueModel) -> None:
    """Make the whole current state anew, for example under a rearranged model."""
    begin_affected(connection)
    connection.execute(
        "INSERT INTO affected_journeys SELECT journey FROM entries "
        "UNION SELECT journey FROM stated_entries UNION SELECT journey FROM stated_accounts "
        "UNION SELECT key FROM stated_attributes WHERE keyed = 1;"
        "INSERT INTO affected_accounts SELECT account FROM revenue "
        "UNION SELECT account FROM stated_accounts UNION SELECT account FROM stated_revenue "
        "UNION SELECT key FROM stated_attributes WHERE keyed = 2"
    )
    renew(connection, model=model)


def renew(connection: duckdb.DuckDBPyConnection, *, model: RevenueModel) -> None:
    """Make the affected journeys and accounts anew and note the journeys in `touched`."""
    _renew_accounts(connection)
    _renew_revenue(connection)
    _reach_journeys_of_accounts(connection)
    _renew_entries(connection, one_track=len(model.tracks) == 1)
    _renew_attributes(connection)
    connection.execute(
        "INSERT INTO touched SELECT DISTINCT journey FROM affected_journeys "
        "WHERE journey NOT IN (SELECT journey FROM touched)"
    )


def _renew_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "DELETE FROM accounts WHERE journey IN (SELECT journey FROM affected_journeys);"
        "INSERT INTO accounts SELECT s.journey, arg_max(s.account, f.rank) "
        "FROM stated_accounts AS s JOIN files AS f ON f.file = s.file "
        "WHERE s.journey IN (SELECT journey FROM affected_journeys) GROUP BY s.journey"
    )


def _renew_revenue(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "DELETE FROM revenue WHERE account IN (SELECT account FROM affected_accounts);"
        "INSERT INTO revenue SELECT s.account, s.period_start, s.period_end, "
        "arg_max(s.amount, f.rank) FROM stated_revenue AS s JOIN files AS f ON f.file = s.file "
        "WHERE s.account IN (SELECT account FROM affected_accounts) "
        "GROUP BY s.account, s.period_start, s.period_end"
    )


def _reach_journeys_of_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """What is known by account reaches its journeys; a sale on one changes what revenue enters."""
    connection.execute(
        "INSERT INTO affected_accounts SELECT DISTINCT a.account FROM accounts AS a "
        "JOIN stated_revenue AS r ON r.account = a.account "
        "JOIN files AS f ON f.file = r.file AND f.enters <> 0 "
        "WHERE a.journey IN (SELECT journey FROM affected_journeys);"
        "INSERT INTO affected_journeys SELECT journey FROM accounts "
        "WHERE account IN (SELECT account FROM affected_accounts)"
    )


def _has(connection: duckdb.DuckDBPyConnection, question: str) -> bool:
    return bool(connection.execute(f"SELECT EXISTS ({question})").fetchall()[0][0])


def _renew_entries(connection: duckdb.DuckDBPyConnection, *, one_track: bool) -> None:
    connection.execute(
        "DELETE FROM entries WHERE journey IN (SELECT journey FROM affected_journeys)"
    )
    latest = ""
    if _has(connection, "SELECT 1 FROM stated_entries WHERE event <> 0"):
        latest = "QUALIFY s.event = 0 OR f.rank = MAX(f.rank) OVER (PARTITION BY s.event)"
    rule, merging = "", _MERGED
    if _has(connection, "SELECT 1 FROM files WHERE enters <> 0"):
        rule = f"UNION ALL {_ENTERED_BY_REVENUE}"
    elif not _has(connection, "SELECT 1 FROM stated_entries HAVING MIN(file) < MAX(file)"):
        # Only one file states entries, and no two of its own are of one (journey, stage, instant).
        merging = "SELECT * FROM ({said}) AS said"
    said = _SAID.format(latest=latest, rule=rule)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {merging.format(said=said)}")
    track = "CAST(1 AS SMALLINT)" if one_track else "CAST(COALESCE(t.track, 1) AS SMALLINT)"
    tracks = "" if one_track else f"LEFT JOIN ({_TRACKS}) AS t ON t.journey = m.journey"
    connection.execute(
        f"INSERT INTO entries SELECT m.journey, m.seq, {track}, m.stage, m.at_us, m.day, m.month, "
        f"CASE WHEN m.department = 0 THEN g.department ELSE m.department END, m.owner, m.amount, "
        f"m.cause, m.inferred, m.prec, COALESCE(a.account, 0) "
        f"FROM merged AS m JOIN model_stages AS g ON g.number = m.stage {tracks} "
        f"LEFT JOIN accounts AS a ON a.journey = m.journey; DROP TABLE merged"
    )


# What files state of entries, and what follows from revenue.
_SAID = """
SELECT s.journey, w.number AS stage, s.at_us, s.seq, s.day, s.month,
    COALESCE(t.number, 0) AS track, COALESCE(d.number, 0) AS department, s.owner, s.amount,
    3 AS cause, 0 AS inferred, s.prec, f.rank
FROM stated_entries AS s
JOIN files AS f ON f.file = s.file
JOIN model_words AS w ON w.kind = 'stage' AND w.code = s.stage
LEFT JOIN model_words AS t ON t.kind = 'track' AND t.code = s.track
LEFT JOIN model_words AS d ON d.kind = 'department' AND d.code = s.department
WHERE s.journey IN (SELECT journey FROM affected_journeys)
{latest}
{rule}
"""

# One row an entry. Two precisions of one instant: the coarser is the honest one. `seq` is the
# earliest, so it doesn't depend on which file came first.
_MERGED = """
SELECT journey, stage, at_us, MIN(seq) AS seq, MIN(day) AS day, MIN(month) AS month,
    COALESCE(arg_max(track, rank) FILTER (track <> 0), 0) AS track,
    COALESCE(arg_max(department, rank) FILTER (department <> 0), 0) AS department,
    COALESCE(arg_max(owner, rank) FILTER (owner <> 0), 0) AS owner,
    COALESCE(arg_max(amount, rank) FILTER (amount <> 0), 0) AS amount,
    MAX(cause) AS cause, MIN(inferred) AS inferred, MAX(prec) AS prec, MAX(rank) AS rank
FROM ({said}) AS said GROUP BY journey, stage, at_us
"""

# The first period with revenue enters a stage, on the account's journeys that reached a sale if
# any did, else on all of them. No file says so: the entry is marked as inferred, by a rule.
_ENTERED_BY_REVENUE = """
SELECT a.journey, w.number, p.at_us, p.seq, p.day, p.month, 0, 0, 0, 0, 2, 1, p.prec, p.rank
FROM (
    SELECT f.enters, f.rank, s.account, s.at_us, s.seq, s.day, s.month, s.prec
    FROM stated_revenue AS s
    JOIN files AS f ON f.file = s.file AND f.enters <> 0
    JOIN revenue AS r ON r.account = s.account AND r.period_start = s.period_start
        AND r.period_end = s.period_end AND r.amount > 0
    WHERE s.account IN (SELECT account FROM affected_accounts)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY f.enters, s.account ORDER BY s.at_us, s.seq) = 1
) AS p
JOIN model_words AS w ON w.kind = 'stage' AND w.code = p.enters
JOIN (
    SELECT c.journey, c.account, COALESCE(e.won, FALSE) AS won,
        bool_or(COALESCE(e.won, FALSE)) OVER (PARTITION BY c.account) AS any_won
    FROM accounts AS c
    LEFT JOIN (
        SELECT s.journey, bool_or(g.won) AS won FROM stated_entries AS s
        JOIN model_words AS v ON v.kind = 'stage' AND v.code = s.stage
        JOIN model_stages AS g ON g.number = v.number
        WHERE s.journey IN (SELECT journey FROM affected_journeys)
        GROUP BY s.journey
    ) AS e ON e.journey = c.journey
    WHERE c.account IN (SELECT account FROM affected_accounts)
) AS a ON a.account = p.account AND a.won = a.any_won
"""

# A journey has one track: the one that the latest file names, else the one that holds most of its
# stages, the model's first where that is equal.
_TRACKS = """
SELECT journey, arg_max(track, rank) AS track FROM merged WHERE track <> 0 GROUP BY journey
UNION ALL
SELECT journey, arg_max(track, 1000 * held - track) FROM (
    SELECT m.journey, p.track, COUNT(*) AS held
    FROM merged AS m JOIN model_paths AS p ON p.stage = m.stage
    WHERE m.journey NOT IN (SELECT journey FROM merged WHERE track <> 0)
    GROUP BY m.journey, p.track
) AS fits GROUP BY journey
"""


def _renew_attributes(connection: duckdb.DuckDBPyConnection) -> None:
    """Attributes of journeys that entered a stage; of others they wait in what is stated."""
    connection.execute(
        "DELETE FROM attributes WHERE journey IN (SELECT journey FROM affected_journeys);"
        "INSERT INTO attributes SELECT journey, attribute, arg_max(value, rank) FROM ("
        "SELECT s.key AS journey, s.attribute, s.value, f.rank FROM stated_attributes AS s "
        "JOIN files AS f ON f.file = s.file WHERE s.keyed = 1 "
        "AND s.key IN (SELECT journey FROM affected_journeys) "
        "UNION ALL SELECT a.journey, s.attribute, s.value, f.rank FROM stated_attributes AS s "
        "JOIN files AS f ON f.file = s.file JOIN accounts AS a ON a.account = s.key "
        "WHERE s.keyed = 2 AND a.journey IN (SELECT journey FROM affected_journeys)"
        ") AS said WHERE journey IN (SELECT journey FROM entries) GROUP BY journey, attribute"
    )
