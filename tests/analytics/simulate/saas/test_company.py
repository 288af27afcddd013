"""What must hold of the tables of a simulated company, whatever chance does in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.simulate import DEMO_FAULT, Fault, Simulation, simulate_company
from kyogyo.errors import KyogyoError, ModelError
from kyogyo.period import first_day, midnight
from kyogyo.revenue_model import RevenueModel, default_model, make_model

START = 2023 * 12 + 3
DAY = 86_400_000_000
Tables = duckdb.DuckDBPyConnection


def rows(tables: Tables, sql: str) -> list[tuple[object, ...]]:
    return tables.execute(sql).fetchall()


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


# --- the shape of the tables --------------------------------------------------------------------


def test_tables_have_the_columns_of_the_contract(company: Simulation) -> None:
    assert company.stage_entries.schema.names == [
        "journey_id",
        "account_id",
        "at",
        "recorded_at",
        "track",
        "stage",
        "department",
        "owner",
        "amount",
        "currency",
        "cause",
        "inferred",
        "precision",
    ]
    assert company.stage_entries.schema.field("at").type == pa.int64()
    assert company.attributes.schema.names == ["journey_id", "attribute", "value"]
    assert company.revenue.schema.names == ["account_id", "period_start", "period_end", "amount"]
    assert company.as_of == midnight(first_day(START + 36), zone="Asia/Tokyo")


def test_journeys_are_about_as_many_as_asked_for(tables: Tables) -> None:
    ((journeys,),) = rows(tables, "SELECT COUNT(DISTINCT journey_id) FROM entries")

    assert journeys == pytest.approx(560 * 36, rel=0.1)


def test_journeys_begin_at_the_start_of_their_track_and_go_on_in_order(
    company: Simulation, tables: Tables
) -> None:
    disorder = rows(
        tables,
        "SELECT * FROM (SELECT at_us, LAG(at_us) OVER w AS earlier, stage, LAG(stage) OVER w AS "
        "before, recorded_at FROM entries WINDOW w AS (PARTITION BY journey_id ORDER BY place)) "
        "WHERE at_us < earlier OR stage = before OR recorded_at < at_us",
    )
    firsts = rows(
        tables,
        "SELECT DISTINCT track, arg_min(stage, place) FROM entries GROUP BY track, journey_id",
    )

    assert disorder == []
    assert sorted(firsts) == [("full_cycle", "lead"), ("new_business", "lead")]
    together = (
        "SELECT COUNT(*) FROM (SELECT journey_id <> LAG(journey_id) OVER (ORDER BY place) "
        "AS changes FROM entries) WHERE changes"
    )
    assert (
        rows(tables, together)[0][0]
        == rows(tables, "SELECT COUNT(DISTINCT journey_id) - 1 FROM entries")[0][0]
    )


def test_nothing_is_known_of_what_came_after_the_end(company: Simulation, tables: Tables) -> None:
    ((entered, recorded),) = rows(tables, "SELECT MAX(at_us), MAX(recorded_at) FROM entries")
    ((paid,),) = rows(tables, "SELECT MAX(period_end) FROM revenue")

    assert entered < company.as_of
    assert recorded < company.as_of
    assert paid == first_day(START + 36)
    # Who will take up a waiting journey is only known of those taken up.
    waiting = rows(
        tables,
        "SELECT DISTINCT owner FROM (SELECT *, LEAD(stage) OVER (PARTITION BY journey_id ORDER BY "
        "place) AS following FROM entries) WHERE stage = 'pending_acceptance' AND following IS NULL",
    )
    assert waiting == [(None,)]


def test_codes_are_those_of_the_model(
    company: Simulation, model: RevenueModel, tables: Tables
) -> None:
    told = rows(tables, "SELECT DISTINCT track, stage, department FROM entries")

    for track, stage, department in told:
        declared = model.track(str(track))
        assert stage in (*declared.stages, *declared.exits)
        assert department == model.stage(str(stage)).department
    causes = rows(tables, "SELECT DISTINCT cause FROM entries ORDER BY 1")
    assert [cause for (cause,) in causes] == ["import", "person", "rule", "sync"]
    assert rows(tables, "SELECT DISTINCT inferred, currency FROM entries ORDER BY 2") == [
        (False, "JPY"),
        (False, None),
    ]


def test_nothing_follows_an_end(model: RevenueModel, tables: Tables) -> None:
    exits = "', '".join(model.track("new_business").exits)

    assert (
        rows(
            tables,
            "SELECT stage FROM (SELECT *, LEAD(stage) OVER (PARTITION BY journey_id ORDER BY place) "
            f"AS following FROM entries) WHERE stage IN ('{exits}') AND following IS NOT NULL",
        )
        == []
    )


# --- what makes it believable -------------------------------------------------------------------


def test_who_comes_back_is_a_new_journey_of_the_same_account(tables: Tables) -> None:
    attempts = rows(
        tables,
        "SELECT attempts, COUNT(*) FROM (SELECT COUNT(DISTINCT journey_id) AS attempts "
        "FROM entries GROUP BY account_id) GROUP BY attempts ORDER BY attempts",
    )
    between = rows(
        tables,
        "SELECT ended_as, MIN(began - ended) FROM (SELECT MIN(at_us) AS began, LAG(MAX(at_us)) OVER "
        "w AS ended, LAG(arg_max(stage, place)) OVER w AS ended_as FROM entries "
        "GROUP BY account_id, journey_id WINDOW w AS (PARTITION BY account_id ORDER BY MIN(at_us))) "
        "WHERE ended IS NOT NULL GROUP BY ended_as ORDER BY ended_as",
    )

    assert [n for n, _ in attempts] == [1, 2, 3]
    assert [ended_as for ended_as, _ in between] == ["lost", "no_decision", "recycled"]
    assert min(gap for _, gap in between) >= 35 * DAY


def test_path_has_skips_reversals_and_deals_that_nobody_closes(
    company: Simulation, model: RevenueModel, tables: Tables
) -> None:
    path = model.track("new_business").stages
    moves = rows(
        tables,
        "SELECT before, stage, COUNT(*) FROM (SELECT stage, LAG(stage) OVER (PARTITION BY "
        "journey_id ORDER BY place) AS before FROM entries WHERE track = 'new_business') "
        "WHERE before IS NOT NULL GROUP BY ALL",
    )
    steps = {
        (before, stage): path.index(stage) - path.index(before)
        for before, stage, _ in moves
        if stage in path
    }
    open_long = rows(
        tables,
        "SELECT COUNT(*) FROM (SELECT arg_max(stage, place) AS stage, MAX(at_us) AS since "
        "FROM entries GROUP BY journey_id) WHERE stage IN ('discovery', 'evaluation', 'proposal', "
        f"'negotiation') AND since < {company.as_of - 200 * DAY}",
    )

    assert set(steps.values()) == {-1, 1, 2}
    assert {before for (before, _), size in steps.items() if size == 2} == {
        "working",
        "discovery",
        "proposal",
    }
    assert open_long[0][0] > 50


def test_one_person_does_all_on_the_full_cycle_track(tables: Tables) -> None:
    people = rows(
        tables,
        "SELECT MAX(people) FROM (SELECT COUNT(DISTINCT owner) AS people FROM entries WHERE "
        "track = 'full_cycle' AND stage NOT IN ('lead', 'recycled', 'disqualified') GROUP BY "
        "journey_id)",
    )
    ((share,),) = rows(tables, "SELECT AVG(CAST(track = 'full_cycle' AS INT)) FROM entries")

    assert people == [(1,)]
    assert 0.04 < share < 0.12
    # The divided track has somebody else for each department.
    assert rows(
        tables,
        "SELECT COUNT(DISTINCT owner) FROM entries WHERE journey_id = (SELECT MIN(journey_id) "
        "FROM entries WHERE stage = 'onboarding' AND track = 'new_business')",
    ) == [(4,)]


def test_lists_are_loaded_days_later_and_a_spreadsheet_months_later(tables: Tables) -> None:
    by_day = rows(
        tables,
        "SELECT track, cause, COUNT(DISTINCT stage) > 5, MIN(recorded_at - at_us) > 0, "
        f"MAX(recorded_at - at_us) // {30 * DAY} FROM entries WHERE precision = 'day' "
        "GROUP BY track, cause ORDER BY track",
    )
    midnights = rows(
        tables,
        f"SELECT DISTINCT (at_us + {DAY * 9 // 24}) % {DAY} FROM entries WHERE precision = 'day'",
    )

    assert by_day == [
        ("full_cycle", "import", True, True, 6),
        ("new_business", "import", False, True, 0),
    ]
    assert midnights == [(0,)]
    late = rows(
        tables,
        "SELECT DISTINCT department FROM entries WHERE precision = 'second' AND recorded_at > at_us",
    )
    assert late == [("field_sales",)]


def test_people_work_in_business_hours_and_leads_come_at_any_time(tables: Tables) -> None:
    hours = "(at_us // 3600000000 + 9) % 24"
    weekday = f"(at_us + {DAY * 9 // 24}) // {DAY} % 7"  # 1970-01-01 was a Thursday: 0
    of_people = rows(
        tables,
        f"SELECT MIN({hours}), MAX({hours}), COUNT(DISTINCT {weekday}) FROM entries WHERE "
        "precision = 'second' AND cause = 'person' AND stage NOT IN ('lead')",
    )
    of_leads = rows(
        tables,
        f"SELECT COUNT(DISTINCT {hours}) > 20, COUNT(DISTINCT {weekday}) FROM entries "
        "WHERE stage = 'lead' AND precision = 'second'",
    )

    assert of_people == [(9, 17, 5)]
    assert of_leads == [(True, 7)]


def test_august_and_december_bring_fewer_leads_than_the_month_before(tables: Tables) -> None:
    months = dict(
        rows(
            tables,
            "SELECT year(day) * 12 + month(day) - 1, COUNT(*) FROM (SELECT "
            f"make_timestamp(at_us + {DAY * 9 // 24}) AS day FROM entries WHERE stage = 'lead') "
            "GROUP BY ALL",
        )
    )

    for low in (2023 * 12 + 7, 2024 * 12 + 7, 2025 * 12 + 7, 2023 * 12 + 11, 2025 * 12 + 11):
        assert months[low] < 0.9 * months[low - 1]


def test_amounts_come_with_the_deal_and_stay(tables: Tables) -> None:
    assert rows(
        tables,
        "SELECT DISTINCT stage FROM entries WHERE amount IS NULL AND track = 'new_business' "
        "AND department = 'field_sales' ORDER BY stage",
    ) == [("pending_acceptance",)]
    assert rows(
        tables,
        "SELECT COUNT(*) FROM entries WHERE (amount IS NULL) <> (currency IS NULL) OR amount <= 0 "
        "OR amount % 10000 <> 0",
    ) == [(0,)]
    larger = rows(
        tables,
        "SELECT value, median(amount) FROM entries JOIN attributes USING (journey_id) WHERE "
        "stage = 'won' AND attribute = 'segment' GROUP BY value ORDER BY 2",
    )
    assert [segment for segment, _ in larger] == ["SMB", "中堅", "大手"]


def test_attributes_are_known_of_everybody_or_of_whom_they_can_be(tables: Tables) -> None:
    known = dict(
        rows(tables, "SELECT attribute, COUNT(DISTINCT journey_id) FROM attributes GROUP BY 1")
    )
    ((journeys, talked, ended),) = rows(
        tables,
        "SELECT COUNT(*), SUM(CAST(list_contains(stages, 'discovery') AS INT)), SUM(CAST(last IN "
        "('lost', 'no_decision', 'recycled', 'disqualified', 'churned') AS INT)) FROM (SELECT "
        "list(stage) AS stages, arg_max(stage, place) AS last FROM entries GROUP BY journey_id)",
    )

    assert known == {
        "source": journeys,
        "campaign": journeys,
        "segment": journeys,
        "industry": journeys,
        "region": journeys,
        "competitor": talked,
        "reason": ended,
    }
    assert rows(
        tables,
        "SELECT COUNT(*) - COUNT(DISTINCT journey_id || attribute) FROM attributes",
    ) == [(0,)]


def test_customers_pay_from_the_month_after_the_signature_until_they_leave(tables: Tables) -> None:
    month = "CAST(year({0}) * 12 + month({0}) - 1 AS INT)"
    tokyo = f"make_timestamp(at_us + {DAY * 9 // 24})"
    tables.execute(
        "CREATE OR REPLACE TABLE pays AS SELECT account_id, "
        f"MIN({month.format('DATE 1970-01-01 + period_start')}) AS first, "
        f"MAX({month.format('DATE 1970-01-01 + period_start')}) AS last, "
        "COUNT(*) AS months, MIN(amount) AS least FROM revenue GROUP BY account_id".replace(
            "DATE 1970-01-01", "DATE '1970-01-01'"
        )
    )
    tables.execute(
        "CREATE OR REPLACE TABLE customers AS SELECT account_id, "
        f"MAX(CASE stage WHEN 'won' THEN {month.format(tokyo)} END) AS won, "
        f"MAX(CASE stage WHEN 'churned' THEN {month.format(tokyo)} END) AS churned "
        "FROM entries GROUP BY account_id HAVING won IS NOT NULL"
    )

    assert rows(tables, "SELECT COUNT(*) FROM pays WHERE months <> last - first + 1") == [(0,)]
    assert rows(tables, "SELECT MIN(least) > 0 FROM pays") == [(True,)]
    wrong = rows(
        tables,
        "SELECT * FROM customers LEFT JOIN pays USING (account_id) WHERE "
        f"first IS DISTINCT FROM CASE WHEN won + 1 < {START + 36} THEN won + 1 END OR "
        f"(churned IS NOT NULL AND last <> churned) OR (churned IS NULL AND last < {START + 35})",
    )
    assert wrong == []
    ((old, lost),) = rows(
        tables,
        f"SELECT COUNT(*), SUM(CAST(last < {START + 35} AS INT)) FROM pays "
        "WHERE account_id NOT IN (SELECT account_id FROM entries)",
    )
    assert old > 150
    assert lost > 20


# --- the fault, as the data shows it ------------------------------------------------------------


def rates(
    simulation: Simulation, *, stage: str, following: str, turn: int
) -> list[tuple[int, int]]:
    """Entered and gone on, of those who entered before and from month `turn` on, matured."""
    connection = duckdb.connect()
    connection.register("entry_rows", simulation.stage_entries)
    split = midnight(first_day(turn), zone="Asia/Tokyo")
    told = connection.execute(
        f"SELECT entered >= {split}, COUNT(*), COUNT(went_on) FROM (SELECT MIN(CASE stage WHEN "
        f"'{stage}' THEN \"at\" END) AS entered, MIN(CASE stage WHEN '{following}' THEN \"at\" END) AS "
        "went_on FROM entry_rows WHERE track = 'new_business' GROUP BY journey_id) WHERE entered < "
        f"{simulation.as_of - 60 * DAY} GROUP BY ALL ORDER BY 1"
    ).fetchall()
    return [(n, k) for _, n, k in told]


def test_acceptance_falls_by_the_factor_of_the_demo_and_nothing_else_does(
    company: Simulation, model: RevenueModel
) -> None:
    turn = START + DEMO_FAULT.from_month - 1
    path = model.track("new_business").stages
    changes = {}
    for stage, following in pairwise(path[1:10]):
        (n0, k0), (n1, k1) = rates(company, stage=stage, following=following, turn=turn)
        changes[stage] = (k1 / n1) / (k0 / n0)

    assert changes.pop("pending_acceptance") == pytest.approx(0.62, abs=0.07)
    assert min(changes.values()) > 0.85
    assert max(changes.values()) < 1.15


def test_without_a_fault_no_step_changes_beyond_noise(model: RevenueModel) -> None:
    sound = simulate_company(model=model, seed=1, start_month=START, fault=None, lang="ja")
    path = model.track("new_business").stages

    for stage, following in pairwise(path[1:10]):
        (n0, k0), (n1, k1) = rates(sound, stage=stage, following=following, turn=START + 28)
        p = (k0 + k1) / (n0 + n1)
        noise = (p * (1 - p) * (1 / n0 + 1 / n1)) ** 0.5
        # The rates drift by 2 % from month to month, whatever happens.
        assert abs(k1 / n1 - k0 / n0) < 3 * noise + 0.02


def test_sales_say_why_they_accept_less(company: Simulation, tables: Tables) -> None:
    turn = midnight(first_day(START + 28), zone="Asia/Tokyo")
    told = rows(
        tables,
        f"SELECT at_us >= {turn}, AVG(CAST(value = '引き継ぎ内容と実態が違った' AS INT)) FROM entries "
        "JOIN attributes USING (journey_id) JOIN (SELECT journey_id, arg_max(stage, place) AS last, "
        "FROM entries GROUP BY journey_id) USING (journey_id) WHERE stage = 'pending_acceptance' "
        "AND attribute = 'reason' AND last = 'recycled' AND amount IS NULL GROUP BY ALL ORDER BY 1",
    )

    assert told[0][1] < 0.25
    assert told[1][1] > 0.35


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
