from __future__ import annotations

import numpy as np
import pytest

from kyogyo.analytics.simulate.saas.clock import DAY_S, Clock, make_clock
from kyogyo.analytics.simulate.saas.queues import Line
from kyogyo.revenue_model import default_model

HOUR = 3_600
MONDAY = 2 * DAY_S  # 3 April 2023


@pytest.fixture(scope="module")
def april() -> Clock:
    return make_clock(model=default_model(), start_month=2023 * 12 + 3, months=3, beyond=3)


def line(clock: Clock, *, gap_hours: float, patience: float = 100.0) -> Line:
    return Line(clock, gaps=np.full(len(clock.day), gap_hours * HOUR), patience=patience)


def hours(*times: float) -> np.ndarray:
    """Hours since the midnight before Monday."""
    return MONDAY + (np.array(times) * HOUR).astype(np.int64)


def test_wait_starts_the_first_at_once_and_the_others_one_after_another(april: Clock) -> None:
    at, waited = line(april, gap_hours=2).wait(hours(9, 9, 10, 17))

    assert at.tolist() == hours(9, 11, 13, 17).tolist()
    assert waited.tolist() == pytest.approx([0, 2 / 9, 3 / 9, 0])


def test_wait_goes_on_the_next_morning(april: Clock) -> None:
    at, waited = line(april, gap_hours=3).wait(hours(16, 16.5))

    assert at.tolist() == hours(16, 24 + 10).tolist()
    assert waited.tolist() == pytest.approx([0, 2.5 / 9])


def test_wait_remembers_those_before(april: Clock) -> None:
    together = line(april, gap_hours=2).wait(hours(9, 9, 9.5))
    one = line(april, gap_hours=2)

    parts = [one.wait(hours(9, 9)), one.wait(hours(9.5))]

    assert np.concatenate([at for at, _ in parts]).tolist() == together[0].tolist()


def test_who_loses_patience_takes_no_time(april: Clock) -> None:
    _, waited = line(april, gap_hours=4, patience=4 / 9).wait(hours(9, 9, 9, 14))

    # The third would have been taken up at 17:00, after eight hours; the fourth has that time.
    assert waited.tolist() == pytest.approx([0, 4 / 9, 8 / 9, 3 / 9])


def test_wait_of_nobody_is_empty(april: Clock) -> None:
    at, waited = line(april, gap_hours=1).wait(np.zeros(0, dtype=np.int64))

    assert (len(at), len(waited)) == (0, 0)
