"""Moves, deviations and disorder, counted by hand."""

from __future__ import annotations

import pytest
from small_history import Row, alike, entry, small_history, two_track_model

from kyogyo.analytics.conformance import deviations, disorder, transitions

D = 86_400


def moves() -> list[Row]:
    """Two as declared, one skips, one goes back, one is lost, one is lost and comes back."""
    return [
        *alike(1, 2, "2026-04-01", {"lead": 0, "meeting": 2, "won": 5}),
        *alike(3, 1, "2026-04-01", {"lead": 0, "won": 4}),
        entry(4, 1, "2026-04-01 00:00"), entry(4, 2, "2026-04-03 00:00"), entry(4, 1, "2026-04-04 00:00"),
        entry(4, 2, "2026-04-07 00:00"),
        *alike(5, 1, "2026-04-01", {"lead": 0, "lost": 1}),
        entry(6, 1, "2026-04-01 00:00"), entry(6, 5, "2026-04-02 00:00"), entry(6, 2, "2026-04-04 00:00"),
    ]  # fmt: skip


def test_transitions_are_the_table_counted_by_hand() -> None:
    result = transitions(small_history(moves()), track="new")
    names = ("from_stage", "to_stage", "n", "share", "mean_s", "direction")
    found = sorted(tuple(row[name] for name in names) for row in result.table.to_pylist())
    assert found == [
        ("lead", "lost", 2, 2 / 7, 1.0 * D, "exit"),
        ("lead", "meeting", 4, 4 / 7, pytest.approx(9 / 4 * D), "forward"),
        ("lead", "won", 1, 1 / 7, 4.0 * D, "skip"),
        ("lost", "meeting", 1, 1.0, 2.0 * D, "elsewhere"),
        ("meeting", "lead", 1, 1 / 3, 1.0 * D, "back"),
        ("meeting", "won", 2, 2 / 3, 3.0 * D, "forward"),
    ]
    assert result.table["n"].to_pylist() == [4, 2, 2, 1, 1, 1]
    assert (result.n, result.status) == (11, "ok")
    assert result.sentence.en == "Of 11 moves, 9.1% went back and 9.1% skipped a measured stage."
    assert result.sentence.ja == "11 回の移動のうち、逆戻りが 9.1%、計測可能なフェーズの飛び越しが 9.1% です。"  # fmt: skip


def test_a_move_over_a_stage_without_data_is_no_skip() -> None:
    rows = alike(1, 2, "2026-04-01", {"lead": 0, "won": 4})
    (row,) = transitions(small_history(rows), track="new").table.to_pylist()
    assert row["direction"] == "forward"


@pytest.mark.parametrize(
    ("first", "second", "direction"),
    [
        ((1, "2026-04-01 09:00"), (1, "2026-04-01 10:00"), "back"),
        ((2, "2026-04-01 00:00"), (1, "2026-04-01 10:00"), "order_unknown"),
        ((1, "2026-04-01 09:00"), (2, "2026-04-01 09:00"), "order_unknown"),
        ((2, "2026-04-01 00:00"), (2, "2026-04-02 00:00"), "back"),
    ],
)
def test_the_order_within_a_day_is_unknown_where_a_time_is_a_date(
    first: tuple[int, str], second: tuple[int, str], direction: str
) -> None:
    rows = [entry(1, 2, first[1], prec=first[0]), entry(1, 1, second[1], prec=second[0])]
    (row,) = transitions(small_history(rows), track="new").table.to_pylist()
    assert row["direction"] == direction


def test_a_stage_off_the_path_is_elsewhere() -> None:
    rows = [
        entry(1, 2, "2026-04-01", track=1),
        entry(1, 1, "2026-04-02", track=1),
        entry(1, 3, "2026-04-03", track=1),
    ]
    found = transitions(small_history(rows, model=two_track_model()), track="direct")
    assert found.table["direction"].to_pylist() == ["elsewhere", "elsewhere"]


def test_no_moves_say_so() -> None:
    result = transitions(small_history([entry(1, 1, "2026-04-01")]), track="new")
    assert (result.status, result.n, result.table.num_rows) == ("not_enough_history", 0, 0)
    assert (result.sentence.en, result.sentence.ja) == ("No journey has moved yet.", "移動した案件がまだありません。")  # fmt: skip


def test_deviations_are_the_table_counted_by_hand() -> None:
    """Journey 3 skips; 4 goes back and is twice in two stages, 3 days again in the first of them."""
    rows = [
        *moves(),
        *alike(7, 1, "2026-04-01", {"lead": 0, "recycled": 1}, account=5),
        *alike(8, 2, "2026-05-01", {"lead": 0}, account=5),
    ]
    result = deviations(small_history(rows), track="new")
    assert result.table.to_pylist() == [
        {"deviation": "skip", "journeys": 1, "share": 1 / 9, "added_s": None},
        {"deviation": "back", "journeys": 1, "share": 1 / 9, "added_s": None},
        {"deviation": "again", "journeys": 1, "share": 1 / 9, "added_s": 3.0 * D},
        {"deviation": "recycled", "journeys": 1, "share": 1 / 9, "added_s": None},
    ]
    assert (result.n, result.status) == (9, "ok")
    assert result.sentence.en == "1 of 9 journeys came back to a stage they had left, and spent 3.0 days there again on average."  # fmt: skip
    assert result.sentence.ja == "9 件のうち 1 件が一度出たフェーズに戻り、平均 3.0日を再び費やしています。"  # fmt: skip


def test_added_time_is_per_journey_that_came_back() -> None:
    rows = [
        *(entry(1, s, f"2026-04-{d:02d} 00:00") for s, d in ((1, 1), (2, 2), (1, 3), (2, 5), (1, 6), (2, 9))),
        *(entry(2, s, f"2026-04-{d:02d} 00:00") for s, d in ((1, 1), (2, 2), (1, 3), (3, 4))),
    ]  # fmt: skip
    (_, _, again, _) = deviations(small_history(rows), track="new").table.to_pylist()
    # Journey 1: 2 + 1 + 3 days again; journey 2: 1 day.
    assert (again["journeys"], again["added_s"]) == (2, 3.5 * D)


def test_a_straight_history_has_no_deviation() -> None:
    result = deviations(small_history(alike(1, 5, "2026-04-01", {"lead": 0, "meeting": 1})), track="new")  # fmt: skip
    assert result.table["journeys"].to_pylist() == [0, 0, 0, 0]
    assert result.sentence.en == "No journey came back to a stage it had left."
    assert result.sentence.ja == "一度出たフェーズに戻った案件はありません。"


def test_nobody_has_no_deviation_and_no_share() -> None:
    result = deviations(small_history([entry(1, 1, "2026-04-01", track=0)]), track="new")
    assert result.table["share"].to_pylist() == [None] * 4
    assert result.status == "not_enough_history"


def test_disorder_is_a_later_stage_dated_more_than_a_day_before() -> None:
    rows = [
        entry(1, 3, "2026-04-01 00:00"), entry(1, 1, "2026-04-05 00:00"),  # no meeting: not of this pair
        entry(2, 2, "2026-04-01 09:00"), entry(2, 1, "2026-04-02 09:00"),  # exactly a day
        entry(3, 2, "2026-04-01 09:00"), entry(3, 1, "2026-04-02 09:01"),
        *alike(4, 3, "2026-04-01", {"lead": 0, "meeting": 2}),
        entry(7, 1, "2026-04-01"), entry(7, 2, "2026-04-05"), entry(7, 1, "2026-04-09"),  # back is no disorder
        entry(8, 3, "2026-04-01"), entry(8, 2, "2026-04-08"),
    ]  # fmt: skip
    assert disorder(small_history(rows), track="new") == {
        "lead>meeting": (1, 6),
        "meeting>won": (1, 1),
    }


def test_disorder_of_one_stage_is_none() -> None:
    assert disorder(small_history([entry(1, 1, "2026-04-01")]), track="new") == {}
