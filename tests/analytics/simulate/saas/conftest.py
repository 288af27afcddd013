"""One company of the usual size, made once for the tests that read it."""

from __future__ import annotations

import duckdb
import pytest

from kyogyo.analytics.simulate import DEMO_FAULT, Simulation, simulate_company
from kyogyo.revenue_model import RevenueModel, default_model

START = 2023 * 12 + 3


@pytest.fixture(scope="session")
def model() -> RevenueModel:
    return default_model()


@pytest.fixture(scope="session")
def company(model: RevenueModel) -> Simulation:
    return simulate_company(model=model, seed=1, start_month=START, fault=DEMO_FAULT, lang="ja")


@pytest.fixture(scope="session")
def tables(company: Simulation) -> duckdb.DuckDBPyConnection:
    """The company's tables by name, entries numbered by `place` in the order of the table."""
    connection = duckdb.connect()
    connection.register("entry_rows", company.stage_entries)
    connection.register("attributes", company.attributes)
    connection.register("revenue", company.revenue)
    connection.execute(
        'CREATE TABLE entries AS SELECT *, "at" AS at_us, ROW_NUMBER() OVER () AS place '
        "FROM entry_rows"
    )
    return connection
