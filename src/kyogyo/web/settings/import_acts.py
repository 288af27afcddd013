"""What is done after an import: fetch the verdicts, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse
from django.views.decorators.http import require_http_methods, require_safe

from kyogyo.errors import RuleError
from kyogyo.records.queries.imports import import_for
from kyogyo.usecases.propose_mapping import verdict_file
from kyogyo.usecases.undo_import import may_undo, undo_import
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.settings.imports import COUNTS
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    HttpResponse = HttpResponseBase


@require_safe
@page(for_importers=True)
def verdicts(request: HttpRequest, batch_id: int, name: str) -> HttpResponse:  # noqa: ARG001 -- every view takes the request
    """What became of each row, as a file that opens in a spreadsheet."""
    found = verdict_file(home=settings.HOME, batch_id=batch_id, name=name)
    return FileResponse(found.open("rb"), as_attachment=True, filename=name)


@require_http_methods(["GET", "POST"])
@page(for_importers=True)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What taking an import back would do, or why it can't be done; a POST does it."""
    actor = actor_of(request)
    batch = import_for(actor, batch_id)
    problem = None
    try:
        if request.method == "POST":
            _, taken, erased = undo_import(actor=actor, batch_id=batch_id, home=settings.HOME)
            tell(request, _undone(taken.voided, erased.journeys, erased.accounts))
            return go(request, "/settings/imports/")
        may_undo(actor=actor, batch_id=batch_id)
    except RuleError as error:
        problem = error.text
    values = {"batch": batch, "counts": COUNTS, "problem": problem}
    status = 422 if problem and request.method == "POST" else 200
    return render(request, "settings/import_undo.html", values, status=status)


def _undone(voided: int, journeys: int, accounts: int) -> Text:
    return Text(
        en=f"The import was taken back: {voided:,} entries no longer count; {journeys:,} journeys and "
        f"{accounts:,} accounts that came with it alone are gone.",
        ja=f"取り込みを取り消しました。フェーズ移行 {voided:,} 件を取り消し、この取り込みだけで作られた"
        f"案件 {journeys:,} 件と取引先 {accounts:,} 件を削除しました。",
    )
