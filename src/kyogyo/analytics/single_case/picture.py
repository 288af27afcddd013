"""The weeks of an experiment as a result: what the chart of phases draws and the table beside it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kyogyo.analytics.effect_definitions import EFFECT
from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.results import Result
from kyogyo.analytics.single_case.overlap import theil_sen
from kyogyo.analytics.single_case.series import Bools, Panel
from kyogyo.analytics.tables import table
from kyogyo.words import Text, percent

COLUMNS = ("team", "week", "phase", "n", "k", "value", "level", "trend", "left_out")
# A trend of fewer weeks in a phase is a line through noise.
_LEAST_FOR_TREND = 4


def phases_result(
    *,
    panel: Panel,
    pattern: Bools,
    as_of: int,
    sentence: Text,
    model_version: str = "",
    trends: bool = True,
) -> Result:
    """One row a team and week, teams in the order of their starts (those that never begin last).

    `phase` is A1, B1, A2, ... (A without, B with it); `level` the rate of the phase, `trend` its
    Theil-Sen line at that week (None with `trends` False or in a phase of fewer than 4 weeks).
    `value` is None and `left_out` says why where a week doesn't count.
    """
    rows_on = np.asarray(pattern, bool)
    starts = np.where(rows_on.any(axis=1), rows_on.argmax(axis=1), rows_on.shape[1])
    rows = [
        row
        for place in np.argsort(starts, kind="stable")
        for row in _team_rows(panel, rows_on[place], int(place), trends=trends)
    ]
    unit = "share" if panel.measure.kind == "share" else "count"
    return Result(
        question="effect",
        definition=replace(EFFECT, unit=unit),
        as_of=as_of,
        n=int(sum(row["n"] for row in rows if row["left_out"] is None)),
        table=table(rows, COLUMNS),
        sentence=sentence,
        status="ok" if rows else "not_enough_history",
        model_version=model_version,
        facts={"measure_en": panel.measure.label.en, "measure_ja": panel.measure.label.ja},
    )


def say_levels(panel: Panel, pattern: Bools) -> Text:
    """What the picture shows, for somebody who can't see it: each team's rate without and with it."""
    share = panel.measure.kind == "share"
    parts = []
    for place, team in enumerate(panel.teams):
        on, e = np.asarray(pattern, bool)[place], panel.exposure[place]
        sides = []
        for weeks in (~on & (e > 0), on & (e > 0)):
            rate = panel.successes[place][weeks].sum() / e[weeks].sum() if np.any(weeks) else None
            written = None if rate is None else percent(rate) if share else f"{rate:,.3g}"
            sides.append(written)
        parts.append((team.team, *sides))
    return Text(
        en="; ".join(
            f"{team}: {without or 'unknown'} without, {also or 'unknown'} with it"
            for team, without, also in parts
        )
        + ".",
        ja="。".join(
            f"{team}：打ち手なし{without or '未確認'}、打ち手あり{also or '未確認'}"
            for team, without, also in parts
        )
        + "。",
    )


def _team_rows(panel: Panel, on: Bools, place: int, *, trends: bool) -> list[dict[str, Any]]:
    team, rates, e = panel.teams[place], panel.rates()[place], panel.exposure[place]
    phases, why = _phase_names(on), panel.why_left_out(place)
    rows: list[dict[str, Any]] = []
    for name in dict.fromkeys(phases):
        weeks = np.flatnonzero(np.array(phases) == name)
        known = weeks[e[weeks] > 0]
        total = float(e[known].sum())
        level = float(panel.successes[place][known].sum()) / total if total > 0 else None
        line = _line(known, rates) if trends else None
        rows += [
            {
                "team": team.team,
                "week": panel.weeks[week],
                "phase": name,
                "n": round(float(np.asarray(team.cases)[week])),
                "k": round(float(panel.successes[place][week])),
                "value": None if np.isnan(rates[week]) else float(rates[week]),
                "level": level,
                "trend": None if line is None else line[0] * float(week) + line[1],
                "left_out": why[week],
            }
            for week in weeks
        ]
    return rows


def _phase_names(on: Bools) -> list[str]:
    """A1, A1, B1, B1, A2, ... for each week."""
    names, counts = [], {"A": 0, "B": 0}
    for week, state in enumerate(on):
        letter = "B" if state else "A"
        if week == 0 or state != on[week - 1]:
            counts[letter] += 1
        names.append(f"{letter}{counts[letter]}")
    return names


def _line(known: Any, rates: FloatArray) -> tuple[float, float] | None:
    if known.size < _LEAST_FOR_TREND:
        return None
    return theil_sen(t=known, values=rates[known])
