"""An account that comes back on the same track, after its journey there had ended, goes on from that one.

No file says so: each journey of a source stands alone. What people opened keeps what they said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Count

from kyogyo.records.actions.intake.writing import chunks, write_columns
from kyogyo.records.models import AuditEvent, Journey

_ENDED = ("lost", "recycled")
_COLUMNS = (
    "pk", "account_id", "track", "opened_at", "stage_type", "stage_entered_at", "previous_id",
    "attempt", "revision", "external_id",
)  # fmt: skip


@dataclass(slots=True)
class _Pass:
    pk: int
    account: int
    track: str
    opened_at: datetime
    stage_type: str
    entered_at: datetime | None
    previous: int | None
    attempt: int
    revision: int
    external_id: str | None

    def had_ended(self, by: datetime) -> bool:
        return self.stage_type in _ENDED and self.entered_at is not None and self.entered_at <= by


def link_reentries(journeys: Iterable[int]) -> set[int]:
    """Link what comes after an end on the same accounts and tracks as `journeys`; those that were changed.

    Of several that had ended, the last to end is the one before. A link that is there already is
    changed only where a later one of the same account and track fits better.
    """
    accounts: set[int] = set()
    for chunk in chunks(sorted(journeys)):
        accounts.update(Journey.objects.filter(pk__in=chunk).values_list("account_id", flat=True))
    changed: set[int] = set()
    for chunk in chunks(sorted(accounts)):
        several = (
            Journey.objects.filter(account__in=chunk)
            .values("account")
            .annotate(number=Count("pk"))
            .filter(number__gt=1)
            .values_list("account", flat=True)
        )
        changed |= _link(list(several.order_by()))
    return changed


def _link(accounts: list[int]) -> set[int]:
    groups: defaultdict[tuple[int, str], list[_Pass]] = defaultdict(list)
    rows = Journey.objects.filter(account__in=accounts).order_by("opened_at", "id")
    for row in rows.values_list(*_COLUMNS):
        one = _Pass(*row)
        groups[one.account, one.track].append(one)
    opened = set(
        AuditEvent.objects.filter(
            noun="journey", action="open", journey_id__in=[one.pk for g in groups.values() for one in g]
        ).values_list("journey_id", flat=True)
    )  # fmt: skip
    written = [
        row
        for passes in groups.values()
        if len(passes) > 1
        for row in _changes(passes, opened=opened)
    ]
    write_columns(Journey, ("previous", "attempt", "revision"), written)
    return {row[-1] for row in written}


def _changes(
    passes: list[_Pass], *, opened: set[int | None]
) -> Iterable[tuple[int | None, int, int, int]]:
    """What is to be written of the passes of one account on one track, which come oldest first."""
    by_id = {one.pk: one for one in passes}
    for one in passes:
        if one.external_id is None or one.pk in opened:
            continue
        ended = [each for each in passes if each is not one and each.had_ended(one.opened_at)]
        last = max(ended, key=attrgetter("entered_at", "pk"), default=None)
        before = by_id.get(one.previous or 0)
        if last is None or (one.previous is not None and before is None):
            continue  # it goes on from another track or account: somebody said so
        if before is not None and before.opened_at >= last.opened_at:
            last = before
        if (one.previous, one.attempt) != (last.pk, last.attempt + 1):
            one.previous, one.attempt = last.pk, last.attempt + 1
            yield last.pk, one.attempt, one.revision + 1, one.pk
