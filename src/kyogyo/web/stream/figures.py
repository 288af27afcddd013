"""The numbers of the stream as they are written: with their units, what they are against, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo import words
from kyogyo.period import date_of
from kyogyo.web.formats import count, lang, percent, t, unknown
from kyogyo.web.marks import department_hue
from kyogyo.web.stream.addresses import Address

if TYPE_CHECKING:
    from kyogyo.usecases.measure_stream import Reach, River, StageMeasured, StepMeasured
    from kyogyo.usecases.show_stream import Held

# Where more than half of those inside are stalled, and there are more than a handful of them.
_MANY_STALLED, _HANDFUL = 0.5, 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: as it is written, what it says to who hears it, and the page behind it ('' where there is none)."""

    text: str
    says: str
    to: str = ""
    change: str = ""
    is_known: bool = True
    is_bad: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class StageFigures:
    """A stage with its numbers. `onward` is None at the end of the path and where no data reaches it."""

    code: str
    label: str
    is_measured: bool
    hue: int
    is_mine: bool
    entered_n: int | None
    balance: Figure
    entered: Figure
    median: Figure
    stalled: Figure
    onward: Figure | None
    onward_to: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class ReachFigures:
    """A department's part of the river: how many stages it has, and its sums."""

    department: str
    label: str
    hue: int
    is_mine: bool
    stages: int
    balance: Figure
    came_in: Figure
    stalled: Figure


def stages_of(
    river: River, *, held: Held, mine: frozenset[str], address: Address
) -> list[StageFigures]:
    """Every stage of the river; `mine` are the departments of who looks."""
    return [_stage(stage, held, mine, address) for stage in river.stages]


def _stage(
    stage: StageMeasured, held: Held, mine: frozenset[str], address: Address
) -> StageFigures:
    name = stage.label.say(lang())
    known = stage.is_measured
    return StageFigures(
        code=stage.code,
        label=name,
        is_measured=known,
        hue=department_hue(stage.department),
        is_mine=stage.department in mine,
        entered_n=stage.entered if known else None,
        balance=_counted(
            name, t("in it now", "残高"), stage.balance, stage.balance_before,
            address.number("balance", stage.code), is_known=known,
        ),
        entered=_counted(
            name, t("came in", "流入"), stage.entered, stage.entered_before,
            address.number("entered", stage.code), is_known=known,
        ),
        median=_median(name, stage, address),
        stalled=_stalled(name, stage.stalled, stage.balance, address.number("stalled", stage.code)),
        onward=_onward(name, stage.onward, address, stage.code) if stage.onward else None,
        onward_to=stage.onward.to_label.say(lang()) if stage.onward else "",
        is_held=bool(held.stage) and stage.code == held.stage,
    )  # fmt: skip


def reaches_of(river: River, *, mine: frozenset[str], address: Address) -> list[ReachFigures]:
    """Every department's part of the river, in its order."""
    return [_reach(reach, mine, address) for reach in river.reaches]


def _reach(reach: Reach, mine: frozenset[str], address: Address) -> ReachFigures:
    name = reach.label.say(lang())
    return ReachFigures(
        department=reach.department,
        label=name,
        hue=department_hue(reach.department),
        is_mine=reach.department in mine,
        stages=len(reach.stages),
        balance=_counted(
            name, t("in them now", "残高"), reach.balance, None,
            address.number("balance-in", reach.department),
        ),
        came_in=_counted(
            name, t("came in", "流入"), reach.came_in, reach.came_in_before,
            address.number("entered-in", reach.department),
        ),
        stalled=_stalled(
            name, reach.stalled, reach.balance, address.number("stalled-in", reach.department)
        ),
    )  # fmt: skip


def _counted(
    name: str, what: str, now: int, before: int | None, to: str, *, is_known: bool = True
) -> Figure:
    if not is_known:
        return Figure(unknown(), f"{name} {what}: {unknown()}", is_known=False)
    change = _change(now, before)
    against = t(f", {change} against before", f"、前の期間比 {change}") if change else ""
    return Figure(count(now), f"{name} {what}: {count(now)}{against}", to, change=change)


def _change(now: float, before: float | None) -> str:
    """How much more or less than before: ▲12%. '' where there is nothing to compare with."""
    if not before:
        return ""
    share = now / before - 1
    if abs(share) < 0.005:
        return "±0%"
    return f"{'▲' if share > 0 else '▼'}{abs(share) * 100:,.0f}%"


def _median(name: str, stage: StageMeasured, address: Address) -> Figure:
    what = t("median stay", "滞留（中央値）")
    if not stage.is_measured or not stage.can_be_left:
        return Figure("–" if stage.is_measured else unknown(), "", is_known=False)
    to = address.number("time", stage.code)
    if stage.median_s is None:
        says = t("too few", "履歴不足")
        return Figure(says, f"{name} {what}: {says}", to, is_known=False)
    said = words.duration(stage.median_s, lang=lang())
    return Figure(
        said, f"{name} {what}: {said}", to, change=_change(stage.median_s, stage.median_before_s)
    )


def _stalled(name: str, stalled: int | None, balance: int, to: str) -> Figure:
    what = t("stalled", "停滞")
    if stalled is None:
        return Figure(unknown(), f"{name} {what}: {unknown()}", is_known=False)
    is_bad = stalled >= _HANDFUL and stalled > _MANY_STALLED * balance
    return Figure(count(stalled), f"{name} {what}: {count(stalled)}", to, is_bad=is_bad)


def _onward(name: str, step: StepMeasured, address: Address, stage: str) -> Figure:
    to, target = address.number("onward", stage), step.to_label.say(lang())
    what = t(f"{name} to {target}", f"{name}→{target}")
    text, note = rate_in_words(step)
    return Figure(text, f"{what}: {text} ({note})", to, is_known=step.rate is not None, note=note,
                  change=_points(step))  # fmt: skip


def rate_in_words(step: StepMeasured) -> tuple[str, str]:
    """A rate and what it rests on; or why there is none yet."""
    if step.rate is not None:
        return percent(step.rate), f"n={count(step.n)}"
    if step.state == "immature" and step.mature_on is not None:
        on = date_of(step.mature_on)
        so_far = f"{count(step.k)}/{count(step.n)}"
        return so_far, t(f"from {on:%-d %b}", f"{on.month}/{on.day}から")
    return t("too few", "履歴不足"), f"n={count(step.n)}"


def _points(step: StepMeasured) -> str:
    if step.rate is None or step.rate_before is None:
        return ""
    points = (step.rate - step.rate_before) * 100
    if abs(points) < 0.05:
        return "±0"
    return f"{'▲' if points > 0 else '▼'}{abs(points):.1f}{t('pt', 'pt')}"
