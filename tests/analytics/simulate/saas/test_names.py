from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.analytics.simulate.saas.names import company_name, person_name, trade_of
from kyogyo.words import LANGS, Lang


@pytest.mark.parametrize("lang", LANGS)
def test_no_two_companies_or_people_have_the_same_name(lang: Lang) -> None:
    assert len({company_name(n, lang=lang) for n in range(200_000)}) == 200_000
    assert len({person_name(n, lang=lang) for n in range(5_000)}) == 5_000


@given(st.integers(0, 300_000))
def test_company_is_named_by_its_trade_in_both_languages(account: int) -> None:
    word = trade_of(account).word

    assert word.en in company_name(account, lang="en")
    assert word.ja in company_name(account, lang="ja")


def test_names_in_english_are_plain_letters() -> None:
    assert all(company_name(n, lang="en").isascii() for n in range(1_000))
    assert all(person_name(n, lang="en").isascii() for n in range(1_000))
