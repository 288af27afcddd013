"""Beside sending files: confirm how they map, see what they would do, import, fetch the verdicts, take it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.imports import begin_import
from kyogyo.records.models import Journey, ModelVersion
from kyogyo.usecases.import_records import import_records
from kyogyo.usecases.import_uploads import kept_files

DEALS = "id,company,lead,mql,owner\nX1,アオバ商事,2026-04-01,2026-04-03,佐藤\nX2,Birch,2026-04-02,,鈴木\n"


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def admin(signed_in: Callable[..., Client]) -> Client:
    return signed_in("admin")


def send(admin: Client) -> str:
    """Send the file; returns the word under which it is kept."""
    file = SimpleUploadedFile("deals.csv", DEALS.encode())
    answer = admin.post("/settings/imports/", {"files": [file]})
    return answer.content.decode().partition("/settings/imports/mapping/")[2].partition("/")[0]


def test_unmapped_file_leads_to_a_proposal_with_reasons(home: Path, admin: Client) -> None:
    word = send(admin)
    page = admin.get(f"/settings/imports/mapping/{word}/").content.decode()

    assert kept_files(home, word)[0].name == "deals.csv"
    assert 'value="deals.csv" checked' in page
    assert '<th scope="row">company</th>' in page


def test_confirmed_mapping_becomes_part_of_the_model_and_the_file_can_be_imported(
    home: Path, admin: Client
) -> None:
    word = send(admin)
    answer = admin.post(f"/settings/imports/mapping/{word}/", {"files": ["deals.csv"]})
    looked = admin.get(answer.headers["Location"]).content.decode()
    import_records(actor=SYSTEM, paths=kept_files(home, word), home=home)

    assert ModelVersion.objects.count() == 2
    assert f'name="word" value="{word}"' in looked
    assert sorted(Journey.objects.values_list("external_id", flat=True)) == ["X1", "X2"]


def test_nothing_chosen_is_said(home: Path, admin: Client) -> None:
    answer = admin.post(f"/settings/imports/mapping/{send(admin)}/", {})

    assert answer.status_code == 422
    assert ModelVersion.objects.count() == 1


def test_verdicts_are_fetched_and_the_import_is_taken_back(home: Path, admin: Client) -> None:
    word = send(admin)
    admin.post(f"/settings/imports/mapping/{word}/", {"files": ["deals.csv"]})
    batch = begin_import(actor=SYSTEM, label="deals.csv")
    made = import_records(
        actor=SYSTEM, paths=kept_files(home, word), home=home, batch=batch,
        verdict_dir=home / "verdicts" / str(batch.pk),
    )  # fmt: skip
    name = made.files.files[0].verdicts_path
    assert name is not None
    fetched = admin.get(f"/settings/imports/{batch.pk}/verdicts/{name.name}")
    rows = b"".join(fetched.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    admin.post(f"/settings/imports/{batch.pk}/undo/")

    assert len(rows) == 3
    assert set(Journey.objects.values_list("stage", flat=True)) == {""}


def test_no_file_beside_the_verdicts_is_given_out(home: Path, admin: Client) -> None:
    (home / "verdicts" / "1").mkdir(parents=True)
    (home / "secret.key").write_text("secret")

    assert admin.get("/settings/imports/1/verdicts/..%2F..%2Fsecret.key").status_code == 404
    assert admin.get("/settings/imports/1/verdicts/secret.key").status_code == 404


@pytest.mark.parametrize("who", ["field", "viewer", "manager"])
def test_only_administrators_take_an_import_back(
    home: Path, signed_in: Callable[..., Client], who: str
) -> None:
    assert signed_in(who).post("/settings/imports/1/undo/").status_code == 403
