"""Answers as they are kept: one spelling for each kind of question, whatever was typed."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError
from kyogyo.records.actions.keeping import take_text
from kyogyo.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyogyo.revenue_model import Question

_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,6})?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)")
_REIWA = re.compile(r"(?:令和|R)([1-9]\d?|元)[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)")
_MONEY_MARKS = re.compile(r"[¥$€£円]|JPY|USD|EUR|GBP", re.IGNORECASE)
_LETTER_SIZES = {"k": 10**3, "m": 10**6, "b": 10**9}
_YES = frozenset({"yes", "y", "true", "1", "はい", "有", "あり", "有り", "○", "〇"})
_NO = frozenset({"no", "n", "false", "0", "いいえ", "無", "なし", "無し", "×", "✕"})
_LARGEST_MONEY = 10**16
LONGEST = 5_000


def read_answer(question: Question, typed: str, *, currency: str) -> str:
    """The answer as it is kept; full-width digits and signs are read as their narrow ones.

    A text as it is, a number as "1234.5", a date as "2026-10-31" (a month alone means its last day),
    a choice as its English label, money as minor units of `currency`, yes or no as "yes" or "no".
    Raises RuleError for what isn't of the question's kind, and for an empty answer.
    """
    text = take_text(typed.replace("\r\n", "\n"), limit=LONGEST, en="answer", ja="回答")
    if not text:
        raise RuleError(
            en=f"“{question.label.en}” has no answer. Write one, or mark it as unknown.",
            ja=f"「{question.label.ja}」の回答がありません。記入するか、「未確認」にしてください。",
        )
    if question.kind == "text":
        return text
    narrow = unicodedata.normalize("NFKC", text).strip()
    if question.kind == "money":
        return _money(question, narrow, currency)
    return _READERS[question.kind](question, narrow)


def _number(question: Question, text: str) -> str:
    value = _value(text)
    if value is None:
        raise _refused(question, text, en="a number such as 120 or 2.5", ja="120 や 2.5 のような数")
    return _plain(value)


def _money(question: Question, text: str, currency: str) -> str:
    value = _value(_MONEY_MARKS.sub("", text))
    minor = None if value is None else value * 10 ** minor_digits(currency)
    if minor is None or minor < 0 or minor != minor.to_integral_value() or minor > _LARGEST_MONEY:
        raise _refused(
            question,
            text,
            en="an amount such as 1,200,000 or 1.2M",
            ja="1,200,000 や 120万 のような金額",
        )
    return str(int(minor))


def _value(text: str) -> Decimal | None:
    """The number written in `text`: 1,234.5, 1.2M, 120万, 5千万, 1億2,000万. None if it is none."""
    rest = re.sub(r"[,、\s_]", "", text)
    if rest[-1:].lower() in _LETTER_SIZES:
        value = _digits(rest[:-1])
        return None if value is None else value * _LETTER_SIZES[rest[-1].lower()]
    total = Decimal(0)
    for unit, size in (("億", 10**8), ("万", 10**4)):
        if unit in rest:
            head, rest = rest.split(unit, 1)
            part = _thousands(head)
            if part is None:
                return None
            total += part * size
            if not rest:
                return total
    part = _thousands(rest)
    return None if part is None else total + part


def _thousands(text: str) -> Decimal | None:
    if "千" not in text:
        return _digits(text)
    head, tail = text.split("千", 1)
    before, after = _digits(head or "1"), _digits(tail or "0")
    return None if before is None or after is None else before * 1_000 + after


def _digits(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _date(question: Question, text: str) -> str:
    found = _day(re.sub(r"\s", "", text))
    if found is None:
        raise _refused(question, text, en="a date such as 2026-10-31", ja="2026-10-31 のような日付")
    return found.isoformat()


def _day(compact: str) -> date | None:
    """2026-10-31, 2026/10/31, 2026年10月, 令和8年10月31日; None for anything else."""
    found, since = _DATE.fullmatch(compact), 0
    if found is None:
        found, since = _REIWA.fullmatch(compact), 2018
    if found is None:
        return None
    try:
        year = since + (1 if found[1] == "元" else int(found[1]))
        month = int(found[2])
        return date(year, month, int(found[3]) if found[3] else monthrange(year, month)[1])
    except ValueError:
        return None


def _choice(question: Question, text: str) -> str:
    for choice in question.choices:
        if text.casefold() in (_folded(choice.en), _folded(choice.ja)):
            return choice.en
    raise _refused(
        question,
        text,
        en=f"one of: {', '.join(choice.en for choice in question.choices)}",
        ja=f"{'、'.join(choice.ja for choice in question.choices)} のいずれか",
    )


def _folded(label: str) -> str:
    return unicodedata.normalize("NFKC", label).strip().casefold()


def _boolean(question: Question, text: str) -> str:
    word = text.casefold()
    if word in _YES or word in _NO:
        return "yes" if word in _YES else "no"
    raise _refused(question, text, en="yes or no", ja="はい か いいえ")


_READERS: dict[str, Callable[[Question, str], str]] = {
    "number": _number,
    "date": _date,
    "choice": _choice,
    "boolean": _boolean,
}


def _refused(question: Question, text: str, *, en: str, ja: str) -> RuleError:
    shown = text if len(text) <= 60 else text[:59] + "…"
    return RuleError(
        en=f"“{question.label.en}”: {shown!r} doesn't fit. Write {en}, or mark it as unknown.",
        ja=f"「{question.label.ja}」に「{shown}」は使えません。{ja}を記入するか、「未確認」にしてください。",
    )
