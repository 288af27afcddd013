"""Handoffs: what waits for me, what I gave, and each side's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Router, Status

from kyogyo.api.identity import asker
from kyogyo.api.journeys import REFUSED
from kyogyo.api.shapes import (
    AcceptIn,
    ClockOut,
    HandoffOut,
    HandoffsOut,
    NeedWorkIn,
    OfferAgainIn,
    OfferIn,
    ReturnIn,
    UndoIn,
    WithdrawIn,
)
from kyogyo.records.actions import handoffs
from kyogyo.records.queries.handoffs import handoff_row, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from kyogyo.records.queries.handoffs import HandoffRow

router = Router(tags=["handoffs"])


@router.get("/", response={200: HandoffsOut, **REFUSED})
def list_handoffs(request: HttpRequest) -> dict[str, Any]:
    """What the asker is to decide and to report on, and what they gave that is not done."""
    actor = asker(request)
    received = inbox(actor=actor, with_decided=False)
    given = outbox(actor=actor, with_decided=False)
    return {
        "to_decide": _rows(received.to_decide),
        "to_report": _rows(received.to_report),
        "waiting": _rows(given.waiting),
        "sent_back": _rows(given.sent_back),
    }


@router.post("/offer/{int:journey_id}/", response={201: HandoffOut, **REFUSED})
def offer_handoff(request: HttpRequest, journey_id: int, body: OfferIn) -> Status[dict[str, Any]]:
    """Offer a journey to the next department with what is known, promised and done."""
    made = handoffs.offer_handoff(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, _read(request, made.pk))


@router.get("/{int:handoff_id}/", response={200: HandoffOut, **REFUSED})
def read_handoff(request: HttpRequest, handoff_id: int) -> dict[str, Any]:
    """One handoff as it stands, with its clocks."""
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/accept/", response={200: HandoffOut, **REFUSED})
def accept_handoff(request: HttpRequest, handoff_id: int, body: AcceptIn) -> dict[str, Any]:
    """Take the journey over. Whoever comes second is told so (409)."""
    handoffs.accept_handoff(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/return/", response={200: HandoffOut, **REFUSED})
def return_handoff(request: HttpRequest, handoff_id: int, body: ReturnIn) -> dict[str, Any]:
    """Give it back with a reason and in words."""
    handoffs.return_handoff(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/need-work/", response={200: HandoffOut, **REFUSED})
def need_work(request: HttpRequest, handoff_id: int, body: NeedWorkIn) -> dict[str, Any]:
    """Say what is still to be found out."""
    handoffs.need_work(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/undo/", response={200: HandoffOut, **REFUSED})
def undo_decision(request: HttpRequest, handoff_id: int, body: UndoIn) -> dict[str, Any]:
    """Take the last decision back, with the step that it made, while nothing is built on it."""
    handoffs.undo_decision(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/offer-again/", response={200: HandoffOut, **REFUSED})
def offer_again(request: HttpRequest, handoff_id: int, body: OfferAgainIn) -> dict[str, Any]:
    """Offer what was sent back once more."""
    handoffs.offer_again(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


@router.post("/{int:handoff_id}/withdraw/", response={200: HandoffOut, **REFUSED})
def withdraw_handoff(request: HttpRequest, handoff_id: int, body: WithdrawIn) -> dict[str, Any]:
    """Take an offer back that nobody has decided on."""
    handoffs.withdraw_handoff(actor=asker(request), handoff_id=handoff_id, **body.dict())
    return _read(request, handoff_id)


def _read(request: HttpRequest, handoff_id: int) -> dict[str, Any]:
    return _row(handoff_row(actor=asker(request), handoff_id=handoff_id))


def _rows(rows: Iterable[HandoffRow]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: HandoffRow) -> dict[str, Any]:
    plain = {
        name: getattr(row, name) for name in HandoffOut.model_fields if name not in ("id", "clocks")
    }
    clocks = [
        {name: getattr(clock, name) for name in ClockOut.model_fields} for clock in row.clocks
    ]
    return {**plain, "id": row.handoff_id, "clocks": clocks}
