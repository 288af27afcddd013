"""Which rows are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from kyogyo.mirror.copy.position import conditions_on


@pytest.mark.parametrize(
    ("ids", "conditions"),
    [
        ([], []),
        ([7], ["id IN (7)"]),
        ([9, 1, 9], ["id IN (1, 9)"]),
        ([1, 2, 3, 4], ["id BETWEEN 1 AND 4"]),
        ([1, 3, 4, 5, 6, 8, 10, 12], ["id BETWEEN 3 AND 6", "id IN (1, 8, 10)", "id IN (12)"]),
    ],
)
def test_each_id_is_in_one_condition_and_long_runs_are_ranges(
    ids: list[int], conditions: list[str]
) -> None:
    assert conditions_on(np.array(ids, np.int64), "id", at_once=3) == conditions
