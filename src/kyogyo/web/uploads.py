"""A small text that somebody sends as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.errors import RuleError

if TYPE_CHECKING:
    from django.http import HttpRequest

_MOST_BYTES = 1_000_000


def read_text_file(request: HttpRequest, name: str) -> str | None:
    """The text of the file sent as `name`; None when none was chosen. Raises RuleError."""
    sent = request.FILES.get(name)
    if sent is None:
        return None
    if (sent.size or 0) > _MOST_BYTES:
        raise RuleError(
            en=f"{sent.name} is larger than 1 MB. A model is a text file of some kilobytes; choose that one.",
            ja=f"{sent.name} が1MBを超えています。モデルは数KBのテキストファイルです。選び直してください。",
        )
    try:
        return str(sent.read(), "utf-8-sig")
    except UnicodeDecodeError:
        raise RuleError(
            en=f"{sent.name} is not in UTF-8. Open it in an editor and save it as UTF-8.",
            ja=f"{sent.name} の文字コードがUTF-8ではありません。エディターで開き、UTF-8で保存してください。",
        ) from None
