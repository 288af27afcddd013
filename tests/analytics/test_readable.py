"""Tables in words: headings, units, intervals, and what is unknown."""

from dataclasses import replace
from typing import get_args

import pyarrow as pa
import pytest

from kyogyo.analytics.columns import COLUMNS, KINDS, VOCABULARY
from kyogyo.analytics.nodes import NodeKind
from kyogyo.analytics.readable import (
    Voice,
    interval_level,
    interval_text,
    readable_table,
    records_of,
    say_value,
    thin,
)
from kyogyo.analytics.results import Definition, Result
from kyogyo.words import Text

ANY = Text("any", "何か")
LABELS = {"mql": Text("Qualified", "見込み"), "won": Text("Won", "受注")}
EN, JA = Voice(lang="en", labels=LABELS), Voice(lang="ja", labels=LABELS)


def _result(rows, *, unit="share", facts=None, schema=None):
    return Result(
        question="q",
        definition=Definition(
            id="d", version=1, label=ANY, basis="cohort", unit=unit,
            numerator=ANY, denominator=ANY, window=ANY, rules=ANY,
        ),
        as_of=0,
        n=1,
        table=pa.Table.from_pylist(rows, schema=schema),
        sentence=ANY,
        facts=facts or {},
    )  # fmt: skip


def _said(result, voice, **more):
    table = readable_table(result=result, voice=voice, **more)
    return [each.text for each in table.headings], [list(row) for row in table.rows]


def test_rates_have_one_column_for_their_interval():
    rows = [{"step": "mql>won", "n": 1200, "k": 300, "rate": 0.25, "lo": 0.2263, "hi": 0.2753}]
    assert _said(_result(rows), EN) == (
        ["Step", "n", "Went on", "Rate", "95% interval"],
        [["Qualified → Won", "1,200", "300", "25.0%", "22.6% – 27.5%"]],
    )
    assert _said(_result(rows), JA) == (
        ["区間", "n", "進んだ数", "率", "95%区間"],
        [["見込み → 受注", "1,200", "300", "25.0%", "22.6% – 27.5%"]],
    )


def test_null_and_nan_are_unknown_and_zero_is_zero():
    schema = pa.schema([("rate", pa.float64()), ("n", pa.int64())])
    rows = [{"rate": None, "n": 0}, {"rate": float("nan"), "n": 3}, {"rate": 0.0, "n": 4}]
    result = _result(rows, schema=schema)
    assert _said(result, JA)[1] == [["未確認", "0"], ["未確認", "3"], ["0.0%", "4"]]
    assert records_of(result)[1] == {"rate": None, "n": 3}


def test_a_row_without_enough_history_says_that_instead():
    schema = pa.schema([("cost_mid", pa.float64()), ("status", pa.string())])
    rows = [{"cost_mid": None, "status": "not_enough_history"}]
    assert _said(_result(rows, schema=schema), JA)[1] == [["履歴不足", "履歴不足"]]


def test_two_languages_in_a_pair_of_columns_are_one_column():
    rows = [{"why_en": "few journeys", "why_ja": "件数不足"}]
    assert _said(_result(rows), JA) == (["理由"], [["件数不足"]])
    assert _said(_result(rows), EN) == (["Why"], [["few journeys"]])


def test_a_gap_has_a_sign_and_the_unit_of_its_kind():
    rows = [
        {"kind": "conversion", "current": 0.2, "reference": 0.3, "gap": 0.1},
        {"kind": "delay", "current": 2.0, "reference": 1.0, "gap": -1.0},
        {"kind": "capacity", "current": 9.5, "reference": 0.5, "gap": -9.0},
        {"kind": "volume", "current": 662.0, "reference": 690.0, "gap": 28.0},
        {"kind": "mix", "current": 0.9, "reference": 1.0, "gap": 0.1},
        {"kind": "value", "current": 1e6, "reference": 2e6, "gap": 1e6},
        {"kind": "churn", "current": 0.02, "reference": 0.01, "gap": -0.01},
    ]
    assert _said(_result(rows), EN)[1] == [
        ["conversion", "20.0%", "30.0%", "+10.0 pt"],
        ["delay", "2.0 days", "1.0 days", "−1.0 days"],
        ["capacity", "9.5 days", "12.0 hours", "−9.0 days"],
        ["new entries", "662", "690", "+28"],
        ["mix of who comes", "90.0%", "100.0%", "+10.0 pt"],
        ["value of a win", "¥1M", "¥2M", "+¥1M"],
        ["customers who leave", "2.0%", "1.0%", "−1.0 pt"],
    ]


def test_every_kind_of_node_has_its_word_whatever_the_company_calls_so():
    voice = Voice(lang="ja", labels={"expansion": Text("Expansion (upsell)", "拡大（アップセル）")})
    assert set(KINDS) == set(get_args(NodeKind))
    assert [voice.kind(kind) for kind in ("expansion", "churn", "mix", "capacity")] == [
        "既存顧客の拡大",
        "解約",
        "流入の構成",
        "処理能力",
    ]
    said = _said(_result([{"kind": "expansion", "current": 0.5}]), voice)
    assert said[1] == [["既存顧客の拡大", "50.0%"]]


def test_an_unknown_column_is_named_and_written_by_its_type():
    rows = [{"some_thing": 1234, "part": 0.123456, "is_it": True, "text": "x"}]
    table = readable_table(result=_result(rows), voice=EN)
    assert [(each.text, each.numeric) for each in table.headings] == [
        ("some thing", True),
        ("part", True),
        ("is it", False),
        ("text", False),
    ]
    assert table.rows == (("1,234", "0.123", "yes", "x"),)


def test_value_has_the_unit_of_the_definition():
    rows = [{"series": "won", "month": "2026-01", "value": 1_500_000.0}]
    assert _said(_result(rows, unit="money"), JA)[1] == [["受注", "2026-01", "¥150万"]]
    assert _said(_result(rows, unit="count"), EN)[1] == [["Won", "2026-01", "1,500,000"]]


@pytest.mark.parametrize(
    ("value", "en", "ja"),
    [
        ("won", "Won", "受注"),
        ("<script>a>b", "<script>a>b", "<script>a>b"),
        ("mql>won", "mql>won", "mql>won"),
        ("person", "person", "person"),
        ("(unknown)", "(unknown)", "(未確認)"),
        ("(12 others)", "(12 others)", "（他12件）"),
    ],
)
def test_a_value_of_the_data_stays_as_it_is(value, en, ja):
    assert (EN.name(value), JA.name(value)) == (en, ja)


@pytest.mark.parametrize(
    ("code", "en", "ja"),
    [
        ("mql>won", "Qualified → Won", "見込み → 受注"),
        ("conversion", "conversion", "転換率"),
        ("nobody_knows", "nobody_knows", "nobody_knows"),
        ("mql>nobody", "mql>nobody", "mql>nobody"),
    ],
)
def test_a_code_is_said_by_its_word(code, en, ja):
    assert (EN.word(code), JA.word(code)) == (en, ja)


def test_the_companys_word_goes_before_kyogyos():
    voice = Voice(lang="ja", labels={"exit": Text("Gone", "離れた")})
    assert voice.word("exit") == "離れた"


def test_thin_keeps_first_and_last_of_each_series():
    rows = [{"series": name, "day": day} for name in "ab" for day in range(10)]
    kept = [(row["series"], row["day"]) for row in thin(rows, limit=4)]
    assert kept == [("a", 0), ("a", 3), ("a", 6), ("a", 9), ("b", 0), ("b", 3), ("b", 6), ("b", 9)]
    assert thin(rows, limit=None) == rows
    assert thin(rows[:3], limit=4) == rows[:3]


def test_a_thinned_table_counts_all_rows():
    rows = [{"series": "won", "n": n} for n in range(100)]
    table = readable_table(result=_result(rows), voice=EN, limit=3)
    assert (len(table.rows), table.total) == (3, 100)


def test_interval_level_is_that_of_the_facts():
    result = _result([{"cost_lo": 1.0, "cost_hi": 2.0}])
    assert interval_level(result) == 0.9
    assert interval_level(replace(result, facts={"interval": 0.8})) == 0.8
    assert interval_text(0.9) == Text("90% interval", "90%区間")


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (-1_240_000, "money", "−¥1.24M"),
        (-3600.0, "seconds", "−1.0 hours"),
        (0.864, "chance", "86%"),
        (-1.25, "wins", "−1.2 wins"),
        (False, "mature", "not yet mature"),
    ],
)
def test_say_value_writes_each_form(value, form, said):
    assert say_value(value, form, EN) == said


def test_words_are_in_both_languages():
    texts = [column.heading for column in COLUMNS.values()] + list(VOCABULARY.values())
    assert [text for text in texts if not (text.en.strip() and text.ja.strip())] == []
