"""Fields that the company adds itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_http_methods, require_POST

from kyogyo.errors import RuleError
from kyogyo.records.actions.fields import add_field, restore_field, retire_field
from kyogyo.records.queries.settings import fields_for
from kyogyo.web.formats import say
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.typed import typed
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOUNS = {"journey": Text(en="Journeys", ja="案件"), "account": Text(en="Accounts", ja="取引先")}
KINDS = {
    "text": Text(en="Text", ja="文字"),
    "number": Text(en="Number", ja="数値"),
    "date": Text(en="Date", ja="日付"),
    "choice": Text(en="Choice", ja="選択肢"),
    "money": Text(en="Money", ja="金額"),
}


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show(request: HttpRequest) -> HttpResponse:
    """The fields; a POST adds one."""
    problem, sent = None, request.POST
    if request.method == "POST":
        try:
            made = add_field(
                actor=actor_of(request),
                noun=sent.get("noun", ""),
                code=sent.get("code", ""),
                label_en=sent.get("label_en", ""),
                label_ja=sent.get("label_ja", ""),
                kind=sent.get("kind", ""),
                choices=sent.get("choices", "").splitlines(),
                required_to_leave=sent.get("required_to_leave", ""),
            )
        except RuleError as error:
            problem = error.text
        else:
            _say(
                request,
                en=f"The field {made.label_en} is asked for from now on.",
                ja=f"項目「{made.label_ja}」を追加しました。",
            )
            return go(request, "/settings/fields/")
    model = speaking().model
    values = {
        "listed": page_of(fields_for(actor_of(request)), request.GET.get("page")),
        "typed": typed(sent),
        "problem": problem,
        "nouns": [(code, say(label)) for code, label in NOUNS.items()],
        "kinds": [(code, say(label)) for code, label in KINDS.items()],
        "noun_labels": NOUNS,
        "kind_labels": KINDS,
        "stages": [(one.code, say(one.label)) for one in model.stages] if model else [],
    }
    return render(request, "settings/fields.html", values, status=422 if problem else 200)


@require_POST
@page(for_admins=True)
def retire(request: HttpRequest, field_id: int) -> HttpResponse:
    gone = retire_field(actor=actor_of(request), field_id=field_id)
    tell(
        request,
        Text(
            en=f"{gone.label_en} is no longer asked for. Its values stay.",
            ja=f"「{gone.label_ja}」の入力を終了しました。入力済みの値は残ります。",
        ),
        undo=f"/settings/fields/{field_id}/restore/",
    )
    return go(request, "/settings/fields/")


@require_POST
@page(for_admins=True)
def restore(request: HttpRequest, field_id: int) -> HttpResponse:
    back = restore_field(actor=actor_of(request), field_id=field_id)
    _say(
        request,
        en=f"{back.label_en} is asked for again.",
        ja=f"「{back.label_ja}」の入力を再開しました。",
    )
    return go(request, "/settings/fields/")


def _say(request: HttpRequest, *, en: str, ja: str) -> None:
    tell(request, Text(en=en, ja=ja))
