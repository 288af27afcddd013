"""allauth's forms where they say what isn't so here."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.conf import settings

from kyogyo.web.formats import t


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page has its own link, where mail is sent


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.KYOGYO_SENDS_MAIL:
            self.fields["password"].help_text = ""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey unless asked for otherwise; the words are ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = t("Name", "名前")
        self.fields["name"].help_text = t(
            "So that you know it again: the device, or where the key lies.",
            "あとで見分けるための名前です（端末名や保管場所など）。",
        )
        self.fields["name"].initial = self.initial["name"] = t("My device", "自分の端末")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = t(
            "Passkey: signs in without the password", "パスキーにする（パスワードなしでログイン）"
        )
        self.fields["passwordless"].help_text = t(
            "The device asks for fingerprint, face or PIN. Without it the key is a second step after the password.",
            "端末で指紋・顔・PINの確認を行います。オフの場合は、パスワード入力後の2段階目として使うキーになります。",
        )


class RenameKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = t("Name", "名前")
