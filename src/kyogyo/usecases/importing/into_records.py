"""From what the files say to rows of the records: the words that change on the way stand here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from kyogyo.period import date_of
from kyogyo.records.actions.imports import (
    Taken,
    TakenAccount,
    TakenEntry,
    TakenFacts,
    TakenJourney,
    TakenRevenue,
    take_history,
)
from kyogyo.usecases.importing.current_state import (
    SaidJourney,
    forget_touched,
    touched_journeys,
    touched_revenue,
)

if TYPE_CHECKING:
    from kyogyo.mirror import Store
    from kyogyo.records.access import Actor
    from kyogyo.records.models import ImportBatch
    from kyogyo.revenue_model import RevenueModel

_OF_ACCOUNT = frozenset({"segment", "industry", "region", "kana", "domain"})
_NAME = "account_name"
_REASON = "reason"


def write_touched(
    *,
    actor: Actor,
    batch: ImportBatch,
    staging: Store,
    progress: Callable[[int, int], None] | None = None,
    now: datetime | None = None,
) -> Taken:
    """Write every touched journey of `staging` into the records, in one transaction, and forget them.

    `progress` is told how many journeys of how many.
    """
    said = [journey for portion in touched_journeys(staging) for journey in portion]
    taken = take_history(
        actor=actor,
        batch=batch,
        accounts=_accounts(said),
        journeys=_journeys(said),
        entries=_entries(_told(said, progress), model=staging.model),
        revenue=_revenue(staging),
        facts=_facts(said),
        is_whole=True,
        gone=(journey.key for journey in said if not journey.entries),
        now=now,
    )
    forget_touched(staging)
    return taken


def _told(
    said: list[SaidJourney], progress: Callable[[int, int], None] | None
) -> Iterator[SaidJourney]:
    for place, journey in enumerate(said):
        if progress is not None and place % 500 == 0:
            progress(place, len(said))
        yield journey


def _accounts(said: Iterable[SaidJourney]) -> Iterator[TakenAccount]:
    """Each account once. A key is all that most sources have of a name."""
    known: dict[str, dict[str, str]] = {}
    for journey in said:
        if journey.entries:
            of_account = {k: v for k, v in journey.attributes.items() if k in (*_OF_ACCOUNT, _NAME)}
            known.setdefault(journey.account, {}).update(of_account)
    for key, values in known.items():
        yield TakenAccount(
            external_id=key,
            name=values.get(_NAME, "") or key,
            kana=values.get("kana", ""),
            domain=values.get("domain", ""),
            segment=values.get("segment", ""),
            industry=values.get("industry", ""),
            region=values.get("region", ""),
        )


def _journeys(said: Iterable[SaidJourney]) -> Iterator[TakenJourney]:
    for journey in said:
        if not journey.entries:
            continue
        last = journey.entries[-1]
        yield TakenJourney(
            external_id=journey.key,
            account=journey.account,
            track=journey.track,
            opened_at=_moment(journey.entries[0].at),
            amount=next(
                (e.amount for e in reversed(journey.entries) if e.amount is not None), None
            ),
            owner=last.owner,
        )


def _entries(said: Iterable[SaidJourney], *, model: RevenueModel) -> Iterator[TakenEntry]:
    ends = {stage.code for stage in model.stages if stage.type in ("lost", "recycled")}
    reasons = {
        word: reason.code
        for reason in model.reasons
        for word in (reason.label.en, reason.label.ja, reason.code)
    }
    for journey in said:
        for entry in journey.entries:
            is_end = entry is journey.entries[-1] and entry.stage in ends
            yield TakenEntry(
                journey=journey.key,
                stage=entry.stage,
                at=_moment(entry.at),
                recorded_at=None if entry.recorded_at is None else _moment(entry.recorded_at),
                precision=entry.precision,
                owner=entry.owner,
                amount=entry.amount,
                reason=reasons.get(journey.attributes.get(_REASON, ""), "") if is_end else "",
                is_inferred=entry.is_inferred,
            )


def _facts(said: Iterable[SaidJourney]) -> Iterator[TakenFacts]:
    for journey in said:
        values = {k: v for k, v in journey.attributes.items() if k not in (*_OF_ACCOUNT, _NAME)}
        if journey.entries and values:
            yield TakenFacts(noun="journey", key=journey.key, values=values)


def _revenue(staging: Store) -> Iterator[TakenRevenue]:
    for one in touched_revenue(staging):
        yield TakenRevenue(
            account=one.account,
            period_start=date_of(one.first_day),
            period_end=date_of(one.stop_day),
            amount=one.amount,
        )


def paid_for(said: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, date, date]]:
    """Accounts and periods with their days as dates."""
    for account, first_day, stop_day in said:
        yield account, date_of(first_day), date_of(stop_day)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, tz=UTC)
