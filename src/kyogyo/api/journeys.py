"""Journeys: read, open, move, answer, log. The same rules as on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Router, Status

from kyogyo.api.identity import asker
from kyogyo.api.shapes import (
    ActivityIn,
    CheckIn,
    ClaimIn,
    ClaimOut,
    EntryIn,
    EntryOut,
    Failure,
    JourneyChange,
    JourneyIn,
    JourneyOut,
    JourneysOut,
    MadeOut,
    NextStepIn,
)
from kyogyo.records.access import journey_for
from kyogyo.records.actions import claims, journeys, stages, undoing
from kyogyo.records.queries.journey_filter import parse_filter
from kyogyo.records.queries.journeys import read_page
from kyogyo.records.queries.timelines import entries_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.models import Journey, StageEntry

router = Router(tags=["journeys"])
REFUSED: dict[int, type] = {403: Failure, 404: Failure, 409: Failure, 422: Failure}


@router.get("/", response={200: JourneysOut, **REFUSED})
def list_journeys(request: HttpRequest, after: str = "") -> dict[str, Any]:
    """Journeys that the asker may see, 50 a page, narrowed by the same words as the page's address."""
    asked = parse_filter(dict(request.GET.lists()))
    page = read_page(actor=asker(request), asked=asked, after=after)
    return {"journeys": [_journey(row.journey) for row in page.rows], "after": page.after}


@router.post("/", response={201: JourneyOut, **REFUSED})
def open_journey(request: HttpRequest, body: JourneyIn) -> Status[dict[str, Any]]:
    """Open a journey of an account on a track."""
    made = journeys.open_journey(actor=asker(request), **body.dict())
    return Status(201, _journey(journey_for(asker(request), made.pk)))


@router.get("/{int:journey_id}/", response={200: JourneyOut, **REFUSED})
def read_journey(request: HttpRequest, journey_id: int) -> dict[str, Any]:
    """One journey as it stands."""
    return _journey(journey_for(asker(request), journey_id))


@router.patch("/{int:journey_id}/", response={200: JourneyOut, **REFUSED})
def change_journey(request: HttpRequest, journey_id: int, body: JourneyChange) -> dict[str, Any]:
    """Change what is sent and leave the rest. With `revision`, only if nobody was faster."""
    actor = asker(request)
    journeys.change_journey(actor=actor, journey_id=journey_id, **body.dict(exclude_unset=True))
    return _journey(journey_for(actor, journey_id))


@router.get("/{int:journey_id}/entries/", response={200: list[EntryOut], **REFUSED})
def list_entries(request: HttpRequest, journey_id: int) -> list[dict[str, Any]]:
    """Every stage entered, in order, undone ones and what undid them included."""
    return [_entry(row) for row in entries_of(actor=asker(request), journey_id=journey_id)]


@router.post("/{int:journey_id}/entries/", response={201: EntryOut, **REFUSED})
def enter_stage(request: HttpRequest, journey_id: int, body: EntryIn) -> Status[dict[str, Any]]:
    """Enter a stage. What its gate asks for and isn't there is listed in the refusal."""
    entry = stages.enter_stage(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, _entry(entry))


@router.post("/{int:journey_id}/entries/{int:entry_id}/undo/", response={201: EntryOut, **REFUSED})
def undo_entry(request: HttpRequest, journey_id: int, entry_id: int) -> Status[dict[str, Any]]:
    """Take an entry back by a new one, while nothing was built on it."""
    journey_for(asker(request), journey_id)
    return Status(201, _entry(undoing.undo_entry(actor=asker(request), entry_id=entry_id)))


@router.post("/{int:journey_id}/checks/", response={201: MadeOut, **REFUSED})
def check_criterion(request: HttpRequest, journey_id: int, body: CheckIn) -> Status[dict[str, Any]]:
    """Say that an exit criterion of the stage is met, and what proves it."""
    made = stages.check_criterion(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, {"id": made.pk})


@router.post("/{int:journey_id}/claims/", response={201: ClaimOut, **REFUSED})
def answer_question(request: HttpRequest, journey_id: int, body: ClaimIn) -> Status[dict[str, Any]]:
    """Answer a question; unknown is an answer."""
    made = claims.answer_question(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, {name: getattr(made, name) for name in ClaimOut.model_fields})


@router.post("/{int:journey_id}/activities/", response={201: MadeOut, **REFUSED})
def log_activity(request: HttpRequest, journey_id: int, body: ActivityIn) -> Status[dict[str, Any]]:
    """Log something that was done with the buyer."""
    made = journeys.log_activity(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, {"id": made.pk})


@router.post("/{int:journey_id}/next-step/", response={201: MadeOut, **REFUSED})
def plan_next_step(
    request: HttpRequest, journey_id: int, body: NextStepIn
) -> Status[dict[str, Any]]:
    """Say what is to be done next and by when; an empty text means there is nothing."""
    made = journeys.plan_next_step(actor=asker(request), journey_id=journey_id, **body.dict())
    return Status(201, {"id": made.pk})


def _journey(journey: Journey) -> dict[str, Any]:
    shown = {
        name: getattr(journey, name)
        for name in JourneyOut.model_fields
        if name not in ("account", "owner")
    }
    owner = journey.owner.name if journey.owner is not None else ""
    return {**shown, "account": journey.account.name, "owner": owner}


def _entry(entry: StageEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in EntryOut.model_fields}
