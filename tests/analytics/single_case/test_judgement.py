"""The verdict: what it takes to be supported, what stands against it, and how it is said."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kyogyo.analytics.single_case import (
    Judgement,
    Measure,
    Panel,
    Plan,
    TeamWeeks,
    design_after_the_fact,
    design_power,
    judge,
    order_design,
    propose_design,
    read,
    say_before,
    staggered_design,
    start_design,
    visible_change,
)
from kyogyo.analytics.single_case.power import Weather
from kyogyo.analytics.single_case.robustness import leave_one_out, try_false_starts
from kyogyo.analytics.single_case.series import baseline_trend
from kyogyo.analytics.single_case.sizes import SIZE_LABELS
from kyogyo.analytics.single_case.support import step_by_counts, step_by_ols
from kyogyo.words import Text

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "oracles" / "single_case.json").read_text(encoding="utf-8")
)
RATE = Measure(Text(en="meetings from calls", ja="商談化率"))
COST = Measure(Text(en="days to reply", ja="返信までの日数"), improvement="down", kind="count")
WINS = Measure(Text(en="wins from meetings", ja="受注率"))
DESIGN = staggered_design(teams=4, weeks=20, first=6, last=16, gap=2)
PATTERN = DESIGN.pattern((1, 7, 4, 10))


def panel_of(
    pattern: Any, *, change: float, measure: Measure = RATE, rate: float = 0.25, **more: Any
) -> Panel:
    """40 cases a week; a fixed small wobble and a common season, `change` where pattern is on."""
    teams, weeks = pattern.shape
    t = np.arange(weeks)
    rows = []
    for k in range(teams):
        wobble = 0.02 * np.sin(1.7 * t * (k + 1) + k) + 0.2 * np.sin(t / 3) + 0.01 * t
        expected = rate * np.exp(wobble) * (1 + change * pattern[k])
        rows.append(TeamWeeks(f"T{k + 1}", np.round(400 * expected), np.full(weeks, 400.0), **more))
    return Panel(measure, tuple(rows), tuple(f"2026-W{week:02d}" for week in t))


def judged(change: float, **more: Any) -> Judgement:
    plan = Plan(DESIGN, drawn=True, expected=0.2, value_per_unit=1_000)
    return judge(panel=panel_of(PATTERN, change=change), plan=plan, pattern=PATTERN, **more)


# ---- verdicts


def test_an_effect_is_supported_and_its_size_is_found_beside_season_and_trend() -> None:
    found = judged(0.2)

    assert (found.verdict, found.why) == ("supported", "clear")
    assert found.p is not None
    assert found.p <= 0.01
    assert found.effect is not None
    assert found.effect.change == pytest.approx(0.2, abs=0.03)
    assert (found.effect.lo, found.effect.hi) == pytest.approx((0.2, 0.2), abs=0.06)
    assert found.pooled is not None
    assert found.pooled.change != pytest.approx(0.2, abs=0.03)  # the plain one has season in it


def test_readers_from_behaviour_analysis_find_their_sizes() -> None:
    team = judged(0.2).teams[0]
    kinds = ["tau", "tau_u", "pnd", "pem", "pand", "ird", "smd"]
    assert [size.kind for size in team.for_readers] == kinds
    assert all(SIZE_LABELS[size.kind].ja and size.assumption.ja for size in team.for_readers)
    assert team.for_readers[0].value == pytest.approx(2 * team.nap.value - 1)


def test_money_is_the_change_at_the_volume_of_the_weeks_with_it() -> None:
    found = judged(0.2)
    on = PATTERN
    won = panel_of(PATTERN, change=0.2).successes
    monthly = won[on].sum() / (400 * on.sum()) * 4 * 400 * 365.25 / 12 / 7

    assert found.gain is not None
    assert found.gain.per_month == pytest.approx(monthly)
    share = 1 - 1 / (1 + found.effect.change)
    assert found.gain.found == pytest.approx(monthly * share * 1_000)
    assert found.gain.expected == pytest.approx(monthly * (1 - share) * 0.2 * 1_000)
    assert found.gain.lo < found.gain.found < found.gain.hi


def test_nothing_is_not_supported_where_even_the_best_is_less_than_half_of_what_was_hoped() -> None:
    found = judged(0.0)
    assert (found.verdict, found.why) == ("not_supported", "too_small")
    assert judged(-0.2).why == "worse"


def test_less_is_better_where_the_measure_says_so() -> None:
    plan = Plan(DESIGN, drawn=True, expected=-0.2, value_per_unit=500)
    fewer = panel_of(PATTERN, change=-0.2, measure=COST)
    found = judge(panel=fewer, plan=plan, pattern=PATTERN)
    assert found.verdict == "supported"
    assert found.effect.change == pytest.approx(-0.2, abs=0.03)
    assert found.gain.found > 0
    assert found.gain.lo < found.gain.found < found.gain.hi
    assert found.gain.expected == pytest.approx(found.gain.found, rel=0.15)
    more = panel_of(PATTERN, change=0.2, measure=COST)
    assert judge(panel=more, plan=plan, pattern=PATTERN).why == "worse"


def test_too_few_outcomes_can_not_be_supported_however_large_the_effect() -> None:
    design = start_design(weeks=20, first=6, last=16)
    pattern = design.pattern((5,))
    found = judge(panel=panel_of(pattern, change=1.0), plan=Plan(design, drawn=True), pattern=pattern)  # fmt: skip
    assert (found.verdict, found.why, found.smallest_p) == ("cannot_tell", "design_too_small", 1 / 11)  # fmt: skip
    assert (found.effect.lo, found.effect.hi) == (None, None)


def test_a_start_that_one_team_chose_is_no_proof() -> None:
    pattern = start_design(weeks=40, first=6, last=34).pattern((14,))
    plan = Plan(design_after_the_fact(pattern), drawn=False)
    found = judge(panel=panel_of(pattern, change=1.0), plan=plan, pattern=pattern)
    assert (found.verdict, found.why) == ("cannot_tell", "not_drawn")


def test_starts_that_several_teams_chose_need_a_second_opinion_and_say_so() -> None:
    plan = Plan(design_after_the_fact(PATTERN), drawn=False)
    found = judge(panel=panel_of(PATTERN, change=0.3), plan=plan, pattern=PATTERN)
    assert found.verdict == "supported"
    assert any("wasn't drawn by lot" in reason.en for reason in read(found).reasons)


def test_teams_that_began_together_count_as_one() -> None:
    pattern = np.repeat(start_design(weeks=30, first=5, last=25).pattern((9,)), 3, axis=0)
    plan = Plan(design_after_the_fact(pattern), drawn=True)
    found = judge(panel=panel_of(pattern, change=0.5), plan=plan, pattern=pattern)
    assert found.merged
    assert [team.team for team in found.teams] == ["T1 + T2 + T3"]
    assert any("count as one" in reason.en for reason in read(found).reasons)


def test_teams_that_never_begin_are_compared_with_in_any_order() -> None:
    pattern = np.zeros((3, 30), bool)
    pattern[1, 12:] = True
    design = replace(start_design(weeks=30, first=4, last=26), controls=2)
    found = judge(
        panel=panel_of(pattern, change=0.3), plan=Plan(design, drawn=True), pattern=pattern
    )
    assert (found.verdict, [team.team for team in found.teams]) == ("supported", ["T2"])


def test_a_step_in_one_team_alone_is_not_the_countermeasure() -> None:
    panel = panel_of(PATTERN, change=0.0)
    wild = panel.teams[0].successes * np.where(PATTERN[0], 2.5, 1.0)
    teams = (replace(panel.teams[0], successes=wild), *panel.teams[1:])
    down = [replace(t, successes=np.round(t.successes * np.where(on, 0.9, 1.0))) for t, on in zip(teams[1:], PATTERN[1:], strict=True)]  # fmt: skip
    found = judge(
        panel=Panel(RATE, (teams[0], *down), panel.weeks),
        plan=Plan(DESIGN, drawn=True),
        pattern=PATTERN,
    )
    assert found.left_one_out.fails is True
    assert found.left_one_out.carried_by == ("T1",)
    assert found.verdict != "supported"


def test_a_guard_that_falls_is_said_and_one_that_holds_is_no_proof() -> None:
    worse = judged(0.2, guard=panel_of(PATTERN, change=-0.3, measure=WINS))
    same = judged(0.2, guard=panel_of(PATTERN, change=0.0, measure=WINS))
    assert (worse.verdict, worse.guard.worse, same.guard.worse) == ("supported", True, False)
    assert any("Don't roll it out" in reason.en for reason in read(worse).reasons)
    assert any("isn't proof" in reason.en for reason in read(same).reasons)


# ---- weeks that don't count


def test_the_week_that_set_it_off_is_left_out() -> None:
    plain = panel_of(PATTERN, change=0.0)
    bad = [t.successes * np.where(np.arange(20) == 5, 0.1, 1.0) for t in plain.teams]
    kept = replace(plain, teams=tuple(replace(t, successes=x) for t, x in zip(plain.teams, bad, strict=True)))  # fmt: skip
    out = replace(kept, teams=tuple(replace(t, trigger=(5,)) for t in kept.teams))
    found = judge(panel=out, plan=Plan(DESIGN, drawn=True), pattern=PATTERN)
    assert found.left_out == {"trigger": 4}
    assert np.isnan(out.rates()[:, 5]).all()
    assert found.teams[0].rate_before > judge(panel=kept, plan=Plan(DESIGN, drawn=True), pattern=PATTERN).teams[0].rate_before  # fmt: skip


def test_young_weeks_carry_an_exposure_or_are_left_out() -> None:
    """Two thirds known: two thirds of the cases. A third known: too little to say anything."""
    mature = np.array([1.0] * 18 + [2 / 3, 1 / 3])
    full = panel_of(PATTERN, change=0.2)
    teams = tuple(
        replace(t, successes=np.round(t.successes * mature), maturity=mature) for t in full.teams
    )
    young = replace(full, teams=teams)
    assert young.exposure[0].tolist() == pytest.approx([400.0] * 18 + [400 * 2 / 3, 0.0])
    assert young.rates()[0, 18] == pytest.approx(full.rates()[0, 18], abs=0.002)
    found = judge(panel=young, plan=Plan(DESIGN, drawn=True), pattern=PATTERN)
    naive = replace(young, teams=tuple(replace(t, maturity=None) for t in teams))
    taken = judge(panel=naive, plan=Plan(DESIGN, drawn=True), pattern=PATTERN)
    assert found.left_out == {"immature": 4}
    assert found.pooled.change > taken.pooled.change + 0.05  # immaturity looks like a fall


def test_too_few_weeks_is_an_answer() -> None:
    panel = panel_of(PATTERN, change=0.2)
    cases = np.where(np.arange(20) < 8, 400.0, 0.0)
    future = tuple(replace(t, cases=cases, successes=np.minimum(t.successes, cases)) for t in panel.teams)  # fmt: skip
    found = judge(
        panel=replace(panel, teams=future), plan=Plan(DESIGN, drawn=True), pattern=PATTERN
    )
    assert (found.verdict, found.why) == ("cannot_tell", "too_few_weeks")
    assert read(found).sentence.en.startswith("Cannot tell: there are too few weeks")


@pytest.mark.parametrize(
    "change",
    [
        {"successes": np.zeros(19)},
        {"successes": np.full(20, 401.0)},
        {"successes": np.full(20, -1.0)},
        {"trigger": (20,)},
    ],
)
def test_weeks_that_dont_fit_are_refused(change: dict[str, Any]) -> None:
    panel = panel_of(PATTERN, change=0.0)
    with pytest.raises(ValueError, match="team T1"):
        replace(panel, teams=(replace(panel.teams[0], **change), *panel.teams[1:]))


def test_a_pattern_of_another_shape_or_lot_is_refused() -> None:
    panel = panel_of(PATTERN, change=0.0)
    with pytest.raises(ValueError, match="4 teams by 20 weeks"):
        judge(panel=panel, plan=Plan(DESIGN, drawn=True), pattern=PATTERN[:2])
    with pytest.raises(ValueError, match="none of those"):
        judge(panel=panel, plan=Plan(DESIGN, drawn=True), pattern=np.roll(PATTERN, -4, axis=1))
    with pytest.raises(ValueError, match="same week"):
        judge(panel=panel, plan=Plan(start_design(weeks=20, first=6, last=16), drawn=True), pattern=PATTERN)  # fmt: skip


# ---- words


@pytest.mark.parametrize("change", [-0.2, 0.0, 0.2])
def test_every_sentence_is_said_in_both_languages(change: float) -> None:
    reading = read(judged(change, guard=panel_of(PATTERN, change=change, measure=WINS)))
    said = [reading.verdict, reading.sentence, reading.money, *reading.reasons]
    assert all(text.en and text.ja for text in said)
    for text in said:
        assert not set(text.en) & set("「」。、")
        assert not any(word in text.ja for word in ("the ", "interval", "nan", "None"))
        assert not any(word in text.en for word in ("nan", "None", "  "))


def test_the_sentence_names_the_change_and_the_money() -> None:
    reading = read(judged(0.2), currency="JPY")
    assert reading.verdict == Text(en="Supported", ja="効果あり")
    assert "rose by 2" in reading.sentence.en
    assert reading.money.en.startswith("Found: ¥")
    assert "Expected: ¥" in reading.money.en
    assert "期待：月¥" in reading.money.ja


# ---- before it starts


@pytest.mark.parametrize(
    ("teams", "before", "ahead", "reversible", "status", "kind"),
    [
        (4, 8, 16, False, "ok", "staggered"),
        (2, 8, 14, True, "ok", "staggered"),
        (1, 8, 16, True, "ok", "abab"),
        (1, 8, 23, False, "ok", "ab"),
        (1, 8, 16, False, "too_weak", "ab"),
        (1, 8, 10, True, "too_weak", "ab"),
        (6, 4, 6, False, "too_short", None),
    ],
)
def test_the_strongest_design_that_fits_is_proposed(
    teams: int, before: int, ahead: int, reversible: Any, status: str, kind: str | None
) -> None:
    asked = {"teams": teams, "weeks_before": before, "weeks_ahead": ahead, "reversible": reversible}
    found = propose_design(**asked, seed=1)
    assert (found.status, found.design and found.design.kind) == (status, kind)
    assert found == propose_design(**asked, seed=1)
    if found.design is not None:
        assert all(weeks[0] >= before for weeks in found.changes)
        assert found.design.allows(found.assignment)
        assert len(found.changes) == teams
        assert (found.smallest_p > 0.05) == (status == "too_weak")


def test_teams_that_wont_do_it_help_the_one_that_does() -> None:
    asked = {"teams": 1, "weeks_before": 8, "weeks_ahead": 23, "reversible": False, "seed": 1}
    alone, beside = propose_design(**asked), propose_design(**asked, controls=3)
    assert (beside.design.controls, len(beside.changes)) == (3, 1)
    assert "other teams" in beside.why.en
    weather = Weather(wander=0.05, common=0.2)
    power = {"rate": 0.3, "cases": 200.0, "change": 0.5, "trials": 60, "weather": weather}
    assert design_power(design=beside.design, **power).power > 0.7
    assert design_power(design=alone.design, **power).power < 0.6


def test_what_it_can_show_is_said_before() -> None:
    design = order_design(weeks=20, starts=[6, 9, 12, 15])
    power = design_power(design=design, rate=0.3, cases=400, change=0.5, trials=40)
    assert power.power > 0.9
    assert say_before(design, power) == Text(
        en="The lot has 24 outcomes, so at best chance alone would look as good 1 time in 24. A real rise of 50% would be found about 9 times in 10.",
        ja="くじの結果は24通りです。最も良い結果でも、偶然で同じくらい良く見えることが24回に1回あります。実際に50%上がる効果があれば、10回に約9回は見つかります。",
    )
    weak = say_before(start_design(weeks=24, first=5, last=19))
    assert "cannot tell" in weak.en
    assert "判断できない" in weak.ja


def test_power_grows_with_the_effect_and_is_alpha_without_one() -> None:
    design = staggered_design(teams=3, weeks=16, first=5, last=12)
    asked = {"design": design, "rate": 0.3, "cases": 40.0, "trials": 60}
    powers = [design_power(change=change, **asked).power for change in (0.001, 0.4, 1.0)]
    assert powers[0] <= 0.12
    assert powers == sorted(powers)
    fall = design_power(change=-0.5, **asked, kind="count", weather=Weather(wander=0.05))
    assert fall.power > powers[1]
    with pytest.raises(ValueError, match="isn't possible"):
        design_power(change=3.0, **asked)


def test_the_smallest_change_that_would_be_seen() -> None:
    design = order_design(weeks=16, starts=[5, 8, 10, 12])
    asked = {"design": design, "rate": 0.3, "trials": 20}
    found = visible_change(cases=2_000, weather=Weather(wander=0.02, common=0.0), **asked)
    assert 0.05 <= found.change <= 0.15
    assert visible_change(cases=5, **asked) is None


# ---- second opinions


def test_the_line_with_a_step_matches_scan() -> None:
    values = ORACLE["series"]["Johanna"]["values"]
    found = step_by_ols(values=values, on=np.arange(20) >= 5)
    _, trend, step = ORACLE["ols"]["table"]
    assert (found.trend, found.value, found.se, found.p) == pytest.approx(
        (trend["Estimate"], step["Estimate"], step["Std. Error"], step["Pr(>|t|)"]), abs=1e-10
    )


def test_the_step_of_counts_is_the_true_one_where_nothing_else_moves() -> None:
    on, n = np.arange(12) >= 6, np.full(12, 1_000.0)
    won = np.where(on, 300, 200)
    found = step_by_counts(successes=won, exposure=n, on=on)
    assert found.value == pytest.approx(math.log(0.3 / 0.7) - math.log(0.2 / 0.8), abs=1e-9)
    assert found.phi == 1.0
    rate = step_by_counts(successes=won, exposure=n, on=on, family="poisson")
    assert rate.value == pytest.approx(math.log(1.5), abs=1e-9)


def test_weeks_that_vary_more_than_chance_widen_the_error() -> None:
    on, n = np.arange(12) >= 6, np.full(12, 1_000.0)
    rough = np.where(on, 300, 200) + 60 * (-1) ** np.arange(12)
    calm = step_by_counts(successes=np.where(on, 300, 200), exposure=n, on=on)
    wild = step_by_counts(successes=rough, exposure=n, on=on)
    assert wild.phi > 10
    assert wild.se == pytest.approx(calm.se * math.sqrt(wild.phi), rel=0.05)


def test_what_a_line_can_not_tell_is_none() -> None:
    on = np.arange(6) >= 3
    assert step_by_ols(values=[1, 2, 3], on=[0, 1, 1]) is None
    assert step_by_ols(values=np.ones(6), on=np.ones(6)) is None
    assert step_by_counts(successes=[0, 0, 0, 5, 5, 5], exposure=np.full(6, 9.0), on=on) is None


def test_a_false_start_finds_a_jump_that_was_there_before() -> None:
    pattern = start_design(weeks=20, first=6, last=16).pattern((6,))
    t = np.arange(20.0)
    jumped = np.where(t >= 7, 1.0, 0.0)[None, :] + 0.01 * np.sin(t)[None, :]
    weights = np.ones((1, 20))
    found = try_false_starts(logs=jumped, weights=weights, pattern=pattern, effect=0.2)
    calm = try_false_starts(logs=jumped * 0.0, weights=weights, pattern=pattern, effect=0.2)
    assert (found.fails, calm.fails) == (True, False)
    assert found.largest == pytest.approx(1.0, abs=0.05)
    early = start_design(weeks=20, first=2, last=16).pattern((1,))
    short = try_false_starts(logs=jumped, weights=weights, pattern=early, effect=0.2)
    assert (short.fails, short.tried) == (None, 0)


def test_leaving_out_needs_three_teams() -> None:
    logs = np.zeros((2, 20))
    found = leave_one_out(
        logs=logs, weights=np.ones((2, 20)), pattern=PATTERN[:2], teams=("a", "b"), effect=0.1
    )
    assert (found.effects, found.fails) == ({}, None)


def test_the_trend_before_the_start_is_said() -> None:
    panel = panel_of(PATTERN, change=0.0)
    steep = replace(panel, teams=tuple(replace(t, successes=np.round(40 * 1.05 ** np.arange(20))) for t in panel.teams))  # fmt: skip
    assert baseline_trend(steep, PATTERN) == pytest.approx(0.05, abs=0.005)
    found = judge(panel=steep, plan=Plan(DESIGN, drawn=True), pattern=PATTERN)
    assert any("already rising by" in reason.en for reason in read(found).reasons)
    assert found.verdict != "supported"
