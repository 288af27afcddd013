"""`kyogyo report` from the command line: what it writes, what it says, how it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kyogyo import __version__
from kyogyo.cli.main import main
from tests.analytics.small_history import MODEL_TEXT

SOURCES = """
[[sources]]
name = "deals"
file = "deals*.csv"
shape = "record"
track = "new"
dates = "ymd"
columns = { journey = "id", account = "company", amount = "value" }
stages = { lead = "created", meeting = "met", won = "won" }
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "kyogyo.toml").write_text(MODEL_TEXT + SOURCES, encoding="utf-8")
    lines = ["id,company,value,created,met,won"]
    for n in range(120):
        day = f"2025-{1 + n // 20:02d}-{1 + n % 20:02d}"
        met = f"2025-{1 + n // 20:02d}-{3 + n % 20:02d}" if n % 2 == 0 else ""
        won = f"2025-{1 + n // 20:02d}-{8 + n % 20:02d}" if n % 4 == 0 else ""
        lines.append(f"D{n},C{n},{10_000 if won else ''},{day},{met},{won}")
    (tmp_path / "deals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """The program in this process, since starting Python anew for each case takes seconds."""
    monkeypatch.chdir(place)

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["kyogyo", *words])
        code = 0
        try:
            main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


def test_program_runs_as_a_module(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kyogyo", "--version"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (0, f"kyogyo {__version__}\n")


def test_report_writes_page_and_json_and_prints_the_answer(
    place: Path, run: Callable[..., Done]
) -> None:
    done = run("report", "deals.csv", "--json", "out.json", "--lang", "en")

    made = json.loads((place / "out.json").read_text(encoding="utf-8"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "<!DOCTYPE html>" in (place / "kyogyo-report.html").read_text(encoding="utf-8")
    assert made["answer"]["status"] in {"none_distinguishable", "not_enough_history"}
    assert made["answer"]["headline"]["en"][:30] in done.stdout.replace("\n", " ")


def test_report_in_japanese_speaks_japanese(place: Path, run: Callable[..., Done]) -> None:
    done = run("report", "deals.csv", "--lang", "ja", "--out", "page.html")

    assert done.returncode == 0
    assert '<html lang="ja"' in (place / "page.html").read_text(encoding="utf-8")


def test_report_as_of_an_earlier_day_leaves_out_what_came_later(
    place: Path, run: Callable[..., Done]
) -> None:
    run("report", "deals.csv", "--json", "all.json", "--quiet", "--lang", "en")
    run(
        "report",
        "deals.csv",
        "--json",
        "then.json",
        "--as-of",
        "2025-03-31",
        "--quiet",
        "--lang",
        "en",
    )

    whole, then = (
        json.loads((place / name).read_text(encoding="utf-8")) for name in ("all.json", "then.json")
    )
    first = [
        next(row for row in made["stream"] if row["code"] == "lead")["entered"]
        for made in (whole, then)
    ]
    assert first == [120, 60]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("report", "nowhere"), "nowhere"),
        (("report", "deals.csv", "--model", "missing.toml"), "missing.toml"),
        (
            ("report", "deals.csv", "--as-of", "yesterday"),
            "'yesterday' is not a date. Write it as 2026-04-30.",
        ),
        (("report", "gone.duckdb"), "There is no store gone.duckdb."),
        (
            ("report", "deals.csv", "--lang", "fr"),
            "There is no language 'fr' here. Use --lang en or --lang ja.",
        ),
        (("report", "deals.csv", "--track", "moon"), "moon"),
    ],
)
def test_report_says_in_words_what_is_wrong(
    run: Callable[..., Done], words: tuple[str, ...], says: str
) -> None:
    done = run(*words)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_report_of_a_folder_that_is_no_history_says_so(
    place: Path, run: Callable[..., Done]
) -> None:
    folder = place / "other"
    folder.mkdir()
    (folder / "people.csv").write_text("name\nSato\n", encoding="utf-8")

    done = run("report", "other", "--lang", "en")

    assert done.returncode == 2
    assert "This is not a history: none of its columns holds times" in done.stderr


def test_report_on_a_store_equals_the_report_on_its_files(
    place: Path, run: Callable[..., Done]
) -> None:
    run(
        "import",
        "deals.csv",
        "--model",
        "kyogyo.toml",
        "--store",
        "kept.duckdb",
        "--yes",
        "--lang",
        "en",
    )
    run("report", "kept.duckdb", "--json", "store.json", "--quiet", "--lang", "en")
    run("report", "deals.csv", "--json", "files.json", "--quiet", "--lang", "en")

    store, files = (
        json.loads((place / name).read_text(encoding="utf-8"))
        for name in ("store.json", "files.json")
    )
    for made in (store, files):
        made.pop("made_at")
        made.pop("files")
        made.pop("generated_from")
    assert store == files
