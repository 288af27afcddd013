"""What a company of the usual size looks like: would a revenue manager believe it?"""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest

from kyogyo.analytics.simulate import DEMO_FAULT, Simulation, simulate_company
from kyogyo.period import first_day, midnight
from kyogyo.revenue_model import RevenueModel

START = 2023 * 12 + 3
DAY = 86_400_000_000
Tables = duckdb.DuckDBPyConnection


def rows(tables: Tables, sql: str) -> list[tuple[object, ...]]:
    return tables.execute(sql).fetchall()


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

    assert changes.pop("pending_acceptance") == pytest.approx(DEMO_FAULT.factor, abs=0.07)
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
