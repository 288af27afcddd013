"""What was promised to the buyer, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import journey_for, journeys_for, not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.claims import speaks_for
from kyogyo.records.actions.keeping import take_text, take_time
from kyogyo.records.models import Commitment, CommitmentOutcome
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from kyogyo.records.access import Actor

_LONGEST = 500


@transaction.atomic
def promise(
    *,
    actor: Actor,
    journey_id: int,
    text: str,
    due_on: date | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> Commitment:
    """Note what the actor promised to the buyer, and by when it is to be kept (None: no date given)."""
    journey = journey_for(actor, journey_id)
    require_writer(actor)
    now = now or timezone.now()
    said = take_text(text, limit=_LONGEST, en="promise", ja="約束")
    if not said:
        raise RuleError(
            en="What was promised? Write it in one sentence.",
            ja="約束の内容を1文で書いてください。",
        )
    commitment = Commitment.objects.create(
        journey=journey,
        text=said,
        due_on=due_on,
        promised_by=actor.user,
        department=speaks_for(actor=actor, journey=journey, in_force=current()),
        at=take_time(at, now=now),
        recorded_at=now,
    )
    journal.note(
        actor=actor,
        action="promise",
        noun="commitment",
        row=commitment.pk,
        journey=journey.pk,
        after={"text": said, "due_on": due_on.isoformat() if due_on else None},
    )
    return commitment


@transaction.atomic
def settle_commitment(
    *,
    actor: Actor,
    commitment_id: int,
    kind: str,
    words: str = "",
    at: datetime | None = None,
    now: datetime | None = None,
) -> CommitmentOutcome:
    """Say what became of a promise: met or missed, or whether the buyer expects it as it was noted.

    A later word replaces an earlier one. "Not as expected" and "missed" need words.
    """
    commitment = commitment_for(actor, commitment_id)
    require_writer(actor)
    if kind not in CommitmentOutcome.Kind.values:
        raise RuleError(
            en="What became of the promise? Choose kept, not kept, as expected or not as expected.",
            ja="約束の結果は「守られた」「守られなかった」「認識どおり」「認識と違う」から選んでください。",
        )
    said = take_text(words, limit=5_000, en="text", ja="内容")
    if kind in ("missed", "not_expected") and not said:
        raise RuleError(
            en="Say in a few words what went otherwise than promised.",
            ja="約束とどう違ったのかを一言書いてください。",
        )
    now = now or timezone.now()
    last = commitment.outcomes.order_by("-id").first()
    outcome = CommitmentOutcome.objects.create(
        commitment=commitment,
        kind=kind,
        words=said,
        department=speaks_for(actor=actor, journey=commitment.journey, in_force=current()),
        at=take_time(at, now=now),
        recorded_at=now,
        by=actor.user,
    )
    journal.note(
        actor=actor,
        action="settle",
        noun="commitment",
        row=commitment.pk,
        journey=commitment.journey_id,
        before={"kind": last.kind} if last else {},
        after={"kind": kind, "words": said},
    )
    return outcome


def commitment_for(actor: Actor, commitment_id: int) -> Commitment:
    """One promise. Raises MissingRecordError where there is none that `actor` may see."""
    found = (
        Commitment.objects.select_related("journey")
        .filter(pk=commitment_id, journey__in=journeys_for(actor))
        .first()
    )
    if found is None:
        raise not_found(en="promise", ja="約束", key=commitment_id)
    return found
