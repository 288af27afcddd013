"""Taking in history by the million: the same rows as by hand, written many at a time.

What is taken in is a record of what was, so no gate refuses it: an entry without evidence is kept
with what is `missing`. The same rows again change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from kyogyo.errors import ConflictError
from kyogyo.records.access import require_importer
from kyogyo.records.actions import journal
from kyogyo.records.actions.intake.entries import Entries
from kyogyo.records.actions.intake.nouns import (
    take_accounts,
    take_facts,
    take_journeys,
    take_revenue,
)
from kyogyo.records.actions.intake.owners import Owners
from kyogyo.records.actions.intake.reentries import link_reentries
from kyogyo.records.actions.intake.standing import restate_many
from kyogyo.records.actions.intake.taken import (
    Taken,
    TakenAccount,
    TakenEntry,
    TakenFacts,
    TakenJourney,
    TakenRevenue,
)
from kyogyo.records.actions.intake.writing import Intake, tell
from kyogyo.records.models import ImportBatch
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

__all__ = [
    "Taken",
    "TakenAccount",
    "TakenEntry",
    "TakenFacts",
    "TakenJourney",
    "TakenRevenue",
    "begin_import",
    "end_import",
    "take_history",
]


# Any number that nothing else in this database locks.
_LOCK = 5_011_954_031


@transaction.atomic
def begin_import(
    *,
    actor: Actor,
    label: str,
    digest: str = "",
    total: int = 0,
    now: datetime | None = None,
) -> ImportBatch:
    """Start an import: the row that says how far it is. `digest` tells the same files again.

    Raises NotAllowedError for anybody but RevOps and administrators: an import writes on every journey.
    """
    require_importer(actor)
    batch = ImportBatch.objects.create(
        label=label[:300], digest=digest, total=total, by=actor.user, at=now or timezone.now()
    )
    journal.note(
        actor=actor, action="begin", noun="import", row=batch.pk,
        after={"label": batch.label, "digest": digest, "total": total}, tells=False,
    )  # fmt: skip
    return batch


@transaction.atomic
def take_history(
    *,
    actor: Actor,
    batch: ImportBatch,
    accounts: Iterable[TakenAccount] = (),
    journeys: Iterable[TakenJourney] = (),
    entries: Iterable[TakenEntry] = (),
    revenue: Iterable[TakenRevenue] = (),
    facts: Iterable[TakenFacts] = (),
    is_whole: bool = False,
    gone: Iterable[str] = (),
    now: datetime | None = None,
) -> Taken:
    """Write all of it in one transaction, with one audit row and the outbox rows of what it touched.

    The iterables are read once, in this order, a chunk at a time; entries of one journey may be
    anywhere. With `is_whole`, the entries given are all that their journeys have in the source:
    imported ones that are not among them any more are taken back by new rows; `gone` are keys of
    journeys of which the source has none at all any more. Raises RuleError
    for a row that names what is not there; then nothing of the call was kept.
    """
    require_importer(actor)
    if batch.state != ImportBatch.State.RUNNING:
        raise ConflictError(
            en="This import has ended. Start a new one.",
            ja="この取り込みは終了しています。新しく始めてください。",
        )
    _alone()
    intake = Intake(actor=actor, batch=batch, force=current(), now=now or timezone.now())
    owners = Owners()
    take_accounts(intake, accounts)
    take_journeys(intake, journeys, owners=owners)
    taking = Entries(intake, owners=owners)
    taking.take(entries)
    taking.expect_none(gone)
    if is_whole:
        taking.void_the_rest()
    take_revenue(intake, revenue)
    take_facts(intake, facts)
    restate_many(intake, owners=owners)
    intake.journeys |= link_reentries(intake.journeys)
    tell(intake)
    _count(intake)
    return Taken(
        **intake.counts,
        amounts_unknown=len(intake.kept_otherwise["amounts"]),
        texts_cut=len(intake.kept_otherwise["texts"]),
    )


@transaction.atomic
def end_import(
    *,
    actor: Actor,
    batch: ImportBatch,
    says: Mapping[str, Any] | None = None,
    failed: bool = False,
) -> ImportBatch:
    """Close an import as done or failed, with what there is to say about it."""
    require_importer(actor)
    batch.refresh_from_db()
    batch.state = ImportBatch.State.FAILED if failed else ImportBatch.State.DONE
    batch.says = {**batch.says, **(says or {})}
    batch.save(update_fields=["state", "says"])
    journal.note(
        actor=actor, action="end", noun="import", row=batch.pk,
        after={"state": batch.state, "counts": batch.counts},
    )  # fmt: skip
    return batch


def _count(intake: Intake) -> None:
    """Add the counts to those of the batch, and leave one audit row with the entries' ids."""
    batch = ImportBatch.objects.get(pk=intake.batch.pk)
    new = {name: number for name, number in intake.counts.items() if number}
    counts = batch.counts | {
        name: batch.counts.get(name, 0) + number for name, number in new.items()
    }
    says = batch.says | {"otherwise": intake.otherwise(batch.says.get("otherwise", {}))}
    ImportBatch.objects.filter(pk=batch.pk).update(
        counts=counts, says=says, done=F("done") + sum(new.values())
    )
    intake.batch.refresh_from_db()
    journal.note(
        actor=intake.actor,
        action="take",
        noun="import",
        row=batch.pk,
        after={"counts": new, "entries": intake.entry_runs},
        tells=False,
    )


def _alone() -> None:
    """One intake at a time: two that make the same accounts would stop each other. SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone()[0]:
            return
    raise ConflictError(
        en="Another import is writing at the moment. Wait until it is done, and go on then.",
        ja="別の取り込みが書き込み中です。終わるのを待ってから続けてください。",
    )
