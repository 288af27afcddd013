"""Laws of importing, on any files in any order: what is kept depends on what files say last."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kyogyo.mirror import Store
from kyogyo.revenue_model import parse_model
from kyogyo.usecases.import_history import import_history

MODEL = parse_model(
    """
name = "Laws"
currency = "JPY"
time_zone = "Asia/Tokyo"

[[departments]]
code = "sales"
label = "Sales"

[[stages]]
code = "lead"
label = "Lead"
department = "sales"

[[stages]]
code = "won"
label = "Won"
department = "sales"
type = "won"

[[stages]]
code = "active"
label = "Active"
department = "sales"
type = "ongoing"

[[tracks]]
code = "new"
label = "New"
stages = ["lead", "won", "active"]

[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
columns = { journey = "id", account = "company", owner = "owner" }
stages = { lead = "lead", won = "won" }
attributes = { size = "size" }

[[sources]]
name = "log"
file = "log*.csv"
shape = "events"
columns = { journey = "id", stage = "stage", at = "time", owner = "owner", event_id = "event" }

[[sources]]
name = "companies"
file = "companies*.csv"
shape = "attributes"
key = "account"
columns = { account = "company" }
attributes = { size = "size" }

[[sources]]
name = "revenue"
file = "revenue*.csv"
shape = "revenue"
columns = { account = "company", period = "month", amount = "sales" }
enters = "active"
""",
    name="laws.toml",
)
NOW = 1_790_000_000_000_000

# Few values, so that files repeat, contradict and correct each other all the time.
ids = st.sampled_from(["J1", "J2"])
companies = st.sampled_from(["", "A", "B"])
owners = st.sampled_from(["", "x", "y"])
sizes = st.sampled_from(["", "s", "m"])
days = st.sampled_from(["2026-04-01", "2026-04-02"])
maybe_days = st.sampled_from(["", "2026-04-02"])
events = st.sampled_from(["", "e1", "e2"])
accounts = st.sampled_from(["A", "B"])

KINDS = {
    "deals": (
        "id,company,owner,lead,won,size",
        st.tuples(ids, companies, owners, days, maybe_days, sizes),
    ),
    "log": (
        "id,stage,time,owner,event",
        st.tuples(ids, st.sampled_from(["lead", "won"]), days, owners, events),
    ),
    "companies": ("company,size", st.tuples(accounts, sizes)),
    "revenue": (
        "company,month,sales",
        st.tuples(
            accounts, st.sampled_from(["2026-04", "2026-05"]), st.sampled_from(["0", "5", "9"])
        ),
    ),
}


def opened() -> Store:
    return Store.open(":memory:", model=MODEL, threads=1)


@st.composite
def histories(draw: st.DrawFn, *, most: int) -> list[tuple[str, str]]:
    """Versions of a few files, one after another: (name, content). Two files are of one kind."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    names = [f"{kind}1", f"{kind}2", "deals1", draw(st.sampled_from(sorted(KINDS))) + "1"]
    deliveries = []
    for _ in range(draw(st.integers(1, most))):
        name = draw(st.sampled_from(names))
        header, row = KINDS[name.rstrip("12")]
        rows = draw(st.lists(row, min_size=1, max_size=3))
        text = "\n".join([header, *(",".join(cells) for cells in rows)]) + "\n"
        deliveries.append((f"{name}.csv", text))
    return deliveries


def bring(store: Store, folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    report = import_history(paths=[path], model=MODEL, store=store, now=NOW)
    for file in report.files:
        assert file.error is None
        assert file.rows == file.taken + file.unchanged + file.refused + file.ignored


def current(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """The current state in words: codes depend on what came first, what they stand for doesn't."""
    name = "(SELECT name FROM names AS n WHERE n.kind = '{}' AND n.code = {})"
    j, a, o = (name.format(k, f"e.{k}") for k in ("journey", "account", "owner"))
    questions = {
        "entries": f"SELECT {j}, seq, track, stage, at_us, day, month, department, {o}, amount, cause, inferred, prec, {a} FROM entries AS e",
        "attributes": f"SELECT {j}, {name.format('attribute', 'e.attribute')}, {name.format('value', 'e.value')} FROM attributes AS e",
        "revenue": f"SELECT {a}, period_start, period_end, amount FROM revenue AS e",
        "accounts": f"SELECT {j}, {a} FROM accounts AS e",
    }  # fmt: skip
    return {
        table: sorted(store.tables().execute(sql).fetchall(), key=repr)
        for table, sql in questions.items()
    }


def statements(store: Store) -> Any:
    """What each file says, in words, without where it says it."""
    found = {}
    for table in ("stated_entries", "stated_accounts", "stated_attributes", "stated_revenue"):
        columns = [
            column
            for (column,) in store.tables().execute(
                "SELECT column_name FROM duckdb_columns() WHERE table_name = ? "
                "AND column_name NOT IN ('row', 'seq', 'file')", [table]
            ).fetchall()
        ]  # fmt: skip
        found[table] = sorted(
            store.tables().execute(
                f"SELECT f.label, {', '.join(f's.{c}' for c in columns)} FROM {table} AS s "
                "JOIN files AS f ON f.file = s.file"
            ).fetchall(), key=repr
        )  # fmt: skip
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(most=6))
def test_any_sequence_of_versions_ends_as_the_last_versions_alone(
    sequence: list[tuple[str, str]],
) -> None:
    last: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place, opened() as store:
        said: Any = None
        for name, text in sequence:
            bring(store, Path(place), name, text)
            now = {
                t: [r[1:] for r in rows if r[0].endswith(f":{name}")]
                for t, rows in statements(store).items()
            }
            # A version that says the same as the one before doesn't make its file the latest.
            if name not in last or now != said[name]:
                last.pop(name, None)
            last[name] = text
            said = {**(said or {}), name: now}
        found = current(store)
    with tempfile.TemporaryDirectory() as place, opened() as fresh:
        for name, text in last.items():
            bring(fresh, Path(place), name, text)
        expected = current(fresh)

    assert found == expected


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(most=5))
def test_journeys_that_change_are_among_the_touched(sequence: list[tuple[str, str]]) -> None:
    *before, last = sequence
    with tempfile.TemporaryDirectory() as place, opened() as store:
        for name, text in before:
            bring(store, Path(place), name, text)
        store.tables().execute("DELETE FROM touched")
        was = current(store)
        bring(store, Path(place), *last)
        now = current(store)
        touched = {
            name
            for (name,) in store.tables().execute(
                "SELECT n.name FROM touched AS t JOIN names AS n ON n.kind = 'journey' AND n.code = t.journey"
            ).fetchall()
        }  # fmt: skip

    changed = {
        row[0]
        for table in ("entries", "attributes", "accounts")
        for row in set(was[table]) ^ set(now[table])
    }
    assert changed <= touched


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(most=4))
def test_importing_everything_again_changes_no_table(sequence: list[tuple[str, str]]) -> None:
    def everything(store: Store) -> Any:
        tables = (
            store.tables()
            .execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")
            .fetchall()
        )
        return {t: sorted(store.tables().execute(f"SELECT * FROM {t}").fetchall(), key=repr) for (t,) in tables}  # fmt: skip

    with tempfile.TemporaryDirectory() as place, opened() as store:
        last = dict(sequence)
        for name, text in sequence:
            bring(store, Path(place), name, text)
        before = everything(store)
        for name, text in last.items():
            bring(store, Path(place), name, text)
        after = everything(store)

    assert after == before
