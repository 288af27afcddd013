"""Tables of the store, and the checks that a file is one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.errors import StoreError

if TYPE_CHECKING:
    import duckdb

FORMAT = 1

# The integer tables that the measures read: the current state. No NULL; 0 = none or unknown.
CURRENT = """
CREATE TABLE entries (journey BIGINT, seq BIGINT, track SMALLINT, stage SMALLINT, at_us BIGINT,
    day INTEGER, month INTEGER, department SMALLINT, owner INTEGER, amount BIGINT, cause SMALLINT,
    inferred SMALLINT, prec SMALLINT, account BIGINT);
CREATE TABLE attributes (journey BIGINT, attribute SMALLINT, value INTEGER);
CREATE TABLE revenue (account BIGINT, period_start INTEGER, period_end INTEGER, amount BIGINT);
CREATE TABLE names (kind VARCHAR, code BIGINT, name VARCHAR);
CREATE TABLE accounts (journey BIGINT, account BIGINT);
CREATE TABLE touched (journey BIGINT);
"""

# What each file says now. `rank` is the number of the import that last changed what a file says:
# where two files contradict each other, the higher rank counts.
STATED = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE codes (kind VARCHAR, code SMALLINT, name VARCHAR);
CREATE TABLE files (file INTEGER, source VARCHAR, label VARCHAR, digest VARCHAR,
    mapping_digest VARCHAR, rows BIGINT, imported_at BIGINT, rank INTEGER, enters SMALLINT,
    taken BIGINT, unchanged BIGINT, refused BIGINT, ignored BIGINT, retracted BIGINT);
CREATE TABLE imports (import INTEGER, file INTEGER, digest VARCHAR, mapping_digest VARCHAR,
    rows BIGINT, imported_at BIGINT, taken BIGINT, unchanged BIGINT, refused BIGINT,
    ignored BIGINT, retracted BIGINT);
CREATE TABLE stated_entries (file INTEGER, row INTEGER, journey BIGINT, seq BIGINT, track SMALLINT,
    stage SMALLINT, at_us BIGINT, day INTEGER, month INTEGER, department SMALLINT, owner INTEGER,
    amount BIGINT, prec SMALLINT, event BIGINT, recorded_at BIGINT);
CREATE TABLE stated_accounts (file INTEGER, row INTEGER, journey BIGINT, account BIGINT);
CREATE TABLE stated_attributes (file INTEGER, row INTEGER, keyed SMALLINT, key BIGINT,
    attribute SMALLINT, value INTEGER);
CREATE TABLE stated_revenue (file INTEGER, row INTEGER, account BIGINT, period_start INTEGER,
    period_end INTEGER, amount BIGINT, seq BIGINT, at_us BIGINT, day INTEGER, month INTEGER,
    prec SMALLINT);
"""

# What a file said and its corrected version no longer says. Only ever added to.
RETRACTED = """
CREATE TABLE retracted (import INTEGER, retracted_at BIGINT, kind VARCHAR, file INTEGER,
    row INTEGER, journey BIGINT, account BIGINT, track SMALLINT, stage SMALLINT, at_us BIGINT,
    department SMALLINT, owner INTEGER, amount BIGINT, prec SMALLINT, recorded_at BIGINT,
    attribute SMALLINT, value INTEGER, period_start INTEGER, period_end INTEGER);
"""

# Which rows of which files an entry rests on; where two files say different things of one thing.
VIEWS = """
CREATE VIEW entry_records AS
    SELECT s.journey, s.stage, s.at_us, s.file, f.label, s.row, s.recorded_at
    FROM stated_entries AS s JOIN files AS f ON f.file = s.file;
CREATE VIEW conflicts AS
    SELECT 'attribute' AS kind, keyed, key, attribute AS what, COUNT(DISTINCT value) AS statements
    FROM stated_attributes GROUP BY keyed, key, attribute HAVING COUNT(DISTINCT value) > 1
    UNION ALL
    SELECT 'account', 1, journey, 0, COUNT(DISTINCT account)
    FROM stated_accounts GROUP BY journey HAVING COUNT(DISTINCT account) > 1
    UNION ALL
    SELECT 'owner', 1, journey, stage, COUNT(DISTINCT owner) FROM stated_entries WHERE owner <> 0
    GROUP BY journey, stage, at_us HAVING COUNT(DISTINCT owner) > 1
    UNION ALL
    SELECT 'amount', 1, journey, stage, COUNT(DISTINCT amount) FROM stated_entries WHERE amount <> 0
    GROUP BY journey, stage, at_us HAVING COUNT(DISTINCT amount) > 1
    UNION ALL
    SELECT 'revenue', 2, account, period_start, COUNT(DISTINCT amount) FROM stated_revenue
    GROUP BY account, period_start, period_end HAVING COUNT(DISTINCT amount) > 1;
"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of an empty store, all or none."""
    connection.execute(
        f"BEGIN; {STATED} {CURRENT} {RETRACTED} {VIEWS} "
        f"INSERT INTO meta VALUES ('kyogyo', '{FORMAT}'); COMMIT;"
    )


def is_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database holds no table at all."""
    return not connection.execute("SELECT COUNT(*) FROM duckdb_tables()").fetchall()[0][0]


def check(connection: duckdb.DuckDBPyConnection, *, path: str) -> None:
    """Raise StoreError unless the database is a store of this format."""
    tables = connection.execute(
        "SELECT COUNT(*) FROM duckdb_columns() WHERE table_name = 'meta' AND column_name = 'value'"
    ).fetchall()
    found = (
        connection.execute("SELECT value FROM meta WHERE key = 'kyogyo'").fetchall()
        if tables[0][0]
        else []
    )
    if not found:
        raise StoreError(
            en=f"{path} is a DuckDB database, but not one of Kyogyo's. Nothing was changed. "
            "Name another file with --store.",
            ja=f"{path} は DuckDB のデータベースですが、Kyogyo が作ったものではありません。何も変更していません。"
            "--store で別のファイルを指定してください。",
        )
    if found[0][0] != str(FORMAT):
        raise StoreError(
            en=f"{path} was made by another version of Kyogyo (format {found[0][0]}, this one reads "
            f"{FORMAT}). Update Kyogyo, or import the files again into a new store.",
            ja=f"{path} は別のバージョンの Kyogyo が作ったものです(形式 {found[0][0]}、このバージョンが読めるのは {FORMAT})。"
            "Kyogyo を更新するか、新しい保存先にもう一度取り込んでください。",
        )
