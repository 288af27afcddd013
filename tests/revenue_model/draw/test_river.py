from __future__ import annotations

import pytest

from kyogyo.revenue_model.draw.river import River


def river(*, narrow: float | None = None, is_source: bool = False) -> River:
    return River(left=0, right=1000, middle=100, narrow=narrow, is_source=is_source)


def test_water_is_of_one_breadth_when_nothing_holds_it_back() -> None:
    assert {river().half(x) for x in range(0, 1001, 50)} == {33.0}


def test_water_is_narrowest_where_it_is_held_back_and_broadest_before() -> None:
    places = range(1001)
    breadth = {x: river(narrow=500).half(x) for x in places}

    assert min(places, key=breadth.__getitem__) == pytest.approx(500, abs=3)
    assert max(places, key=breadth.__getitem__) == pytest.approx(422, abs=10)
    assert breadth[500] < 33 / 3
    assert breadth[422] > 33 * 1.2
    assert breadth[1000] == pytest.approx(33)


def test_stream_grows_from_its_source() -> None:
    breadth = [river(is_source=True).half(x) for x in (0, 30, 60, 96, 200)]

    assert breadth == sorted(breadth)
    assert breadth[-1] == 33.0


def test_current_flows_inside_the_water() -> None:
    water = river(narrow=500)

    assert water.current(0, 0, 9) == "M0.0 100.0L9.0 100.6"
    assert water.centre(500) - water.half(500) < water.middle < water.centre(500) + water.half(500)


def test_band_ends_in_a_point_only_at_the_end_of_the_row() -> None:
    assert "1026.0" in river().band(500, 1000)
    assert "1026.0" not in river().band(0, 500)
