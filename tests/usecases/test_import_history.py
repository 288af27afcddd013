"""Importing: what becomes of each row, what the same or a corrected file does, what is kept."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kyogyo.errors import SourceError
from kyogyo.mirror import Store
from kyogyo.revenue_model import RevenueModel, parse_model
from kyogyo.usecases.import_history import FileReport, ImportReport, import_history

NOW = 1_790_000_000_000_000  # 2026-09-21

MODEL_TEXT = """
name = "Test"
currency = "JPY"
time_zone = "Asia/Tokyo"

[[departments]]
code = "marketing"
label = { en = "Marketing", ja = "マーケティング" }

[[departments]]
code = "sales"
label = { en = "Sales", ja = "営業" }

[[stages]]
code = "lead"
label = { en = "Lead", ja = "リード" }
department = "marketing"

[[stages]]
code = "meeting"
label = { en = "Meeting held", ja = "商談" }
department = "sales"

[[stages]]
code = "won"
label = { en = "Won", ja = "受注" }
department = "sales"
type = "won"

[[stages]]
code = "active"
label = { en = "Active", ja = "利用開始" }
department = "sales"
type = "ongoing"

[[stages]]
code = "lost"
label = { en = "Lost", ja = "失注" }
department = "sales"
type = "lost"

[[tracks]]
code = "new"
label = "New"
stages = ["lead", "meeting", "won", "active"]
exits = ["lost"]

[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
columns = { journey = "id", account = "company", source = "channel" }
stages = { lead = "lead", meeting = "meeting" }
stage_owner = { lead = "marketer", meeting = "rep", won = "rep" }
stage_amount = { won = "amount" }
status = { column = "state", values = { Won = "won", Lost = "lost" }, at = "closed" }
ignore_values = ["Test"]

[[sources]]
name = "log"
file = "log*.csv"
shape = "events"
columns = { journey = "id", stage = "stage", at = "time", owner = "owner", event_id = "event", department = "team" }
stage_values = { "Closed Won" = "won" }
ignore_values = ["Note added"]

[[sources]]
name = "changes"
file = "changes*.csv"
shape = "history"
history_field = "stage"
columns = { journey = "id", field = "field", old = "old", new = "new", at = "at" }

[[sources]]
name = "snapshots"
file = "snapshots*.csv"
shape = "history"
columns = { journey = "id", new = "stage", at = "at" }

[[sources]]
name = "facts"
file = "facts*.csv"
shape = "attributes"
columns = { journey = "id" }
attributes = { size = "size" }

[[sources]]
name = "companies"
file = "companies*.csv"
shape = "attributes"
key = "account"
columns = { account = "company" }
attributes = { industry = "industry" }

[[sources]]
name = "revenue"
file = "revenue*.csv"
shape = "revenue"
columns = { account = "company", period = "month", amount = "sales", currency = "currency" }
enters = "active"
"""
MODEL = parse_model(MODEL_TEXT, name="test.toml")
DEALS = "id,company,channel,lead,marketer,meeting,rep,amount,state,closed\n"


@pytest.fixture
def store() -> Any:
    with Store.open(":memory:", model=MODEL) as opened:
        yield opened


def take(store: Store, *paths: Path, **options: Any) -> ImportReport:
    return import_history(paths=list(paths), model=store.model, store=store, now=NOW, **options)


def only(report: ImportReport) -> FileReport:
    (file,) = report.files
    return file


def counts(file: FileReport) -> tuple[int, int, int, int]:
    """Taken, unchanged, refused, ignored."""
    assert file.error is None, file.error.en
    assert file.rows == file.taken + file.unchanged + file.refused + file.ignored
    return file.taken, file.unchanged, file.refused, file.ignored


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return store.tables().execute(sql).fetchall()


def entries(store: Store) -> list[tuple[Any, ...]]:
    """Journey, stage, local time, owner, amount, account of every entry, by journey and time."""
    return rows(
        store,
        "SELECT j.name, e.stage, strftime(make_timestamptz(e.at_us) AT TIME ZONE 'Asia/Tokyo', "
        "'%Y-%m-%d %H:%M'), COALESCE(o.name, ''), e.amount, COALESCE(a.name, '') FROM entries AS e "
        "JOIN names AS j ON j.kind = 'journey' AND j.code = e.journey "
        "LEFT JOIN names AS o ON o.kind = 'owner' AND o.code = e.owner "
        "LEFT JOIN names AS a ON a.kind = 'account' AND a.code = e.account "
        "ORDER BY j.name, e.at_us, e.seq",
    )


def attributes(store: Store) -> list[tuple[str, str, str]]:
    return rows(
        store,
        "SELECT j.name, n.name, v.name FROM attributes AS a "
        "JOIN names AS j ON j.kind = 'journey' AND j.code = a.journey "
        "JOIN names AS n ON n.kind = 'attribute' AND n.code = a.attribute "
        "JOIN names AS v ON v.kind = 'value' AND v.code = a.value ORDER BY 1, 2",
    )


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All tables of the store, for equality."""
    tables = rows(store, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1")
    return {name: sorted(rows(store, f"SELECT * FROM {name}")) for (name,) in tables}


def verdicts(file: FileReport) -> list[list[str]]:
    assert file.verdicts_path is not None
    with file.verdicts_path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- shapes -----------------------------------------------------------------------------------


def test_record_makes_one_entry_a_date_and_none_for_a_missing_one(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS + 'D1,Acme,web,2026-04-01,Abe,2026-04-05,Sato,"1,200,000",Won,2026-04-20\n'
        "D2,,event,2026-04-02,Abe,,,,,\n",
    )

    file = only(take(store, path))

    assert counts(file) == (2, 0, 0, 0)
    assert entries(store) == [
        ("D1", 1, "2026-04-01 00:00", "Abe", 0, "Acme"),
        ("D1", 2, "2026-04-05 00:00", "Sato", 0, "Acme"),
        ("D1", 3, "2026-04-20 00:00", "Sato", 1_200_000, "Acme"),
        ("D2", 1, "2026-04-02 00:00", "Abe", 0, ""),
    ]
    assert attributes(store) == [("D1", "source", "web"), ("D2", "source", "event")]
    assert rows(store, "SELECT DISTINCT track, cause, inferred, prec FROM entries") == [
        (1, 3, 0, 2)
    ]
    assert rows(store, "SELECT stage, department FROM entries ORDER BY ALL") == [
        (1, 1), (1, 1), (2, 2), (3, 2),
    ]  # fmt: skip


def test_record_without_any_date_is_refused_and_one_in_an_ignored_state_ignored(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path, "deals.csv", DEALS + "D1,,,,,,,,Won,\nD2,,,,,,,,Test,\nD3,,,,,,,,Gone,\n"
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (0, 0, 2, 1)
    assert [line[2:] for line in verdicts(file)[1:]] == [
        ["refused", "D1", "No stage of this row has a date, so nothing of it can be placed in time."],
        ["ignored", "D2", "The mapping ignores this stage."],
        ["refused", "D3", 'state: "Gone" is no state that the mapping or the model knows.'],
    ]  # fmt: skip


def test_events_know_stages_by_mapping_code_and_label(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "log.csv",
        "id,stage,time,owner,event,team\n"
        "D1,lead,2026-04-01 09:00,Abe,e1,\n"
        "D1,商談,2026-04-02 09:00,Sato,e2,営業\n"
        "D1,closed won,2026-04-03 09:00,Sato,e3,Marketing\n",
    )

    assert counts(only(take(store, path))) == (3, 0, 0, 0)
    assert rows(store, "SELECT stage, department, prec FROM entries ORDER BY at_us") == [
        (1, 1, 1), (2, 2, 1), (3, 1, 1),
    ]  # fmt: skip


def test_events_with_unknown_words_are_refused_with_the_nearest_known_one(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "log.csv",
        "id,stage,time,owner,event,team\n"
        "D1,Closed Wonn,2026-04-01,,e1,\n"
        "D1,Note added,2026-04-01,,e2,\n"
        "D1,,2026-04-01,,e3,\n"
        "D1,Won,,,e4,\n"
        ",Won,2026-04-01,,e5,\n"
        "D1,Won,2026-04-01,,e6,Legal\n",
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v", lang="ja"))

    assert counts(file) == (0, 0, 5, 1)
    assert [line[2:] for line in verdicts(file)[1:]] == [
        ["受け付けず", "D1", "stage: 「Closed Wonn」に当たるフェーズが、対応付けにもモデルにもありません。「Closed Won」のことでしょうか。"],
        ["対象外", "D1", "対応付けで対象外としたフェーズです。"],
        ["受け付けず", "D1", "stage: 空です。入ったフェーズが分かりません。"],
        ["受け付けず", "D1", "time: 日時がないため、いつのことか分かりません。"],
        ["受け付けず", "", "id: 空です。どの案件の行なのかが分かりません。"],
        ["受け付けず", "D1", "team: 「Legal」に当たる部門が、対応付けにもモデルにもありません。"],
    ]  # fmt: skip


def test_history_takes_changes_of_the_stage_only_and_reports_gaps(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "changes.csv",
        "id,field,old,new,at\n"
        "D1,stage,,lead,2026-04-01 09:00\n"
        "D1,amount,1,2,2026-04-02 09:00\n"
        "D1,stage,meeting,won,2026-04-03 09:00\n"
        "D2,stage,lead,meeting,2026-04-01 09:00\n"
        "D2,stage,meeting,Meeting held,2026-04-02 09:00\n"
        "D2,stage,meeting,won,2026-04-05 09:00\n",
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (4, 0, 0, 2)
    assert [(e[0], e[1]) for e in entries(store)] == [("D1", 1), ("D1", 3), ("D2", 2), ("D2", 3)]
    assert [note.en for note in file.notes] == [
        (
            "Changes that don't start from the stage entered before: 1 (rows 3). Something in between "
            "is missing; nothing was filled in."
        ),
        (
            "Journeys whose first change leaves a stage that the file doesn't show them enter: 1 "
            "(rows 4). The history begins too late there."
        ),
    ]
    assert [line[4] for line in verdicts(file)[1:]] == [
        "", 'A change of "amount", not of "stage".', "the old value is not the stage entered before",
        "", "Old and new value are the same stage.", "",
    ]  # fmt: skip


def test_history_without_old_values_takes_a_stage_once_while_it_lasts(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "snapshots.csv",
        "id,stage,at\nD1,lead,2026-04-01\nD1,lead,2026-04-02\nD1,won,2026-04-03\n"
        "D1,lead,2026-04-04\nD2,lead,2026-04-04\n",
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (4, 1, 0, 0)
    assert verdicts(file)[2] == ["2", "3", "unchanged", "D1", "already in this stage since row 1"]
    assert [e[:3] for e in entries(store)] == [
        ("D1", 1, "2026-04-01 00:00"), ("D1", 3, "2026-04-03 00:00"),
        ("D1", 1, "2026-04-04 00:00"), ("D2", 1, "2026-04-04 00:00"),
    ]  # fmt: skip


def test_first_revenue_enters_the_declared_stage_at_the_end_of_its_period(
    store: Store, tmp_path: Path
) -> None:
    deals = write(
        tmp_path,
        "deals.csv",
        DEALS + "D1,Acme,,2026-01-01,,,,5,Won,2026-01-15\nD2,Beta,,2026-01-01,,,,,,\n",
    )
    revenue = write(
        tmp_path,
        "revenue.csv",
        "company,month,sales,currency\nAcme,2026-01,0,JPY\nAcme,2026年2月,700,JPY\nAcme,2026Q2,900,\n"
        "Gamma,2026-02,5,JPY\nAcme,FY2026,1,JPY\nAcme,2026-03,,JPY\nAcme,2026-03,5,USD\nAcme,2027-01,5,\n",
    )

    report = take(store, revenue, deals, verdict_dir=tmp_path / "v")

    assert [file.source for file in report.files] == ["deals", "revenue"]
    assert counts(report.files[1]) == (4, 0, 4, 0)
    assert [e[:3] for e in entries(store) if e[1] == 4] == [("D1", 4, "2026-02-28 23:59")]
    assert rows(
        store, "SELECT cause, inferred, prec, month, owner, amount FROM entries WHERE stage = 4"
    ) == [(2, 1, 3, 2026 * 12 + 1, 0, 0)]
    assert rows(store, "SELECT period_end - period_start, amount FROM revenue ORDER BY ALL") == [
        (28, 5), (28, 700), (31, 0), (91, 900),
    ]  # fmt: skip
    assert [note.en for note in report.files[1].notes] == [
        (
            "Accounts that belong to no journey in the store: 1 of 2. What is said of them is kept, and "
            "counts once a journey names them."
        )
    ]
    assert [line[4] for line in verdicts(report.files[1])[5:]] == [
        'month: "FY2026" is not a period such as 2026-04, 2026Q2 or 2026-04-01 (calendar, not fiscal).',
        "sales: There is no amount. Unknown is not zero.",
        "currency: The amount is in USD, and the model counts in JPY. Kyogyo doesn't convert.",
        'month: The period "2027-01" lies in the future, so this is a plan and no revenue.',
    ]


def test_first_revenue_of_an_account_goes_to_its_sale_and_not_to_a_lost_journey(
    store: Store, tmp_path: Path
) -> None:
    write(
        tmp_path,
        "deals.csv",
        DEALS
        + "D1,Acme,,2025-01-01,,,,,Lost,2025-02-01\nD2,Acme,,2026-01-01,,,,5,Won,2026-01-15\n",
    )
    write(tmp_path, "revenue.csv", "company,month,sales,currency\nAcme,2026-02,7,\n")

    take(store, tmp_path)

    assert [e[0] for e in entries(store) if e[1] == 4] == ["D2"]


def test_sale_that_appears_later_takes_the_revenue_entry_over(store: Store, tmp_path: Path) -> None:
    first = write(tmp_path, "deals1.csv", DEALS + "D1,Acme,,2025-01-01,,,,,Lost,2025-02-01\n")
    revenue = write(tmp_path, "revenue.csv", "company,month,sales,currency\nAcme,2026-02,7,\n")
    take(store, first, revenue)
    before = [e[0] for e in entries(store) if e[1] == 4]

    second = write(tmp_path, "deals2.csv", DEALS + "D2,Acme,,2026-01-01,,,,5,Won,2026-01-15\n")
    take(store, second)

    assert before == ["D1"]
    assert [e[0] for e in entries(store) if e[1] == 4] == ["D2"]


def test_what_is_known_of_an_account_reaches_its_journeys_in_either_order(tmp_path: Path) -> None:
    deals = write(tmp_path, "deals.csv", DEALS + "D1,Acme,,2026-01-01,,,,,,\n")
    companies = write(tmp_path, "companies.csv", "company,industry\nAcme,retail\nBeta,\n")
    found = []
    for order in ([deals, companies], [companies, deals]):
        with Store.open(":memory:", model=MODEL) as store:
            for path in order:
                take(store, path)
            found.append((attributes(store), entries(store)))

    assert found[0] == found[1]
    assert found[0][0] == [("D1", "industry", "retail")]


def test_row_whose_mapped_cells_are_all_empty_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "companies.csv", "company,industry\nAcme,retail\nBeta,\n")

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (1, 1, 0, 0)
    assert verdicts(file)[2][4] == "states nothing: every mapped cell is empty"


# --- identity ---------------------------------------------------------------------------------


def test_same_content_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    write(
        tmp_path, "deals.csv", DEALS + "D1,Acme,web,2026-04-01,Abe,,,,Won,2026-04-20\nD2,,,,,,,,,\n"
    )
    write(tmp_path, "companies.csv", "company,industry\nAcme,retail\n")
    write(tmp_path, "revenue.csv", "company,month,sales,currency\nAcme,2026-05,7,\n")
    take(store, tmp_path)
    before = everything(store)

    report = take(store, tmp_path, verdict_dir=tmp_path.parent / "verdicts")

    assert everything(store) == before
    assert [counts(file) for file in report.files] == [(0, 1, 1, 0), (0, 1, 0, 0), (0, 1, 0, 0)]
    assert verdicts(report.files[0])[1] == ["1", "2", "unchanged", "D1", "as before"]


def test_corrected_file_takes_what_changed_and_retracts_what_is_gone(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS
        + "D1,Acme,web,2026-04-01,Abe,,,,,\nD2,Acme,web,2026-04-02,Abe,,,,,\nD3,,,2026-04-03,,,,,,\n",
    )
    take(store, path)
    store.tables().execute("DELETE FROM touched")

    write(
        tmp_path,
        "deals.csv",
        DEALS + "D3,,,2026-04-03,,,,,,\nD2,Acme,web,2026-04-09,Abe,,,,,\n",
    )
    file = only(take(store, path))

    assert (counts(file), file.retracted) == ((1, 1, 0, 0), 2)
    assert file.notes[0].en == (
        "Replaces what deals.csv said when it was imported on 2026-09-21: rows of it that no longer "
        "hold: 2. If both should count, import this one under another name (--as)."
    )
    assert [e[:3] for e in entries(store)] == [
        ("D2", 1, "2026-04-09 00:00"), ("D3", 1, "2026-04-03 00:00"),
    ]  # fmt: skip
    assert rows(
        store,
        "SELECT r.kind, j.name, r.row, r.retracted_at FROM retracted AS r JOIN names AS j "
        "ON j.kind = 'journey' AND j.code = r.journey ORDER BY ALL",
    ) == [
        ("accounts", "D1", 1, NOW), ("attributes", "D1", 1, NOW),
        ("entries", "D1", 1, NOW), ("entries", "D2", 2, NOW),
    ]  # fmt: skip
    assert rows(store, "SELECT COUNT(*) FROM imports") == [(2,)]
    # D3 moved from row 3 to row 1: its order among others may change, so it counts as touched.
    assert rows(store, "SELECT COUNT(*) FROM touched") == [(3,)]


def test_row_known_from_another_file_is_unchanged_and_outlives_that_file(
    store: Store, tmp_path: Path
) -> None:
    first = write(
        tmp_path, "deals1.csv", DEALS + "D1,,,2026-04-01,Abe,,,,,\nD9,,,2026-04-01,,,,,,\n"
    )
    second = write(tmp_path, "deals2.csv", DEALS + "D1,,,2026-04-01,Abe,,,,,\n")
    take(store, first)

    file = only(take(store, second, verdict_dir=tmp_path / "v"))
    write(tmp_path, "deals1.csv", DEALS + "D9,,,2026-04-01,,,,,,\n")
    take(store, first)

    assert counts(file) == (0, 1, 0, 0)
    assert verdicts(file)[1][4] == "known from deals:deals1.csv"
    assert [e[0] for e in entries(store)] == ["D1", "D9"]
    assert rows(store, "SELECT label, row FROM entry_records ORDER BY journey") == [
        ("deals:deals2.csv", 1), ("deals:deals1.csv", 1),
    ]  # fmt: skip


def test_row_that_knows_less_than_another_file_is_known(store: Store, tmp_path: Path) -> None:
    first = write(tmp_path, "deals1.csv", DEALS + "D1,,,2026-04-01,Abe,,,,,\n")
    second = write(tmp_path, "deals2.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")

    reports = [only(take(store, path)) for path in (first, second)]

    assert [counts(file) for file in reports] == [(1, 0, 0, 0), (0, 1, 0, 0)]
    assert entries(store) == [("D1", 1, "2026-04-01 00:00", "Abe", 0, "")]


def test_of_two_files_that_contradict_each_other_the_later_import_counts(
    store: Store, tmp_path: Path
) -> None:
    one = write(tmp_path, "facts1.csv", "id,size\nD1,small\n")
    other = write(tmp_path, "facts2.csv", "id,size\nD1,large\n")
    deals = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    take(store, deals)
    take(store, one)
    file = only(take(store, other))
    then = attributes(store)
    take(store, one)
    again = attributes(store)
    write(tmp_path, "facts1.csv", "id,size\nD1,tiny\n")
    take(store, one)

    assert [note.en for note in file.notes] == [
        (
            "Attributes that differ from what facts:facts1.csv says: 1 (first in row 1). The later "
            "import counts."
        )
    ]
    assert then == again == [("D1", "size", "large")]
    assert attributes(store) == [("D1", "size", "tiny")]
    assert rows(store, "SELECT kind, statements FROM conflicts") == [("attribute", 2)]


def test_file_that_says_something_new_counts_as_the_later_in_everything_it_says(
    store: Store, tmp_path: Path
) -> None:
    write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\nD2,,,2026-04-01,,,,,,\n")
    one = write(tmp_path, "facts1.csv", "id,size\nD1,small\nD2,small\n")
    other = write(tmp_path, "facts2.csv", "id,size\nD1,large\n")
    for path in (tmp_path / "deals.csv", one, other):
        take(store, path)
    then = attributes(store)

    write(tmp_path, "facts1.csv", "id,size\nD1,small\nD2,tiny\n")
    take(store, one)

    assert then == [("D1", "size", "large"), ("D2", "size", "small")]
    assert attributes(store) == [("D1", "size", "small"), ("D2", "size", "tiny")]


def test_file_that_says_the_same_in_another_order_does_not_become_the_later(
    store: Store, tmp_path: Path
) -> None:
    write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    one = write(tmp_path, "facts1.csv", "id,size\nD1,small\nD2,small\n")
    other = write(tmp_path, "facts2.csv", "id,size\nD1,large\n")
    for path in (tmp_path / "deals.csv", one, other):
        take(store, path)

    write(tmp_path, "facts1.csv", "id,size\nD2,small\nD1,small\n")
    file = only(take(store, one))
    write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-02,,,,,,\n")
    take(store, tmp_path / "deals.csv")

    assert (counts(file), file.retracted) == ((0, 2, 0, 0), 0)
    assert attributes(store) == [("D1", "size", "large")]
    assert rows(store, "SELECT row FROM stated_attributes WHERE file = 2 ORDER BY key") == [
        (2,),
        (1,),
    ]


def test_repeated_row_is_unchanged_and_a_contradicting_one_gives_way_to_the_later(
    store: Store, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS + "D1,,,2026-04-01,Abe,,,,,\nD1,,,2026-04-01,Abe,,,,,\nD2,,,2026-04-01,Abe,,,,,\n"
        "D2,,,2026-04-01,Ito,,,,,\n",
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (2, 2, 0, 0)
    assert [line[2:] for line in verdicts(file)[1:]] == [
        ["taken", "D1", ""],
        ["unchanged", "D1", "repeats row 1"],
        ["unchanged", "D2", "row 4 says otherwise and comes later"],
        ["taken", "D2", ""],
    ]
    assert [e[3] for e in entries(store)] == ["Abe", "Ito"]


def test_event_with_an_id_moves_when_a_later_file_corrects_it(store: Store, tmp_path: Path) -> None:
    head = "id,stage,time,owner,event,team\n"
    first = write(tmp_path, "log1.csv", head + "D1,lead,2026-04-01,,e1,\nD1,won,2026-04-09,,e2,\n")
    second = write(tmp_path, "log2.csv", head + "D2,won,2026-04-10,,e2,\n")
    take(store, first)

    take(store, second)
    moved = [e[:3] for e in entries(store)]
    write(tmp_path, "log2.csv", head + "D2,lead,2026-04-10,,e7,\n")
    take(store, second)

    assert moved == [("D1", 1, "2026-04-01 00:00"), ("D2", 3, "2026-04-10 00:00")]
    assert [e[:3] for e in entries(store)] == [
        ("D1", 1, "2026-04-01 00:00"), ("D1", 3, "2026-04-09 00:00"),
        ("D2", 1, "2026-04-10 00:00"),
    ]  # fmt: skip


def test_attributes_wait_for_a_journey_to_enter_a_stage(store: Store, tmp_path: Path) -> None:
    facts = write(tmp_path, "facts.csv", "id,size\nD1,small\n")
    deals = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")

    file = only(take(store, facts))
    waiting = attributes(store)
    take(store, deals)

    assert [note.en for note in file.notes] == [
        (
            "Journeys without a dated stage in the store: 1 of 1. What is said of them is kept, "
            "and counts once they have one."
        )
    ]
    assert (waiting, attributes(store)) == ([], [("D1", "size", "small")])


def test_entries_at_one_instant_keep_the_order_of_the_file(store: Store, tmp_path: Path) -> None:
    head = "id,stage,time,owner,event,team\n"
    path = write(tmp_path, "log.csv", head + "D1,won,2026-04-01,,,\nD1,lead,2026-04-01,,,\n")

    take(store, path)

    assert [e[1] for e in entries(store)] == [3, 1]


def test_entries_at_one_instant_keep_the_order_of_the_sources_whichever_came_first(
    tmp_path: Path,
) -> None:
    log = write(tmp_path, "log.csv", "id,stage,time,owner,event,team\nD1,won,2026-04-01 00:00,,,\n")
    deals = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    found = []
    for order in ([log, deals], [deals, log]):
        with Store.open(":memory:", model=MODEL) as store:
            for path in order:
                take(store, path)
            found.append([e[1] for e in entries(store)])

    assert found == [[1, 3], [1, 3]]


def test_two_files_of_one_name_need_a_folder_or_a_name(store: Store, tmp_path: Path) -> None:
    one = write(tmp_path, "a/deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    other = write(tmp_path, "b/deals.csv", DEALS + "D2,,,2026-04-01,,,,,,\n")

    with pytest.raises(SourceError) as error:
        take(store, one, other)
    report = take(store, tmp_path)
    named = take(store, other, label="deals of March")

    assert "would both be kept as 'deals:deals.csv'" in error.value.say("en")
    assert [file.label for file in report.files] == ["deals:a/deals.csv", "deals:b/deals.csv"]
    assert only(named).label == "deals:deals of March"
    assert counts(only(named)) == (0, 1, 0, 0)


# --- what is odd or bad -----------------------------------------------------------------------


def test_impossible_order_is_kept_and_reported(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS + "D1,,,2026-04-10,,2026-04-01,,,,\nD2,,,2026-04-10,,2026-04-10,,,,\n"
        "D3,,,2026-04-10 15:00,,2026-04-10,,,Lost,2026-04-09\n",
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (3, 0, 0, 0)
    assert len(entries(store)) == 7
    assert [note.en for note in file.notes] == [
        "Journeys with lost dated before meeting: 1 (for example D3). Kept as they are.",
        "Journeys with meeting dated before lead: 1 (for example D1). Kept as they are.",
    ]
    assert [line[4] for line in verdicts(file)[1:]] == [
        "kept: meeting is dated before lead", "", "kept: lost is dated before meeting",
    ]  # fmt: skip


def test_verdicts_that_cannot_be_written_stop_the_file(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    (tmp_path / "v" / "deals.deals.csv.verdicts.csv").mkdir(parents=True)

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert file.error is not None
    assert "its verdicts not written: Is a directory" in file.error.en
    assert entries(store) == []
    assert rows(store, "SELECT COUNT(*) FROM files") == [(0,)]


def test_time_in_the_future_is_refused(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS + "D1,,,2026-04-10,,2027-01-05,,,,\nD2,,,2026-04-10,,2050-01-01,,,,\n",
    )

    file = only(take(store, path))

    assert counts(file) == (0, 0, 2, 0)
    assert file.reasons[0][0].en == (
        "meeting: 2027-01-05 is in the future, so it is a plan or a placeholder and nothing that happened."
    )
    assert "placeholder date" in file.reasons[1][0].en


def test_one_bad_row_among_many_is_the_only_one_refused(store: Store, tmp_path: Path) -> None:
    lines = [f"D{number},,,2026-04-01,,,,,," for number in range(1, 60_001)]
    lines[54_321] = "D54322,,,2026-02-30,,,,,,"
    path = write(tmp_path, "deals.csv", DEALS + "\n".join(lines) + "\n")

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert counts(file) == (59_999, 0, 1, 0)
    assert [reason[1:] for reason in file.reasons] == [(1, 54_322)]
    assert next(line for line in verdicts(file) if line[2] == "refused")[:4] == [
        "54322", "54323", "refused", "D54322",
    ]  # fmt: skip
    assert rows(store, "SELECT COUNT(*), COUNT(DISTINCT seq) FROM entries") == [(59_999, 59_999)]


def test_bad_file_leaves_the_others_imported(store: Store, tmp_path: Path) -> None:
    write(tmp_path, "deals1.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    write(tmp_path, "deals2.csv", "id,company\nD2,Acme\n")
    write(tmp_path, "deals3.csv", "")

    report = take(store, tmp_path)

    assert [file.error is None for file in report.files] == [True, False, False]
    assert [file.label for file in report.failed] == ["deals:deals2.csv", "deals:deals3.csv"]
    assert "has no column" in report.failed[0].error.en  # type: ignore[union-attr]
    assert [e[0] for e in entries(store)] == ["D1"]
    assert rows(store, "SELECT label FROM files") == [("deals:deals1.csv",)]


def test_dates_in_two_orders_stop_the_file(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", DEALS + "D1,,,4/13/2026,,,,,,\nD2,,,13/4/2026,,,,,,\n")

    file = only(take(store, path))

    assert file.error is not None
    assert 'The dates in column "lead" of deals.csv are written in two orders' in file.error.en
    assert entries(store) == []


def test_order_of_dates_proven_late_holds_for_the_whole_file(store: Store, tmp_path: Path) -> None:
    lines = ["D0,,,4/5/2026,,,,,,"] * 50_000 + ["D1,,,5/20/2026,,,,,,"]
    path = write(tmp_path, "deals.csv", DEALS + "\n".join(lines) + "\n")

    file = only(take(store, path))

    assert counts(file) == (2, 49_999, 0, 0)
    assert [e[2] for e in entries(store)] == ["2026-04-05 00:00", "2026-05-20 00:00"]


def test_file_changed_while_it_is_read_is_not_imported(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")

    def meanwhile(_: object) -> None:
        path.write_text(DEALS + "D2,,,2026-04-01,,,,,,\n")

    file = only(take(store, path, progress=meanwhile))

    assert file.error is not None
    assert file.error.en.startswith("deals.csv was changed while it was read.")
    assert entries(store) == []


def test_file_that_no_source_reads_is_named_with_what_to_do(store: Store, tmp_path: Path) -> None:
    write(tmp_path, "notes.csv", "text\nhello\nworld\n")
    write(tmp_path, "LICENSE", "free")

    report = take(store, tmp_path)

    assert [(u.path.name, u.says.en[:25]) for u in report.unmatched] == [
        ("notes.csv", "This is not a history: no")
    ]
    assert report.without_file == tuple(source.name for source in MODEL.sources)


def test_path_that_leads_nowhere_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        take(store, tmp_path / "missing.csv")


def test_name_for_several_files_is_an_error(store: Store, tmp_path: Path) -> None:
    write(tmp_path, "deals1.csv", DEALS)
    write(tmp_path, "deals2.csv", DEALS)

    with pytest.raises(SourceError):
        take(store, tmp_path, label="mine")


# --- verdict files ----------------------------------------------------------------------------


def test_verdicts_open_in_excel_and_run_nothing(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "deals.csv",
        DEALS + '=1+1,@sum,,2026-04-01,,,,,,\n"-D,""2""",,,nonsense,+x,,,,,\n',
    )

    file = only(take(store, path, verdict_dir=tmp_path / "v"))

    assert file.verdicts_path is not None
    assert file.refused_path is not None
    assert file.verdicts_path.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert verdicts(file)[0] == ["row", "line", "verdict", "journey", "reason"]
    assert [line[3] for line in verdicts(file)[1:]] == ["'=1+1", '\'-D,"2"']
    with file.refused_path.open(encoding="utf-8-sig", newline="") as text:
        refused = list(csv.reader(text))
    assert refused[0] == [*DEALS.strip().split(","), "kyogyo_row", "kyogyo_reason"]
    assert refused[1][:5] == ['\'-D,"2"', "", "", "nonsense", "'+x"]
    assert refused[1][10] == "2"


def test_refused_rows_can_be_corrected_and_imported(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n-D2,,,nonsense,+x,,,,,\n")
    file = only(take(store, path, verdict_dir=tmp_path / "v"))
    assert file.refused_path is not None
    text = file.refused_path.read_text(encoding="utf-8-sig").replace("nonsense", "2026-04-02")
    file.refused_path.write_text(text, encoding="utf-8-sig")

    corrected = only(take(store, file.refused_path, verdict_dir=tmp_path / "v"))

    assert counts(corrected) == (1, 0, 0, 0)
    assert [(e[0], e[3]) for e in entries(store)] == [("-D2", "+x"), ("D1", "")]


def test_folder_import_leaves_its_own_verdict_files_out(store: Store, tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", DEALS + "D1,,,nonsense,,,,,,\n")
    take(store, tmp_path, verdict_dir=tmp_path)

    report = take(store, tmp_path, verdict_dir=tmp_path)

    assert [file.path.name for file in report.files] == ["deals.csv"]
    assert report.unmatched == ()


# --- dry run, confirmation, kill --------------------------------------------------------------


def test_dry_run_reports_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    write(
        tmp_path, "deals.csv", DEALS + "D1,Acme,web,2026-04-01,,,,5,Won,2026-04-02\nD2,,,x,,,,,,\n"
    )
    write(tmp_path, "companies.csv", "company,industry\nAcme,retail\nBeta,food\n")
    write(
        tmp_path, "revenue.csv", "company,month,sales,currency\nAcme,2026-05,7,\nBeta,2026-05,7,\n"
    )
    with Store.open(":memory:", model=MODEL) as store:
        before = everything(store)
        rehearsed = take(store, tmp_path, dry_run=True)
        kept = everything(store)
        real = take(store, tmp_path)

    assert kept == before
    assert rehearsed.files == real.files
    assert (rehearsed.kept, real.kept) == (False, True)


@pytest.mark.parametrize("answer", [True, False])
def test_confirmation_decides_whether_anything_is_kept(tmp_path: Path, answer: bool) -> None:  # noqa: FBT001
    write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    asked: list[ImportReport] = []

    with Store.open(":memory:", model=MODEL) as store:
        report = take(store, tmp_path, confirm=lambda shown: asked.append(shown) or answer)  # type: ignore[func-returns-value]
        found = len(entries(store))

    assert [counts(only(shown)) for shown in asked] == [(1, 0, 0, 0)]
    assert (report.kept, found) == (answer, int(answer))


def test_confirmed_import_with_a_bad_file_keeps_the_good_ones(tmp_path: Path) -> None:
    write(tmp_path, "deals1.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    write(tmp_path, "deals2.csv", "id\nD2\n")

    with Store.open(":memory:", model=MODEL) as store:
        report = take(store, tmp_path, confirm=lambda _: True)
        found = [e[0] for e in entries(store)]

    assert (report.kept, len(report.failed), found) == (True, 1, ["D1"])


KILLED = """
import sys, time
from kyogyo.mirror import Intake, Store
from kyogyo.revenue_model import parse_model
from kyogyo.usecases.import_history import import_history

def wait(*_):
    print("here", flush=True)
    time.sleep(60)

store, model, data, where = sys.argv[1:]
model = parse_model(open(model, encoding="utf-8").read(), name="model")
if where == "settled":
    Intake.keep = wait
with Store.open(store, model=model) as opened:
    import_history(paths=[data], model=model, store=opened, progress=wait if where == "reading" else None)
"""


@pytest.mark.parametrize("where", ["reading", "settled"])
def test_kill_in_the_middle_leaves_the_state_before(tmp_path: Path, where: str) -> None:
    path = write(tmp_path, "deals.csv", DEALS + "D1,,,2026-04-01,,,,,,\n")
    place = tmp_path / "kyogyo.duckdb"
    with Store.open(place, model=MODEL) as store:
        take(store, path)
        before = everything(store)
    write(tmp_path, "deals.csv", DEALS + "D2,,,2026-04-02,,,,,,\nD3,,,2026-04-03,,,,,,\n")
    words = [str(place), str(write(tmp_path, "model.toml", MODEL_TEXT)), str(path), where]

    with subprocess.Popen(
        [sys.executable, "-c", KILLED, *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)

    with Store.open(place, model=MODEL) as store:
        after = everything(store)
        file = only(take(store, path))
        found = [e[0] for e in entries(store)]

    assert after == before
    assert (counts(file), file.retracted, found) == ((2, 0, 0, 0), 1, ["D2", "D3"])


def test_journeys_of_several_tracks_keep_to_the_one_that_fits(tmp_path: Path) -> None:
    text = MODEL_TEXT.replace(
        'stages = ["lead", "meeting", "won", "active"]', 'stages = ["lead", "won", "active"]'
    ).replace(
        '[[sources]]\nname = "deals"',
        '[[tracks]]\ncode = "partner"\nlabel = "Partner"\nstages = ["meeting", "won"]\n\n'
        '[[sources]]\nname = "deals"',
    )
    model: RevenueModel = parse_model(text, name="two tracks")
    write(
        tmp_path,
        "log.csv",
        "id,stage,time,owner,event,team\nD1,lead,2026-04-01,,,\nD1,won,2026-04-02,,,\n"
        "D2,meeting,2026-04-01,,,\nD2,won,2026-04-02,,,\nD3,won,2026-04-01,,,\n",
    )
    with Store.open(":memory:", model=model) as store:
        take(store, tmp_path)
        found = rows(
            store,
            "SELECT DISTINCT j.name, e.track FROM entries AS e JOIN names AS j "
            "ON j.kind = 'journey' AND j.code = e.journey ORDER BY ALL",
        )

    assert found == [("D1", 1), ("D2", 2), ("D3", 1)]
