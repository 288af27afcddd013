"""Changes of a series: found, dated, and the same from look to look."""

from __future__ import annotations

import numpy as np
import pytest

from kyogyo.analytics.watch import Change, Series, find_changes, is_told
from kyogyo.analytics.watch.alerts import trace_roots
from kyogyo.analytics.watch.season import season_of

MONDAY = 20_465  # 2026-01-12


def weekly(successes: list[float], *, n: float = 40, what: str = "conversion") -> Series:
    size = len(successes)
    exposures = np.full(size, 1.0 if what == "entries" else n)
    return Series(
        what=what, step="lead" if what == "entries" else "lead>meeting", weeks=MONDAY + 7 * np.arange(size),
        successes=np.array(successes, float), exposures=exposures, season=np.ones(size), season_known=False,
    )  # fmt: skip


def change(what: str, step: str, since: int, *, direction: str = "down") -> Change:
    return Change(what, step, direction, since, since + 70, 0.5, 0.3, 100.0, 100.0, 25.0)


FALLING = [10.0, 11, 9, 10, 12, 8, 10, 9, 11, 10] * 3 + [5.0, 4, 6, 5, 4] * 4


def test_a_fall_is_one_change_with_its_week_and_rates() -> None:
    (found,) = find_changes(weekly(FALLING))

    assert (found.direction, found.since) == ("down", MONDAY + 7 * 30)
    assert found.before == pytest.approx(0.25)
    assert found.after == pytest.approx(0.12, abs=0.01)
    assert found.evidence > 20
    assert found.key == "conversion:lead>meeting:down:2026-08-10"


def test_what_was_found_is_found_the_same_at_every_later_look() -> None:
    looks = [find_changes(weekly(FALLING[:weeks])) for weeks in range(30, len(FALLING) + 1)]
    told = [look for look in looks if look]

    assert len(told) > 10
    assert set(told) == {told[0]}


def test_a_fall_that_is_put_right_is_two_changes() -> None:
    weeks = FALLING + [10.0, 9, 11, 10, 10] * 4
    found = find_changes(weekly(weeks))

    assert [(c.direction, (c.since - MONDAY) // 7) for c in found] == [("down", 30), ("up", 50)]


def test_fewer_entries_are_a_change_of_a_count() -> None:
    (found,) = find_changes(weekly([30.0, 33, 27, 31, 29] * 5 + [20.0, 18, 22] * 4, what="entries"))

    assert (found.what, found.direction, found.since) == ("entries", "down", MONDAY + 7 * 25)
    assert (found.before, found.after) == pytest.approx((30.0, 20.0), abs=1.0)


@pytest.mark.parametrize(
    "weeks", [[], [10.0] * 12, [10.0, 11, 9, 10] * 20, [0.0] * 60, [40.0] * 60]
)
def test_calm_and_short_series_have_no_changes(weeks: list[float]) -> None:
    assert find_changes(weekly(weeks)) == ()


def test_scale_of_entries_moves_no_week() -> None:
    """Ten times the entries, ten times as exactly as before: the same start, sooner."""
    small = [30.0, 33, 27, 31, 29] * 5 + [15.0, 13, 17] * 4
    (one,), (ten,) = (find_changes(weekly([f * x for x in small], what="entries")) for f in (1, 10))

    assert one.since == ten.since
    assert ten.found <= one.found


def test_a_change_is_told_once_although_its_start_moves_by_weeks() -> None:
    told = ["new:conversion:lead>meeting:down:2026-08-10"]

    assert is_told("new:conversion:lead>meeting:down:2026-08-24", told=told)
    assert not is_told("new:conversion:lead>meeting:down:2026-11-02", told=told)
    assert not is_told("new:conversion:lead>meeting:up:2026-08-10", told=told)
    assert not is_told("new:entries:lead:down:2026-08-10", told=told)
    assert not is_told("new:conversion:lead>meeting:down:2026-08-10", told=[])


def test_fewer_wins_after_fewer_meetings_are_the_same_thing() -> None:
    places = {"lead": 0, "meeting": 1, "won": 2}
    root = change("conversion", "lead>meeting", 1_000)
    meetings, wins = change("entries", "meeting", 1_007), change("entries", "won", 1_028)
    rise = change("entries", "won", 1_028, direction="up")
    leads, later = change("entries", "lead", 1_000), change("entries", "won", 1_400)

    assert trace_roots([wins, meetings, root, rise], places=places) == {meetings: root, wins: root}
    assert trace_roots([root, leads, later], places=places) == {}


def test_season_needs_two_years_and_is_not_made_of_noise() -> None:
    weeks = MONDAY + 7 * np.arange(156)
    year = 1 + 0.3 * np.sin(2 * np.pi * np.arange(156) / 52)
    rng = np.random.default_rng(1)
    noise = rng.poisson(100, 156).astype(float)

    assert season_of(weeks[:103], 100 * year[:103], np.ones(103)).tolist() == [1.0] * 103
    assert season_of(weeks, 100 * year, np.ones(156)) == pytest.approx(year, abs=0.12)
    assert season_of(weeks, noise, np.ones(156)) == pytest.approx(np.ones(156), abs=0.06)


def test_season_that_comes_back_is_no_change() -> None:
    year = 100 * (1 + 0.3 * np.sin(2 * np.pi * np.arange(156) / 52))
    rng = np.random.default_rng(2)
    weeks = MONDAY + 7 * np.arange(156)
    k = rng.poisson(year).astype(float)
    known = Series(
        "entries",
        "lead",
        weeks,
        k,
        np.ones(156),
        season_of(weeks, k, np.ones(156)),
        season_known=True,
    )

    assert find_changes(known) == ()
    assert len(find_changes(weekly(k.tolist(), what="entries"))) >= 1
