"""The pages of review meetings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import raise_alerts
from kyogyo.records.models import Review, ReviewPoint
from kyogyo.records.queries.calendar import local_date
from tests.records.actions.test_alerts import noticed
from tests.records.people import Company

SignedIn = Callable[..., Client]


def test_review_from_opening_to_the_next_agenda(company: Company, signed_in: SignedIn) -> None:
    raise_alerts(actor=SYSTEM, noticed=[noticed(), noticed("b")], now=datetime.now(UTC))
    browser = signed_in("manager")
    opened = browser.post("/reviews/open/", {"track": "new_business"})
    review = Review.objects.get()
    assert opened.headers["Location"] == f"/reviews/{review.pk}/"
    first, second = review.points.order_by("number")
    due = local_date() + timedelta(days=3)
    for point, said in (
        (first, {"decision": "do", "owner": company.users["field"].pk, "due_on": str(due)}),
        (second, {"decision": "settled", "words": "A holiday"}),
    ):
        answer = browser.post(f"/reviews/points/{point.pk}/decide/", {"review": review.pk, **said})
        assert answer.status_code == 303
    browser.post(f"/reviews/{review.pk}/close/")
    page = signed_in("field").get(f"/reviews/{review.pk}/").content.decode()
    assert "Fumi Field" in page
    assert "It is done" in page
    assert "Decide otherwise" not in page

    signed_in("field").post(f"/reviews/points/{first.pk}/finish/")
    browser.post("/reviews/open/", {"track": "new_business"})
    again = ReviewPoint.objects.filter(review__closed_at=None)
    # Both alerts still wait for an answer; what was done isn't carried.
    assert [one.carried_from for one in again] == [None, None]


def test_decision_that_lacks_somebody_is_said_beside_its_point(
    company: Company, signed_in: SignedIn
) -> None:
    raise_alerts(actor=SYSTEM, noticed=[noticed()])
    browser = signed_in("manager")
    browser.post("/reviews/open/", {"track": "new_business"})
    point = ReviewPoint.objects.get()
    answer = browser.post(
        f"/reviews/points/{point.pk}/decide/",
        {"review": point.review_id, "decision": "do", "words": "Call them"},
    )
    assert answer.status_code == 422
    assert "Say who does it" in answer.content.decode()
    assert "Call them" in answer.content.decode()
    closed = browser.post(f"/reviews/{point.review_id}/close/")
    assert (closed.status_code, "no decision yet" in closed.content.decode()) == (422, True)


def test_reviews_page_teaches_when_there_are_none(signed_in: SignedIn) -> None:
    said = signed_in("field").get("/reviews/", headers={"Accept-Language": "ja"})
    assert "No review was held yet" in said.content.decode()
