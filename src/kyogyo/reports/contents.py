"""What a report says, before anything decides what it looks like.

The seam between measures and pages: a use case fills a `Report`; `html`, `terminal` and `machine`
only show it. Nothing here computes a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kyogyo.analytics.results import Caveat, Definition, Result
from kyogyo.words import Text

AnswerStatus = Literal["named", "tie", "none_distinguishable", "not_enough_history"]


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """An amount with its interval, lo <= mid <= hi, and the level of the interval.

    In minor units of the report's currency, or in wins where the data has no amounts.
    """

    mid: float
    lo: float
    hi: float
    level: float = 0.9
    unit: Literal["money", "wins"] = "money"


@dataclass(frozen=True)
class Answer:
    """The step that holds revenue back, or why none can be named.

    `headline` is one sentence that a CEO reads; `paragraph` says the same for RevOps, with basis
    and comparison. `stage` is the code of the stage in which the named step begins, and is marked
    in the stream; `step_label` names the step. `probability_top` is the chance, in [0, 1], that
    this step costs more than any other. With another status than 'named', `stage`, `step_label`,
    `cost_per_month` and `probability_top` may be None, and the page says so in words.

    `candidates` has one row a step, dearest first. Its columns are those of the chart
    'candidates' (see `kyogyo.analytics.charts`).
    """

    status: AnswerStatus
    headline: Text
    paragraph: Text
    candidates: Result
    reasons: tuple[Text, ...] = ()
    stage: str | None = None
    step_label: Text | None = None
    cost_per_month: MoneyRange | None = None
    probability_top: float | None = None


@dataclass(frozen=True, slots=True)
class StreamStage:
    """One stage of the stream, in order, and the step from it to the next stage.

    `entered` counts the journeys that entered it in the period of the report, `balance` those that
    are in it at the report's as-of. `rate` is the share of `rate_n` mature journeys that went on
    to the next stage, with its interval; None = unknown, and `rate_note` says why ("not enough
    history", "the last stage"). `median_s` is the median time in the stage in seconds, None =
    unknown. `marked` is the step that the answer names. `measured` False = no data reaches this
    stage: it is drawn as unknown, not as zero.
    """

    code: str
    label: Text
    department: Text
    entered: int
    balance: int
    rate: float | None = None
    rate_lo: float | None = None
    rate_hi: float | None = None
    rate_n: int = 0
    rate_note: Text | None = None
    median_s: float | None = None
    marked: bool = False
    measured: bool = True
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A result as one piece of evidence.

    `chart` names a function of `kyogyo.analytics.charts` (a key of CHARTS); None = a table only.
    `title` is shown instead of the definition's label where one metric appears several times.
    """

    result: Result
    chart: str | None = None
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Exhibits that answer one question. `id` is a URL fragment of a-z, 0-9 and '-'."""

    id: str
    title: Text
    lead: Text
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class FileRead:
    """How one file was read: rows taken, unchanged and refused, and where the verdicts lie."""

    name: str
    source: str
    taken: int
    unchanged: int = 0
    refused: int = 0
    retracted: int = 0
    verdicts: str | None = None
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything a report says.

    `as_of` (up to when the data was observed), `covers` (first and last instant of the period) and
    `made_at` are epoch microseconds. `labels` gives the company's own words for codes in tables
    and charts: stages, steps ('mql>sql'), departments, outcomes. `notice` is shown above all
    else, for example that the data is simulated. `caveats` and `definitions` are all that occur in
    the report, each once (see `all_caveats`, `all_definitions`).
    """

    title: Text
    organisation: Text
    model_version: str
    as_of: int
    zone: str
    currency: str
    generated_from: tuple[str, ...]
    made_at: int
    answer: Answer
    stream: tuple[StreamStage, ...]
    sections: tuple[Section, ...]
    caveats: tuple[Caveat, ...]
    definitions: tuple[Definition, ...]
    next_actions: tuple[Text, ...] = ()
    files: tuple[FileRead, ...] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    covers: tuple[int, int] | None = None
    notice: Text | None = None


def all_results(*, answer: Answer, sections: Iterable[Section]) -> tuple[Result, ...]:
    """Every result of a report in reading order."""
    shown = (exhibit.result for section in sections for exhibit in section.exhibits)
    return (answer.candidates, *shown)


def all_caveats(*, results: Iterable[Result], more: Iterable[Caveat] = ()) -> tuple[Caveat, ...]:
    """`more` and the caveats of `results`, each once: refusals first, then limits, then notes."""
    order = {"refusal": 0, "limit": 1, "note": 2}
    found: list[Caveat] = []
    for caveat in (*more, *(caveat for result in results for caveat in result.caveats)):
        if caveat not in found:
            found.append(caveat)
    return tuple(sorted(found, key=lambda caveat: order[caveat.severity]))


def all_definitions(*, results: Iterable[Result]) -> tuple[Definition, ...]:
    """The definitions of `results` in reading order, each version once."""
    return tuple(
        {
            (each.definition.id, each.definition.version): each.definition for each in results
        }.values()
    )
