"""The audit log: who did what, when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.views.decorators.http import require_GET

from kyogyo.errors import RuleError
from kyogyo.records.queries.settings import AuditFilter, audit_for, audit_words, people_named
from kyogyo.web.formats import say, t
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, render
from kyogyo.web.settings.audit_words import ACTIONS, NOUNS
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.words import Text

_NAMES = ("noun", "action", "by", "since", "until")


@require_GET
@page(for_admins=True)
def show(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    typed = {name: request.GET.get(name, "").strip() for name in _NAMES}
    asked = AuditFilter(
        noun=typed["noun"],
        action=typed["action"],
        by=typed["by"],
        since=_day(typed["since"]),
        until=_day(typed["until"]),
    )
    nouns, actions = audit_words(actor)
    events = audit_for(actor, asked=asked, zone=speaking().zone)
    values = {
        "listed": page_of(events, request.GET.get("page")),
        "query": urlencode({name: value for name, value in typed.items() if value}),
        "typed": typed,
        "is_filtered": any(typed.values()),
        "nouns": [(code, _label(NOUNS, code)) for code in nouns],
        "actions": [(code, _label(ACTIONS, code)) for code in actions],
        "people": [("system", t("Kyogyo itself", "Kyogyo（自動）")), *people_named(actor)],
        "noun_of": lambda code: _label(NOUNS, code),
        "action_of": lambda code: _label(ACTIONS, code),
    }
    return render(request, "settings/audit.html", values)


def _label(labels: dict[str, Text], code: str) -> str:
    return say(labels[code]) if code in labels else code.replace("_", " ")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleError(
            en=f"{text!r} is no day. Write it as 2026-04-01.",
            ja=f"{text!r} は日付ではありません。2026-04-01 の形で入力してください。",
        ) from None
