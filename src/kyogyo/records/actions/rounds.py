"""One offer, one decision: what makes sure that the first one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from kyogyo.errors import ConflictError
from kyogyo.records.models import Handoff, HandoffEvent
from kyogyo.records.queries.decisions import last_decision
from kyogyo.records.queries.wording import DECISIONS
from kyogyo.words import Text

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.records.access import Actor


def decide(
    *,
    actor: Actor,
    handoff: Handoff,
    kind: HandoffEvent.Kind,
    at: datetime,
    now: datetime,
    reason: str = "",
    words: str = "",
    packet: dict[str, Any] | None = None,
) -> HandoffEvent:
    """Close the open round by a decision. Raises ConflictError if there was one already."""
    number = handoff.open_round
    if number is None or not Handoff.objects.filter(pk=handoff.pk, open_round=number).update(
        open_round=None
    ):
        raise decided(handoff)
    handoff.open_round = None
    return HandoffEvent.objects.create(
        handoff=handoff,
        kind=kind,
        round=number,
        at=at,
        recorded_at=now,
        by=actor.user,
        reason=reason,
        words=words,
        packet=packet or {},
    )


def open_next(*, handoff: Handoff, number: int) -> None:
    """Open round `number` of a handoff that awaits nothing. Raises ConflictError where something does."""
    try:
        with transaction.atomic():
            opened = Handoff.objects.filter(pk=handoff.pk, open_round=None).update(
                open_round=number
            )
    except IntegrityError:
        raise another_is_open() from None
    if not opened:
        raise another_is_open()
    handoff.open_round = number


def another_is_open() -> ConflictError:
    """Says that a journey is being offered already."""
    return ConflictError(
        en="This journey is being offered already and awaits a decision. Reload the page to see to whom.",
        ja="この案件はすでに引き継ぎを提示中で、判断を待っています。画面を再読み込みして、提示先を確認してください。",
    )


def decided(handoff: Handoff) -> ConflictError:
    """Says what became of the offer, and by whom: the others' decision holds."""
    last = last_decision(handoff)
    what = DECISIONS[last.kind] if last else Text(en="Decided", ja="判断済み")
    who = str(last.by) if last and last.by else "Kyogyo"
    return ConflictError(
        en=f"Nothing was changed: this handoff awaits no decision any more. Last: “{what.en}” by {who}.",
        ja=f"変更していません。この引き継ぎはもう判断待ちではありません（最後の記録：{who} による「{what.ja}」）。",
    )
