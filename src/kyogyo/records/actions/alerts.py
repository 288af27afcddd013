"""Alerts: raised once for each thing that was noticed, and answered by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import NotAllowedError, RuleError
from kyogyo.records.access import not_found, require_writer
from kyogyo.records.actions import journal
from kyogyo.records.actions.keeping import take_text
from kyogyo.records.models import Alert, AlertAnswer
from kyogyo.records.queries.countermeasures import countermeasure_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyogyo.records.access import Actor
    from kyogyo.words import Text

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that was noticed. `key` is the same for the same thing at every look."""

    key: str
    kind: str
    track: str
    node: str
    department: str
    since: date
    says: Text
    is_good: bool = False
    numbers: dict[str, Any] | None = None


@transaction.atomic
def raise_alerts(
    *, actor: Actor, noticed: Sequence[Noticed], now: datetime | None = None
) -> tuple[Alert, ...]:
    """Raise those that were never raised before, and return them; what is known stays as it was said first."""
    if not (actor.is_system or actor.may_import):
        raise NotAllowedError(
            en="Alerts are raised by Kyogyo itself, RevOps and administrators.",
            ja="アラートを出せるのは Kyogyo 自身と RevOps、管理者です。",
        )
    now = now or timezone.now()
    known = set(
        Alert.objects.filter(key__in=[one.key for one in noticed]).values_list("key", flat=True)
    )
    fresh = {one.key: one for one in noticed if one.key not in known}
    Alert.objects.bulk_create(
        [
            Alert(
                key=one.key,
                kind=one.kind,
                track=one.track,
                node=one.node,
                department=one.department,
                is_good=one.is_good,
                since=one.since,
                says={"en": one.says.en, "ja": one.says.ja},
                numbers=one.numbers or {},
                raised_at=now,
            )
            for one in fresh.values()
        ],
        ignore_conflicts=True,  # another process looked at the same moment
    )
    raised = tuple(Alert.objects.filter(key__in=fresh).order_by("id"))
    for one in raised:
        journal.note(actor=actor, action="raise", noun="alert", row=one.pk, after={"key": one.key})
    return raised


@transaction.atomic
def answer_alert(
    *,
    actor: Actor,
    alert_id: int,
    kind: str,
    words: str = "",
    countermeasure_id: int | None = None,
    now: datetime | None = None,
) -> AlertAnswer:
    """Answer an alert: seen, known (say why), acted (which countermeasure), or open again."""
    alert = alert_for(actor, alert_id)
    require_writer(actor)
    if actor.user is None:
        raise NotAllowedError(
            en="Only a person can answer an alert.", ja="アラートに答えられるのは担当者だけです。"
        )
    said = take_text(words, limit=_LONGEST, en="text", ja="内容")
    if kind not in AlertAnswer.Kind.values:
        raise RuleError(en="Choose an answer from the list.", ja="回答は一覧から選んでください。")
    if kind == "known" and not said:
        raise RuleError(
            en="Say what the reason is, so that nobody looks for it again.",
            ja="分かっている理由を書いてください。ほかの人が同じことを調べずに済みます。",
        )
    if kind == "acted" and countermeasure_id is None:
        raise RuleError(
            en="Choose the countermeasure that was started.", ja="始めた打ち手を選んでください。"
        )
    made = countermeasure_for(actor, countermeasure_id) if countermeasure_id is not None else None
    answer = AlertAnswer.objects.create(
        alert=alert,
        kind=kind,
        words=said,
        countermeasure=made,
        by=actor.user,
        at=now or timezone.now(),
    )
    journal.note(
        actor=actor,
        action="answer",
        noun="alert",
        row=alert.pk,
        after={"kind": kind, "words": said},
    )
    return answer


def alert_for(actor: Actor, alert_id: int) -> Alert:
    """One alert. Raises MissingRecordError where there is none, or the actor works nowhere here."""
    found = Alert.objects.filter(pk=alert_id).first()
    if found is None or not (actor.is_system or actor.memberships):
        raise not_found(en="alert", ja="アラート", key=alert_id)
    return found
