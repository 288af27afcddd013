"""A grid of cohorts as a table with a column an age: one row a cohort, as the eye compares it."""

from __future__ import annotations

from kyogyo import words
from kyogyo.analytics.readable import Heading, ReadableTable, Voice, records_of
from kyogyo.analytics.results import Result
from kyogyo.words import Text

NOT_YET = Text(en="not yet", ja="未観測")
_COHORT = Text(en="Cohort", ja="コホート")


def grid_table(*, result: Result, voice: Voice) -> ReadableTable:
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
