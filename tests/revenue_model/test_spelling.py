from __future__ import annotations

import pytest

from kyogyo.revenue_model.spelling import listing, nearest, unknown_word
from kyogyo.words import Text


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("feild_sales", "field_sales"),
        ("SALES", "sales"),
        ("sale", "sales"),
        ("zzz", None),
        ("", None),
    ],
)
def test_nearest_word_is_one_that_could_be_meant(word: str, meant: str | None) -> None:
    assert nearest(word, ["field_sales", "sales", "marketing"]) == meant


def test_nearest_of_none_is_none() -> None:
    assert nearest("lead", []) is None


def test_nearest_is_the_first_in_order_when_two_are_as_near() -> None:
    assert nearest("ab", ["abd", "abc"]) == "abc"


def test_long_listing_says_how_many_are_left_out() -> None:
    words = [f"w{number:02}" for number in range(42)]

    assert listing(words) == Text(
        en=", ".join(words[:40]) + " and 2 more", ja="、".join(words[:40]) + " ほか2件"
    )


def test_unknown_word_where_nothing_is_declared() -> None:
    assert unknown_word("question", "budget", []) == Text(
        en='"budget" is not a question. The model declares no question yet.',
        ja="「budget」という確認項目はありません。このモデルには確認項目がまだ1つもありません。",
    )
