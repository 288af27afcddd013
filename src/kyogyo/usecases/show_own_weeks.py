"""Somebody's own weeks against their own usual week, and the next small step: about the task, beside nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.analytics.next_step import next_small_step
from kyogyo.records.queries.own_weeks import own_weeks_of
from kyogyo.words import Text

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.analytics.next_step import NextStep
    from kyogyo.records.access import Actor
    from kyogyo.records.queries.own_weeks import Aid, OwnAct

# The picture of the weeks: its size, and the room around the dots.
WIDTH, HEIGHT, _EDGE = 240, 56, 6


@dataclass(frozen=True, slots=True)
class Dot:
    """A week in the picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ShownWeek:
    """A week in words: `value` None where there was nothing to do."""

    monday: str
    value: float | None
    exposure: Text


@dataclass(frozen=True, slots=True)
class ShownAct:
    """One act of somebody's weeks, ready to be shown. `runs`: dots of weeks without a gap between them."""

    label: Text
    unit: Text
    weeks: tuple[ShownWeek, ...]
    exposure: Text
    step: NextStep
    runs: tuple[tuple[Dot, ...], ...]
    usual_y: float | None
    goal_y: float | None
    aid: Aid | None
    aid_words: Text


@dataclass(frozen=True, slots=True)
class _Words:
    label: Text
    unit: Text
    # What the exposure of a week counts, after its number.
    of: Text
    aid: Text
    is_share: bool


_WORDS = {
    "answered_in_time": _Words(
        Text("Handoffs answered within their clock", "期限内に答えた引き継ぎ"),
        Text("% of answers within the clock", "%"),
        Text("answered", "件に回答"),
        Text("Open the handoff that has waited longest", "最も長く待っている引き継ぎを開く"),
        is_share=True,
    ),
    "accepted_at_first": _Words(
        Text("Packets that were complete: accepted at the first offer", "最初の提示で受け入れられた引き継ぎ"),
        Text("% accepted at the first offer", "%"),
        Text("decided", "件に判断"),
        Text("See what was missing in the last one that came back", "最後に戻ってきた引き継ぎで足りなかったものを見る"),
        is_share=True,
    ),
    "contacts": _Words(
        Text("Calls, mails and meetings", "電話・メール・商談"),
        Text("contacts a working day", "件/営業日"),
        Text("working days", "営業日"),
        Text("Open the journey that has been quiet for longest", "最も長く接触のない案件を開く"),
        is_share=False,
    ),
}  # fmt: skip


def show_own_weeks(
    *, actor: Actor, user_id: int, now: datetime | None = None
) -> tuple[ShownAct, ...]:
    """The acts of somebody's last twelve weeks that the records know of.

    Raises MissingRecordError for anybody but themselves and a manager of theirs.
    """
    return tuple(_shown(act) for act in own_weeks_of(actor=actor, user_id=user_id, now=now))


def _shown(act: OwnAct) -> ShownAct:
    words = _WORDS[act.code]
    scale = 100.0 if words.is_share else 1.0
    values = [None if week.rate is None else scale * week.rate for week in act.weeks]
    step = next_small_step(
        recent=[float("nan") if value is None else value for value in values], unit=words.unit
    )
    top = max([value for value in values if value is not None], default=1.0) or 1.0
    top = 100.0 if words.is_share else max(top, step.goal or 0.0)
    total = sum(week.exposure for week in act.weeks)
    known = sum(week.exposure > 0 for week in act.weeks)
    return ShownAct(
        label=words.label,
        unit=words.unit,
        weeks=tuple(
            ShownWeek(week.monday.isoformat(), value, _counted(week.exposure, words.of))
            for week, value in zip(act.weeks, values, strict=True)
        ),
        exposure=Text(
            en=f"{total} {words.of.en} in {known} of the last {len(act.weeks)} weeks. Weeks without any are left out.",
            ja=f"直近{len(act.weeks)}週のうち{known}週で{total}{words.of.ja}。対象のない週は除いています。",
        ),
        step=step,
        runs=_runs(values, top),
        usual_y=None if step.usual is None else _y(step.usual, top),
        goal_y=_y(step.goal, top) if step.status == "goal" and step.goal is not None else None,
        aid=act.aid,
        aid_words=words.aid,
    )


def _counted(number: int, of: Text) -> Text:
    return Text(f"{number} {of.en}", f"{number}{of.ja}")


def _runs(values: list[float | None], top: float) -> tuple[tuple[Dot, ...], ...]:
    """The weeks as dots, in stretches that a line may join: no line is drawn across a week that isn't known."""
    runs: list[list[Dot]] = [[]]
    apart = (WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(Dot(round(_EDGE + place * apart, 1), _y(value, top)))
    return tuple(tuple(run) for run in runs if run)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - _EDGE - (HEIGHT - 2 * _EDGE) * value / top, 1)
