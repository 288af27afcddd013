"""Times that are dates, in the wrong order, or entered in bulk."""

from __future__ import annotations

import pytest
from small_history import LEAD, LOST, MEETING, WON, Row, alike, entry, small_history, tokyo

from kyogyo.analytics.caveats.times import time_caveats
from kyogyo.analytics.events import DAY
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.results import Caveat


def found(rows: list[Row]) -> list[Caveat]:
    caveats = time_caveats(open_funnel(small_history(rows), track="new"))
    for caveat in caveats:
        assert caveat.says.en != caveat.says.ja
        assert "" not in (caveat.says.en, caveat.says.ja)
    return caveats


def exact(n: int = 100) -> list[Row]:
    return alike(1, n, "2026-01-01", {"lead": 0, "meeting": 3, "lost": 5}, every=1)


def test_exact_times_in_order_have_no_caveat() -> None:
    assert found(exact()) == []
    assert found([entry(1, LEAD, "2026-01-01", track=0)]) == []


@pytest.mark.parametrize(
    ("dates", "part"), [(4, None), (5, "Some of the times"), (94, "Some of the times"), (95, "The times"), (100, "The times")],
)  # fmt: skip
def test_times_that_are_dates_are_told_by_how_many(dates: int, part: str | None) -> None:
    rows = [row | {"prec": 2 if row["stage"] == MEETING and row["journey"] <= dates else 1} for row in exact()]  # fmt: skip
    caveats = found(rows)
    if part is None:
        assert caveats == []
        return
    (caveat,) = caveats
    assert (caveat.code, caveat.severity, caveat.about) == ("times_are_dates", "note", ("meeting",))
    assert caveat.says.en.startswith(f"{part} of “Meeting” are dates")
    assert caveat.evidence == {"meeting": f"{dates} of 100"}
    assert caveat.forbids == ("hours:meeting",)


def test_targets_dated_by_periods_are_told() -> None:
    rows = [row | {"prec": {LEAD: 1, MEETING: 3, LOST: 1}[row["stage"]]} for row in exact()]
    rows += [entry(j, WON, "2026-06-30", prec=4) for j in range(1, 4)]
    by_stage = {c.about: c for c in found(rows) if c.code == "dated_by_period"}
    assert set(by_stage) == {("meeting",), ("won",)}
    assert by_stage["meeting",].evidence == {"period_months": 1}
    assert by_stage["won",].evidence == {"period_months": 3}
    assert by_stage["won",].forbids == ("days:won", "node:conversion:meeting>won")
    assert "is known only by quarter" in by_stage["won",].says.en
    assert "月単位でしか分からず" in by_stage["meeting",].says.ja


def test_an_outcome_dated_before_its_entry_is_told_with_its_number() -> None:
    early = [entry(201, MEETING, "2026-01-01 09:00"), entry(201, LEAD, "2026-01-05 09:00")]
    (caveat,) = found([*exact(), *early])
    assert (caveat.code, caveat.about) == ("outcome_before_entry", ("lead", "meeting"))
    assert caveat.evidence == {"early": 1, "with_both": 101, "share": "0.99%"}
    assert "in 1 of 101 journeys" in caveat.says.en


def test_a_difference_within_a_day_is_no_disorder() -> None:
    early = [entry(201, MEETING, "2026-01-01 09:00"), entry(201, LEAD, "2026-01-02 09:00")]
    assert found([*exact(), *early]) == []


def bulk(n: int) -> list[Row]:
    """100 exits on 100 days, and `n` more on one."""
    met = alike(901, 1, "2026-01-01", {"lead": 0, "meeting": 3})
    closing = tokyo("2026-07-01 10:00") + 3 * DAY
    closed = [(entry(300 + j, LEAD, "2026-03-01"), entry(300 + j, LOST, closing)) for j in range(n)]
    return [*met, *alike(1, 100, "2026-01-01", {"lead": 0, "lost": 5}, every=1), *(row for pair in closed for row in pair)]  # fmt: skip


@pytest.mark.parametrize(("n", "is_found"), [(19, False), (20, True), (60, True)])
def test_exits_of_one_day_are_told_when_they_are_many(n: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = {c.code: c for c in found(bulk(n))}
    assert ("closed_in_bulk" in caveats) == is_found
    if is_found:
        assert caveats["closed_in_bulk"].evidence == {
            "day": "2026-07-04", "exits_that_day": n, "exits": 100 + n,
        }  # fmt: skip


def test_a_busy_day_among_busy_days_is_no_bulk() -> None:
    """25 exits a day, always."""
    rows = [row for on in range(5) for row in alike(1 + 25 * on, 25, "2026-01-01", {"lead": on, "meeting": on + 1, "lost": on + 4})]  # fmt: skip
    assert found(rows) == []
