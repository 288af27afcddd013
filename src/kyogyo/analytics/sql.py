"""The small emitter of plain SQL.

Only what was shown to mean the same on every engine is emitted: SELECT, GROUP BY, CASE, SUM, MIN,
MAX, COUNT(*), ROW_NUMBER, LAG and LEAD with a typed default, COALESCE, equi-joins and UNION ALL.
No date functions, no division (the one whole division of the derivation is spelled per engine), no
quantiles, no NULL; ratios and statistics are made from the integers in numpy. Why: docs/decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Larger than any instant, day or month; stands for "never" while a minimum is taken.
NEVER = 4_000_000_000_000_000_000


def case(*branches: tuple[str, str | int], otherwise: str | int) -> str:
    """CASE over (condition, value) pairs; without any, what is left is `otherwise`."""
    if not branches:
        return str(otherwise)
    whens = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {whens} ELSE {otherwise} END"


def one_of(column: str, codes: Sequence[int]) -> str:
    """`column` is one of `codes`; never true when there are none."""
    return f"{column} IN ({', '.join(str(code) for code in sorted(codes))})" if codes else "1 = 0"


def cast(expression: str, kind: str = "BIGINT") -> str:
    return f"CAST({expression} AS {kind})"


def total(expression: str) -> str:
    """A sum as a 64-bit integer, which some engines would widen or make a decimal."""
    return cast(f"SUM({expression})")


ROWS = cast("COUNT(*)")


def whole_division(engine: str, dividend: str, divisor: int) -> str:
    """Floor of a quotient of two numbers >= 0, in the words of the engine."""
    if engine == "clickhouse":
        return f"intDiv({dividend}, {divisor})"
    operator = "//" if engine in {"duckdb", "polars"} else "/"
    return f"({dividend}) {operator} {divisor}"


@dataclass(frozen=True, slots=True)
class Question:
    """One SELECT ... GROUP BY over one table (or a join of two on the journey).

    `keys` and `measures` are (name, expression); rows come ordered by the keys.
    """

    source: str
    keys: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    where: tuple[str, ...] = ()


def emit(question: Question) -> str:
    """The text of one question."""
    return f"{_select(question)} ORDER BY {', '.join(name for name, _ in question.keys)}"


def emit_union(questions: Sequence[Question]) -> str:
    """Several questions with the same columns, stacked and ordered by their keys."""
    keys = ", ".join(name for name, _ in questions[0].keys)
    if len(questions) == 1:
        return emit(questions[0])
    parts = " UNION ALL ".join(_select(question) for question in questions)
    return f"SELECT * FROM ({parts}) AS stacked ORDER BY {keys}"


def _select(question: Question) -> str:
    keys = ", ".join(f"{cast(expression)} AS {name}" for name, expression in question.keys)
    names = [name for name, _ in question.keys]
    wanted = sorted({f"m{i}" for i, _ in enumerate(question.measures)})
    inner = ", ".join(
        [
            keys,
            *(
                f"{_argument(expression)} AS {name}"
                for (_, expression), name in _paired(question, wanted)
            ),
        ]
    )
    where = f" WHERE {' AND '.join(question.where)}" if question.where else ""
    outer = ", ".join(
        [
            *names,
            *(
                f"{_outer(expression, alias)} AS {name}"
                for (name, expression), alias in _paired(question, wanted)
            ),
        ]
    )
    return f"SELECT {outer} FROM (SELECT {inner} FROM {question.source}{where}) AS q GROUP BY {', '.join(names)}"


def _paired(question: Question, aliases: Sequence[str]) -> list[tuple[tuple[str, str], str]]:
    return list(zip(question.measures, [f"m{i}" for i in range(len(aliases))], strict=True))


def _argument(expression: str) -> str:
    """What is summed, so that the grouping sees plain columns only."""
    if expression == ROWS:
        return "1"
    return expression.removeprefix("CAST(SUM(").removesuffix(") AS BIGINT)")


def _outer(expression: str, alias: str) -> str:
    return ROWS if expression == ROWS else total(alias)
