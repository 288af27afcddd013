"""The declared stream before anything has flowed: every stage is there, and no number is known."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from kyogyo.period import Span
from kyogyo.usecases.measure_stream import PERIODS, Period, Reach, River, StageMeasured

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel


def empty_river(model: RevenueModel, *, track: str = "") -> River:
    """A track of the model (its first, where it has no such one) without data."""
    known = {one.code: one for one in model.tracks}
    chosen = known.get(track, model.tracks[0])
    stages = tuple(
        StageMeasured(s.code, s.label.text, s.department, s.type, is_measured=False)
        for s in model.path(chosen.code)
    )
    return River(
        track=chosen.code,
        label=chosen.label.text,
        period=Period("year", PERIODS["year"], Span(0, 0), None),
        stages=stages,
        reaches=tuple(
            Reach(
                department=code,
                label=model.department(code).label.text,
                stages=tuple(stage.code for stage in members),
                balance=0,
                stalled=None,
                came_in=0,
                came_in_before=None,
            )
            for code, members in groupby(stages, key=lambda stage: stage.department)
        ),
        end_to_end=None,
        journeys=0,
        as_of=0,
        as_of_day=0,
    )
