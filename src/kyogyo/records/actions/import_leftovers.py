"""What an import leaves that was taken back: journeys and accounts that came with it alone go for good.

Nobody has worked on them (an import on whose journeys somebody worked isn't taken back), so they
say nothing but what the file said. They would stand in lists and be found for ever; so they are
erased, under an `Erasure` that says which import they were of. What else the import wrote stays as
history, taken back by new rows.
"""

from __future__ import annotations

from collections.abc import Iterable
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


@transaction.atomic
def erase_leftovers(
    *,
    actor: Actor,
    batch_id: int,
    paid: Iterable[Paid] = (),
    now: datetime | None = None,
) -> Erased:
    """Erase what came with an import alone, after its entries were taken back.

    `paid` is revenue that no file speaks of any more. A journey that another import entered too,
    that somebody touched at any time or that a later one goes on from stays, and so does an account
    on which anything else hangs.
    """
    require_importer(actor)
    now = now or timezone.now()
    revenue, accounts = _drop_revenue(paid)
    journeys: list[int] = []
    with erasure(actor, what=f"import {batch_id}", now=now):
        for chunk in chunks(journeys_of(batch_id), _AT_ONCE):
            rows = list(_alone(chunk).values_list("id", "account_id"))
            delete_with_history([pk for pk, _ in rows])
            journeys += [pk for pk, _ in rows]
            accounts |= {account for _, account in rows}
        gone = 0
        for chunk in chunks(sorted(accounts), _AT_ONCE):
            empty = list(_empty(chunk).values_list("id", flat=True))
            delete(Account.objects.filter(pk__in=empty))
            gone += len(empty)
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
    standing = StageEntry.objects.filter(
        journey__in=journeys, undoes=None, undone_by__isnull=True
    ).order_by()
    touched = AuditEvent.objects.filter(journey_id__in=journeys).order_by()
    later = Journey.objects.filter(previous__in=journeys).order_by()
    among = set(journeys)
    held = {
        *standing.values_list("journey_id", flat=True),
        *touched.values_list("journey_id", flat=True),
        *(before for pk, before in later.values_list("id", "previous_id") if pk not in among),
    }
    return Journey.objects.filter(
        pk__in=[pk for pk in journeys if pk not in held], external_id__isnull=False
    )


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


def _drop_revenue(paid: Iterable[Paid]) -> tuple[int, set[int]]:
    dropped, accounts = 0, set()
    for chunk in chunks(paid, _AT_ONCE):
        wanted = set(chunk)
        rows = Revenue.objects.filter(account__external_id__in={key for key, _, _ in wanted})
        held = rows.values_list(
            "id", "account_id", "account__external_id", "period_start", "period_end"
        )
        found = {pk: account for pk, account, *paid_for in held if tuple(paid_for) in wanted}
        Revenue.objects.filter(pk__in=list(found)).delete()
        dropped += len(found)
        accounts |= set(found.values())
    return dropped, accounts


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
