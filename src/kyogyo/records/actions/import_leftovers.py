"""What an import leaves that was taken back: journeys and accounts that came with it alone go for good.

Nobody has worked on them (an import on whose journeys somebody worked isn't taken back), so they
say nothing but what the file said. They would stand in lists and be found for ever; so they are
erased, under an `Erasure` that says which import they were of. What else the import wrote stays as
history, taken back by new rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import require_importer
from kyogyo.records.actions import journal
from kyogyo.records.actions.erasing import delete, delete_with_history, erasure
from kyogyo.records.actions.intake.reentries import link_reentries
from kyogyo.records.actions.intake.writing import chunks, runs
from kyogyo.records.models import (
    Account,
    AuditEvent,
    Journey,
    Outbox,
    Person,
    Revenue,
    StageEntry,
)
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.access import Actor

Paid = tuple[str, date, date]  # the account's key, the first day, the day after the last
_AT_ONCE = 500
_LISTED = 10
_GAP = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went with an import that was taken back."""

    journeys: int = 0
    accounts: int = 0
    revenue: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(
            journeys=self.journeys + other.journeys,
            accounts=self.accounts + other.accounts,
            revenue=self.revenue + other.revenue,
        )


def require_unworked(batch_id: int) -> None:
    """Raise RuleError where somebody has worked on a journey of an import since; it names them."""
    worked: list[Journey] = []
    number = 0
    taken = AuditEvent.objects.filter(noun="import", action="take", row=batch_id)
    began = taken.order_by("id").values_list("id", flat=True).first() or 0
    since = AuditEvent.objects.filter(journey_id=OuterRef("pk"), pk__gt=began)
    for chunk in chunks(journeys_of(batch_id), _AT_ONCE):
        found = Journey.objects.filter(Exists(since), pk__in=chunk).select_related("account")
        rows = list(found.order_by("id"))
        number += len(rows)
        worked += rows[: _LISTED - len(worked)]
    if not worked:
        return
    names = [f"{one.account.name} ({one.pk})" for one in worked]
    more_en = f", and {number - len(worked)} more" if number > len(worked) else ""
    more_ja = f"、ほか{number - len(worked)}件" if number > len(worked) else ""
    raise RuleError(
        en=f"People have worked on {number} journeys of this import since: {', '.join(names)}{more_en}. "
        "Taking it back would take the ground from under that. Correct the file and import it again instead.",
        ja=f"この取り込みの案件のうち{number}件に、その後の作業が記録されています: {'、'.join(names)}{more_ja}。"
        "取り消すと作業の前提が失われるため、取り消せません。ファイルを修正して、もう一度取り込んでください。",
    )


def journeys_of(batch_id: int) -> list[int]:
    """The journeys on which an import entered a stage."""
    taken = AuditEvent.objects.filter(noun="import", action="take", row=batch_id)
    found: set[int] = set()
    for after in taken.values_list("after", flat=True):
        for first, last in after.get("entries", ()):
            entries = StageEntry.objects.filter(pk__range=(first, last))
            found.update(entries.order_by().values_list("journey_id", flat=True).distinct())
    return sorted(found)


def erase_leftovers(
    *,
    actor: Actor,
    batch_id: int,
    paid: Iterable[Paid] = (),
    progress: Callable[[int, int], None] | None = None,
    now: datetime | None = None,
) -> Erased:
    """Erase what came with an import alone, after its entries were taken back.

    `paid` is revenue that no file speaks of any more. A journey that another import entered too,
    that somebody touched at any time or that a later one goes on from stays, and so does an account
    on which anything else hangs. In many small transactions, so that others write meanwhile:
    stopped in the middle, the same call goes on with what is left.
    """
    require_importer(actor)
    now = now or timezone.now()
    erased = Erased()
    for lot in chunks(paid, _AT_ONCE):
        erased += _erase_revenue(actor, batch_id, lot, now=now)
    journeys = journeys_of(batch_id)
    for place, chunk in enumerate(chunks(journeys, _AT_ONCE)):
        if progress is not None:
            progress(place * _AT_ONCE, len(journeys))
        erased += _erase_journeys(actor, batch_id, chunk, now=now)
    return erased


@transaction.atomic
def _erase_journeys(actor: Actor, batch_id: int, chunk: list[int], *, now: datetime) -> Erased:
    rows = list(_alone(chunk).values_list("id", "account_id"))
    if not rows:
        return Erased()
    journeys, accounts = [pk for pk, _ in rows], {account for _, account in rows}
    later = list(Journey.objects.filter(previous__in=journeys).exclude(pk__in=journeys))
    with erasure(actor, what=f"import {batch_id}", now=now):
        delete_with_history(journeys)
        Journey.objects.filter(pk__in=[one.pk for one in later]).update(attempt=1)
        link_reentries(one.pk for one in later)
        gone = _erase_empty(accounts)
    return _noted(actor, batch_id, journeys=journeys, accounts=accounts, gone=gone, revenue=0)


@transaction.atomic
def _erase_revenue(actor: Actor, batch_id: int, lot: list[Paid], *, now: datetime) -> Erased:
    dropped, accounts = _drop_revenue(lot)
    if not dropped:
        return Erased()
    with erasure(actor, what=f"import {batch_id}", now=now):
        gone = _erase_empty(accounts)
    return _noted(actor, batch_id, journeys=[], accounts=accounts, gone=gone, revenue=dropped)


def _erase_empty(accounts: set[int]) -> int:
    empty = list(_empty(sorted(accounts)).values_list("id", flat=True))
    delete(Account.objects.filter(pk__in=empty))
    return len(empty)


def _noted(
    actor: Actor,
    batch_id: int,
    *,
    journeys: list[int],
    accounts: set[int],
    gone: int,
    revenue: int,
) -> Erased:
    erased = Erased(journeys=len(journeys), accounts=gone, revenue=revenue)
    journal.note(
        actor=actor, action="clear", noun="import", row=batch_id,
        after={"journeys": erased.journeys, "accounts": gone, "revenue": revenue}, tells=False,
    )  # fmt: skip
    _tell(batch_id, journeys=journeys, accounts=accounts)
    return erased


def _alone(journeys: list[int]) -> QuerySet[Journey]:
    """Those of which nothing counts any more, and that nobody but imports ever touched."""
    # Sets of ids: as conditions of one statement, each is gone through anew for every journey.
    standing = that_stand(StageEntry.objects.filter(journey__in=journeys)).order_by()
    touched = AuditEvent.objects.filter(journey_id__in=journeys).order_by()
    later = _said_later(journeys)
    among = set(journeys)
    held = {
        *standing.values_list("journey_id", flat=True),
        *touched.values_list("journey_id", flat=True),
        *(before for pk, before in later.values_list("id", "previous_id") if pk not in among),
    }
    return Journey.objects.filter(
        pk__in=[pk for pk in journeys if pk not in held], external_id__isnull=False
    )


def _said_later(journeys: list[int]) -> QuerySet[Journey]:
    """What somebody goes on with from these; what an import linked by itself holds nothing."""
    opened = AuditEvent.objects.filter(noun="journey", action="open", journey_id=OuterRef("pk"))
    return Journey.objects.filter(Exists(opened), previous__in=journeys).order_by()


def _empty(accounts: list[int]) -> QuerySet[Account]:
    """Those that an import made, with nothing hanging on them."""
    hanging: list[QuerySet[Any]] = [
        Journey.objects.filter(account=OuterRef("pk")),
        Person.objects.filter(account=OuterRef("pk")),
        Revenue.objects.filter(account=OuterRef("pk")),
        Account.objects.filter(merged_into=OuterRef("pk")),
        AuditEvent.objects.filter(noun="account", row=OuterRef("pk")),
    ]
    return Account.objects.filter(
        *(~Exists(one) for one in hanging), pk__in=accounts, external_id__isnull=False,
        merged_into=None,
    )  # fmt: skip


def _drop_revenue(paid: list[Paid]) -> tuple[int, set[int]]:
    wanted = set(paid)
    rows = Revenue.objects.filter(account__external_id__in={key for key, _, _ in wanted})
    held = rows.values_list(
        "id", "account_id", "account__external_id", "period_start", "period_end"
    )
    found = {pk: account for pk, account, *paid_for in held if tuple(paid_for) in wanted}
    Revenue.objects.filter(pk__in=list(found)).delete()
    return len(found), set(found.values())


def _tell(batch_id: int, *, journeys: list[int], accounts: set[int]) -> None:
    payload = {"batch": batch_id}
    ranges = [
        Outbox(kind="import.undo", journey_from=first, journey_to=last, payload=payload)
        for first, last in runs(journeys, _GAP)
    ]
    single = [
        Outbox(kind="import.undo", account_id=account, payload=payload)
        for account in sorted(accounts)
    ]
    Outbox.objects.bulk_create([*ranges, *single], batch_size=5_000)
