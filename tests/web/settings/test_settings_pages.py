"""The settings: who may open and change what, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kyogyo.records.models import ApiKey, AuditEvent, CustomField, Membership, Team, User
from kyogyo.records.queries.keys import actor_by_key
from tests.records.people import PEOPLE, Company, default_text

Browser = Callable[..., Client]

FOR_ALL = ("/settings/", "/settings/keys/")
FOR_ADMINS = (
    "/settings/people/",
    "/settings/teams/",
    "/settings/fields/",
    "/settings/model/",
    "/settings/audit/",
    "/settings/design/",
)
POSTS_FOR_ADMINS = (
    "/settings/people/",
    "/settings/people/{user}/",
    "/settings/people/{user}/join/",
    "/settings/people/{user}/leave/",
    "/settings/people/{user}/link/",
    "/settings/teams/",
    "/settings/teams/{team}/",
    "/settings/fields/",
    "/settings/fields/1/retire/",
    "/settings/fields/1/restore/",
    "/settings/model/",
)
NAMES = [name for name, *_ in PEOPLE]


@pytest.mark.parametrize("path", FOR_ALL + FOR_ADMINS)
def test_page_is_closed_to_strangers(company: Company, path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in/login/?next=")


@pytest.mark.parametrize("name", NAMES)
def test_page_opens_by_role(signed_in: Browser, company: Company, name: str) -> None:
    client = signed_in(name)
    person, team = company.users["field"].pk, company.teams["field"].pk
    of_one = (f"/settings/people/{person}/", f"/settings/teams/{team}/",
              f"/settings/model/{company.version.pk}/", f"/settings/model/{company.version.pk}/file/")  # fmt: skip
    found = {path: client.get(path).status_code for path in FOR_ALL + FOR_ADMINS + of_one}

    expected = 200 if name == "admin" else 403
    assert found == {
        **dict.fromkeys(FOR_ALL, 200),
        **dict.fromkeys(FOR_ADMINS + of_one, expected),
    }


@pytest.mark.parametrize("name", ["manager", "revops", "viewer", "outsider", None])
def test_change_is_for_administrators(
    signed_in: Browser, company: Company, name: str | None
) -> None:
    client = signed_in(name) if name else Client()
    places = {"user": company.users["field"].pk, "team": company.teams["field"].pk}
    found = {path: client.post(path.format(**places)).status_code for path in POSTS_FOR_ADMINS}

    assert found == dict.fromkeys(POSTS_FOR_ADMINS, 403 if name else 303)
    assert AuditEvent.objects.exclude(action="sign_in").filter(by__isnull=False).count() == 0


def test_every_change_needs_the_csrf_token(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.users["admin"])
    places = {"user": company.users["field"].pk, "team": company.teams["field"].pk}
    paths = [path.format(**places) for path in POSTS_FOR_ADMINS] + [
        "/settings/", "/settings/keys/", "/settings/keys/1/revoke/", "/settings/language/",
        "/settings/appearance/", "/sign-in/as/", "/sign-in/logout/", "/sign-in/login/",
    ]  # fmt: skip

    assert {path: client.post(path).status_code for path in paths} == dict.fromkeys(paths, 403)


@pytest.mark.parametrize(
    "path", ["/settings/people/9999/", "/settings/teams/9999/", "/settings/model/9999/"]
)
def test_page_of_nothing_is_not_found(signed_in: Browser, path: str) -> None:
    assert signed_in("admin").get(path).status_code == 404


def test_me_changes_name_and_language(signed_in: Browser, company: Company) -> None:
    answer = signed_in("field").post("/settings/", {"name": " Fumi  Field-Sato ", "lang": "ja"})
    company.users["field"].refresh_from_db()

    assert answer.status_code == 303
    assert (company.users["field"].name, company.users["field"].lang) == ("Fumi Field-Sato", "ja")


def test_me_with_an_empty_name_says_so_beside_what_was_typed(signed_in: Browser) -> None:
    answer = signed_in("field").post("/settings/", {"name": "  ", "lang": "en"})

    assert answer.status_code == 422
    assert answer.content.decode().count("The name is missing") == 1


def test_key_shows_its_secret_once_and_works_until_revoked(
    signed_in: Browser, company: Company
) -> None:
    client = signed_in("field")
    answer = client.post("/settings/keys/", {"name": "nightly", "can_write": "1"})
    secret = re.findall(r"kyo_[0-9a-f]{8}_[\w-]+", answer.content.decode())[0]

    assert answer.headers["Cache-Control"] == "no-store"
    acting = actor_by_key(secret)
    assert acting is not None
    assert acting.user == company.users["field"]
    assert client.get("/settings/keys/").content.decode().count(secret) == 0

    key = ApiKey.objects.get()
    assert signed_in("manager").post(f"/settings/keys/{key.pk}/revoke/").status_code == 404
    assert client.post(f"/settings/keys/{key.pk}/revoke/").status_code == 303
    assert actor_by_key(secret) is None


def test_person_is_added_with_a_team_and_gets_a_link_to_set_a_password(
    signed_in: Browser, company: Company
) -> None:
    client = signed_in("admin")
    sent = {
        "name": "新人 太郎", "email": "Shin@Example.com ", "lang": "ja",
        "team": str(company.teams["inside"].pk), "role": "member",
    }  # fmt: skip
    assert client.post("/settings/people/", sent).status_code == 303
    user = User.objects.get(email="shin@example.com")
    answer = client.post(f"/settings/people/{user.pk}/link/")
    link = re.findall(
        r"http://testserver(/sign-in/password/reset/key/[^<]+)", answer.content.decode()
    )

    assert (user.name, user.has_usable_password()) == ("新人 太郎", False)
    assert [(row.team.code, row.role) for row in user.memberships.all()] == [("inside", "member")]
    stranger = Client()
    form = stranger.get(link[0], follow=True)
    password = {"password1": "seven quiet rivers", "password2": "seven quiet rivers"}
    assert stranger.post(form.redirect_chain[-1][0], password).status_code == 302
    user.refresh_from_db()
    assert user.check_password("seven quiet rivers")
    assert stranger.get(link[0], follow=True).content.decode().count('name="password1"') == 0


def test_membership_ends_and_can_be_taken_up_again(signed_in: Browser, company: Company) -> None:
    client, user = signed_in("admin"), company.users["field"]
    first = Membership.objects.get(user=user)
    answer = client.post(
        f"/settings/people/{user.pk}/leave/", {"membership": first.pk}, follow=True
    )

    assert Membership.objects.filter(user=user, until=None).count() == 0
    text = answer.content.decode()
    assert text.count(f'action="/settings/people/{user.pk}/join/"') == 2  # the form, and the undo
    client.post(
        f"/settings/people/{user.pk}/join/", {"team": first.team_id, "role": "member", "sight": ""}
    )
    assert Membership.objects.filter(user=user, until=None).count() == 1


def test_last_administrator_stays(signed_in: Browser, company: Company) -> None:
    user = company.users["admin"]
    answer = signed_in("admin").post(
        f"/settings/people/{user.pk}/leave/", {"membership": Membership.objects.get(user=user).pk}
    )

    assert answer.status_code == 422
    assert Membership.objects.get(user=user).until is None


def test_switched_off_person_is_out_at_once(signed_in: Browser, company: Company) -> None:
    theirs, user = signed_in("field"), company.users["field"]
    assert theirs.get("/settings/").status_code == 200
    sent = {"name": user.name, "email": user.email}  # the box for "may sign in" is not ticked
    signed_in("admin").post(f"/settings/people/{user.pk}/", sent)

    assert theirs.get("/settings/").status_code == 303


def test_team_is_added_below_another_and_moved(signed_in: Browser, company: Company) -> None:
    client, above = signed_in("admin"), company.teams["field"].pk
    sent = {
        "label_en": "Field East",
        "label_ja": "東日本",
        "department": "field_sales",
        "parent": above,
    }
    assert client.post("/settings/teams/", sent).status_code == 303
    team = Team.objects.get(code="field-east")

    assert (team.label_ja, team.parent_id, team.department) == ("東日本", above, "field_sales")
    below_itself = client.post(f"/settings/teams/{above}/", {**sent, "parent": team.pk})
    assert below_itself.status_code == 422


def test_field_is_added_retired_and_restored(signed_in: Browser, company: Company) -> None:
    client = signed_in("admin")
    sent = {
        "noun": "journey", "kind": "choice", "code": "plan", "label_en": "Plan", "label_ja": "プラン",
        "choices": "A\r\nB\r\n", "required_to_leave": "proposal",
    }  # fmt: skip
    assert client.post("/settings/fields/", sent).status_code == 303
    field = CustomField.objects.get()
    assert (field.choices, field.required_to_leave) == (["A", "B"], "proposal")

    client.post(f"/settings/fields/{field.pk}/retire/")
    assert CustomField.objects.get().retired_at is not None
    client.post(f"/settings/fields/{field.pk}/restore/")
    assert CustomField.objects.get().retired_at is None


def test_model_that_is_wrong_is_refused_with_its_line(signed_in: Browser, company: Company) -> None:
    text = default_text().replace('currency = "JPY"', 'currency = "YEN!"')
    answer = signed_in("admin").post("/settings/model/", {"text": text})

    line = text.splitlines().index('currency = "YEN!"') + 1
    assert answer.status_code == 422
    assert re.findall(rf"line {line}\b", answer.content.decode()) == [f"line {line}"]


def test_model_is_taken_up_as_a_new_version(signed_in: Browser, company: Company) -> None:
    client = signed_in("admin")
    text = default_text().replace('version = "2"', 'version = "3"', 1)
    assert client.post("/settings/model/", {"text": text}).status_code == 303
    page = client.get("/settings/model/").content.decode()

    assert page.count("In force: THE MODEL (default), version 3") == 1
    number = company.version.pk
    assert client.get(f"/settings/model/{number}/file/").content.decode() == default_text()


def test_audit_log_is_filtered_by_noun_person_and_day(signed_in: Browser, company: Company) -> None:
    client = signed_in("admin")
    client.post("/settings/", {"name": "Aki Anew", "lang": "en"})
    admin = company.users["admin"].pk

    def rows(query: str) -> int:
        return client.get(f"/settings/audit/?{query}").content.decode().count("<tr><td")

    assert rows(f"noun=user&action=change&by={admin}") == 1
    assert rows("noun=user&action=change&by=system") == 0
    assert rows("noun=user&action=change&since=2000-01-01&until=2000-01-02") == 0
    assert client.get("/settings/audit/?since=yesterday").status_code == 422


@pytest.mark.parametrize("extra", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/settings/people/", 10), ("/settings/teams/", 6),
                                               ("/settings/audit/", 9), ("/settings/keys/", 6)])  # fmt: skip
def test_list_asks_the_database_equally_often_however_long(
    signed_in: Browser,
    company: Company,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
    extra: int,
) -> None:
    client = signed_in("admin")
    for number in range(extra):
        user = User.objects.create(
            email=f"more{number}@example.com", name=f"More {number}", lang="en"
        )
        team = Team.objects.create(code=f"more{number}", label_en="More", label_ja="追加")
        Membership.objects.create(user=user, team=team)
        ApiKey.objects.create(user=user, name="key", prefix=f"p{number}", digest="x")
    client.get(path)

    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize(
    ("lang", "title", "none"),
    [
        ("en", "My handoffs and credit", "None in these days."),
        ("ja", "自分の引き継ぎと成果", "この期間にはありません。"),
    ],
)
def test_ones_own_handoffs_stand_on_ones_own_page(
    signed_in: Browser, company: Company, lang: str, title: str, none: str
) -> None:
    company.manager.lang = lang
    company.manager.save()
    page = signed_in("manager").get("/settings/").content.decode()

    assert (title in page, page.count(none)) == (True, 2)
    theirs = f"/settings/numbers/{company.field.pk}/"
    assert f'href="{theirs}"' in page
    found = {who: signed_in(who).get(theirs).status_code for who in ("manager", "field", "admin")}
    assert found == {"manager": 200, "field": 200, "admin": 404}
