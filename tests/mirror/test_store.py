"""The store's file: what is refused when it is opened, and what a changed model does to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from kyogyo.errors import StoreError
from kyogyo.mirror import Store
from kyogyo.revenue_model import RevenueModel, parse_model
from kyogyo.usecases.import_history import import_history

MODEL = """
name = "Test"
currency = "JPY"
time_zone = "{zone}"

[[departments]]
code = "sales"
label = "Sales"

[[departments]]
code = "service"
label = "Service"
{stages}
[[tracks]]
code = "deals"
label = "Deals"
stages = [{path}]

[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
columns = {{ journey = "id", owner = "owner" }}
stages = {{ lead = "lead", won = "won" }}
"""
STAGE = """
[[stages]]
code = "{code}"
label = "{code}"
department = "{department}"
type = "{kind}"
"""


def model(
    *codes: str, zone: str = "Asia/Tokyo", currency: str = "JPY", department: str = "sales"
) -> RevenueModel:
    codes = codes or ("lead", "won")
    stages = "".join(
        STAGE.format(code=code, department=department, kind="won" if code == "won" else "open")
        for code in codes
    )
    path = ", ".join(f'"{code}"' for code in codes)
    text = MODEL.format(zone=zone, stages=stages, path=path).replace("JPY", currency)
    return parse_model(text, name="test.toml")


def filled(folder: Path) -> Path:
    """A store with one deal: lead on 2026-04-01, won on 2026-04-10."""
    data = folder / "deals.csv"
    data.write_text("id,owner,lead,won\nD1,Sato,2026-04-01,2026-04-10\n")
    path = folder / "kyogyo.duckdb"
    with Store.open(path, model=model()) as store:
        import_history(paths=[data], model=model(), store=store)
    return path


def said_by(error: pytest.ExceptionInfo[StoreError]) -> str:
    return error.value.say("en")


def test_store_kept_is_found_again_by_the_next_process(tmp_path: Path) -> None:
    path = filled(tmp_path)

    with Store.open(path, model=model()) as store:
        entries = (
            store.tables().execute("SELECT stage, day, month FROM entries ORDER BY 1").fetchall()
        )
        files = store.files()

    # 2026-04-01 is day 20544 since 1970; April 2026 is month 2026 * 12 + 3.
    assert entries == [(1, 20544, 24315), (2, 20553, 24315)]
    assert [(file.label, file.rows, file.taken) for file in files] == [("deals:deals.csv", 1, 1)]


def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database\n" * 1_000)

    with pytest.raises(StoreError) as error:
        Store.open(path, model=model())

    assert said_by(error) == (
        f"{path} is not a store: it is some other kind of file. Nothing was changed. "
        "Name another file with --store."
    )
    assert path.read_text() == "not a database\n" * 1_000


def test_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR)")

    with pytest.raises(StoreError) as error:
        Store.open(path, model=model())

    assert said_by(error).startswith(f"{path} is a DuckDB database, but not one of Kyogyo's.")


def test_store_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'kyogyo'")

    with pytest.raises(StoreError) as error:
        Store.open(path, model=model())

    assert "format 99, this one reads 1" in said_by(error)


@pytest.mark.parametrize("place", ["", "missing/kyogyo.duckdb"])
def test_place_where_no_file_can_be_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError):
        Store.open(tmp_path / place, model=model())


def test_second_process_is_told_that_the_store_is_open_elsewhere(tmp_path: Path) -> None:
    path = filled(tmp_path)
    program = (
        "import sys, time, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        try:
            with pytest.raises(StoreError) as error:
                Store.open(path, model=model())
        finally:
            other.kill()

    assert said_by(error) == (
        f"{path} is open elsewhere: one process at a time can write to a store. "
        "Wait until it has finished, or close it there."
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (model(zone="UTC"), "the time zone Asia/Tokyo, and the model now says UTC"),
        (model(currency="USD"), "the currency JPY, and the model now says USD"),
    ],
)
def test_store_of_another_basis_is_refused(
    tmp_path: Path, changed: RevenueModel, said: str
) -> None:
    path = filled(tmp_path)

    with pytest.raises(StoreError) as error:
        Store.open(path, model=changed)

    assert said in said_by(error)


def test_stage_inserted_into_the_model_renumbers_the_current_state(tmp_path: Path) -> None:
    path = filled(tmp_path)

    with Store.open(path, model=model("lead", "meeting", "won")) as store:
        stages = store.tables().execute("SELECT stage FROM entries ORDER BY at_us").fetchall()
        touched = store.tables().execute("SELECT COUNT(*) FROM touched").fetchall()

    assert stages == [(1,), (3,)]
    assert touched == [(1,)]


def test_department_of_a_stage_follows_the_model(tmp_path: Path) -> None:
    path = filled(tmp_path)

    with Store.open(path, model=model(department="service")) as store:
        departments = store.tables().execute("SELECT DISTINCT department FROM entries").fetchall()

    assert departments == [(2,)]


def test_stage_removed_from_the_model_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = filled(tmp_path)
    # The source no longer fits either, but the store is what is asked here.
    smaller = model().model_copy(update={"stages": model().stages[:1], "tracks": (), "sources": ()})

    with pytest.raises(StoreError) as error:
        Store.open(path, model=smaller)

    assert "under a stage that the model no longer has: 'won' (entries: 1)" in said_by(error)


def test_store_opened_read_only_can_be_asked_and_not_changed(tmp_path: Path) -> None:
    path = filled(tmp_path)

    with Store.open(path, model=model(), read_only=True) as store:
        found = store.tables().execute("SELECT COUNT(*) FROM entries").fetchall()
        with pytest.raises(duckdb.Error):
            store.tables().execute("DELETE FROM entries")

    assert found == [(2,)]


def test_table_entries_has_the_columns_of_the_contract() -> None:
    from kyogyo.analytics.events import ATTRIBUTES, ENTRIES, NAMES, REVENUE  # noqa: PLC0415

    with Store.open(":memory:", model=model()) as store:
        for table, expected in (
            ("entries", ENTRIES), ("attributes", ATTRIBUTES), ("revenue", REVENUE), ("names", NAMES)
        ):  # fmt: skip
            columns = store.tables().execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
                "ORDER BY column_index", [table],
            ).fetchall()  # fmt: skip
            assert dict(columns) == dict(expected)
