"""Each candidate in words, and a cost with its interval."""

from dataclasses import replace

import pyarrow as pa

from kyogyo.analytics.readable import Voice
from kyogyo.reports.candidates import (
    Candidate,
    candidates_in_words,
    cost_in_words,
    cost_interval,
)
from kyogyo.reports.contents import MoneyRange

ROW = {
    "step": "mql>won",
    "kind": "conversion",
    "n": 1412,
    "current": 0.284,
    "reference": 0.401,
    "gap": 0.117,
    "cost_mid": 12_400_000.0,
    "cost_lo": -6_100_000.0,
    "cost_hi": 19_800_000.0,
    "p_top": 0.86,
    "status": "named",
    "why_en": "fell",
    "why_ja": "下がった",
    "reference_kind": "best_past",
    "current_from": "2026-07-01",
    "current_to": "2026-09-30",
    "reference_from": "2025-07-01",
    "reference_to": "2026-02-28",
}


def _said(sample, row, *, lang="en", facts=None):
    result = replace(sample.candidates(), table=pa.Table.from_pylist([row]), facts=facts or {})
    [said] = candidates_in_words(result=result, voice=Voice(lang=lang, labels=sample.LABELS))
    return said


def test_candidate_is_said_with_its_stretches(sample):
    assert _said(sample, ROW) == Candidate(
        step="MQL → Won",
        kind="conversion",
        named=True,
        verdict="named",
        why="fell",
        n="1,412",
        current="28.4%",
        current_when="2026-07-01 – 2026-09-30",
        reference="40.1%",
        reference_kind="best stable past",
        reference_when="2025-07-01 – 2026-02-28",
        gap="+11.7 pt",
        cost="¥12.4M",
        interval="−¥6.1M – ¥19.8M",
        chance="86%",
        valued=True,
        compared=True,
    )


def test_candidate_is_said_in_japanese(sample):
    said = _said(sample, ROW, lang="ja")
    assert (said.step, said.cost, said.gap, said.why, said.verdict) == (
        "MQL → 受注",
        "¥1,240万",
        "+11.7ポイント",
        "下がった",
        "該当",
    )


def test_candidate_without_numbers_says_not_enough_history_and_no_interval(sample):
    empty = dict.fromkeys(
        ("current", "reference", "gap", "cost_mid", "cost_lo", "cost_hi", "p_top", "reference_kind")
    )
    days = dict.fromkeys(("current_from", "current_to", "reference_from", "reference_to"))
    said = _said(sample, ROW | empty | days | {"status": "not_enough_history"})
    assert (said.cost, said.chance, said.current) == ("not enough history",) * 3
    assert (said.interval, said.current_when, said.reference_when) == ("", "", "")
    assert (said.valued, said.compared) == (False, False)


def test_candidate_without_amounts_costs_wins(sample):
    said = _said(sample, ROW | {"cost_mid": 3.25, "cost_lo": -0.5}, facts={"unit": "wins"})
    assert said.cost == "3.2 wins"
    assert said.interval == "−0.5 wins – 19,800,000.0 wins"


def test_a_candidate_in_nan_is_unknown(sample):
    said = _said(sample, ROW | {"cost_mid": float("nan"), "status": "refused"})
    assert (said.cost, said.valued) == ("unknown", False)


def test_cost_says_the_level_of_its_interval():
    cost = MoneyRange(mid=1_240_000, lo=610_000, hi=1_980_000, level=0.8)
    voice = Voice(lang="ja")
    assert cost_in_words(cost, voice) == "¥124万"
    assert cost_interval(cost, voice) == "80%区間 ¥61万 – ¥198万"
    wins = MoneyRange(mid=2, lo=1, hi=3.5, unit="wins")
    assert cost_interval(wins, Voice(lang="en")) == "90% interval 1.0 wins – 3.5 wins"
