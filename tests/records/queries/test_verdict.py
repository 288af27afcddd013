"""One handoff in full: its packet as it was offered, what may be done, what is still missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kyogyo.errors import MissingRecordError
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.commitments import promise
from kyogyo.records.actions.handoffs import accept_handoff, need_work, offer_handoff
from kyogyo.records.actions.journeys import log_activity
from kyogyo.records.models import Handoff
from kyogyo.records.queries.verdict import handoff_page, offer_form
from tests.records.people import MONDAY, Company, make_journey

HOUR = timedelta(hours=1)


def offered(company: Company) -> Handoff:
    journey = make_journey(company, stage="meeting_set", owner="inside")
    as_inside = {"actor": company.as_inside, "journey_id": journey.pk, "now": MONDAY}
    answer_question(**as_inside, question="needs", answer="Faster quotes")
    answer_question(**as_inside, question="budget", is_unknown=True)
    promise(**as_inside, text="A demo with their data")
    log_activity(**as_inside, kind="call", words="Ready to see it", is_two_way=True)
    return offer_handoff(
        **as_inside, why_now="Contract elsewhere ends", override_reason="They can wait no longer"
    )


def test_packet_is_what_was_known_when_it_was_offered(company: Company) -> None:
    handoff = offered(company)
    answer_question(
        actor=company.as_inside,
        journey_id=handoff.journey_id,
        question="needs",
        answer="Changed since",
        now=MONDAY + HOUR,
    )
    page = handoff_page(actor=company.as_field, handoff_id=handoff.pk, now=MONDAY + HOUR)

    packet = page.packet
    assert (packet.why_now, packet.override_reason) == (
        "Contract elsewhere ends", "They can wait no longer",
    )  # fmt: skip
    assert [(one.question, one.answer.ja, one.department.ja) for one in packet.answers] == [
        ("budget", "未確認", "インサイドセールス"),
        ("needs", "Faster quotes", "インサイドセールス"),
    ]
    assert [one.text for one in packet.promises] == ["A demo with their data"]
    assert [(one.kind.en, one.is_two_way) for one in packet.activities] == [("Call", True)]
    assert sorted(label.ja for label in packet.missing) == [
        "導入希望時期", "想定金額", "次回アクションと日付", "現状のやり方と困りごと",
    ]  # fmt: skip
    needs = next(row for row in page.table.rows if row.code == "needs")
    assert needs.last is not None
    assert needs.last.answer.en == "Changed since"


@pytest.mark.parametrize(
    ("name", "acts"),
    [
        ("field", {"decide", "report"}),
        ("inside", {"withdraw"}),
        ("manager", {"decide", "report", "withdraw"}),
        ("revops", {"decide", "report", "withdraw"}),
        ("viewer", set()),
    ],
)
def test_each_is_offered_what_they_may_do(company: Company, name: str, acts: set[str]) -> None:
    page = handoff_page(actor=company.actor(name), handoff_id=offered(company).pk, now=MONDAY)

    assert page.acts == acts


def test_nobody_else_finds_it(company: Company) -> None:
    with pytest.raises(MissingRecordError):
        handoff_page(actor=company.as_success, handoff_id=offered(company).pk)


def test_page_says_what_accepting_still_misses_and_why_it_may_be_returned(
    company: Company,
) -> None:
    page = handoff_page(actor=company.as_field, handoff_id=offered(company).pk, now=MONDAY)

    criteria = [one.code for one in page.open_criteria if one.kind == "criterion"]
    assert criteria == ["meeting_held", "next_step_dated"]
    assert [(one.code, one.stays) for one in page.returns][:2] == [
        ("wrong_person", True), ("no_need", True),
    ]  # fmt: skip


def test_accepted_handoff_is_only_reported_on(company: Company) -> None:
    handoff = offered(company)
    accept_handoff(
        actor=company.as_field, handoff_id=handoff.pk, override_reason="Known", now=MONDAY
    )
    page = handoff_page(actor=company.as_field, handoff_id=handoff.pk, now=MONDAY)

    assert (page.acts, page.open_criteria) == ({"report"}, ())
    assert [(one.kind, one.by) for one in page.history] == [
        ("offered", "Ichiro Inside"), ("accepted", "Fumi Field"),
    ]  # fmt: skip


def test_form_of_an_offer_says_to_whom_and_what_is_missing(company: Company) -> None:
    handoff = offered(company)
    need_work(
        actor=company.as_field, handoff_id=handoff.pk, words="Who?", asks=("authority",), now=MONDAY
    )
    form = offer_form(journey=handoff.journey)

    assert form is not None
    assert [label.en for _, label in form.teams] == ["Field sales"]
    assert [name for _, name in form.people] == ["Fumi Field"]
    assert form.sent_back is not None
    assert form.sent_back.words == "Who?"
    assert [one.code for one in form.missing] == [
        "timeframe", "current_state", "deal_size", "next_step", "authority",
    ]  # fmt: skip
    assert offer_form(journey=make_journey(company, stage="evaluation", owner="field")) is None


def test_page_takes_a_fixed_number_of_queries(
    company: Company, django_assert_max_num_queries: object
) -> None:
    handoff = offered(company)
    for number in range(10):
        log_activity(
            actor=company.as_inside,
            journey_id=handoff.journey_id,
            kind="call",
            words=str(number),
            now=MONDAY,
        )
    actor = company.as_field
    assert actor.seen_teams == frozenset()
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        handoff_page(actor=actor, handoff_id=handoff.pk, now=MONDAY)
