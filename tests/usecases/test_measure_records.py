"""Up to which instant the records are observed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import DAY
from kyogyo.analytics.load import open_history
from kyogyo.usecases.measure_records import _observed
from tests.analytics.small_history import entry, small_history, small_model


@pytest.mark.parametrize(("days_later", "observed_for"), [(3, 3), (14, 14), (15, 0), (-1, 0)])
def test_records_are_observed_up_to_the_copy_while_they_are_in_use(
    days_later: int, observed_for: int
) -> None:
    """An import whose last entry is long past is observed up to that entry: nobody works in it."""
    engine = cast(
        DuckDBEngine, small_history([entry(1, 1, "2026-04-01"), entry(1, 2, "2026-04-10")]).engine
    )
    last = open_history(engine, model=small_model())
    opened = SimpleNamespace(model=last.model, copied_at=last.as_of + days_later * DAY)

    found = _observed(engine, cast(Any, opened))

    assert (found.as_of - last.as_of) // DAY == observed_for
    assert found.as_of_day - last.as_of_day == observed_for
