"""Conversion by month of entry: what is mature, what isn't yet, what was never recorded."""

from __future__ import annotations

import pytest
from small_history import WON, Row, alike, changed_model, day, entry, small_history

from kyogyo.analytics.cohorts import (
    cohort_grid,
    cohort_rates,
    curves,
    period_rates,
    steps_by_month,
)
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.intervals import wilson

LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip
STEP = "lead>meeting"


def opened(rows: list[Row], *, as_of: str = "2026-12-31", horizon: int = 30) -> Funnel:
    model = changed_model((LEAD_30[0], LEAD_30[1].replace("30", str(horizon))))
    return open_funnel(small_history(rows, as_of=as_of, model=model), track="new")


def two_months() -> list[Row]:
    """April: 10 leads, 4 met in time, 1 too late, 2 lost. May: 8 leads, 2 met so far."""
    return [
        *alike(1, 4, "2026-04-01", {"lead": 0, "meeting": 30}),
        *alike(5, 1, "2026-04-30", {"lead": 0, "meeting": 31}),
        *alike(6, 2, "2026-04-15", {"lead": 0, "lost": 3}),
        *alike(8, 3, "2026-04-30", {"lead": 0}),
        *alike(11, 2, "2026-05-01", {"lead": 0, "meeting": 10}),
        *alike(13, 6, "2026-05-31", {"lead": 0}),
    ]


def test_a_mature_month_has_its_rate_and_an_immature_one_what_it_reached_so_far() -> None:
    result = cohort_rates(opened(two_months(), as_of="2026-06-29"), step=STEP)
    lo, hi = wilson(successes=4, n=10)
    assert result.table.to_pylist() == [
        {"cohort": "2026-04", "n": 10, "k": 4, "rate": 0.4, "lo": pytest.approx(lo), "hi": pytest.approx(hi), "mature": True,
         "why_en": "", "why_ja": ""},
        {"cohort": "2026-05", "n": 8, "k": 2, "rate": None, "lo": None, "hi": None, "mature": False,
         "why_en": "not mature yet: counts so far", "why_ja": "未成熟（これまでの件数）"},
    ]  # fmt: skip
    assert (result.n, result.status) == (10, "ok")
    assert result.sentence.en == (
        "Lead → Meeting: of the 10 journeys of 2026-04, the last mature month, 40.0% got there within 30 days "
        "(95% interval 16.8% to 68.7%)."
    )
    assert "10 件のうち、30 日以内に到達したのは 40.0%" in result.sentence.ja


@pytest.mark.parametrize(("as_of", "mature"), [("2026-06-29", False), ("2026-06-30", True)])
def test_a_month_is_mature_on_the_day_its_last_day_has_had_its_time(
    as_of: str,
    mature: bool,  # noqa: FBT001 -- what is expected
) -> None:
    """May ends on the 31st, and 30 days later is 30 June."""
    rows = cohort_rates(opened(two_months(), as_of=as_of), step=STEP).table.to_pylist()
    assert [row["mature"] for row in rows] == [True, mature]
    assert [row["rate"] is not None for row in rows] == [True, mature]


def test_an_immature_month_is_never_in_the_sentence_or_n() -> None:
    result = cohort_rates(opened(two_months(), as_of="2026-05-15"), step=STEP)
    assert (result.n, result.status) == (0, "not_enough_history")
    assert result.sentence.en == "Lead → Meeting: no month is mature yet, so there is no rate by cohort."  # fmt: skip
    assert (
        result.sentence.ja == "リード→商談：成熟した月がまだないため、コホート別の率は出せません。"
    )


def test_recycled_journeys_are_left_out() -> None:
    rows = [
        *alike(1, 1, "2026-04-01", {"lead": 0, "recycled": 3}, account=9),
        *alike(2, 1, "2026-04-10", {"lead": 0, "meeting": 1}, account=9),
        *alike(3, 1, "2026-04-10", {"lead": 0, "meeting": 1}, account=8),
    ]
    (row,) = cohort_rates(opened(rows), step=STEP).table.to_pylist()
    assert (row["n"], row["k"]) == (2, 1)


def late_recording() -> list[Row]:
    """A lead a day in April and May meets after 2 days, another never; meetings known from 25 April on."""
    rows = []
    for i in range(61):
        known = {"meeting": i + 2} if i + 2 >= 24 else {}
        rows += alike(3 * i + 1, 2, "2026-04-01", {"lead": i} | known)
        rows += alike(3 * i + 3, 1, "2026-04-01", {"lead": i})
    return rows


def test_a_month_before_the_recording_is_unknown_and_not_immature() -> None:
    funnel = opened(late_recording(), as_of="2026-09-30")
    assert funnel.clean_from() == {STEP: day("2026-04-25")}
    april, may = cohort_rates(funnel, step=STEP).table.to_pylist()
    assert april == {
        "cohort": "2026-04", "n": 90, "k": None, "rate": None, "lo": None, "hi": None, "mature": None,
        "why_en": "before the target was recorded", "why_ja": "到達先の記録が始まる前",
    }  # fmt: skip
    assert (may["n"], may["k"], may["mature"]) == (93, 62, True)


def test_a_month_that_is_mostly_recorded_is_judged_by_that_part() -> None:
    rows = [row for row in late_recording() if row["journey"] > 3 * 14]  # leads from 15 April on
    funnel = opened(rows, as_of="2026-09-30")
    april, _ = cohort_rates(funnel, step=STEP).table.to_pylist()
    if not funnel.clean_from():
        pytest.fail("the late recording should be found")
    assert (april["n"], april["mature"], april["why_en"]) == (48, None, "before the target was recorded")  # fmt: skip
    fewer = [row for row in rows if row["journey"] > 3 * 22]  # most of what is left is clean
    later = opened([*fewer, *late_recording()[: 3 * 0]], as_of="2026-09-30")
    assert later.clean_from() == {}


def test_totals_have_cohorts_too() -> None:
    rows = [*two_months(), *alike(31, 25, "2026-04-02", {"lead": 0, "meeting": 3, "won": 5})]
    result = cohort_rates(opened(rows), step="lead>won")
    assert [(r["cohort"], r["n"], r["k"]) for r in result.table.to_pylist()] == [
        ("2026-04", 35, 25),
        ("2026-05", 8, 0),
    ]


def by_quarters(*, as_of: str = "2026-11-30") -> Funnel:
    rows = [
        *alike(1, 25, "2026-01-05", {"lead": 0}),
        *(entry(j, WON, "2026-03-31", prec=4) for j in range(1, 11)),
        *(entry(j, WON, "2026-06-30", prec=4) for j in range(11, 13)),
        *alike(31, 30, "2026-05-05", {"lead": 0}),
        entry(31, WON, "2026-06-30", prec=4),
        entry(32, WON, "2026-09-30", prec=4),
    ]
    return opened(rows, horizon=182, as_of=as_of)


def test_quarters_are_cohorts_where_the_target_is_dated_by_them() -> None:
    result = cohort_rates(by_quarters(), step="lead>won")
    assert [(r["cohort"], r["n"], r["k"], r["rate"]) for r in result.table.to_pylist()] == [
        ("2026-Q1", 25, 12, 12 / 25),
        ("2026-Q2", 30, 2, 2 / 30),
    ]
    assert "2026-Q2" in result.sentence.en


def test_the_grid_of_quarters_is_in_quarters() -> None:
    result = cohort_grid(by_quarters(), step="lead>won", ages=3)
    assert [(r["cohort"], r["age"], r["share"]) for r in result.table.to_pylist()] == [
        ("2026-Q1", 1, 10 / 25),
        ("2026-Q1", 2, 12 / 25),
        ("2026-Q1", 3, 12 / 25),
        ("2026-Q2", 1, 1 / 30),
        ("2026-Q2", 2, 2 / 30),
        ("2026-Q2", 3, None),
    ]
    assert result.facts["age_unit"] == "quarter"


def test_the_grid_has_the_share_by_age_and_blanks_where_not_all_were_observed() -> None:
    rows = [
        *alike(1, 1, "2026-04-01", {"lead": 0, "meeting": 30}),
        *alike(2, 1, "2026-04-01", {"lead": 0, "meeting": 31}),
        *alike(3, 2, "2026-04-30", {"lead": 0}),
        *alike(5, 1, "2026-05-01", {"lead": 0, "meeting": 0}),
    ]
    # 30 April + 60 days = 29 June.
    result = cohort_grid(opened(rows, as_of="2026-06-29"), step=STEP, ages=3)
    assert [(r["cohort"], r["n"], r["age"], r["share"]) for r in result.table.to_pylist()] == [
        ("2026-04", 4, 1, 0.25),
        ("2026-04", 4, 2, 0.5),
        ("2026-04", 4, 3, None),
        ("2026-05", 1, 1, None),
        ("2026-05", 1, 2, None),
        ("2026-05", 1, 3, None),
    ]
    assert result.facts["age_unit"] == "month"


def test_steps_by_month_has_every_step_s_cohorts() -> None:
    rows = [*two_months(), *alike(31, 25, "2026-04-02", {"lead": 0, "meeting": 33, "won": 36})]
    result = steps_by_month(opened(rows, as_of="2026-06-29"), months=1)
    assert [(r["step"], r["cohort"], r["n"], r["k"], r["mature"]) for r in result.table.to_pylist()] == [
        ("lead>meeting", "2026-05", 8, 2, False),
        ("meeting>won", "2026-05", 32, 25, True),
    ]  # fmt: skip
    assert result.sentence.en == "1 of 2 months of steps are mature and recorded; the others have no rate."  # fmt: skip


def test_the_activity_rate_stands_beside_the_cohort_rate_and_can_exceed_all() -> None:
    rows = [
        *alike(1, 20, "2026-04-10", {"lead": 0, "meeting": 25}),
        *alike(21, 10, "2026-05-10", {"lead": 0, "meeting": 5}),
        *alike(31, 10, "2026-05-10", {"lead": 0}),
    ]
    result = period_rates(opened(rows), step=STEP)
    assert result.table.to_pylist() == [
        {"series": "cohort_rate", "month": "2026-04", "value": 1.0, "n": 20},
        {"series": "cohort_rate", "month": "2026-05", "value": 0.5, "n": 20},
        {"series": "activity_rate", "month": "2026-04", "value": 0.0, "n": 20},
        {"series": "activity_rate", "month": "2026-05", "value": 1.5, "n": 20},
    ]
    assert result.definition.basis == "period"
    assert result.sentence.ja.startswith("活動比率は")


def test_the_activity_rate_leaves_out_months_before_the_recording_small_ones_and_inferred_arrivals() -> None:  # fmt: skip
    funnel = opened([*late_recording(), *alike(901, 5, "2026-06-20", {"meeting": 0})], as_of="2026-09-30")  # fmt: skip
    found = [r for r in period_rates(funnel, step=STEP).table.to_pylist() if r["series"] == "activity_rate"]  # fmt: skip
    # Of May's 93: 2 a day, each in May, those of the last two days in June, those of 29 and 30 April in May.
    assert found == [
        {"series": "activity_rate", "month": "2026-05", "value": 62 / 93, "n": 93},
        {"series": "activity_rate", "month": "2026-06", "value": None, "n": 5},
    ]


def test_targets_dated_by_periods_have_no_activity_rate() -> None:
    result = period_rates(by_quarters(), step="lead>won")
    assert result.status == "not_enough_history"


def test_curves_rise_to_where_twenty_are_still_observed() -> None:
    rows = [
        *alike(1, 10, "2026-04-01", {"lead": 0, "meeting": 5}),
        *alike(11, 10, "2026-04-01", {"lead": 0, "lost": 6}),
        *alike(21, 5, "2026-04-01", {"lead": 0, "meeting": 8}),
        *alike(26, 15, "2026-04-01", {"lead": 0, "meeting": 9}),
    ]
    result = curves(opened(rows), steps=[STEP])
    assert [(r["series"], r["days"], r["share"], r["at_risk"]) for r in result.table.to_pylist()] == [
        (STEP, 5.0, pytest.approx(0.25), 40),
        (STEP, 6.0, pytest.approx(0.25), 30),
        (STEP, 8.0, pytest.approx(0.375), 20),
    ]  # fmt: skip
    assert all(0 <= r["lo"] <= r["share"] <= r["hi"] <= 1 for r in result.table.to_pylist())
    assert [r["days"] for r in curves(opened(rows), steps=[STEP], max_days=6).table.to_pylist()] == [5.0, 6.0]  # fmt: skip
    few = curves(opened(alike(1, 19, "2026-04-01", {"lead": 0, "meeting": 5})), steps=[STEP])
    assert (few.status, few.table.num_rows) == ("not_enough_history", 0)
