"""Every question that Kyogyo asks of a history, and an engine that writes down in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kyogyo.analytics import behind
from kyogyo.analytics.bottleneck import find_bottleneck
from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.cohorts import cohort_grid, cohort_rates, curves, period_rates
from kyogyo.analytics.conformance import deviations, disorder, transitions
from kyogyo.analytics.engines.base import Columns
from kyogyo.analytics.events import History
from kyogyo.analytics.explain import explain_step
from kyogyo.analytics.funnel import Funnel, open_funnel, step_rates, total_rates
from kyogyo.analytics.groups import rates_by
from kyogyo.analytics.load import open_history
from kyogyo.analytics.money import concentration, revenue_movements, value_per_win
from kyogyo.analytics.restrict import Restriction, part_sql, values_of
from kyogyo.analytics.results import Result
from kyogyo.analytics.stalls import StallLimit, stalled
from kyogyo.analytics.steps import count_steps
from kyogyo.analytics.stock import came_from, stock_flow
from kyogyo.analytics.timing import time_in_stage
from kyogyo.period import Span
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
    _ask_for_records(funnel)
    caveats = find_caveats(funnel)
    disorder(history, track=track)
    bottleneck = find_bottleneck(funnel, forbidden=caveats)
    for valued in bottleneck.ranked:
        if valued.node.kind == "conversion":
            explain_step(funnel, node=valued.node, attributes=tuple(history.attributes))
    yield bottleneck.result


def _ask_for_records(funnel: Funnel) -> None:
    """What the page of the stream asks beside the results: who is behind a number, and parts of the history."""
    history, track = funnel.history, funnel.track
    span = Span(history.as_of_day - 89, history.as_of_day + 1)
    stages = tuple(stage.code for stage in history.path(track))
    limits = dict.fromkeys(stages, StallLimit(5 * 86_400.0, "declared"))
    stalled(history, track=track, limits=limits)
    behind.stalled_in(history, track=track, limits=limits, stages=stages)
    behind.in_stages(history, track=track, stages=stages)
    behind.entered(history, track=track, stages=stages[:1], span=span)
    behind.came_in(history, track=track, stages=stages[:1], span=span)
    came_from(history, track=track, since_day=span.start, until_day=span.stop)
    time_in_stage(history, track=track, since_day=span.start, until_day=span.stop)
    theirs = replace(history, owners=frozenset({1, 2, 3, 4}))
    for whose in (history, theirs):
        found = count_steps(
            whose, steps=tuple(c.step for c in funnel.steps.values()), since_day=span.start
        )
        for counts in found.values():
            behind.cohort_of(whose, counts=counts, span=span, horizon=30)
    for restriction in (
        *(Restriction({code: frozenset({0, 1, 2})}) for code in history.attributes.values()),
        Restriction(
            {code: frozenset({1}) for code in history.attributes.values()}, frozenset({1, 3})
        ),
    ):
        for table, columns in _COUNTED.items():
            part = part_sql(table, restriction=restriction)
            order = ", ".join(columns)
            history.engine.integers(f"SELECT {order} FROM ({part}) AS part ORDER BY {order}")
    for attribute in history.attributes:
        values_of(history, attribute=attribute, track=track)


_COUNTED = {
    "journeys": ("journey", "last_stage"),
    "visits": ("journey", "n", "stage"),
    "entries": ("journey", "seq"),
    "attributes": ("journey", "attribute", "value"),
    "revenue": ("account", "period_start", "amount"),
}


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
