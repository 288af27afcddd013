"""What happens with a sign-in: the address that an administrator entered counts as verified."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.signals import user_logged_in


def connect() -> None:
    user_logged_in.connect(_vouch_for_address, dispatch_uid="vouch_for_address")


def _vouch_for_address(*, user: Any, **_: object) -> None:
    """allauth refuses second factors to unverified addresses; there is no self sign-up here."""
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
