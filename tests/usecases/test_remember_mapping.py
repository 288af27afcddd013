from __future__ import annotations

from pathlib import Path

import pytest

from kyogyo.errors import ModelError
from kyogyo.revenue_model import Source
from kyogyo.usecases.remember_mapping import remember_mapping, section_of

BEFORE = """# Our model. Keep me.
name = "Us"   # and me
currency = "JPY"
time_zone = "Asia/Tokyo"

[[stages]]
code = "won"
label = "Won"
department = "sales"

[[departments]]
code = "sales"
label = "Sales"

[[tracks]]
code = "new"
label = "New"
stages = ["won"]
# The end.
"""
SOURCE = Source.model_validate(
    {
        "name": "log",
        "file": "ログ*.csv",
        "shape": "events",
        "columns": {"journey": "案件ID", "stage": "段階", "at": "日時"},
        "stage_values": {'"Closed" Won': "won", "済": "won"},
    }
)
SECTION = """[[sources]]
name = "log"
file = "ログ*.csv"
shape = "events"
columns = {journey = "案件ID", stage = "段階", at = "日時"}

[sources.stage_values]
"\\"Closed\\" Won" = "won"
"済" = "won"
"""


def test_mapping_is_added_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text(BEFORE, encoding="utf-8")

    model = remember_mapping(model_file=path, source=SOURCE)

    assert path.read_text(encoding="utf-8") == f"{BEFORE}\n{SECTION}"
    assert model.sources == (SOURCE,)
    assert [file.name for file in tmp_path.iterdir()] == ["kyogyo.toml"]


def test_second_mapping_follows_the_first(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text(BEFORE, encoding="utf-8")
    second = SOURCE.model_copy(update={"name": "other"})

    remember_mapping(model_file=path, source=SOURCE)
    model = remember_mapping(model_file=path, source=second)

    renamed = SECTION.replace('name = "log"', 'name = "other"')
    assert model.sources == (SOURCE, second)
    assert path.read_text(encoding="utf-8") == f"{BEFORE}\n{SECTION}\n{renamed}"


def test_every_key_of_a_mapping_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text(BEFORE, encoding="utf-8")
    source = Source.model_validate(
        {
            "name": "deals", "file": "deals.csv", "shape": "record", "track": "new",
            "time_zone": "UTC", "dates": "mdy", "sheet": "一覧", "encoding": "cp932",
            "delimiter": ";", "columns": {"journey": "id"}, "stages": {"won": "won"},
            "stage_owner": {"won": "rep"}, "stage_amount": {"won": "amount"},
            "status": {"column": "state", "values": {"W": "won"}, "at": "closed"},
            "attributes": {"size": "規模"}, "ignore": ["memo"], "ignore_values": ["x"],
        }
    )  # fmt: skip

    assert remember_mapping(model_file=path, source=source).sources == (source,)


def test_mapping_that_does_not_fit_the_model_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text(BEFORE, encoding="utf-8")
    wrong = SOURCE.model_copy(update={"stage_values": {"x": "unknown_stage"}})

    with pytest.raises(ModelError):
        remember_mapping(model_file=path, source=wrong)

    assert path.read_text(encoding="utf-8") == BEFORE


def test_missing_model_file_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        remember_mapping(model_file=tmp_path / "none.toml", source=SOURCE)

    assert "kyogyo init" in error.value.say("en")


def test_section_alone_is_what_would_be_written() -> None:
    assert section_of(SOURCE) == SECTION
