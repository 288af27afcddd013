"""A decision on a handoff is taken back by a new event, with all that came of it, while nothing rests on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.handoffs import (
    accept_handoff,
    file_result,
    need_work,
    offer_again,
    offer_handoff,
    return_handoff,
    undo_decision,
)
from kyogyo.records.actions.journeys import assign_journey
from kyogyo.records.actions.stages import enter_stage, recycle
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.models import (
    AuditEvent,
    CriterionCheck,
    Handoff,
    HandoffEvent,
    Journey,
    Outbox,
    StageEntry,
)
from kyogyo.records.queries.clocks import clocks_of
from kyogyo.records.queries.handoffs import handoff_row, inbox, outbox
from kyogyo.records.queries.journey_rows import read_rows
from kyogyo.records.queries.journey_timeline import timeline
from kyogyo.records.queries.model import current
from kyogyo.records.queries.shown import shown_of
from tests.records.actions.test_handoffs import answer, meeting, offer
from tests.records.people import MONDAY, Company, make_journey

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@pytest.fixture
def offered(company: Company) -> Handoff:
    return offer(company, meeting(company))


def _accept(company: Company, handoff: Handoff, **given: Any) -> HandoffEvent:
    return accept_handoff(
        actor=company.as_field,
        handoff_id=handoff.pk,
        criteria=("meeting_held", "next_step_dated"),
        now=MONDAY + HOUR,
        **given,
    )


def _undo(company: Company, handoff: Handoff, *, by: str = "field", **given: Any) -> HandoffEvent:
    given = {"now": MONDAY + 2 * HOUR, **given}
    return undo_decision(actor=company.actor(by), handoff_id=handoff.pk, **given)


def _stands(journey_id: int) -> tuple[str, str, str]:
    journey = Journey.objects.get(pk=journey_id)
    return journey.stage, journey.owner.name if journey.owner else "", str(journey.team)


def test_an_acceptance_taken_back_leaves_everything_as_it_was(
    company: Company, offered: Handoff
) -> None:
    model = current().model
    before = (
        _stands(offered.journey_id),
        shown_of([offered.journey])[offered.journey_id],
        clocks_of(offered, model=model, now=MONDAY + 3 * HOUR),
    )
    accepted = _accept(company, offered)

    undone = _undo(company, offered, words="The wrong one")

    offered.refresh_from_db()
    assert (
        _stands(offered.journey_id),
        shown_of([offered.journey])[offered.journey_id],
        clocks_of(offered, model=model, now=MONDAY + 3 * HOUR),
    ) == before
    assert (undone.undoes, undone.kind, undone.round, undone.words, offered.open_round) == (
        accepted, "undone", 1, "The wrong one", 2,
    )  # fmt: skip
    # Nothing was deleted: each row is there, with the one that takes it back.
    assert [one.kind for one in offered.events.order_by("id")] == ["offered", "accepted", "undone"]
    assert list(CriterionCheck.objects.order_by("id").values_list("undoes__criterion", flat=True)) == [
        None, None, "meeting_held", "next_step_dated",
    ]  # fmt: skip
    entries = StageEntry.objects.filter(journey=offered.journey_id).order_by("id")
    assert list(entries.values_list("stage", "undoes__stage")) == [
        ("meeting_set", None), ("discovery", None), ("meeting_set", "discovery"),
    ]  # fmt: skip


def test_both_sides_are_told_and_the_credit_is_taken_back(
    company: Company, offered: Handoff
) -> None:
    _accept(company, offered)
    assert outbox(actor=company.as_inside, now=MONDAY + DAY).decided[0].credited_to == (
        "Ichiro Inside"
    )
    _undo(company, offered, words="The wrong one")

    given = outbox(actor=company.as_inside, now=MONDAY + DAY)
    (row,) = given.waiting
    assert (given.decided, row.state, row.credited_to, row.taken_back_by, row.taken_back_words) == (
        (), "offered", "", "Fumi Field", "The wrong one",
    )  # fmt: skip
    assert row.taken_back is not None
    assert row.taken_back.ja == "受け入れ"
    assert [
        one.handoff_id for one in inbox(actor=company.as_field, now=MONDAY + DAY).to_decide
    ] == [offered.pk]
    undone = [
        one
        for one in timeline(read_rows(offered.journey_id), model=current().model)
        if one.is_undone
    ]
    assert sorted(one.kind for one in undone) == ["criterion", "criterion", "entry", "handoff"]


def test_it_is_written_in_one_transaction_with_audit_and_outbox(
    company: Company, offered: Handoff
) -> None:
    _accept(company, offered)
    audits, told = AuditEvent.objects.count(), Outbox.objects.count()

    _undo(company, offered)

    assert list(AuditEvent.objects.order_by("id")[audits:].values_list("action", flat=True)) == [
        "undone", "undo_entry", "assign",
    ]  # fmt: skip
    assert list(Outbox.objects.order_by("id")[told:].values_list("kind", flat=True)) == [
        "handoff.undone", "journey.undo_entry", "journey.assign",
    ]  # fmt: skip


def test_another_decision_can_follow_and_the_first_one_holds_again(
    company: Company, offered: Handoff
) -> None:
    accepted = _accept(company, offered)
    _undo(company, offered, event_id=accepted.pk)
    with pytest.raises(ConflictError):
        _undo(company, offered, event_id=accepted.pk)

    later = MONDAY + 3 * HOUR
    event = return_handoff(
        actor=company.as_field, handoff_id=offered.pk, reason="no_need", words="None", now=later
    )
    with pytest.raises(ConflictError):
        accept_handoff(actor=company.as_field, handoff_id=offered.pk, now=later)
    row = handoff_row(actor=company.as_inside, handoff_id=offered.pk, now=later)
    assert (event.round, row.state, row.is_with_giver, row.taken_back) == (
        2,
        "returned",
        True,
        None,
    )

    _undo(company, offered, now=later + HOUR)
    offered.refresh_from_db()
    assert offered.open_round == 3


def test_a_return_that_ended_the_journey_brings_it_back(company: Company) -> None:
    journey = make_journey(company, stage="mql", owner="marketer")
    answer(company, journey, "needs", by="marketer")
    handoff = offer(company, journey, by="marketer")
    return_handoff(
        actor=company.as_inside, handoff_id=handoff.pk, reason="bad_timing", words="Next year",
        now=MONDAY + HOUR,
    )  # fmt: skip
    assert _stands(journey.pk)[0] == "recycled"

    _undo(company, handoff, by="inside")

    assert _stands(journey.pk) == ("mql", "Mai Marketer", "Marketing")


def test_a_request_for_more_is_taken_back(company: Company, offered: Handoff) -> None:
    need_work(
        actor=company.as_field, handoff_id=offered.pk, words="Who decides?", now=MONDAY + HOUR
    )

    _undo(company, offered)

    assert outbox(actor=company.as_inside, now=MONDAY + DAY).sent_back == ()


def test_a_result_filed_in_the_same_breath_stays(company: Company, offered: Handoff) -> None:
    file_result(
        actor=company.as_field, handoff_id=offered.pk, words="Went well", decision="accept",
        criteria=("meeting_held", "next_step_dated"), override_reason="Fine", now=MONDAY + HOUR,
    )  # fmt: skip

    _undo(company, offered)

    # The meeting took place, whatever is decided: the journey waits for the decision.
    assert _stands(offered.journey_id)[0] == "pending_acceptance"
    with pytest.raises(ConflictError, match="filed this result"):
        file_result(
            actor=company.as_field, handoff_id=offered.pk, words="Again", now=MONDAY + 3 * HOUR
        )


def test_who_may_take_a_decision_back(company: Company, offered: Handoff) -> None:
    _accept(company, offered)

    with pytest.raises(MissingRecordError):
        _undo(company, offered, by="outsider")
    for who in ("inside", "viewer"):
        with pytest.raises(NotAllowedError):
            _undo(company, offered, by=who)
    with pytest.raises(NotAllowedError):
        _undo(company, offered, now=MONDAY + HOUR + DAY + timedelta(seconds=1))
    _undo(company, offered, by="manager", now=MONDAY + 3 * DAY)


def _file(company: Company, handoff: Handoff) -> object:
    return file_result(
        actor=company.as_field, handoff_id=handoff.pk, words="Met", now=MONDAY + 2 * HOUR
    )


def _go_on(company: Company, handoff: Handoff) -> object:
    return enter_stage(
        actor=company.as_field, journey_id=handoff.journey_id, stage="evaluation",
        override_reason="Fair", now=MONDAY + 2 * HOUR,
    )  # fmt: skip


def _give_away(company: Company, handoff: Handoff) -> object:
    return assign_journey(
        actor=company.as_manager, journey_id=handoff.journey_id, user_id=company.manager.pk,
        now=MONDAY + 2 * HOUR,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("build", "says"),
    [(_file, "a result was filed"), (_go_on, "another stage"), (_give_away, "somebody else")],
)
def test_what_something_rests_on_stays(
    company: Company, offered: Handoff, build: Any, says: str
) -> None:
    _accept(company, offered)
    build(company, offered)

    with pytest.raises(RuleError, match=says):
        _undo(company, offered, now=MONDAY + 3 * HOUR)


def test_what_was_offered_again_stays_decided(company: Company, offered: Handoff) -> None:
    need_work(
        actor=company.as_field, handoff_id=offered.pk, words="Who decides?", now=MONDAY + HOUR
    )
    offer_again(
        actor=company.as_inside, handoff_id=offered.pk, why_now="Ms Sato", now=MONDAY + 2 * HOUR
    )

    with pytest.raises(ConflictError):
        _undo(company, offered, now=MONDAY + 3 * HOUR)


def test_an_end_taken_back_opens_the_offer_that_it_closed(
    company: Company, offered: Handoff
) -> None:
    entry = recycle(
        actor=company.as_inside, journey_id=offered.journey_id, reason="no_budget",
        now=MONDAY + HOUR,
    )  # fmt: skip

    undo_entry(actor=company.as_inside, entry_id=entry.pk, now=MONDAY + 2 * HOUR)

    offered.refresh_from_db()
    assert (offered.open_round, handoff_row(actor=company.as_inside, handoff_id=offered.pk).state) == (
        2, "offered",
    )  # fmt: skip


def test_the_database_lets_nothing_but_a_decision_of_the_same_handoff_be_taken_back(
    company: Company, offered: Handoff
) -> None:
    other = offer(company, meeting(company))
    accepted = _accept(company, offered)
    (first,) = other.events.all()
    wrong = (
        {"handoff": other, "undoes": accepted, "kind": "undone"},
        {"handoff": other, "undoes": first, "kind": "undone"},
        {"handoff": offered, "undoes": accepted, "kind": "result"},
        {"handoff": offered, "undoes": None, "kind": "undone"},
    )
    for given in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HandoffEvent.objects.create(round=1, at=MONDAY, **given)
    _undo(company, offered)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoffEvent.objects.create(
            handoff=offered, undoes=accepted, kind="undone", round=1, at=MONDAY
        )


def test_an_end_closes_the_offer_that_awaits_a_decision_again(
    company: Company, offered: Handoff
) -> None:
    _accept(company, offered)
    _undo(company, offered)
    recycle(
        actor=company.as_inside, journey_id=offered.journey_id, reason="no_budget",
        now=MONDAY + 3 * HOUR,
    )  # fmt: skip
    offered.refresh_from_db()

    assert offered.open_round is None
    with pytest.raises(RuleError):
        offer_handoff(actor=company.as_inside, journey_id=offered.journey_id, why_now="Now")
