"""The answer in words, for each thing that may have to be said."""

from __future__ import annotations

import numpy as np
import pytest

from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.revenue_model import RevenueModel, parse_model
from kyogyo.usecases.answer import word_answer
from kyogyo.usecases.next_actions import next_actions
from tests.analytics.small_history import (
    LEAD,
    LOST,
    MEETING,
    MODEL_TEXT,
    WON,
    entry,
    small_history,
    tokyo,
)

DAY = 86_400_000_000
START = tokyo("2025-01-06 09:00")


def stream(
    *, weeks: int, rates: list[float], amount: int = 1_000_000, a_week: int = 40
) -> list[dict[str, int]]:
    """Leads that all meet after a day; of the meetings of week w a share `rates[w]` is won after five days, the rest is lost."""
    rng = np.random.default_rng(7)
    rows, journey = [], 0
    for week in range(weeks):
        for _ in range(a_week):
            journey += 1
            at = START + week * 7 * DAY + int(rng.integers(0, 5)) * DAY
            rows.append(entry(journey, LEAD, at))
            rows.append(entry(journey, MEETING, at + DAY))
            won = rng.random() < rates[week]
            rows.append(
                entry(journey, WON if won else LOST, at + 6 * DAY, amount=amount if won else 0)
            )
    return rows


def answer_of(rows: list[dict[str, int]], *, as_of: str, model: RevenueModel | None = None):  # type: ignore[no-untyped-def]
    history = small_history(rows, as_of=as_of, model=model)
    funnel = open_funnel(history, track="new")
    caveats = find_caveats(funnel)
    bottleneck = find_bottleneck(funnel, forbidden=caveats)
    return word_answer(funnel, bottleneck, ()), next_actions(funnel, bottleneck, caveats)


def test_answer_names_the_step_that_fell_and_says_its_cost_in_both_languages() -> None:
    answer, actions = answer_of(stream(weeks=60, rates=[0.5] * 45 + [0.2] * 15), as_of="2026-03-31")

    assert answer.status == "named"
    assert answer.stage == "meeting"
    assert answer.headline.en.startswith("“Meeting → Won” is what holds you back: it costs about ¥")
    assert answer.headline.ja.startswith("売上を止めているのは「商談→受注」です。損失は月あたり ¥")
    assert "against" in answer.paragraph.en
    assert "Read 20 journeys that stopped at “Meeting”" in actions[0].en


def test_answer_names_none_where_nothing_changed() -> None:
    answer, _ = answer_of(stream(weeks=60, rates=[0.4] * 60), as_of="2026-03-31")

    assert answer.status == "none_distinguishable"
    assert answer.cost_per_month is None
    assert "Declare targets in the model file" in answer.paragraph.en


def test_answer_is_not_enough_history_with_a_few_weeks() -> None:
    answer, _ = answer_of(stream(weeks=4, rates=[0.4] * 4, a_week=5), as_of="2025-02-10")

    assert answer.status == "not_enough_history"
    assert answer.headline.ja == "どの区間が売上を止めているかを言えるだけの履歴がありません。"


def test_answer_says_that_a_model_without_a_won_stage_has_nothing_to_value_by() -> None:
    model = parse_model(MODEL_TEXT.replace(', type = "won"', ""), name="small.toml")

    answer, _ = answer_of(stream(weeks=60, rates=[0.4] * 60), as_of="2026-03-31", model=model)

    assert answer.status == "not_enough_history"
    assert 'type = "won"' in answer.paragraph.en


def test_answer_counts_wins_where_the_data_has_no_amounts() -> None:
    rows = stream(weeks=60, rates=[0.5] * 45 + [0.2] * 15, amount=0)

    answer, _ = answer_of(rows, as_of="2026-03-31")

    assert answer.status == "named"
    assert answer.cost_per_month is None
    assert "wins a month (90% interval" in answer.headline.en
    assert "The data has no value of wins" in answer.paragraph.en


def test_answer_holds_a_step_against_its_declared_target() -> None:
    metric = (
        'metrics = [{ code = "win_rate", label = { en = "Win rate", ja = "受注率" }, department = "sales", '
        'stage_from = "meeting", stage_to = "won", unit = "share", target = 0.6 }]\n'
    )
    model = parse_model(
        MODEL_TEXT.replace("departments = [", metric + "departments = [", 1), name="small.toml"
    )

    answer, _ = answer_of(stream(weeks=60, rates=[0.4] * 60), as_of="2026-03-31", model=model)

    assert answer.status == "named"
    assert "; the target is 60.0%." in answer.paragraph.en


@pytest.mark.parametrize("seed_shift", [0, 1])
def test_answer_is_the_same_each_time(seed_shift: int) -> None:
    rows = stream(weeks=50, rates=[0.5] * 35 + [0.25] * 15)

    first, _ = answer_of(rows, as_of=f"2026-02-{20 + seed_shift}")
    again, _ = answer_of(rows, as_of=f"2026-02-{20 + seed_shift}")

    assert first.headline == again.headline
