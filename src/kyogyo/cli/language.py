"""Which language a command answers in."""

from __future__ import annotations

import os

from kyogyo.errors import KyogyoError
from kyogyo.words import LANGS, Lang


def chosen_lang(lang: str | None = None) -> Lang:
    """`lang` if given, else KYOGYO_LANG, else Japanese where the terminal's locale is, else English.

    Raises:
        KyogyoError: another language was asked for.
    """
    asked = lang or os.environ.get("KYOGYO_LANG")
    if asked:
        for known in LANGS:
            if asked.casefold() == known:
                return known
        raise KyogyoError(
            en=f"There is no language {asked!r} here. Use --lang en or --lang ja.",
            ja=f"言語 {asked!r} には対応していません。--lang ja または --lang en を指定してください。",
        )
    locale = (
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    return "ja" if locale.startswith("ja") else "en"
