"""Errors as a program reads them: a status, a code, and the words in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse

from kyogyo.errors import (
    ConflictError,
    KyogyoError,
    MissingRecordError,
    NotAllowedError,
)
from kyogyo.records.queries.database import is_busy, is_full
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db import OperationalError
    from django.http import HttpRequest

_STATUS: dict[type[KyogyoError], int] = {
    MissingRecordError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
}

_BUSY = Text(
    en="The database was busy with somebody else's change for too long. Nothing of this request was kept. Send it again after the time in Retry-After.",
    ja="ほかの変更のためデータベースの待ち時間が長くなり、処理を中断しました。このリクエストの内容は保存されていません。Retry-After の時間が過ぎてから、もう一度送信してください。",
)
_FULL = Text(
    en="The server's disk has no room left. Nothing of this request was kept; what was saved before is whole. Send it again when the administrator has made room.",
    ja="サーバーのディスクに空きがありません。このリクエストの内容は保存されていません。これまでに保存した内容は失われていません。管理者が空き容量を確保してから、もう一度送信してください。",
)

_COUNTING = Text(
    en="The answer is still being found, for the first time since the records changed. Ask again after the time in Retry-After.",
    ja="業務の記録が更新されたため、結果を計算しています。Retry-After の時間が過ぎてから、もう一度取得してください。",
)


def problem(request: HttpRequest, error: KyogyoError) -> JsonResponse:  # noqa: ARG001
    """404 for what isn't there or may not be seen, 403, 409, and 422 for what is against a rule."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    code = type(error).__name__.removesuffix("Error").lower()
    return JsonResponse(
        {"error": {"code": code, "en": error.text.en, "ja": error.text.ja}}, status=status
    )


def full() -> JsonResponse:
    """507 where the disk has no room left."""
    said = {"error": {"code": "disk_full", "en": _FULL.en, "ja": _FULL.ja}}
    return JsonResponse(said, status=507)


def counting() -> JsonResponse:
    """503 while an answer is being counted."""
    said = {"error": {"code": "counting", "en": _COUNTING.en, "ja": _COUNTING.ja}}
    return JsonResponse(said, status=503, headers={"Retry-After": "5"})


def busy(error: OperationalError) -> JsonResponse:
    """503 where somebody else held the database for too long, 507 where the disk is full. Raises any other error again."""
    if is_full(error):
        return full()
    if not is_busy(error):
        raise error
    said = {"error": {"code": "busy", "en": _BUSY.en, "ja": _BUSY.ja}}
    return JsonResponse(said, status=503, headers={"Retry-After": "60"})
