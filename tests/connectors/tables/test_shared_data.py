"""Files that nobody on this project made."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.values import parse_times
from kyogyo.errors import SourceError


def test_every_table_is_read_to_its_last_row(shared_data: Path) -> None:
    read = {}
    for path in sorted([*shared_data.rglob("*.csv"), *shared_data.rglob("*.tsv")]):
        with open_table(path) as table:
            batches = list(table.batches())
            taken = sum(len(batch.rows) for batch in batches)
            assert [each for batch in batches for each in batch.refusals] == [], path.name
            read[path.name] = (taken, len(table.info.columns), table.info.delimiter)

    assert read["olist_marketing_qualified_leads_dataset.csv"] == (8000, 4, ",")
    assert read["olist_closed_deals_dataset.csv"] == (842, 14, ",")
    assert read["sales_pipeline.csv"] == (8800, 8, ",")
    assert read["receipt.csv"] == (8577, 15, ",")
    assert read["running_example.csv"] == (42, 5, ";")
    assert read["pn.tsv"] == (5552, 5, "\t")
    assert read["sf_lead_data.csv"][1] == 382


def test_placeholder_ends_of_history_are_not_taken_for_dates(shared_data: Path) -> None:
    with open_table(shared_data / "hubspot_export" / "deal_stage_data.csv") as table:
        cells = next(table.batches()).columns["_fivetran_end"]

    _, _, problems = parse_times(cells, zone="UTC")

    held = {cells[place] for place in problems}
    assert held == {cell for cell in cells if cell.startswith(("2050", "9999"))}
    assert "2050-01-01 00:00:00" in held


def test_lists_of_an_import_file_are_named(shared_data: Path) -> None:
    path = shared_data / "contacts_csv" / "import-sample.json"

    with pytest.raises(SourceError, match=r"sales .*, companies .*, contacts .*, notes .*, tasks"):
        open_table(path)
    with open_table(path, sheet="contacts") as table:
        assert "emails" in table.info.columns
