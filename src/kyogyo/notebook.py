"""Kyogyo as a library: open a model and data, ask a question a call, see a table and a chart.

>>> import kyogyo                                        # doctest: +SKIP
>>> funnel = kyogyo.read("exports/", model="kyogyo.toml")
>>> funnel = kyogyo.open_records("kyogyo-data")          # what people work on
>>> funnel.bottleneck()
>>> funnel.cohorts("mql>won")
"""

from __future__ import annotations

import html
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.errors import KyogyoError
from kyogyo.words import Lang, Text

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.analytics.conflict import ConflictWatch
    from kyogyo.analytics.events import History
    from kyogyo.analytics.funnel import Funnel as Counted
    from kyogyo.analytics.results import Caveat, Result
    from kyogyo.analytics.watch import Watch
    from kyogyo.reports.contents import Report
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.usecases.find_bottleneck import Diagnosis


@dataclass(frozen=True)
class Shown:
    """A result that a notebook shows as sentence, chart and table.

    `result` is the frozen result itself, with its definition, caveats, n and as-of; `table` its Arrow table
    (`shown.table.to_pandas()` where pandas is installed).
    """

    result: Result
    lang: Lang = "en"
    chart: str | None = None
    currency: str = "JPY"
    labels: Mapping[str, Text] = field(default_factory=dict)

    @property
    def table(self) -> pa.Table:
        return self.result.table

    @property
    def sentence(self) -> str:
        return self.result.sentence.say(self.lang)

    def altair(self) -> Any:
        """The chart as an Altair object, to change or save; None where there is none."""
        from kyogyo.analytics.charts import draw  # noqa: PLC0415 -- slow import

        if self.chart is None:
            return None
        return draw(
            chart=self.chart,
            result=self.result,
            lang=self.lang,
            labels=self.labels,
            currency=self.currency,
        )

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self._conditions()}"

    def _conditions(self) -> str:
        definition = self.result.definition
        return f"[{definition.id} v{definition.version}, {definition.basis}, n = {self.result.n:,}, {self.result.status}]"

    def _repr_html_(self) -> str:
        """Sentence, conditions, chart, table and caveats; everything from the data is escaped."""
        from kyogyo.analytics.readable import Voice, readable_table  # noqa: PLC0415 -- slow import
        from kyogyo.reports.svg import chart_svg  # noqa: PLC0415 -- slow import

        voice = Voice(lang=self.lang, currency=self.currency, labels=self.labels)
        parts = [
            f"<p><strong>{html.escape(self.sentence)}</strong><br><small>{html.escape(self._conditions())}</small></p>"
        ]
        if self.chart is not None:
            title = self.result.definition.label.say(self.lang)
            key = f"k{abs(hash((self.result.question, self.result.n))):x}"
            svg = chart_svg(
                chart=self.chart,
                result=self.result,
                voice=voice,
                width=640,
                key=key,
                title=title,
                says=self.sentence,
            )
            parts.append(str(svg) if svg is not None else "")
        shown = readable_table(result=self.result, voice=voice, limit=50)
        head = "".join(f"<th>{html.escape(heading.text)}</th>" for heading in shown.headings)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in shown.rows
        )
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        parts += [
            f"<p>⚠ {html.escape(caveat.says.say(self.lang))}</p>" for caveat in self.result.caveats
        ]
        return "\n".join(parts)


class Funnel:
    """One track of an organisation's history. Every method is one question."""

    def __init__(
        self,
        history: History,
        *,
        track: str | None = None,
        lang: Lang = "en",
        held: object | None = None,
    ) -> None:
        from kyogyo.usecases.evidence import labels_of  # noqa: PLC0415 -- slow import
        from kyogyo.usecases.report_funnel import main_track  # noqa: PLC0415 -- slow import

        self.history = history
        self.track = track or main_track(history)
        self.lang: Lang = lang
        self._labels = labels_of(history)
        # What keeps the connection open, held so that it lives as long as the funnel.
        self._held = held

    @cached_property
    def _counted(self) -> Counted:
        from kyogyo.analytics.funnel import open_funnel  # noqa: PLC0415 -- slow import

        return open_funnel(self.history, track=self.track)

    @property
    def model(self) -> RevenueModel:
        return self.history.model

    @property
    def step_codes(self) -> tuple[str, ...]:
        """The measured steps, as 'lead>mql'."""
        return tuple(self._counted.steps)

    def _show(self, result: Result, chart: str | None = None) -> Shown:
        return Shown(
            result, lang=self.lang, chart=chart, currency=self.model.currency, labels=self._labels
        )

    def _step(self, step: str) -> str:
        known = list(dict.fromkeys((*self._counted.steps, *self._counted.totals)))
        if step in known:
            return step
        raise KyogyoError(
            en=f"There is no measured step {step!r}. Measured are {', '.join(known)}.",
            ja=f"計測できる区間に {step!r} はありません。計測できるのは {'、'.join(known)} です。",
        )

    def bottleneck(self) -> Shown:
        """What holds revenue back: every node with what its gap costs a month, dearest first."""
        from kyogyo.analytics.bottleneck import find_bottleneck  # noqa: PLC0415 -- slow import

        return self._show(
            find_bottleneck(self._counted, forbidden=self.caveats()).result, "candidates"
        )

    def diagnosis(self) -> Diagnosis:
        """The whole answer of the page: headline, every node with its interval and "what if", and the evidence."""
        from kyogyo.usecases.find_bottleneck import diagnose_funnel  # noqa: PLC0415 -- slow import

        return diagnose_funnel(self._counted)

    def watch(self) -> Watch:
        """Every step by week, and the changes that became evident lately."""
        from kyogyo.analytics.watch import watch_steps  # noqa: PLC0415 -- slow import

        return watch_steps(self.history, track=self.track, funnel=self._counted)

    def conflicts(self) -> ConflictWatch:
        """Numbers of departments at odds: more of one while the next one's quality falls. Each owner is a team of one."""
        from kyogyo.analytics.conflict import watch_conflicts  # noqa: PLC0415 -- slow import

        return watch_conflicts(self.history, track=self.track)

    def steps(self, *, recycled: bool = False) -> Shown:
        """Conversion of each step; `recycled` for second and later passes."""
        from kyogyo.analytics.funnel import step_rates  # noqa: PLC0415 -- slow import

        return self._show(step_rates(self._counted, recycled=recycled), "funnel_rates")

    def totals(self) -> Shown:
        """From the first measured stage to each later one."""
        from kyogyo.analytics.funnel import total_rates  # noqa: PLC0415 -- slow import

        return self._show(total_rates(self._counted), "funnel_rates")

    def cohorts(self, step: str) -> Shown:
        """A step by month of entry; immature months have no rate."""
        from kyogyo.analytics.cohorts import cohort_rates  # noqa: PLC0415 -- slow import

        return self._show(cohort_rates(self._counted, step=self._step(step)), "cohort_rates")

    def months(self, *, months: int = 24) -> Shown:
        """Every step by month of entry, in one picture."""
        from kyogyo.analytics.cohorts import steps_by_month  # noqa: PLC0415 -- slow import

        return self._show(steps_by_month(self._counted, months=months), "step_grid")

    def ages(self, step: str) -> Shown:
        """A step by month of entry and age: the cohort grid."""
        from kyogyo.analytics.cohorts import cohort_grid  # noqa: PLC0415 -- slow import

        return self._show(cohort_grid(self._counted, step=self._step(step)), "cohort_grid")

    def curve(self, step: str) -> Shown:
        """How the share that got there grows with the days since entry."""
        from kyogyo.analytics.cohorts import curves  # noqa: PLC0415 -- slow import

        return self._show(curves(self._counted, steps=(self._step(step),)), "cumulative_incidence")

    def by(self, attribute: str, *, step: str) -> Shown:
        """A step by a journey attribute, or counts where a rate would mislead."""
        from kyogyo.analytics.caveats import refusing_rate  # noqa: PLC0415 -- slow import
        from kyogyo.analytics.groups import rates_by  # noqa: PLC0415 -- slow import

        if attribute not in self.history.attributes:
            raise KyogyoError(
                en=f"There is no attribute {attribute!r}. There are {', '.join(self.history.attributes) or 'none'}.",
                ja=f"属性 {attribute!r} はありません。あるのは {'、'.join(self.history.attributes) or 'なし'} です。",
            )
        refused = refusing_rate(
            self.caveats(), funnel=self._counted, step=self._step(step), attribute=attribute
        )
        result = rates_by(self._counted, step=step, attribute=attribute, refused=refused)
        return self._show(result, "segment_rates" if refused is None else None)

    def times(self) -> Shown:
        """Time in stage: median and 90th percentile, open stays counted as not yet done."""
        from kyogyo.analytics.timing import time_in_stage  # noqa: PLC0415 -- slow import

        return self._show(time_in_stage(self.history, track=self.track), "time_in_stage")

    def stock(self, *, months: int | None = 12) -> Shown:
        """In, out and balance of each stage by month."""
        from kyogyo.analytics.stock import stock_flow  # noqa: PLC0415 -- slow import

        return self._show(stock_flow(self.history, track=self.track, months=months), "stock_flow")

    def moves(self) -> Shown:
        """The moves between stages: forward, skip, back, exit."""
        from kyogyo.analytics.conformance import transitions  # noqa: PLC0415 -- slow import

        return self._show(transitions(self.history, track=self.track), "transitions")

    def deviations(self) -> Shown:
        """Journeys that skipped, went back or came again, and the time it took."""
        from kyogyo.analytics.conformance import deviations  # noqa: PLC0415 -- slow import

        return self._show(deviations(self.history, track=self.track))

    def value_per_win(self) -> Shown:
        """What a win is worth, by month."""
        from kyogyo.analytics.money import value_per_win  # noqa: PLC0415 -- slow import

        return self._show(value_per_win(self.history, track=self.track), "monthly")

    def value_rates(self) -> Shown:
        """Conversion by value beside that by count, where amounts allow it."""
        from kyogyo.analytics.value_rates import value_rates  # noqa: PLC0415 -- slow import

        return self._show(value_rates(self._counted))

    def revenue(self) -> Shown:
        """New, expansion, contraction, churn and reactivation by period."""
        from kyogyo.analytics.money import revenue_movements  # noqa: PLC0415 -- slow import

        return self._show(revenue_movements(self.history, track=self.track))

    def concentration(self) -> Shown:
        """How few customers the value rests on."""
        from kyogyo.analytics.money import concentration  # noqa: PLC0415 -- slow import

        return self._show(concentration(self.history, track=self.track), "concentration")

    def caveats(self) -> tuple[Caveat, ...]:
        """What was found in the data, and what it forbids."""
        from kyogyo.analytics.caveats import find_caveats  # noqa: PLC0415 -- slow import

        return find_caveats(self._counted)

    def report(self) -> Report:
        """The whole report, for `kyogyo.reports`."""
        from kyogyo.usecases.report_funnel import report_funnel  # noqa: PLC0415 -- slow import

        return report_funnel(
            history=self.history, made_at=time.time_ns() // 1_000, track=self.track
        )

    def save_report(self, path: str | Path) -> Path:
        """Write the report as one self-contained HTML page, in the funnel's language."""
        from kyogyo.reports.html import render_html  # noqa: PLC0415 -- slow import

        target = Path(path)
        target.write_text(render_html(report=self.report(), lang=self.lang), encoding="utf-8")
        return target

    def __repr__(self) -> str:
        return f"<Funnel {self.model.name.text.say(self.lang)} / {self.track}: {self.history.journeys:,} journeys, {self.history.entries:,} entries>"


def open_model(path: str | Path | None = None) -> RevenueModel:
    """The model of a file, or the default THE MODEL.

    Raises:
        ModelError: the file can't be read, or says something that is not allowed.
    """
    from kyogyo.revenue_model import default_model, load_model  # noqa: PLC0415 -- slow import

    return default_model() if path is None else load_model(Path(path))


def read(
    data: str | Path,
    *,
    model: RevenueModel | str | Path,
    track: str | None = None,
    lang: Lang = "en",
) -> Funnel:
    """Import files (as `kyogyo import` would, into memory) or open a store, and measure.

    Raises:
        KyogyoError: the data can't be read, no source of the model fits, or nothing is there to measure.
    """
    from kyogyo.usecases.report_data import open_data  # noqa: PLC0415 -- slow import

    declared = model if not isinstance(model, str | Path) else open_model(model)
    store, history = open_data(data=Path(data), model=declared, lang=lang)
    return Funnel(history, track=track, lang=lang, held=store)


def open_records(
    home: str | Path | None = None, *, track: str | None = None, lang: Lang = "en"
) -> Funnel:
    """Measure what people work on in an installation: its measuring copy, as published now.

    `home` is the folder of the installation; left out, KYOGYO_HOME, else `kyogyo-data`. The funnel
    stays of that copy; open it again for a newer one.

    Raises:
        KyogyoError: there is no copy yet, it can't be read, or nobody has entered any stage.
    """
    from kyogyo.usecases.measure_records import find_home, open_measured  # noqa: PLC0415 -- slow import

    kept = ExitStack()
    place = find_home(None if home is None else Path(home))
    measured = kept.enter_context(open_measured(home=place))
    return Funnel(measured.history, track=track, lang=lang, held=kept)


def measure(
    *,
    stage_entries: Any,
    model: RevenueModel | str | Path | None = None,
    attributes: Any | None = None,
    revenue: Any | None = None,
    as_of: int | None = None,
    track: str | None = None,
    lang: Lang = "en",
) -> Funnel:
    """Measure data frames (pandas, polars, Arrow, anything narwhals knows) of the text contract.

    See `kyogyo.analytics.frames.load_frames` for the columns; `as_of` is in epoch microseconds.

    Raises:
        SourceError: a column is missing, or a stage isn't one of the model's.
    """
    import duckdb  # noqa: PLC0415 -- slow import

    from kyogyo.analytics.derive import rebuild  # noqa: PLC0415 -- slow import
    from kyogyo.analytics.engines import DuckDBEngine  # noqa: PLC0415 -- slow import
    from kyogyo.analytics.frames import load_frames  # noqa: PLC0415 -- slow import
    from kyogyo.analytics.load import open_history  # noqa: PLC0415 -- slow import

    declared = open_model(model) if model is None or isinstance(model, str | Path) else model
    engine = DuckDBEngine(duckdb.connect())
    codes = load_frames(
        engine, model=declared, stage_entries=stage_entries, attributes=attributes, revenue=revenue
    )
    rebuild(engine, model=declared, attributes=codes)
    return Funnel(open_history(engine, model=declared, as_of=as_of), track=track, lang=lang)
