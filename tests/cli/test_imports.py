"""`kyogyo import`: what is printed, asked, kept, and the exit status."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from kyogyo.cli import imports
from kyogyo.errors import KyogyoError
from kyogyo.mirror import Store
from kyogyo.revenue_model import load_model

MODEL = """name = "Test"
currency = "JPY"
time_zone = "Asia/Tokyo"

[[departments]]
code = "sales"
label = { en = "Sales", ja = "営業" }

[[stages]]
code = "lead"
label = { en = "Lead", ja = "リード" }
department = "sales"

[[stages]]
code = "won"
label = { en = "Won", ja = "受注" }
department = "sales"
type = "won"

[[tracks]]
code = "new"
label = "New"
stages = ["lead", "won"]
"""
SOURCE = """
[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
columns = { journey = "deal_id" }
stages = { lead = "created", won = "won" }
"""
DEALS = "deal_id,created,won\nD1,2026-04-01,2026-04-09\nD2,2026-04-02,\nD3,soon,\n"


@pytest.fixture
def program() -> typer.Typer:
    app = typer.Typer()
    # With a second command Typer keeps the name of the first.
    app.command("other")(lambda: None)
    imports.register(app)
    return app


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "kyogyo.toml").write_text(MODEL + SOURCE, encoding="utf-8")
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    return tmp_path


def run(program: typer.Typer, *words: str) -> Result:
    return CliRunner().invoke(program, ["import", *words, "--lang", "en"])


def entries(place: Path) -> int:
    with Store.open(place / "kyogyo.duckdb", model=load_model(place / "kyogyo.toml")) as store:
        return int(store.tables().execute("SELECT COUNT(*) FROM entries").fetchall()[0][0])


def test_import_keeps_the_history_and_says_what_became_of_the_rows(
    program: typer.Typer, place: Path
) -> None:
    result = run(program, "deals.csv", "--yes")

    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()[:2]] == [
        ["File", "Source", "Rows", "Taken", "Unchanged", "Refused", "Ignored", "Retracted"],
        ["deals.csv", "deals", "3", "2", "0", "1", "0", "0"],
    ]
    assert "  - 1 refused, first in row 3: created: " in result.output
    assert result.output.splitlines()[-1] == "Kept in kyogyo.duckdb."
    assert entries(place) == 3
    folder = place / "kyogyo-verdicts"
    assert sorted(path.name for path in folder.iterdir()) == [
        "deals.deals.csv.refused.csv", "deals.deals.csv.verdicts.csv",
    ]  # fmt: skip
    with (folder / "deals.deals.csv.verdicts.csv").open(encoding="utf-8-sig") as file:
        assert [line[2] for line in csv.reader(file)] == ["verdict", "taken", "taken", "refused"]


def test_dry_run_keeps_nothing_not_even_an_empty_store(program: typer.Typer, place: Path) -> None:
    result = run(program, "deals.csv", "--dry-run")

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "Nothing was kept (dry run)."
    assert not (place / "kyogyo.duckdb").exists()


def test_dry_run_leaves_a_store_that_was_there(program: typer.Typer, place: Path) -> None:
    run(program, "deals.csv", "--yes")
    (place / "deals.csv").write_text("deal_id,created,won\nD9,2026-04-01,\n")

    result = run(program, "deals.csv", "--dry-run")

    assert result.output.splitlines()[1].split() == [
        "deals.csv",
        "deals",
        "1",
        "1",
        "0",
        "0",
        "0",
        "2",
    ]
    assert entries(place) == 3


def test_file_that_fails_gives_status_1_and_the_others_are_kept(
    program: typer.Typer, place: Path
) -> None:
    (place / "deals2.csv").write_text("deal_id\nX\n")

    result = run(program, "deals.csv", "deals2.csv", "--yes")

    assert result.exit_code == 1
    assert "Files that could not be imported: 1 of 2. The others were." in result.output
    assert "has no column" in result.output
    assert entries(place) == 3


def test_folder_without_anything_to_read_says_what_to_do(program: typer.Typer, place: Path) -> None:
    (place / "data").mkdir()
    (place / "data" / "notes.csv").write_text("a,b\nx,y\n")

    result = run(program, "data", "--yes")

    assert result.exit_code == 0
    assert "? notes.csv: This is not a history" in result.output
    assert "? No file was given for: deals." in result.output
    assert "kyogyo import FILE --guess" in result.output


def test_path_that_is_not_there_is_an_error_in_words(program: typer.Typer, place: Path) -> None:
    result = run(program, "none.csv", "--yes")

    assert isinstance(result.exception, KyogyoError)
    assert result.exception.say("ja").startswith("ファイルまたはフォルダー none.csv がありません。")


def test_store_and_verdicts_go_where_they_are_told(program: typer.Typer, place: Path) -> None:
    run(program, "deals.csv", "--yes", "--store", "kept.duckdb", "--verdicts", "told")

    assert sorted(path.name for path in place.iterdir()) == [
        "deals.csv", "kept.duckdb", "kyogyo.toml", "told",
    ]  # fmt: skip


def test_other_name_keeps_the_first_content(program: typer.Typer, place: Path) -> None:
    run(program, "deals.csv", "--yes")
    (place / "deals.csv").write_text("deal_id,created,won\nD9,2026-04-01,\n")

    run(program, "deals.csv", "--yes", "--as", "april")

    assert entries(place) == 4


def test_summary_speaks_japanese(program: typer.Typer, place: Path) -> None:
    result = CliRunner().invoke(program, ["import", "deals.csv", "--dry-run", "--lang", "ja"])

    assert "1 行を受け付けず(最初は 3 行目)" in result.output
    assert result.output.splitlines()[-1] == "確認のみ行い、何も保存していません。"


def test_guess_is_shown_but_not_remembered_without_a_terminal(
    program: typer.Typer, place: Path
) -> None:
    (place / "kyogyo.toml").write_text(MODEL, encoding="utf-8")

    result = run(program, "deals.csv", "--guess")

    assert "[[sources]]" in result.output
    assert "Not remembered: there is no terminal to ask on." in result.output
    assert (place / "kyogyo.toml").read_text(encoding="utf-8") == MODEL


def test_accepted_guess_is_remembered_and_used_at_once(program: typer.Typer, place: Path) -> None:
    (place / "kyogyo.toml").write_text(MODEL, encoding="utf-8")
    text = DEALS.replace("soon", "2026-04-03")
    (place / "deals.csv").write_text(text, encoding="utf-8")

    first = run(program, "deals.csv", "--guess", "--yes")
    second = run(program, "deals.csv", "--guess", "--yes")

    assert first.exit_code == 0
    assert entries(place) == 4
    assert load_model(place / "kyogyo.toml").source("deals").stages == {
        "lead": "created", "won": "won",
    }  # fmt: skip
    assert "[[sources]]" not in second.output


def test_help_shows_an_example(program: typer.Typer) -> None:
    result = CliRunner().invoke(program, ["import", "--help"])

    assert "Example: kyogyo import exports/ --model kyogyo.toml --lang ja" in " ".join(
        result.output.split()
    )
