"""The five shapes of a file: what a row of each states.

record: a date column a stage. events: an event a row. history: a change of a field a row.
revenue: an account and period a row. attributes: what is known of a journey or account a row.
A missing date makes no entry, a missing value no attribute; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.mirror import portion
from kyogyo.mirror.portion import BY_ACCOUNT, BY_JOURNEY, Portion
from kyogyo.period import last_instant
from kyogyo.usecases.importing.periods import Period, parse_period
from kyogyo.usecases.importing.reading import Ints, Reading, arrow, dated, is_known, is_said, picked
from kyogyo.usecases.importing.stage_words import IGNORED
from kyogyo.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.revenue_model import Source

_JOURNEY = Text(en="journey", ja="案件")
_ACCOUNT = Text(en="account", ja="取引先")
_NO_TIME = Text(
    en="There is no time, so it can't be said when this happened.",
    ja="日時がないため、いつのことか分かりません。",
)
_NO_AMOUNT = Text(
    en="There is no amount. Unknown is not zero.", ja="金額がありません。不明はゼロではありません。"
)
_IGNORED_WORD = Text(
    en="The mapping ignores this stage.", ja="対応付けで対象外としたフェーズです。"
)
_SAME_TWICE = Text(en="Old and new value are the same stage.", ja="変更前後が同じフェーズです。")
_NO_DATE_AT_ALL = Text(
    en="No stage of this row has a date, so nothing of it can be placed in time.",
    ja="どのフェーズにも日付がないため、いつのことか分かりません。",
)
# Columns that are attributes under their own names.
_PLAIN_ATTRIBUTES = ("source", "campaign", "segment", "person")


def mapped_columns(source: Source) -> dict[str, str]:
    """Every column of the file that a mapping uses: what it is used for -> its name."""
    used = {f"columns.{name}": column for name, column in source.columns if column is not None}
    for key in ("stages", "stage_owner", "stage_amount", "attributes"):
        used |= {f"{key}.{code}": column for code, column in getattr(source, key).items()}
    if source.status is not None:
        used |= {"status.column": source.status.column, "status.at": source.status.at}
    return used


def time_columns(source: Source) -> tuple[str, ...]:
    """The columns of a file that hold times."""
    columns = [*source.stages.values(), source.columns.at, source.columns.recorded_at]
    if source.status is not None:
        columns.append(source.status.at)
    return tuple(dict.fromkeys(column for column in columns if column is not None))


def read(reading: Reading) -> Portion:
    """What the rows of a batch state, in the shape that their source declares."""
    return _SHAPES[reading.mapping.source.shape](reading)


def _whole(
    reading: Reading,
    *,
    entries: pa.Table | None = None,
    accounts: pa.Table | None = None,
    attributes: pa.Table | None = None,
    revenue: pa.Table | None = None,
) -> Portion:
    return Portion(
        rows=reading.rows_table(),
        set_aside=reading.set_aside(tuple(reading.batch.columns)),
        entries=entries,
        accounts=accounts,
        attributes=attributes,
        revenue=revenue,
    )


def _record(reading: Reading) -> Portion:
    source, model = reading.mapping.source, reading.mapping.model
    reading.journeys = reading.keys(source.columns.journey, _JOURNEY)
    dates = _dates_of_stages(reading)
    amounts = {
        column: reading.amounts(column, source.columns.currency)
        for column in {source.columns.amount, *source.stage_amount.values()}
    }
    departments = reading.meanings(source.columns.department, reading.mapping.departments)
    recorded = _recorded(reading)
    _set_dateless_aside(reading, dates)
    tables = []
    for stage, instants, precision in dates:
        code = model.stages[stage - 1].code
        index = reading.taken(is_known(instants))
        owner = source.stage_owner.get(code, source.columns.owner)
        amount = amounts[source.stage_amount.get(code, source.columns.amount)][0]
        tables.append(
            arrow(
                portion.ENTRIES,
                row=reading.rows[index],
                step=np.full(index.size, min(stage, 255)),
                journey=picked(reading.journeys, index),
                stage=np.full(index.size, stage),
                prec=precision[index],
                department=departments[index],
                owner=picked(reading.texts(owner), index),
                amount=amount[index],
                recorded_at=recorded[index],
                **dated(instants[index], zone=model.time_zone),
            )
        )
    return _whole(
        reading,
        entries=_stacked(tables),
        accounts=_accounts(reading),
        attributes=_attributes(reading, keyed=BY_JOURNEY, keys=reading.journeys),
    )


def _set_dateless_aside(reading: Reading, dates: list[tuple[int, Ints, Ints]]) -> None:
    """A row without any date enters no stage: refused, unless the mapping ignores its state."""
    dateless = reading.good.copy()
    for _, instants, _ in dates:
        dateless &= ~is_known(instants)
    status = reading.mapping.source.status
    states = reading.batch.columns[status.column] if status is not None else []
    for index in np.flatnonzero(dateless).tolist():
        if status is not None and reading.mapping.status.meaning(states[index]) == IGNORED:
            reading.ignore(index, _IGNORED_WORD)
        else:
            reading.refuse(index, None, _NO_DATE_AT_ALL)


def _dates_of_stages(reading: Reading) -> list[tuple[int, Ints, Ints]]:
    """Stage number, instants and precisions of each stage that a record can have."""
    source, model = reading.mapping.source, reading.mapping.model
    parsed = {column: reading.times(column) for column in time_columns(source)}
    dates = [(model.stage_number(code), *parsed[column]) for code, column in source.stages.items()]
    if source.status is None:
        return dates
    state = reading.meanings(source.status.column, reading.mapping.status)
    instants, precision = parsed[source.status.at]
    for code in dict.fromkeys(source.status.values.values()):
        stage = model.stage_number(code)
        here = np.where(state == stage, instants, np.iinfo(np.int64).min)
        for other, others, _ in dates:
            if other == stage:
                here = np.where(others == here, np.iinfo(np.int64).min, here)
        dates.append((stage, here, precision))
    return dates


def _events(reading: Reading) -> Portion:
    source = reading.mapping.source
    reading.journeys = reading.keys(source.columns.journey, _JOURNEY)
    stages = _stages_of_events(reading, source.columns.stage)
    return _one_entry_a_row(reading, stages, np.zeros(reading.size, dtype=np.int64))


def _history(reading: Reading) -> Portion:
    source = reading.mapping.source
    _ignore_other_fields(reading)
    reading.journeys = reading.keys(source.columns.journey, _JOURNEY)
    stages = _stages_of_events(reading, source.columns.new)
    old = np.zeros(reading.size, dtype=np.int64)
    if source.columns.old is not None:
        # An old value that no stage matches only can't be checked; the change itself is known.
        meanings = [
            reading.mapping.stages.meaning(c) for c in reading.batch.columns[source.columns.old]
        ]
        old = np.array([m if isinstance(m, int) and m > 0 else 0 for m in meanings], dtype=np.int64)
        for index in np.flatnonzero(reading.good & (old == stages) & (old > 0)).tolist():
            reading.ignore(index, _SAME_TWICE)
    return _one_entry_a_row(reading, stages, old)


def _ignore_other_fields(reading: Reading) -> None:
    source = reading.mapping.source
    if source.columns.field is None:
        return
    for index, cell in enumerate(reading.texts(source.columns.field).to_pylist()):
        if cell != source.history_field:
            why = Text(
                en=f'A change of "{cell}", not of "{source.history_field}".',
                ja=f"「{source.history_field}」ではなく「{cell}」の変更です。",
            )
            reading.ignore(index, why)


def _stages_of_events(reading: Reading, column: str | None) -> Ints:
    stages = reading.meanings(column, reading.mapping.stages, ignored=_IGNORED_WORD)
    why = Text(
        en="It is empty, so no stage was entered.", ja="空です。入ったフェーズが分かりません。"
    )
    for index in np.flatnonzero(reading.good & (stages == 0)).tolist():
        reading.refuse(index, column, why)
    return stages


def _one_entry_a_row(reading: Reading, stages: Ints, old: Ints) -> Portion:
    source, model = reading.mapping.source, reading.mapping.model
    assert source.columns.at is not None  # noqa: S101 -- the model's checks see to it
    instants, precision = reading.times(source.columns.at)
    for index in np.flatnonzero(reading.good & ~is_known(instants)).tolist():
        reading.refuse(index, source.columns.at, _NO_TIME)
    amounts, _ = reading.amounts(source.columns.amount, source.columns.currency)
    departments = reading.meanings(source.columns.department, reading.mapping.departments)
    recorded = _recorded(reading)
    chosen = reading.taken(is_known(instants))
    entries = arrow(
        portion.ENTRIES,
        row=reading.rows[chosen],
        journey=picked(reading.journeys, chosen),
        stage=stages[chosen],
        prec=precision[chosen],
        department=departments[chosen],
        owner=picked(reading.texts(source.columns.owner), chosen),
        amount=amounts[chosen],
        event=picked(reading.texts(source.columns.event_id), chosen),
        recorded_at=recorded[chosen],
        old=old[chosen],
        **dated(instants[chosen], zone=model.time_zone),
    )
    return _whole(
        reading,
        entries=entries,
        accounts=_accounts(reading),
        attributes=_attributes(reading, keyed=BY_JOURNEY, keys=reading.journeys),
    )


def _revenue(reading: Reading) -> Portion:
    source, model = reading.mapping.source, reading.mapping.model
    accounts = reading.keys(source.columns.account, _ACCOUNT)
    amounts, known = reading.amounts(source.columns.amount, source.columns.currency)
    for index in np.flatnonzero(reading.good & ~known).tolist():
        reading.refuse(index, source.columns.amount, _NO_AMOUNT)
    periods = _periods(reading)
    rows = reading.taken(np.array([period is not None for period in periods], dtype=np.bool_))
    chosen = [periods[i] for i in rows.tolist()]
    stops = np.array(
        [last_instant(p.stop, zone=model.time_zone) for p in chosen if p], dtype=np.int64
    )
    revenue = arrow(
        portion.REVENUE,
        row=reading.rows[rows],
        account=picked(accounts, rows),
        period_start=np.array([p.start for p in chosen if p], dtype=np.int64),
        period_end=np.array([p.stop for p in chosen if p], dtype=np.int64),
        prec=np.array([p.precision for p in chosen if p], dtype=np.int64),
        amount=amounts[rows],
        **dated(stops, zone=model.time_zone),
    )
    return _whole(
        reading,
        revenue=revenue,
        attributes=_attributes(reading, keyed=BY_ACCOUNT, keys=accounts),
    )


def _periods(reading: Reading) -> list[Period | None]:
    source, model = reading.mapping.source, reading.mapping.model
    periods: list[Period | None] = []
    for index, cell in enumerate(reading.texts(source.columns.period).to_pylist()):
        found = parse_period(cell)
        if isinstance(found, Text):
            reading.refuse(index, source.columns.period, found)
            periods.append(None)
            continue
        if last_instant(found.start, zone=model.time_zone) > reading.mapping.now:
            why = Text(
                en=f'The period "{cell}" lies in the future, so this is a plan and no revenue.',
                ja=f"期間「{cell}」は未来です。計画であり、売上の実績ではありません。",
            )
            reading.refuse(index, source.columns.period, why)
        periods.append(found)
    return periods


def _attributes_only(reading: Reading) -> Portion:
    source = reading.mapping.source
    if source.key == "account":
        keys = reading.keys(source.columns.account, _ACCOUNT)
        return _whole(reading, attributes=_attributes(reading, keyed=BY_ACCOUNT, keys=keys))
    reading.journeys = reading.keys(source.columns.journey, _JOURNEY)
    return _whole(
        reading,
        accounts=_accounts(reading),
        attributes=_attributes(reading, keyed=BY_JOURNEY, keys=reading.journeys),
    )


def _recorded(reading: Reading) -> Ints:
    column = reading.mapping.source.columns.recorded_at
    if column is None:
        return np.zeros(reading.size, dtype=np.int64)
    instants, _ = reading.times(column)
    return np.where(is_known(instants), instants, 0)


def _accounts(reading: Reading) -> pa.Table | None:
    column = reading.mapping.source.columns.account
    if column is None:
        return None
    cells = reading.texts(column)
    index = reading.taken(is_said(cells))
    return arrow(
        portion.ACCOUNTS,
        row=reading.rows[index],
        journey=picked(reading.journeys, index),
        account=picked(cells, index),
    )


def _attributes(reading: Reading, *, keyed: int, keys: pa.Array) -> pa.Table | None:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    source = reading.mapping.source
    columns: dict[str, str] = {}
    for name in _PLAIN_ATTRIBUTES:
        column = getattr(source.columns, name)
        if column is not None:
            columns[name] = column
    tables = []
    for name, column in {**columns, **source.attributes}.items():
        cells = reading.texts(column)
        index = reading.taken(is_said(cells))
        tables.append(
            arrow(
                portion.ATTRIBUTES,
                row=reading.rows[index],
                keyed=np.full(index.size, keyed),
                key=picked(keys, index),
                attribute=pa.repeat(name, index.size),
                value=picked(cells, index),
            )
        )
    return _stacked(tables)


def _stacked(tables: list[pa.Table]) -> pa.Table | None:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.concat_tables(tables) if tables else None


_SHAPES: Mapping[str, Callable[[Reading], Portion]] = {
    "record": _record,
    "events": _events,
    "history": _history,
    "revenue": _revenue,
    "attributes": _attributes_only,
}
