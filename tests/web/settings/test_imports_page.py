"""Files sent by the browser: looked through first, imported after that, and what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from kyogyo.errors import RuleError
from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.imports import begin_import
from kyogyo.records.actions.model import adopt
from kyogyo.records.models import ImportBatch, Journey
from kyogyo.usecases.import_uploads import keep_uploads
from tests.records.people import Company, default_text

Browser = Callable[..., Client]

SOURCES = """
[[sources]]
name = "history"
file = "history.csv"
shape = "events"
track = "new_business"
dates = "ymd"
columns = { journey = "deal", stage = "stage", at = "at" }
"""
ROWS = "deal,stage,at\nA,lead,2026-01-05\nA,mql,2026-01-08\nB,lead,soon\n"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def _file(name: str = "history.csv", text: str = ROWS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


@pytest.mark.parametrize("name", ["manager", "viewer", "field"])
def test_imports_are_closed_to_others(
    signed_in: Browser, company: Company, home: Path, name: str
) -> None:
    client = signed_in(name)

    assert client.get("/settings/imports/").status_code == 403
    assert client.post("/settings/imports/", {"files": _file()}).status_code == 403
    assert client.post("/settings/imports/start/", {"word": "x"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_files_are_looked_through_and_then_imported(signed_in: Browser, home: Path) -> None:
    adopt(actor=SYSTEM, text=default_text() + SOURCES)
    client = signed_in("admin")
    looked = client.post("/settings/imports/", {"files": _file()}).content.decode()

    assert looked.count("3 rows: 2 new or changed, 0 as before, 1 refused") == 1
    assert (Journey.objects.count(), ImportBatch.objects.count()) == (0, 0)

    word = looked.split('name="word" value="')[1].split('"')[0]
    assert client.post("/settings/imports/start/", {"word": word}).status_code == 303
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(60)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.label) == ("done", "history.csv")
    assert Journey.objects.get().stage == "mql"
    part = client.get("/settings/imports/", headers={"HX-Request": "true"}).content.decode()
    assert (part.count('<div id="imports">'), part.count("<html")) == (1, 0)
    assert client.post("/settings/imports/start/", {"word": word}).status_code == 404


def test_import_whose_process_is_gone_is_said_to_have_stopped(
    signed_in: Browser, company: Company, home: Path
) -> None:
    begin_import(actor=SYSTEM, label="history.csv")
    page = signed_in("admin").get("/settings/imports/").content.decode()

    assert page.count("The server was stopped in the middle.") == 1
    assert ImportBatch.objects.get().state == "failed"


@pytest.mark.parametrize("name", ["run.sh", "noending"])
def test_file_of_another_kind_is_refused_and_not_kept(home: Path, name: str) -> None:
    with pytest.raises(RuleError):
        keep_uploads(home=home, files=[_file(name)])
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["../../history.csv", "C:\\data\\history.csv"])
def test_file_is_kept_by_its_name_alone(home: Path, name: str) -> None:
    sent = _file()
    sent._name = name
    word = keep_uploads(home=home, files=[sent])

    assert [p.name for p in (home / "uploads" / word).iterdir()] == ["history.csv"]


@pytest.mark.parametrize("word", ["../uploads", "nothing", ""])
def test_files_that_are_not_there_are_not_found(
    signed_in: Browser, company: Company, home: Path, word: str
) -> None:
    assert signed_in("admin").post("/settings/imports/start/", {"word": word}).status_code == 404
