"""What it costs DuckDB to read the columns that Kyogyo's answers need: SUM over exactly those.

No answer can be had for less from these tables, so this is the limit to measure against.
"""

from __future__ import annotations

from pathlib import Path

from data import KYOGYO, connect
from five_questions import FIRST, OWNED, STEPS, WON, Answer, Facts, Question

COLUMNS = {
    "funnel": ("journeys", ("track", f"m_{FIRST}", "a_1", *(f"r_{k}" for k in STEPS))),
    "stay": ("visits", ("track", "ended", "stage", "month", "dwell_s")),
    "stock": ("visits", ("track", "ended", "stage", "day", "left_day")),
    "moves": ("visits", ("track", "previous", "stage")),
    "wins": ("journeys", ("track", f"e_{OWNED}", f"o_{OWNED}", f"r_{WON}")),
}


def open_questions(folder: Path, facts: Facts) -> dict[str, Question]:  # noqa: ARG001 -- as the others
    """For each question the sums of its columns; no answers."""
    con = connect(folder / KYOGYO)

    def scan(table: str, columns: tuple[str, ...]) -> Answer:
        sums = ", ".join(f"SUM({column}) AS {column}" for column in columns)
        return con.sql(f"SELECT {sums} FROM {table}").fetchnumpy()

    return {
        question: lambda table=table, columns=columns: scan(table, columns)
        for question, (table, columns) in COLUMNS.items()
    }
