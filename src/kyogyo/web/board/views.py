"""The board of a track: see who stands where, move by dragging or by the control on each card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import JsonResponse
from django.views.decorators.http import require_GET

from kyogyo.records.access import journey_for
from kyogyo.records.queries.board import CARDS, gates_from, read_board
from kyogyo.records.queries.choices import read_choices
from kyogyo.records.queries.journey_filter import parse_filter
from kyogyo.records.queries.model import current
from kyogyo.web.formats import say, t
from kyogyo.web.journeys.listing import form_values
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, render
from kyogyo.words import read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.records.queries.board import BoardColumn
    from kyogyo.records.queries.gate import Gate

_MOST_CARDS = 200


@require_GET
@page
def board(request: HttpRequest) -> HttpResponse:
    """The columns of a track. `at` is the one that a phone shows; `cards` how many each has at most."""
    actor, model = actor_of(request), current().model
    asked = parse_filter(dict(request.GET.lists()))
    asked = replace(asked, track=asked.track or _own_track(request), type="all", sort="-opened")
    wanted = request.GET.get("cards", "")
    cards = min(read_whole(wanted) or CARDS, _MOST_CARDS)
    found = read_board(actor=actor, asked=asked, cards=cards)
    pairs = [(name, value) for name, value in asked.pairs() if name not in ("type", "sort")]
    query = urlencode(pairs)
    codes = [column.stage.code for column in found.columns]
    at = request.GET.get("at", "")
    return render(
        request,
        "board/board.html",
        {
            "asked": asked,
            "board": found,
            **form_values(asked, read_choices(actor_of(request)), model),
            "query": query,
            "narrowed": [pair for pair in pairs if pair[0] != "track"],
            "address": f"/board/?{query}",
            "at": at if at in codes else _first_filled(found.columns, actor.departments),
            "next_cards": min(cards * 3, _MOST_CARDS) if cards < _MOST_CARDS else 0,
            "is_narrowed": any(name != "track" for name, _ in pairs),
        },
    )


def _own_track(request: HttpRequest) -> str:
    """The track that was looked at last, or the first."""
    kept = request.session.get("board_track", "")
    codes = [track.code for track in current().model.tracks]
    asked = request.GET.get("track", "")
    if asked in codes and asked != kept:
        request.session["board_track"] = asked
    return kept if kept in codes else codes[0]


def _first_filled(columns: tuple[BoardColumn, ...], departments: tuple[str, ...]) -> str:
    """On a phone one column is shown: the first with cards, of one's own department if there is one."""
    filled = [column.stage for column in columns if column.count]
    own = [stage.code for stage in filled if stage.department in departments]
    return next(iter([*own, *(stage.code for stage in filled)]), columns[0].stage.code)


@require_GET
@page
def move(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Where a journey can go, each with what it takes: for the keyboard, the phone and without script."""
    actor, model = actor_of(request), current().model
    journey = journey_for(actor, journey_id)
    back = request.GET.get("back", "")
    return render(
        request,
        "board/move.html",
        {
            "journey": journey,
            "gates": gates_from(actor=actor, journey_id=journey_id),
            "stages": (*model.path(journey.track), *model.exits(journey.track)),
            "back": back if back.startswith("/board/") else "/board/",
        },
        partial="choose",
    )


@require_GET
@page
def gates(request: HttpRequest, journey_id: int) -> HttpResponse:
    """For each stage that a journey could be dragged to: whether it is open, and what stands in the way."""
    found = gates_from(actor=actor_of(request), journey_id=journey_id)
    return JsonResponse(
        {
            "gates": {
                code: {"open": gate.is_open, "kind": str(gate.kind), "why": _why(gate)}
                for code, gate in found.items()
            }
        }
    )


def _why(gate: Gate) -> list[str]:
    if gate.kind == "back":
        return [t("Going back needs a reason", "戻すには理由が必要です")]
    if gate.kind == "exit":
        return [t("Ending needs a reason", "終了には理由が必要です")]
    if gate.kind == "reopen":
        return [
            t(
                "It has ended: open it again from its page",
                "終了済みです。案件のページから再開します",
            )
        ]
    return [say(one.label) for one in gate.missing]
