"""From data frames to integer tables: what is taken, what is refused, in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from small_history import LEAD, LOST, MEETING, WON, small_model, tokyo, two_track_model

from kyogyo.analytics.engines import DuckDBEngine
from kyogyo.analytics.frames import load_frames
from kyogyo.errors import SourceError
from kyogyo.revenue_model import RevenueModel

COLUMNS = {
    "journey_id": ["a", "b", "a"],
    "account_id": ["x", None, "x"],
    "at": [tokyo("2026-03-31 23:59"), tokyo("2026-04-01 00:00"), tokyo("2026-05-01 09:00")],
    "stage": ["lead", "lead", "won"],
    "owner": ["Sato", "", "Abe"],
    "amount": [None, None, 500],
    "inferred": [False, False, True],
    "cause": ["person", None, "sync"],
    "precision": ["second", "day", "month"],
}
FRAMES = {"arrow": pa.table, "polars": pl.DataFrame, "lazy polars": pl.LazyFrame, "pandas": pd.DataFrame}  # fmt: skip


def load(model: RevenueModel | None = None, **frames: Any) -> dict[str, list[tuple[Any, ...]]]:
    connection = duckdb.connect()
    engine = DuckDBEngine(connection)
    load_frames(engine, model=model or small_model(), **frames)
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        for table in ("entries", "attributes", "revenue", "names")
    }


def entries(*, model: RevenueModel | None = None, **columns: list[Any]) -> list[tuple[Any, ...]]:
    return load(model, stage_entries=pl.DataFrame(columns))["entries"]


def refusal(**columns: list[Any]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        load(stage_entries=pl.DataFrame(columns, strict=False))
    return caught.value


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_entries_come_out_as_integers_from_any_frame(make: Any) -> None:
    found = load(stage_entries=make(COLUMNS))
    # journey, seq, track, stage, at_us, day, month, department, owner, amount, cause, inferred, prec, account
    at = COLUMNS["at"]
    assert found["entries"] == [
        (1, 1, 1, LEAD, at[0], 20_543, 24_314, 1, 1, 0, 1, 0, 1, 1),
        (1, 3, 1, WON, at[2], 20_574, 24_316, 2, 2, 500, 4, 1, 3, 1),
        (2, 2, 1, LEAD, at[1], 20_544, 24_315, 1, 0, 0, 3, 0, 2, 0),
    ]
    assert found["names"] == [
        ("account", 1, "x"),
        ("journey", 1, "a"),
        ("journey", 2, "b"),
        ("owner", 1, "Sato"),
        ("owner", 2, "Abe"),
    ]
    assert (found["attributes"], found["revenue"]) == ([], [])


def test_attributes_and_revenue_share_the_names_of_the_entries() -> None:
    connection = duckdb.connect()
    codes = load_frames(
        DuckDBEngine(connection),
        model=small_model(),
        stage_entries=pa.table(COLUMNS),
        attributes=pa.table({"journey_id": ["b", "a", "a"], "attribute": ["source", "source", "size"],
                             "value": ["web", "fair", "web"]}),
        revenue=pa.table({"account_id": ["y", "x"], "period_start": [20_544, 20_544], "period_end": [20_574, 20_574],
                          "amount": [7, 9]}),
    )  # fmt: skip
    assert codes == (1, 2)
    read = "SELECT * FROM {} ORDER BY ALL"
    assert connection.execute(read.format("attributes")).fetchall() == [(1, 1, 2), (1, 2, 1), (2, 1, 1)]  # fmt: skip
    assert connection.execute(read.format("revenue")).fetchall() == [(1, 20_544, 20_574, 9), (2, 20_544, 20_574, 7)]  # fmt: skip


def test_revenue_takes_dates_as_well_as_day_numbers() -> None:
    revenue = pl.DataFrame({"account_id": ["x"], "period_start": [date(2026, 4, 1)], "period_end": [date(2026, 5, 1)], "amount": [7]})  # fmt: skip
    found = load(stage_entries=pa.table(COLUMNS), revenue=revenue)
    assert found["revenue"] == [(1, 20_544, 20_574, 7)]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_datetime_without_a_zone_is_utc_wherever_it_is_read(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time  # noqa: PLC0415 -- for this test only

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        found = entries(journey_id=["a"], stage=["lead"], at=[datetime(2026, 3, 31, 15, 0, 0, 1)])  # noqa: DTZ001
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found[0][4:7] == (tokyo("2026-04-01 00:00") + 1, 20_544, 24_315)


def test_a_datetime_with_a_zone_is_that_instant_to_the_microsecond() -> None:
    at = datetime(2026, 4, 1, 0, 0, 0, 999_999, tzinfo=ZoneInfo("Asia/Tokyo"))
    for frame in (pl.DataFrame, pa.table):
        found = load(stage_entries=frame({"journey_id": ["a"], "stage": ["lead"], "at": [at]}))
        assert found["entries"][0][4] == tokyo("2026-04-01 00:00") + 999_999


def test_what_pandas_writes_for_nothing_is_missing() -> None:
    frame = pd.DataFrame({
        "journey_id": ["a", "b"], "stage": ["lead", "won"], "at": [datetime(2026, 4, 1, tzinfo=UTC)] * 2,
        "owner": [float("nan"), "Abe"], "account_id": [None, "x"], "amount": [float("nan"), 500.0],
    })  # fmt: skip
    found = load(stage_entries=frame)
    assert [(row[8], row[9], row[13]) for row in found["entries"]] == [(0, 0, 0), (1, 500, 1)]
    assert [name for kind, _, name in found["names"] if kind == "owner"] == ["Abe"]
    nullable = pd.DataFrame({"journey_id": ["a"], "stage": ["lead"], "at": [0], "owner": pd.array([pd.NA], "string")})  # fmt: skip
    assert load(stage_entries=nullable)["entries"][0][8] == 0


def test_without_tracks_a_journey_is_on_the_one_that_has_most_of_its_stages() -> None:
    found = entries(
        model=two_track_model(),  # direct: meeting, won, recycled; new: lead, meeting, won, active, lost
        journey_id=["a", "a", "b", "b", "c"],
        stage=["meeting", "won", "meeting", "lost", "lead"],
        at=[0, 1, 2, 3, 4],
    )
    assert [(row[0], row[2], row[3]) for row in found] == [
        (1, 1, MEETING),
        (1, 1, WON),
        (2, 2, MEETING),
        (2, 2, LOST),
        (3, 2, LEAD),
    ]


def test_a_stage_of_no_track_is_on_none() -> None:
    from small_history import changed_model  # noqa: PLC0415 -- for this test only

    model = changed_model(('exits = ["lost", "recycled"]', 'exits = ["recycled"]'))
    assert entries(model=model, journey_id=["a"], stage=["lost"], at=[0])[0][2:4] == (0, LOST)


def test_the_department_is_the_stage_s_unless_given() -> None:
    same = {"journey_id": ["a", "b"], "stage": ["lead", "lead"], "at": [0, 1]}
    assert [row[7] for row in entries(**same)] == [1, 1]
    assert [row[7] for row in entries(**same, department=["sales", None])] == [2, 0]


SAME = {"journey_id": ["a", "b"], "stage": ["lead", "won"], "at": [0, 1]}


@pytest.mark.parametrize(
    ("columns", "en", "ja"),
    [
        ({"journey_id": ["a"], "stage": ["lead"]},
         "The table stage_entries has no column at. It has journey_id, stage; rename or add what is missing.",
         "表 stage_entries に列 at がありません。ある列は journey_id、stage です。名前を変えるか、列を足してください。"),
        (SAME | {"journey_id": ["a", None]},
         "stage_entries.journey_id is empty in row 2. Fill it in, or leave out the rows without it.",
         "stage_entries.journey_id の 2 行目が空です。値を入れるか、その行を除いてください。"),
        (SAME | {"at": [None, 1]},
         "stage_entries.at is empty in row 1. Fill it in, or leave out the rows without it.",
         "stage_entries.at の 1 行目が空です。値を入れるか、その行を除いてください。"),
        (SAME | {"stage": ["lead", "wonn"]},
         ("The table stage_entries names a stage that the model doesn't declare: wonn. "
         "Declared are lead, meeting, won, active, lost, recycled."),
         ("表 stage_entries に、モデルで宣言されていない stage があります：wonn。"
         "宣言されているのは lead、meeting、won、active、lost、recycled です。")),
        (SAME | {"at": [date(2026, 4, 1), date(2026, 4, 2)]},
         ("stage_entries.at is neither a datetime nor whole epoch microseconds in row 1: datetime.date(2026, 4, 1). "
         "Convert the column; for a date, say at which time it counts, and give the precision 'day'."),
         ("stage_entries.at の 1 行目が日時でもエポックからのマイクロ秒（整数）でもありません：datetime.date(2026, 4, 1)。"
         "列を変換してください。日付の場合は時刻を補い、precision を 'day' としてください。")),
        (SAME | {"precision": ["day", "hour"]},
         "stage_entries.precision has hour; it may be second, day, month, quarter, or empty.",
         "stage_entries.precision に hour があります。使えるのは second、day、month、quarter、または空です。"),
        (SAME | {"cause": ["robot", None]},
         "stage_entries.cause has robot; it may be person, rule, import, sync, or empty.",
         "stage_entries.cause に robot があります。使えるのは person、rule、import、sync、または空です。"),
        (SAME | {"currency": ["JPY", "USD"]},
         "stage_entries has amounts in USD, but the model counts in JPY. Convert them first: sums over currencies would mean nothing.",
         "stage_entries に USD の金額がありますが、モデルの通貨は JPY です。先に換算してください。通貨をまたぐ合計には意味がありません。"),
        (SAME | {"amount": [1.5, None]},
         "stage_entries.amount isn't a whole number in row 1: 1.5. Give amounts in whole minor units (yen, cents).",
         "stage_entries.amount の 1 行目が整数ではありません：1.5。金額は最小単位（円、セント）の整数で渡してください。"),
        (SAME | {"amount": ["1,000", None]},
         "stage_entries.amount isn't a whole number in row 1: '1,000'. Give amounts in whole minor units (yen, cents).",
         "stage_entries.amount の 1 行目が整数ではありません：'1,000'。金額は最小単位（円、セント）の整数で渡してください。"),
    ],
)  # fmt: skip
def test_bad_frames_are_refused_in_words(columns: dict[str, list[Any]], en: str, ja: str) -> None:
    error = refusal(**columns)
    assert (error.say("en"), error.say("ja")) == (en, ja)


def test_a_journey_on_two_tracks_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        entries(
            model=two_track_model(),
            journey_id=["a", "b", "a"],
            stage=["meeting", "lead", "meeting"],
            track=["direct", "new", "new"],
            at=[0, 1, 2],
        )
    assert caught.value.say("en") == (
        "Journey a is on two tracks (row 3). A journey is one pass on one track: give the second pass a journey_id of its own."
    )


def test_no_rows_make_empty_tables() -> None:
    frame = pl.DataFrame(schema={"journey_id": pl.String, "stage": pl.String, "at": pl.Int64})
    assert load(stage_entries=frame) == {"entries": [], "attributes": [], "revenue": [], "names": []}  # fmt: skip
