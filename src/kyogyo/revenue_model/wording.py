"""Pydantic's errors in words that a person can act on, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kyogyo.revenue_model.lines import Path
from kyogyo.revenue_model.problems import Problem
from kyogyo.revenue_model.schema import RevenueModel
from kyogyo.revenue_model.spelling import listing, meant, nearest
from kyogyo.words import Text

_LONGEST_VALUE = 60
_QUOTED = re.compile(r"'([^']*)'")


def problems_of(error: ValidationError, *, at: Path = ()) -> list[Problem]:
    """Every problem that pydantic found; `at` is where the object stands that it looked at."""
    found = error.errors(include_url=False)
    return [_problem(details, at) for details in found if not _only_seems_short(details)]


def _only_seems_short(details: ErrorDetails) -> bool:
    """Pydantic leaves out what it couldn't read before it counts; that was told already."""
    return (
        details["type"] == "too_short"
        and len(details["input"]) >= details.get("ctx", {})["min_length"]
    )


def _problem(details: ErrorDetails, at: Path) -> Problem:
    path = tuple(step for step in (*at, *details["loc"]) if step != "[key]")
    kind, value = details["type"], details["input"]
    if kind == "missing":
        return Problem(path[:-1], _missing(str(path[-1]), is_section=len(path) == 1))
    if kind == "extra_forbidden":
        return Problem(path, _unknown_key(str(path[-1]), _keys_at(path[:-1])))
    say = _WORDINGS.get(kind)
    if say is None:
        return Problem(
            path, Text(en=f"{details['msg']}.", ja=f"この値は使えません（{details['msg']}）。")
        )
    return Problem(path, say(value, details.get("ctx", {})))


def _missing(key: str, *, is_section: bool) -> Text:
    add = f"[[{key}]]" if is_section and key in ("departments", "tracks", "stages") else f"{key} ="
    return Text(
        en=f'"{key}" is missing. Add {add} ...',
        ja=f"「{key}」がありません。{add} … を加えてください。",
    )


def _unknown_key(key: str, allowed: list[str]) -> Text:
    known = listing(allowed)
    return (
        Text(en=f'"{key}" is not a key here.', ja=f"「{key}」というキーはここでは使えません。")
        + meant(key, allowed)
        + Text(en=f"There are: {known.en}.", ja=f"使えるもの: {known.ja}。")
    )


def _keys_at(path: Path) -> list[str]:
    """The keys that the object at `path` may have, in the order of the schema."""
    here: type[BaseModel] | None = RevenueModel
    for step in path:
        if isinstance(step, str) and here is not None:
            here = next(_models_in(here.model_fields[step].annotation), None)
    return list(here.model_fields) if here is not None else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def shown(value: Any) -> str:
    """A value of the file as the file would write it, cut when it is long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, Mapping):
        text = "{ " + ", ".join(f"{key} = {shown(item)}" for key, item in value.items()) + " }"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    else:
        text = value.isoformat() if isinstance(value, date) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _must_be(en: str, ja: str) -> Callable[[Any, Mapping[str, Any]], Text]:
    def say(value: Any, context: Mapping[str, Any]) -> Text:
        return Text(
            en=f"{shown(value)} doesn't fit. It must be {en.format(**context)}.",
            ja=f"{shown(value)} は使えません。{ja.format(**context)}を書いてください。",
        )

    return say


def _word_of(value: Any, context: Mapping[str, Any]) -> Text:
    """A word that isn't one of a fixed few."""
    allowed = _QUOTED.findall(str(context["expected"]))
    if not allowed:
        return Text(
            en=f"{shown(value)} doesn't fit. This Kyogyo reads {context['expected']}. "
            "A newer file needs a newer Kyogyo.",
            ja=f"{shown(value)} は使えません。このKyogyoで読めるのは {context['expected']} です。"
            "新しい形式のファイルには新しいKyogyoが必要です。",
        )
    known = listing(allowed)
    guess = meant(value, allowed) if isinstance(value, str) else Text(en="", ja="")
    return (
        Text(en=f"{shown(value)} doesn't fit.", ja=f"{shown(value)} は使えません。")
        + guess
        + Text(en=f"It must be one of: {known.en}.", ja=f"使えるもの: {known.ja}。")
    )


def _time_zone(value: Any, context: Mapping[str, Any]) -> Text:  # noqa: ARG001 -- one signature for all
    from zoneinfo import available_timezones  # noqa: PLC0415 -- slow import

    return (
        Text(
            en=f"{shown(value)} is not a time zone.",
            ja=f"{shown(value)} というタイムゾーンはありません。",
        )
        + meant(value, available_timezones())
        + Text(
            en="Write an IANA name such as Asia/Tokyo.",
            ja="Asia/Tokyo のようなIANA名で書いてください。",
        )
    )


def _currency(value: Any, context: Mapping[str, Any]) -> Text:  # noqa: ARG001 -- one signature for all
    guess = {"円": "JPY", "¥": "JPY", "￥": "JPY", "$": "USD", "€": "EUR", "YEN": "JPY"}.get(
        value.upper(), nearest(value, ["JPY", "USD", "EUR", "GBP", "BRL"])
    )
    return Text(
        en=f"{shown(value)} is not a currency.", ja=f"{shown(value)} という通貨コードはありません。"
    ) + Text(
        en=f'Write an ISO code in capitals such as "{guess or "JPY"}".',
        ja=f"「{guess or 'JPY'}」のような大文字のISOコードで書いてください。",
    )


def _too_short(value: Any, context: Mapping[str, Any]) -> Text:
    needed = context["min_length"]
    return Text(
        en=f"{shown(value)} is too short: at least {needed} needed.",
        ja=f"{shown(value)} では足りません。{needed}件以上必要です。",
    )


def _no_table(value: Any, context: Mapping[str, Any]) -> Text:
    return (_LABEL if context.get("class_name") == "Label" else _TABLE)(value, context)


_NUMBER = _must_be("a number, without quotes", "数値（引用符なし）")
_WHOLE = _must_be("a whole number, without quotes", "整数（引用符なし）")
_TABLE = _must_be("a table, such as {{ key = ... }}", "{{ キー = … }} の形の表")
_LABEL = _must_be(
    'text in quotes, or {{ en = "...", ja = "..." }}',
    '引用符で囲んだ文字か {{ en = "…", ja = "…" }} ',
)
_WORDINGS: dict[str, Callable[[Any, Mapping[str, Any]], Text]] = {
    "blank": lambda _value, _context: Text(
        en="The text is empty. Write it, or take the key away.",
        ja="文字が空です。内容を書くか、キーごと消してください。",
    ),
    "bool_type": _must_be("true or false, without quotes", " true か false（引用符なし）"),
    "clock_time": _must_be('a time of day such as "09:00"', "「09:00」のような時刻"),
    "code": _must_be(
        "a code: small letters a-z, digits and _, beginning with a letter",
        "英小文字で始まり、英小文字・数字・_ だけを使ったコード",
    ),
    "currency": _currency,
    "date_type": _must_be(
        "a date without quotes, such as 2026-12-31", "2026-12-31 のような日付（引用符なし）"
    ),
    "dict_type": _TABLE,
    "finite_number": _NUMBER,
    "float_type": _NUMBER,
    "greater_than": _must_be("more than {gt:g}", "{gt:g} より大きい値"),
    "greater_than_equal": _must_be("{ge} or more", "{ge} 以上の値"),
    "int_type": _WHOLE,
    "less_than_equal": _must_be("{le} or less", "{le} 以下の値"),
    "literal_error": _word_of,
    "mapping_type": _TABLE,
    "model_type": _no_table,
    "string_too_long": _must_be("one character", "1文字"),
    "string_too_short": _must_be("one character", "1文字"),
    "string_type": _must_be("text in quotes", "引用符で囲んだ文字"),
    "time_zone": _time_zone,
    "too_short": _too_short,
    "tuple_type": _must_be("a list in [ ]", "[ ] で囲んだ一覧"),
}
