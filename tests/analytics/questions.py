"""Every question that Kyogyo asks of a history, and an engine that writes down in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.cohorts import cohort_grid, cohort_rates, curves, period_rates
from kyogyo.analytics.conformance import deviations, disorder, transitions
from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import History
from kyogyo.analytics.explain import explain_step
from kyogyo.analytics.funnel import open_funnel, step_rates, total_rates
from kyogyo.analytics.groups import rates_by
from kyogyo.analytics.load import open_history
from kyogyo.analytics.money import concentration, revenue_movements, value_per_win
from kyogyo.analytics.results import Result
from kyogyo.analytics.stock import stock_flow
from kyogyo.analytics.timing import time_in_stage
from kyogyo.usecases.report_funnel import main_track, report_funnel


class Recorder:
    """An engine that keeps each text it was asked, with the answer."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.name = engine.name
        self.connection = engine.connection
        self.asked: dict[str, Columns] = {}

    def integers(self, sql: str) -> Columns:
        answer: Columns = self._engine.integers(sql)
        self.asked[sql] = answer
        return answer


def all_results(history: History, *, track: str) -> Iterator[Result]:
    """The result of every question about one track."""
    funnel = open_funnel(history, track=track)
    yield step_rates(funnel)
    yield step_rates(funnel, recycled=True)
    yield step_rates(funnel, since_day=history.as_of_day - 364)
    yield total_rates(funnel)
    for step in {**funnel.totals, **funnel.steps}:
        yield cohort_rates(funnel, step=step)
        yield cohort_grid(funnel, step=step)
        yield period_rates(funnel, step=step)
        for attribute in history.attributes:
            yield rates_by(funnel, step=step, attribute=attribute)
    yield curves(funnel, steps=funnel.steps)
    yield time_in_stage(history, track=track)
    yield time_in_stage(history, track=track, since_day=history.as_of_day - 364)
    yield stock_flow(history, track=track)
    yield transitions(history, track=track)
    yield deviations(history, track=track)
    yield value_per_win(history, track=track)
    yield revenue_movements(history, track=track)
    yield concentration(history, track=track)
    caveats = find_caveats(funnel)
    disorder(history, track=track)
    bottleneck = find_bottleneck(funnel, forbidden=caveats)
    for valued in bottleneck.ranked:
        if valued.node.kind == "conversion":
            explain_step(funnel, node=valued.node, attributes=tuple(history.attributes))
    yield bottleneck.result


def texts_of(history: History) -> dict[str, Columns]:
    """Every SQL text that the questions about a history are asked in, with DuckDB's answer."""
    recorder = Recorder(history.engine)
    model = history.model
    by_revenue = model.model_copy(
        update={"bottleneck": model.bottleneck.model_copy(update={"value": "revenue"})}
    )
    if history.entries:
        open_history(recorder, model=model, as_of=history.as_of)  # type: ignore[arg-type]
    for asked in (
        replace(history, engine=recorder),
        replace(history, engine=recorder, model=by_revenue),
        replace(history, engine=recorder, has_revenue=False),
    ):
        for track in model.tracks:
            list(all_results(asked, track=track.code))
            report_funnel(history=asked, made_at=0, track=track.code)
        main_track(asked)
    return recorder.asked
