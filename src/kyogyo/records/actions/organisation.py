"""What the installation is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.access import require_admin
from kyogyo.records.actions import journal
from kyogyo.records.models import Organisation, User

if TYPE_CHECKING:
    from kyogyo.records.access import Actor


@transaction.atomic
def mark_as_demo(*, actor: Actor, now: datetime | None = None) -> Organisation:
    """Make an empty installation the demo, where one signs in by choosing a role.

    Raises RuleError where somebody has a log-in already: nobody's own records become a demo.
    """
    require_admin(actor)
    if User.objects.filter(is_placeholder=False).exists():
        raise RuleError(
            en="Somebody can sign in here already, so this can't become the demo. Use another folder.",
            ja="すでにログインできる利用者がいるため、デモにはできません。別のフォルダーを使ってください。",
        )
    made, _ = Organisation.objects.update_or_create(
        pk=1, defaults={"is_demo": True, "set_up_at": now or timezone.now()}
    )
    journal.note(actor=actor, action="become_demo", noun="organisation", row=1)
    return made


@transaction.atomic
def give_demo_password(*, actor: Actor, user_ids: Sequence[int], password: str) -> None:
    """Let the people of the demo sign in with one password that everybody knows; nowhere but in the demo."""
    require_admin(actor)
    if not Organisation.objects.filter(is_demo=True).exists():
        raise RuleError(
            en="This is not the demo. Each person sets a password of their own.",
            ja="デモではないため、共通のパスワードは設定できません。各自で設定してください。",
        )
    # Hashed once: it takes its time on purpose, and there is nothing here to protect.
    User.objects.filter(pk__in=user_ids).update(password=make_password(password))
    journal.note(
        actor=actor, action="give_demo_password", noun="organisation", row=1, tells=False,
        after={"users": list(user_ids)},
    )  # fmt: skip
