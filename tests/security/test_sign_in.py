"""What keeps others out, beside what `tests/web/sign_in` shows: locks, addresses, redirects, keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client, override_settings
from pytest_django import Settings

from kyogyo.records.actions.keys import make_api_key, revoke_api_key
from kyogyo.records.actions.people import change_user
from kyogyo.records.models import ApiKey, User
from tests.security.sent import OTHERS, body_of
from tests.security.world import World, every_route

PASSWORD = "seven quiet rivers"  # noqa: S105 -- of nobody
WRONG = "one wrong stone"
EVIL = ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)",
        "http:///evil.example", " //evil.example", "https:evil.example", "/%09/evil.example",
        "\t//evil.example", "https://testserver@evil.example/")  # fmt: skip


@pytest.fixture
def inside(world: World, settings: Settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = world.company.users["inside"]
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(
    email: str, password: str = PASSWORD, client: Client | None = None, **more: str
) -> int:
    client = client or Client()
    sent = {"login": email, "password": password, **more}
    return client.post("/sign-in/login/", sent).status_code


@override_settings(AXES_ENABLED=True)
def test_lock_is_of_a_person_at_an_address_and_ends_after_its_time(
    world: World, inside: User
) -> None:
    other = world.company.users["field"]
    other.set_password(PASSWORD)
    other.save()
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        tries = [_sign_in(inside.email, WRONG) for _ in range(5)]
        held = _sign_in(inside.email), _sign_in(other.email)
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        away = _sign_in(inside.email, client=elsewhere)
        clock.move_to(now + timedelta(minutes=14))
        almost = _sign_in(inside.email)
        clock.move_to(now + timedelta(minutes=31))
        after = _sign_in(inside.email)

    assert tries[-1] == 429
    assert (held, away, almost, after) == ((429, 302), 302, 429, 302)


@pytest.mark.parametrize("email", ["inside@example.com", "nobody@example.com", "gone@example.com"])
def test_failed_sign_in_looks_the_same_for_every_address(
    world: World, inside: User, email: str
) -> None:
    sent = {"login": email, "password": WRONG}
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post("/sign-in/login/", sent)
    unknown = client.post("/sign-in/login/", {"login": "x@example.com", "password": WRONG})

    def bare(text: str) -> str:
        return (
            re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
            .replace(email, "")
            .replace("x@example.com", "")
        )

    assert answer.status_code == unknown.status_code == 200
    assert bare(answer.content.decode()) == bare(unknown.content.decode())


@pytest.mark.parametrize(("lang", "says"), [("en", "Your log-in is switched off"), ("ja", "ログインが停止されています")])  # fmt: skip
def test_only_the_right_password_is_told_that_the_log_in_is_switched_off(
    world: World, inside: User, lang: str, says: str
) -> None:
    User.objects.filter(pk=inside.pk).update(is_active=False)
    client = Client(headers={"Accept-Language": lang})
    wrong = client.post("/sign-in/login/", {"login": inside.email, "password": WRONG})
    right = client.post("/sign-in/login/", {"login": inside.email, "password": PASSWORD})
    told = client.get(right.headers["Location"])

    assert (wrong.status_code, wrong.content.decode().count(says)) == (200, 0)
    assert (right.headers["Location"], told.status_code) == ("/sign-in/inactive/", 200)
    assert told.content.decode().count(f"<h1>{says}</h1>") == 1
    assert client.get("/settings/").status_code == 303


@pytest.mark.parametrize(("lang", "says"), [("en", "Wait a minute, then try again"), ("ja", "1分ほど待ってから")])  # fmt: skip
def test_too_many_tries_are_said_in_the_readers_language(
    world: World, settings: Settings, lang: str, says: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = Client(headers={"Accept-Language": lang})
    sent = {"login": "inside@example.com", "password": WRONG}
    answers = [client.post("/sign-in/login/", sent) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].content.decode().count(says) == 1


@pytest.mark.parametrize("to", EVIL)
def test_nobody_is_led_to_another_site(world: World, inside: User, to: str) -> None:
    client = Client()
    _sign_in(inside.email, client=client, next=to)
    asked = {
        "/settings/language/": {"lang": "en", "next": to},
        "/settings/appearance/": {"theme": "dark", "next": to},
        "/sign-in/logout/": {"next": to},
        f"/journeys/{world.ids['journey_id']}/activity/": {
            "kind": "note",
            "words": "x",
            "back": to,
        },
        f"/journeys/{world.ids['journey_id']}/next-step/": {"text": "", "back": f"/board/../{to}"},
    }
    led = [_led(client.get("/sign-in/login/", {"next": to}))]
    led += [_led(client.post(path, sent)) for path, sent in asked.items() if "logout" not in path]
    led.append(_led(client.post("/sign-in/logout/", asked["/sign-in/logout/"])))
    htmx = client.get("/desk/", headers={"HX-Request": "true", "HX-Current-URL": to})
    led.append(_led(htmx))

    assert [one for one in led if not re.match(r"/(?![/\\])", one)] == []


def _led(answer: object) -> str:
    headers = answer.headers  # type: ignore[attr-defined]
    return str(headers.get("Location") or headers.get("HX-Redirect") or "/")


def test_nobody_gives_themselves_another_address(world: World, inside: User) -> None:
    client = Client()
    _sign_in(inside.email, client=client)
    for act in ("action_add", "action_primary"):
        sent = {act: "", "email": "boss@example.com"}
        assert client.post("/sign-in/email/", sent).status_code == 404

    inside.refresh_from_db()
    assert inside.email == "inside@example.com"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["inside@example.com"]


def test_address_that_was_changed_opens_nothing_and_the_new_one_does(
    world: World, inside: User
) -> None:
    _sign_in(inside.email)
    change_user(actor=world.company.as_admin, user_id=inside.pk, name="Ichiro",
                email="new@example.com", is_active=True)  # fmt: skip

    assert (_sign_in("inside@example.com"), _sign_in("new@example.com")) == (200, 302)
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.com"]


def test_person_who_is_switched_off_is_out_at_once(world: World, inside: User) -> None:
    client, secret = Client(), make_api_key(actor=world.company.as_inside, name="k")[1]
    _sign_in(inside.email, client=client)
    headers = {"Authorization": f"Bearer {secret}"}
    before = (
        client.get("/settings/").status_code,
        Client().get("/api/v1/model/", headers=headers).status_code,
    )
    change_user(actor=world.company.as_admin, user_id=inside.pk, name="Ichiro",
                email=inside.email, is_active=False)  # fmt: skip
    after = (
        client.get("/settings/").status_code,
        Client().get("/api/v1/model/", headers=headers).status_code,
    )

    assert (before, after) == ((200, 200), (303, 401))
    again = Client()
    _sign_in(inside.email, client=again)  # told that it is switched off: they know the password
    assert again.get("/settings/").status_code == 303


def test_second_factor_is_demanded_of_administrators_at_every_address(
    world: World, settings: Settings
) -> None:
    settings.KYOGYO_ADMIN_MFA = True
    opened = {}
    for route in every_route():
        if route.pattern.startswith(
            ("sign-in/", "healthz/", "settings/language", "settings/appearance")
        ):
            continue
        for method in ("GET", "POST"):
            sent = body_of(route.pattern, world) if method == "POST" else None
            answer = world.ask("admin", method, route.path({**OTHERS, **world.ids}), sent)
            if answer.headers.get("Location") != "/sign-in/2fa/":
                opened[method, route.pattern] = answer.status_code
    by_session = world.ask("admin", "GET", "/api/v1/journeys/")

    assert opened == {}
    assert by_session.headers.get("Location") == "/sign-in/2fa/"
    assert world.ask("inside", "GET", "/settings/").status_code == 200


def test_key_is_kept_as_a_digest_alone_and_only_whole_opens(world: World) -> None:
    key, secret = make_api_key(actor=world.company.as_inside, name="k", can_write=True)
    row = ApiKey.objects.filter(pk=key.pk).values().get()

    def status(sent: str) -> int:
        return Client().get("/api/v1/model/", headers={"Authorization": sent}).status_code

    rest = secret.partition("_")[2].partition("_")[2]
    assert [value for value in row.values() if rest in str(value)] == []
    tries = [f"Bearer {secret}", f"Bearer {secret[:-1]}", f"Bearer {secret}x", secret, f"Basic {secret}",
             f"Bearer {secret.replace(rest, row['digest'])}", "Bearer ", "Bearer kyo__", "Bearer é"]  # fmt: skip
    assert [status(one) for one in tries] == [200, *[401] * 8]
    revoke_api_key(actor=world.company.as_inside, key_id=key.pk)
    assert status(f"Bearer {secret}") == 401


def test_key_makes_no_key_and_changes_no_person(world: World) -> None:
    _, secret = make_api_key(actor=world.company.as_admin, name="k", can_write=True)
    headers = {"Authorization": f"Bearer {secret}"}
    answers = [
        Client()
        .post(path, {"name": "x", "lang": "en"}, headers=headers)
        .headers.get("Location", "")
        for path in ("/settings/keys/", "/settings/", "/settings/people/")
    ]

    assert [one.partition("?")[0] for one in answers] == ["/sign-in/login/"] * 3
