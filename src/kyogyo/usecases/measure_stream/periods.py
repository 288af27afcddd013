"""The days that can be looked at, and those before them that they are compared with."""

from __future__ import annotations

from kyogyo.errors import RuleError
from kyogyo.period import Span, date_of, first_day, fiscal_year, month_of
from kyogyo.usecases.measure_stream.contents import Period
from kyogyo.words import Text

YEAR_DAYS = 365
_ROLLING = {"month": 30, "quarter": 90, "year": YEAR_DAYS}
PERIODS: dict[str, Text] = {
    "month": Text("Last 30 days", "直近 30 日"),
    "quarter": Text("Last 90 days", "直近 90 日"),
    "year": Text("Last 12 months", "直近 12 か月"),
    "this_month": Text("This month so far", "今月"),
    "this_quarter": Text("This fiscal quarter so far", "今四半期"),
    "this_year": Text("This fiscal year so far", "今年度"),
}


def period_of(code: str, *, last_day: int, first_seen: int, fiscal_start: int) -> Period:
    """The period `code`, up to `last_day` (inside).

    Compared is as long a time just before it; for one that begins with the calendar, the same days of the one before.
    `first_seen` is the first day with any data: from before it there is nothing to compare with.

    Raises:
        RuleError: there is no such period.
    """
    if code not in PERIODS:
        raise RuleError(
            en=f"There is no period “{code}”. Choose one of: {', '.join(PERIODS)}.",
            ja=f"期間「{code}」はありません。次から選んでください: {'、'.join(PERIODS)}。",
        )
    if code in _ROLLING:
        days = _ROLLING[code]
        span = Span(last_day - days + 1, last_day + 1)
        before = Span(span.start - days, span.start)
    else:
        start, earlier = _calendar(code, month=month_of(last_day), fiscal_start=fiscal_start)
        span = Span(first_day(start), last_day + 1)
        begin = first_day(earlier)
        before = Span(begin, min(begin + span.days, span.start))
    return Period(code, PERIODS[code], span, before if before.start >= first_seen else None)


def _calendar(code: str, *, month: int, fiscal_start: int) -> tuple[int, int]:
    """The months with which this and the last calendar period begin."""
    if code == "this_month":
        return month, month - 1
    year = fiscal_year(month, start=fiscal_start) * 12 + fiscal_start - 1
    if code == "this_year":
        return year, year - 12
    quarter = year + (month - year) // 3 * 3
    return quarter, quarter - 3


def days_in_words(span: Span) -> Text:
    """The first and the last day of a span."""
    first, last = date_of(span.start), date_of(span.stop - 1)
    return Text(en=f"{first} to {last}", ja=f"{first}〜{last}")
