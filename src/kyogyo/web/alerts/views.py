"""What was noticed about the stream, and what people said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET, require_POST

from kyogyo.errors import RuleError
from kyogyo.records.actions.alerts import answer_alert
from kyogyo.records.queries.alerts import list_alerts, read_alert
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import list_countermeasures, may_start
from kyogyo.usecases.show_alert import draw_alert, rest_of
from kyogyo.web.formats import lang
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# On a desk, and on a phone.
_WIDTHS = (760, 360)
_ANSWERED = Text(
    en="Answered. Nobody is told of this again.",
    ja="回答しました。同じ件で再び通知されることはありません。",
)
_OPEN_AGAIN = Text(en="Open again.", ja="未回答に戻しました。")


@require_GET
@page
def alerts(request: HttpRequest) -> HttpResponse:
    """Those of my departments that nobody answered, or all of them."""
    return _show(request, Tried())


@require_GET
@page
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert, with what it rests on."""
    told = read_alert(actor_of(request), alert_id)
    model = speaking().model
    labels = {stage.code: stage.label.text for stage in model.stages} if model else {}
    return render(
        request,
        "alerts/alert.html",
        {
            "alert": told,
            "rest": rest_of(told),
            "charts": [
                draw_alert(told, labels=labels, lang=lang(), width=width) for width in _WIDTHS
            ],
            "may_start": may_start(actor_of(request)),
        },
    )


@require_POST
@page
def answer(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Say what is known or done about one."""
    post = request.POST
    form, kind = f"answer-{alert_id}", post.get("kind", "")
    try:
        answer_alert(
            actor=actor_of(request),
            alert_id=alert_id,
            kind=kind,
            words=post.get("words", ""),
            countermeasure_id=read_whole(post.get("countermeasure", "")),
        )
    except RuleError as error:
        return _show(request, refused(form, error, post))
    if kind == "open":
        tell(request, _OPEN_AGAIN)
    else:
        tell(request, _ANSWERED, undo=request.path, fields={"kind": "open"})
    return go(request, "/alerts/")


def _show(request: HttpRequest, tried: Tried) -> HttpResponse:
    actor = actor_of(request)
    chosen = request.GET.get("show", "mine")
    departments = actor.departments if chosen == "mine" else ()
    every = list_alerts(actor, departments=departments)
    return render(
        request,
        "alerts/alerts.html",
        {
            "show": "mine" if chosen == "mine" else "all",
            "waiting": [one for one in every if not one.answer],
            "answered": [one for one in every if one.answer],
            "running": list_countermeasures(actor, today=local_date(), is_open=True),
            "may_start": may_start(actor),
            "has_department": bool(actor.departments),
            "tried": tried,
        },
        status=tried.status,
    )
