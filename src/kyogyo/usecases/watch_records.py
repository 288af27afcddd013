"""One look at every track of the records: what moved, and which numbers are at odds, told once.

Kyogyo looks once a day by itself; `kyogyo watch` looks now. A look twice tells nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kyogyo.analytics.conflict import watch_conflicts
from kyogyo.analytics.conflict.count import first_day_of
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.watch import change_result, is_told, watch_steps
from kyogyo.analytics.watch.look import NEWS_WEEKS
from kyogyo.period import date_of
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.alerts import Noticed, raise_alerts
from kyogyo.records.queries.alerts import open_keys, told_keys
from kyogyo.records.queries.teams import team_of_people
from kyogyo.usecases.measure_records import open_measured
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from kyogyo.analytics.conflict import ConflictWatch, Verdict
    from kyogyo.analytics.events import History
    from kyogyo.analytics.watch import Alert, Change, Watch, WatchedStep
    from kyogyo.records import models

# At the first look at a track nothing was told yet: what still holds of the last year is news, too.
FIRST_NEWS_WEEKS = 52
# The weeks of a chart that are kept with an alert.
CHART_WEEKS = 104


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told now for the first time. `department`: the code of whose step it is."""

    id: int
    kind: str
    department: str
    is_good: bool
    says: Text


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found. `told` is new; `standing` was told before and is still seen; `tracks` were looked at."""

    told: tuple[Told, ...]
    standing: int
    tracks: int
    as_of: int


def watch_records(*, now: datetime | None = None) -> Look:
    """Look at the published copy, and tell what was never told.

    Raises MissingTableError where nothing was copied yet.
    """
    with open_measured() as measured:
        return watch_history(measured.history, now=now)


def watch_history(history: History, *, now: datetime | None = None) -> Look:
    """The same of a history of the records that is open already."""
    teams = team_of_people()
    tracks = tracks_with_journeys(history)
    seen = {track: notice(history, track=track, teams=teams) for track in tracks}
    fresh = [one for track, found in seen.items() for one in untold(found, track=track)]
    raised = raise_alerts(actor=SYSTEM, noticed=fresh, now=now)
    return Look(
        told=tuple(_told(one) for one in raised),
        standing=sum(len(found) for found in seen.values()) - len(fresh),
        tracks=len(tracks),
        as_of=history.as_of,
    )


def tracks_with_journeys(history: History) -> tuple[str, ...]:
    """The codes of the tracks that have journeys, in the order of the model."""
    rows = history.engine.integers(
        "SELECT DISTINCT track FROM journeys WHERE track > 0 ORDER BY track"
    )
    return tuple(history.model.tracks[int(code) - 1].code for code in rows["track"])


def notice(history: History, *, track: str, teams: dict[int, str]) -> list[Noticed]:
    """All that is to be seen of a track now, whether it was told before or not; nothing that changed back since."""
    at_odds = watch_conflicts(history, track=track, teams=teams or None)
    return [*notice_shifts(history, track=track), *_conflicts(at_odds)]


def notice_shifts(
    history: History, *, track: str, stages: Collection[str] | None = None
) -> list[Noticed]:
    """What shifted on a track and still holds; with `stages`, on the steps that begin there alone."""
    news = NEWS_WEEKS if told_keys(track) else FIRST_NEWS_WEEKS
    funnel = open_funnel(history, track=track)
    if stages is not None:
        kept = {code: one for code, one in funnel.steps.items() if one.step.start in stages}
        funnel = replace(funnel, steps=kept)
    watch = watch_steps(history, track=track, funnel=funnel, news_weeks=news)
    steps = {(step.series.what, step.series.step): step for step in watch.steps}
    return [
        _shift(watch, step, alert)
        for alert in watch.alerts
        if still_holds(step := steps[alert.change.what, alert.change.step], alert.change)
    ]


def untold(noticed: list[Noticed], *, track: str) -> list[Noticed]:
    """Those never told: under this key or one a few weeks off, nor of two numbers whose alert waits for an answer."""
    known = told_keys(track)
    waiting = {_name(key) for key in open_keys(track)}
    return [
        one
        for one in noticed
        if not is_told(one.key, told=known)
        and (one.kind == "shift" or _name(one.key) not in waiting)
    ]


def still_holds(step: WatchedStep, change: Change) -> bool:
    """Whether a change is the last of its series, and all weeks since lie nearer to the level after it than before."""
    if step.changes[-1] != change:
        return False
    since = step.series.since(int(np.searchsorted(step.series.weeks, change.since)))
    level = float(since.successes.sum()) / max(float(since.adjusted.sum()), 1e-12)
    return abs(level - change.after) <= abs(level - change.before)


def _shift(watch: Watch, step: WatchedStep, alert: Alert) -> Noticed:
    change = alert.change
    return Noticed(
        key=alert.key,
        kind="shift",
        track=alert.track,
        node=_node(watch, change.what, change.step),
        department=alert.department,
        is_good=alert.better,
        since=date_of(change.since),
        says=alert.sentence,
        numbers={
            "what": change.what,
            "step": change.step,
            "before": change.before,
            "after": change.after,
            "n_before": change.n_before,
            "n_after": change.n_after,
            "evidence": change.evidence,
            "found": date_of(change.found).isoformat(),
            "why": [_words(alert.why)],
            "chart": _weeks(watch, step, alert),
        },
    )


def _conflicts(watch: ConflictWatch) -> list[Noticed]:
    """The alarms, and what moved at the same time where there are too few teams to tell."""
    return [
        _conflict(watch.track, verdict)
        for verdict in watch.verdicts
        if verdict.alarm or verdict.judgement.kind == "coincidence"
    ]


def _conflict(track: str, verdict: Verdict) -> Noticed:
    parts = verdict.judgement.parts
    assert parts is not None  # noqa: S101 -- an alarm has them
    since = date_of(first_day_of(parts.since))
    kind = "conflict" if verdict.alarm else "coincidence"
    pair = verdict.pair
    return Noticed(
        key=f"{track}:{kind}:{pair.code}:{since.isoformat()}",
        kind=kind,
        track=track,
        node="volume" if pair.start is None else f"conversion:{pair.start}",
        department=pair.giver,
        since=since,
        says=verdict.sentence,
        numbers={
            "kind": verdict.judgement.kind,
            "label": _words(verdict.label),
            "receiver": pair.receiver,
            "per_input": pair.start is not None,
            "parts": {
                name: getattr(parts, name)
                for name in ("before", "after", "volume", "quality", "volume_before",
                             "volume_after", "quality_before", "quality_after")
            },
            "n": verdict.judgement.n,
            "teams": verdict.judgement.units,
            "blocks": verdict.judgement.blocks,
            "why": [_words(one) for one in verdict.why],
            "caveats": [_words(one.says) for one in verdict.caveats],
        },
    )  # fmt: skip


def _weeks(watch: Watch, step: WatchedStep, alert: Alert) -> dict[str, Any]:
    """The control chart as it stood when the change was noticed: its last weeks."""
    result = change_result(watch, step, alert.change, sentence=alert.sentence)
    return {
        "rows": result.table.to_pylist()[-CHART_WEEKS:],
        "unit": result.definition.unit,
        "n": result.n,
        "as_of": result.as_of,
        "caveats": [_words(one.says) for one in result.caveats],
    }


def _node(watch: Watch, what: str, step: str) -> str:
    """A change as countermeasures name its node: its kind and the stage where it begins."""
    stage = step.partition(">")[0]
    if what == "conversion":
        return f"conversion:{stage}"
    return "volume" if stage == watch.steps[0].series.step else f"volume:{stage}"


def _name(key: str) -> str:
    return key.rpartition(":")[0]


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}


def _told(alert: models.Alert) -> Told:
    return Told(
        id=alert.pk,
        kind=alert.kind,
        department=alert.department,
        is_good=alert.is_good,
        says=Text(en=alert.says["en"], ja=alert.says["ja"]),
    )
