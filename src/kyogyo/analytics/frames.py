"""From the text tables, as people and notebooks have them, to the integer tables.

Any frame that narwhals knows will do (pandas, polars, Arrow, DuckDB relations). The frames aren't changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import ATTRIBUTES, ENTRIES, NAMES, REVENUE
from kyogyo.errors import SourceError
from kyogyo.period import local_days

if TYPE_CHECKING:
    from kyogyo.analytics.engines import DuckDBEngine
    from kyogyo.revenue_model import RevenueModel

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_CAUSES = {"person": 1, "rule": 2, "import": 3, "sync": 4}
_PRECISIONS = {"second": 1, "day": 2, "month": 3, "quarter": 4}
_NEEDED = {"stage_entries": ("journey_id", "at", "stage"), "attributes": ("journey_id", "attribute", "value"),
           "revenue": ("account_id", "period_start", "period_end", "amount")}  # fmt: skip


class Names:
    """Codes given to names in the order in which they are met, from 1; an empty or missing name is 0."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, int]] = {}

    def codes(self, kind: str, names: Sequence[Any]) -> np.ndarray:
        known = self.kinds.setdefault(kind, {})
        found = np.zeros(len(names), np.int64)
        for i, name in enumerate(names):
            if not _is_missing(name):
                found[i] = known.setdefault(str(name), len(known) + 1)
        return found

    def rows(self) -> list[tuple[str, int, str]]:
        return [
            (kind, code, name) for kind, known in self.kinds.items() for name, code in known.items()
        ]


def load_frames(
    engine: DuckDBEngine,
    *,
    model: RevenueModel,
    stage_entries: Any,
    attributes: Any | None = None,
    revenue: Any | None = None,
) -> tuple[int, ...]:
    """Fill the integer tables of `engine` from text tables; returns the codes of the attributes.

    `stage_entries`: journey_id, at (datetimes, UTC where they name no zone, or epoch microseconds), stage; optional
    account_id, track, department, owner, amount (minor units), currency, cause, inferred, precision. Without `track`,
    a journey is on the track that has most of its stages. `attributes`: journey_id, attribute, value.
    `revenue`: account_id, period_start, period_end (day numbers or dates, the end outside), amount (minor units).

    Raises:
        SourceError: a column or a needed cell is missing, a word isn't one of the model's, a journey is on two
            tracks, or an amount is in another currency than the model's.
    """
    names = Names()
    entries = _entries(_columns(stage_entries, "stage_entries"), model=model, names=names)
    for table, schema in (
        ("entries", ENTRIES),
        ("attributes", ATTRIBUTES),
        ("revenue", REVENUE),
        ("names", NAMES),
    ):
        engine.run(
            f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in schema.items())})"
        )
    engine.load("entries", entries)
    if attributes is not None:
        engine.load("attributes", _attributes(_columns(attributes, "attributes"), names))
    if revenue is not None:
        engine.load("revenue", _revenue(_columns(revenue, "revenue"), names))
    _load_names(engine, names)
    return tuple(names.kinds.get("attribute", {}).values())


def _columns(frame: Any, table: str) -> dict[str, list[Any]]:
    import narwhals as nw  # noqa: PLC0415 -- slow import

    held = nw.from_native(frame, eager_only=False)
    eager = held.collect() if isinstance(held, nw.LazyFrame) else held
    missing = [name for name in _NEEDED[table] if name not in eager.columns]
    if missing:
        raise SourceError(
            en=f"The table {table} has no column {', '.join(missing)}. It has {', '.join(eager.columns)}; rename or add what is missing.",
            ja=f"表 {table} に列 {'、'.join(missing)} がありません。ある列は {'、'.join(eager.columns)} です。名前を変えるか、列を足してください。",
        )
    columns = {name: eager[name].to_list() for name in eager.columns}
    for name in _NEEDED[table]:
        _require_all(columns[name], f"{table}.{name}")
    return columns


def _require_all(values: Sequence[Any], column: str) -> None:
    row = next((i for i, value in enumerate(values, start=1) if _is_missing(value)), None)
    if row is not None:
        raise SourceError(
            en=f"{column} is empty in row {row}. Fill it in, or leave out the rows without it.",
            ja=f"{column} の {row} 行目が空です。値を入れるか、その行を除いてください。",
        )


def _is_missing(value: Any) -> bool:
    """None, an empty text, and what data frames write for nothing: NaN, NaT, NA."""
    try:
        return value is None or bool(value == "") or bool(value != value)
    except TypeError:  # pandas' NA can't be compared
        return True


def _entries(columns: dict[str, list[Any]], *, model: RevenueModel, names: Names) -> Columns:
    size = len(columns["journey_id"])
    at = _instants(columns["at"])
    _require_currency(columns.get("currency", ()), model.currency)
    journey = names.codes("journey", columns["journey_id"])
    day, month = local_days(at, zone=model.time_zone)
    stage = _declared(columns["stage"], [s.code for s in model.stages], "stage")
    if "track" in columns:
        track = _declared(columns["track"], [t.code for t in model.tracks], "track")
        _require_one_track(journey, track, columns["journey_id"])
    else:
        track = _tracks(model, journey, stage)
    found: dict[str, np.ndarray] = {
        "journey": journey, "seq": np.arange(1, size + 1), "track": track,
        "stage": stage, "at_us": at, "day": day, "month": month,
        "department": _departments(model, stage, columns.get("department")),
        "owner": names.codes("owner", columns["owner"]) if "owner" in columns else np.zeros(size, np.int64),
        "amount": _whole(columns.get("amount"), size, column="stage_entries.amount"), "cause": _mapped(columns.get("cause"), _CAUSES, size, default=3, kind="cause"),
        "inferred": _whole(columns.get("inferred"), size, column="stage_entries.inferred"),
        "prec": _mapped(columns.get("precision"), _PRECISIONS, size, default=1, kind="precision"),
        "account": names.codes("account", columns["account_id"]) if "account_id" in columns else np.zeros(size, np.int64),
    }  # fmt: skip
    return {name: np.asarray(found[name], np.int64) for name in ENTRIES}


def _instants(values: Sequence[Any]) -> np.ndarray:
    if all(isinstance(v, int | np.integer) for v in values):
        return np.asarray(values, np.int64)
    wrong = next((i for i, v in enumerate(values, start=1) if not isinstance(v, datetime)), None)
    if wrong is not None:
        raise SourceError(
            en=f"stage_entries.at is neither a datetime nor whole epoch microseconds in row {wrong}: {values[wrong - 1]!r}. "
            "Convert the column; for a date, say at which time it counts, and give the precision 'day'.",
            ja=f"stage_entries.at の {wrong} 行目が日時でもエポックからのマイクロ秒（整数）でもありません：{values[wrong - 1]!r}。"
            "列を変換してください。日付の場合は時刻を補い、precision を 'day' としてください。",
        )
    # A datetime without a zone is UTC, not the time of the machine that reads it.
    moments = [v if v.tzinfo is not None else v.replace(tzinfo=UTC) for v in values]
    return np.array([(m - _EPOCH) // _MICROSECOND for m in moments], np.int64)


def _days(values: Sequence[Any]) -> np.ndarray:
    if not values or isinstance(values[0], int | np.integer):
        return np.asarray(values, np.int64)
    return np.asarray(np.array(values, "datetime64[D]").astype(np.int64))


def _declared(values: Sequence[Any], codes: list[str], kind: str) -> np.ndarray:
    numbers = {code: i for i, code in enumerate(codes, start=1)}
    unknown = sorted({str(v) for v in values} - set(numbers))
    if unknown:
        raise SourceError(
            en=f"The table stage_entries names a {kind} that the model doesn't declare: {', '.join(unknown[:5])}. "
            f"Declared are {', '.join(codes)}.",
            ja=f"表 stage_entries に、モデルで宣言されていない {kind} があります：{'、'.join(unknown[:5])}。宣言されているのは {'、'.join(codes)} です。",
        )
    return np.array([numbers[str(v)] for v in values], np.int64)


def _tracks(model: RevenueModel, journey: np.ndarray, stage: np.ndarray) -> np.ndarray:
    """For each entry the track that has most of its journey's entries, the first declared of those."""
    has = np.zeros((len(model.tracks), len(model.stages) + 1), np.int64)
    for number, track in enumerate(model.tracks):
        has[number, [model.stage_number(code) for code in (*track.stages, *track.exits)]] = 1
    held = [np.bincount(journey, row[stage], minlength=1) for row in has]
    best = np.argmax(held, axis=0) + 1
    return np.asarray(np.where(np.max(held, axis=0) > 0, best, 0)[journey])


def _require_one_track(journey: np.ndarray, track: np.ndarray, ids: Sequence[Any]) -> None:
    first = np.zeros(int(journey.max(initial=0)) + 1, np.int64)
    first[journey[::-1]] = track[::-1]
    other = np.flatnonzero(track != first[journey])
    if other.size:
        raise SourceError(
            en=f"Journey {ids[other[0]]} is on two tracks (row {other[0] + 1}). A journey is one pass on one track: "
            "give the second pass a journey_id of its own.",
            ja=f"案件 {ids[other[0]]} が 2 つの商流にあります（{other[0] + 1} 行目）。1 案件は 1 つの商流を 1 回通るものです。"
            "2 回目には別の journey_id を付けてください。",
        )


def _require_currency(given: Sequence[Any], currency: str) -> None:
    others = sorted({str(c) for c in given if not _is_missing(c)} - {currency})
    if others:
        raise SourceError(
            en=f"stage_entries has amounts in {', '.join(others)}, but the model counts in {currency}. Convert them first: "
            "sums over currencies would mean nothing.",
            ja=f"stage_entries に {'、'.join(others)} の金額がありますが、モデルの通貨は {currency} です。先に換算してください。"
            "通貨をまたぐ合計には意味がありません。",
        )


def _departments(model: RevenueModel, stage: np.ndarray, given: Sequence[Any] | None) -> np.ndarray:
    if given is not None:
        return (
            _declared(
                ["" if _is_missing(g) else g for g in given],
                ["", *(d.code for d in model.departments)],
                "department",
            )
            - 1
        )
    of_stage = np.array(
        [0, *(model.department_number(s.department) for s in model.stages)], np.int64
    )
    return np.asarray(of_stage[stage])


def _whole(values: Sequence[Any] | None, size: int, *, column: str) -> np.ndarray:
    """Whole numbers, 0 where missing; anything else is refused, since a digit would be lost."""
    if values is None:
        return np.zeros(size, np.int64)
    found = np.zeros(size, np.int64)
    for i, value in enumerate(values):
        if _is_missing(value):
            continue
        if isinstance(value, str) or value != int(value):
            raise SourceError(
                en=f"{column} isn't a whole number in row {i + 1}: {value!r}. Give amounts in whole minor units (yen, cents).",
                ja=f"{column} の {i + 1} 行目が整数ではありません：{value!r}。金額は最小単位（円、セント）の整数で渡してください。",
            )
        found[i] = int(value)
    return found


def _mapped(
    values: Sequence[Any] | None, codes: dict[str, int], size: int, *, default: int, kind: str
) -> np.ndarray:
    """The codes of words; a missing one is `default`."""
    words = ["" if _is_missing(v) else str(v) for v in values or [""] * size]
    unknown = sorted(set(words) - set(codes) - {""})
    if unknown:
        raise SourceError(
            en=f"stage_entries.{kind} has {', '.join(unknown[:5])}; it may be {', '.join(codes)}, or empty.",
            ja=f"stage_entries.{kind} に {'、'.join(unknown[:5])} があります。使えるのは {'、'.join(codes)}、または空です。",
        )
    return np.array([codes.get(word, default) for word in words], np.int64)


def _attributes(columns: dict[str, list[Any]], names: Names) -> Columns:
    return {
        "journey": names.codes("journey", columns["journey_id"]),
        "attribute": names.codes("attribute", columns["attribute"]),
        "value": names.codes("value", columns["value"]),
    }


def _revenue(columns: dict[str, list[Any]], names: Names) -> Columns:
    return {
        "account": names.codes("account", columns["account_id"]),
        "period_start": _days(columns["period_start"]),
        "period_end": _days(columns["period_end"]),
        "amount": _whole(columns["amount"], len(columns["amount"]), column="revenue.amount"),
    }


def _load_names(engine: DuckDBEngine, names: Names) -> None:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    rows = names.rows()
    kinds, codes, words = ([row[i] for row in rows] for i in range(3))
    engine.connection.register("loaded_names", pa.table({"kind": pa.array(kinds, pa.string()), "code": pa.array(codes, pa.int64()), "name": pa.array(words, pa.string())}))  # fmt: skip
    engine.run("INSERT INTO names SELECT kind, code, name FROM loaded_names")
    engine.connection.unregister("loaded_names")
