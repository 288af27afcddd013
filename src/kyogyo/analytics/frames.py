"""From the text tables, as people and notebooks have them, to the integer tables.

Any frame that narwhals knows will do (pandas, polars, Arrow, DuckDB relations). The frames aren't changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import ATTRIBUTES, ENTRIES, NAMES, REVENUE
from kyogyo.errors import SourceError
from kyogyo.period import local_days

if TYPE_CHECKING:
    from kyogyo.analytics.engines import DuckDBEngine
    from kyogyo.revenue_model import RevenueModel

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
            if name is not None and name != "":
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

    `stage_entries`: journey_id, at (UTC datetimes, or epoch microseconds), stage; optional account_id, track,
    department, owner, amount (minor units), cause, inferred, precision. `attributes`: journey_id, attribute, value.
    `revenue`: account_id, period_start, period_end (day numbers or dates, the end outside), amount (minor units).

    Raises:
        SourceError: a column is missing, or a stage or track isn't one of the model's.
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
    return {name: eager[name].to_list() for name in eager.columns}


def _entries(columns: dict[str, list[Any]], *, model: RevenueModel, names: Names) -> Columns:
    size = len(columns["journey_id"])
    at = _instants(columns["at"])
    day, month = local_days(at, zone=model.time_zone)
    stage = _declared(columns["stage"], [s.code for s in model.stages], "stage")
    track = (
        _declared(columns["track"], [t.code for t in model.tracks], "track")
        if "track" in columns
        else _tracks(model, stage)
    )
    found: dict[str, np.ndarray] = {
        "journey": names.codes("journey", columns["journey_id"]), "seq": np.arange(1, size + 1), "track": track,
        "stage": stage, "at_us": at, "day": day, "month": month,
        "department": _departments(model, stage, columns.get("department")),
        "owner": names.codes("owner", columns["owner"]) if "owner" in columns else np.zeros(size, np.int64),
        "amount": _whole(columns.get("amount"), size), "cause": _mapped(columns.get("cause"), _CAUSES, size, default=3),
        "inferred": _whole(columns.get("inferred"), size),
        "prec": _mapped(columns.get("precision"), _PRECISIONS, size, default=1),
        "account": names.codes("account", columns["account_id"]) if "account_id" in columns else np.zeros(size, np.int64),
    }  # fmt: skip
    return {name: np.asarray(found[name], np.int64) for name in ENTRIES}


def _instants(values: Sequence[Any]) -> np.ndarray:
    if not values or isinstance(values[0], int | np.integer):
        return np.asarray(values, np.int64)
    return np.array([round(v.timestamp() * 1_000_000) for v in values], np.int64)


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


def _tracks(model: RevenueModel, stage: np.ndarray) -> np.ndarray:
    """The first track that has each stage."""
    first = np.zeros(len(model.stages) + 1, np.int64)
    for number in range(len(model.tracks), 0, -1):
        track = model.tracks[number - 1]
        for code in (*track.stages, *track.exits):
            first[model.stage_number(code)] = number
    return np.asarray(first[stage])


def _departments(model: RevenueModel, stage: np.ndarray, given: Sequence[Any] | None) -> np.ndarray:
    if given is not None:
        return (
            _declared(
                [g or "" for g in given], ["", *(d.code for d in model.departments)], "department"
            )
            - 1
        )
    of_stage = np.array(
        [0, *(model.department_number(s.department) for s in model.stages)], np.int64
    )
    return np.asarray(of_stage[stage])


def _whole(values: Sequence[Any] | None, size: int) -> np.ndarray:
    return (
        np.zeros(size, np.int64)
        if values is None
        else np.array([int(v or 0) for v in values], np.int64)
    )


def _mapped(
    values: Sequence[Any] | None, codes: dict[str, int], size: int, *, default: int
) -> np.ndarray:
    if values is None:
        return np.full(size, default, np.int64)
    return np.array([codes.get(str(v), default) for v in values], np.int64)


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
        "amount": np.array([int(a) for a in columns["amount"]], np.int64),
    }


def _load_names(engine: DuckDBEngine, names: Names) -> None:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    rows = names.rows()
    kinds, codes, words = ([row[i] for row in rows] for i in range(3))
    engine.connection.register("loaded_names", pa.table({"kind": pa.array(kinds, pa.string()), "code": pa.array(codes, pa.int64()), "name": pa.array(words, pa.string())}))  # fmt: skip
    engine.run("INSERT INTO names SELECT kind, code, name FROM loaded_names")
    engine.connection.unregister("loaded_names")
