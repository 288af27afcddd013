"""Signing in: what lets people in, and what keeps others out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from pytest_django import Settings

from kyogyo.records.models import AuditEvent, Membership, Organisation, User
from tests.records.people import Company

Browser = Callable[..., Client]
PASSWORD = "seven quiet rivers"  # noqa: S105 -- of nobody
WRONG = "one wrong stone"


@pytest.fixture
def field(company: Company) -> User:
    """The field sales rep with a password."""
    user = company.users["field"]
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(client: Client, password: str = PASSWORD, email: str = "field@example.com") -> int:
    return client.post("/sign-in/login/", {"login": email, "password": password}).status_code


def test_password_signs_in_and_the_sign_in_is_audited(field: User) -> None:
    client = Client()

    assert _sign_in(client) == 302
    assert client.get("/settings/").status_code == 200
    assert [(e.by, e.action) for e in AuditEvent.objects.filter(action="sign_in")] == [
        (field, "sign_in")
    ]


def test_sign_in_rotates_the_session(field: User) -> None:
    client = Client()
    client.get("/sign-in/login/")
    session = client.session
    session["held"] = "by a stranger"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    _sign_in(client)

    assert client.cookies["sessionid"].value != before
    assert Session.objects.filter(session_key=before).count() == 0


@override_settings(AXES_ENABLED=True)
def test_five_failures_lock_the_door_even_for_the_right_password(field: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    tries = [_sign_in(client, WRONG) for _ in range(5)]

    assert tries == [200, 200, 200, 200, 429]
    locked = client.post("/sign-in/login/", {"login": "field@example.com", "password": PASSWORD})
    assert locked.status_code == 429
    assert locked.content.decode().count("locked for 15 minutes") == 1
    assert locked.headers["Retry-After"] == "900"
    assert _sign_in(Client(REMOTE_ADDR="192.0.2.7")) == 302  # the owner elsewhere isn't locked out


def test_failure_doesnt_say_whether_the_address_is_known(field: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    texts = [
        client.post("/sign-in/login/", {"login": email, "password": WRONG}).content.decode()
        for email in ("field@example.com", "nobody@example.com")
    ]

    assert [text.count("not correct") for text in texts] == [1, 1]


def test_signing_out_everywhere_ends_the_other_sessions(field: User) -> None:
    mine, other = Client(), Client()
    _sign_in(mine)
    _sign_in(other)
    mine.post("/sign-in/sessions/")

    assert (mine.get("/settings/").status_code, other.get("/settings/").status_code) == (200, 303)


def test_changed_password_ends_the_other_sessions(field: User) -> None:
    mine, other = Client(), Client()
    _sign_in(mine)
    _sign_in(other)
    sent = {"oldpassword": PASSWORD, "password1": "eight loud seas", "password2": "eight loud seas"}

    assert mine.post("/sign-in/password/change/", sent).status_code == 302
    assert (mine.get("/settings/").status_code, other.get("/settings/").status_code) == (200, 303)
    assert AuditEvent.objects.filter(action="change_password").count() == 1


def test_second_factor_is_asked_for_after_the_password(field: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(field, secret)
    client = Client()

    assert _sign_in(client) == 302
    assert client.get("/settings/").status_code == 303
    code = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
    answer = client.post("/sign-in/2fa/authenticate/", {"code": f"{code:06}"})
    assert answer.status_code == 302
    assert client.get("/settings/").status_code == 200


def test_second_factor_is_demanded_of_administrators_where_set(
    signed_in: Browser, company: Company, settings: Settings
) -> None:
    settings.KYOGYO_ADMIN_MFA = True
    admin = signed_in("admin")

    assert admin.get("/settings/").headers["Location"] == "/sign-in/2fa/"
    assert admin.get("/sign-in/2fa/").status_code == 200
    assert signed_in("field").get("/settings/").status_code == 200
    Authenticator.objects.create(user=company.users["admin"], type="totp", data={})
    assert admin.get("/settings/").status_code == 200


def test_administrator_takes_a_lost_second_factor_off_and_it_is_audited(
    field: User, signed_in: Browser, company: Company
) -> None:
    thief = Client()
    _sign_in(thief)
    TOTP.activate(field, generate_totp_secret())
    path, admin = f"/settings/people/{field.pk}/", signed_in("admin")
    offered = admin.get(path).content.decode().count("second-factor/")
    answer = admin.post(f"{path}second-factor/")

    assert (offered, answer.status_code) == (1, 303)
    assert admin.get(path).content.decode().count("second-factor/") == 0
    assert thief.get("/settings/").status_code == 303
    assert AuditEvent.objects.filter(action="take_factors_off", by=company.users["admin"]).count() == 1  # fmt: skip
    own = admin.post(f"/settings/people/{company.users['admin'].pk}/second-factor/")
    assert own.status_code == 422
    mine = Client()
    _sign_in(mine)
    assert mine.get("/settings/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up_by_themselves(company: Company, method: str) -> None:
    sent = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    answer = getattr(Client(), method)("/sign-in/signup/", sent)

    assert answer.status_code == 404
    assert User.objects.filter(email="new@example.com").count() == 0


def test_forgotten_password_without_mail_says_whom_to_ask(company: Company) -> None:
    answer = Client(headers={"Accept-Language": "en"}).get("/sign-in/password/reset/")

    assert answer.status_code == 404
    assert answer.content.decode().count("Ask an administrator for a link") == 1


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Sign in | Kyogyo"), ("ja", "ログイン | Kyogyo")]
)
def test_sign_in_page_speaks_the_language_of_the_browser(
    company: Company, lang: str, title: str
) -> None:
    text = Client(headers={"Accept-Language": lang}).get("/sign-in/login/").content.decode()

    assert (text.count(f"<title>{title}</title>"), text.count(f'<html lang="{lang}"')) == (1, 1)


def test_demo_offers_one_person_a_role_and_department(company: Company) -> None:
    Organisation.objects.create(pk=1, is_demo=True)
    client = Client()
    page = client.get("/sign-in/login/").content.decode()

    assert page.count('name="person"') == 8  # everybody of the company who is in a team
    client.post("/sign-in/as/", {"person": company.users["field"].pk})
    assert client.get("/settings/").content.decode().count("field@example.com") == 1


@pytest.mark.parametrize(
    ("lang", "jobs"),
    [
        ("en", ["Marketer", "Inside sales", "Field sales", "Customer success", "Sales manager", "RevOps", "CEO", "Administrator"]),
        ("ja", ["マーケティング担当", "インサイドセールス担当", "フィールドセールス担当", "カスタマーサクセス担当", "営業本部長", "RevOps 担当", "社長", "システム管理者"]),
    ],
)  # fmt: skip
def test_demo_names_the_job_of_each_person(company: Company, lang: str, jobs: list[str]) -> None:
    Organisation.objects.create(pk=1, is_demo=True)
    Membership.objects.all().delete()
    made = {
        seat: User.objects.create(email=f"{seat}@aozora.example", name=seat)
        for seat in ("marketer", "inside", "field", "success", "manager", "revops", "ceo", "admin")
    }
    roles = {"manager": "manager", "revops": "revops", "ceo": "viewer", "admin": "admin"}
    teams = {"marketer": "marketing", "inside": "inside", "field": "field", "success": "success"}
    for seat, user in made.items():
        team = company.teams[teams.get(seat, "company")]
        Membership.objects.create(user=user, team=team, role=roles.get(seat, "member"))
    page = Client(headers={"Accept-Language": lang}).get("/sign-in/login/").content.decode()

    assert re.findall(r'name="person".*?<b>(.*?)</b>', page) == jobs


def test_visitor_of_the_demo_goes_on_in_the_language_chosen_on_the_way_in(company: Company) -> None:
    Organisation.objects.create(pk=1, is_demo=True)
    client = Client()
    client.post("/settings/language/", {"lang": "ja", "next": "/"})

    client.post("/sign-in/as/", {"person": company.users["field"].pk})

    assert type(company.field).objects.get(pk=company.field.pk).lang == "ja"


def test_demo_person_can_not_be_taken_outside_the_demo(company: Company) -> None:
    client = Client()
    page = client.get("/sign-in/login/").content.decode()
    answer = client.post("/sign-in/as/", {"person": company.users["admin"].pk})

    assert (page.count('name="person"'), answer.status_code) == (0, 404)
    assert client.get("/settings/").status_code == 303


@pytest.mark.parametrize("who", ["outsider", "switched off", "nobody", "²"])
def test_demo_offers_only_those_on_the_list(company: Company, who: str) -> None:
    Organisation.objects.create(pk=1, is_demo=True)
    Membership.objects.filter(user=company.users["field"]).update(role="member")
    User.objects.filter(pk=company.users["field"].pk).update(is_active=False)
    person = {"outsider": company.users["outsider"].pk, "switched off": company.users["field"].pk}

    assert Client().post("/sign-in/as/", {"person": person.get(who, who)}).status_code == 404
