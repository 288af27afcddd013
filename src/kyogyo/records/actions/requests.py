"""The same request sent twice is carried out once and answered twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.models import IdempotencyKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kyogyo.records.models import User

MAX_KEY = 255
KEPT = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: an HTTP status and a body. `is_replayed`: it was answered before."""

    status: int
    body: str
    is_replayed: bool = False


def answer_once(
    *,
    user: User,
    key: str,
    digest: str,
    work: Callable[[], Answer],
    now: datetime | None = None,
) -> Answer:
    """Do `work` and keep its answer under `key`, or give the answer kept before.

    The key, the work and the answer are one transaction: after a crash either all of it is there or
    none. An answer of 400 or more is given but not kept, and neither is what was done for it, so the
    same request may be sent again. The contract is that of Stripe's API, but for failures there.

    Raises:
        RuleError: the key is too long, or was used for another request (`digest` differs).
        ConflictError: the same request is being carried out at this moment.
    """
    if len(key) > MAX_KEY:
        raise RuleError(
            en=f"The Idempotency-Key has {len(key)} characters. Use at most {MAX_KEY}.",
            ja=f"Idempotency-Key が {len(key)} 文字です。{MAX_KEY} 文字以内にしてください。",
        )
    now = now or timezone.now()
    kept = _kept(user, key, digest, now)
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(user=user, key=key, digest=digest, at=now)
            answer = work()
            if answer.status >= 400:
                transaction.set_rollback(True)
            else:
                row.status, row.body = answer.status, answer.body
                row.save(update_fields=["status", "body"])
    except (IntegrityError, OperationalError) as error:
        kept = _kept(user, key, digest, now)
        if kept is not None:
            return kept
        if isinstance(error, IntegrityError) and "idempotency" not in str(error):
            raise
        raise ConflictError(
            en="The same request is being carried out right now. Send it again in a moment.",
            ja="同じリクエストを処理中です。少し待ってからもう一度送ってください。",
        ) from error
    return answer


def forget_answers(*, now: datetime | None = None) -> int:
    """Remove the answers older than two days; returns how many there were."""
    gone, _ = IdempotencyKey.objects.filter(at__lt=(now or timezone.now()) - KEPT).delete()
    return gone


def _kept(user: User, key: str, digest: str, now: datetime) -> Answer | None:
    row = IdempotencyKey.objects.filter(user=user, key=key, at__gte=now - KEPT).first()
    if row is None:
        IdempotencyKey.objects.filter(user=user, key=key).delete()
        return None
    if row.digest != digest:
        raise RuleError(
            en="This Idempotency-Key was used for another request. Use a new one for each request.",
            ja="この Idempotency-Key は別のリクエストで使われています。リクエストごとに新しいキーを使ってください。",
        )
    return Answer(row.status or 200, row.body, is_replayed=True)
