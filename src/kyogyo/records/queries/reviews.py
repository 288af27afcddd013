"""Review meetings as pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kyogyo.records.access import not_found
from kyogyo.records.models import Review, ReviewPoint
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@dataclass(frozen=True, slots=True)
class PointLine:
    """One point. `since` is the day of the first review that had it."""

    id: int
    number: int
    kind: str
    subject: str
    says: Text
    decision: str
    words: str
    owner_id: int | None
    owner: str
    due_on: date | None
    done_at: datetime | None
    since: date


@dataclass(frozen=True, slots=True)
class ReviewRead:
    id: int
    track: str
    held_on: date
    as_of: datetime
    opened_by: str
    closed_at: datetime | None
    points: tuple[PointLine, ...]

    @property
    def undecided(self) -> int:
        return sum(1 for one in self.points if not one.decision)


def list_reviews(actor: Actor, *, track: str = "") -> tuple[ReviewRead, ...]:
    """The last 50 reviews without their points, the newest first. Nothing for who works nowhere here."""
    if not actor.memberships:
        return ()
    found = Review.objects.select_related("opened_by").order_by("-id")
    if track:
        found = found.filter(track=track)
    return tuple(_read(one, points=()) for one in found[:50])


def read_review(actor: Actor, review_id: int) -> ReviewRead:
    """One review with its points, those carried first. Raises MissingRecordError."""
    review = Review.objects.select_related("opened_by").filter(pk=review_id).first()
    if review is None or not actor.memberships:
        raise not_found(en="review", ja="振り返り", key=review_id)
    points = list(review.points.select_related("owner").order_by("number"))
    first = _first_days(points)
    return _read(
        review,
        points=tuple(_line(one, since=first.get(one.pk, review.held_on)) for one in points),
    )


def _first_days(points: list[ReviewPoint]) -> dict[int, date]:
    """For points that were carried: the day of the review in which their chain began."""
    origin = {one.pk: one.carried_from_id for one in points if one.carried_from_id}
    days: dict[int, date] = {}
    while waiting := set(origin.values()):
        found = {
            pk: (before, held_on)
            for pk, before, held_on in ReviewPoint.objects.filter(pk__in=waiting).values_list(
                "pk", "carried_from_id", "review__held_on"
            )
        }
        for point, at in list(origin.items()):
            before, held_on = found[at]
            days[point] = held_on
            if before is None:
                del origin[point]
            else:
                origin[point] = before
    return days


def _line(point: ReviewPoint, *, since: date) -> PointLine:
    return PointLine(
        id=point.pk,
        number=point.number,
        kind=point.kind,
        subject=point.subject,
        says=Text(en=point.says["en"], ja=point.says["ja"]),
        decision=point.decision,
        words=point.words,
        owner_id=point.owner_id,
        owner=point.owner.name if point.owner else "",
        due_on=point.due_on,
        done_at=point.done_at,
        since=since,
    )


def _read(review: Review, *, points: tuple[PointLine, ...]) -> ReviewRead:
    return ReviewRead(
        id=review.pk,
        track=review.track,
        held_on=review.held_on,
        as_of=review.as_of,
        opened_by=review.opened_by.name,
        closed_at=review.closed_at,
        points=points,
    )
