from __future__ import annotations

import numpy as np

from kyogyo.analytics.simulate.saas.journeys import NEVER, Journeys, Pool


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_due_takes_out_those_before_in_order_of_time_and_row() -> None:
    pool = Pool()
    pool.add(ints(5, 3), ints(20, 10))
    pool.add(ints(1, 2), ints(20, 30))

    rows, at = pool.due(30)

    assert (rows.tolist(), at.tolist()) == ([3, 1, 5], [10, 20, 20])
    assert pool.due(31)[0].tolist() == [2]
    assert pool.due(1_000)[0].tolist() == []


def test_enter_returns_the_time_after_a_planned_return_once() -> None:
    journeys = Journeys(leads=2, stages=3, track=ints(0, 0), most_leads=1.0)
    journeys.plan_return(ints(1), column=2, back_to=1, pause=ints(150), again=ints(180))

    stays_from = journeys.enter(ints(0, 1), 2, ints(100, 110))

    assert stays_from.tolist() == [100, 180]
    assert journeys.reached[:2, 2].tolist() == [100, 110]
    assert [(d.rows.tolist(), d.columns.tolist(), d.at.tolist()) for d in journeys.detours] == [
        ([1], [1], [150]),
        ([1], [2], [180]),
    ]
    assert journeys.enter(ints(1), 0, ints(7)).tolist() == [7]


def test_later_attempts_have_the_lead_of_the_first() -> None:
    journeys = Journeys(leads=4, stages=1, track=ints(0, 1, 0, 1), most_leads=1.0)

    assert journeys.root(ints(1, 5, 9)).tolist() == [1, 1, 1]
    assert journeys.track[[1, 5, 9]].tolist() == [1, 1, 1]
    assert set(journeys.reached.ravel().tolist()) == {NEVER}
