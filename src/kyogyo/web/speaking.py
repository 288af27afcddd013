"""In which language, zone and currency the answer to this request is written.

Kept in a context variable, so that a macro or a format needs no request handed to it.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.errors import KyogyoError
from kyogyo.records.queries.model import current
from kyogyo.words import LANGS, Lang

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel

COOKIE = "kyogyo_lang"


@dataclass
class Speaking:
    """The language, and what the declared model says about zone and currency."""

    lang: Lang = "en"

    @cached_property
    def model(self) -> RevenueModel | None:
        """The model in force; None before the first one is declared."""
        try:
            return current().model
        except KyogyoError:
            return None

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.model.time_zone if self.model else "UTC")

    @property
    def currency(self) -> str:
        return self.model.currency if self.model else "JPY"


_SPEAKING: ContextVar[Speaking | None] = ContextVar("speaking", default=None)


def speaking() -> Speaking:
    """How to speak now. Outside a request: English, the zone and currency of the model."""
    return _SPEAKING.get() or Speaking()


def speak(as_: Speaking) -> None:
    """Speak so from here on, in this context."""
    _SPEAKING.set(as_)


def known_lang(word: str | None) -> Lang | None:
    """`word` as a language that is spoken here: `ja-JP` is `ja`; None for another."""
    short = (word or "").strip().lower()[:2]
    return next((lang for lang in LANGS if lang == short), None)
