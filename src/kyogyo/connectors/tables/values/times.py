"""A column of dates and times to instants. Nothing is guessed: what has two readings is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from kyogyo.connectors.tables.values.clocks import Clock, read_clock, read_compact_clock
from kyogyo.connectors.tables.values.dates import (
    NOT_A_DATE,
    SECOND,
    Day,
    Fault,
    TwoReadings,
    read_date,
)
from kyogyo.connectors.tables.values.iso import read_iso
from kyogyo.connectors.tables.values.numbers import NumberForm, number_form, number_moment
from kyogyo.connectors.tables.values.texts import plain, says_nothing
from kyogyo.connectors.tables.values.zones import DAY_US, to_utc
from kyogyo.words import Text

DateOrder = Literal["ymd", "mdy", "dmy"]

# In an array of instants: there is none.
MISSING = int(np.iinfo(np.int64).min)

_PLACEHOLDER_FROM = 29_220 * DAY_US  # 2050-01-01
_TIME_AFTER = re.compile(
    r"(?P<date>.+?)(?:\s*T\s*|\s+|(?<=日)|(?<=\)))(?P<time>(?:午前|午後)?\s*\d{1,2}\s*[:時].*)",
    re.I,
)
_COMPACT = re.compile(r"(?P<date>\d{8}|\d{4}-\d\d-\d\d)T(?P<time>\d{4}.*)")
_RUN_OF_DIGITS = re.compile(r"(?P<date>\d{8})(?P<time>\d{4}(?:\d\d)?)")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NO_DATE = re.compile(r"0000[-/]00[-/]00(?:[ T]00:00:00(?:\.0+)?)?")


@dataclass(frozen=True, slots=True)
class _Moment:
    day: Day | TwoReadings
    clock: Clock | None


@dataclass(slots=True)
class _Column:
    """What the slow way fills: as written in microseconds, precision, offset, problems."""

    local: npt.NDArray[np.int64]
    precision: npt.NDArray[np.int8]
    zoned: npt.NDArray[np.bool_]
    offset: npt.NDArray[np.int64]
    problems: dict[int, Text] = field(default_factory=dict)

    def set(self, at: int, day: Day, clock: Clock | None) -> None:
        self.local[at] = day.days * DAY_US + (clock.micros if clock else 0)
        self.precision[at] = SECOND if clock else day.precision
        if clock and clock.offset is not None:
            self.zoned[at] = True
            self.offset[at] = clock.offset


def parse_times(
    cells: Sequence[str], *, zone: str, order: DateOrder | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8], dict[int, Text]]:
    """Instants of a column, in microseconds since 1970 UTC, with their precision and problems.

    A time without an offset is in `zone`; a date is the midnight it begins with there, a month or
    quarter that of its first day. Precision: 1 second (any time of day), 2 day, 3 month,
    4 quarter; 0 where there is nothing. An empty cell (also `-`, `N/A`, `NULL`, `0000-00-00`) is
    MISSING without a problem; every other cell that is MISSING has one, by its index.

    `order` is how dates like 4/1/2026 are to be read. Without it the cells given decide: one that
    can be read in one way only proves the order for all; where they prove none or both, those
    with two readings have a problem. Numbers are read as Excel's serial days or as seconds (or
    milli-, microseconds) since 1970 only when all dates of the column are numbers of that one
    kind. Dates before 1970 are refused; 1970-01-01 and dates from 2050 on are placeholders.
    At changes of the clocks see `zones.to_utc`.
    """
    size = len(cells)
    column = _Column(
        local=np.full(size, MISSING, dtype=np.int64),
        precision=np.zeros(size, dtype=np.int8),
        zoned=np.zeros(size, dtype=np.bool_),
        offset=np.zeros(size, dtype=np.int64),
    )
    iso = read_iso(cells)
    column.local[iso.at] = iso.local
    column.precision[iso.at] = iso.precision
    column.zoned[iso.at] = iso.zoned
    column.offset[iso.at] = iso.offset
    if len(iso.at) < size:
        rest = np.nonzero(column.precision == 0)[0].tolist()
        _read_rest(cells, rest, column, order=order, any_iso=len(iso.at) > 0)
    return _finished(column, zone=zone)


def detect_date_order(cells: Iterable[str]) -> DateOrder | Literal["mixed"] | None:
    """The order of dates that the cells prove.

    'mdy' or 'dmy' by dates like 4/13/2026 that have one reading, 'mixed' when there are such of
    both, 'ymd' when all dates have the year first, None when nothing is proven.
    """
    different = list(dict.fromkeys(cells))
    iso = read_iso(different)
    year_first = set(iso.at.tolist())
    month_first = day_first = two = False
    other = bool(year_first)
    for place, cell in enumerate(different):
        if place in year_first:
            continue
        moment = _read_cell(plain(cell))
        if not isinstance(moment, _Moment):
            continue
        if isinstance(moment.day, TwoReadings):
            two = True
            month_first = month_first or moment.day.day_first is None
            day_first = day_first or moment.day.month_first is None
        else:
            other = True
    if month_first and day_first:
        return "mixed"
    if month_first or day_first:
        return "mdy" if month_first else "dmy"
    return "ymd" if other and not two else None


def _read_rest(
    cells: Sequence[str],
    rest: list[int],
    column: _Column,
    *,
    order: DateOrder | None,
    any_iso: bool,
) -> None:
    known: dict[str, _Moment | Fault | str | None] = {}
    numbers: list[int] = []
    two_readings: list[tuple[int, TwoReadings, Clock | None]] = []
    any_date = any_iso
    for at in rest:
        cell = cells[at]
        if cell in known:
            found = known[cell]
        else:
            found = known[cell] = _read_cell(plain(cell))
        if found is None:
            continue
        if isinstance(found, Fault):
            column.problems[at] = found.reason
        elif isinstance(found, str):
            numbers.append(at)
        elif isinstance(found.day, TwoReadings):
            any_date = True
            two_readings.append((at, found.day, found.clock))
        else:
            any_date = True
            column.set(at, found.day, found.clock)
    _settle_order(two_readings, column, order=order)
    texts = {at: plain(cells[at]) for at in numbers}
    form = None if any_date else number_form(texts.values())
    _settle_numbers(texts, column, form=form)


def _read_cell(text: str) -> _Moment | Fault | str | None:
    """What a cell is: a moment, a fault, a bare number (its text), or nothing."""
    if says_nothing(text) or _NO_DATE.fullmatch(text):
        return None
    digits = _RUN_OF_DIGITS.fullmatch(text)
    split = _COMPACT.fullmatch(text) or digits
    if split:
        clock = read_compact_clock(split["time"])
    elif _NUMBER.fullmatch(text) and len(text) != 8:
        return text
    else:
        split = _TIME_AFTER.fullmatch(text)
        clock = read_clock(split["time"].strip()) if split else None
    if split and clock is None:
        return Fault(NOT_A_DATE)
    day = read_date(split["date"] if split else text)
    return day if isinstance(day, Fault) else _Moment(day, clock)


def _settle_order(
    cells: list[tuple[int, TwoReadings, Clock | None]],
    column: _Column,
    *,
    order: DateOrder | None,
) -> None:
    month_first = any(day.day_first is None for _, day, _ in cells)
    day_first = any(day.month_first is None for _, day, _ in cells)
    proven = {(True, False): "mdy", (False, True): "dmy"}.get((month_first, day_first))
    for at, day, clock in cells:
        read = _reading(day, order=order, proven=proven)
        if isinstance(read, Day):
            column.set(at, read, clock)
        elif order:
            column.problems[at] = _NOT_IN_ORDER[order]
        else:
            column.problems[at] = _TWO_ORDERS if month_first else _NO_ORDER


def _reading(day: TwoReadings, *, order: DateOrder | None, proven: str | None) -> Day | None:
    """The one reading of a date: as stated, else the only one it has, else as proven by others."""
    if order:
        return {"ymd": None, "mdy": day.month_first, "dmy": day.day_first}[order]
    if day.month_first is None or day.month_first == day.day_first:
        return day.day_first
    if day.day_first is None:
        return day.month_first
    return {None: None, "mdy": day.month_first, "dmy": day.day_first}[proven]


def _settle_numbers(texts: dict[int, str], column: _Column, *, form: NumberForm | None) -> None:
    for at, text in texts.items():
        moment = number_moment(text, form=form) if form else None
        if moment is None:
            column.problems[at] = _BARE_NUMBER
            continue
        micros, precision, is_utc = moment
        column.local[at] = micros
        column.precision[at] = precision
        column.zoned[at] = is_utc


def _finished(
    column: _Column, *, zone: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8], dict[int, Text]]:
    present = column.precision > 0
    early = present & (column.local < 0)
    placeholder = present & (
        ((column.local >= 0) & (column.local < DAY_US)) | (column.local >= _PLACEHOLDER_FROM)
    )
    for at in np.nonzero(early)[0].tolist():
        column.problems[at] = _TOO_EARLY
    for at in np.nonzero(placeholder)[0].tolist():
        column.problems[at] = _PLACEHOLDER
    present &= ~early & ~placeholder
    micros = np.full(len(present), MISSING, dtype=np.int64)
    naive = present & ~column.zoned
    micros[naive] = to_utc(column.local[naive], zone=zone)
    zoned = present & column.zoned
    micros[zoned] = column.local[zoned] - column.offset[zoned]
    return micros, np.where(present, column.precision, 0).astype(np.int8), column.problems


_TOO_EARLY = Text(
    en="The date is before 1970, so it can't be an event of a sale. Correct it or leave it empty.",
    ja="1970 年より前の日付なので、営業の出来事とは考えられません。直すか空にしてください。",
)
_PLACEHOLDER = Text(
    en="A placeholder date (1970-01-01, or 2050 and later), which stands for no date. "
    "Leave the cell empty instead.",
    ja="仮の日付(1970-01-01、または 2050 年以降)で、日付がないことを表すものと考えられます。"
    "セルを空にしてください。",
)
_NOT_IN_ORDER: dict[DateOrder, Text] = {
    "ymd": Text(
        en='The year does not come first, though the source says dates = "ymd". Correct one of them.',
        ja='ソースでは dates = "ymd" ですが、年が先頭にありません。どちらかを直してください。',
    ),
    "mdy": Text(
        en="No date when read month first, which the source states or other dates of the column "
        "prove. Correct it.",
        ja="ソースの指定かこの列のほかの日付に従い、月を先に読むと日付になりません。直してください。",
    ),
    "dmy": Text(
        en="No date when read day first, which the source states or other dates of the column "
        "prove. Correct it.",
        ja="ソースの指定かこの列のほかの日付に従い、日を先に読むと日付になりません。直してください。",
    ),
}
_TWO_ORDERS = Text(
    en="The column has dates in two orders (month first and day first), and this one can be read "
    "in both. Write the dates as 2026-04-01.",
    ja="この列には月が先の日付と日が先の日付が混ざっていて、この日付はどちらにも読めます。"
    "2026-04-01 の形で書いてください。",
)
_NO_ORDER = Text(
    en="The date can be read month first or day first, and nothing in the column tells which. "
    'State dates = "mdy" or dates = "dmy" in the source.',
    ja="月が先とも日が先とも読め、列のほかの日付からも決まりません。"
    'ソースに dates = "mdy" か dates = "dmy" を指定してください。',
)
_BARE_NUMBER = Text(
    en="A bare number is a date only when the whole column holds numbers of one kind (Excel days, "
    "or seconds since 1970). Write it like 2026-04-01.",
    ja="数値だけのセルは、列全体が同じ種類の数値(Excel のシリアル値や 1970 年からの秒数)のときだけ"
    "日付として読みます。2026-04-01 の形で書いてください。",
)
