"""One change to many: what the look ahead says is what happens, and it can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kyogyo.errors import MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.bulk import MOST, BulkChange, apply_bulk, preview_bulk, undo_bulk
from kyogyo.records.actions.journeys import change_journey
from kyogyo.records.actions.stages import check_criterion
from kyogyo.records.models import AuditEvent, CustomField, Journey, Outbox, StageEntry
from tests.records.people import Company, make_journey

pytestmark = pytest.mark.django_db


def _outcomes(report: Any) -> list[tuple[int, str]]:
    return [(row.journey.pk, row.outcome) for row in report.rows]


def _rows(model: Any) -> int:
    return int(model.objects.count())


def test_preview_keeps_nothing(company: Company) -> None:
    journey = make_journey(company, source="web")
    before = (_rows(AuditEvent), _rows(Outbox), journey.revision)

    preview_bulk(
        actor=company.as_admin, journey_ids=[journey.pk], change=BulkChange("source", "event")
    )

    journey.refresh_from_db()
    assert (_rows(AuditEvent), _rows(Outbox), journey.revision) == before
    assert journey.source == "web"


def _changes(company: Company) -> list[BulkChange]:
    return [
        BulkChange("owner", company.inside.pk),
        BulkChange("team", company.teams["inside"].pk),
        BulkChange("next_step", "call", due_on=date(2026, 5, 1)),
        BulkChange("next_step", "call"),
        BulkChange("source", "web"),
        BulkChange("campaign", "spring"),
        BulkChange("field", "Pro", field="plan"),
        BulkChange("field", "Other", field="plan"),
        BulkChange("stage", "mql"),
        BulkChange("stage", "mql", override_reason="trade fair"),
        BulkChange("stage", "lost"),
        BulkChange("stage", "disqualified", reason="consultant", buyer_words="no"),
    ]


@pytest.mark.parametrize("number", range(12))
def test_preview_is_what_happens(company: Company, number: int) -> None:
    CustomField.objects.create(
        noun="journey", code="plan", label_en="Plan", label_ja="プラン", kind="choice",
        choices=["Pro"],
    )  # fmt: skip
    ready, bare, there = (make_journey(company, source=source) for source in ("", "web", ""))
    onwards = make_journey(company, stage="proposal", owner="field")
    check_criterion(actor=company.as_admin, journey_id=ready.pk, criterion="fit_and_interest")
    ids = [ready.pk, bare.pk, there.pk, onwards.pk]
    change = _changes(company)[number]

    seen = preview_bulk(actor=company.as_admin, journey_ids=ids, change=change)
    done = apply_bulk(actor=company.as_admin, journey_ids=ids, change=change)

    assert _outcomes(seen) == _outcomes(done)
    assert [row.why for row in seen.rows] == [row.why for row in done.rows]


def test_stage_of_many_refuses_each_by_its_own_gate(company: Company) -> None:
    ready, bare = make_journey(company), make_journey(company)
    check_criterion(actor=company.as_admin, journey_id=ready.pk, criterion="fit_and_interest")

    report = apply_bulk(
        actor=company.as_admin, journey_ids=[ready.pk, bare.pk], change=BulkChange("stage", "mql")
    )

    assert _outcomes(report) == [(ready.pk, "changes"), (bare.pk, "refused")]
    why = report.rows[1].why
    assert why is not None
    assert why.en.splitlines()[0] == "The journey can't enter MQL yet. This is still missing:"
    assert list(Journey.objects.order_by("pk").values_list("stage", flat=True)) == ["mql", "lead"]


@pytest.mark.parametrize("number", [0, 1, 2, 4, 5, 6, 9, 11])
def test_undo_puts_back_what_was(company: Company, number: int) -> None:
    CustomField.objects.create(
        noun="journey", code="plan", label_en="Plan", label_ja="プラン", kind="choice",
        choices=["Pro"],
    )  # fmt: skip
    journey = make_journey(company, source="event")
    columns = ("stage", "owner_id", "team_id", "source", "campaign", "facts", "next_step")
    before = [getattr(journey, name) for name in columns]
    done = apply_bulk(
        actor=company.as_admin, journey_ids=[journey.pk], change=_changes(company)[number]
    )
    assert done.count("changes") == 1

    undone = undo_bulk(actor=company.as_admin, batch=done.batch)

    journey.refresh_from_db()
    assert _outcomes(undone) == [(journey.pk, "changes")]
    assert [getattr(journey, name) for name in columns] == before


def test_undo_adds_events_and_deletes_none(company: Company) -> None:
    journey = make_journey(company)
    change = BulkChange("stage", "mql", override_reason="trade fair")
    done = apply_bulk(actor=company.as_admin, journey_ids=[journey.pk], change=change)

    undo_bulk(actor=company.as_admin, batch=done.batch)

    entries = StageEntry.objects.filter(journey=journey).order_by("id")
    assert [(one.stage, one.undoes_id is not None) for one in entries] == [
        ("lead", False),
        ("mql", False),
        ("lead", True),
    ]


def test_undo_keeps_what_was_changed_since(company: Company) -> None:
    kept, back = make_journey(company), make_journey(company)
    done = apply_bulk(
        actor=company.as_admin, journey_ids=[kept.pk, back.pk], change=BulkChange("source", "web")
    )
    change_journey(actor=company.as_admin, journey_id=kept.pk, source="referral")

    undone = undo_bulk(actor=company.as_admin, batch=done.batch)

    assert _outcomes(undone) == [(kept.pk, "refused"), (back.pk, "changes")]
    assert list(Journey.objects.order_by("pk").values_list("source", flat=True)) == ["referral", ""]


def test_undo_is_once_and_ones_own(company: Company) -> None:
    journey = make_journey(company)
    done = apply_bulk(
        actor=company.as_admin, journey_ids=[journey.pk], change=BulkChange("source", "web")
    )

    with pytest.raises(MissingRecordError):
        undo_bulk(actor=company.as_revops, batch=done.batch)
    undo_bulk(actor=company.as_admin, batch=done.batch)
    with pytest.raises(RuleError, match="taken back already"):
        undo_bulk(actor=company.as_admin, batch=done.batch)


def test_many_leaves_out_what_may_not_be_seen(company: Company) -> None:
    theirs = make_journey(company, owner="field", stage="proposal")
    own = make_journey(company, owner="inside", stage="working")

    report = apply_bulk(
        actor=company.as_inside, journey_ids=[theirs.pk, own.pk], change=BulkChange("source", "web")
    )

    assert _outcomes(report) == [(own.pk, "changes")]
    theirs.refresh_from_db()
    assert theirs.source == ""


def test_many_is_refused_to_viewers_and_beyond_its_size(company: Company) -> None:
    with pytest.raises(NotAllowedError):
        preview_bulk(actor=company.as_viewer, journey_ids=[1], change=BulkChange("source", "web"))
    with pytest.raises(RuleError, match="1,000 at most"):
        preview_bulk(
            actor=company.as_admin, journey_ids=range(MOST + 1), change=BulkChange("source", "web")
        )
    with pytest.raises(RuleError, match="No journey is chosen"):
        preview_bulk(actor=company.as_admin, journey_ids=[], change=BulkChange("source", "web"))
