"""From the words a program sends to who it acts for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction
from django.utils import timezone

from kyogyo.records.access import Actor
from kyogyo.records.models import ApiKey
from kyogyo.records.prepared import prepared

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

MARK = "kyo"
# How old the note of a key's last use may be: not a write a request.
_USE_NOTED_EVERY = timedelta(minutes=1)


def new_secret() -> tuple[str, str, str]:
    """(prefix, what is shown once to its owner, the digest that is kept) of a new key."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    return prefix, f"{MARK}_{prefix}_{secret}", digest_of(secret)


def digest_of(secret: str) -> str:
    """SHA-256 of a secret. It has 256 random bits, so nobody can guess their way back from it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_by_key(text: str, *, now: datetime | None = None) -> Actor | None:
    """Who a key acts for; None for a key that is unknown, revoked, or of somebody no longer here."""
    now = now or timezone.now()
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not prefix or not secret:
        return None
    key = next(iter(_in_use(prefix=prefix)), None)
    if key is None or not hmac.compare_digest(key.digest, digest_of(secret)):
        return None
    if not key.user.is_active:
        return None
    if key.last_used_at is None or now - key.last_used_at > _USE_NOTED_EVERY:
        # Worth noting, not worth refusing: a full or busy disk keeps nobody from reading.
        with suppress(OperationalError), transaction.atomic():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Actor(user=key.user, key=key)


@prepared
def _in_use(*, prefix: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("user").filter(prefix=prefix, revoked_at=None)
