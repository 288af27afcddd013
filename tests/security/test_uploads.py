"""Files of strangers: too large, lying about themselves, or made to fill the machine."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from kyogyo.config.asgi import MOST_BYTES, MOST_BYTES_OF_FILES
from kyogyo.records.models import ImportBatch, Journey, ModelVersion, User
from kyogyo.usecases.set_up_link import set_up_link
from tests.records.people import default_text
from tests.security.world import World

DEEP = {
    "lists": "x = " + "[" * 20_000,
    "tables": "x = " + "{a=" * 20_000,
    "dots": ".".join(["a"] * 20_000) + " = 1",
    "header": "[" + ".".join(["a"] * 20_000) + "]",
    "spaces": "[[" + " " * 200_000,
    "quotes": 'x = """' + "\n" * 200_000,
    "numbers": "x = " + "9" * 200_000,
    "keys": "\n".join(f"k{n} = {n}" for n in range(20_000)),
    "nul": "version = '\x00'",
    "not utf-8": b"\xff\xfe\x00",
    "nothing": "",
    "picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
}


def _model(content: str | bytes) -> SimpleUploadedFile:
    raw = content if isinstance(content, bytes) else content.encode()
    return SimpleUploadedFile("model.toml", raw)


@pytest.mark.parametrize("what", DEEP)
def test_model_that_is_none_is_refused_in_words_and_soon(world: World, what: str) -> None:
    began = time.process_time()
    answer = world.do("admin", "POST", "/settings/model/", {"file": _model(DEEP[what])})

    assert answer.status_code == 422
    assert time.process_time() - began < 5
    assert ModelVersion.objects.count() == 1


def test_model_of_more_than_a_megabyte_is_not_read(world: World) -> None:
    sent = _model(default_text() + "\n#" + "x" * 1_000_001)
    answer = world.do("admin", "POST", "/settings/model/", {"file": sent})

    assert answer.status_code == 422
    assert answer.content.decode().count("larger than 1 MB") == 1


@pytest.mark.parametrize("what", ["lists", "dots", "not utf-8", "picture"])
def test_first_run_refuses_a_model_that_is_none(db: None, what: str) -> None:
    link = set_up_link("") or ""
    sent = {"model": "own", "file": _model(DEEP[what]), "email": "a@example.com", "name": "A", "lang": "en",
            "password": "seven quiet rivers", "again": "seven quiet rivers"}  # fmt: skip
    answer = Client().post(link, sent)

    assert answer.status_code == 422
    assert User.objects.count() == 0


def test_first_run_is_for_whoever_has_the_token(db: None) -> None:
    strange = Client(REMOTE_ADDR="192.0.2.1")
    near = Client(headers={"Host": "localhost", "X-Forwarded-For": "192.0.2.1"})
    statuses = [
        strange.get("/setup/").status_code,
        strange.get("/setup/?token=x").status_code,
        near.get("/setup/").status_code,
        strange.get(set_up_link("") or "").status_code,
    ]

    assert statuses == [403, 403, 403, 200]


# --- imports --------------------------------------------------------------------------------------


def _send(world: World, *files: tuple[str, bytes]) -> HttpResponse:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return world.do("admin", "POST", "/settings/imports/", {"files": sent})


def _workbook(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return held.getvalue()


def _sheet(rows: bytes) -> dict[str, bytes]:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = b"http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b'<Relationships xmlns="' + packed + b'"><Relationship Id="r1" Type="' + rel
        + b'/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": b'<workbook xmlns="' + main + b'" xmlns:r="' + rel
        + b'"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="' + packed + b'"><Relationship Id="r1" Type="' + rel
        + b'/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": b'<worksheet xmlns="' + main + b'"><sheetData>' + rows
        + b"</sheetData></worksheet>",
    }  # fmt: skip


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD = {
    "bomb of one sheet": lambda: ("b.xlsx", _workbook(_sheet(b" " * 120_000_000))),
    "entities": lambda: ("e.xlsx", _workbook({**_sheet(b""), "xl/workbook.xml": ENTITIES + b"<workbook>&b;</workbook>"})),
    "no workbook": lambda: ("n.xlsx", b"PK\x03\x04" + b"\x00" * 100),
    "text as workbook": lambda: ("t.xlsx", b"a,b\n1,2\n"),
    "old workbook": lambda: ("o.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 100),
    "workbook as text": lambda: ("w.csv", _workbook(_sheet(b""))),
    "bomb of gzip": lambda: ("g.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 30_000_000, 9)),
    "no gzip": lambda: ("x.csv.gz", b"no gzip"),
    "no parquet": lambda: ("p.parquet", b"PAR1" + b"\x00" * 50 + b"PAR1"),
    "deep json": lambda: ("d.json", b"[" * 200_000),
    "entities in xes": lambda: ("e.xes", ENTITIES + b"<log>&b;</log>"),
    "nothing": lambda: ("z.csv", b""),
    "nul": lambda: ("u.csv", b"deal\x00,at\n\x00,\x00\n"),
    "one long line": lambda: ("l.csv", b"x" * 3_000_000),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_file_that_is_bad_is_refused_in_words_and_nothing_is_imported(
    world: World, what: str
) -> None:
    name, content = BAD[what]()
    before, began = Journey.objects.count(), time.process_time()
    answer = _send(world, (name, content))

    assert answer.status_code in (200, 422)
    assert time.process_time() - began < 10
    assert (Journey.objects.count(), ImportBatch.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "name",
    ["../../x.csv", "/etc/x.csv", "..\\..\\x.csv", "x\x00.csv", "é" * 200 + ".csv", "商" * 250 + ".csv",
     ".csv", "a\nb.csv", "con.csv", "<script>.csv", "-rf.csv", "'; --.csv"],
)  # fmt: skip
def test_name_of_a_file_leads_nowhere_and_breaks_nothing(
    world: World, tmp_path: Path, name: str
) -> None:
    answer = _send(world, (name, b"deal,stage,at\nA,lead,2026-01-05\n"))
    kept = [one for one in tmp_path.rglob("*") if one.is_file() and "csv" in one.name]

    assert answer.status_code in (200, 422)
    assert [one for one in kept if one.parent.parent != tmp_path / "uploads"] == []
    assert not Path("/etc/x.csv").exists()
    assert answer.content.decode().count("<script>.csv") == 0


@pytest.mark.parametrize("name", ["x.html", "x.py", "x.exe", "x.csv.exe", "x", "x.svg", "x.zip"])
def test_file_of_another_kind_is_refused_and_not_kept(
    world: World, tmp_path: Path, name: str
) -> None:
    assert _send(world, (name, b"a")).status_code == 422
    assert [one for one in (tmp_path / "uploads").rglob("*") if one.is_file()] == []


def test_body_has_a_limit_before_anything_reads_it() -> None:
    assert (MOST_BYTES, MOST_BYTES_OF_FILES) == (6_000_000, 210_000_000)
