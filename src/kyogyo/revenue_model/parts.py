"""What every declared object is made of: strict values, codes, and labels in two languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, LiteralString
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from kyogyo.revenue_model.currencies import CURRENCIES
from kyogyo.words import Text

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Declared(BaseModel):
    """An object of the model file: it never changes, and a key it doesn't know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def _refused(*, kind: LiteralString) -> PydanticCustomError:
    """An error that `wording` puts into words; the text here is only for who calls pydantic."""
    return PydanticCustomError(kind, kind)


def _is_code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise _refused(kind="code")
    return value


def _is_said(value: str) -> str:
    if not value.strip():
        raise _refused(kind="blank")
    return value


def _is_zone(value: str) -> str:
    if value not in available_timezones():
        raise _refused(kind="time_zone")
    return value


def _is_currency(value: str) -> str:
    if value not in CURRENCIES:
        raise _refused(kind="currency")
    return value


def _is_clock_time(value: str) -> str:
    if not _CLOCK_TIME.fullmatch(value):
        raise _refused(kind="clock_time")
    return value


# `true` is no number, "5" is no number, and 5.0 is no whole number.
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, Strict()]

Said = Annotated[str, AfterValidator(_is_said)]
Code = Annotated[str, AfterValidator(_is_code)]
Zone = Annotated[str, AfterValidator(_is_zone)]
Currency = Annotated[str, AfterValidator(_is_currency)]
ClockTime = Annotated[str, AfterValidator(_is_clock_time)]


class Label(Declared):
    """What people call a thing. A plain string in the file stands for both languages."""

    en: Said
    ja: Said

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, value: Any) -> Any:
        return {"en": value, "ja": value} if isinstance(value, str) else value

    @property
    def text(self) -> Text:
        return Text(en=self.en, ja=self.ja)
