"""Derived tables follow the store: after a correction they are what a fresh store would have."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.events import History
from kyogyo.errors import MissingTableError
from kyogyo.mirror import Store
from kyogyo.revenue_model import parse_model
from kyogyo.usecases.import_history import import_history
from kyogyo.usecases.measure_history import measure_history
from tests.analytics.small_history import MODEL_TEXT, tokyo

SOURCE = """
[[sources]]
name = "deals"
file = "deals.csv"
shape = "record"
track = "new"
dates = "ymd"
columns = { journey = "id", account = "company", source = "from" }
stages = { lead = "created", meeting = "met", won = "won" }
"""
MODEL = parse_model(MODEL_TEXT + SOURCE, name="small.toml")
HEADER = "id,company,from,created,met,won"
NOW = tokyo("2026-12-31 00:00")


def rows(count: int) -> list[str]:
    return [
        f"D{n},C{n},web,2026-01-{1 + n % 28:02d},2026-02-{1 + n % 28:02d}," for n in range(count)
    ]


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "deals.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def tables(history: History) -> dict[str, list[tuple[object, ...]]]:
    """Both derived tables with names in place of codes, which depend on the order of imports."""
    connection = history.engine.connection  # type: ignore[attr-defined]
    named = "(SELECT name FROM names WHERE kind = 'journey' AND code = t.journey) AS name"
    return {
        table: connection.execute(
            f"SELECT {named}, t.* EXCLUDE (journey, account{extra}) FROM {table} AS t ORDER BY 1, {order}"
        ).fetchall()
        for table, order, extra in (("visits", "n", ", owner"), ("journeys", "1", ""))
    }


def measured(store: Store, path: Path) -> History:
    import_history(paths=[path], model=MODEL, store=store, now=NOW)
    return measure_history(store=store)


def test_measure_after_a_correction_equals_a_fresh_store(tmp_path: Path) -> None:
    with Store.open(":memory:", model=MODEL) as kept, Store.open(":memory:", model=MODEL) as fresh:
        measured(kept, write(tmp_path, rows(60)))
        corrected = rows(60)
        corrected[3] = "D3,C3,event,2026-01-20,,2026-03-01"
        del corrected[10]

        after = tables(measured(kept, write(tmp_path, corrected)))

        assert after == tables(measured(fresh, tmp_path / "deals.csv"))


def test_measure_looks_at_touched_journeys_only_when_few_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    from kyogyo.usecases import measure_history as module  # noqa: PLC0415 -- slow import

    for name in ("rebuild", "refresh"):
        real = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *a, real=real, name=name, **k: (made.append(name), real(*a, **k))
        )
    with Store.open(":memory:", model=MODEL) as store:
        lines = rows(60)
        measured(store, write(tmp_path, lines))
        lines[0] = "D0,C0,web,2026-01-02,2026-02-02,"
        measured(store, write(tmp_path, lines))
        measured(store, write(tmp_path, lines))

    assert made == ["rebuild", "refresh", "refresh"]


@pytest.mark.parametrize("changed", [1, 60])
def test_measure_broken_off_half_way_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: int
) -> None:
    """One corrected row is refreshed, sixty make a rebuild; either may be stopped in the middle."""
    corrected = [
        f"{line[:-1]},2026-03-01" if n < changed else line for n, line in enumerate(rows(60))
    ]
    run = DuckDBEngine.run

    def stopped(engine: DuckDBEngine, sql: str) -> None:
        if sql.startswith(("INSERT INTO journeys", "INSERT INTO made_journeys")):
            raise KeyboardInterrupt
        run(engine, sql)

    with Store.open(":memory:", model=MODEL) as kept, Store.open(":memory:", model=MODEL) as fresh:
        before = tables(measured(kept, write(tmp_path, rows(60))))
        path = write(tmp_path, corrected)
        with monkeypatch.context() as patch:
            patch.setattr(DuckDBEngine, "run", stopped)
            with pytest.raises(KeyboardInterrupt):
                measured(kept, path)
        left = {
            table: kept.tables().sql(f"SELECT COUNT(*) FROM {table}").fetchall()
            for (table,) in kept.tables().sql("SHOW TABLES").fetchall()
            if table in {"visits", "journeys"}
        }
        after = tables(measure_history(store=kept))

        # Part of a table of journeys is never there to be read.
        assert left.get("journeys", [(60,)]) == [(60,)]
        assert ("journeys" in left) is (changed == 1)

        assert after == tables(measured(fresh, path))
        assert after != before


def test_measure_as_of_then_knows_nothing_of_later_entries(tmp_path: Path) -> None:
    with Store.open(":memory:", model=MODEL) as store:
        whole = measured(store, write(tmp_path, rows(28)))

        then = measure_history(store=store, as_of=tokyo("2026-02-10 23:59"))

        assert (whole.entries, then.entries) == (56, 28 + 10)
        assert then.windows[2].last == then.as_of_day


def test_measure_of_an_empty_store_says_what_to_do() -> None:
    with Store.open(":memory:", model=MODEL) as store, pytest.raises(MissingTableError) as raised:
        measure_history(store=store)

    assert str(raised.value).startswith("There is no history to measure")
