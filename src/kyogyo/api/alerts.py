"""Alerts: what was noticed about the stream, and the answer to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ninja import Field, Router, Schema

from kyogyo.api.identity import asker
from kyogyo.api.journeys import REFUSED
from kyogyo.api.shapes import Long, Said, Taken
from kyogyo.records.actions.alerts import answer_alert
from kyogyo.records.queries.alerts import list_alerts, read_alert

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.queries.alerts import Told

router = Router(tags=["alerts"])


class AlertOut(Schema):
    """What was noticed, and the last answer: '' where nobody answered, or somebody opened it again."""

    id: int
    kind: str
    track: str
    node: str
    department: str
    is_good: bool
    since: date
    says: Said
    raised_at: datetime
    answer: str
    words: str
    by: str
    countermeasure_id: int | None


class AlertWholeOut(AlertOut):
    """With the numbers that it rests on, as they were when it was raised."""

    numbers: dict[str, Any]


class AlertAnswerIn(Taken):
    """`kind`: "seen", "known" (with `words`), "acted" (with `countermeasure_id`), or "open" again."""

    kind: str = Field(min_length=1, max_length=64)
    words: str = Long
    countermeasure_id: int | None = None


@router.get("/", response={200: list[AlertOut], **REFUSED})
def list_all(
    request: HttpRequest, *, is_open: bool | None = None, department: str = ""
) -> list[dict[str, Any]]:
    """The last 200 alerts, the newest first; narrowed by `is_open` and `department`."""
    departments = (department,) if department else ()
    rows = list_alerts(asker(request), is_open=is_open, departments=departments)
    return [_row(row, AlertOut) for row in rows]


@router.get("/{int:alert_id}/", response={200: AlertWholeOut, **REFUSED})
def read_one(request: HttpRequest, alert_id: int) -> dict[str, Any]:
    """One alert with the numbers that it rests on."""
    return _row(read_alert(asker(request), alert_id), AlertWholeOut)


@router.post("/{int:alert_id}/answer/", response={200: AlertWholeOut, **REFUSED})
def answer(request: HttpRequest, alert_id: int, body: AlertAnswerIn) -> dict[str, Any]:
    """Say what is known or done about an alert, or open it again."""
    actor = asker(request)
    answer_alert(actor=actor, alert_id=alert_id, **body.dict())
    return _row(read_alert(actor, alert_id), AlertWholeOut)


def _row(told: Told, shape: type[Schema]) -> dict[str, Any]:
    return {name: getattr(told, name) for name in shape.model_fields}
