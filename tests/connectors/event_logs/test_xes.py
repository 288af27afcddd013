from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from kyogyo.connectors.event_logs import open_log
from kyogyo.connectors.rows import Table
from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.values import parse_times
from kyogyo.errors import SourceError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
 <string key="origin" value="not of a case"/>
 <trace>
  <string key="concept:name" value="001"/>
  <string key="group" value="東"><string key="part" value="x"/></string>
  <event>
   <string key="concept:name" value="登録"/>
   <date key="time:timestamp" value="2026-04-01T09:05:00.000+09:00"/>
   <float key="cost" value="10.50"/>
  </event>
  <event>
   <string key="concept:name" value="a &amp; b"/>
   <date key="time:timestamp" value="2026-04-02T09:05:00.000+09:00"/>
   <list key="tags"><values><string key="tag" value="p"/><string key="tag" value="q"/></values></list>
  </event>
 </trace>
 <trace><string key="concept:name" value="002"/><int key="size" value="7"/></trace>
 <trace>
  <event><string key="concept:name" value="z"/><boolean key="ok" value="true"/></event>
  <string key="concept:name" value="003"/>
 </trace>
</log>
"""


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Table]:
    def write(content: str | bytes = LOG, name: str = "log.xes") -> Table:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_log(path)

    return write


def test_events_are_rows_with_the_attributes_of_their_case(log: Callable[..., Table]) -> None:
    with log() as table:
        assert (table.info.format, table.info.rows_estimate, table.notes) == ("xes", 3, ())
        (batch,) = table.batches()

    assert batch.columns == {
        "case:concept:name": ["001", "001", "003"],
        "case:group": ["東", "東", ""],
        "case:group:part": ["x", "x", ""],
        "concept:name": ["登録", "a & b", "z"],
        "time:timestamp": [
            "2026-04-01T09:05:00.000+09:00",
            "2026-04-02T09:05:00.000+09:00",
            "",
        ],
        "cost": ["10.50", "", ""],
        "tags:tag": ["", "p; q", ""],
        "ok": ["", "", "true"],
    }
    assert list(batch.rows) == [1, 2, 3]


def test_gz_batches_and_columns_are_as_in_a_table(log: Callable[..., Table]) -> None:
    with log(gzip.compress(LOG.encode(), mtime=0), "log.xes.gz") as table:
        batches = list(table.batches(columns=["concept:name"], size=2))

    assert [(b.first_row, b.columns) for b in batches] == [
        (1, {"concept:name": ["登録", "a & b"]}),
        (3, {"concept:name": ["z"]}),
    ]


def test_log_without_times_is_noted(log: Callable[..., Table]) -> None:
    events = '<event><string key="concept:name" value="x"/></event>'

    assert [note.en for note in log(f"<log><trace>{events}</trace></log>").notes] == [
        "The log lacks what makes an event: case:concept:name, time:timestamp."
    ]


def test_events_outside_of_cases_are_kept(log: Callable[..., Table]) -> None:
    event = '<event><string key="concept:name" value="{}"/></event>'
    with log(
        f"<log>{event.format('a')}<trace>{event.format('b')}</trace>{event.format('c')}</log>"
    ) as table:
        (batch,) = table.batches()

    assert batch.columns == {"concept:name": ["a", "b", "c"]}


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"<!DOCTYPE log [{LAUGHS}]><log>&l9;</log>", "declares a document type or entities"),
        (
            '<!DOCTYPE log [<!ENTITY e SYSTEM "file:///etc/hostname">]><log>&e;</log>',
            "declares a document type or entities",
        ),
        ('<!DOCTYPE log SYSTEM "http://example.com/x.dtd"><log/>', "declares a document type"),
        (LOG[:-200], "breaks off or is damaged"),
        ("id,activity\n1,x\n", "breaks off or is damaged"),
        (gzip.compress(LOG.encode(), mtime=0)[:-20], "breaks off or is damaged"),
        (LOG.replace("UTF-8", "klingon"), "breaks off or is damaged"),
        ("<html/>", "but no XES event log"),
        ("<log/>", "is an event log without events"),
        ("", "is empty"),
    ],
)
def test_log_that_can_not_be_read_is_said(
    log: Callable[..., Table], content: str | bytes, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        log(content)

    assert message in caught.value.text.en


def test_gz_bomb_is_refused(log: Callable[..., Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyogyo.connectors.event_logs.xes_events._UNPACKED_AT_LEAST", 10_000)
    monkeypatch.setattr("kyogyo.connectors.event_logs.xes_events._UNPACKED_RATIO", 20)
    bomb = b"<log>" + b"<trace></trace>" * 50_000 + b"</log>"

    with pytest.raises(SourceError, match="possible bomb"):
        log(gzip.compress(bomb), "log.xes.gz")


def rows(table: Table) -> list[tuple[str, str, int]]:
    found = []
    names = ["case:concept:name", "concept:name", "time:timestamp"]
    with table:
        for batch in table.batches(columns=names):
            cases, activities, times = (batch.columns[name] for name in names)
            instants, _, problems = parse_times(times, zone="UTC")
            assert problems == {}
            found += zip(cases, activities, map(int, instants), strict=True)
    return found


def test_log_and_table_of_the_same_events_are_the_same(shared_data: Path) -> None:
    folder = shared_data / "event_logs"

    of_log = rows(open_log(folder / "08_receipt.xes.gz"))

    assert len(of_log) == 8577
    assert of_log == rows(open_table(folder / "receipt.csv"))
