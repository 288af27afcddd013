"""What the forms of a journey send, as the values that actions take."""

from __future__ import annotations

import unicodedata
from datetime import date, time, timedelta
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.actions.moves import Answered
from kyogyo.records.queries.calendar import hours_of
from kyogyo.records.queries.journey_filter import read_amount
from kyogyo.records.queries.model import current
from kyogyo.web.formats import local
from kyogyo.words import minor_digits, read_whole

if TYPE_CHECKING:
    from django.http import QueryDict

    from kyogyo.records.models import CustomField


def read_day(post: QueryDict, name: str) -> date | None:
    """A day, as browsers send it or with slashes; None where nothing was typed."""
    typed = post.get(name, "").strip()
    if not typed:
        return None
    return _day(typed)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.replace("/", "-"))
    except ValueError:
        raise RuleError(
            en=f"{typed!r} is no date. Write it as 2026-10-31.",
            ja=f"「{typed}」は日付として読めません。2026-10-31 の形で入力してください。",
        ) from None


def read_due(post: QueryDict) -> date | None:
    """The day of a next step: one that was chosen, or some days from now, put on a working day."""
    chosen = read_day(post, "due_on")
    days = read_whole(post.get("in_days", ""))
    if chosen is not None or days is None:
        return chosen
    due = local(timezone.now()).date() + timedelta(days=min(days, 365))
    hours = hours_of(current().model)
    for _ in range(14):
        if hours.works_on(due):
            break
        due += timedelta(days=1)
    return due


def read_clock(post: QueryDict, name: str = "due_time") -> time | None:
    """A time of day; None where nothing was typed."""
    typed = post.get(name, "").strip().replace("：", ":")
    if not typed:
        return None
    try:
        return time.fromisoformat(typed.zfill(5)).replace(tzinfo=None)
    except ValueError:
        raise RuleError(
            en=f"{typed!r} is no time of day. Write it as 14:00.",
            ja=f"「{typed}」は時刻として読めません。14:00 の形で入力してください。",
        ) from None


def read_number(post: QueryDict, name: str) -> int | None:
    """An id or a revision; None for what is left out or no number."""
    return read_whole(post.get(name, "").strip())


def read_minor(post: QueryDict, name: str) -> int | None:
    """An amount in whole units as minor ones; None where nothing was typed: unknown."""
    typed = post.get(name, "").strip()
    if not typed:
        return None
    try:
        whole = read_amount(typed)
    except (ValueError, InvalidOperation):
        raise RuleError(
            en=f"{typed!r} is no amount. Write it as 1,200,000.",
            ja=f"「{typed}」は金額として読めません。1,200,000 や 120万 の形で入力してください。",
        ) from None
    return int(whole * 10 ** minor_digits(current().model.currency))


def typed_money(minor: int | None) -> str:
    """Minor units as somebody would type them in whole ones; '' for unknown."""
    digits = minor_digits(current().model.currency)
    return "" if minor is None else f"{minor / 10**digits:,.{digits}f}"


def read_fact(post: QueryDict, name: str, field: CustomField) -> Any:
    """The value of a field of the company's own, as its kind keeps it; None for nothing."""
    written = post.get(name, "").strip()
    if not written:
        return None
    if field.kind == "money":
        return read_minor(post, name)
    if field.kind == "number":
        try:
            number = float(unicodedata.normalize("NFKC", written).replace(",", ""))
        except ValueError:
            raise RuleError(
                en=f"{written!r} is no number. Write digits, as 1200.",
                ja=f"「{written}」は数値として読めません。1200 のように入力してください。",
            ) from None
        return int(number) if number.is_integer() else number
    return written


def typed_fact(field: CustomField, value: Any) -> str:
    """A stored value as somebody would type it; '' where there is none."""
    if value is None:
        return ""
    if field.kind == "money" and isinstance(value, int):
        return typed_money(value)
    return str(value)


def read_met(post: QueryDict) -> dict[str, str]:
    """The criteria that were ticked, with their evidence: fields met:<code>, evidence:<code>."""
    return {
        name.removeprefix("met:"): post.get(f"evidence:{name.removeprefix('met:')}", "")
        for name in post
        if name.startswith("met:")
    }


def read_answers(post: QueryDict) -> list[Answered]:
    """The questions that were answered, or said to be unknown: fields answer:<code>, unknown:<code>."""
    codes = dict.fromkeys(
        name.split(":", 1)[1] for name in post if name.startswith(("answer:", "unknown:"))
    )
    found = [
        Answered(
            question=code,
            answer=post.get(f"answer:{code}", "").strip(),
            is_unknown=bool(post.get(f"unknown:{code}")),
        )
        for code in codes
    ]
    return [one for one in found if one.answer or one.is_unknown]


def read_promises(post: QueryDict) -> list[tuple[str, date | None]]:
    """Promises written line by line: fields promise, promise_due, as often as there are lines."""
    texts, dues = post.getlist("promise"), post.getlist("promise_due")
    found = []
    for place, text in enumerate(texts):
        due = dues[place].strip() if place < len(dues) else ""
        if text.strip():
            found.append((text.strip(), _day(due) if due else None))
    return found
