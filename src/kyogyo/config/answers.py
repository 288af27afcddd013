"""Answers that the server gives without Django: when a request is refused, or the database is away."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from kyogyo.words import Lang, Text

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

AWAY = Text(
    en="The database doesn't answer just now. Nothing that was saved is lost. This page works again as soon as "
    "it is back; whoever runs Kyogyo finds the reason in the log of the server.",
    ja="現在データベースに接続できません。保存済みの内容は失われていません。復旧しだい、このページは再び使えます。"
    "運用担当者は、サーバーのログで原因を確認してください。",
)
BUSY = Text(
    en="The server has more to do than it can just now. Try again in a moment.",
    ja="現在アクセスが集中しています。しばらくしてからもう一度お試しください。",
)
TOO_SLOW = Text(
    en="The request didn't arrive whole in time. Check the connection and send it again.",
    ja="送信が時間内に終わりませんでした。接続を確認して、もう一度送信してください。",
)
TOO_LARGE = Text(
    en="That is larger than is taken here. Send a smaller file, or split it.",
    ja="受け付けられる大きさを超えています。ファイルを小さくするか、分割してください。",
)
FULL = Text(
    en="The server's disk has no room left. What you sent was not saved; what was saved before is whole. Tell your "
    "administrator to make room, then send it again.",
    ja="サーバーのディスクに空きがありません。送信内容は保存されていません。これまでに保存した内容は失われていません。"
    "管理者に空き容量の確保を依頼し、その後もう一度送信してください。",
)
_TITLES = {
    408: Text("Too slow", "時間切れ"),
    413: Text("Too large", "大きすぎます"),
    507: Text("The disk is full", "ディスクに空きがありません"),
    503: Text("Not available just now", "一時的に利用できません"),
}


def lang_of(scope: Scope) -> Lang:
    """The language that the browser asks for first, of the two; Japanese where it asks for neither."""
    asked = header(scope, b"accept-language").lower()
    ja, en = asked.find("ja"), asked.find("en")
    return "en" if en >= 0 and (ja < 0 or en < ja) else "ja"


def header(scope: Scope, name: bytes) -> str:
    """A header of the request, '' where it has none."""
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")


async def say(scope: Scope, send: Send, *, status: int, says: Text) -> None:
    """A refusal in words: a small page, or JSON for a program."""
    lang = lang_of(scope)
    if scope["path"].startswith("/api/"):
        content = {"code": str(status), "message": {"en": says.en, "ja": says.ja}}
        body, kind = json.dumps(content, ensure_ascii=False), "application/json"
    else:
        title = escape(_TITLES[status].say(lang))
        body = (
            f'<!doctype html><html lang="{lang}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title} | Kyogyo</title><main><h1>{title}</h1><p>{escape(says.say(lang))}</p></main></html>"
        )
        kind = "text/html; charset=utf-8"
    retry = {b"retry-after": b"5"} if status == 503 else {}
    # After a refusal the rest of the body may still be on its way; the connection isn't used again.
    closing = {b"connection": b"close"} if status in (408, 413, 507) else {}
    await answer(send, status=status, body=body, kind=kind, more={**retry, **closing})


async def answer(
    send: Send, *, status: int, body: str, kind: str, more: dict[bytes, bytes] | None = None
) -> None:
    """One small answer that nobody keeps."""
    content = body.encode()
    headers = {
        b"content-type": kind.encode(),
        b"content-length": str(len(content)).encode(),
        b"cache-control": b"no-store",
        b"content-security-policy": b"default-src 'none'",
        b"x-content-type-options": b"nosniff",
        **(more or {}),
    }
    await send({"type": "http.response.start", "status": status, "headers": [*headers.items()]})
    await send({"type": "http.response.body", "body": content})
