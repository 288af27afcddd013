"""Second factors in Chromium with a device of its own: a passkey, an authenticator app, recovery codes."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from typing import TYPE_CHECKING

from tests.browser.conftest import PASSWORD, Visit

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

_DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def _code(secret: str, *, later: int = 0) -> str:
    """The six digits that an authenticator app shows (RFC 6238), `later` seconds from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time() + later) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Person:
    """The viewer of a visit's language, at a browser with a device. A number is no name for a passkey: localhost is."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.t = visit, visit.t
        self.at = visit.at.address.replace("127.0.0.1", "localhost")
        self.page: Page = visit.page("")
        self.device: CDPSession = self.page.context.new_cdp_session(self.page)
        self.device.send("WebAuthn.enable")
        told = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
        self.authenticator = told["authenticatorId"]

    def press(self, en: str, ja: str) -> None:
        self.page.locator("main").get_by_role("button", name=self.t(en, ja), exact=True).click()

    def go(self, path: str) -> None:
        self.page.goto(f"{self.at}{path}")

    def sign_in(self) -> None:
        """As far as the password goes."""
        self.page.context.clear_cookies()
        self.go("/sign-in/login/")
        self.page.locator("#id_login").fill(self.t("viewer@example.com", "viewer-ja@example.com"))
        self.page.locator("#id_password").fill(PASSWORD)
        self.press("Sign in", "ログイン")

    def is_in(self) -> bool:
        self.page.wait_for_url(f"{self.at}/")
        return bool(self.page.locator(".who-name").count())

    def title(self) -> str:
        return self.page.locator("h1").inner_text()


def test_second_factors_are_set_up_and_sign_in(people: Visit) -> None:
    me = Person(people)
    me.sign_in()
    assert me.is_in()
    me.go("/sign-in/2fa/webauthn/add/")
    me.page.locator("#id_password").fill(PASSWORD)  # what opens doors is asked for again
    me.press("Confirm", "確認する")
    me.press("Add", "登録")
    me.page.wait_for_url(f"{me.at}/sign-in/2fa/recovery-codes/")
    assert me.title() == me.t("Recovery codes", "リカバリーコード")
    codes = me.page.locator("#recovery_codes").input_value().split()
    assert len(codes) == 10

    me.go("/sign-in/2fa/totp/activate/")
    secret = me.page.locator("#authenticator_secret").input_value()
    me.page.locator("#id_code").fill(_code(secret))
    me.press("Switch on", "有効にする")
    on = me.page.locator("section.panel", has_text=me.t("Authenticator app", "認証アプリ"))
    on.get_by_role("link", name=me.t("Switch off", "無効にする")).wait_for()

    me.page.context.clear_cookies()
    me.go("/sign-in/login/")
    me.press("Use a passkey", "パスキーを使う")
    assert me.is_in()

    me.sign_in()
    assert me.title() == me.t("Second factor", "二段階認証")
    me.page.locator("#id_code").fill(_code(secret, later=30))  # each is good for one sign-in
    me.press("Sign in", "ログイン")
    assert me.is_in()

    me.sign_in()
    me.page.locator("#id_code").fill(codes[0])
    me.press("Sign in", "ログイン")
    assert me.is_in()
    me.sign_in()
    me.page.locator("#id_code").fill(codes[0])
    me.press("Sign in", "ログイン")
    assert me.page.locator(".field-problem").inner_text() == me.t("Incorrect code.", "コードが正しくありません。")  # fmt: skip


def test_passkey_that_cannot_be_used_is_said_in_words(people: Visit) -> None:
    me = Person(people)
    me.device.send("WebAuthn.setUserVerified", {"authenticatorId": me.authenticator, "isUserVerified": False})  # fmt: skip
    me.go("/sign-in/login/")
    me.press("Use a passkey", "パスキーを使う")
    alarm = me.page.get_by_role("alert")
    alarm.filter(has_text=me.t("The device did not confirm", "端末での確認が完了しませんでした")).wait_for()  # fmt: skip

    me.page.goto(f"{people.at.address}/sign-in/login/")
    me.press("Use a passkey", "パスキーを使う")
    alarm.filter(has_text=me.t("do not work at this address", "このアドレスではパスキーを利用できません")).wait_for()  # fmt: skip
