"""The page of an account: all of its journeys as passes, its people, its revenue, and who it may be twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from kyogyo.records.access import Actor, accounts_for, journeys_for, not_found
from kyogyo.records.models import Account, Journey, Person, Revenue, Role
from kyogyo.records.queries.journeys import rows_of
from kyogyo.records.queries.model import current
from kyogyo.records.queries.own_facts import OwnFact, own_facts
from kyogyo.records.queries.search import Duplicate, likely_duplicates

if TYPE_CHECKING:
    from kyogyo.records.queries.journeys import JourneyRow

_SHOWN = 100


@dataclass(frozen=True)
class AccountView:
    """What one may see of an account. `unseen` journeys are others'."""

    account: Account
    passes: tuple[JourneyRow, ...]
    unseen: int
    people: tuple[Person, ...]
    revenue: tuple[Revenue, ...]
    facts: tuple[OwnFact, ...]
    twins: tuple[Duplicate, ...]
    merged: tuple[Account, ...]
    may_merge: bool

    @property
    def revenue_total(self) -> int:
        return sum(one.amount for one in self.revenue)


def read_account(*, actor: Actor, account_id: int, now: datetime | None = None) -> AccountView:
    """The page of an account. Raises MissingRecordError where there is none that `actor` may see."""
    account = account_for(actor, account_id)
    passes = list(
        journeys_for(actor)
        .filter(account=account)
        .select_related("account", "owner", "team", "person")
        .order_by("-opened_at", "-id")[:_SHOWN]
    )
    every = Journey.objects.filter(account=account).count()
    twins = likely_duplicates(actor=actor, name=account.name, domain=account.domain)
    return AccountView(
        account=account,
        passes=rows_of(passes, model=current().model, now=now or timezone.now()),
        unseen=every - len(passes),
        people=tuple(account.people.filter(erased_at=None).order_by("name", "id")[:_SHOWN]),
        revenue=tuple(account.revenue.order_by("-period_start", "-id")[:_SHOWN]),
        facts=own_facts("account", account.facts),
        twins=tuple(one for one in twins if one.account.pk != account.pk and one.is_visible),
        merged=tuple(Account.objects.filter(merged_into=account).order_by("id")),
        may_merge=actor.may_write
        and bool(actor.is_admin or actor.roles & {Role.MANAGER, Role.REVOPS}),
    )


def account_for(actor: Actor, account_id: int) -> Account:
    """One account. Raises MissingRecordError where there is none that `actor` may see.

    One that was merged is found as what it was merged into.
    """
    into = Account.objects.filter(pk=account_id).values_list("merged_into", flat=True).first()
    found = accounts_for(actor).filter(pk=into or account_id).first()
    if found is None:
        raise not_found(en="account", ja="取引先", key=account_id)
    return found


@dataclass(frozen=True)
class MergeSide:
    """One of two accounts that are to become one, and how much hangs on it."""

    account: Account
    journeys: int
    people: int
    revenue: int


def read_merge(*, actor: Actor, keep_id: int, merge_id: int) -> tuple[MergeSide, MergeSide]:
    """What a merge would bring together: the account that stays, and the one that goes into it."""
    keep, merge = account_for(actor, keep_id), account_for(actor, merge_id)
    counted = {
        one.pk: one
        for one in Account.objects.filter(pk__in=[keep.pk, merge.pk]).annotate(
            journey_count=Count("journeys", distinct=True),
            people_count=Count("people", distinct=True),
            revenue_count=Count("revenue", distinct=True),
        )
    }
    return _side(counted[keep.pk]), _side(counted[merge.pk])


def _side(account: Account) -> MergeSide:
    counts = [getattr(account, f"{name}_count") for name in ("journey", "people", "revenue")]
    return MergeSide(account, *counts)
