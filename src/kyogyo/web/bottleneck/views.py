"""One answer: what holds revenue back, what it costs, how sure, what to do; the evidence below it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kyogyo.analytics.events import attribute_words
from kyogyo.errors import MissingTableError, RuleError
from kyogyo.records.queries.behind import journeys_behind
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import list_countermeasures, may_start
from kyogyo.usecases.show_bottleneck import (
    draw_candidates,
    is_told,
    save_candidates,
    show_bottleneck,
)
from kyogyo.web.bottleneck.look import (
    Looked,
    factor_words,
    look_at,
    say_bounds,
    say_money,
    step_words,
)
from kyogyo.web.formats import lang, say
from kyogyo.web.pages import page
from kyogyo.web.pictures import as_file, both_widths
from kyogyo.web.render import actor_of, render
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.usecases.find_bottleneck import Diagnosis
    from kyogyo.words import Text


@require_GET
@page
def bottleneck(request: HttpRequest) -> HttpResponse:
    """The answer for one track, and for one node of it the "what if"."""
    actor, track = actor_of(request), request.GET.get("track", "")
    try:
        shown = show_bottleneck(actor=actor, track=track)
    except MissingTableError as error:
        return render(request, "bottleneck/nothing.html", {"problem": error.text})
    found = shown.diagnosis
    if found is None:
        # Asked by a page that waits: an empty answer until there is something to show.
        waits = request.GET.get("counting")
        return HttpResponse(status=204) if waits else render(request, "bottleneck/counting.html", {"track": shown.track})  # fmt: skip
    if request.GET.get("counting"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    chosen = found.node(request.GET.get("node", "")) or found.largest or next(iter(found.nodes), None)  # fmt: skip
    tried = list_countermeasures(actor, today=local_date(), track=found.track)
    return render(
        request,
        "bottleneck/bottleneck.html",
        {
            "found": found,
            "looked": (looked := look_at(found)),
            "told": [one for one in looked if is_told(one.node)],
            "untold": [one for one in looked if not is_told(one.node)],
            "looked_money": lambda gain: (say_money(gain), say_bounds(gain)),
            "factor": lambda moved: factor_words(moved, track=found.track),
            "step_words": step_words,
            "attribute": lambda name: say(attribute_words(name)),
            "chosen": Looked(chosen) if chosen else None,
            "as_of": datetime.fromtimestamp(found.as_of / 1e6, tz=UTC),
            "tracks": model.tracks if (model := speaking().model) else (),
            "charts": both_widths(
                lambda width: draw_candidates(found, labels=_labels(), lang=lang(), width=width)
            ),
            "journeys": _journeys(request, found),
            "tried": tried,
            "may_start": may_start(actor),
        },
    )


@require_GET
@page
def picture(request: HttpRequest, kind: Literal["svg", "png"]) -> HttpResponse:
    """What each step costs, as a file for a slide."""
    found = show_bottleneck(
        actor=actor_of(request), track=request.GET.get("track", ""), wait_s=30
    ).diagnosis
    drawn = save_candidates(found, labels=_labels(), lang=lang(), kind=kind) if found else None
    if found is None or drawn is None:
        raise RuleError(
            en="There is nothing to draw yet: no step can be valued.",
            ja="まだ描くものがありません。金額に換算できる区間がありません。",
        )
    return as_file(drawn, kind=kind, name=f"bottleneck-{found.track}")


def _journeys(request: HttpRequest, found: Diagnosis) -> object:
    ids = np.array(found.evidence.journeys, np.int64)
    return journeys_behind(actor_of(request), journeys=ids)


def _labels() -> dict[str, Text]:
    model = speaking().model
    return {stage.code: stage.label.text for stage in model.stages} if model else {}
