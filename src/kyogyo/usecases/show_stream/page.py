"""From a history and what was asked to the page of the whole stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kyogyo.analytics.events import attribute_words
from kyogyo.analytics.funnel import UNKNOWN, Funnel, open_funnel, reopen_funnel, truncation_caveats
from kyogyo.analytics.restrict import Restriction, restrict, values_of
from kyogyo.analytics.stalls import StallLimit, stall_limits
from kyogyo.errors import RuleError
from kyogyo.usecases.measure_stream import (
    PERIODS,
    Period,
    River,
    measure_river,
    period_of,
    total_code,
)
from kyogyo.usecases.report_funnel import main_track
from kyogyo.usecases.show_stream.contents import (
    Asked,
    Back,
    Choice,
    Choices,
    Mix,
    StreamPage,
)
from kyogyo.usecases.show_stream.hold import COMPUTING
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.revenue_model import RevenueModel

_NOT_RECORDED = Text(en="not recorded", ja="未確認")
# Shares that differ by less than this aren't worth a sentence about the mix.
_MIX_WORTH_SAYING = 0.1


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that may be filtered by: its code, its name, and who is or was in it or a team below (codes of owners)."""

    code: str
    label: Text
    owners: frozenset[int]


@dataclass(frozen=True)
class Judged:
    """A whole track as it is judged: horizons, from when on, when stalled. The counts themselves are let go."""

    funnel: Funnel
    limits: Mapping[str, StallLimit]


class Judging:
    """One published history, each track judged once."""

    def __init__(self, history: History, judged: dict[str, Judged] | None = None) -> None:
        self.history = history
        self._judged: dict[str, Judged] = {} if judged is None else judged

    def through(self, history: History) -> Judging:
        """The same, asked through another connection to the same copy."""
        return Judging(history, self._judged)

    def track(self, code: str) -> Judged:
        """Raises RuleError for a track that the model doesn't have."""
        if code not in self._judged:
            _require_track(self.history.model, code)
            self._judged[code] = judge(open_funnel(self.history, track=code))
        judged = self._judged[code]
        return replace(judged, funnel=replace(judged.funnel, history=self.history))


def judge(funnel: Funnel) -> Judged:
    """What the track and its parts are held against, without the memory that the counts take."""
    emptied = {
        name: {code: counts.keep(np.zeros(counts.count.size, np.bool_)) for code, counts in held}
        for name, held in (("steps", funnel.steps.items()), ("totals", funnel.totals.items()))
    }
    limits = stall_limits(funnel.history, track=funnel.track)
    return Judged(replace(funnel, steps=emptied["steps"], totals=emptied["totals"]), limits)


def make_page(judging: Judging, *, asked: Asked, teams: Sequence[TeamChoice] = ()) -> StreamPage:
    """All that the page says but for what holds revenue back, which is found apart (`hold.find_held`).

    Raises:
        RuleError: a filter asks for what isn't there.
        MissingTableError: no journey is on any track.
    """
    history = judging.history
    asked = replace(asked, track=asked.track or main_track(history))
    if asked.beside == asked.track:
        asked = replace(asked, beside="")
    period = period_for(history, asked.period)
    judged = judging.track(asked.track)
    return StreamPage(
        asked=asked,
        choices=_choices(history, asked.track, teams),
        river=_river(judged, asked, period, teams),
        held=COMPUTING,
        backs=backs_of(history.model, asked.track),
        beside=_river(judging.track(asked.beside), asked, period, teams) if asked.beside else None,
        mixes=_mixes(history, asked.track, asked.beside) if asked.beside else (),
        currency=history.model.currency,
        zone=history.model.time_zone,
        model_version=history.model.version,
        truncated=tuple(caveat.says for caveat in truncation_caveats(judged.funnel)),
    )


def period_for(history: History, code: str) -> Period:
    """The period, up to the last observed day."""
    first = min((w.first for w in history.windows.values()), default=history.as_of_day)
    return period_of(
        code,
        last_day=history.as_of_day,
        first_seen=first,
        fiscal_start=history.model.fiscal_year_start,
    )


def _river(judged: Judged, asked: Asked, period: Period, teams: Sequence[TeamChoice]) -> River:
    part = open_part(judged, asked=asked, period=period, teams=teams)
    return measure_river(part, period=period, limits=judged.limits)


def open_part(
    judged: Judged, *, asked: Asked, period: Period, teams: Sequence[TeamChoice]
) -> Funnel:
    """The funnel of what the filter keeps, counted for the period and the one before."""
    whole = judged.funnel
    restriction = restriction_of(whole.history, asked=asked, teams=teams)
    return reopen_funnel(
        whole,
        history=restrict(whole.history, restriction=restriction),
        since_day=(period.before or period.span).start,
        total=total_code(whole),
    )


def restriction_of(history: History, *, asked: Asked, teams: Sequence[TeamChoice]) -> Restriction:
    """What a filter keeps.

    Raises:
        RuleError: the data has no such attribute, or no team of that code may be filtered by.
    """
    values = {
        history.attributes[name]: frozenset(_codes(history, word))
        for name, word in (("source", asked.source), ("segment", asked.segment))
        if word and _require_attribute(history, name)
    }
    owners = None
    if asked.team:
        team = next((team for team in teams if team.code == asked.team), None)
        if team is None:
            raise RuleError(
                en=f"There is no team “{asked.team}” to filter by. Choose one of the list.",
                ja=f"絞り込めるチーム「{asked.team}」がありません。一覧から選んでください。",
            )
        owners = team.owners
    return Restriction(values, owners)


def _codes(history: History, word: str) -> list[int]:
    """The codes of a value; none for a word that no journey has."""
    if word == UNKNOWN:
        return [0]
    return [code for code, name in history.value_names.items() if name == word]


def _require_attribute(history: History, name: str) -> bool:
    if name not in history.attributes:
        label = attribute_words(name)
        raise RuleError(
            en=f"No journey has a {label.en} recorded yet, so the stream can't be filtered by it.",
            ja=f"{label.ja}が記録された案件がまだないため、絞り込めません。",
        )
    return True


def _require_track(model: RevenueModel, code: str) -> None:
    known = [track.code for track in model.tracks]
    if code not in known:
        raise RuleError(
            en=f"The model declares no track “{code}”. Choose one of: {', '.join(known)}.",
            ja=f"モデルに商流「{code}」がありません。次から選んでください: {'、'.join(known)}。",
        )


def _choices(history: History, track: str, teams: Sequence[TeamChoice]) -> Choices:
    model = history.model
    with_data = {number for number, _ in history.reached}
    return Choices(
        periods=tuple(Choice(code, label) for code, label in PERIODS.items()),
        tracks=tuple(
            Choice(one.code, one.label.text)
            for number, one in enumerate(model.tracks, start=1)
            if number in with_data
        ),
        sources=_values(history, "source", track),
        segments=_values(history, "segment", track),
        teams=team_choices(teams),
    )


def team_choices(teams: Sequence[TeamChoice]) -> tuple[Choice, ...]:
    """Teams as they are offered in the filter."""
    return tuple(Choice(team.code, team.label) for team in teams)


def _values(history: History, attribute: str, track: str) -> tuple[Choice, ...]:
    """The values of an attribute, most frequent first, what isn't recorded last."""
    if attribute not in history.attributes:
        return ()
    counts = values_of(history, attribute=attribute, track=track)
    found = [
        Choice(
            history.value_names[code], Text(history.value_names[code], history.value_names[code]), n
        )
        for code, n in sorted(counts.items(), key=lambda pair: -pair[1])
        if code
    ]
    if counts.get(0) and found:
        found.append(Choice(UNKNOWN, _NOT_RECORDED, counts[0]))
    return tuple(found)


def backs_of(model: RevenueModel, track: str) -> tuple[Back, ...]:
    """The declared channels between departments of the track."""
    here = {stage.department for stage in model.path(track)}
    return tuple(
        Back(
            code=channel.code,
            label=channel.label.text,
            giver=channel.giver,
            receiver=channel.receiver,
            giver_label=model.department(channel.giver).label.text,
            receiver_label=model.department(channel.receiver).label.text,
            types=tuple(each.text for each in channel.types),
            due_days=channel.due_days,
        )
        for channel in model.channels
        if channel.giver in here and channel.receiver in here
    )


def _mixes(history: History, track: str, beside: str) -> tuple[Mix, ...]:
    """By attribute the value whose share of the journeys differs most between two tracks, where it does."""
    found = []
    for name in ("source", "segment"):
        if name not in history.attributes:
            continue
        one, other = (
            _shares(values_of(history, attribute=name, track=code)) for code in (track, beside)
        )
        if not one or not other:
            continue
        value = max({*one, *other}, key=lambda v: abs(one.get(v, 0.0) - other.get(v, 0.0)))
        here, there = one.get(value, 0.0), other.get(value, 0.0)
        if abs(here - there) >= _MIX_WORTH_SAYING:
            found.append(Mix(attribute_words(name), history.value_names[value], here, there))
    return tuple(found)


def _shares(counts: Mapping[int, int]) -> dict[int, float]:
    """Shares of those whose value is known."""
    known = {value: n for value, n in counts.items() if value}
    total = sum(known.values())
    return {value: n / total for value, n in known.items()} if total else {}
