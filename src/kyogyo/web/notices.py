"""Short notes to a person about what was just done, perhaps with a way to take it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib import messages

from kyogyo.web.formats import say

if TYPE_CHECKING:
    from django.contrib.messages.storage.base import Message
    from django.http import HttpRequest

    from kyogyo.words import Text

Kind = Literal["done", "info", "warning", "problem"]
_LEVELS = {
    "done": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "problem": messages.ERROR,
}
_MARK = "kyogyo"


@dataclass(frozen=True, slots=True)
class Notice:
    """One note. `undo` is the address that takes it back by a POST, '' for none."""

    kind: str
    text: str
    undo: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def tell(
    request: HttpRequest,
    text: Text,
    *,
    kind: Kind = "done",
    undo: str = "",
    fields: dict[str, str] | None = None,
) -> None:
    """Show `text` with the next page or part that this person gets."""
    held = json.dumps({"text": say(text), "undo": undo, "fields": fields or {}})
    messages.add_message(request, _LEVELS[kind], held, extra_tags=_MARK)


def take_notices(request: HttpRequest) -> list[Notice]:
    """The notes that wait; they are shown once."""
    if not hasattr(request, "_messages"):
        return []
    return [_read(message) for message in messages.get_messages(request)]


def _read(message: Message) -> Notice:
    kinds = {level: kind for kind, level in _LEVELS.items()}
    kind = kinds.get(message.level, "info")
    if _MARK not in (message.extra_tags or ""):  # one of Django's or allauth's own
        return Notice(kind=kind, text=str(message.message))
    held = json.loads(str(message.message))
    return Notice(
        kind=kind, text=held["text"], undo=held["undo"], fields=tuple(held["fields"].items())
    )
