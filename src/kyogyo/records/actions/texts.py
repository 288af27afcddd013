"""What people typed, made fit to be kept."""

from __future__ import annotations

from kyogyo.errors import RuleError

LONGEST = 5_000


def sound(typed: str, *, most: int = LONGEST) -> str:
    """`typed` without blanks around it. Raises RuleError for what no database can keep, or too long a text."""
    text = typed.replace("\r\n", "\n").strip()
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
        raise RuleError(
            en="The text holds a character that can't be kept (it is broken). Type it again, or paste it without formatting.",
            ja="保存できない文字（壊れた文字）が含まれています。入力し直すか、書式なしで貼り付けてください。",
        )
    if len(text) > most:
        raise RuleError(
            en=f"The text has {len(text):,} characters. Shorten it to {most:,}.",
            ja=f"{len(text):,}文字あります。{most:,}文字以内にしてください。",
        )
    return text


def needed(typed: str, *, en: str, ja: str, most: int = LONGEST) -> str:
    """`typed`, made sound, which must not be empty. `en` and `ja` ask for it in words."""
    text = sound(typed, most=most)
    if not text:
        raise RuleError(en=en, ja=ja)
    return text
