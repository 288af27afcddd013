"""What journeys have shown so far: criteria, answers, handoffs and promises, read for many as for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper, Q

from kyogyo.records.models import (
    Claim,
    Commitment,
    CriterionCheck,
    CustomField,
    Handoff,
)
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.decisions import standing_events
from kyogyo.records.queries.proofs import Contacts, contacts_of
from kyogyo.records.queries.wording import NONE_PROMISED
from kyogyo.records.undone import that_stand

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kyogyo.records.models import HandoffEvent, Journey


@dataclass(frozen=True)
class Shown:
    """What a journey has shown so far.

    `met` and `denied` are what somebody said last of a criterion: pairs of a stage and its code.
    `has_promises`: what was promised is listed; `none_promised`: it was said that nothing was.
    """

    met: frozenset[tuple[str, str]] = frozenset()
    denied: frozenset[tuple[str, str]] = frozenset()
    contacts: Contacts = field(default_factory=Contacts)
    answered: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    has_promises: bool = False
    none_promised: bool = False


def shown_of(journeys: Iterable[Journey]) -> dict[int, Shown]:
    """What each of `journeys` has shown, by its id, in as many queries for a thousand as for one."""
    ids = [journey.pk for journey in journeys]
    last: dict[tuple[int, str, str], bool] = {}
    for journey, stage, criterion, is_met in _checks(journeys=ids):
        last[journey, stage, criterion] = is_met
    met: dict[int, set[tuple[str, str]]] = {pk: set() for pk in ids}
    denied: dict[int, set[tuple[str, str]]] = {pk: set() for pk in ids}
    for (journey, stage, criterion), is_met in last.items():
        (met if is_met else denied)[journey].add((stage, criterion))
    contacts = contacts_of(ids)
    answered: dict[int, set[str]] = {pk: set() for pk in ids}
    with_none: set[int] = set()
    for journey, question, is_none in _answered(journeys=ids):
        answered[journey].add(question)
        with_none |= {journey} if is_none else set()
    offered = _by_journey(ids, _offered(journeys=ids))
    accepted = _by_journey(ids, _accepted(journeys=ids))
    promised = set(_promised(journeys=ids))
    return {
        pk: Shown(
            met=frozenset(met[pk]),
            denied=frozenset(denied[pk]),
            contacts=contacts[pk],
            answered=frozenset(answered[pk]),
            offered=frozenset(offered[pk]),
            accepted=frozenset(accepted[pk]),
            has_promises=pk in promised,
            none_promised=pk in with_none,
        )
        for pk in ids
    }


def required_fields() -> tuple[CustomField, ...]:
    """The company's own fields without which some stage is not left."""
    return tuple(_required_fields())


@prepared
def _required_fields() -> QuerySet[CustomField]:
    rows = CustomField.objects.filter(retired_at=None).exclude(required_to_leave="")
    return rows.order_by("id")


@prepared
def _checks(*, journeys: list[int]) -> QuerySet[CriterionCheck, tuple[int, str, str, bool]]:
    rows = that_stand(CriterionCheck.objects.filter(journey__in=journeys)).order_by("id")
    return rows.values_list("journey_id", "stage", "criterion", "is_met")


@prepared
def _answered(*, journeys: list[int]) -> QuerySet[Claim, tuple[int, str, bool]]:
    says_none = ExpressionWrapper(Q(answer=NONE_PROMISED.en), output_field=BooleanField())
    rows = Claim.objects.filter(journey__in=journeys).annotate(says_none=says_none).order_by()
    return rows.values_list("journey_id", "question", "says_none").distinct()


@prepared
def _offered(*, journeys: list[int]) -> QuerySet[Handoff, tuple[int, str]]:
    rows = Handoff.objects.filter(journey__in=journeys, open_round__isnull=False)
    return rows.values_list("journey_id", "code")


@prepared
def _accepted(*, journeys: list[int]) -> QuerySet[HandoffEvent, tuple[int, str]]:
    rows = standing_events().filter(handoff__journey__in=journeys, kind="accepted")
    return rows.values_list("handoff__journey_id", "handoff__code")


@prepared
def _promised(*, journeys: list[int]) -> QuerySet[Commitment, int]:
    rows = Commitment.objects.filter(journey__in=journeys).order_by()
    return rows.values_list("journey_id", flat=True).distinct()


def _by_journey(ids: list[int], rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {pk: set() for pk in ids}
    for journey, code in rows:
        found[journey].add(code)
    return found
