"""`kyogyo init` and `kyogyo model`, as a person calls them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner, Result

from kyogyo.cli.model import register
from kyogyo.errors import KyogyoError
from kyogyo.revenue_model import default_model, load_model
from kyogyo.revenue_model.draw import draw_svg, draw_terminal
from kyogyo.revenue_model.template import template
from kyogyo.words import Text

app = typer.Typer()
register(app)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def refused(*words: str) -> Text:
    error = run(*words).exception
    assert isinstance(error, KyogyoError)
    return error.text


def test_init_writes_the_template_and_says_what_comes_next() -> None:
    result = run("init", "acme.toml", "--lang", "ja")

    assert Path("acme.toml").read_text(encoding="utf-8") == template("ja")
    assert result.exit_code == 0
    assert result.output == (
        "acme.toml を書き出しました。自社に合わせて直したら、確認してください: "
        "kyogyo model check acme.toml\n"
    )


def test_init_without_a_path_writes_here() -> None:
    result = run("init", "--lang", "en")

    assert Path("kyogyo.toml").read_text(encoding="utf-8") == template("en")
    assert result.output == (
        "Wrote kyogyo.toml. Change it to fit your organisation, then run: "
        "kyogyo model check kyogyo.toml\n"
    )


def test_init_overwrites_only_with_force() -> None:
    Path("kyogyo.toml").write_text("mine")

    told = refused("init", "--lang", "en")

    assert told.en == (
        "kyogyo.toml is there already and stays as it is. Name another file, "
        "or overwrite it with --force."
    )
    assert Path("kyogyo.toml").read_text() == "mine"
    assert run("init", "--lang", "en", "--force").exit_code == 0
    assert load_model("kyogyo.toml") == default_model()


def test_check_without_a_file_checks_the_default_model() -> None:
    assert run("model", "check", "--lang", "en").output == (
        "THE MODEL can be used: departments 4, tracks 4, stages 25, handoffs 4, metrics 25, "
        "sources 0.\n"
    )


def test_check_prefers_the_file_that_is_here() -> None:
    run("init", "--lang", "ja")

    assert run("model", "check", "--lang", "ja").output == (
        "kyogyo.toml は使えます（部門 4、商流 4、フェーズ 25、引き継ぎ 4、指標 25、データ元 0）。\n"
    )


def test_check_tells_warnings() -> None:
    text = template("en").replace(
        'questions = ["source_reaction", "needs"]', 'questions = ["needs"]'
    )
    Path("acme.toml").write_text(text, encoding="utf-8")

    result = run("model", "check", "acme.toml", "--lang", "en")

    assert result.exit_code == 0
    assert result.output.splitlines()[1:] == [
        '  ! The question "source_reaction" belongs to no handoff, so nobody is asked it.'
    ]


def test_check_refuses_a_broken_model() -> None:
    text = template("en").replace('currency = "JPY"', 'currency = "円"')
    Path("acme.toml").write_text(text, encoding="utf-8")

    told = refused("model", "check", "acme.toml")

    assert told.ja.startswith("acme.toml に問題が1件あります:\n  - ")


def test_show_draws_in_the_terminal_and_names_the_other_tracks() -> None:
    result = run("model", "show", "--track", "renewal", "--lang", "ja")

    drawn = str(draw_terminal(default_model(), track="renewal", lang="ja"))
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines == [
        *drawn.splitlines(),
        "",
        "ほかの商流: new_business, full_cycle, expansion",
    ]


def test_show_draws_into_a_file() -> None:
    result = run("model", "show", "--svg", "stream.svg", "--lang", "en")

    svg = Path("stream.svg").read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 -- our own
    assert svg == draw_svg(default_model(), lang="en")
    assert result.output == "Drew THE MODEL into stream.svg.\n"


def test_show_refuses_a_file_that_cannot_be_written() -> None:
    assert refused("model", "show", "--svg", "none/stream.svg").en == (
        "none/stream.svg can't be written: No such file or directory."
    )


def test_show_refuses_an_unknown_track() -> None:
    assert refused("model", "show", "--track", "renew").en == (
        '"renew" is not a track. Did you mean "renewal"? '
        "There are: new_business, full_cycle, renewal, expansion."
    )


def test_language_that_is_not_spoken_is_refused_before_anything_is_written() -> None:
    refused("init", "--lang", "fr")

    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "example"),
    [
        (("init",), "Example: kyogyo init company.toml --lang ja"),
        (("model", "check"), "Example: kyogyo model check company.toml"),
        (("model", "show"), "Example: kyogyo model show company.toml --svg stream.svg"),
    ],
)
def test_help_shows_an_example_that_runs(words: tuple[str, ...], example: str) -> None:
    run("init", "company.toml")

    told = run(*words, "--help")
    called = example.split()[2:]
    if words == ("init",):
        Path("company.toml").unlink()

    assert example in " ".join(told.output.split())
    assert run(*called).exit_code == 0
