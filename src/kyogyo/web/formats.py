"""Numbers, days, times and money as people read them, in the language of the request."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from markupsafe import Markup

from kyogyo import words
from kyogyo.web.speaking import speaking
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import Label
    from kyogyo.words import Lang

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "ja": "月火水木金土日"}
_SIZES = ((86_400, "d", "日"), (3_600, "h", "時間"), (60, "min", "分"))


def t(en: str, ja: str) -> str:
    """One of the two, by the language of the request."""
    return ja if speaking().lang == "ja" else en


def say(text: Text | Label | str) -> str:
    """A text or a label of the model, in the language of the request. A plain string stays."""
    if isinstance(text, str):
        return text
    said = text if isinstance(text, Text) else text.text
    return said.say(speaking().lang)


def lang() -> Lang:
    return speaking().lang


def unknown() -> str:
    """What stands where nothing is known: it is neither a zero nor a blank."""
    return t("unknown", "未確認")


def money(minor: float | None) -> str:
    """Minor units of the model's currency, three digits kept."""
    if minor is None:
        return unknown()
    now = speaking()
    return words.money(minor, currency=now.currency, lang=now.lang)


def exact_money(minor: int | None) -> str:
    """Minor units of the model's currency, to the last one."""
    if minor is None:
        return unknown()
    return words.exact_money(minor, currency=speaking().currency)


def percent(share: float | None, digits: int = 1) -> str:
    return unknown() if share is None else words.percent(share, digits=digits)


def count(value: float | None) -> str:
    return unknown() if value is None else words.count(value)


def local(at: datetime) -> datetime:
    return at.astimezone(speaking().zone)


def day(value: date | datetime | None) -> Markup | str:
    """A day: `1 Apr 2026`, `2026年4月1日`."""
    if value is None:
        return unknown()
    on = local(value).date() if isinstance(value, datetime) else value
    return _time(on.isoformat(), _day_words(on))


def short_day(value: date | datetime | None) -> Markup | str:
    """A day near now, with its weekday: `Wed 1 Apr`, `4/1（水）`. The year where it isn't this one."""
    if value is None:
        return unknown()
    on = local(value).date() if isinstance(value, datetime) else value
    weekday = _WEEKDAYS[speaking().lang][on.weekday()]
    is_now = on.year == local(timezone.now()).year
    if speaking().lang == "ja":
        said = f"{on.month}/{on.day}（{weekday}）" if is_now else f"{on.year}/{on.month}/{on.day}"
    else:
        said = f"{weekday} {on.day} {_MONTHS[on.month - 1]}" if is_now else _day_words(on)
    return _time(on.isoformat(), said)


def due(on: date | None, at: datetime | None) -> Markup | str:
    """A day near now with the time of day, where there is one: `Wed 1 Apr, 14:00`, `4/1（水） 14:00`."""
    if at is None:
        return short_day(on)
    here = local(at)
    between = "" if speaking().lang == "ja" else ","
    return Markup('{}{} <b class="clock-time">{}</b>').format(
        short_day(here.date()), between, here.strftime("%H:%M")
    )


def when(at: datetime | None) -> Markup | str:
    """A day and a time of day in the zone of the model: `1 Apr 2026, 14:05`."""
    if at is None:
        return unknown()
    here = local(at)
    between = " " if speaking().lang == "ja" else ", "
    return _time(at.isoformat(), f"{_day_words(here.date())}{between}{here:%H:%M}")


def ago(at: datetime | None, now: datetime | None = None) -> Markup | str:
    """How far away an instant is: `5 min ago`, `in 3 h`; `5分前`, `3時間後`. The instant itself on hover."""
    if at is None:
        return unknown()
    seconds = ((now or timezone.now()) - at).total_seconds()
    size = span(abs(seconds))
    if abs(seconds) < 60:
        said = t("just now", "たった今") if seconds >= 0 else t("now", "まもなく")
    elif seconds >= 0:
        said = t(f"{size} ago", f"{size}前")
    else:
        said = t(f"in {size}", f"{size}後")
    here = local(at)
    return _time(at.isoformat(), said, title=f"{_day_words(here.date())} {here:%H:%M}")


def span(seconds: float) -> str:
    """A length of time in its largest whole unit: `3 h`, `3時間`."""
    for size, en, ja in _SIZES:
        if seconds >= size or size == 60:
            amount = max(int(seconds // size), 0)
            return t(f"{amount} {en}", f"{amount}{ja}")
    raise AssertionError


def _day_words(on: date) -> str:
    if speaking().lang == "ja":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def _time(machine: str, said: str, title: str = "") -> Markup:
    if title:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, said)
    return Markup('<time datetime="{}">{}</time>').format(machine, said)
