"""A period as a table of revenue writes it: a month, a quarter, a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kyogyo.words import Text

_EPOCH = date(1970, 1, 1)
_DAY, _MONTH, _QUARTER = 2, 3, 4
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (precision, re.compile(pattern, re.IGNORECASE))
    for precision, pattern in (
        (_QUARTER, rf"{_YEAR}[-/_ ]?Q(?P<part>[1-4])"),
        (_QUARTER, rf"Q(?P<part>[1-4])[-/_ ]?{_YEAR}"),
        (_QUARTER, rf"{_YEAR}年\s*第?(?P<part>[1-4])四半期"),
        (_MONTH, rf"{_YEAR}[-/.](?P<part>\d{{1,2}})"),
        (_MONTH, rf"{_YEAR}年\s*(?P<part>\d{{1,2}})月(?:度|分)?"),
        (_MONTH, rf"{_YEAR}(?P<part>0[1-9]|1[0-2])"),
        (
            _DAY,
            rf"{_YEAR}[-/.](?P<part>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:[ T]00:00(?::00(?:\.0+)?)?)?",
        ),
        (_DAY, rf"{_YEAR}年(?P<part>\d{{1,2}})月(?P<day>\d{{1,2}})日"),
    )
)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `start` (inside) to `stop` (outside); `precision` as of an entry's time."""

    start: int
    stop: int
    precision: int


@lru_cache(maxsize=65_536)
def parse_period(text: str) -> Period | Text:
    """The calendar period that `text` names, or why it names none.

    Months (2026-04, 2026年4月), quarters (2026Q2, 2026年第2四半期) and single days. Fiscal years
    and fiscal quarters aren't known here: they begin in another month in each organisation.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for precision, form in _FORMS:
        if found := form.fullmatch(plain):
            try:
                return _period(precision, found)
            except ValueError:
                break
    return Text(
        en=f'"{text}" is not a period such as 2026-04, 2026Q2 or 2026-04-01 (calendar, not fiscal).',
        ja=f"「{text}」は期間として読めません(例: 2026-04、2026Q2、2026年4月。会計年度ではなく暦で書いてください)。",
    )


def _period(precision: int, found: re.Match[str]) -> Period:
    year, part = int(found["year"]), int(found["part"])
    if precision == _DAY:
        start = (date(year, part, int(found["day"])) - _EPOCH).days
        return Period(start, start + 1, precision)
    months = 1 if precision == _MONTH else 3
    month = part if precision == _MONTH else 3 * part - 2
    begin = date(year, month, 1)
    end = date(year + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1)
    return Period((begin - _EPOCH).days, (end - _EPOCH).days, precision)
