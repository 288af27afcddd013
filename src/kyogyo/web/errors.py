"""Pages and notes for what went wrong, in words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kyogyo.errors import (
    ConflictError,
    KyogyoError,
    MissingRecordError,
    NotAllowedError,
)
from kyogyo.records.queries.database import is_full
from kyogyo.web.asked import is_part
from kyogyo.web.render import render
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_STATUS: tuple[tuple[type[KyogyoError], int], ...] = (
    (MissingRecordError, 404),
    (NotAllowedError, 403),
    (ConflictError, 409),
)
_TITLES = {
    400: Text(en="This request can't be read", ja="リクエストを読み取れません"),
    401: Text(en="Not signed in", ja="ログインできませんでした"),
    403: Text(en="Not allowed", ja="権限がありません"),
    404: Text(en="Nothing here", ja="見つかりません"),
    409: Text(en="Somebody else was faster", ja="他の人が先に更新しました"),
    422: Text(en="This can't be done as it stands", ja="このままでは実行できません"),
    429: Text(en="Wait a little", ja="しばらくお待ちください"),
    500: Text(en="A defect of Kyogyo", ja="Kyogyoの不具合です"),
    502: Text(en="No answer from there", ja="接続先が応答しません"),
    507: Text(en="The disk is full", ja="ディスクに空きがありません"),
    503: Text(en="Busy at the moment", ja="ただいま混み合っています"),
}
_MISSING = Text(
    en="There is no page at this address. It may be gone, or not be yours to see.",
    ja="このアドレスのページはありません。削除されたか、閲覧の権限がありません。",
)
_REFUSED = Text(
    en="You may not do this. Ask an administrator for another role.",
    ja="この操作の権限がありません。必要な場合は管理者に役割の変更を依頼してください。",
)
_STALE = Text(
    en="This form is too old, or was opened in another session. Nothing was changed. Go back, load the page again and send it once more.",
    ja="フォームの有効期限が切れているか、別のセッションで開かれたものです。変更は行われていません。前のページに戻って再読み込みし、もう一度送信してください。",
)
_UNREADABLE = Text(
    en="What the browser sent can't be read. Nothing was changed. Go back and try again.",
    ja="ブラウザーから送られた内容を読み取れませんでした。変更は行われていません。前のページに戻り、もう一度お試しください。",
)
_BUSY = Text(
    en="The database was busy with somebody else's change for too long (a large import, perhaps). What you sent was not saved. Wait a minute, then go back and send it again.",
    ja="ほかの人の変更（大きな取り込みなど）でデータベースの待ち時間が長くなり、処理を中断しました。送信内容は保存されていません。1分ほど待ってから前のページに戻り、もう一度送信してください。",
)
_FULL = Text(
    en="The server's disk has no room left. What you sent was not saved; what was saved before is whole and can be read. Tell your administrator to make room, then go back and send it again: nothing needs to be restarted.",
    ja="サーバーのディスクに空きがありません。送信内容は保存されていません。これまでに保存した内容は失われておらず、閲覧できます。管理者に空き容量の確保を依頼し、その後、前のページに戻ってもう一度送信してください（再起動は不要です）。",
)
_DEFECT = Text(
    en="Something failed that should not. What you sent was not saved. It is written in the server's log; please tell your administrator when it happened.",
    ja="予期しないエラーが発生しました。送信内容は保存されていません。サーバーのログに記録されています。発生時刻を管理者にお知らせください。",
)


def status_of(error: KyogyoError) -> int:
    """The HTTP status that says the same as `error`."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def say_error(request: HttpRequest, error: KyogyoError) -> HttpResponse:
    """The page that says `error`; for a part of a page, a note above it."""
    return show(request, error.text, status=status_of(error))


def show(request: HttpRequest, text: Text, *, status: int) -> HttpResponse:
    """A page (or a note, where htmx asked for a part) that says `text`."""
    values = {"title": _TITLES.get(status, _TITLES[422]), "text": text, "status": status}
    if is_part(request):
        response = render(request, "parts/problem.html", values, status=status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "beforeend"
        response.headers["HX-Push-Url"] = "false"
        return response
    return render(request, "problem.html", values, status=status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    return show(request, _STALE, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return show(request, _UNREADABLE, status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = exception.text if isinstance(exception, KyogyoError) else _REFUSED
    return show(request, text, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = exception.text if isinstance(exception, KyogyoError) else _MISSING
    return show(request, text, status=404)


def busy(request: HttpRequest) -> HttpResponse:
    """The database made the request wait for too long."""
    response = show(request, _BUSY, status=503)
    response.headers["Retry-After"] = "60"
    return response


def full(request: HttpRequest) -> HttpResponse:
    """There is no room on the disk for what was sent."""
    return show(request, _FULL, status=507)


def defect(request: HttpRequest) -> HttpResponse:
    # Sessions are saved after the page was made, where no middleware is asked about the error.
    error = sys.exc_info()[1]
    if error is not None and is_full(error):
        return full(request)
    return show(request, _DEFECT, status=500)
