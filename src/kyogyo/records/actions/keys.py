"""Keys with which a program acts as a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kyogyo.errors import NotAllowedError, RuleError
from kyogyo.records.access import not_found
from kyogyo.records.actions import journal
from kyogyo.records.models import ApiKey
from kyogyo.records.queries.keys import new_secret

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@transaction.atomic
def make_api_key(*, actor: Actor, name: str, can_write: bool = False) -> tuple[ApiKey, str]:
    """Make a key that acts as `actor`, and return it with the secret: this once, only its digest is kept."""
    if actor.user is None or actor.key is not None:
        raise NotAllowedError(
            en="A key can't make keys. Sign in and make it under Settings.",
            ja="APIキーでAPIキーを作ることはできません。ログインして設定画面で作成してください。",
        )
    if can_write and not actor.may_write:
        raise NotAllowedError(
            en="You may only read, so a key of yours can't write. Make one that reads.",
            ja="閲覧のみの権限のため、書き込みできるキーは作れません。閲覧用のキーを作成してください。",
        )
    said = " ".join(name.split())
    if not said or len(said) > 200:
        raise RuleError(
            en="Give the key a name (at most 200 characters), so that you know later what uses it.",
            ja="後で用途が分かるように、キーに名前を付けてください（200文字以内）。",
        )
    prefix, secret, digest = new_secret()
    key = ApiKey.objects.create(
        user=actor.user, name=said, prefix=prefix, digest=digest, can_write=can_write
    )
    journal.note(
        actor=actor,
        action="make",
        noun="key",
        row=key.pk,
        after={"name": said, "prefix": prefix, "can_write": can_write},
        tells=False,
    )
    return key, secret


@transaction.atomic
def revoke_api_key(*, actor: Actor, key_id: int, now: datetime | None = None) -> ApiKey:
    """Make a key worthless: one's own, or as an administrator anybody's."""
    found = ApiKey.objects.filter(pk=key_id, revoked_at=None).first()
    if found is None or not (actor.is_admin or found.user == actor.user):
        raise not_found(en="key", ja="APIキー", key=key_id)
    found.revoked_at = now or timezone.now()
    found.save(update_fields=["revoked_at"])
    journal.note(
        actor=actor,
        action="revoke",
        noun="key",
        row=found.pk,
        before={"name": found.name, "prefix": found.prefix},
        tells=False,
    )
    return found
