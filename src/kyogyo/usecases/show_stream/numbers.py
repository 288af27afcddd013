"""One number of the stream: what it means exactly, what it is now, and the journeys that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.analytics import behind, definitions
from kyogyo.errors import MissingRecordError
from kyogyo.usecases.measure_records import open_measured
from kyogyo.usecases.measure_stream import (
    Reach,
    River,
    StageMeasured,
    StepMeasured,
)
from kyogyo.usecases.show_stream.contents import Asked, StreamPage
from kyogyo.usecases.show_stream.page import open_part
from kyogyo.usecases.show_stream.show import Shown, judging_of, show_stream
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.behind import Journeys
    from kyogyo.analytics.funnel import Funnel
    from kyogyo.analytics.results import Definition
    from kyogyo.usecases.show_stream.page import Judged, TeamChoice

# Longer than for the page: who asks for one number asked for it as it is now.
_WAIT_S = 10.0
_DEFINITIONS = {
    "balance": definitions.STOCK_FLOW,
    "entered": definitions.STOCK_FLOW,
    "stalled": definitions.STALLED,
    "time": definitions.TIME_IN_STAGE,
    "onward": definitions.STEP_CONVERSION,
    "end_to_end": definitions.TOTAL_CONVERSION,
}
_OF_REACH = ("balance-in", "entered-in", "stalled-in")
_WENT_ON = Text(en="Went on in time", ja="期間内に進んだ")
_ENDED = Text(en="Ended elsewhere", ja="ほかで終わった")
_ON_THE_WAY = Text(en="Not yet, or later", ja="まだ、または期間後")
_ALL = Text(en="All", ja="すべて")


@dataclass(frozen=True)
class Part:
    """Some of the journeys behind a number, in the order in which they are shown."""

    code: str
    label: Text
    journeys: Journeys


@dataclass(frozen=True)
class NumberShown:
    """A number: `kind` and the `stage`, `reach` or `step` that it is of, its definition, and the journeys behind it.

    `page` is the page that it stands on.
    """

    code: str
    kind: str
    definition: Definition
    shown: Shown
    page: StreamPage
    stage: StageMeasured | None
    reach: Reach | None
    step: StepMeasured | None
    parts: tuple[Part, ...]


def show_number(
    *,
    code: str,
    asked: Asked,
    teams: Sequence[TeamChoice] = (),
    may_narrow: bool = True,
    wait_s: float = _WAIT_S,
) -> NumberShown | None:
    """The number `code` ('balance-mql', 'entered-in-marketing', 'end_to_end') under a filter.

    None: it is still being counted, ask again.

    Raises:
        MissingRecordError: the page has no such number.
        RuleError, MissingTableError, StoreError: as `show_stream`.
    """
    kind, _, of = code.partition("-")
    if f"{kind}-in" in _OF_REACH and of.startswith("in-"):
        kind, of = f"{kind}-in", of.removeprefix("in-")
    shown = show_stream(asked=asked, teams=teams, may_narrow=may_narrow, wait_s=wait_s, stale=False)
    if shown.page is None:
        return None
    river = shown.page.river
    stage = river.stage(of) if kind not in _OF_REACH else None
    reach = next((r for r in river.reaches if r.department == of and kind in _OF_REACH), None)
    step = river.end_to_end if kind == "end_to_end" else stage.onward if stage else None
    if not _exists(kind, of, stage, reach, step):
        raise MissingRecordError(
            en=f"The stream has no number “{code}” here. It may belong to another track; go back to the stream.",
            ja=f"この全体像に数値「{code}」はありません。別の商流の数値かもしれません。全体像に戻って選び直してください。",
        )
    return NumberShown(
        code=code,
        kind=kind,
        definition=_DEFINITIONS[kind.removesuffix("-in")],
        shown=shown,
        page=shown.page,
        stage=stage,
        reach=reach,
        step=step if kind in ("onward", "end_to_end") else None,
        parts=_parts(kind, stage, reach, step, shown.page, teams),
    )


def _exists(
    kind: str, of: str, stage: StageMeasured | None, reach: Reach | None, step: StepMeasured | None
) -> bool:
    if kind in _OF_REACH:
        return reach is not None
    if kind == "end_to_end":
        return step is not None and not of
    known = kind in _DEFINITIONS and stage is not None and stage.is_measured
    return known and (kind != "onward" or step is not None)


def _parts(
    kind: str,
    stage: StageMeasured | None,
    reach: Reach | None,
    step: StepMeasured | None,
    page: StreamPage,
    teams: Sequence[TeamChoice],
) -> tuple[Part, ...]:
    with open_measured() as measured:
        judged = judging_of(measured).track(page.river.track)
        part = open_part(judged, asked=page.asked, period=page.river.period, teams=teams)
        if kind in ("onward", "end_to_end"):
            assert step is not None  # noqa: S101 -- `_exists` looked
            return _parts_of_step(part, step, page.river)
        stages = reach.stages if reach else (stage.code,) if stage else ()
        return (Part("all", _ALL, _counted(kind, part, judged, stages, page.river)),)


def _parts_of_step(part: Funnel, step: StepMeasured, river: River) -> tuple[Part, ...]:
    counts = part.steps[step.code] if step.code in part.steps else part.totals[step.code]
    went, ended, others = behind.cohort_of(
        part.history, counts=counts, span=river.period.span, horizon=step.horizon_days
    )
    return (
        Part("went_on", _WENT_ON, went),
        Part("ended", _ENDED, ended),
        Part("on_the_way", _ON_THE_WAY, others),
    )


def _counted(
    kind: str, part: Funnel, judged: Judged, stages: tuple[str, ...], river: River
) -> Journeys:
    history, track, span = part.history, part.track, river.period.span
    if kind in ("balance", "balance-in"):
        return behind.in_stages(history, track=track, stages=stages)
    if kind in ("stalled", "stalled-in"):
        return behind.stalled_in(history, track=track, limits=judged.limits, stages=stages)
    if kind == "entered-in":
        return behind.came_in(history, track=track, stages=stages, span=span)
    return behind.entered(history, track=track, stages=stages, span=span)
