"""The weeks as a table: phases, levels, trends and why a week doesn't count."""

from __future__ import annotations

import numpy as np

from kyogyo.analytics.readable import Voice, readable_table
from kyogyo.analytics.single_case import Measure, Panel, TeamWeeks
from kyogyo.analytics.single_case.picture import phases_result, say_levels
from kyogyo.words import Text

RATE = Measure(Text(en="meetings from calls", ja="商談化率"))
ANY = Text(en="It rose.", ja="上がりました。")


def panel() -> Panel:
    """late: 1 2 3 4 4 of 10, begun in week 3. early: all 5 of 10, off again in week 2."""
    ten = np.full(5, 10.0)
    late = TeamWeeks("late", np.array([1.0, 2, 3, 4, 4]), ten, trigger=(2,))
    early = TeamWeeks("early", np.full(5, 5.0), ten, maturity=np.array([1, 1, 1, 1, 0.4]))
    return Panel(RATE, (late, early), tuple(f"W{week}" for week in range(5)))


PATTERN = np.array([[0, 0, 0, 1, 1], [0, 1, 0, 0, 1]], bool)


def test_each_phase_has_its_level_and_teams_come_in_the_order_of_their_starts() -> None:
    result = phases_result(panel=panel(), pattern=PATTERN, as_of=0, sentence=ANY)
    rows = result.table.to_pylist()

    assert [(row["team"], row["phase"]) for row in rows] == [
        *[("early", phase) for phase in ("A1", "B1", "A2", "A2", "B2")],
        *[("late", phase) for phase in ("A1", "A1", "A1", "B1", "B1")],
    ]
    late = rows[5:]
    assert [row["level"] for row in late] == [0.15, 0.15, 0.15, 0.4, 0.4]
    assert [row["value"] for row in late] == [0.1, 0.2, None, 0.4, 0.4]
    assert [row["left_out"] for row in rows] == [None] * 4 + ["immature", None, None, "trigger", None, None]  # fmt: skip
    assert (rows[4]["level"], result.n) == (None, 80)


def test_a_phase_of_four_weeks_has_a_trend_and_a_shorter_one_none() -> None:
    pattern = np.zeros((2, 5), bool)
    pattern[0, 4] = True
    one = panel().only([0])
    rising = Panel(RATE, (TeamWeeks("T", np.array([1.0, 2, 3, 4, 9]), np.full(5, 10.0)),), one.weeks)  # fmt: skip
    rows = phases_result(panel=rising, pattern=pattern[:1], as_of=0, sentence=ANY).table.to_pylist()
    assert [row["trend"] and round(row["trend"], 9) for row in rows] == [0.1, 0.2, 0.3, 0.4, None]
    plain = phases_result(panel=rising, pattern=pattern[:1], as_of=0, sentence=ANY, trends=False)
    assert plain.table.column("trend").null_count == 5


def test_the_picture_is_told_to_who_can_not_see_it() -> None:
    assert say_levels(panel(), PATTERN) == Text(
        en="late: 15.0% without, 40.0% with it; early: 50.0% without, 50.0% with it.",
        ja="late：打ち手なし15.0%、打ち手あり40.0%。early：打ち手なし50.0%、打ち手あり50.0%。",
    )


def test_the_table_beside_it_is_in_words() -> None:
    result = phases_result(panel=panel(), pattern=PATTERN, as_of=0, sentence=ANY)
    readable = readable_table(result=result, voice=Voice(lang="ja"))
    assert [heading.text for heading in readable.headings] == [
        "チーム", "週", "実験の時期", "n", "進んだ数", "値", "その時期の水準", "傾向", "除いた理由",
    ]  # fmt: skip
    assert readable.rows[7][5:] == ("未確認", "15.0%", "未確認", "着手のきっかけ")
