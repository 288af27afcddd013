"""The two derived tables: `visits` (one row per stay in a stage) and `journeys` (one row per pass).

`visits`: journey, n (1, 2, ... in order), track, stage, at_us, day, month, left_at, left_day (0 while
still there), dwell_s (whole seconds, 0 while still there), previous, next (stage codes, 0 at the
ends), ended (see `Ended`), nth (which visit to this stage), owner, department, amount, prec,
next_prec (precision of the times), inferred, account. A second entry into the stage one is already in isn't
a visit. Order is by (at_us, seq).

`journeys`: journey, account, track, first_at, day, month (of the first entry), recycled (1 when the
account's pass before this one had ended by then, in a stage of type *recycled*), last_stage, last_at, last_day,
ended_stage, ended_at, ended_day (the last entry if it is an exit of the track, else 0), amount (of
the last entry), won_amount, disordered (1 when a stage was entered before an earlier one of the path, as far as
the precision of the times can tell), visits, back (number of moves back) and, for each stage k of any path:
`e_k` first entry as entered, `r_k` first entry into it *or a later stage of the path*, `d_k`, `m_k`
day and month of `r_k`, `o_k` owner at the first entry; `a_j` the value of attribute j. 0 = never, unknown.
A stage is reached by inference when e_k = 0 and r_k > 0.

Both can be thrown away and made again from `entries` and `attributes` at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from kyogyo.analytics.sql import NEVER, case, cast, one_of, whole_division

if TYPE_CHECKING:
    from kyogyo.analytics.engines import Engine
    from kyogyo.revenue_model import RevenueModel


class Ended:
    """How a visit ended: the codes of `visits.ended`."""

    OPEN, FORWARD, BACK, EXIT, ELSEWHERE = range(5)


# Beyond this many journeys at a time the builders hold too much in memory; measured in docs/benchmarks.md.
JOURNEYS_PER_RANGE = 100_000

# Made and dropped by `refresh`; one that was broken off leaves them behind.
_OF_REFRESH = ("touched_accounts", "touched_visits", "touched_passes")

# What it takes to tell whether a pass was recycled.
_PASS = ("journey", "track", "account", "first_at", "day", "ended_stage", "ended_day", "recycled")

# Later than any day: no end that anything could follow.
_NO_DAY = 2_000_000_000


def path_stages(model: RevenueModel) -> tuple[int, ...]:
    """Codes of the stages on the path of any track, in the model's order."""
    on_a_path = {code for track in model.tracks for code in track.stages}
    return tuple(k for k, stage in enumerate(model.stages, start=1) if stage.code in on_a_path)


def _codes(model: RevenueModel, stages: Iterable[str]) -> list[int]:
    return [model.stage_number(stage) for stage in stages]


def _position(model: RevenueModel, column: str) -> str:
    """Place of a stage on its journey's path from 1; 0 for an exit of the track; -1 for elsewhere."""
    tracks: list[tuple[str, str | int]] = []
    for number, track in enumerate(model.tracks, start=1):
        places: list[tuple[str, str | int]] = [
            (f"{column} = {code}", place)
            for place, code in enumerate(_codes(model, track.stages), start=1)
        ]
        exits = _codes(model, track.exits)
        if exits:
            places.append((one_of(column, exits), 0))
        tracks.append((f"track = {number}", case(*places, otherwise=-1)))
    return case(*tracks, otherwise=-1)


def visits_sql(model: RevenueModel, *, engine: str, where: str = "") -> str:
    """SELECT of the visits of the entries that `where` (over `entries`) keeps; all of them if empty."""
    condition = f" WHERE {where}" if where else ""
    order = "OVER (PARTITION BY journey ORDER BY at_us, seq)"
    changed = (
        f"SELECT journey, seq, track, stage, at_us, day, month, department, owner, amount, inferred, prec, account, "
        f"LAG(stage, 1, {cast('0', 'SMALLINT')}) {order} AS held FROM entries{condition}"
    )
    stays = (
        f"SELECT journey, track, stage, at_us, day, month, department, owner, amount, inferred, prec, account, "
        f"ROW_NUMBER() {order} AS n, "
        f"ROW_NUMBER() OVER (PARTITION BY journey, stage ORDER BY at_us, seq) AS nth, "
        f"LAG(stage, 1, {cast('0', 'SMALLINT')}) {order} AS previous, "
        f"LEAD(stage, 1, {cast('0', 'SMALLINT')}) {order} AS next, "
        f"LEAD(at_us, 1, {cast('0')}) {order} AS left_at, "
        f"LEAD(day, 1, {cast('0', 'INTEGER')}) {order} AS left_day, "
        f"LEAD(prec, 1, {cast('0', 'SMALLINT')}) {order} AS next_prec "
        f"FROM ({changed}) AS entered WHERE stage <> held"
    )
    placed = f"SELECT *, {_position(model, 'stage')} AS place, {_position(model, 'next')} AS next_place FROM ({stays}) AS stays"
    ended = case(
        ("next = 0", Ended.OPEN),
        ("next_place = 0", Ended.EXIT),
        ("next_place < 0 OR place < 0", Ended.ELSEWHERE),
        ("next_place > place", Ended.FORWARD),
        otherwise=Ended.BACK,
    )
    stayed = case(("next = 0", "0"), otherwise="left_at - at_us")
    return (
        f"SELECT journey, {cast('n', 'INTEGER')} AS n, track, stage, at_us, day, month, left_at, left_day, "
        f"{cast(whole_division(engine, stayed, 1_000_000))} AS dwell_s, previous, next, "
        f"{cast(ended, 'SMALLINT')} AS ended, {cast('nth', 'INTEGER')} AS nth, owner, department, amount, "
        f"prec, next_prec, inferred, account FROM ({placed}) AS placed"
    )


def journeys_sql(
    model: RevenueModel,
    *,
    attributes: Sequence[int],
    where: str = "",
    visits: str = "visits",
    tracks: Iterable[int] = (),
) -> str:
    """SELECT of the journeys of the visits that `where` (over `visits`) keeps; `recycled` still 0.

    `visits` names the table they are in, `tracks` the tracks that occur there; all of them if empty.
    """
    stages = path_stages(model)
    parts = [
        _track_journeys(
            model,
            number=number,
            path=_codes(model, model.tracks[number - 1].stages),
            exits=_codes(model, model.tracks[number - 1].exits),
            stages=stages,
            visits=visits,
            where=where,
        )
        for number in tracks or range(1, len(model.tracks) + 1)
    ]
    journeys = " UNION ALL ".join(parts)
    if not attributes:
        return journeys
    condition = f" WHERE {where}" if where else ""
    values = ", ".join(
        f"MAX({case((f'attribute = {a}', 'value'), otherwise=0)}) AS a_{a}" for a in attributes
    )
    known = f"SELECT journey AS known_journey, {values} FROM attributes{condition} GROUP BY journey"
    columns = ", ".join(_journey_columns(stages))
    filled = ", ".join(f"{cast(f'COALESCE(a_{a}, 0)', 'INTEGER')} AS a_{a}" for a in attributes)
    return (
        f"SELECT {columns}, {filled} FROM ({journeys}) AS passes "
        f"LEFT JOIN ({known}) AS known ON passes.journey = known.known_journey"
    )


def _journey_columns(stages: Sequence[int]) -> list[str]:
    fixed = [
        "journey", "account", "track", "first_at", "day", "month", "recycled", "last_stage", "last_at", "last_day",
        "ended_stage", "ended_at", "ended_day", "amount", "won_amount", "disordered", "visits", "back",
    ]  # fmt: skip
    return fixed + [f"{letter}_{k}" for k in stages for letter in "erdmo"]


def _track_journeys(
    model: RevenueModel,
    *,
    number: int,
    path: Sequence[int],
    exits: Sequence[int],
    stages: Sequence[int],
    visits: str,
    where: str,
) -> str:
    place = case(*((f"stage = {code}", i) for i, code in enumerate(path, start=1)), otherwise=0)
    condition = f" AND {where}" if where else ""
    base = f"SELECT *, {place} AS place FROM {visits} WHERE track = {number}{condition}"
    measures = [
        "MAX(account) AS held_account", "MIN(at_us) AS first_at", "MIN(day) AS first_day", "MIN(month) AS first_month",
        f"MAX({case(('next = 0', 'stage'), otherwise=0)}) AS last_stage",
        f"MAX({case(('next = 0', 'at_us'), otherwise=0)}) AS last_at",
        f"MAX({case(('next = 0', 'day'), otherwise=0)}) AS last_day",
        f"MAX({case(('next = 0', 'amount'), otherwise=0)}) AS last_amount",
        f"MAX({case((one_of('stage', _won(model)), 'amount'), otherwise=0)}) AS won_amount",
        f"MAX({case((_disorder(), 1), otherwise=0)}) AS out_of_order",
        "COUNT(*) AS stays", f"SUM({case((f'ended = {Ended.BACK}', 1), otherwise=0)}) AS moves_back",
    ]  # fmt: skip
    for k in stages:
        if k not in path:
            continue
        at_least = f"place >= {path.index(k) + 1}"
        measures += [
            f"MIN({case((f'stage = {k}', 'at_us'), otherwise=NEVER)}) AS e_{k}",
            f"MIN({case((at_least, 'at_us'), otherwise=NEVER)}) AS r_{k}",
            f"MIN({case((at_least, 'day'), otherwise=NEVER)}) AS d_{k}",
            f"MIN({case((at_least, 'month'), otherwise=NEVER)}) AS m_{k}",
            f"MAX({case((f'stage = {k} AND nth = 1', 'owner'), otherwise=0)}) AS o_{k}",
        ]
    grouped = f"SELECT journey, {', '.join(measures)} FROM ({base}) AS stays GROUP BY journey"
    return f"SELECT {', '.join(_shown(number, path, exits, stages))} FROM ({grouped}) AS grouped"


def _shown(
    number: int, path: Sequence[int], exits: Sequence[int], stages: Sequence[int]
) -> list[str]:
    left = one_of("last_stage", exits)
    shown = [
        "journey", "held_account AS account", f"{cast(str(number), 'SMALLINT')} AS track", "first_at",
        *(f"{cast(f'first_{name}', 'INTEGER')} AS {name}" for name in ("day", "month")),
        f"{cast('0', 'SMALLINT')} AS recycled", f"{cast('last_stage', 'SMALLINT')} AS last_stage",
        f"{cast('last_at')} AS last_at", f"{cast('last_day', 'INTEGER')} AS last_day",
        f"{cast(case((left, 'last_stage'), otherwise=0), 'SMALLINT')} AS ended_stage",
        f"{cast(case((left, 'last_at'), otherwise=0))} AS ended_at",
        f"{cast(case((left, 'last_day'), otherwise=0), 'INTEGER')} AS ended_day",
        f"{cast('last_amount')} AS amount", f"{cast('won_amount')} AS won_amount",
        f"{cast('out_of_order', 'SMALLINT')} AS disordered", f"{cast('stays', 'INTEGER')} AS visits",
        f"{cast('moves_back', 'INTEGER')} AS back",
    ]  # fmt: skip
    kinds = {"e": "BIGINT", "r": "BIGINT", "d": "INTEGER", "m": "INTEGER", "o": "INTEGER"}
    for k in stages:
        for letter, kind in kinds.items():
            name = f"{letter}_{k}"
            if k not in path:
                shown.append(f"{cast('0', kind)} AS {name}")
                continue
            value = name if letter == "o" else case((f"{name} = {NEVER}", 0), otherwise=name)
            shown.append(f"{cast(value, kind)} AS {name}")
    return shown


def _disorder() -> str:
    """A move back that took no visible time to be one: the next stage's time is only a date of the same day.

    Such a move is a matter of how the times were written, so only moves back between times that are
    both exact, or on different days, count.
    """
    return f"ended = {Ended.BACK} AND (left_day > day OR (prec = 1 AND next_prec = 1))"


def _won(model: RevenueModel) -> list[int]:
    return [k for k, stage in enumerate(model.stages, start=1) if stage.type == "won"]


def recycled_sql(model: RevenueModel, *, table: str = "journeys", where: str = "") -> str:
    """SELECT of journey and track of the passes before which the account's last one had been recycled."""
    recycled = one_of(
        "ended_stage", [k for k, s in enumerate(model.stages, start=1) if s.type == "recycled"]
    )
    condition = f" AND {where}" if where else ""
    passes = (
        f"SELECT journey, track, day, LAG({cast(case((recycled, 'ended_day'), otherwise=_NO_DAY))}, 1, {cast(str(_NO_DAY))}) "
        f"OVER (PARTITION BY account, track ORDER BY first_at, journey) AS recycled_day "
        f"FROM {table} WHERE account > 0{condition}"
    )
    # By days, since either may be a date. A pass that began beside an open one isn't a return.
    return f"SELECT journey, track FROM ({passes}) AS passes WHERE recycled_day <= day"


def derive(engine: Engine, *, model: RevenueModel, attributes: Sequence[int]) -> None:
    """Make `visits` and `journeys` on any engine, in one go, from `entries` and `attributes`."""
    engine.run(f"CREATE TABLE visits AS {visits_sql(model, engine=engine.name)}")
    engine.run(f"CREATE TABLE plain_journeys AS {journeys_sql(model, attributes=attributes)}")
    names = _journey_columns(path_stages(model)) + [f"a_{a}" for a in attributes]
    flag = cast("COALESCE(earlier.flag, 0)", "SMALLINT")
    columns = ", ".join(
        f"{flag if name == 'recycled' else f'plain_journeys.{name}'} AS {name}" for name in names
    )
    engine.run(
        f"CREATE TABLE journeys AS SELECT {columns} FROM plain_journeys LEFT JOIN "
        f"(SELECT journey AS passed, track AS passed_on, 1 AS flag FROM ({recycled_sql(model, table='plain_journeys')}) AS r) AS earlier "
        f"ON plain_journeys.journey = earlier.passed AND plain_journeys.track = earlier.passed_on"
    )
    engine.run("DROP TABLE plain_journeys")


def rebuild(
    engine: Engine,
    *,
    model: RevenueModel,
    attributes: Sequence[int],
    journeys_per_range: int = JOURNEYS_PER_RANGE,
    tell: Callable[[int, int], None] | None = None,
) -> None:
    """Make both tables anew in ranges of journeys, so that memory does not grow with the history.

    `tell(done, all)` is called after each range. The engine must know INSERT, UPDATE, DROP and ALTER. As long as it
    isn't through there is no table `journeys`. In one transaction it would hold too much in memory.
    """
    last = int(engine.integers("SELECT COALESCE(MAX(journey), 0) AS last FROM entries")["last"][0])
    for table in ("journeys", "made_journeys", "visits"):
        engine.run(f"DROP TABLE IF EXISTS {table}")
    engine.run(f"CREATE TABLE visits AS {visits_sql(model, engine=engine.name, where='1 = 0')}")
    engine.run(
        f"CREATE TABLE made_journeys AS {journeys_sql(model, attributes=attributes, where='1 = 0')}"
    )
    ranges = range(0, last + 1, journeys_per_range)
    for done, start in enumerate(ranges, start=1):
        within = f"journey >= {start} AND journey < {start + journeys_per_range}"
        engine.run(f"INSERT INTO visits {visits_sql(model, engine=engine.name, where=within)}")
        engine.run(
            f"INSERT INTO made_journeys {journeys_sql(model, attributes=attributes, where=within)}"
        )
        if tell is not None:
            tell(done, len(ranges))
    for track, returned in _returned(model, table="made_journeys"):
        engine.run(
            f"UPDATE made_journeys SET recycled = 1 WHERE track = {track} AND journey IN ({returned})"
        )
    engine.run("ALTER TABLE made_journeys RENAME TO journeys")


def refresh(engine: Engine, *, model: RevenueModel, attributes: Sequence[int]) -> None:
    """Bring both tables up to date for the journeys listed in the table `touched`; equal to a rebuild.

    The accounts of those journeys are looked at as a whole, since a pass is recycled by the one before.
    """
    touched = "journey IN (SELECT journey FROM touched)"
    accounts = f"SELECT account FROM journeys WHERE account > 0 AND {touched}"
    for table in _OF_REFRESH:
        engine.run(f"DROP TABLE IF EXISTS {table}")
    engine.run(f"CREATE TABLE touched_accounts AS {accounts}")
    for table in ("visits", "journeys"):
        engine.run(f"DELETE FROM {table} WHERE {touched}")
    # The journeys are made from a table of the touched visits alone: `visits` needn't be read again.
    found = visits_sql(model, engine=engine.name, where=touched)
    engine.run(f"CREATE TABLE touched_visits AS {found}")
    engine.run("INSERT INTO visits SELECT * FROM touched_visits")
    tracks = engine.integers(
        "SELECT track FROM touched_visits WHERE track > 0 GROUP BY track ORDER BY track"
    )
    if tracks["track"].size:
        made = journeys_sql(
            model,
            attributes=attributes,
            where=touched,
            visits="touched_visits",
            tracks=tracks["track"].tolist(),
        )
        engine.run(f"INSERT INTO journeys {made}")
    engine.run(
        "INSERT INTO touched_accounts SELECT account FROM touched_visits WHERE account > 0 GROUP BY account"
    )
    _flag_again(engine, model=model)
    for table in _OF_REFRESH:
        engine.run(f"DROP TABLE {table}")


def _flag_again(engine: Engine, *, model: RevenueModel) -> None:
    """Set `recycled` of the passes of the touched accounts; written are only those that change."""
    engine.run(
        f"CREATE TABLE touched_passes AS SELECT {', '.join(_PASS)} FROM journeys "
        f"WHERE account IN (SELECT account FROM touched_accounts)"
    )
    for track, returned in _returned(model, table="touched_passes"):
        now = case((f"journey IN ({returned})", 1), otherwise=0)
        changed = f"SELECT journey FROM touched_passes WHERE track = {track} AND recycled <> {now}"
        engine.run(
            f"UPDATE journeys SET recycled = 1 - recycled WHERE track = {track} AND journey IN ({changed})"
        )


def _returned(model: RevenueModel, *, table: str) -> list[tuple[int, str]]:
    """By track, the SELECT of the journeys whose account's last pass had been recycled before."""
    return [
        (
            track,
            f"SELECT journey FROM ({recycled_sql(model, table=table, where=f'track = {track}')}) AS returned",
        )
        for track in range(1, len(model.tracks) + 1)
    ]
