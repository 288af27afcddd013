from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kyogyo.errors import SourceError
from kyogyo.revenue_model import RevenueModel, Source, default_model
from kyogyo.usecases.importing.find_files import find_files, match_files


def model(*sources: dict[str, object]) -> RevenueModel:
    record = {"shape": "record", "columns": {"journey": "id"}, "stages": {"lead": "lead"}}
    made = tuple(Source.model_validate({**record, **source}) for source in sources)
    return default_model().model_copy(update={"sources": made})


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id,lead\n")


def test_folder_gives_its_files_without_hidden_ones_and_own_verdicts(tmp_path: Path) -> None:
    touch(tmp_path, "b.csv", "a.csv", "in/c.csv", ".hidden.csv", ".git/d.csv",
          "deals.a.csv.verdicts.csv", "deals.a.csv.refused.csv")  # fmt: skip

    assert [file.name for file in find_files([tmp_path])] == ["a.csv", "b.csv", "in/c.csv"]


def test_file_named_twice_is_found_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv")

    assert len(find_files([tmp_path / "a.csv", tmp_path, tmp_path / "." / "a.csv"])) == 1


def test_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        find_files([tmp_path / "none.csv"])


def test_sources_that_give_journeys_come_before_those_that_add_to_them(tmp_path: Path) -> None:
    touch(tmp_path, "revenue.csv", "companies.csv", "sizes.csv", "z_deals.csv", "a_deals.csv")
    declared = model(
        {"name": "revenue", "file": "revenue.csv", "shape": "revenue",
         "columns": {"account": "c", "period": "p", "amount": "a"}, "stages": {}},
        {"name": "companies", "file": "companies.csv", "shape": "attributes", "key": "account",
         "columns": {"account": "c"}, "attributes": {"x": "x"}, "stages": {}},
        {"name": "sizes", "file": "sizes.csv", "shape": "attributes",
         "columns": {"journey": "c"}, "attributes": {"x": "x"}, "stages": {}},
        {"name": "deals", "file": "*_deals.csv"},
    )  # fmt: skip

    matches = match_files(find_files([tmp_path]), model=declared)

    assert [(match.label, match.place) for match in matches] == [
        ("deals:a_deals.csv", 3), ("deals:z_deals.csv", 3), ("sizes:sizes.csv", 2),
        ("companies:companies.csv", 1), ("revenue:revenue.csv", 0),
    ]  # fmt: skip


def test_file_may_be_read_by_two_sources(tmp_path: Path) -> None:
    touch(tmp_path, "all.csv")
    declared = model({"name": "one", "file": "all.csv"}, {"name": "two", "file": "*.csv"})

    matches = match_files(find_files([tmp_path]), model=declared)

    assert [match.label for match in matches] == ["one:all.csv", "two:all.csv"]


def test_pattern_with_a_folder_looks_at_the_folder(tmp_path: Path) -> None:
    touch(tmp_path, "2025/deals.csv", "2026/deals.csv")
    declared = model({"name": "deals", "file": "2026/*.csv"})

    matches = match_files(find_files([tmp_path]), model=declared)

    assert [match.label for match in matches] == ["deals:2026/deals.csv"]


def test_japanese_names_match_in_both_ways_of_writing_them(tmp_path: Path) -> None:
    touch(tmp_path, unicodedata.normalize("NFD", "案件データ.csv"))
    declared = model({"name": "deals", "file": unicodedata.normalize("NFC", "案件デ*.csv")})

    matches = match_files(find_files([tmp_path]), model=declared)

    assert [match.label for match in matches] == ["deals:案件データ.csv"]


def test_corrected_refusals_belong_to_the_source_of_their_file(tmp_path: Path) -> None:
    touch(tmp_path, "deals.2026_all.csv.refused.csv")
    declared = model({"name": "deals", "file": "2026/all.csv"}, {"name": "other", "file": "*.csv"})
    files = find_files([tmp_path / "deals.2026_all.csv.refused.csv"])

    matches = match_files(files, model=declared)

    assert [match.label for match in matches] == ["deals:deals.2026_all.csv.refused.csv"]
