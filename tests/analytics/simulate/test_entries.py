from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.events import DAY, ENTRIES
from kyogyo.analytics.simulate.entries import BLOCK, entry_chunks, simulate_entries
from kyogyo.period import local_days
from kyogyo.revenue_model import RevenueModel, default_model, make_model

Entries = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def model() -> RevenueModel:
    return default_model()


@pytest.fixture(scope="module")
def entries(model: RevenueModel) -> Entries:
    return dict(simulate_entries(journeys=30_000, seed=7, model=model))


def same_journey(entries: Entries) -> np.ndarray:
    """Whether each entry but the first has the journey of the one before it."""
    return entries["journey"][1:] == entries["journey"][:-1]


def test_columns_are_those_of_the_entries_table(entries: Entries) -> None:
    kinds = {"BIGINT": "int64", "INTEGER": "int32", "SMALLINT": "int16"}

    assert {name: str(column.dtype) for name, column in entries.items()} == {
        name: kinds[kind] for name, kind in ENTRIES.items()
    }
    assert {len(column) for column in entries.values()} == {len(entries["journey"])}


def test_entries_are_in_order_of_journey_and_time(entries: Entries) -> None:
    order = np.lexsort((entries["seq"], entries["at_us"], entries["journey"]))

    assert order.tolist() == list(range(len(order)))
    assert len(np.unique(entries["seq"])) == len(order)
    assert np.unique(entries["journey"]).tolist() == list(range(1, 30_001))


def test_days_and_months_are_local(entries: Entries, model: RevenueModel) -> None:
    days, months = local_days(entries["at_us"], zone=model.time_zone)

    assert np.array_equal(entries["day"], days)
    assert np.array_equal(entries["month"], months)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_days_and_months_are_local_in_other_zones(model: RevenueModel, zone: str) -> None:
    elsewhere = model.model_copy(update={"time_zone": zone})

    made = simulate_entries(journeys=3_000, seed=1, model=elsewhere)

    days, months = local_days(made["at_us"].astype(np.int64), zone=zone)
    assert np.array_equal(made["day"], days)
    assert np.array_equal(made["month"], months)


def test_codes_are_those_of_the_model(entries: Entries, model: RevenueModel) -> None:
    numbers = {model.track_number(code): code for code in ("new_business", "full_cycle")}

    assert set(np.unique(entries["track"]).tolist()) == set(numbers)
    for number, code in numbers.items():
        stages = np.unique(entries["stage"][entries["track"] == number]).tolist()
        declared = (*model.path(code), *model.exits(code))
        assert stages == sorted(model.stage_number(stage.code) for stage in declared)
    departments = [0, *(model.department_number(stage.department) for stage in model.stages)]
    assert np.array_equal(entries["department"], np.array(departments)[entries["stage"]])
    assert set(np.unique(entries["cause"]).tolist()) == {1, 2}
    assert set(np.unique(entries["prec"]).tolist()) == {1, 2}


def test_entries_have_what_a_measure_must_get_right(entries: Entries, model: RevenueModel) -> None:
    together = same_journey(entries)
    track = model.track_number("new_business")
    path = {model.stage_number(stage.code): n for n, stage in enumerate(model.path("new_business"))}
    place = np.array([path.get(stage, -99) for stage in entries["stage"].tolist()])
    on_path = together & (place[1:] >= 0) & (place[:-1] >= 0) & (entries["track"][1:] == track)
    step = (place[1:] - place[:-1])[on_path]
    last = np.append(~together, True)
    accounts = len(np.unique(entries["account"]))

    assert sorted(np.unique(step).tolist()) == [-1, 1, 2]  # back, on, past one
    assert (entries["at_us"][1:] == entries["at_us"][:-1])[together].mean() > 0.02
    assert 0.2 < np.isin(entries["stage"][last], list(path)).mean() < 0.5  # still open
    assert 0.03 < (entries["owner"] == 0).mean() < 0.07
    assert 0 < (entries["inferred"] == 1).mean() < 0.01
    assert accounts == 30_000 - 3_000
    assert 3.5 < len(entries["journey"]) / 30_000 < 5


def test_dates_without_a_time_are_local_midnights(entries: Entries) -> None:
    nine_hours = DAY * 9 // 24
    by_day = entries["prec"] == 2

    assert np.all((entries["at_us"][by_day] + nine_hours) % DAY == 0)
    assert not np.any(np.diff(entries["at_us"])[same_journey(entries)] < 0)


def test_same_seed_gives_the_same_and_another_other_entries(model: RevenueModel) -> None:
    one, two = (simulate_entries(journeys=500, seed=3, model=model) for _ in range(2))
    other = simulate_entries(journeys=500, seed=4, model=model)

    assert all(np.array_equal(one[name], two[name]) for name in ENTRIES)
    assert not np.array_equal(one["at_us"], other["at_us"])


def test_chunks_joined_are_the_whole(model: RevenueModel) -> None:
    whole = simulate_entries(journeys=BLOCK + 1_000, seed=2, model=model)

    chunks = list(entry_chunks(journeys=BLOCK + 1_000, seed=2, model=model, chunk=40_000))

    assert len(chunks) == 2
    for name in ENTRIES:
        assert np.array_equal(np.concatenate([chunk[name] for chunk in chunks]), whole[name])


@settings(max_examples=20)
@given(first=st.integers(1, 2 * BLOCK), journeys=st.integers(0, 300))
def test_a_journey_is_the_same_in_each_range(first: int, journeys: int) -> None:
    model = default_model()

    some = simulate_entries(journeys=journeys, seed=1, first=first, model=model)

    numbers = np.unique(some["journey"]).tolist()
    assert numbers == list(range(first, first + journeys))
    if journeys:
        alone = simulate_entries(journeys=1, seed=1, first=first, model=model)
        mine = some["journey"] == first
        assert all(np.array_equal(some[name][mine], alone[name]) for name in ENTRIES)


def test_range_before_the_first_journey_is_refused() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        simulate_entries(journeys=5, seed=1, first=0)


def test_model_with_one_short_track_and_no_ends_works() -> None:
    model = make_model(
        {
            "name": "Two",
            "currency": "JPY",
            "time_zone": "Asia/Tokyo",
            "departments": [{"code": "all", "label": "All"}],
            "tracks": [{"code": "one", "label": "One", "stages": ["a", "b"]}],
            "stages": [
                {"code": "a", "label": "A", "department": "all"},
                {"code": "b", "label": "B", "department": "all", "type": "won"},
            ],
        },
        name="two",
    )

    made = simulate_entries(journeys=2_000, seed=1, model=model)

    assert set(np.unique(made["stage"]).tolist()) == {1, 2}
    assert set(np.unique(made["track"]).tolist()) == {1}
