"""Each node with its level now and what it is held against, for people to read; what it is worth is in `gains`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.gains import hands_over, served_by
from kyogyo.analytics.nodes import Level, Node, NodeKind, Past
from kyogyo.analytics.step_weeks import WEEK, StepWeeks, grown, slowed, waited

if TYPE_CHECKING:
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.level_shift import LevelShift
    from kyogyo.analytics.money import WinValues
    from kyogyo.analytics.step_shift import StepShift, What

# From here on it is likelier than not that something happened, and since when is said.
_HAPPENED = 0.5
_SEASON_WEEKS = 104
# A queue that isn't at a handoff is named once there is this much reason to.
_MAYBE_QUEUE = 0.05


def describe_nodes(
    funnel: Funnel, past: Past, *, values: WinValues, value_stage: str | None
) -> list[Node]:
    """All nodes of the track, in the order of the stream."""
    if not funnel.steps:
        return []
    found = [_volume(funnel, past), _mix(funnel, past)]
    for code in funnel.steps:
        found += _of_step(funnel, past, code)
    if value_stage is not None:
        found.append(_value(funnel, past, values, value_stage))
        found += _of_customers(funnel, past, value_stage)
    return [_with_levels(node) for node in found]


def _with_levels(node: Node) -> Node:
    """The node, or that it has no level: a stretch in which nothing came has no rate, which isn't a rate of nothing."""
    if node.status != "ok":
        return node
    if node.now is None or node.now.exposure <= 0:
        return _lacking(node.kind, node.step, node.n, "no_recent")
    if node.reference is None or node.reference.exposure <= 0:
        return _lacking(node.kind, node.step, node.n, "few")
    return node


def _first_stage(funnel: Funnel) -> str:
    return next(iter(funnel.steps)).split(">")[0]


def _lacking(kind: NodeKind, step: str, n: int, why: str) -> Node:
    status = "refused" if why == "dated_by_period" else "not_enough_history"
    return Node(kind=kind, step=step, status=status, n=n, why=why)  # type: ignore[arg-type]


def _windows(weeks: int, at: int, *, happened: bool, funnel: Funnel) -> tuple[int, int]:
    """The first week of the reference, and the first of now: since the change, or of the declared window."""
    settings = funnel.history.model.bottleneck
    recent = max(6, settings.window_days // WEEK)
    cut = at if happened else max(weeks - recent, weeks // 2)
    return max(0, cut - settings.baseline_days // WEEK), cut


# ------------------------------------------------------------------------------------ steps


def _of_step(funnel: Funnel, past: Past, code: str) -> list[Node]:
    n = funnel.steps[code].clean().n
    if code not in past.shifts:
        return [_lacking("conversion", code, n, past.refused.get(code, "few"))]
    weeks, shift = past.weeks[code], past.shifts[code]
    found = [_conversion(funnel, weeks, shift, code, n)]
    found.append(_days("delay", funnel, weeks, shift, code, n))
    if hands_over(funnel, code) or shift.likely["wait"] >= _MAYBE_QUEUE:
        found.append(_days("capacity", funnel, weeks, shift, code, n))
    return found


def _conversion(funnel: Funnel, weeks: StepWeeks, shift: StepShift, code: str, n: int) -> Node:
    likely = shift.likely["rate"] + shift.likely["rate_and_pace"]
    other = shift.likely["pace"] + shift.likely["wait"] + shift.likely["cooled"]
    happened = likely + other >= _HAPPENED
    first, cut = _windows(weeks.weeks, shift.at, happened=happened, funnel=funnel)
    usual = weeks.entered * weeks.weight * grown(weeks.pace, weeks.ages)
    later = weeks.entered * weeks.weight * grown(_pace_now(weeks, shift), weeks.ages)
    went = weeks.advanced.sum(axis=1)
    return _target_or(
        funnel,
        Node(
            kind="conversion",
            step=code,
            status="ok",
            n=n,
            now=_level(went[cut:], (later if happened else usual)[cut:], weeks, cut, weeks.weeks),
            reference=_level(went[first:cut], usual[first:cut], weeks, first, cut),
            reference_kind="best_past" if likely >= _HAPPENED else "baseline",
            phi=shift.phi,
            changed_on=int(weeks.starts[shift.at]) if likely >= _HAPPENED else None,
            likely=likely,
        ),
    )


def _pace_now(weeks: StepWeeks, shift: StepShift) -> np.ndarray:
    changed = shift.is_("pace", "wait", "rate_and_pace")
    if changed.mean() < _HAPPENED:
        return weeks.pace
    days = float(np.median(shift.days[changed]))
    if shift.likely["wait"] > shift.likely["pace"] + shift.likely["rate_and_pace"]:
        return waited(weeks.pace, days=max(days, 0.5))
    return slowed(weeks.pace, times=max(1 + days / max(weeks.usual_days, 0.1), 0.1))


def _level(
    successes: np.ndarray, exposures: np.ndarray, weeks: StepWeeks, start: int, stop: int
) -> Level:
    first = int(weeks.starts[start]) if start < weeks.weeks else int(weeks.starts[-1]) + WEEK
    return Level(
        float(successes.sum()),
        float(exposures.sum()),
        first,
        int(weeks.starts[stop - 1]) + WEEK if stop > start else first,
    )


def _target_or(funnel: Funnel, node: Node) -> Node:
    start, stop = node.step.split(">")
    for metric in funnel.history.model.metrics:
        if (
            metric.unit == "share"
            and metric.direction == "up"
            and metric.target is not None
            and (metric.stage_from, metric.stage_to) == (start, stop)
        ):
            return replace(node, target=metric.target)
    return node


def _days(
    kind: NodeKind, funnel: Funnel, weeks: StepWeeks, shift: StepShift, code: str, n: int
) -> Node:
    """Days to the next stage: as they are, and as they were before there was a queue, or before the step got slower."""
    names: tuple[What, ...] = ("wait",) if kind == "capacity" else ("pace", "rate_and_pace")
    likely = sum(shift.likely[name] for name in names)
    mine = shift.is_(*names)
    happened = likely >= _HAPPENED
    first, cut = _windows(weeks.weeks, shift.at, happened=happened, funnel=funnel)
    more = float(np.median(shift.days[mine])) if happened and mine.any() else 0.0
    n_now, n_before = float(weeks.entered[cut:].sum()), float(weeks.entered[first:cut].sum())
    usual = weeks.usual_days
    now = _level(weeks.entered[cut:], weeks.entered[cut:], weeks, cut, weeks.weeks)
    before = _level(weeks.entered[first:cut], weeks.entered[first:cut], weeks, first, cut)
    return Node(
        kind=kind,
        step=code,
        status="ok",
        n=n,
        now=replace(now, successes=(usual + more) * n_now),
        reference=replace(before, successes=usual * n_before),
        reference_kind="best_past" if happened else "baseline",
        phi=shift.phi,
        changed_on=int(weeks.starts[shift.at]) if happened else None,
        likely=likely,
        department=served_by(funnel, code) if kind == "capacity" else "",
    )


# ------------------------------------------------------------------------------------ levels


def _volume(funnel: Funnel, past: Past) -> Node:
    stage = _first_stage(funnel)
    counts = next(iter(funnel.steps.values()))
    n = int(counts.count[counts.recycled == 0].sum())
    came, shift = past.arrived, past.volume
    if shift is None:
        return _lacking("volume", stage, n, "few")
    end = min(funnel.history.as_of_day, int(counts.entered[counts.recycled == 0].max())) + 1
    starts = end - WEEK * (came.size - np.arange(came.size))
    happened = shift.likely >= _HAPPENED
    first, cut = _windows(came.size, shift.at, happened=happened, funnel=funnel)
    weeks_now, weeks_before = float(came.size - cut), float(cut - first)
    now = Level(float(came[cut:].sum()), weeks_now, int(starts[cut]), end)
    rate = now.rate * float(np.exp(-_median(shift))) if happened else float(came[first:cut].mean())
    return Node(
        kind="volume",
        step=stage,
        status="ok",
        n=n,
        now=now,
        reference=Level(rate * weeks_before, weeks_before, int(starts[first]), int(starts[cut])),
        reference_kind="best_past" if happened else "baseline",
        changed_on=int(starts[shift.at]) if happened else None,
        season_known=came.size >= _SEASON_WEEKS,
        likely=shift.likely,
    )


def _median(shift: LevelShift) -> float:
    return float(np.median(shift.log_ratio[shift.changed])) if shift.changed.any() else 0.0


def _mix(funnel: Funnel, past: Past) -> Node:
    """What the journeys that come are worth by their kinds, the average of the whole time being 1."""
    stage = _first_stage(funnel)
    n = next(iter(funnel.steps.values())).clean().n
    shift, worth = past.mixed, np.exp(past.mix.worth)
    if shift is None or not past.weeks:
        why = "no_kinds" if not past.mix.attributes else "few"
        return _lacking("mix", stage, n, why)
    weeks = next(iter(past.weeks.values()))
    happened = shift.likely >= _HAPPENED
    first, cut = _windows(weeks.weeks, shift.at, happened=happened, funnel=funnel)
    came = weeks.entered
    return Node(
        kind="mix",
        step=stage,
        status="ok",
        n=n,
        now=_level((worth * came)[cut:], came[cut:], weeks, cut, weeks.weeks),
        reference=_level((worth * came)[first:cut], came[first:cut], weeks, first, cut),
        reference_kind="best_past" if happened else "baseline",
        changed_on=int(weeks.starts[shift.at]) if happened else None,
        likely=shift.likely,
    )


def _value(funnel: Funnel, past: Past, values: WinValues, stage: str) -> Node:
    shift = past.prices
    if shift is None:
        return _lacking("value", stage, values.n, "few" if values.n else "no_amounts")
    last = int(values.day.max())
    size = (last - int(values.day.min())) // WEEK + 1
    starts = last + 1 - WEEK * (size - np.arange(size))
    happened = shift.likely >= _HAPPENED
    first, cut = _windows(size, shift.at, happened=happened, funnel=funnel)
    now = _worth_between(values, int(starts[cut]), last + 1)
    before = _worth_between(values, int(starts[first]), int(starts[cut]))
    if not now.exposure or not before.exposure:
        return _lacking("value", stage, values.n, "few")
    return Node(
        kind="value",
        step=stage,
        status="ok",
        n=values.n,
        now=now,
        reference=before,
        reference_kind="best_past" if happened else "baseline",
        changed_on=int(starts[shift.at]) if happened else None,
        likely=shift.likely,
    )


def _worth_between(values: WinValues, start: int, stop: int) -> Level:
    rows = (values.day >= start) & (values.day < stop)
    worth = float((values.value[rows] * values.count[rows]).sum())
    return Level(worth, float(values.count[rows].sum()), start, stop)


def _of_customers(funnel: Funnel, past: Past, stage: str) -> list[Node]:
    found = []
    months = past.customers
    for kind, shift in (("churn", past.churn), ("expansion", past.expansion)):
        if months is None or shift is None:
            why = "no_revenue" if months is None else "few"
            n = 0 if months is None else int(months.accounts[-1])
            found.append(_lacking(kind, stage, n, why))  # type: ignore[arg-type]
            continue
        events = months.left if kind == "churn" else months.grew
        settings = funnel.history.model.bottleneck
        happened = shift.likely >= _HAPPENED
        cut = shift.at if happened else max(months.periods - 3, 1)
        first = max(0, cut - round(settings.baseline_days / 30.4 / months.months))
        levels = [
            Level(
                float(events[a:b].sum()),
                float(months.accounts[a:b].sum()),
                int(months.ends[a] - 30.4 * months.months),
                int(months.ends[b - 1]),
            )
            for a, b in ((cut, months.periods), (first, cut))
        ]
        found.append(
            Node(
                kind=kind,  # type: ignore[arg-type]
                step=stage,
                status="ok",
                n=int(months.accounts[-1]),
                now=levels[0],
                reference=levels[1],
                reference_kind="best_past" if happened else "baseline",
                changed_on=int(months.ends[shift.at]) if happened else None,
                likely=shift.likely,
            )
        )
    return found
