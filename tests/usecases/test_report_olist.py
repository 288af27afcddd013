"""The report on Olist's data against facts that an analyst established independently, by other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kyogyo.reports.contents import Report
from kyogyo.reports.machine import render_json
from kyogyo.revenue_model import load_model
from kyogyo.usecases.report_data import report_data

MODEL = Path(__file__).parents[2] / "examples" / "olist" / "model.toml"


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Report:
    return report_data(data=shared_data / "olist", model=load_model(MODEL))


def rows(report: Report, question: str) -> list[dict[str, Any]]:
    results = [e.result for section in report.sections for e in section.exhibits]
    return next(r for r in results if r.question == question).table.to_pylist()


def test_olist_every_row_of_every_file_is_accounted_for(olist: Report) -> None:
    taken = {file.name: (file.taken, file.refused) for file in olist.files}

    assert taken == {
        "olist_marketing_qualified_leads_dataset.csv": (8000, 0),
        "olist_closed_deals_dataset.csv": (842, 0),
        "derived_seller_quarter_joined.csv": (6802, 0),
    }


@pytest.mark.xfail(
    strict=True,
    reason="open defect of 24 November 2026: the whole-stream diagnosis calls this fall not told from chance",
)
def test_olist_names_the_fall_of_the_spring_of_2018(olist: Report) -> None:
    """May 2018 leads win less at equal horizon (odds ratio 0.66, p = .0002); the weekly break is late in April."""
    named = olist.answer.candidates.table.to_pylist()[0]

    assert (olist.answer.status, named["step"], named["kind"]) == ("named", "mql>won", "conversion")
    assert "2018-04-01" <= named["current_from"] <= "2018-05-01"
    assert named["reference_from"] >= "2018-01-08"
    assert named["current"] == pytest.approx(0.086, abs=0.006)
    assert named["reference"] == pytest.approx(0.126, abs=0.006)


def test_olist_cohorts_within_90_days_equal_the_counts_made_by_hand(olist: Report) -> None:
    found = {
        row["cohort"]: (row["n"], row["k"], row["mature"])
        for row in rows(olist, "cohort_rates:mql>won")
    }

    assert {month: found[month] for month in ("2018-02", "2018-03", "2018-04", "2018-05")} == {
        "2018-02": (1028, 128, True),
        "2018-03": (1174, 141, True),
        "2018-04": (1352, 171, True),
        "2018-05": (1303, 109, True),
    }


def test_olist_leads_before_wins_were_recorded_have_no_rate(olist: Report) -> None:
    """183 wins expected until 4 December 2017, none recorded; a steady flow from 8 January 2018."""
    found = {row["cohort"]: (row["rate"], row["k"]) for row in rows(olist, "cohort_rates:mql>won")}
    truncation = next(c for c in olist.caveats if c.code == "left_truncation")

    assert {found[f"2017-{month:02d}"] for month in range(6, 13)} == {(None, None)}
    assert truncation.evidence["recorded_from"] == "2018-01-08"
    assert truncation.evidence["journeys_left_out"] == 2218
    assert truncation.evidence["observed_before"] == 3


def test_olist_sellers_that_sell_are_counted_by_quarter_of_the_win(olist: Report) -> None:
    found = {
        row["cohort"]: (row["n"], row["k"], row["mature"])
        for row in rows(olist, "steps_by_month")
        if row["step"] == "won>active"
    }

    assert found == {
        "2017-Q4": (3, 1, True),
        "2018-Q1": (333, 153, True),
        "2018-Q2": (386, 110, False),
    }


def test_olist_refuses_what_the_data_forbids(olist: Report) -> None:
    codes = {caveat.code: caveat for caveat in olist.caveats}

    assert set(codes["known_only_of_success"].about) == {
        "sdr", "sr", "business_segment", "lead_type", "lead_behaviour_profile", "business_type", "has_company",
        "has_gtin", "average_stock", "declared_monthly_revenue", "declared_product_catalog_size",
    }  # fmt: skip
    assert codes["two_roles"].evidence == {"in_both": 13, "people": 41}
    assert codes["zero_or_blank"].evidence == {"zeros": 797, "records": 842}
    assert codes["outcome_before_entry"].evidence["early"] == 1
    assert codes["entries_end"].evidence["last_entry"] == "2018-05-31"
    assert codes["looks_like_a_sample"].evidence == {"journeys": 8000}
    assert codes["no_exits_recorded"].evidence["exits"] == 0
    assert codes["stage_without_data"].about == ("working", "discovery")
    assert codes["concentrated_value"].evidence["top_account_share"] == pytest.approx(
        0.258, abs=0.001
    )
    assert codes["times_are_dates"].evidence["mql"] == "8000 of 8000"
    assert codes["dated_by_period"].about == ("active",)


def test_olist_volume_and_value_are_not_named(olist: Report) -> None:
    """The leads are a sample that ends in May, and one seller carries the money."""
    kinds = {
        row["kind"]: row["status"]
        for row in olist.answer.candidates.table.to_pylist()
        if row["step"] != "won>active"
    }

    assert kinds["volume"] == "refused"
    assert kinds["value"] in {"improved", "not_distinguishable"}


def test_olist_channels_fall_into_three_groups(olist: Report) -> None:
    """paid = organic = direct; social and email clearly below; 'unknown' is missing tracking, not a channel."""
    found = {row["segment"]: row for row in rows(olist, "rates_by:mql>won:source")}

    middle = [found[name]["rate"] for name in ("paid_search", "organic_search", "direct_traffic")]
    assert max(middle) - min(middle) < 0.01
    assert max(found[name]["hi"] for name in ("social", "email")) < min(middle)
    assert found["unknown"]["lo"] > max(middle)


def test_olist_revenue_has_no_retention_from_one_partial_quarter(olist: Report) -> None:
    found = rows(olist, "revenue_movements")

    assert [(row["period"], row["accounts"], row["revenue"]) for row in found] == [
        ("2018-01", 45, 3_330_712),
        ("2018-04", 260, 32_336_268),
    ]
    assert [row["nrr"] for row in found] == [None, None]


def test_olist_for_machines_has_every_result_caveat_and_definition(olist: Report) -> None:
    made = render_json(report=olist)

    assert len(made["caveats"]) == len(olist.caveats)
    assert len(made["definitions"]) == len(olist.definitions)
