"""Values of the fields that the company added itself, checked by their kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from kyogyo.errors import RuleError
from kyogyo.records.actions.keeping import LARGEST, take_text
from kyogyo.records.models import CustomField
from kyogyo.words import Text


def take_facts(*, noun: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with the values given; None or '' takes a value out. Raises RuleError for one that doesn't fit.

    A value that stays as it was is not checked again: it may be from an import.
    """
    declared = {one.code: one for one in CustomField.objects.filter(noun=noun, retired_at=None)}
    facts = dict(before)
    for code, value in given.items():
        if code in before and before[code] == value:
            continue
        if code not in declared:
            raise RuleError(
                en=f"There is no field {code!r}. An administrator can add it under Settings.",
                ja=f"項目 {code!r} がありません。管理者が設定画面で追加できます。",
            )
        if value is None or value == "":
            facts.pop(code, None)
        else:
            facts[code] = _checked(declared[code], value)
    return facts


def _checked(field: CustomField, value: Any) -> Any:
    if field.kind == CustomField.Kind.TEXT and isinstance(value, str):
        return take_text(value, limit=5_000, en=field.label_en, ja=field.label_ja)
    if field.kind == CustomField.Kind.NUMBER and _is_number(value):
        return value
    if field.kind == CustomField.Kind.MONEY and _is_whole(value) and 0 <= value <= LARGEST:
        return value
    if field.kind == CustomField.Kind.DATE and (day := _day(value)):
        return day
    if field.kind == CustomField.Kind.CHOICE and value in choices_of(field):
        return value
    wanted = _WANTED[CustomField.Kind(field.kind)]
    raise RuleError(
        en=f"{field.label_en}: {value!r} doesn't fit. Give {wanted.en}.",
        ja=f"{field.label_ja}: {value!r} は入力できません。{wanted.ja}を入力してください。",
    )


_WANTED = {
    CustomField.Kind.TEXT: Text(en="a text", ja="文字"),
    CustomField.Kind.NUMBER: Text(en="a number", ja="数値"),
    CustomField.Kind.MONEY: Text(en="an amount, 0 or more", ja="0以上の金額"),
    CustomField.Kind.DATE: Text(en="a date such as 2026-04-01", ja="2026-04-01 のような日付"),
    CustomField.Kind.CHOICE: Text(en="one of its choices", ja="選択肢のいずれか"),
}


def choices_of(field: CustomField) -> tuple[str, ...]:
    """What a choice is stored as: the choice itself, or its code where it has one."""
    return tuple(
        str(one.get("code") or one.get("en")) if isinstance(one, dict) else str(one)
        for one in field.choices
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _day(value: Any) -> str:
    """The date as it is stored, or '' for what is none."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""
