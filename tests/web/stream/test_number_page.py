"""The page behind a number: its definition, and the records, as far as who asks may see them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kyogyo.records.models import Journey
from tests.web.stream.conftest import Copy

Open = Callable[..., Client]


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def listed(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<th scope="row"><a href="/journeys/(\d+)/"', page)]


def test_number_says_what_it_means_and_lists_its_journeys_longest_first(
    flowing: Copy, signed_in: Open, journeys: list[Journey]
) -> None:
    page = text_of(signed_in("revops"), "/stream/balance-lead/")

    assert listed(page) == [j.pk for j in journeys[2:]]
    assert re.search(r'class="number-value">\s*3\s*<', page)
    for words in ("stock_flow", "version 1", "Stock: what is there", "Last 12 months", "Account 2"):
        assert words in page


@pytest.mark.parametrize(
    ("code", "seen"),
    [("entered-lead", 5), ("balance-working", 2), ("stalled-working", 2), ("balance-in-marketing", 3),
     ("entered-in-inside_sales", 2), ("stalled-in-marketing", 0), ("onward-lead?part=went_on", 2),
     ("onward-lead?part=on_the_way", 3), ("onward-lead?part=ended", 0), ("time-lead", 5),
     ("balance-lead?source=web", 1)],
)  # fmt: skip
def test_every_number_leads_to_as_many_records(
    flowing: Copy, signed_in: Open, code: str, seen: int
) -> None:
    path, _, query = code.partition("?")
    assert len(listed(text_of(signed_in("revops"), f"/stream/{path}/?{query}"))) == seen


@pytest.mark.parametrize(
    ("name", "seen", "unseen"), [("inside", 2, 3), ("marketer", 3, 2), ("manager", 2, 3), ("outsider", 0, 5)]
)  # fmt: skip
def test_member_sees_their_own_of_the_records_and_how_many_the_others_are(
    flowing: Copy, signed_in: Open, name: str, seen: int, unseen: int
) -> None:
    page = text_of(signed_in(name), "/stream/entered-lead/")

    assert len(listed(page)) == seen
    assert f"{unseen} of these are not yours to see" in page
    assert re.search(r'class="number-value">\s*5\s*<', page)
    assert ("None of them is yours to see" in page) == (seen == 0)


def test_no_account_that_one_may_not_see_is_named(flowing: Copy, signed_in: Open) -> None:
    page = text_of(signed_in("outsider"), "/stream/entered-lead/")
    assert "Account " not in page.replace("Account</th>", "")


@pytest.mark.parametrize(
    "code", ["balance-nowhere", "nothing-lead", "balance-won", "onward-adopted", "end_to_end", "balance-in-nobody", "balance"]
)  # fmt: skip
def test_number_that_the_stream_does_not_have_is_not_found(
    flowing: Copy, signed_in: Open, code: str
) -> None:
    assert signed_in("revops").get(f"/stream/{code}/").status_code == 404


def test_page_that_is_no_number_is_the_first(flowing: Copy, signed_in: Open) -> None:
    assert len(listed(text_of(signed_in("revops"), "/stream/entered-lead/?page=x"))) == 5


def test_list_asks_the_database_as_often_for_many_as_for_few(
    flowing: Copy, signed_in: Open, django_assert_max_num_queries: Callable
) -> None:
    browser = signed_in("revops")
    browser.get("/stream/entered-lead/")
    with django_assert_max_num_queries(14):
        browser.get("/stream/entered-lead/")


def test_japanese_page_has_no_english_heading(flowing: Copy, signed_in: Open) -> None:
    browser = signed_in("revops")
    user = Journey.objects.first()
    assert user is not None
    browser.cookies["kyogyo_lang"] = "ja"
    from kyogyo.records.models import User  # noqa: PLC0415 -- for this test only

    User.objects.filter(email="revops@example.com").update(lang="ja")
    page = text_of(browser, "/stream/onward-lead/")
    assert "この数値のもとになった案件" in page
    assert "The journeys behind it" not in page
