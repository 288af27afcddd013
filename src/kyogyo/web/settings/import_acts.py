"""What is done beside sending files: confirm how they map, fetch the verdicts, take an import back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kyogyo.errors import KyogyoError
from kyogyo.records.queries.model import current
from kyogyo.usecases.propose_mapping import (
    adopt_mappings,
    propose_mappings,
    role_words,
    section_of,
    verdict_file,
)
from kyogyo.usecases.undo_import import undo_import
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    HttpResponse = HttpResponseBase


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def mapping(request: HttpRequest, word: str) -> HttpResponse:
    """How the files that were sent would be read; a POST adds what is confirmed to the model."""
    problem = None
    if request.method == "POST":
        try:
            adopt_mappings(
                actor=actor_of(request),
                home=settings.HOME,
                word=word,
                names=request.POST.getlist("files"),
            )
        except KyogyoError as error:
            problem = error.text
        else:
            tell(
                request,
                Text(
                    en="The mapping is part of the model now. See what the files would do, then import.",
                    ja="対応付けをモデルに追加しました。取り込み内容を確認してから取り込んでください。",
                ),
            )
            return go(request, f"/settings/imports/?word={word}")
    proposals = propose_mappings(home=settings.HOME, word=word)
    model = current().model
    values = {
        "word": word,
        "role": lambda guess: role_words(guess.role, model=model),
        "problem": problem,
        "proposals": [(one, section_of(one.source) if one.source else "") for one in proposals],
        "can_confirm": any(one.source is not None for one in proposals),
    }
    return render(request, "settings/import_mapping.html", values, status=422 if problem else 200)


@require_safe
@page(for_admins=True)
def verdicts(request: HttpRequest, batch_id: int, name: str) -> HttpResponse:  # noqa: ARG001 -- every view takes the request
    """What became of each row, as a file that opens in a spreadsheet."""
    found = verdict_file(home=settings.HOME, batch_id=batch_id, name=name)
    return FileResponse(found.open("rb"), as_attachment=True, filename=name)


@require_POST
@page(for_admins=True)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take an import back."""
    _, taken = undo_import(actor=actor_of(request), batch_id=batch_id, home=settings.HOME)
    tell(
        request,
        Text(
            en=f"The import was taken back: {taken.voided:,} entries no longer count.",
            ja=f"取り込みを取り消しました（{taken.voided:,} 件のフェーズ移行を取り消し）。",
        ),
    )
    return go(request, "/settings/imports/")
