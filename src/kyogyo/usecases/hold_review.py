"""The agenda of a review: what changed, what is due, and what nobody has answered; not a reading of the state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from kyogyo.records.actions.reviews import Point, open_review
from kyogyo.records.queries.alerts import list_alerts
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import list_countermeasures
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


def hold_review(*, actor: Actor, track: str, now: datetime | None = None) -> int:
    """Open a review of a track with its agenda, and return its id.

    Raises ConflictError while one is open, NotAllowedError for who doesn't lead reviews.
    """
    now = now or datetime.now(UTC)
    points = prepare_points(actor=actor, track=track, today=local_date(now))
    return open_review(actor=actor, track=track, points=points, as_of=now, now=now).pk


def prepare_points(*, actor: Actor, track: str, today: date) -> tuple[Point, ...]:
    """Unanswered alerts, worst first; then countermeasures that are due, late to start, or were just ended."""
    alerts = [one for one in list_alerts(actor, is_open=True) if one.track == track]
    alerts.sort(key=lambda one: (one.is_good, one.raised_at))
    points = [Point("alert", f"alert:{one.id}", one.says) for one in alerts]
    for one in list_countermeasures(actor, today=today, is_open=True, track=track):
        if one.state == "review_due":
            says = Text(
                en=f"“{one.title}” is due for review: did it help, and what follows?",
                ja=f"打ち手「{one.title}」の振り返り日です。効果があったか、今後どうするかを決めます。",
            )
        elif one.state == "planned" and one.first_on < today:
            says = Text(
                en=f"“{one.title}” was to start on {one.first_on} and has not been reported as started.",
                ja=f"打ち手「{one.title}」は {one.first_on} に始まる予定でしたが、開始の記録がありません。",
            )
        else:
            continue
        points.append(Point("countermeasure", f"countermeasure:{one.id}", says))
    return tuple(points)
