"""A grid of cohorts as a table with a column an age."""

from dataclasses import replace

import pyarrow as pa

from kyogyo.analytics.readable import Voice
from kyogyo.reports.grids import grid_table


def test_grid_table_has_a_row_a_cohort_and_says_what_is_not_observed_yet(sample):
    rows = [
        {"cohort": "2026-01", "n": 10, "age": 0, "share": 1.0},
        {"cohort": "2026-01", "n": 10, "age": 1, "share": 0.5},
        {"cohort": "2026-02", "n": 4, "age": 0, "share": 0.0},
        {"cohort": "2026-02", "n": 4, "age": 1, "share": None},
    ]
    result = replace(sample.grid(), table=pa.Table.from_pylist(rows))
    table = grid_table(chart="cohort_grid", result=result, voice=Voice(lang="ja"))
    assert [each.text for each in table.headings] == ["コホート", "n", "0", "1"]
    assert table.rows == (("2026-01", "10", "100.0%", "50.0%"), ("2026-02", "4", "0.0%", "未観測"))
    assert table.total == 2


def test_step_grid_has_a_column_a_step_and_n_with_each_rate(sample):
    rows = [
        {"step": "mql>working", "cohort": "2026-02", "n": 1200, "rate": None},
        {"step": "mql>working", "cohort": "2026-01", "n": 10, "rate": 0.5},
        {"step": "lead>mql", "cohort": "2026-01", "n": 20, "rate": 0.25},
    ]
    result = replace(sample.grid(), table=pa.Table.from_pylist(rows))
    voice = Voice(lang="en", labels=sample.LABELS)
    table = grid_table(chart="step_grid", result=result, voice=voice)
    assert [each.text for each in table.headings] == [
        "Cohort",
        "MQL → Working (SAL)",
        "Lead → MQL",
    ]
    assert table.rows == (
        ("2026-01", "50.0% (n=10)", "25.0% (n=20)"),
        ("2026-02", "unknown (n=1,200)", "–"),
    )
