"""Review meetings: opened, decided, closed, and carried on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.reviews import (
    Point,
    close_review,
    decide_point,
    finish_point,
    open_review,
)
from kyogyo.records.models import Review
from kyogyo.records.queries.reviews import list_reviews, read_review
from kyogyo.words import Text
from tests.records.people import Company

NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
POINTS = tuple(
    Point("alert", f"alert:{number}", Text(en=f"Point {number}", ja=f"議題{number}"))
    for number in (1, 2, 3)
)


def opened(company: Company, *, now: datetime = NOW, points: tuple[Point, ...] = POINTS) -> Review:
    return open_review(
        actor=company.as_manager, track="new_business", points=points, as_of=now, now=now
    )


def decided(company: Company, review: Review, *decisions: dict[str, Any]) -> None:
    for point, said in zip(review.points.order_by("number"), decisions, strict=True):
        decide_point(actor=company.as_manager, point_id=point.pk, now=NOW, **said)


def test_review_lists_its_points_and_only_one_is_open(company: Company) -> None:
    review = opened(company)
    read = read_review(company.as_field, review.pk)
    assert [(one.number, one.says.ja, one.decision) for one in read.points] == [
        (1, "議題1", ""),
        (2, "議題2", ""),
        (3, "議題3", ""),
    ]
    assert read.undecided == 3
    with pytest.raises(ConflictError):
        opened(company)


def test_what_is_not_settled_comes_first_next_time_with_its_first_day(company: Company) -> None:
    review = opened(company)
    to_do = {"decision": "do", "owner_id": company.users["field"].pk, "due_on": date(2026, 4, 10)}
    decided(company, review, {"decision": "settled"}, to_do, {"decision": "carry"})
    close_review(actor=company.as_manager, review_id=review.pk, now=NOW)
    done = review.points.get(number=2)
    finish_point(actor=company.as_field, point_id=done.pk, now=NOW)

    week = NOW + timedelta(days=7)
    second = opened(company, now=week, points=POINTS[:1])
    decide_point(actor=company.as_manager, point_id=second.points.get(number=1).pk, decision="carry", now=week)  # fmt: skip
    decide_point(actor=company.as_manager, point_id=second.points.get(number=2).pk, decision="settled", now=week)  # fmt: skip
    close_review(actor=company.as_manager, review_id=second.pk, now=week)
    third = opened(company, now=week + timedelta(days=7), points=())
    assert [
        (one.subject, one.since)
        for read in (second, third)
        for one in read_review(company.as_field, read.pk).points
    ] == [
        ("alert:3", date(2026, 4, 6)),
        ("alert:1", date(2026, 4, 13)),
        ("alert:3", date(2026, 4, 6)),
    ]
    assert [one.held_on for one in list_reviews(company.as_field)] == [
        date(2026, 4, 20),
        date(2026, 4, 13),
        date(2026, 4, 6),
    ]


def test_review_closes_once_every_point_is_decided(company: Company) -> None:
    review = opened(company)
    with pytest.raises(RuleError, match="3 points have no decision"):
        close_review(actor=company.as_manager, review_id=review.pk, now=NOW)
    decided(company, review, *[{"decision": "settled"}] * 3)
    closed = close_review(actor=company.as_manager, review_id=review.pk, now=NOW)
    assert closed.closed_at == NOW
    with pytest.raises(RuleError, match="is closed"):
        decided(company, review, *[{"decision": "carry"}] * 3)


def test_something_to_do_has_somebody_and_a_day(company: Company) -> None:
    point = opened(company).points.get(number=1)
    asked: dict[str, Any] = {"actor": company.as_manager, "point_id": point.pk, "now": NOW}
    yesterday = date(2026, 4, 5)
    vague: tuple[dict[str, Any], ...] = (
        {},
        {"owner_id": company.users["field"].pk, "due_on": yesterday},
    )
    for said in vague:
        with pytest.raises(RuleError, match="Say who does it"):
            decide_point(**asked, decision="do", **said)
    with pytest.raises(RuleError, match="from the list"):
        decide_point(**asked, decision="perhaps")
    with pytest.raises(RuleError, match="Nothing was to be done"):
        finish_point(actor=company.as_manager, point_id=point.pk, now=NOW)


def test_reviews_are_led_by_managers_and_seen_by_who_works_here(company: Company) -> None:
    review = opened(company)
    point = review.points.get(number=1)
    with pytest.raises(NotAllowedError):
        decide_point(actor=company.as_field, point_id=point.pk, decision="carry", now=NOW)
    with pytest.raises(MissingRecordError):
        read_review(company.as_outsider, review.pk)
    assert list_reviews(company.as_outsider) == ()
