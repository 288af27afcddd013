"""The audit row and the outbox row that each action writes in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyogyo.records.models import AuditEvent, Outbox

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


def note(
    *,
    actor: Actor,
    action: str,
    noun: str,
    row: int | None,
    journey: int | None = None,
    account: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    tells: bool = True,
) -> None:
    """Write who did `action` to which row, and (with `tells`) that it happened, for those who follow.

    To be called inside the transaction of the action, after its rows are written. `before` and
    `after` hold what changed, as JSON values.
    """
    AuditEvent.objects.create(
        by=actor.user,
        key=actor.key,
        action=action,
        noun=noun,
        row=row,
        journey_id=journey,
        before=before or {},
        after=after or {},
    )
    if tells:
        Outbox.objects.create(
            kind=f"{noun}.{action}",
            journey_from=journey,
            journey_to=journey,
            account_id=account,
            payload={"row": row},
        )
