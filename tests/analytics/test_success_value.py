"""What one journey more past a step is worth."""

from __future__ import annotations

from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.money import win_values
from kyogyo.analytics.success_value import value_per_success
from tests.analytics.small_history import alike, small_history


def test_success_is_worth_the_later_rates_times_the_mean_win() -> None:
    rows = [
        *alike(1, 40, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5}, amount=1_000),
        *alike(41, 40, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5}, amount=3_000),
        *alike(81, 80, "2026-01-05", {"lead": 0, "meeting": 2}),
        *alike(161, 40, "2026-01-05", {"lead": 0}),
    ]
    funnel = open_funnel(small_history(rows), track="new")
    values = win_values(funnel.history, track="new")
    found = value_per_success(funnel, step="lead>meeting", values=values)
    assert found is not None
    assert (round(found.chance, 6), found.wins, round(found.value, 6)) == (0.5, 80, 1_000.0)
    at_the_win = value_per_success(funnel, step="meeting>won", values=values)
    assert at_the_win is not None
    assert (at_the_win.chance, at_the_win.value) == (1.0, 2_000.0)


def test_success_has_no_value_where_no_win_has_one_or_it_lies_behind_the_win() -> None:
    rows = [
        *alike(1, 40, "2026-01-05", {"lead": 0, "meeting": 2, "won": 5, "active": 9}),
        *alike(41, 40, "2026-01-05", {"lead": 0, "meeting": 2}),
    ]
    funnel = open_funnel(small_history(rows), track="new")
    values = win_values(funnel.history, track="new")
    assert value_per_success(funnel, step="lead>meeting", values=values) is None
    priced = [dict(row) | {"amount": 500} for row in rows]
    funnel = open_funnel(small_history(priced), track="new")
    values = win_values(funnel.history, track="new")
    assert value_per_success(funnel, step="won>active", values=values) is None
