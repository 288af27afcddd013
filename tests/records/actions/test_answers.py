"""Answers are kept in one spelling, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.errors import RuleError
from kyogyo.records.actions.answers import read_answer
from kyogyo.revenue_model import Label, Question

LABEL = Label(en="Size", ja="規模")


def question(kind: str) -> Question:
    choices = (Label(en="Secured", ja="確保済み"), Label(en="None", ja="なし"))
    return Question.model_validate(
        {"code": "size", "label": LABEL, "kind": kind, "choices": choices if kind == "choice" else ()}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  月末までに決めたい\r\n（部長）  ", "月末までに決めたい\n（部長）"),
        ("text", "a\0b\ud800", "ab"),
        ("number", "１，２３４．５０", "1234.5"),
        ("number", "-0", "0"),
        ("number", "1.2k", "1200"),
        ("number", "100", "100"),
        ("money", "￥１，２００，０００", "1200000"),
        ("money", "120万円", "1200000"),
        ("money", "5千万", "50000000"),
        ("money", "1億2,000万円", "120000000"),
        ("money", "1.2M", "1200000"),
        ("money", "0", "0"),
        ("date", "２０２６／１０／３１", "2026-10-31"),
        ("date", "2026年10月31日", "2026-10-31"),
        ("date", "2026-2", "2026-02-28"),
        ("date", "令和8年10月", "2026-10-31"),
        ("choice", "確保済み", "Secured"),
        ("choice", "ＳＥＣＵＲＥＤ", "Secured"),
        ("boolean", "はい", "yes"),
        ("boolean", "No", "no"),
    ],
)
def test_answer_is_kept_in_one_spelling(kind: str, typed: str, kept: str) -> None:
    assert read_answer(question(kind), typed, currency="JPY") == kept


def test_money_with_a_minor_unit_is_kept_in_it() -> None:
    assert read_answer(question("money"), "$1,200.50", currency="USD") == "120050"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "about ten"),
        ("number", "1 2 x"),
        ("money", "-5"),
        ("money", "1.5"),
        ("money", "99999999999999999"),
        ("money", "万"),
        ("date", "2026-02-30"),
        ("date", "soon"),
        ("date", "令和0年1月1日"),
        ("choice", "Perhaps"),
        ("boolean", "maybe"),
        ("text", "   "),
        ("text", "\0"),
        ("text", "x" * 5_001),
    ],
)
def test_answer_of_another_kind_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(RuleError):
        read_answer(question(kind), typed, currency="JPY")


def test_refusal_says_what_would_fit() -> None:
    with pytest.raises(RuleError) as caught:
        read_answer(question("choice"), "Perhaps", currency="JPY")

    assert caught.value.say("en") == (
        "“Size”: 'Perhaps' doesn't fit. Write one of: Secured, None, or mark it as unknown."
    )
    assert caught.value.say("ja") == (
        "「規模」に「Perhaps」は使えません。確保済み、なし のいずれかを記入するか、「未確認」にしてください。"
    )


@given(
    kind=st.sampled_from(["text", "number", "money", "date", "choice", "boolean"]),
    typed=st.text(alphabet=st.characters() | st.sampled_from("0123456789.,-/年月日億万千 "), max_size=20),
)  # fmt: skip
def test_anything_typed_is_kept_or_refused_in_words_and_keeping_again_changes_nothing(
    kind: str, typed: str
) -> None:
    try:
        kept = read_answer(question(kind), typed, currency="JPY")
    except RuleError:
        return
    assert read_answer(question(kind), kept, currency="JPY") == kept
