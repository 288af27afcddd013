"""What the copy asks the records: SQL on their tables, the same for SQLite and PostgreSQL but for JSON.

No column is NULL in any answer, because the type of an SQLite column is guessed from its first rows.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["sqlite", "postgresql"]

# Of two values of one attribute the lower `place` counts: the journey's own before the account's.
OF_JOURNEY, FACT_OF_JOURNEY, OF_ACCOUNT, FACT_OF_ACCOUNT = 1, 2, 3, 4

# Longer than this it is prose, not a value to count by.
LONGEST_VALUE = 200

MERGED = (
    "SELECT id AS account, merged_into_id AS into_account FROM records_account "
    "WHERE merged_into_id IS NOT NULL"
)
USERS = "SELECT id AS code, name, email FROM records_user"


def entries_sql(condition: str) -> str:
    """Entries without the pairs in which one undoes the other; `condition` is over `e.journey_id`."""
    return (
        "SELECT e.journey_id AS journey, e.id AS seq, j.track AS track, e.stage AS stage, e.at AS at, "
        "e.department AS department, COALESCE(e.owner_id, 0) AS owner, COALESCE(e.amount, 0) AS amount, "
        "e.cause AS cause, e.precision AS prec, CASE WHEN e.is_inferred THEN 1 ELSE 0 END AS inferred, "
        "j.account_id AS account "
        "FROM records_stageentry AS e JOIN records_journey AS j ON j.id = e.journey_id "
        "WHERE e.undoes_id IS NULL AND NOT EXISTS "
        f"(SELECT 1 FROM records_stageentry AS u WHERE u.undoes_id = e.id) AND {condition}"
    )


def journeys_sql(condition: str) -> str:
    """Journeys with their accounts; `condition` is over `j.id` or `j.account_id`."""
    return f"SELECT j.id AS journey, j.account_id AS account FROM records_journey AS j WHERE {condition}"


def journey_values_sql(condition: str, *, kind: Kind) -> str:
    """Values of journeys: their own columns, the code of their team, and their facts."""
    columns = _columns("journey", "j", ("source", "campaign"), OF_JOURNEY, condition)
    team = (
        f"SELECT j.id AS journey, {OF_JOURNEY} AS place, 'team' AS attribute, t.code AS value "
        f"FROM records_journey AS j JOIN records_team AS t ON t.id = j.team_id WHERE {condition}"
    )
    facts = _facts("journey", "j", FACT_OF_JOURNEY, condition, kind)
    return f"{columns} UNION ALL {team} UNION ALL {facts}"


def account_values_sql(condition: str, *, kind: Kind) -> str:
    """Values of accounts: their own columns and their facts; `condition` is over `a.id`."""
    columns = _columns("account", "a", ("segment", "industry", "region"), OF_ACCOUNT, condition)
    return f"{columns} UNION ALL {_facts('account', 'a', FACT_OF_ACCOUNT, condition, kind)}"


def revenue_sql(condition: str) -> str:
    """What accounts brought in; `condition` is over `r.account_id`."""
    return (
        "SELECT r.account_id AS account, r.period_start AS period_start, r.period_end AS period_end, "
        f"r.amount AS amount FROM records_revenue AS r WHERE {condition}"
    )


def _columns(noun: str, alias: str, names: tuple[str, ...], place: int, condition: str) -> str:
    return " UNION ALL ".join(
        f"SELECT {alias}.id AS {noun}, {place} AS place, '{name}' AS attribute, {alias}.{name} AS value "
        f"FROM records_{noun} AS {alias} WHERE {alias}.{name} <> '' AND {condition}"
        for name in names
    )


def _facts(noun: str, alias: str, place: int, condition: str, kind: Kind) -> str:
    if kind == "sqlite":
        value = "CASE f.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(f.atom AS TEXT) END"
        source, key = f"json_each({alias}.facts)", "CAST(f.key AS TEXT)"
        scalar = "f.type IN ('text', 'integer', 'real', 'true', 'false')"
    else:
        value, key = f"({alias}.facts ->> f.key)", "f.key"
        source = (
            f"jsonb_each(CASE WHEN jsonb_typeof({alias}.facts) = 'object' THEN {alias}.facts "
            "ELSE '{}'::jsonb END)"
        )
        scalar = "jsonb_typeof(f.value) IN ('string', 'number', 'boolean')"
    return (
        f"SELECT {alias}.id AS {noun}, {place} AS place, {key} AS attribute, {value} AS value "
        f"FROM records_{noun} AS {alias} CROSS JOIN {source} AS f "
        f"WHERE {scalar} AND {value} <> '' AND LENGTH({value}) <= {LONGEST_VALUE} AND {condition}"
    )
