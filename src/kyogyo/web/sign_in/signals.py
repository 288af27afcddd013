"""What a sign-in and a change of its factors leave behind: the audit log, and one verified address."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save

from kyogyo.records.actions.people import note_security


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="kyogyo_signed_in")
    post_save.connect(_changed, sender="records.User", dispatch_uid="kyogyo_address_changed")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_password_changed, dispatch_uid="kyogyo_password_changed")
    authenticator_added.connect(_factor_added, dispatch_uid="kyogyo_factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="kyogyo_factor_removed")


def vouch_for(user: Any) -> None:
    """allauth refuses second factors to unverified addresses; here an administrator vouched for them."""
    _forget_other_addresses(user)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def _signed_in(*, user: Any, **_: object) -> None:
    vouch_for(user)
    note_security(user=user, action="sign_in")


def _changed(*, instance: Any, update_fields: Any = None, **_: object) -> None:
    """Under the address that somebody had before nobody signs in or asks for a new password.

    Nor does the directory's account of that address open what is now under another.
    """
    if update_fields is None or "email" in update_fields:
        _forget_other_addresses(instance)


def _forget_other_addresses(user: Any) -> None:
    gone, _ = EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    if gone:
        SocialAccount.objects.filter(user=user).delete()


def _password_changed(*, user: Any, **_: object) -> None:
    note_security(user=user, action="change_password")


def _factor_added(*, user: Any, **_: object) -> None:
    note_security(user=user, action="add_factor")


def _factor_removed(*, user: Any, **_: object) -> None:
    note_security(user=user, action="remove_factor")
