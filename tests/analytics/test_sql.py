"""The emitter of plain SQL, word for word."""

from __future__ import annotations

import pytest

from kyogyo.analytics.sql import (
    ROWS,
    Question,
    case,
    cast,
    emit,
    emit_union,
    one_of,
    total,
    whole_division,
)


def test_case_takes_pairs_in_order() -> None:
    found = case(("a > 0", 1), ("b > 0", "c"), otherwise=0)
    assert found == "CASE WHEN a > 0 THEN 1 WHEN b > 0 THEN c ELSE 0 END"


def test_case_without_pairs_is_what_is_left() -> None:
    assert case(otherwise=-1) == "-1"


def test_one_of_sorts_its_codes_and_is_never_true_without_any() -> None:
    assert one_of("stage", [3, 1]) == "stage IN (1, 3)"
    assert one_of("stage", []) == "1 = 0"


def test_sums_and_casts_are_64_bits_wide() -> None:
    assert cast("x") == "CAST(x AS BIGINT)"
    assert cast("x", "SMALLINT") == "CAST(x AS SMALLINT)"
    assert total("x") == "CAST(SUM(x) AS BIGINT)"
    assert ROWS == "CAST(COUNT(*) AS BIGINT)"


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("duckdb", "(a) // 10"),
        ("polars", "(a) // 10"),
        ("sqlite", "(a) / 10"),
        ("postgresql", "(a) / 10"),
        ("clickhouse", "intDiv(a, 10)"),
    ],
)
def test_whole_division_is_spelled_for_the_engine(engine: str, text: str) -> None:
    assert whole_division(engine, "a", 10) == text


def test_a_question_groups_plain_columns_and_orders_its_rows() -> None:
    question = Question(
        source="journeys",
        keys=(("day", "d_1"), ("done", case(("r_2 > 0", 1), otherwise=0))),
        measures=(("count", ROWS), ("amount", total("won_amount"))),
        where=("track = 1", "r_1 > 0"),
    )
    assert emit(question) == (
        "SELECT day, done, CAST(COUNT(*) AS BIGINT) AS count, CAST(SUM(m1) AS BIGINT) AS amount FROM "
        "(SELECT CAST(d_1 AS BIGINT) AS day, CAST(CASE WHEN r_2 > 0 THEN 1 ELSE 0 END AS BIGINT) AS done, 1 AS m0, "
        "won_amount AS m1 FROM journeys WHERE track = 1 AND r_1 > 0) AS q GROUP BY day, done ORDER BY day, done"
    )


def test_more_than_ten_measures_keep_their_columns() -> None:
    measures = tuple((f"x{i}", total(f"c{i}")) for i in range(12))
    text = emit(Question(source="t", keys=(("k", "k"),), measures=measures))
    for i in range(12):
        assert f"c{i} AS m{i}" in text
        assert f"CAST(SUM(m{i}) AS BIGINT) AS x{i}" in text


def test_a_union_stacks_questions_and_one_alone_is_itself() -> None:
    questions = [
        Question(source="t", keys=(("step", str(i)),), measures=(("n", ROWS),)) for i in (0, 1)
    ]
    one = "SELECT step, CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT CAST({} AS BIGINT) AS step, 1 AS m0 FROM t) AS q GROUP BY step"
    assert emit_union(questions) == (
        f"SELECT * FROM ({one.format(0)} UNION ALL {one.format(1)}) AS stacked ORDER BY step"
    )
    assert emit_union(questions[:1]) == one.format(0) + " ORDER BY step"
