"""The date in a text: Western, Japanese with eras, months, quarters, in one reading or two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kyogyo.words import Text

SECOND, DAY, MONTH, QUARTER = 1, 2, 3, 4

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY_BEFORE = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+", re.I
)
_WEEKDAY_AFTER = re.compile(
    r"\s*\(?[月火水木金土日](?:曜日?)?(?:・?祝)?\)$|\s*[月火水木金土日]曜日?$"
)

# Each gives year, month, day by name; `era` and `n` instead of the year, `q` instead of the month.
_FORMS = [
    re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*日)?"),
    re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    re.compile(
        r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])\.?\s*(?P<n>元|\d{1,2})\s*(?:年|[-/.])\s*"
        r"(?P<m>\d{1,2})\s*(?:月|[-/.])(?:\s*(?P<d>\d{1,2})\s*日?)?",
        re.I,
    ),
    re.compile(_MONTH_NAME + r"\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})", re.I),
    re.compile(
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s]+" + _MONTH_NAME + r",?[-\s]+(?P<y>\d{4})", re.I
    ),
    re.compile(_MONTH_NAME + r",?[-\s]+(?P<y>\d{4})", re.I),
    re.compile(r"(?P<y>\d{4})[-/\s]*Q(?P<q>[1-4])", re.I),
    re.compile(r"(?P<y>\d{4})[-/\s]*(?P<q>[1-4])Q", re.I),
    re.compile(r"Q(?P<q>[1-4])[-/,\s]*(?P<y>\d{4})", re.I),
    re.compile(r"(?P<q>[1-4])Q[-/,\s]*(?P<y>\d{4})", re.I),
    re.compile(r"(?P<y>\d{4})\s*年\s*第?\s*(?P<q>[1-4])\s*四半期"),
]
_TWO_READINGS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}|\d{1,2}-[a-z]{3}-\d{2}", re.I)
_FISCAL = re.compile(r"(?:FY\s*'?\d{2,4}|\d{2,4}\s*年度).*", re.I)


@dataclass(frozen=True, slots=True)
class Day:
    """A date; `days` since 1970 of its first day."""

    days: int
    precision: int


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """`a/b/year`: month first or day first. None for the reading that gives no date."""

    month_first: Day | None
    day_first: Day | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no date that can be taken."""

    reason: Text


@lru_cache(maxsize=65_536)
def read_date(text: str) -> Day | TwoReadings | Fault:
    """The date that `text` (made `plain`) is, all of it."""
    bare = _WEEKDAY_AFTER.sub("", _WEEKDAY_BEFORE.sub("", text))
    for form in _FORMS:
        match = form.fullmatch(bare)
        if match:
            return _made(match.groupdict())
    match = _TWO_READINGS.fullmatch(bare)
    if match:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        readings = TwoReadings(_day(year, first, second), _day(year, second, first))
        return readings if readings.month_first or readings.day_first else Fault(NO_SUCH_DAY)
    if _FISCAL.fullmatch(bare):
        return Fault(FISCAL_YEAR)
    return Fault(SHORT_YEAR if _SHORT_YEAR.fullmatch(bare) else NOT_A_DATE)


def _made(parts: dict[str, str | None]) -> Day | Fault:
    year = _year(parts)
    if parts.get("q"):
        day = _day(year, int(parts["q"] or 0) * 3 - 2, 1)
        return Day(day.days, QUARTER) if day else Fault(NO_SUCH_DAY)
    name = parts.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["m"] or 0)
    day = _day(year, month, int(parts.get("d") or 1))
    if day is None:
        return Fault(NO_SUCH_DAY)
    return day if parts.get("d") else Day(day.days, MONTH)


def _year(parts: dict[str, str | None]) -> int:
    era = parts.get("era")
    if era is None:
        return int(parts["y"] or 0)
    count = parts["n"] or ""
    return _ERAS[_ERA_LETTERS.get(era.upper(), era)] + (1 if count == "元" else int(count))


def _day(year: int, month: int, day: int) -> Day | None:
    try:
        return Day(date(year, month, day).toordinal() - date(1970, 1, 1).toordinal(), DAY)
    except ValueError:
        return None


NOT_A_DATE = Text(
    en="Not a date or time that is known here. Write it like 2026-04-01 or 2026-04-01 09:05:00.",
    ja="日付や日時として読めません。2026-04-01 や 2026-04-01 09:05:00 のように書いてください。",
)
NO_SUCH_DAY = Text(
    en="There is no such day in the calendar. Correct the date.",
    ja="暦にない日付です。正しい日付に直してください。",
)
SHORT_YEAR = Text(
    en="The year has two digits, so the date has several readings. Write the year with four.",
    ja="年が 2 桁なので、何通りにも読めます。年を 4 桁で書いてください。",
)
FISCAL_YEAR = Text(
    en="A fiscal year is no date by itself. Write the date or the month, like 2026-04.",
    ja="年度だけでは日付が決まりません。2026-04 のように年月か日付で書いてください。",
)
