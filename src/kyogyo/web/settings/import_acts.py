"""What is done after an import: fetch the verdicts, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse
from django.views.decorators.http import require_http_methods, require_safe

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.queries.imports import import_for
from kyogyo.usecases.import_jobs import start_undo
from kyogyo.usecases.propose_mapping import verdict_file
from kyogyo.usecases.undo_import import may_undo
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.settings.imports import COUNTS
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    HttpResponse = HttpResponseBase

_BEGUN = Text(
    en="The import is being taken back. You may leave this page; it goes on.",
    ja="取り込みの取り消しを開始しました。この画面を離れても処理は続きます。",
)


@require_safe
@page(for_importers=True)
def verdicts(request: HttpRequest, batch_id: int, name: str) -> HttpResponse:  # noqa: ARG001 -- every view takes the request
    """What became of each row, as a file that opens in a spreadsheet."""
    found = verdict_file(home=settings.HOME, batch_id=batch_id, name=name)
    return FileResponse(found.open("rb"), as_attachment=True, filename=name)


@require_http_methods(["GET", "POST"])
@page(for_importers=True)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What taking an import back would do, or why it can't be done; a POST begins it."""
    actor = actor_of(request)
    batch = import_for(actor, batch_id)
    problem = None
    try:
        if request.method == "POST":
            start_undo(actor=actor, batch_id=batch_id, home=settings.HOME)
            tell(request, _BEGUN)
            return go(request, "/settings/imports/")
        may_undo(actor=actor, batch_id=batch_id)
    except (RuleError, ConflictError) as error:
        problem = error.text
    values = {"batch": batch, "counts": COUNTS, "problem": problem}
    status = 422 if problem and request.method == "POST" else 200
    return render(request, "settings/import_undo.html", values, status=status)
