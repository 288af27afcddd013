"""The steps of a stream, watched week by week: one call gives the charts and what to tell whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from kyogyo.analytics.alarm_definitions import WATCH
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.results import Caveat, Definition, Result
from kyogyo.analytics.spc import ENOUGH_POINTS, Chart, p_prime_chart, xmr_chart
from kyogyo.analytics.steps import ADVANCED, measured_path
from kyogyo.analytics.tables import table
from kyogyo.analytics.watch.alerts import Change, find_changes, is_told, trace_roots
from kyogyo.analytics.watch.says import (
    say_change,
    say_follows,
    say_nothing,
    say_signals,
    say_subject,
)
from kyogyo.analytics.watch.series import (
    Series,
    conversion_series,
    entries_series,
)
from kyogyo.period import date_of
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History

Status = Literal["ok", "too_early"]

# Of what changed longer ago everybody knows; the charts still show it.
NEWS_WEEKS = 26


@dataclass(frozen=True)
class WatchedStep:
    """One thing watched, with its control chart of weeks and what the rules of the chart found.

    `chart` is of the weeks from index `chart_from` on, where the last change began that has weeks enough since to be
    judged by themselves (else of all). It has no judgement while `status` is too_early. `signals`: what its rules say, in words;
    they are to be looked at, and nobody is told because of them. `department`: whose step it is (code).
    """

    series: Series
    chart_from: int
    label: Text
    department: str
    chart: Chart
    signals: tuple[Text, ...]
    changes: tuple[Change, ...]
    status: Status


@dataclass(frozen=True)
class Alert:
    """A change to tell of, once: `key` is the same from look to look (see `is_told`).

    `department`: the code of whose step it is. `better`: whether it is good news. `sentence`: what and since when; `why`: what it rests on.
    `follows`: the changes further down that come of it, which are no alerts of their own.
    """

    key: str
    track: str
    change: Change
    department: str
    better: bool
    sentence: Text
    why: Text
    follows: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Watch:
    """All that is watched of a track; `alerts` newest first."""

    track: str
    as_of: int
    definition: Definition
    steps: tuple[WatchedStep, ...]
    alerts: tuple[Alert, ...]
    caveats: tuple[Caveat, ...]
    sentence: Text

    def untold(self, told: Iterable[str]) -> tuple[Alert, ...]:
        """The alerts whose keys, or nearly the same ones, aren't among those told before."""
        known = tuple(told)
        return tuple(alert for alert in self.alerts if not is_told(alert.key, told=known))


def watch_steps(
    history: History, *, track: str, funnel: Funnel | None = None, news_weeks: int = NEWS_WEEKS
) -> Watch:
    """Every step of the track by week: conversions on p' charts, entries on XmR charts, and the alerts.

    An alert comes from the sequential rule alone, which may be looked at every week; of changes that became evident
    within `news_weeks` before the newest week. `funnel`: the opened funnel of the track, if there is one.
    """
    opened = open_funnel(history, track=track) if funnel is None else funnel
    steps = tuple(_watched(opened, series) for series in _series_of(opened))
    newest = max((int(step.series.weeks[-1]) for step in steps), default=0)
    recent = [
        (step, change)
        for step in steps
        for change in step.changes
        if change.found > newest - 7 * news_weeks
    ]
    places = {stage.code: place for place, stage in enumerate(measured_path(history, track=track))}
    roots = trace_roots([change for step in steps for change in step.changes], places=places)
    alerts = [
        _alert(opened, step, change, [c for c, root in roots.items() if root == change])
        for step, change in recent
        if change not in roots
    ]
    alerts.sort(key=lambda alert: (-alert.change.found, alert.key))
    return Watch(
        track=track,
        as_of=history.as_of,
        definition=WATCH,
        steps=steps,
        alerts=tuple(alerts),
        caveats=_caveats(steps),
        sentence=alerts[0].sentence if alerts else say_nothing(steps_judged=_judged(steps)),
    )


def _series_of(funnel: Funnel) -> list[Series]:
    """Entries and conversion of each step in turn, and at the end the entries into the last stage."""
    found: list[Series | None] = []
    history = funnel.history
    for code, counts in funnel.steps.items():
        found.append(entries_series(history, stage=counts.step.start, counts=counts))
        found.append(conversion_series(funnel, step=code))
    for counts in list(funnel.steps.values())[-1:]:
        came = counts.keep(counts.cause == ADVANCED)
        arrivals = replace(came, entered=came.entered + came.lag)
        found.append(entries_series(history, stage=counts.step.stop, counts=arrivals))
    return [series for series in found if series is not None]


def _watched(funnel: Funnel, series: Series) -> WatchedStep:
    changes = find_changes(series)
    begins = [int(np.searchsorted(series.weeks, change.since)) for change in changes]
    judged = [start for start in begins if series.weeks.size - start >= ENOUGH_POINTS]
    part = series.since(judged[-1]) if judged else series
    if part.what == "conversion":
        chart = p_prime_chart(successes=part.successes, n=part.exposures)
    else:
        chart = xmr_chart(values=part.successes / part.season)
    stage = series.step.split(">")[0]
    return WatchedStep(
        series=series,
        chart_from=judged[-1] if judged else 0,
        label=say_subject(funnel.history.model, series),
        department=funnel.history.model.stage(stage).department,
        chart=chart,
        signals=say_signals(part, chart),
        changes=changes,
        status=chart.status,
    )


def _alert(funnel: Funnel, step: WatchedStep, change: Change, follows: list[Change]) -> Alert:
    sentence, why = say_change(funnel.history.model, change)
    return Alert(
        key=f"{funnel.track}:{change.key}",
        track=funnel.track,
        change=change,
        department=step.department,
        better=change.direction == "up",
        sentence=sentence,
        why=why + say_follows(funnel.history.model, follows) if follows else why,
        follows=tuple(follows),
    )


def chart_result(watch: Watch, step: WatchedStep) -> Result:
    """The control chart of a step as a result, for `charts.draw(chart="control")`, tables and JSON."""
    series, chart = step.series.since(step.chart_from), step.chart
    whole = series.what == "entries"
    rows = [
        {
            "week": date_of(int(week)).isoformat(),
            "n": float(n),
            "value": _known(value),
            "centre": None if np.isnan(lower) else _known(chart.centre),
            "lower": None if np.isnan(lower) else max(lower, 0.0),
            "upper": _known(upper),
            "outside": bool(outside),
        }
        for week, n, value, lower, upper, outside in zip(
            series.weeks.tolist(),
            (series.successes if whole else series.exposures).tolist(),
            chart.values.tolist(),
            chart.lower.tolist(),
            chart.upper.tolist(),
            chart.outside.tolist(),
            strict=True,
        )
    ]
    names = ("week", "n", "value", "centre", "lower", "upper", "outside")
    told = (*step.signals, say_nothing(steps_judged=1))
    return Result(
        question=f"watch:{series.what}:{series.step}",
        definition=replace(WATCH, unit="count") if whole else WATCH,
        as_of=watch.as_of,
        n=series.n,
        table=table(rows, names),
        sentence=told[0] if step.status == "ok" else say_nothing(steps_judged=0),
        caveats=watch.caveats,
        status="ok" if step.status == "ok" else "not_enough_history",
        facts={"step" if ">" in series.step else "stage": series.step},
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _judged(steps: tuple[WatchedStep, ...]) -> int:
    return sum(step.status == "ok" for step in steps)


def _caveats(steps: tuple[WatchedStep, ...]) -> tuple[Caveat, ...]:
    unknown = tuple(
        step.series.step for step in steps if step.status == "ok" and not step.series.season_known
    )
    if not unknown:
        return ()
    return (
        Caveat(
            code="watch_season_unknown",
            severity="note",
            about=unknown,
            says=Text(
                en="With less than two years of weeks a season can't be told from a change: compare an alert with what you know of the time of year.",
                ja="2 年分の週がそろわないうちは、季節変動と変化を区別できません。通知は、例年その時期に起きることと照らして読んでください。",
            ),
            evidence={"steps": len(unknown)},
        ),
    )
