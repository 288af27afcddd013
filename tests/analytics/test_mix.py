"""Kinds of journeys: which attributes tell them apart, what each is worth, and a mix that changed."""

from __future__ import annotations

import numpy as np
import pytest
from small_history import alike, small_history

from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.mix import Mix, find_mix, usable_attributes
from kyogyo.analytics.step_weeks import WEEK, StepWeeks, step_weeks

WEEKS = 26
LARGE, SMALL = 9, 1  # of ten of a kind so many meet
STEP = "lead>meeting"
Weekly = tuple[int, int]


def opened(weekly: list[Weekly], *, names: tuple[str, str] = ("large", "small")) -> Funnel:
    """By week so many tens of large and small leads, on its first day; those that meet do after 2 days and win after 4."""
    rows, segment, note, team = [], {}, {}, {}
    first = 1
    for week, tens in enumerate(weekly):
        start = str(np.datetime64("2026-01-01") + WEEK * week)
        for name, ten, meet in zip(names, tens, (LARGE, SMALL), strict=True):
            won, lost = ten * meet, ten * (10 - meet)
            rows += alike(first, won, start, {"lead": 0, "meeting": 2, "won": 4}, amount=100)
            rows += alike(first + won, lost, start, {"lead": 0, "lost": 3})
            segment |= dict.fromkeys(range(first, first + won + lost), name)
            # Written down at the meeting only: it knows who went on.
            note |= dict.fromkeys(range(first, first + won), "liked it")
            # Who has it now: whatever was won lies with those who look after customers.
            team |= dict.fromkeys(range(first, first + won), "success")
            team |= dict.fromkeys(range(first + won, first + won + lost), "inside")
            first += won + lost
    everyone = dict.fromkeys(range(1, first), "same")
    end = str(np.datetime64("2026-01-01") + WEEK * len(weekly) + 30)
    attributes = {"segment": segment, "note": note, "country": everyone, "team": team}
    return open_funnel(small_history(rows, attributes=attributes, as_of=end), track="new")


def mix_of(funnel: Funnel) -> tuple[Mix, StepWeeks]:
    weeks = step_weeks(funnel.steps[STEP])
    assert weeks is not None
    return find_mix(funnel, weeks={STEP: weeks}, value_stage="won"), weeks


SAME, FEWER_LARGE = [(1, 1)] * WEEKS, [(1, 1)] * 16 + [(0, 2)] * 10


def test_an_attribute_of_one_value_or_known_only_of_success_tells_no_kinds_apart() -> None:
    assert usable_attributes(opened(SAME)) == ("segment",)


def test_a_mix_that_stays_brings_what_it_always_brings() -> None:
    mix, weeks = mix_of(opened(SAME))
    came = weeks.entered > 0
    assert mix.attributes == ("segment",)
    assert mix.weights[STEP][came] == pytest.approx(1.0)
    assert np.ptp(mix.worth[came]) == pytest.approx(0.0)


def test_fewer_of_the_kind_that_goes_on_lower_what_the_mix_brings() -> None:
    mix, weeks = mix_of(opened(FEWER_LARGE))
    came = np.flatnonzero(weeks.entered > 0)
    worth, weight = np.exp(mix.worth[came]), mix.weights[STEP][came]
    # Five of ten went on by the mix, one of ten now; shrunk a little towards the average.
    assert weight[-1] / weight[0] == pytest.approx(0.2, abs=0.05)
    assert worth[-1] / worth[0] == pytest.approx(0.2, abs=0.08)
    # Beside the average of all that came.
    assert np.average(weight, weights=weeks.entered[came]) == pytest.approx(1.0)
    assert np.average(worth, weights=weeks.entered[came]) == pytest.approx(1.0)
    assert (mix.noise[came] > 0).all()


def test_kinds_are_counted_by_week_and_share_what_is_won() -> None:
    funnel = opened(SAME)
    mix, weeks = mix_of(funnel)
    names = {code: funnel.history.value_names[code] for _, code in mix.kinds[STEP]}
    assert sorted(names.values()) == ["large", "small"]
    for (attribute, code), (went, mature) in mix.kinds[STEP].items():
        assert attribute == "segment"
        meet = LARGE if names[code] == "large" else SMALL
        assert went.sum() == meet * (weeks.entered.sum() / 20)
        assert mature.sum() == pytest.approx(weeks.entered.sum() / 2, rel=0.01)
        assert mix.shares[attribute, code] == pytest.approx(meet / 10)


def test_what_kinds_are_called_changes_nothing() -> None:
    one, _ = mix_of(opened(FEWER_LARGE))
    other, _ = mix_of(opened(FEWER_LARGE, names=("b", "a")))
    assert other.worth == pytest.approx(one.worth)
    assert other.weights[STEP] == pytest.approx(one.weights[STEP])


def test_without_a_sale_or_steps_there_is_no_mix() -> None:
    funnel = opened(SAME)
    assert find_mix(funnel, weeks={}, value_stage="won").attributes == ()
    _, weeks = mix_of(funnel)
    assert find_mix(funnel, weeks={STEP: weeks}, value_stage=None).attributes == ()
