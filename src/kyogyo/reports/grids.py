"""Grids as tables that the eye can compare: a column an age, or a column a step."""

from __future__ import annotations

from kyogyo import words
from kyogyo.analytics.readable import (
    UNKNOWN,
    Cell,
    Heading,
    ReadableTable,
    Voice,
    records_of,
)
from kyogyo.analytics.results import Result
from kyogyo.words import Text

NOT_YET = Text(en="not yet", ja="未観測")
GRIDS = ("cohort_grid", "step_grid")  # charts whose table is turned
_COHORT = Text(en="Cohort", ja="コホート")


def grid_table(*, chart: str, result: Result, voice: Voice) -> ReadableTable:
    """The table of a result drawn as `chart`: 'cohort_grid' or 'step_grid'."""
    turn = _by_step if chart == "step_grid" else _by_age
    return turn(result=result, voice=voice)


def _by_step(*, result: Result, voice: Voice) -> ReadableTable:
    """The rows of a `step_grid` result turned: months down, steps across, n with each rate."""
    records = records_of(result)
    steps = list(dict.fromkeys(record["step"] for record in records))
    months = sorted({str(record["cohort"]) for record in records})
    cells = {(str(record["cohort"]), record["step"]): record for record in records}
    rows = tuple(
        (month, *(_rate(cells.get((month, step)), voice) for step in steps)) for month in months
    )
    headings = (
        Heading(name="cohort", text=voice.say(_COHORT), numeric=False),
        *(Heading(name=str(step), text=voice.word(str(step)), numeric=True) for step in steps),
    )
    return ReadableTable(headings=headings, rows=rows, total=len(rows))


def _rate(record: dict[str, Cell] | None, voice: Voice) -> str:
    if record is None:
        return "–"  # nobody entered the step in that month
    rate = voice.say(UNKNOWN) if record["rate"] is None else words.percent(record["rate"])
    return f"{rate} (n={words.count(record['n'])})"


def _by_age(*, result: Result, voice: Voice) -> ReadableTable:
    """The rows of a `cohort_grid` result turned: cohorts down, ages across."""
    records = records_of(result)
    ages = sorted({record["age"] for record in records})
    cells = {(record["cohort"], record["age"]): record["share"] for record in records}
    sizes = {record["cohort"]: record["n"] for record in records}
    rows = tuple(
        (
            str(cohort),
            words.count(n),
            *(_share(cells.get((cohort, age)), voice) for age in ages),
        )
        for cohort, n in sizes.items()
    )
    headings = (
        Heading(name="cohort", text=voice.say(_COHORT), numeric=False),
        Heading(name="n", text="n", numeric=True),
        *(Heading(name=f"age-{age}", text=str(age), numeric=True) for age in ages),
    )
    return ReadableTable(headings=headings, rows=rows, total=len(rows))


def _share(share: float | None, voice: Voice) -> str:
    return voice.say(NOT_YET) if share is None else words.percent(share)
