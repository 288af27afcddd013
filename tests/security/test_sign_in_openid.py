"""The company's directory by OpenID Connect: a provider on this machine, from our button to our page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from kyogyo.config.sign_on import read_providers
from kyogyo.errors import SettingError
from kyogyo.records.models import AuditEvent, User
from tests.records.people import Company, make_company
from tests.security.openid import CLIENT, KEYS, SECRET, Provider, serve, visit

HOST = "kyogyo.example.com"
pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def company(db: None, settings: Settings) -> Company:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_company()


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with serve() as running:
        for name, value in {
            "KYOGYO_OIDC_URL": running.address, "KYOGYO_OIDC_CLIENT_ID": CLIENT,
            "KYOGYO_OIDC_CLIENT_SECRET": SECRET, "KYOGYO_OIDC_NAME": "Aozora ID",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        settings.SOCIALACCOUNT_PROVIDERS = read_providers()
        settings.ALLOWED_HOSTS = [HOST]
        yield running


def _browser(lang: str = "en") -> Client:
    return Client(headers={"Host": HOST, "Accept-Language": lang})


def _leave(browser: Client, more: str = "") -> str:
    """Press our button; where the browser is sent."""
    return browser.post(f"/sign-in/oidc/company/login/{more}").headers["Location"]


def _back(browser: Client, address: str) -> HttpResponse:
    return browser.get(address.removeprefix(f"http://{HOST}"))


def _sign_in(browser: Client) -> HttpResponse:
    return _back(browser, visit(_leave(browser)))


def _is_in(browser: Client) -> bool:
    return browser.get("/settings/").status_code == 200


def test_person_with_the_address_is_signed_in_and_then_known_by_the_directorys_name(
    provider: Provider, company: Company
) -> None:
    browser = _browser()
    assert _sign_in(browser).status_code == 302
    assert browser.get("/settings/").content.decode().count("field@example.com") == 1
    assert AuditEvent.objects.filter(action="sign_in", by=company.users["field"]).count() == 1

    # Of another name and address there, by now: it is the same person.
    provider.claims = {"email": "married@example.com"}
    again = _browser()
    _sign_in(again)
    assert _is_in(again)
    assert SocialAccount.objects.get().user == company.users["field"]


def test_question_holds_state_nonce_and_proof_and_nothing_that_a_link_added(
    provider: Provider,
) -> None:
    more = "?" + urlencode({"auth_params": "nonce=mine&prompt=none", "scope": "offline_access"})
    asked = {name: value[0] for name, value in parse_qs(urlsplit(_leave(_browser(), more)).query).items()}  # fmt: skip

    assert set(asked) == {"client_id", "redirect_uri", "scope", "response_type", "state", "nonce", "code_challenge", "code_challenge_method"}  # fmt: skip
    assert (asked["redirect_uri"], set(asked["scope"].split()), len(asked["nonce"])) == (
        f"http://{HOST}/sign-in/oidc/company/login/callback/", {"openid", "profile", "email"}, 32,
    )  # fmt: skip


NOW = int(time.time())
BENT: dict[str, dict[str, Any]] = {
    "stranger's key": {"key": KEYS["stranger"]},
    "unknown key": {"kid": "of last year"},
    "no signature": {"algorithm": "none"},
    "our secret as the key": {"algorithm": "HS256"},
    "key for another algorithm": {"algorithm": "RS256", "key": KEYS["RS256"]},
    "wrong nonce": {"claims": {"nonce": "of another sign-in"}},
    "no nonce": {"claims": {"nonce": None}},
    "wrong audience": {"claims": {"aud": "another client"}},
    "for several, made for another": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "for several, made for nobody": {"claims": {"aud": [CLIENT, "other"]}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": NOW - 600}},
    "without end": {"claims": {"exp": None}},
    "without a name": {"claims": {"sub": None}},
    "other access token": {"claims": {"at_hash": "0123456789abcdef012345"}},
    "page about somebody else": {"claims": {"email": None}, "about": {"sub": "boss", "email": "admin@example.com", "email_verified": True}},
    "other issuer than configured": {"config": {"issuer": "https://evil.example"}},
}  # fmt: skip


@pytest.mark.parametrize("how", BENT)
def test_answer_that_cannot_be_believed_is_refused_in_words(provider: Provider, how: str) -> None:
    browser = _browser()
    leads = _leave(browser)
    for name, value in BENT[how].items():
        setattr(provider, name, value)
    answer = _back(browser, visit(leads))

    assert answer.status_code == 401
    assert answer.content.decode().count("The answer of Aozora ID is not valid for this sign-in") == 1  # fmt: skip
    assert not _is_in(browser)


@pytest.mark.parametrize(
    "how",
    [
        {"algorithm": "RS256", "key": KEYS["RS256"], "kid": "RS256"},
        {"claims": {"aud": [CLIENT, "other"], "azp": CLIENT}},
        {"claims": {"email": None, "email_verified": None},
         "about": {"sub": "of-field", "email": "FIELD@example.com", "email_verified": "true"}},
    ],
    ids=["RSA", "several readers", "address on the page about the user"],
)  # fmt: skip
def test_answer_that_is_allowed_to_be_so_signs_in(provider: Provider, how: dict[str, Any]) -> None:
    for name, value in how.items():
        setattr(provider, name, value)
    browser = _browser()
    _sign_in(browser)

    assert _is_in(browser)


def test_answer_is_good_once_and_for_the_browser_that_asked_alone(provider: Provider) -> None:
    mine, other = _browser(), _browser("ja")
    leads = visit(_leave(mine))

    assert _back(other, leads).status_code == 401
    assert "10分以内に始めたログインのものではありません" in _back(other, leads).content.decode()
    assert _back(mine, leads).status_code == 302
    mine.post("/sign-in/logout/")
    assert _back(mine, leads).status_code == 401
    assert (_is_in(other), _is_in(mine)) == (False, False)


def test_code_of_another_question_is_refused_by_its_proof(provider: Provider) -> None:
    """Somebody's own code slipped into another's answer (PKCE)."""
    thief, mine = visit(_leave(_browser())), _browser()
    address = visit(_leave(mine))
    stolen = parse_qs(urlsplit(thief).query)["code"][0]
    own = parse_qs(urlsplit(address).query)["code"][0]

    assert _back(mine, address.replace(own, stolen)).status_code == 401
    assert not _is_in(mine)


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "nobody has this address in Kyogyo"), ("ja", "登録されていません")]
)
def test_unknown_person_is_refused_in_words_and_not_made(
    provider: Provider, lang: str, says: str
) -> None:
    provider.claims = {"sub": "new", "email": "stranger@example.com"}
    before, browser = User.objects.count(), _browser(lang)
    answer = _sign_in(browser)

    assert (answer.status_code, answer.content.decode().count(says)) == (401, 1)
    assert answer.content.decode().count("stranger@example.com") == 1
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("claim", "trusts", "status"),
    [(False, "0", 401), (None, "0", 401), (None, "1", 302), (False, "1", 401), ("true", "0", 302)],
)
def test_address_counts_where_the_directory_or_the_administrator_vouches_for_it(
    provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    claim: object, trusts: str, status: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("KYOGYO_OIDC_TRUST_EMAIL", trusts)
    settings.SOCIALACCOUNT_PROVIDERS = read_providers()
    provider.claims = {"email_verified": claim}
    answer = _sign_in(_browser())

    assert answer.status_code == status
    says = "doesn&#39;t say that the address was verified"
    assert answer.content.decode().count(says) == (status == 401)


def test_person_without_an_address_there_is_told_what_is_missing(provider: Provider) -> None:
    provider.claims, provider.about = {"email": None}, {"sub": "of-field"}

    assert _sign_in(_browser()).content.decode().count("the scope email") == 1


@pytest.mark.parametrize("known", [False, True])
def test_person_who_is_switched_off_is_refused_in_words(provider: Provider, *, known: bool) -> None:
    if known:
        _sign_in(_browser())
    User.objects.filter(email="field@example.com").update(is_active=False)
    browser = _browser("ja")
    answer = _sign_in(browser)

    assert answer.headers["Location"] == "/sign-in/inactive/"
    assert browser.get("/sign-in/inactive/").content.decode().count("ログインが停止されています") == 2  # fmt: skip
    assert not _is_in(browser)


def test_first_sign_in_by_the_directory_leaves_the_password_alone(
    provider: Provider, company: Company
) -> None:
    User.objects.filter(email="field@example.com").update(password=make_password("seven rivers"))
    _sign_in(_browser())

    assert User.objects.get(email="field@example.com").check_password("seven rivers")


def test_changed_address_cuts_the_directorys_account_off(
    provider: Provider, company: Company
) -> None:
    _sign_in(_browser())
    user = User.objects.get(email="field@example.com")
    user.email = "successor@example.com"
    user.save(update_fields=["email"])

    assert _sign_in(_browser()).status_code == 401


def test_directory_with_another_issuer_and_the_same_names_opens_nothing(provider: Provider) -> None:
    """A move to another directory, where somebody else is called as field sales was."""
    _sign_in(_browser())
    SocialAccount.objects.update(uid="of-field")
    provider.claims = {"email": "stranger@example.com"}

    assert _sign_in(_browser()).status_code == 401


@pytest.mark.parametrize(("said", "says"), [("access_denied", "was cancelled there"), ("server_error", "is not valid for this sign-in")])  # fmt: skip
def test_sign_in_that_ended_at_the_directory_is_said_in_words(
    provider: Provider, said: str, says: str
) -> None:
    provider.refuses = said
    answer = _sign_in(_browser())

    assert (answer.status_code, answer.content.decode().count(says)) == (401, 1)


@pytest.mark.parametrize("when", ["before", "between"])
def test_directory_that_is_away_is_said_in_words(
    provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    browser = _browser("ja")
    leads = visit(_leave(browser))
    monkeypatch.setenv("KYOGYO_OIDC_URL", "http://127.0.0.1:9")
    settings.SOCIALACCOUNT_PROVIDERS = read_providers()
    if when == "before":
        answer = browser.post("/sign-in/oidc/company/login/")
    else:
        answer = _back(browser, leads)

    assert answer.status_code == 502
    assert answer.content.decode().count("現在 Aozora ID に接続できません") == 1


def test_plain_http_to_another_machine_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"KYOGYO_OIDC_{name}", "http://login.example.com")

    with pytest.raises(SettingError, match="KYOGYO_OIDC_URL"):
        read_providers()
