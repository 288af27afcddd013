"""Which companies can be made, that they are always the same, and which laws the smallest keep."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.simulate import DEMO_FAULT, Fault, Simulation, simulate_company
from kyogyo.errors import KyogyoError, ModelError
from kyogyo.period import first_day, midnight
from kyogyo.revenue_model import default_model, make_model

START = 2023 * 12 + 3


def digest(simulation: Simulation) -> str:
    told = hashlib.sha256()
    for table in (simulation.stage_entries, simulation.attributes, simulation.revenue):
        told.update(repr(table.schema).encode())
        told.update(repr(table.to_pydict()).encode())
    return told.hexdigest()


def small(**changes: object) -> Simulation:
    arguments: dict[str, object] = {
        "model": default_model(),
        "seed": 5,
        "start_month": START,
        "months": 12,
        "monthly_leads": 60,
        "fault": None,
        "lang": "en",
    }
    return simulate_company(**(arguments | changes))  # type: ignore[arg-type]


# --- the same, and different --------------------------------------------------------------------


def test_same_arguments_give_the_same_tables() -> None:
    assert digest(small()) == digest(small())


def test_order_of_sets_and_words_does_not_matter() -> None:
    """In programs of their own, whose sets are in another order."""
    program = (
        "from kyogyo.analytics.simulate import simulate_company as simulate\n"
        "from kyogyo.revenue_model import default_model\n"
        f"made = simulate(model=default_model(), seed=5, start_month={START}, months=6, "
        "monthly_leads=30, fault=None)\n"
        "print(made.stage_entries.to_pydict(), made.attributes.to_pydict(), made.revenue.to_pydict())"
    )

    printed = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]

    assert len(printed[0]) > 10_000
    assert printed[0] == printed[1]


def test_another_seed_gives_other_tables() -> None:
    assert digest(small()) != digest(small(seed=6))


def test_language_changes_names_only() -> None:
    english, japanese = small(lang="en"), small(lang="ja")
    names = ("account_id", "owner")

    assert english.stage_entries.drop_columns(names) == japanese.stage_entries.drop_columns(names)
    assert english.revenue.drop_columns("account_id") == japanese.revenue.drop_columns("account_id")
    for name in names:
        ours, theirs = english.stage_entries[name], japanese.stage_entries[name]
        pairs = set(zip(ours.to_pylist(), theirs.to_pylist(), strict=True))
        assert len(pairs) == len(set(ours.to_pylist())) == len(set(theirs.to_pylist()))


def test_company_is_the_same_until_the_fault_begins() -> None:
    fault = Fault(stage="pending_acceptance", kind="conversion", from_month=7, factor=0.3)
    begins = midnight(first_day(START + 6), zone="Asia/Tokyo")
    unseen = ("owner", "journey_id")  # who waits is only given to somebody later

    def early(simulation: Simulation) -> list[dict[str, object]]:
        table = simulation.stage_entries.drop_columns(unseen)
        return [row for row in table.to_pylist() if row["at"] < begins]

    faulty, sound = small(fault=fault), small()

    assert early(faulty) == early(sound)
    assert faulty.stage_entries != sound.stage_entries


# --- what can't be made -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (replace(DEMO_FAULT, stage="nowhere"), "'nowhere'"),
        (replace(DEMO_FAULT, stage="adopted"), "'adopted'"),
        (replace(DEMO_FAULT, stage="won"), "'won'"),
        (replace(DEMO_FAULT, from_month=0), "month 0"),
        (replace(DEMO_FAULT, from_month=13), "months 1 to 12"),
        (replace(DEMO_FAULT, factor=-0.1, from_month=2), "negative"),
        (Fault("working", "capacity", 3, 0.5), "mql, pending_acceptance, won"),
        (Fault("mql", "volume", 3, 0.5), "one of: lead."),
        (Fault("proposal", "price", 3, 0.5), "one of: won."),
        (Fault("won", "churn", 3, 2.0), "one of: adopted."),
    ],
)
def test_fault_without_a_place_is_refused_in_both_languages(fault: Fault, says: str) -> None:
    with pytest.raises(KyogyoError) as refused:
        small(fault=fault)

    assert says in refused.value.say("en")
    assert "不具合" in refused.value.say("ja")


@pytest.mark.parametrize(
    "wrong", [{"months": 0}, {"months": 241}, {"monthly_leads": 0}, {"start_month": 12}]
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(KyogyoError, match=next(iter(wrong))):
        small(**wrong)


def test_model_without_a_sale_is_refused() -> None:
    model = make_model(
        {
            "name": "Support",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "departments": [{"code": "support", "label": "Support"}],
            "tracks": [{"code": "tickets", "label": "Tickets", "stages": ["asked"]}],
            "stages": [{"code": "asked", "label": "Asked", "department": "support"}],
        },
        name="support",
    )

    with pytest.raises(ModelError, match="'won'"):
        small(model=model)


# --- other organisations ------------------------------------------------------------------------


def test_unknown_stages_another_currency_and_zone_work_too() -> None:
    stages = [
        ("visit", "open", "sales"),
        ("demo", "open", "sales"),
        ("deal", "won", "sales"),
        ("live", "ongoing", "service"),
        ("gone", "lost", "sales"),
    ]
    model = make_model(
        {
            "name": "Shop",
            "currency": "USD",
            "time_zone": "America/New_York",
            "calendar": {"holidays": "none"},
            "departments": [{"code": c, "label": c} for c in ("sales", "service")],
            "tracks": [
                {
                    "code": "only",
                    "label": "Only",
                    "stages": [code for code, kind, _ in stages if kind != "lost"],
                    "exits": ["gone"],
                }
            ],
            "stages": [
                {"code": code, "label": code, "type": kind, "department": department}
                for code, kind, department in stages
            ],
        },
        name="shop",
    )

    shop = small(model=model)
    told = shop.stage_entries.to_pylist()

    assert {row["stage"] for row in told} == {code for code, _, _ in stages}
    assert {row["track"] for row in told} == {"only"}
    assert {row["currency"] for row in told if row["stage"] == "deal"} == {"USD"}
    assert all(row["amount"] % 10_000 == 0 for row in told if row["amount"])
    assert shop.as_of == midnight(first_day(START + 12), zone="America/New_York")
    assert all(amount % 100 == 0 for amount in shop.revenue["amount"].to_pylist())


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    months=st.integers(1, 9),
    monthly_leads=st.integers(1, 40),
    lang=st.sampled_from(["en", "ja"]),
    kind=st.sampled_from(["conversion", "delay", "capacity", "volume", "price", "churn"]),
    factor=st.floats(0.0, 3.0),
)
def test_small_companies_keep_the_laws(
    seed: int, months: int, monthly_leads: int, lang: str, kind: str, factor: float
) -> None:
    places = {"volume": "lead", "price": "won", "churn": "adopted"}
    fault = Fault(places.get(kind, "pending_acceptance"), kind, (months + 1) // 2, factor)  # type: ignore[arg-type]
    tiny = small(seed=seed, months=months, monthly_leads=monthly_leads, lang=lang, fault=fault)
    entries = tiny.stage_entries.to_pylist()

    for earlier, later in pairwise(entries):
        if earlier["journey_id"] == later["journey_id"]:
            assert earlier["at"] <= later["at"]
            assert earlier["account_id"] == later["account_id"]
            assert earlier["track"] == later["track"]
        else:
            assert earlier["journey_id"] < later["journey_id"]
            assert later["stage"] == "lead"
    assert all(row["at"] <= row["recorded_at"] < tiny.as_of for row in entries)
    journeys = {row["journey_id"] for row in entries}
    assert set(tiny.attributes["journey_id"].to_pylist()) == journeys
    known = set(
        zip(*tiny.revenue.select(["account_id", "period_start"]).to_pydict().values(), strict=True)
    )
    assert len(known) == tiny.revenue.num_rows
