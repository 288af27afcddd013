"""How files that were sent are to be read: the proposal, changed column by column, and kept in the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.views.decorators.http import require_http_methods

from kyogyo.errors import KyogyoError, RuleError
from kyogyo.records.queries.model import current
from kyogyo.usecases.choose_mapping import (
    DATES,
    IGNORED,
    SHAPES,
    Choices,
    FileLook,
    is_stale,
    look_at,
    proposed,
    roles_for,
    with_words,
    words_at,
)
from kyogyo.usecases.propose_mapping import adopt_mappings, propose_mappings
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from kyogyo.revenue_model import RevenueModel

_STALE = Text(
    en="Another column holds the stages now. Here are its words: choose a stage for each, then confirm.",
    ja="フェーズの列が変わりました。その列の値を表示しています。値ごとにフェーズを選んでから確定してください。",
)


@dataclass(frozen=True)
class FileForm:
    """One file on the page. `place` is what its fields begin with."""

    place: str
    look: FileLook
    choices: Choices
    is_chosen: bool
    roles: list[tuple[str, Text]]
    problem: Text | None = None


@require_http_methods(["GET", "POST"])
@page(for_importers=True)
def show(request: HttpRequest, word: str) -> HttpResponse:
    """How the files would be read; a POST shows the words of a changed column, or keeps the mapping."""
    post = request.POST if request.method == "POST" else None
    model = current().model
    proposals = propose_mappings(home=settings.HOME, word=word)
    forms = [
        _form(number, look_at(proposal), post=post, model=model)
        for number, proposal in enumerate(proposals)
    ]
    problem: Text | None = None
    if post is not None and post.get("act", "keep") == "keep":
        try:
            return _kept(request, word, forms)
        except KyogyoError as error:
            problem = error.text
    values = {
        "word": word,
        "forms": forms,
        "problem": problem,
        "shapes": list(SHAPES.items()),
        "dates": list(DATES.items()),
        "tracks": [(one.code, one.label.text) for one in model.tracks],
        "stages": [(one.code, one.label.text) for one in model.stages],
        "ignored": IGNORED,
    }
    return render(request, "settings/import_mapping.html", values, status=422 if problem else 200)


def _kept(request: HttpRequest, word: str, forms: list[FileForm]) -> HttpResponse:
    chosen = [form for form in forms if form.is_chosen]
    if any(form.problem for form in chosen):
        raise RuleError(en=_STALE.en, ja=_STALE.ja)
    adopt_mappings(
        actor=actor_of(request),
        home=settings.HOME,
        word=word,
        chosen={form.look.path.name: form.choices for form in chosen},
    )
    tell(
        request,
        Text(
            en="The mapping is part of the model now. See what the files would do, then import.",
            ja="対応付けをモデルに追加しました。取り込み内容を確認してから取り込んでください。",
        ),
    )
    return go(request, f"/settings/imports/?word={word}")


def _form(number: int, look: FileLook, *, post: QueryDict | None, model: RevenueModel) -> FileForm:
    place = f"f{number}"
    can_be_read = look.proposal.source is not None
    if post is None or f"{place}.shape" not in post:
        choices = proposed(look, model=model)
        is_chosen = can_be_read if post is None else look.path.name in post.getlist("files")
        return FileForm(place, look, choices, is_chosen, roles_for(choices.shape, model=model))
    sent = _read(post, place, look=look)
    stale = is_stale(sent)
    choices = with_words(sent, look=look, model=model)
    roles = roles_for(choices.shape if choices.shape in SHAPES else "record", model=model)
    is_chosen = look.path.name in post.getlist("files")
    return FileForm(place, look, choices, is_chosen, roles, _STALE if stale else None)


def _read(post: QueryDict, place: str, *, look: FileLook) -> Choices:
    """What was chosen. The columns and words are those of the file, in their order."""
    said = {name: post.get(f"{place}.{name}", "") for name in ("shape", "file", "track", "dates", "field", "of")}  # fmt: skip
    words = words_at(said["of"], look=look)
    return Choices(
        shape=said["shape"],
        file=said["file"],
        track=said["track"],
        dates=said["dates"],
        history_field=said["field"].strip(),
        roles={
            column.name: post.get(f"{place}.c{number}", "")
            for number, column in enumerate(look.columns)
        },
        words={word: post.get(f"{place}.s{number}", IGNORED) for number, word in enumerate(words)},
        words_of=said["of"],
    )
