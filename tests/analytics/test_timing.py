"""Time in stage, the open ones counted as not yet done."""

from __future__ import annotations

import pytest
from small_history import LEAD, MEETING, Row, alike, changed_model, day, entry, small_history, tokyo

from kyogyo.analytics.events import DAY
from kyogyo.analytics.timing import stay_curve, stays, time_in_stage

D = 86_400


def listed(stay) -> list[tuple[int, int, int]]:
    """(length in seconds, ended, count) in order."""
    columns = (stay[name].tolist() for name in ("length", "ended", "count"))
    return sorted(zip(*columns, strict=True))


def twenty_five() -> list[Row]:
    """Leads of 1 April: 10 leave after 2 days, 10 after 4, 5 never. Meetings: 20 that are never left."""
    return [
        *alike(1, 10, "2026-04-01", {"lead": 0, "meeting": 2}),
        *alike(11, 10, "2026-04-01", {"lead": 0, "meeting": 4}),
        *alike(21, 5, "2026-04-01", {"lead": 0}),
    ]


def test_median_and_p90_are_those_of_the_curve_counted_by_hand() -> None:
    """40% have left after 2 days, 80% after 4; nine tenths never did within the time observed."""
    result = time_in_stage(small_history(twenty_five(), as_of="2026-04-30"), track="new")
    assert result.table.to_pylist() == [
        {"stage": "lead", "n": 25, "still_open": 5, "median_s": 4.0 * D, "median_lo_s": 2.0 * D, "median_hi_s": 4.0 * D,
         "p90_s": None, "expected_s": None},
    ]  # fmt: skip
    assert (result.n, result.status) == (25, "ok")
    assert result.sentence.en == "The longest median stay is in “Lead”: 4.0 days (n = 25, 5 still inside)."  # fmt: skip
    assert (
        result.sentence.ja
        == "滞留の中央値が最も長いのは「リード」で 4.0日（n = 25、うち滞在中 5）です。"
    )


def test_the_last_measured_stage_has_no_stay() -> None:
    rows = [*twenty_five(), *alike(1, 10, "2026-04-01", {"won": 9})]
    stages = time_in_stage(small_history(rows), track="new").table["stage"].to_pylist()
    assert stages == ["lead", "meeting"]


def test_open_stays_last_until_now_and_hold_the_curve_down() -> None:
    rows = [entry(1, LEAD, "2026-04-01 00:00"), *alike(2, 1, "2026-04-01", {"lead": 0, "meeting": 3})]  # fmt: skip
    found = stays(small_history(rows, as_of="2026-04-03"), track="new")
    # As of 23:59, and the meeting isn't known yet.
    assert listed(found[LEAD]) == [
        (2 * D + (13 * 60 + 59) * 60, 0, 1),
        (2 * D + (23 * 60 + 59) * 60, 0, 1),
    ]
    found = stays(small_history(rows, as_of="2026-04-05"), track="new")
    assert [row[1:] for row in listed(found[LEAD])] == [(1, 1), (0, 1)]


def test_times_that_are_dates_make_whole_days() -> None:
    rows = [
        entry(1, LEAD, "2026-04-01 09:00", prec=1),
        entry(1, MEETING, "2026-04-03 00:00", prec=2),
        entry(2, LEAD, "2026-04-01 09:00", prec=1),
        entry(2, MEETING, "2026-04-03 08:00", prec=1),
        entry(3, LEAD, "2026-04-01 00:00", prec=2),
    ]
    found = stays(small_history(rows, as_of="2026-04-10"), track="new")
    assert listed(found[LEAD]) == [(1 * D, 1, 1), (2 * D - 3600, 1, 1), (9 * D, 0, 1)]


def test_each_visit_counts_and_since_a_day_has_the_day_inside() -> None:
    rows = [
        entry(1, LEAD, "2026-04-01 00:00"),
        entry(1, MEETING, "2026-04-02 00:00"),
        entry(1, LEAD, "2026-04-03 00:00"),
        entry(1, MEETING, "2026-04-06 00:00"),
    ]
    history = small_history(rows, as_of="2026-04-06")
    assert listed(stays(history, track="new")[LEAD]) == [(D, 1, 1), (3 * D, 1, 1)]
    since = stays(history, track="new", since_day=day("2026-04-03"))
    assert listed(since[LEAD]) == [(3 * D, 1, 1)]
    assert set(stays(history, track="new", since_day=day("2026-04-04"))) == {MEETING}


def test_the_other_track_isn_t_counted() -> None:
    from small_history import two_track_model  # noqa: PLC0415 -- for this test only

    rows = [entry(1, MEETING, "2026-04-01", track=1), entry(2, MEETING, "2026-04-01", track=2)]
    history = small_history(rows, model=two_track_model())
    assert [int(stays(history, track=t)[MEETING]["count"].sum()) for t in ("direct", "new")] == [1, 1]  # fmt: skip


def test_seconds_are_kept_where_times_are_exact() -> None:
    start = tokyo("2026-04-01 09:00")
    rows = [entry(1, LEAD, start), entry(1, MEETING, start + 90_500_000)]
    assert listed(stays(small_history(rows), track="new")[LEAD]) == [(90, 1, 1)]


def test_the_curve_counts_alike_stays_together() -> None:
    found = stays(small_history(twenty_five(), as_of="2026-04-30"), track="new")
    curve = stay_curve(found[LEAD])
    assert curve.times.tolist()[:2] == [2 * D, 4 * D]
    assert curve.incidence[:2, 0] == pytest.approx([0.4, 0.8])


def test_too_few_have_no_median() -> None:
    result = time_in_stage(
        small_history(alike(1, 19, "2026-04-01", {"lead": 0, "meeting": 1})), track="new"
    )
    assert result.table.to_pylist() == [
        {"stage": "lead", "n": 19, "still_open": 0, "median_s": None, "median_lo_s": None, "median_hi_s": None,
         "p90_s": None, "expected_s": None},
    ]  # fmt: skip
    assert result.status == "not_enough_history"
    assert result.sentence.en.startswith("In no stage have half of the visits ended")
    assert "未確認" in result.sentence.ja


@pytest.mark.parametrize(("by_month", "known"), [(5, True), (6, False)])
def test_stays_that_end_in_a_month_have_no_length_in_days(by_month: int, known: bool) -> None:  # noqa: FBT001
    """Five of a hundred are strays."""
    rows = [
        row | {"prec": 3 if row["stage"] == MEETING and row["journey"] <= by_month else 1}
        for row in alike(1, 100, "2026-04-01", {"lead": 0, "meeting": 2})
    ]
    (row,) = time_in_stage(small_history(rows), track="new").table.to_pylist()
    assert (row["n"], row["median_s"] is not None) == (100, known)


def test_an_unreached_median_is_unknown_and_not_the_time_observed() -> None:
    rows = [*alike(1, 9, "2026-04-01", {"lead": 0, "meeting": 1}), *alike(11, 21, "2026-04-01", {"lead": 0})]  # fmt: skip
    (row,) = time_in_stage(small_history(rows), track="new").table.to_pylist()
    assert (row["n"], row["still_open"], row["median_s"], row["p90_s"]) == (30, 21, None, None)


def test_declared_days_stand_beside() -> None:
    model = changed_model(('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", expected_days = 7 },\n  { code = "meeting"'))  # fmt: skip
    (row,) = time_in_stage(small_history(twenty_five(), model=model), track="new").table.to_pylist()
    assert row["expected_s"] == 7.0 * D


def test_entries_after_the_end_of_observation_are_unknown() -> None:
    rows = [entry(1, LEAD, "2026-04-01 00:00"), entry(2, LEAD, tokyo("2026-04-10 23:59") + DAY)]
    found = stays(small_history(rows, as_of="2026-04-10"), track="new")
    assert int(found[LEAD]["count"].sum()) == 1
