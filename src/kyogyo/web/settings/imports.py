"""Imports: send files, see what they would do, import them, see what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.views.decorators.http import require_http_methods, require_POST

from kyogyo.errors import KyogyoError
from kyogyo.records.queries.imports import imports_for
from kyogyo.usecases.import_jobs import (
    can_go_on,
    end_what_stopped,
    go_on,
    start_import,
    step_of,
)
from kyogyo.usecases.import_records import summary
from kyogyo.usecases.import_uploads import check_uploads, keep_uploads
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, go, lang_of, render
from kyogyo.web.speaking import speaking
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

STATES = {
    "running": (Text(en="at work", ja="実行中"), "info"),
    "done": (Text(en="done", ja="完了"), "good"),
    "failed": (Text(en="failed", ja="失敗"), "alarm"),
    "undone": (Text(en="undone", ja="取り消し済み"), "plain"),
}
COUNTS = {
    "accounts": Text(en="accounts", ja="取引先"),
    "journeys": Text(en="journeys", ja="案件"),
    "entries": Text(en="entries", ja="フェーズ移行"),
    "voided": Text(en="entries taken back", ja="取り消したフェーズ移行"),
    "revenue": Text(en="revenue rows", ja="売上"),
    "facts": Text(en="fields", ja="項目"),
    "journeys_gone": Text(en="journeys deleted", ja="削除した案件"),
    "accounts_gone": Text(en="accounts deleted", ja="削除した取引先"),
    "revenue_gone": Text(en="revenue rows deleted", ja="削除した売上"),
}
STEPS = {
    "read": Text(en="Reading the files", ja="ファイルを読み取り中"),
    "write": Text(en="Writing into the records", ja="記録に書き込み中"),
    "take_back": Text(en="Taking back what it entered", ja="フェーズ移行を取り消し中"),
    "erase": Text(en="Deleting what came with it alone", ja="この取り込みだけのデータを削除中"),
}


@require_http_methods(["GET", "POST"])
@page(for_importers=True)
def show(request: HttpRequest) -> HttpResponse:
    """The imports so far; a POST looks through files and imports nothing yet."""
    actor, home = actor_of(request), settings.HOME
    values: dict[str, Any] = {"problem": None, "looked": None, "word": ""}
    asked = request.GET.get("word", "")
    if request.method == "POST" or asked:
        try:
            word = asked or keep_uploads(home=home, files=request.FILES.getlist("files"))
            report = check_uploads(actor=actor, home=home, word=word, lang=lang_of(request))
        except KyogyoError as error:
            values["problem"] = error.text
        else:
            values |= {
                "looked": summary(report.files),
                "word": word,
                "unmatched": [one.path.name for one in report.files.unmatched],
                "can_go_on": len(report.files.failed) < len(report.files.files),
            }
    end_what_stopped(actor=actor, home=home)
    listed = page_of(imports_for(actor), request.GET.get("page"), size=20)
    model = speaking().model
    running = next((one for one in listed.rows if one.state == "running"), None)
    values |= {
        "listed": listed,
        "step": step_of(home=home, batch=running) if running else None,
        "steps": STEPS,
        "can_go_on_with": can_go_on(home, listed.rows),
        "is_running": running is not None,
        "states": STATES,
        "counts": COUNTS,
        "has_sources": bool(model and model.sources),
    }
    status = 422 if values["problem"] else 200
    return render(request, "settings/imports.html", values, partial="imports", status=status)


@require_POST
@page(for_importers=True)
def start(request: HttpRequest) -> HttpResponse:
    start_import(
        actor=actor_of(request),
        home=settings.HOME,
        word=request.POST.get("word", ""),
        lang=lang_of(request),
    )
    tell(
        request,
        Text(
            en="The import has begun. You may leave this page; it goes on.",
            ja="取り込みを開始しました。この画面を離れても処理は続きます。",
        ),
    )
    return go(request, "/settings/imports/")


@require_POST
@page(for_importers=True)
def carry_on(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Go on with an import, or with taking one back, that was stopped in the middle."""
    go_on(actor=actor_of(request), home=settings.HOME, batch_id=batch_id, lang=lang_of(request))
    tell(request, Text(en="It goes on.", ja="続きから再開しました。"))
    return go(request, "/settings/imports/")
