"""`kyogyo mirror`, and that page, report and notebook say the same numbers over the copy it makes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kyogyo
from kyogyo.cli.main import main
from kyogyo.usecases.measure_records import open_measured
from kyogyo.usecases.show_stream.contents import Asked
from kyogyo.usecases.show_stream.page import Judging, make_page
from tests.mirror.copy.conftest import sqlite_template  # noqa: F401 -- a fixture
from tests.mirror.copy.records import Records, sqlite_records


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "kyogyo", *words, "--home", str(home)],
        env={**os.environ, "KYOGYO_DATABASE_URL": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def worked(
    sqlite_template: Path,  # noqa: F811 -- the fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Records:
    """60 leads, one a day; every second meets after two days, every fourth is won after ten."""
    records = sqlite_records(sqlite_template, tmp_path_factory.mktemp("worked") / "home")
    records.adopt()
    with records.together():
        for n in range(60):
            journey = records.journey(records.account(), source="web" if n < 30 else "event")
            records.enter(journey, "lead", days=n)
            if n % 2 == 0:
                records.enter(journey, "meeting", days=n + 2)
            if n % 4 == 0:
                records.enter(journey, "won", days=n + 10, amount=10_000)
    return records


@pytest.fixture(scope="module")
def copied(worked: Records) -> Iterator[Path]:
    done = run(worked.home, "mirror", "--lang", "en")
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith("Copied all: 105 entries of 60 journeys, in ")
    yield worked.home
    shutil.rmtree(worked.home)


def test_mirror_says_in_japanese_that_nothing_had_changed(copied: Path) -> None:
    done = run(copied, "mirror", "--lang", "ja")

    assert done.stdout == "変更はありませんでした。コピーには 105 件の移行があります。\n"


def test_mirror_follows_until_it_is_interrupted(copied: Path) -> None:
    words = [sys.executable, "-W", "ignore", "-m", "kyogyo", "mirror", "--follow", "--lang", "en", "--home", str(copied)]  # fmt: skip
    told = {**os.environ, "KYOGYO_DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=told) as child:
        assert child.stdout is not None
        said = [child.stdout.readline(), child.stdout.readline()]
        child.send_signal(signal.SIGINT)
        code = child.wait(timeout=20)

    assert said == [
        "Following the records (Ctrl-C ends it).\n",
        "Nothing had changed. The copy holds 105 entries.\n",
    ]
    assert code == 0


def test_mirror_of_a_folder_without_records_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "mirror", "--lang", "en")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There are no records at ")
    assert done.stderr.endswith("Start Kyogyo there first: kyogyo serve, or kyogyo demo.\n")


def test_page_report_and_notebook_say_the_same_numbers(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["report", "--records", "--home", str(copied), "--json", "report.json", "--quiet", "--lang", "en"]  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["kyogyo", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    funnel = kyogyo.open_records(copied)
    with open_measured(home=copied) as measured:
        page = make_page(Judging(measured.history), asked=Asked(period="year"))

    assert ended.value.code == 0
    by_report = {
        one["code"]: (one["entered"], one["balance"], one["rate"]) for one in report["stream"] if one["measured"]
    }  # fmt: skip
    by_page = {
        one.code: (one.entered, one.balance, one.onward.rate if one.onward else None)
        for one in page.river.stages if one.is_measured
    }  # fmt: skip
    assert by_report == by_page
    assert {code: found[:2] for code, found in by_page.items()} == {
        "lead": (60, 30),
        "meeting": (30, 15),
        "won": (15, 15),
    }
    steps = {row["step"]: (row["n"], row["k"], row["rate"]) for row in funnel.steps().table.to_pylist()}  # fmt: skip
    counted = {one.onward.code: (one.onward.n, one.onward.k) for one in page.river.stages if one.onward}  # fmt: skip
    assert {step: found[:2] for step, found in steps.items()} == counted
    assert counted == {"lead>meeting": (60, 30), "meeting>won": (30, 15)}
    question = funnel.steps().result.question
    results = [shown["result"] for part in report["sections"] for shown in part["exhibits"]]
    section = next(found for found in results if found["question"] == question)
    assert {row["step"]: (row["n"], row["k"], row["rate"]) for row in section["rows"]} == steps
    assert report["as_of"] == page.river.as_of == funnel.history.as_of
    assert report["notice"]["en"].startswith("Counted from the records as copied at ")


def test_notebook_asks_up_to_a_day_as_the_report_does(copied: Path, tmp_path: Path) -> None:
    from kyogyo.usecases.report_records import report_records  # noqa: PLC0415 -- beside its use

    made = report_records(home=copied, as_of="2026-01-31")

    assert [(stage.code, stage.entered) for stage in made.stream[:3]] == [
        ("lead", 27),
        ("meeting", 13),
        ("won", 5),
    ]


@pytest.mark.parametrize("words", [["report"], ["report", "data", "--records"]])
def test_report_of_nothing_or_of_both_is_refused(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["kyogyo", *words, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("Say what to report on: either DATA")


def test_report_without_a_copy_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "--records", "--home", str(tmp_path), "--lang", "en"]
    monkeypatch.setattr(sys, "argv", ["kyogyo", *words])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert "otherwise run: kyogyo mirror" in capsys.readouterr().err
