"""A node has a level where something came lately and before; elsewhere it says that it has none, and never a NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from small_history import LEAD, MEETING, WON, Row, entry, small_history, tokyo

from kyogyo.analytics.bottleneck import Bottleneck, find_bottleneck
from kyogyo.analytics.events import DAY
from kyogyo.analytics.funnel import open_funnel


def answer_of(*, journeys: int, as_of: str, kinds: bool = False, amount: int = 100) -> Bottleneck:
    """One lead a day from 1 January 2025 on; every other one meets, every fourth is won."""
    rows: list[Row] = []
    for i in range(journeys):
        at = tokyo("2025-01-01 10:00") + i * DAY
        rows.append(entry(i + 1, LEAD, at))
        if i % 2 == 0:
            rows.append(entry(i + 1, MEETING, at + 4 * DAY))
        if i % 4 == 0:
            rows.append(entry(i + 1, WON, at + 12 * DAY, amount=amount))
    attributes = {"size": {i + 1: "large" if i % 3 else "small" for i in range(journeys)}}
    history = small_history(rows, as_of=as_of, attributes=attributes if kinds else None)
    return find_bottleneck(open_funnel(history, track="new"))


def numbers_of(found: Bottleneck) -> list[float]:
    """Every number that leaves the diagnosis."""
    seen: list[Any] = [found.per_month]
    for v in found.ranked:
        seen += [v.lo, v.mid, v.hi, v.mean, v.p_top, v.p_gain, v.node.likely, v.node.phi]
        seen += [level.rate for level in (v.node.now, v.node.reference) if level is not None]
        seen += [] if v.draws is None else np.asarray(v.draws).tolist()
    for row in found.result.table.to_pylist():
        seen += row.values()
    return [x for x in seen if isinstance(x, float)]


@pytest.mark.parametrize(
    ("journeys", "as_of"),
    [(60, "2025-08-01"), (120, "2025-06-10"), (120, "2028-12-31"), (300, "2026-02-01")],
)
@pytest.mark.parametrize(("kinds", "amount"), [(True, 100), (False, 0)])
def test_no_number_is_a_nan_however_long_ago_the_last_entries_are(
    journeys: int,
    as_of: str,
    kinds: bool,  # noqa: FBT001
    amount: int,
) -> None:
    found = answer_of(journeys=journeys, as_of=as_of, kinds=kinds, amount=amount)
    assert [x for x in numbers_of(found) if not math.isfinite(x)] == []


def test_a_step_that_nobody_entered_lately_has_no_level_and_says_why() -> None:
    found = answer_of(journeys=300, as_of="2026-04-01")
    conversions = [v for v in found.ranked if v.node.kind == "conversion"]
    assert [(v.node.status, v.node.why, v.draws) for v in conversions] == [
        ("not_enough_history", "no_recent", None)
    ] * 2
    row = next(r for r in found.result.table.to_pylist() if r["kind"] == "conversion")
    assert (row["current"], row["reference"], row["cost_mid"]) == (None, None, None)
    assert row["why_en"] == "no entries in the recent weeks, so there is no present level"
    assert found.status == "not_enough_history"


def test_a_step_that_was_entered_until_lately_has_its_level() -> None:
    found = answer_of(journeys=300, as_of="2025-10-28")
    node = next(v.node for v in found.ranked if v.node.kind == "conversion")
    assert (node.status, node.why) == ("ok", "")
    assert node.now is not None
    assert node.now.rate == pytest.approx(0.5, abs=0.02)
