"""The examples on the metric pages, counted by the code: each number stands on the page in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kyogyo.analytics import cohorts, conformance, groups, money, stalls, stock, timing
from kyogyo.analytics.agreement import agree
from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.caveats import find_caveats, refusing_rate
from kyogyo.analytics.conflict import make_panel
from kyogyo.analytics.conflict.judge import split_change
from kyogyo.analytics.definitions import DEFINITIONS
from kyogyo.analytics.events import History
from kyogyo.analytics.fidelity import Marked, Step, score_fidelity
from kyogyo.analytics.funnel import Funnel, open_funnel, step_rates, total_rates
from kyogyo.analytics.results import Result
from kyogyo.analytics.single_case import Measure, Panel, Plan, TeamWeeks, judge, order_design
from kyogyo.analytics.spc import p_prime_chart
from kyogyo.analytics.value_rates import value_rates
from kyogyo.analytics.watch import Series, find_changes
from kyogyo.period import date_of
from kyogyo.words import Text, duration, percent
from tests.analytics.small_history import (
    LEAD,
    MEETING,
    WON,
    Row,
    alike,
    changed_model,
    day,
    entry,
    small_history,
)

METRICS = Path(__file__).parent.parent / "docs" / "metrics"

_MARKETING = 'department = "marketing" },\n  { code = "meeting"'
WITHIN_30_DAYS = changed_model(
    (_MARKETING, _MARKETING.replace('"marketing" }', '"marketing", horizon_days = 30 }'))
)


def rows_of(result: Result) -> list[dict]:
    return result.table.to_pylist()


def opened(rows: list[Row], **more) -> Funnel:
    return open_funnel(small_history(rows, **more), track="new")


def forty_leads() -> Funnel:
    old, young = "2026-04-01", "2026-05-21"
    rows = [
        *alike(1, 6, old, {"lead": 0, "meeting": 5}),
        *alike(11, 4, old, {"lead": 0, "lost": 10}),
        *alike(21, 4, old, {"lead": 0, "meeting": 20}),
        *alike(31, 6, old, {"lead": 0}),
        *alike(41, 6, young, {"lead": 0, "meeting": 5}),
        *alike(51, 14, young, {"lead": 0}),
    ]
    return opened(rows, as_of="2026-05-31", model=WITHIN_30_DAYS)


def two_months_of_leads() -> Funnel:
    rows: list[Row] = []
    for first, n, start in ((1, 80, "2026-01-20"), (10_001, 160, "2026-02-20")):
        part = n // 16
        rows += alike(first, part, start, {"lead": 0, "meeting": 5, "won": 25})
        rows += alike(first + 1_000, part, start, {"lead": 0, "meeting": 5})
        rows += alike(first + 2_000, 3 * part, start, {"lead": 0, "meeting": 12, "won": 32})
        rows += alike(first + 3_000, 3 * part, start, {"lead": 0, "meeting": 12})
        rows += alike(first + 4_000, 8 * part, start, {"lead": 0})
    return opened(rows, as_of="2026-06-30")


def twelve_journeys() -> History:
    rows = [
        *alike(1, 6, "2026-04-01", {"lead": 0, "meeting": 4}),
        *alike(11, 2, "2026-04-01", {"lead": 0, "won": 4}),
        *alike(21, 2, "2026-04-01", {"lead": 0, "lost": 4}),
        entry(31, LEAD, "2026-04-01 10:00"),
        entry(31, MEETING, "2026-04-03 10:00"),
        entry(31, LEAD, "2026-04-04 10:00"),
        entry(31, MEETING, "2026-04-07 10:00"),
        *alike(41, 1, "2026-04-01", {"meeting": 0, "won": 2}),
    ]
    return small_history(rows, as_of="2026-05-31")


def _step() -> list[str]:
    row = rows_of(step_rates(forty_leads()))[0]
    assert row["k"] == 16
    return [f"**{percent(row['rate'])}**", percent(row["lo"]), percent(row["hi"])]


def _cohorts() -> list[str]:
    april, may = rows_of(cohorts.cohort_rates(forty_leads(), step="lead>meeting"))
    assert (may["n"], may["k"], may["rate"]) == (20, 6, None)
    return [f"**{percent(april['rate'])}**", percent(april["lo"]), percent(april["hi"])]


def _total() -> list[str]:
    funnel = two_months_of_leads()
    row = rows_of(total_rates(funnel))[-1]
    wrong = rows_of(cohorts.period_rates(funnel, step="lead>won"))[-1]
    assert row["horizon_days"] == 45
    return [f"**{percent(row['rate'])}**", percent(row["lo"]), percent(row["hi"]), percent(wrong["value"])]  # fmt: skip


def _period() -> list[str]:
    rows = rows_of(cohorts.period_rates(two_months_of_leads(), step="lead>meeting"))
    cohort = {row["value"] for row in rows if row["series"] == "cohort_rate"}
    months = [row["value"] for row in rows if row["series"] == "activity_rate"]
    assert cohort == {0.5}
    return [f"**{percent(value)}**" for value in months]


def _attribute() -> list[str]:
    rows = []
    for first, n, met in ((1, 30, 6), (31, 20, 12), (51, 5, 1)):
        rows += alike(first, met, "2026-01-05", {"lead": 0, "meeting": 5})
        rows += alike(first + met, n - met, "2026-01-05", {"lead": 0})
    source = {j: "web" if j < 31 else "event" for j in range(1, 51)}
    funnel = opened(rows, as_of="2026-06-30", attributes={"source": source})
    result = groups.rates_by(funnel, step="lead>meeting", attribute="source")
    web, event, unknown = rows_of(result)
    assert (unknown["rate"], unknown["q"]) == (0.2, None)
    return [f"**{percent(web['rate'])}**", f"**{percent(event['rate'])}**", f"p = {result.facts['p_no_difference']:.3f}"]  # fmt: skip


def _counts() -> list[str]:
    rows = [*alike(1, 24, "2026-01-05", {"lead": 0, "won": 9}), *alike(31, 36, "2026-01-05", {"lead": 0})]  # fmt: skip
    kinds = {j: "online" if j < 16 else "shop" for j in range(1, 25)}
    funnel = opened(rows, as_of="2026-06-30", attributes={"lead_type": kinds})
    asked = {"step": "lead>won", "attribute": "lead_type"}
    refused = refusing_rate(find_caveats(funnel), funnel=funnel, **asked)
    assert refused is not None
    counted = rows_of(groups.rates_by(funnel, refused=refused, **asked))
    return [word for row in counted for word in (f"**{row['k']}**", percent(row["share"]))]


def _by_value() -> list[str]:
    rows: list[Row] = []
    for first, met, amount in ((1, 50, 100_000), (201, 25, 1_000_000)):
        rows += alike(first, met, "2026-01-05", {"lead": 0, "meeting": 5}, amount=amount)
        rows += alike(first + met, 100 - met, "2026-01-05", {"lead": 0}, amount=amount)
    row = rows_of(value_rates(opened(rows, as_of="2026-06-30", model=WITHIN_30_DAYS)))[0]
    return [f"**{percent(row['rate'])}**", f"**{percent(row['count_rate'])}**", percent(row["lo"]), percent(row["hi"])]  # fmt: skip


def _time() -> list[str]:
    rows = [
        *alike(1, 8, "2026-04-01", {"lead": 0, "meeting": 2}),
        *alike(11, 6, "2026-04-01", {"lead": 0, "lost": 10}),
        *alike(21, 6, "2026-04-01", {"lead": 0}),
    ]
    row = rows_of(timing.time_in_stage(small_history(rows, as_of="2026-05-01"), track="new"))[0]
    assert row["p90_s"] is None
    return [f"{row['median_s'] / 86_400:.0f} "]


def _stock() -> list[str]:
    rows = [
        *alike(1, 2, "2026-03-10", {"lead": 0, "meeting": 10}),
        *alike(11, 2, "2026-03-20", {"lead": 0, "meeting": 20}),
        *alike(21, 1, "2026-03-20", {"lead": 0}),
        *alike(31, 1, "2026-04-05", {"lead": 0, "lost": 10}),
        *alike(41, 3, "2026-04-20", {"lead": 0}),
    ]
    found = rows_of(stock.stock_flow(small_history(rows, as_of="2026-04-30"), track="new"))
    march, april = (row for row in found if row["stage"] == "lead")
    return [
        f"| {march['month']} | {march['arrivals']} | {march['departures']} | **{march['balance']}** |",
        f"| {april['month']} | {april['arrivals']} | {april['departures']} | 3 + 4 − 3 = **{april['balance']}** |",
    ]


def _stalled() -> list[str]:
    marketing = 'department = "marketing" },\n  { code = "meeting"'
    model = changed_model(
        (marketing, marketing.replace('"marketing" }', '"marketing", expected_days = 10 }'))
    )
    rows = [
        *alike(1, 3, "2026-03-01", {"lead": 0}),
        *alike(11, 4, "2026-03-01", {"lead": 0, "meeting": 7}),
        *alike(21, 2, "2026-03-25", {"lead": 0}),
        *alike(31, 1, "2026-03-22", {"lead": 0}),
    ]
    history = small_history(rows, as_of="2026-03-31", model=model)
    limits = stalls.stall_limits(history, track="new")
    held = stock.flows(history, track="new")["lead"].balance[-1]
    late = stalls.stalled(history, track="new", limits=limits)["lead"]
    return [f"| 3 + 2 + 1 = **{held}** | **{late}** |"]


def _moves() -> list[str]:
    result = conformance.transitions(twelve_journeys(), track="new")
    forward = rows_of(result)[0]
    assert (forward["from_stage"], forward["to_stage"], forward["n"]) == ("lead", "meeting", 8)
    back, skip = (sum(r["n"] for r in rows_of(result) if r["direction"] == d) for d in ("back", "skip"))  # fmt: skip
    return [f"**{result.n}**", f"**{percent(forward['share'])}**", percent(back / result.n), percent(skip / result.n)]  # fmt: skip


def _deviations() -> list[str]:
    rows = {row["deviation"]: row for row in rows_of(conformance.deviations(twelve_journeys(), track="new"))}  # fmt: skip
    assert (rows["again"]["journeys"], rows["recycled"]["journeys"]) == (1, 0)
    added = duration(rows["again"]["added_s"], lang="en").split()[0]
    return [f"**{percent(rows['skip']['share'])}**", percent(rows["back"]["share"]), f"**{added} "]


def _value() -> list[str]:
    rows = [
        *alike(1, 2, "2026-04-01", {"lead": 0, "won": 4}, amount=100_000),
        *alike(11, 1, "2026-04-01", {"lead": 0, "won": 4}, amount=1_000_000),
        *alike(21, 1, "2026-04-01", {"lead": 0, "won": 4}),
    ]
    result = money.value_per_win(small_history(rows, as_of="2026-05-31"), track="new")
    row = rows_of(result)[0]
    assert (row["value"], row["median_amount"], result.n) == (400_000, 100_000, 3)
    return [f"1,200,000 / {result.n}"]


def _revenue() -> list[str]:
    starts = [day(f"2026-0{month}-01") for month in (1, 2, 3, 4)]
    march = dict.fromkeys(range(1, 21), 10) | {21: 20, 22: 20, 23: 5, 25: 30}
    revenue = [(j, starts[p], starts[p + 1], 10) for j in range(1, 25) for p in (0, 1)]
    revenue += [(j, starts[2], starts[3], amount) for j, amount in march.items()]
    rows = [entry(j, WON, "2026-01-05", account=j) for j in range(1, 26)]
    history = small_history(rows, as_of="2026-04-30", revenue=revenue)
    last = rows_of(money.revenue_movements(history, track="new"))[-1]
    assert (last["expansion"], last["contraction"], last["churn"], last["new"]) == (20, 5, 10, 30)
    return [f"**{last['revenue']}**", f"**{percent(last['nrr'])}**", f"**{percent(last['grr'])}**"]


def _concentration() -> list[str]:
    amounts = {1: 600_000, 2: 200_000, 3: 100_000, 4: 100_000}
    rows = [entry(j, WON, "2026-04-01", account=j, amount=amount) for j, amount in amounts.items()]
    result = money.concentration(small_history(rows), track="new")
    assert [row["value_share"] for row in rows_of(result)] == pytest.approx([0.6, 0.8, 0.9, 1.0])
    assert result.facts["accounts_for_half"] == 1
    return [f"**{percent(rows_of(result)[0]['value_share'])}**"]


def _bottleneck() -> list[str]:
    rows: list[Row] = []
    for week in range(90):
        start = str(date_of(day("2024-01-01") + 7 * week))
        met = 12 if week < 60 else 9
        first, won = 24 * week + 1, met // 3
        rows += alike(first, won, start, {"lead": 0, "meeting": 3, "won": 10}, amount=1_000_000)
        rows += alike(first + won, met - won, start, {"lead": 0, "meeting": 3})
        rows += alike(first + met, 24 - met, start, {"lead": 0})
    found = find_bottleneck(opened(rows, as_of="2026-01-31"))
    by_hand = 0.125 * 24 * 365.25 / 12 / 7 / 3 * 1_000_000
    assert (found.status, found.top.node.step) == ("named", "lead>meeting")
    # That there was less of a change is likelier before looking, so the estimate is a little below the count.
    assert found.top.mid == pytest.approx(by_hand, rel=0.08)
    assert found.top.lo < by_hand < found.top.hi
    return [f"¥{by_hand / 1e6:.2f}M"]


def _effect() -> list[str]:
    design = order_design(weeks=9, starts=[3, 6])
    pattern = design.pattern((0, 1))
    cases = np.full(9, 1_000.0)
    won = {"Tokyo": [200, 250, 300], "Osaka": [200, 200, 300]}
    teams = tuple(TeamWeeks(name, np.repeat(x, 3).astype(float), cases) for name, x in won.items())
    panel = Panel(Measure(Text("rate", "率")), teams, tuple("123456789"))
    found = judge(panel=panel, plan=Plan(design, drawn=True, expected=0.2), pattern=pattern)
    assert (found.p, found.smallest_p, found.why) == (0.5, 0.5, "design_too_small")
    plain = [team.rate_after / team.rate_before - 1 for team in found.teams]
    return [f"**{percent(found.effect.change)}**", "**1/2**", *(f"+{percent(each)}" for each in plain)]  # fmt: skip


def _fidelity() -> list[str]:
    recap, date = (Step(code, Text(code, code)) for code in ("recap", "date"))
    kinds = {"y": "yes", "n": "no", "-": "not_applicable"}
    marked = [Marked(step, f"deal {i}", kinds[letter]) for step, row in (("recap", "yyny-"), ("date", "ynnny")) for i, letter in enumerate(row)]  # fmt: skip
    found = score_fidelity(steps=[recap, date], marks=marked)
    both = agree(first="yyyyyynnnnnn", second="yyynnnyyynnn")
    shares = [f"**{percent(each.share)}**" for each in found.steps]
    return [*shares, f"**{percent(found.share)}**", percent(found.whole), f"**{both.kappa:.2f}**"]


def _conflict() -> list[str]:
    unit, block = (x.ravel() for x in np.meshgrid([0, 1], np.arange(10), indexing="ij"))
    volume = np.where(block < 5, 40.0, 50.0)
    won = volume * np.where(block < 5, 0.5, 0.3)
    inputs = np.full(20, 100.0)
    parts = split_change(make_panel(unit=unit, block=block, inputs=inputs, volume=volume, successes=won))  # fmt: skip
    before, after, gave, took = (1000 * x for x in (parts.before, parts.after, parts.volume, -parts.quality))  # fmt: skip
    return [f"**{before:.0f}**", f"**{after:.0f}**", f"**{gave:.1f}**", f"**{took:.1f}**"]


def _watch() -> list[str]:
    met = np.array([9.0, 11.0] * 15 + [5.0] * 10)
    weeks, leads = day("2026-01-12") + 7 * np.arange(40), np.full(40, 40.0)
    (change,) = find_changes(Series("conversion", "lead>meeting", weeks, met, leads, np.ones(40), season_known=False))  # fmt: skip
    assert change.since == weeks[30]
    chart = p_prime_chart(successes=met[:30], n=leads[:30])
    told = [change.before, change.after, float(chart.lower[0]), float(chart.upper[0])]
    return [
        *(f"**{percent(share)}**" for share in told),
        f"**{(change.found - change.since) // 7 + 1}**",
    ]


EXAMPLES: dict[str, Callable[[], list[str]]] = {
    "bottleneck": _bottleneck,
    "step_conversion": _step,
    "step_conversion_by_cohort": _cohorts,
    "total_conversion": _total,
    "step_conversion_by_attribute": _attribute,
    "step_conversion_by_value": _by_value,
    "attribute_counts": _counts,
    "time_in_stage": _time,
    "stock_flow": _stock,
    "stalled": _stalled,
    "transitions": _moves,
    "deviations": _deviations,
    "period_rate": _period,
    "value_per_win": _value,
    "revenue_movements": _revenue,
    "concentration": _concentration,
    "conflict": _conflict,
    "watch": _watch,
    "effect": _effect,
    "fidelity": _fidelity,
}


@pytest.mark.parametrize("metric", [definition.id for definition in DEFINITIONS])
def test_example_counted_by_hand_is_what_the_code_counts(metric: str) -> None:
    page = (METRICS / f"{metric}.md").read_text(encoding="utf-8")
    english, _, japanese = page.partition("\n## 日本語\n")
    numbers = EXAMPLES[metric]()

    for half, heading in ((english, "## Counted by hand"), (japanese, "### 手計算の例")):
        example = half.partition(heading)[2]
        assert [number for number in numbers if number not in example] == []
