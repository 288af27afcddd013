"""What lies outside the data: each flaw found where it is, and not where it isn't."""

from __future__ import annotations

import pytest
from small_history import (
    LEAD,
    LOST,
    MEETING,
    WON,
    Row,
    alike,
    changed_model,
    day,
    entry,
    small_history,
    tokyo,
)

from kyogyo.analytics.caveats.coverage import coverage_caveats
from kyogyo.analytics.events import DAY
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.results import Caveat

LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip
START = "2026-01-01"
END = 200


def healthy(*, per_day: int = 2, days: int = END, exits: bool = True) -> list[Row]:
    """Leads each day; one in two meets after 4 days, wins after 4 more and is active 2 later; the others are lost after 3."""
    rows, first = [], 1
    for on in range(days):
        ways: list[dict[str, int]] = [{"lead": on, "meeting": on + 4, "won": on + 8, "active": on + 10}]  # fmt: skip
        ways.append({"lead": on, "lost": on + 3} if exits else {"lead": on})
        for i in range(per_day):
            moves = {stage: after for stage, after in ways[i % 2].items() if after < days}
            rows += alike(first, 1, START, moves)
            first += 1
    return rows


def found(rows: list[Row], *, as_of: str = "2026-07-19", **more: object) -> dict[str, Caveat]:
    history = small_history(rows, as_of=as_of, **more)  # type: ignore[arg-type]
    caveats = coverage_caveats(open_funnel(history, track="new"))
    for caveat in caveats:
        assert caveat.says.en != caveat.says.ja
        assert "" not in (caveat.says.en, caveat.says.ja)
    return {caveat.code: caveat for caveat in caveats}


def test_a_whole_history_has_only_its_newest_journeys_open() -> None:
    """Within the horizon of 5 days, 8 of the last 4 days."""
    caveats = found(healthy())
    assert set(caveats) == {"right_censoring"}
    assert caveats["right_censoring"].severity == "note"


def test_no_history_has_no_coverage() -> None:
    assert found([entry(1, LEAD, START, track=0)]).keys() == {"stage_without_data"}
    assert found([entry(1, LOST, START)]).keys() == {"stage_without_data"}


# ------------------------------------------------------- stage_without_data


def test_stages_without_data_are_named() -> None:
    rows = [row for row in healthy() if row["stage"] in (LEAD, WON, LOST)]
    caveat = found(rows)["stage_without_data"]
    assert (caveat.about, caveat.severity) == (("meeting", "active"), "limit")
    assert caveat.forbids == ("step:meeting", "step:active")
    assert caveat.evidence == {"meeting": 0, "active": 0}
    assert "“Meeting”, “Active”" in caveat.says.en
    assert "「商談」、「利用中」" in caveat.says.ja


# ------------------------------------------------------- entries_end


def ends_early(gap: int) -> list[Row]:
    """One lead a day until `gap` days before the end, and a meeting on the last day."""
    leads = alike(1, END - gap, START, {"lead": 0, "lost": 3}, every=1)
    return [*leads, entry(1, MEETING, tokyo(f"{START} 10:00") + (END - 1) * DAY)]


@pytest.mark.parametrize(("gap", "is_found"), [(1, False), (13, False), (14, True), (60, True)])
def test_entries_that_end_before_the_records_do_are_told(gap: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = found(ends_early(gap), as_of="2026-07-19")
    assert ("entries_end" in caveats) == is_found
    if is_found:
        caveat = caveats["entries_end"]
        assert caveat.forbids == ("node:volume",)
        assert caveat.evidence == {
            "last_entry": str(day_text(END - gap - 1)), "days_before_end": gap, "expected_since": float(gap),
        }  # fmt: skip


def day_text(offset: int) -> str:
    from kyogyo.period import date_of  # noqa: PLC0415 -- for this function only

    return date_of(day(START) + offset).isoformat()


def test_few_entries_may_stop_for_longer() -> None:
    """At one in ten days, six weeks without any aren't the end of the records."""
    rows = [*alike(1, 20, START, {"lead": 0, "lost": 3}, every=10), entry(1, MEETING, "2026-07-19")]
    assert "entries_end" not in found(rows, as_of="2026-08-25")


# ------------------------------------------------------- exits


def test_no_recorded_exit_is_told() -> None:
    caveat = found(healthy(exits=False))["no_exits_recorded"]
    assert caveat.forbids == ("loss_rate", "loss_reasons")
    # The 200 that never met and the newest of the others, on their way.
    assert caveat.evidence == {"open": 210, "exits": 0}


def test_one_recorded_exit_or_hardly_any_open_is_none_missing() -> None:
    assert "no_exits_recorded" not in found([*healthy(exits=False), *alike(9_000, 1, START, {"lead": 0, "lost": 1})])  # fmt: skip
    assert "no_exits_recorded" not in found([*alike(1, 19, START, {"lead": 0}), *alike(50, 9, START, {"lead": 0, "meeting": 1})])  # fmt: skip


def test_exits_recorded_from_some_day_on_are_told() -> None:
    rows = [row for row in healthy() if row["stage"] != LOST or row["day"] >= day(START) + 100]
    caveat = found(rows)["exits_recorded_late"]
    assert caveat.evidence["recorded_from"] == day_text(100)
    assert caveat.evidence["observed_before"] == 0
    assert caveat.forbids == (f"loss_rate:before:{day_text(100)}",)
    assert "exits_recorded_late" not in found(healthy())


def test_exits_of_targets_dated_by_periods_are_left_alone() -> None:
    rows = [row | ({"prec": 3} if row["stage"] == 4 else {}) for row in healthy() if row["stage"] != LOST or row["day"] >= day(START) + 100]  # fmt: skip
    assert "exits_recorded_late" not in found(rows)


# ------------------------------------------------------- right_censoring


def test_the_newest_journeys_are_counted_as_open_within_their_horizon() -> None:
    rows = [*alike(1, 25, "2026-01-01", {"lead": 0, "meeting": 2}), *alike(31, 3, "2026-06-20", {"lead": 0}), *alike(41, 2, "2026-06-19", {"lead": 0})]  # fmt: skip
    caveat = found(rows, as_of="2026-07-19", model=changed_model(LEAD_30))["right_censoring"]
    assert caveat.evidence == {"open_within_horizon.lead>meeting": 3}
    assert caveat.about == ("lead", "meeting")
    assert "3 are still open within the horizon" in caveat.says.en


def test_old_journeys_have_had_their_time() -> None:
    rows = [*alike(1, 25, "2026-01-01", {"lead": 0, "meeting": 2}), *alike(31, 3, "2026-06-19", {"lead": 0})]  # fmt: skip
    assert "right_censoring" not in found(rows, as_of="2026-07-19", model=changed_model(LEAD_30))


# ------------------------------------------------------- stale_journeys


def stale(n: int) -> list[Row]:
    return [*healthy(), *alike(9_000, n, START, {"lead": 5})]


def test_open_journeys_older_than_nearly_all_that_left_are_told() -> None:
    caveat = found(stale(20))["stale_journeys"]
    assert caveat.about == ("lead",)
    assert caveat.evidence == {"stale.lead": 20, "open": 20 + 7 + 4}
    assert "20 of 31 open journeys" in caveat.says.en


def test_a_few_old_ones_are_no_finding() -> None:
    assert "stale_journeys" not in found(stale(19))


# ------------------------------------------------------- looks_like_a_sample


@pytest.mark.parametrize(("n", "is_found"), [(1000, True), (2000, True), (999, False), (1001, False), (500, False)])  # fmt: skip
def test_a_round_number_of_journeys_looks_like_a_sample(n: int, is_found: bool) -> None:  # noqa: FBT001
    rows = [*alike(1, n - 30, START, {"lead": 0}), *alike(n, 30, START, {"lead": 0, "meeting": 3, "lost": 9})]  # fmt: skip
    caveats = found(rows)
    assert ("looks_like_a_sample" in caveats) == is_found
    if is_found:
        assert caveats["looks_like_a_sample"].forbids == ("node:volume", "company_volume")
        assert caveats["looks_like_a_sample"].evidence == {"journeys": n}


# ------------------------------------------------------- entries_inferred


@pytest.mark.parametrize(("skipping", "is_found"), [(5, False), (6, True)])
def test_stages_that_many_pass_unrecorded_are_told(skipping: int, is_found: bool) -> None:  # noqa: FBT001
    rows = [*alike(1, 100 - skipping, START, {"lead": 0, "meeting": 3, "won": 5}), *alike(201, skipping, START, {"lead": 0, "won": 5})]  # fmt: skip
    caveats = found(rows)
    assert ("entries_inferred" in caveats) == is_found
    if is_found:
        assert caveats["entries_inferred"].evidence == {"inferred_share.meeting": 0.06}
        assert caveats["entries_inferred"].about == ("meeting",)
