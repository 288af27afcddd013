"""Writings of one name are folded alike, and any part of a name is among its pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.records.search_text import bare_domain, name_key, query_phrases, search_text


@pytest.mark.parametrize(
    "written",
    ["株式会社髙島屋", "㈱高島屋", "（株）髙島屋", "(株) 高島屋", "高島屋 株式会社", "高 島 屋"],
)
def test_name_key_is_one_for_all_writings(written: str) -> None:
    assert name_key(written) == "高島屋"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山﨑建設", "山崎建設"),
        ("キヤノン", "キャノン"),
        ("ｷﾔﾉﾝ", "きやのん"),
        ("トヨタ－", "トヨター"),
        ("Acme Co., Ltd.", "ACME"),
        ("齋藤商店", "斎藤商店"),
        ("ＡＢＣ株式会社", "abc"),
    ],
)
def test_name_key_folds_two_writings(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ソニー", "ソニーグループ"), ("みずほ銀行", "みずほ信託"), ("東芝", "東レ")]
)
def test_name_key_keeps_two_companies_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_name_key_of_a_legal_form_alone_is_itself() -> None:
    assert name_key("株式会社") == "株式会社"


def test_search_text_has_the_whole_name_and_its_pairs() -> None:
    assert search_text("東芝", "", "トウシバ") == "=東芝 東芝 芝 =トウシバ トウ ウシ シバ バ"


def test_search_text_of_nothing_is_empty() -> None:
    assert search_text("", " ・ ") == ""


def test_query_phrases_are_runs_of_pairs_for_each_word() -> None:
    assert query_phrases("東芝テック 田") == (("東芝", "芝テ", "テツ", "ツク"), ("田",))


@given(st.text(alphabet="東芝高髙山﨑アァー株式会社aB1 ", min_size=1, max_size=12), st.data())
def test_any_part_of_a_name_is_found_in_its_search_text(name: str, data: st.DataObject) -> None:
    bare = name.replace(" ", "")
    first = data.draw(st.integers(0, len(bare)))
    part = bare[first : data.draw(st.integers(first, len(bare)))]

    text = f" {search_text(name)} "

    assert all(f" {' '.join(run)}" in text for run in query_phrases(part))


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://www.Acme.co.jp/about", "acme.co.jp"),
        ("acme.co.jp", "acme.co.jp"),
        ("http://acme.co.jp:8080", "acme.co.jp"),
        ("", ""),
    ],
)
def test_bare_domain_is_what_sites_share(written: str, domain: str) -> None:
    assert bare_domain(written) == domain
