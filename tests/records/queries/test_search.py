"""What is found by which writing, by whom, and what may be the same company."""

from __future__ import annotations

import pytest
from django.db import connection

from kyogyo.records.models import Account, Person
from kyogyo.records.queries.search import likely_duplicates, search
from kyogyo.records.search_text import search_text
from tests.records.people import Company, make_account, make_journey

pytestmark = pytest.mark.django_db
NAMES = {
    "toshiba": ("東芝", "トウシバ", "toshiba.co.jp"),
    "tec": ("東芝テック株式会社", "", ""),
    "takashimaya": ("㈱髙島屋", "タカシマヤ", "takashimaya.co.jp"),
    "canon": ("キヤノン販売株式会社", "", ""),
    "yamazaki": ("山﨑建設", "", ""),
    "acme": ("Acme Robotics Co., Ltd.", "", "acme.example"),
}


@pytest.fixture
def accounts(company: Company) -> dict[str, Account]:
    return {
        code: make_account(
            name=name, kana=kana, domain=domain, search=search_text(name, kana, domain)
        )
        for code, (name, kana, domain) in NAMES.items()
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("東芝", ["toshiba", "tec"]),
        ("株式会社東芝", ["toshiba", "tec"]),
        ("㈱東芝テック", ["tec"]),
        ("芝テ", ["tec"]),
        ("芝", ["toshiba", "tec"]),
        ("芝東", []),
        ("高島屋", ["takashimaya"]),
        ("（株）髙島屋", ["takashimaya"]),
        ("ﾀｶｼﾏﾔ", ["takashimaya"]),
        ("たかしま", ["takashimaya"]),
        ("キャノン", ["canon"]),
        ("山崎", ["yamazaki"]),
        ("acme", ["acme"]),
        ("ROBOTICS acme", ["acme"]),
        ("acme.example", ["acme"]),
        ("takashimaya.co.jp", ["takashimaya"]),
        ("co.jp", ["toshiba", "takashimaya"]),
        ('\'; DROP TABLE "x" OR *', []),
        ("\\ % _ ' \"", []),
        ("", []),
    ],
)
def test_search_finds_accounts(
    company: Company, accounts: dict[str, Account], query: str, expected: list[str]
) -> None:
    found = search(actor=company.as_admin, query=query)

    assert [one.pk for one in found.accounts] == [accounts[code].pk for code in expected]


def test_search_puts_the_whole_name_first(company: Company, accounts: dict[str, Account]) -> None:
    late = make_account(name="株式会社芝", search=search_text("株式会社芝"))

    found = search(actor=company.as_admin, query="芝", shown=2)

    assert [one.pk for one in found.accounts] == [late.pk, accounts["toshiba"].pk]
    assert found.has_more_accounts


def test_search_finds_people_by_name_reading_and_mail(
    company: Company, accounts: dict[str, Account]
) -> None:
    person = Person.objects.create(
        account=accounts["acme"], name="髙橋 一郎", kana="タカハシ", email="taka@acme.example",
        search=search_text("髙橋 一郎", "タカハシ", "taka@acme.example"),
    )  # fmt: skip

    for query in ("高橋一郎", "高橋 一郎", "たかはし", "taka@acme.example", "taka@"):
        found = search(actor=company.as_admin, query=query)
        assert [one.pk for one in found.people] == [person.pk]


def test_search_finds_journeys_by_title_and_by_account(
    company: Company, accounts: dict[str, Account]
) -> None:
    titled = make_journey(company, title="基幹刷新", search=search_text("基幹刷新"))
    other = make_journey(company, account=accounts["canon"])

    assert [one.pk for one in search(actor=company.as_admin, query="幹刷").journeys] == [titled.pk]
    assert [one.pk for one in search(actor=company.as_admin, query="ｷﾔﾉﾝ").journeys] == [other.pk]


def test_search_finds_only_what_may_be_seen(company: Company, accounts: dict[str, Account]) -> None:
    make_journey(company, account=accounts["toshiba"], owner="field", stage="proposal")

    assert search(actor=company.as_field, query="東芝").accounts == (accounts["toshiba"],)
    assert search(actor=company.as_manager, query="東芝").accounts == (accounts["toshiba"],)
    assert search(actor=company.as_inside, query="東芝").is_empty
    assert search(actor=company.as_outsider, query="東芝").is_empty


def test_search_follows_a_changed_name(company: Company, accounts: dict[str, Account]) -> None:
    account = accounts["canon"]
    account.name, account.search = "ひかり", search_text("ひかり")
    account.save()

    assert search(actor=company.as_admin, query="キヤノン").is_empty
    assert search(actor=company.as_admin, query="ヒカリ").accounts == (account,)


def test_index_is_held_by_triggers_after_every_migration(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("triggers hold the index on SQLite only")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%words%'"
        )
        names = {name for (name,) in cursor.fetchall()}

    assert names == {
        f"records_{noun}_words_{verb}"
        for noun in ("account", "person", "journey")
        for verb in ("added", "removed", "changed")
    }


@pytest.mark.parametrize(
    ("given", "by"),
    [
        ({"name": "高島屋株式会社"}, ("name",)),
        ({"name": "たかしまや"}, ("name",)),
        ({"name": "別の名前", "domain": "https://www.takashimaya.co.jp/"}, ("domain",)),
        ({"name": "別の名前", "email": "someone@takashimaya.co.jp"}, ("domain",)),
        ({"name": "髙島屋", "domain": "takashimaya.co.jp"}, ("name", "domain")),
    ],
)
def test_duplicates_are_told_by_what_is_the_same(
    company: Company, accounts: dict[str, Account], given: dict[str, str], by: tuple[str, ...]
) -> None:
    found = likely_duplicates(actor=company.as_admin, **{"name": "", **given})

    assert [(one.account.pk, one.by) for one in found] == [(accounts["takashimaya"].pk, by)]


def test_duplicate_of_a_colleague_is_told_but_not_shown(
    company: Company, accounts: dict[str, Account]
) -> None:
    make_journey(company, account=accounts["canon"], owner="field", stage="proposal")

    (twin,) = likely_duplicates(actor=company.as_inside, name="キャノン販売")

    assert (twin.account.pk, twin.is_visible) == (accounts["canon"].pk, False)


def test_free_mail_makes_nobody_a_duplicate(company: Company) -> None:
    make_account(name="一郎商店", domain="gmail.com", search=search_text("一郎商店", "gmail.com"))

    assert likely_duplicates(actor=company.as_admin, name="二郎商店", email="jiro@gmail.com") == ()
