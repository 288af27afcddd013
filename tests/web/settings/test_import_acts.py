"""Beside sending files: confirm how they map, see what they would do, import, fetch the verdicts, take it back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.imports import begin_import
from kyogyo.records.actions.journeys import log_activity
from kyogyo.records.models import Journey, ModelVersion
from kyogyo.revenue_model import parse_model
from kyogyo.usecases.import_lock import alone
from kyogyo.usecases.import_records import import_records
from kyogyo.usecases.import_steps import Step, teller
from kyogyo.usecases.import_uploads import kept_files
from kyogyo.usecases.undo_import import begin_undo
from tests.records.people import Company

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
    assert '<th scope="row">company<br>' in page


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


@pytest.mark.django_db(transaction=True)
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
    asked = admin.get(f"/settings/imports/{batch.pk}/undo/").content.decode()
    assert ("Take this import back?" in asked, Journey.objects.count()) == (True, 2)
    answer = admin.post(f"/settings/imports/{batch.pk}/undo/")
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(60)

    assert (len(rows), answer.status_code) == (3, 303)
    assert Journey.objects.count() == 0
    listed = admin.get("/settings/imports/").content.decode()
    assert (listed.count("journeys deleted 2"), listed.count("↶ deals.csv")) == (1, 1)


@pytest.mark.parametrize(
    ("lang", "says", "go_on"),
    [
        ("en", "Taking back what it entered: 500 / 6,700", "Go on with it"),
        ("ja", "フェーズ移行を取り消し中: 500 / 6,700", "続きから実行する"),
    ],
)
def test_how_far_it_is_is_shown_and_after_a_stop_how_to_go_on(
    home: Path, admin: Client, company: Company, lang: str, says: str, go_on: str
) -> None:
    company.admin.lang = lang
    company.admin.save()
    admin.post(f"/settings/imports/mapping/{send(admin)}/", {"files": ["deals.csv"]})
    made = import_records(actor=SYSTEM, paths=[*home.glob("uploads/*/deals.csv")], home=home)
    undoing = begin_undo(actor=SYSTEM, batch_id=made.batch_id or 0, home=home)
    teller(home, undoing.pk)(Step("take_back", 500, 6_700))
    with alone(home):
        page = admin.get("/settings/imports/").content.decode()
        assert (says in page, go_on in page, 'hx-trigger="every 3s"' in page) == (True, False, True)

    stopped = admin.get("/settings/imports/").content.decode()

    assert (says in stopped, go_on in stopped) == (False, True)
    assert f'action="/settings/imports/{undoing.pk}/go-on/"' in stopped


def test_import_that_people_worked_on_says_why_it_stays(home: Path, admin: Client) -> None:
    word = send(admin)
    admin.post(f"/settings/imports/mapping/{word}/", {"files": ["deals.csv"]})
    made = import_records(actor=SYSTEM, paths=kept_files(home, word), home=home)
    journey = Journey.objects.get(external_id="X1")
    log_activity(actor=SYSTEM, journey_id=journey.pk, kind="call")

    asked = admin.get(f"/settings/imports/{made.batch_id}/undo/")
    answer = admin.post(f"/settings/imports/{made.batch_id}/undo/")

    assert (asked.status_code, answer.status_code) == (200, 422)
    assert f"アオバ商事 ({journey.pk})" in asked.content.decode()
    assert 'method="post" action="/settings/imports/' not in asked.content.decode()
    assert Journey.objects.count() == 2


def test_no_file_beside_the_verdicts_is_given_out(home: Path, admin: Client) -> None:
    (home / "verdicts" / "1").mkdir(parents=True)
    (home / "secret.key").write_text("secret")

    assert admin.get("/settings/imports/1/verdicts/..%2F..%2Fsecret.key").status_code == 404
    assert admin.get("/settings/imports/1/verdicts/secret.key").status_code == 404


def test_revops_brings_history_in_and_changes_the_mapping_alone(
    home: Path, signed_in: Callable[..., Client]
) -> None:
    revops = signed_in("revops")
    word = send(revops)

    answer = revops.post(f"/settings/imports/mapping/{word}/", {"files": ["deals.csv"]})

    assert (answer.status_code, ModelVersion.objects.count()) == (303, 2)
    assert revops.get("/settings/imports/").status_code == 200
    assert revops.get("/settings/model/").status_code == 403


@pytest.mark.parametrize("who", ["field", "viewer", "manager"])
def test_only_importers_take_an_import_back(
    home: Path, signed_in: Callable[..., Client], who: str
) -> None:
    assert signed_in(who).post("/settings/imports/1/undo/").status_code == 403


def test_columns_and_words_are_changed_one_by_one_before_the_mapping_is_kept(
    home: Path, admin: Client
) -> None:
    word = send(admin)
    address = f"/settings/imports/mapping/{word}/"
    file = {"f0.shape": "record", "f0.file": "deals*.csv", "f0.c0": "columns.journey"}

    changed = file | {"f0.c1": "columns.account", "f0.c2": "stages.mql", "f0.c3": "stages.working"}
    shown = admin.post(address, changed | {"files": "deals.csv", "act": "show"})
    assert (shown.status_code, ModelVersion.objects.count()) == (200, 1)
    assert '<option value="stages.working" selected>' in shown.content.decode()

    assert admin.post(address, changed | {"files": "deals.csv", "act": "keep"}).status_code == 303
    source = parse_model(ModelVersion.objects.latest("id").text, name="m").sources[0]
    assert (source.file, dict(source.stages), source.columns.owner) == (
        "deals*.csv", {"mql": "lead", "working": "mql"}, None,
    )  # fmt: skip
    assert source.columns.account == "company"


def test_words_of_another_column_are_shown_before_they_are_kept(home: Path, admin: Client) -> None:
    text = "id,phase,state,at\nX1,商談中,won,2026-04-01\nX1,受注,lost,2026-04-03\n"
    sent = SimpleUploadedFile("log.csv", text.encode())
    answer = admin.post("/settings/imports/", {"files": [sent]}).content.decode()
    word = answer.partition("/settings/imports/mapping/")[2].partition("/")[0]
    address = f"/settings/imports/mapping/{word}/"
    file = {
        "files": "log.csv", "act": "keep", "f0.shape": "events", "f0.file": "log.csv",
        "f0.track": "new_business", "f0.c0": "columns.journey", "f0.c1": "columns.stage",
        "f0.c2": "", "f0.c3": "columns.at", "f0.of": "state",
    }  # fmt: skip

    stale = admin.post(address, file)
    assert (stale.status_code, ModelVersion.objects.count()) == (422, 1)
    assert '<th scope="row">商談中</th>' in stale.content.decode()

    kept = admin.post(address, file | {"f0.of": "phase", "f0.s0": "discovery", "f0.s1": "-"})
    assert kept.status_code == 303
    source = parse_model(ModelVersion.objects.latest("id").text, name="m").sources[0]
    assert (dict(source.stage_values), source.ignore_values) == ({"商談中": "discovery"}, ("受注",))


def test_one_meaning_for_two_columns_is_refused_in_words(home: Path, admin: Client) -> None:
    word = send(admin)
    twice = {
        "files": "deals.csv", "act": "keep", "f0.shape": "record", "f0.file": "deals.csv",
        "f0.c0": "columns.journey", "f0.c1": "columns.journey", "f0.c2": "stages.lead",
    }  # fmt: skip

    answer = admin.post(f"/settings/imports/mapping/{word}/", twice)

    assert (answer.status_code, ModelVersion.objects.count()) == (422, 1)
    assert "Both “id” and “company” are taken as: Key of the deal." in answer.content.decode()
