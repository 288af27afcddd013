"""A caveat's evidence and prohibitions in words."""

import pytest

from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Caveat
from kyogyo.reports.caveats import about_in_words, evidence_in_words, forbidden_in_words
from kyogyo.words import Text

EN = Voice(lang="en", labels={"mql": Text(en="Qualified", ja="見込み"), "won": Text("Won", "受注")})
JA = Voice(lang="ja", labels=EN.labels)


def _caveat(*, evidence=None, forbids=()):
    return Caveat(
        code="x",
        severity="limit",
        about=(),
        says=Text("a", "b"),
        evidence=evidence or {},
        forbids=forbids,
    )


def test_evidence_keeps_its_order_and_writes_shares_as_per_cent():
    caveat = _caveat(
        evidence={
            "stale.mql": 1200,
            "inferred_share.mql": 0.125,
            "mean_stay_days": 3.21,
            "day": "2026-04-01",
        }
    )
    assert evidence_in_words(caveat=caveat, voice=EN) == [
        ("stale · Qualified", "1,200"),
        ("inferred · Qualified", "12.5%"),
        ("mean stay, days", "3.21"),
        ("day", "2026-04-01"),
    ]
    assert evidence_in_words(caveat=caveat, voice=JA)[:2] == [
        ("滞っている案件 · 見込み", "1,200"),
        ("推定到達の割合 · 見込み", "12.5%"),
    ]


def test_evidence_about_an_attribute_keeps_its_name():
    caveat = Caveat(
        code="x",
        severity="limit",
        about=("lead_type", "revenue", "won"),
        says=Text("a", "b"),
        evidence={"lead_type.known_of_others": 0.0, "mql": "80 of 8000"},
    )
    assert evidence_in_words(caveat=caveat, voice=JA) == [
        ("lead_type · その他の案件での判明率", "0.0%"),
        ("見込み", "80 / 8,000"),
    ]
    assert about_in_words(caveat=caveat, voice=JA) == ["lead_type", "売上", "受注"]


def test_evidence_with_an_unknown_key_says_the_key():
    caveat = _caveat(evidence={"some_new_key": 7})
    assert evidence_in_words(caveat=caveat, voice=JA) == [("some new key", "7")]


@pytest.mark.parametrize(
    ("code", "en", "ja"),
    [
        ("rate_by:lead_type", "rates by lead_type", "lead_type別の率"),
        (
            "rate_by:lead_type:won",
            "rates by lead_type up to “Won”",
            "「受注」までのlead_type別の率",
        ),
        (
            "node:conversion:mql",
            "the cost of conversion from Qualified",
            "見込みからの転換率の損失額",
        ),
        ("node:volume", "the cost of volume", "件数の損失額"),
        (
            "cohort:mql>won:before:2018-01-05",
            "cohorts of Qualified → Won before 2018-01-05",
            "2018-01-05より前の見込み → 受注のコホート",
        ),
        ("loss_rate:before:2018-01-05", "loss rates before 2018-01-05", "2018-01-05より前の失注率"),
        ("company_revenue", "the revenue of the whole company", "全社の売上"),
        ("something:new", "something:new", "something:new"),
    ],
)
def test_forbidden_is_said_in_words(code, en, ja):
    caveat = _caveat(forbids=(code,))
    assert forbidden_in_words(caveat=caveat, voice=EN) == [en]
    assert forbidden_in_words(caveat=caveat, voice=JA) == [ja]
