"""Taking history in: many rows, the same again, corrected ones, and what may not be taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kyogyo.errors import ConflictError, NotAllowedError, RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.imports import (
    Taken,
    TakenAccount,
    TakenEntry,
    TakenFacts,
    TakenJourney,
    TakenRevenue,
    begin_import,
    end_import,
    take_history,
)
from kyogyo.records.actions.journeys import assign_journey
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.models import (
    Account,
    Assignment,
    AuditEvent,
    CriterionCheck,
    ImportBatch,
    Journey,
    Outbox,
    Revenue,
    StageEntry,
    User,
)
from tests.records.people import MONDAY, Company

pytestmark = pytest.mark.django_db

ACCOUNTS = (
    TakenAccount("A1", "株式会社あおぞら", segment="smb", facts={"employees": 40}),
    TakenAccount("A2", "Midori Inc."),
)
JOURNEYS = (
    TakenJourney("J1", "A1", "new_business", MONDAY, title="First", owner="inside@example.com"),
    TakenJourney("J2", "A2", "new_business", MONDAY, amount=900),
)


def _day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def _entry(journey: str, stage: str, day: int, **words: Any) -> TakenEntry:
    return TakenEntry(journey, stage, _day(day), **words)


ENTRIES = (
    _entry("J1", "lead", 0, owner="Mai Marketer"),
    _entry("J2", "lead", 0),
    _entry("J1", "working", 3, owner="Somebody Gone", amount=500),
    _entry("J1", "lost", 9, reason="lost_price", buyer_words="高い"),
)


def _take(company: Company, **rows: Any) -> Taken:
    rows = {"accounts": ACCOUNTS, "journeys": JOURNEYS, "entries": ENTRIES, **rows}
    batch = begin_import(actor=company.as_revops, label="deals.csv")
    return take_history(actor=company.as_revops, batch=batch, **rows)


def _standing(key: str) -> list[tuple[str, datetime]]:
    entries = StageEntry.objects.filter(
        journey__external_id=key, undoes=None, undone_by__isnull=True
    )
    return list(entries.order_by("at", "id").values_list("stage", "at"))


def test_history_is_taken_in_as_it_was(company: Company) -> None:
    taken = _take(company)

    assert taken == Taken(accounts=2, journeys=2, entries=4)
    journey = Journey.objects.get(external_id="J1")
    assert (journey.stage, journey.stage_type, journey.stage_entered_at) == (
        "lost", "lost", _day(9),
    )  # fmt: skip
    assert (journey.account.name, journey.amount) == ("株式会社あおぞら", 500)
    assert journey.owner is not None
    assert (journey.owner.name, journey.owner.is_placeholder) == ("Somebody Gone", True)
    assert [one.user and one.user.name for one in journey.assignments.order_by("at", "id")] == [
        "Ichiro Inside", "Mai Marketer", "Somebody Gone",
    ]  # fmt: skip
    assert Account.objects.get(external_id="A1").search != ""


def test_an_entry_without_evidence_is_kept_with_what_is_missing(company: Company) -> None:
    _take(
        company,
        entries=[
            _entry("J1", "lead", 0),
            _entry("J1", "working", 1),
            _entry("J1", "qualifying", 2, shown=("buyer_answered",)),
            _entry("J1", "lost", 3, reason="lost_price"),
        ],
    )

    entries = StageEntry.objects.order_by("at")
    assert [entry.missing for entry in entries] == [[], ["fit_and_interest"], [], []]
    assert [bool(entry.override_reason) for entry in entries] == [False, True, False, False]
    check = CriterionCheck.objects.get()
    assert (check.stage, check.criterion, check.evidence) == (
        "working", "buyer_answered", "deals.csv",
    )  # fmt: skip


def test_the_same_rows_again_change_nothing(company: Company) -> None:
    revenue = [TakenRevenue("A1", date(2026, 4, 1), date(2026, 5, 1), 100)]
    _take(company, revenue=revenue)
    models = (Account, Journey, StageEntry, Assignment, Revenue, Outbox, User)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    taken = _take(company, revenue=revenue)

    assert taken == Taken(unchanged=9)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_a_corrected_row_is_taken_back_and_added(company: Company) -> None:
    _take(company)

    taken = _take(company, entries=[_entry("J1", "lost", 9, reason="lost_function")])

    assert (taken.entries, taken.voided) == (1, 1)
    entry = StageEntry.objects.get(
        journey__external_id="J1", stage="lost", undoes=None, undone_by__isnull=True
    )
    assert (entry.reason, StageEntry.objects.count()) == ("lost_function", 6)


def test_what_a_whole_source_no_longer_has_is_taken_back(company: Company) -> None:
    _take(company)

    taken = _take(company, entries=ENTRIES[:3], is_whole=True)

    assert (taken.voided, taken.unchanged) == (1, 7)
    assert _standing("J1") == [("lead", _day(0)), ("working", _day(3))]
    assert Journey.objects.get(external_id="J1").stage == "working"
    again = _take(company)
    assert again.entries == 1
    assert _standing("J1")[-1] == ("lost", _day(9))


def test_what_somebody_took_back_stays_taken_back(company: Company) -> None:
    _take(company)
    undo_entry(actor=company.as_revops, entry_id=StageEntry.objects.get(stage="lost").pk)

    taken = _take(company)

    assert taken.entries == 0
    assert Journey.objects.get(external_id="J1").stage == "working"


def test_entries_may_come_in_any_order_and_later(company: Company) -> None:
    _take(company, entries=[ENTRIES[3], ENTRIES[0]])

    _take(company, journeys=(), accounts=(), entries=[ENTRIES[2]])

    assert [stage for stage, _ in _standing("J1")] == ["lead", "working", "lost"]
    assert Journey.objects.get(external_id="J1").stage == "lost"


def test_who_was_given_a_journey_here_keeps_it(company: Company) -> None:
    _take(company)
    journey = Journey.objects.get(external_id="J1")
    assign_journey(actor=company.as_revops, journey_id=journey.pk, user_id=company.field.pk)

    _take(company)

    journey.refresh_from_db()
    assert journey.owner == company.field


def test_what_changed_of_a_journey_and_an_account_is_written(company: Company) -> None:
    _take(company)

    taken = _take(
        company,
        accounts=[TakenAccount("A1", "", industry="IT", facts={"employees": None, "floor": 2})],
        journeys=[
            TakenJourney("J1", "A2", "new_business", MONDAY, source="web", owner="Fumi Field"),
            TakenJourney("J2", "A2", "new_business", MONDAY, owner="Fumi Field"),
        ],
        entries=(),
    )  # fmt: skip

    assert taken == Taken(accounts=1, journeys=2)
    account = Account.objects.get(external_id="A1")
    assert (account.name, account.segment, account.industry, account.facts) == (
        "株式会社あおぞら", "smb", "IT", {"floor": 2},
    )  # fmt: skip
    journey = Journey.objects.get(external_id="J1")
    assert (journey.account.external_id, journey.title, journey.source) == ("A2", "First", "web")
    assert str(journey.owner) == "Somebody Gone"  # its entries name its owners
    assert Journey.objects.get(external_id="J2").owner == company.field


def test_facts_fill_columns_of_that_name_and_else_the_facts(company: Company) -> None:
    _take(
        company,
        facts=[
            TakenFacts("journey", "J1", {"source": "fair", "amount": 7, "colour": "red"}),
            TakenFacts("account", "A2", {"region": "Kansai", "size": 3}),
        ],
    )

    journey = Journey.objects.get(external_id="J1")
    assert (journey.source, journey.amount, journey.facts) == ("fair", 7, {"colour": "red"})
    account = Account.objects.get(external_id="A2")
    assert (account.region, account.facts) == ("Kansai", {"size": 3})


def test_a_later_pass_counts_on(company: Company) -> None:
    later = [
        TakenJourney("J4", "A1", "new_business", _day(40), previous="J3"),
        TakenJourney("J3", "A1", "new_business", _day(20), previous="J1"),
    ]

    _take(company, journeys=[*JOURNEYS, *later])

    assert dict(Journey.objects.values_list("external_id", "attempt")) == {
        "J1": 1, "J2": 1, "J3": 2, "J4": 3,
    }  # fmt: skip
    assert Journey.objects.get(external_id="J4").previous == Journey.objects.get(external_id="J3")


def test_revenue_of_a_merged_account_goes_to_the_one_that_was_kept(company: Company) -> None:
    _take(company)
    kept, gone = Account.objects.order_by("id")
    Account.objects.filter(pk=gone.pk).update(merged_into=kept)

    _take(company, revenue=[TakenRevenue("A2", date(2026, 4, 1), date(2026, 5, 1), 100)])

    assert Revenue.objects.get().account == kept


def test_who_follows_is_told_ranges_and_the_audit_what_was_added(company: Company) -> None:
    told = Outbox.objects.count()

    _take(company)

    first, last = Journey.objects.order_by("id").values_list("id", flat=True)
    rows = Outbox.objects.order_by("id")[told:]
    assert [(one.journey_from, one.journey_to, one.account_id) for one in rows] == [
        (first, last, None),
        *((None, None, pk) for pk in Account.objects.order_by("id").values_list("id", flat=True)),
    ]
    entries = StageEntry.objects.order_by("id").values_list("id", flat=True)
    assert AuditEvent.objects.get(action="take").after["entries"] == [[entries[0], entries[3]]]


@pytest.mark.parametrize(
    "rows",
    [
        {"entries": [_entry("J9", "lead", 0)]},
        {"entries": [_entry("J1", "renewed", 0)]},
        {"entries": [TakenEntry("J1", "lead", datetime.fromisoformat("2999-01-01T00:00:00Z"))]},
        {"journeys": [TakenJourney("J1", "A1", "sideways", MONDAY)]},
        {"revenue": [TakenRevenue("A1", date(2026, 5, 1), date(2026, 5, 1), 1)]},
    ],
)
def test_what_names_nothing_is_refused_and_nothing_is_kept(
    company: Company, rows: dict[str, Any]
) -> None:
    with pytest.raises(RuleError):
        _take(company, **rows)

    assert (Account.objects.count(), StageEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["marketer", "manager", "viewer", "outsider"])
def test_imports_are_for_revops_and_administrators(company: Company, name: str) -> None:
    with pytest.raises(NotAllowedError):
        begin_import(actor=company.actor(name), label="deals.csv")


def test_an_import_that_ended_takes_nothing_more(company: Company) -> None:
    batch = begin_import(actor=SYSTEM, label="deals.csv", total=4)
    take_history(actor=SYSTEM, batch=batch, accounts=ACCOUNTS)
    batch = end_import(actor=SYSTEM, batch=batch, says={"notes": 1})

    assert (batch.state, batch.counts, batch.done) == ("done", {"accounts": 2}, 2)
    with pytest.raises(ConflictError):
        take_history(actor=SYSTEM, batch=batch, accounts=ACCOUNTS)
    failed = end_import(actor=SYSTEM, batch=begin_import(actor=SYSTEM, label="x"), failed=True)
    assert failed.state == ImportBatch.State.FAILED


# --- an account that comes back


def _passes(company: Company, *passes: tuple[str, int, int | None], account: str = "A1") -> None:
    """Journeys by key: the day each began, and the day it was lost (None: it goes on)."""
    _take(
        company,
        accounts=[TakenAccount(account, account)],
        journeys=[
            TakenJourney(key, account, "new_business", _day(began)) for key, began, _ in passes
        ],
        entries=[
            entry
            for key, began, ended in passes
            for entry in (
                TakenEntry(key, "lead", _day(began)),
                *([TakenEntry(key, "lost", _day(ended))] if ended else []),
            )
        ],
    )


def _chain() -> dict[str | None, tuple[str | None, int]]:
    rows = Journey.objects.values_list("external_id", "previous__external_id", "attempt")
    return {key: (before, attempt) for key, before, attempt in rows}


def test_an_account_that_comes_back_after_an_end_is_linked_to_it(company: Company) -> None:
    _passes(company, ("P1", 0, 5), ("P2", 9, 12), ("P3", 20, None), ("beside", 4, None))
    _passes(company, ("other", 30, None), account="A2")

    assert _chain() == {
        "P1": (None, 1), "P2": ("P1", 2), "P3": ("P2", 3), "beside": (None, 1), "other": (None, 1),
    }  # fmt: skip


def test_a_pass_that_comes_in_later_is_put_between_and_the_same_again_changes_nothing(
    company: Company,
) -> None:
    _passes(company, ("P1", 0, 5), ("P3", 20, None))
    assert _chain() == {"P1": (None, 1), "P3": ("P1", 2)}

    _passes(company, ("P2", 9, 12))
    before = list(Journey.objects.order_by("id").values_list("revision", flat=True))
    _passes(company, ("P2", 9, 12))

    assert _chain() == {"P1": (None, 1), "P2": ("P1", 2), "P3": ("P2", 3)}
    assert list(Journey.objects.order_by("id").values_list("revision", flat=True)) == before


def test_what_the_source_infers_stays_flagged_and_is_taken_back_when_it_says_it(
    company: Company,
) -> None:
    inferred = TakenEntry("P1", "mql", _day(2), is_inferred=True)
    _passes(company, ("P1", 0, 5))
    for entry in (inferred, inferred, replace(inferred, is_inferred=False)):
        _take(company, accounts=(), journeys=(), entries=[entry])

    rows = StageEntry.objects.filter(stage="mql", undoes=None).order_by("id")
    assert list(rows.values_list("is_inferred", "undone_by__cause")) == [
        (True, "import"), (None, None),
    ]  # fmt: skip
