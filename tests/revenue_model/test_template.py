from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kyogyo.errors import ModelError
from kyogyo.revenue_model import check_model, default_model, parse_model
from kyogyo.revenue_model.sources import Shape
from kyogyo.revenue_model.template import template, write_template
from kyogyo.words import LANGS, Lang, Text

JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龠]")


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


@pytest.mark.parametrize("lang", LANGS)
def test_template_is_the_default_model(lang: Lang) -> None:
    assert parse_model(template(lang), name="kyogyo.toml") == default_model()


def test_comments_are_in_one_language() -> None:
    english, japanese = comments(template("en")), comments(template("ja"))

    assert [line for line in english if JAPANESE.search(line)] == []
    assert sum(bool(JAPANESE.search(line)) for line in japanese) > 60
    assert [line for line in english + japanese if re.match(r"# (en|ja):", line)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_example_of_each_shape_works_when_its_marks_are_taken_away(lang: Lang) -> None:
    text = template(lang)
    rest = text[text.index("# [[sources]]") :].splitlines()
    code = [line[2:] for line in rest if re.match(r"# (\[\[|\w+ = )", line)]
    examples = "\n".join(code)
    model = parse_model(text + examples, name="kyogyo.toml")

    shapes: list[Shape] = ["record", "events", "history", "revenue", "attributes"]
    assert [source.shape for source in model.sources] == shapes
    assert len(tomllib.loads(examples)["sources"]) == len(shapes)
    assert [text for text in check_model(model) if "not part of its track" in text.en] == []


def test_template_is_written_as_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    path = write_template(tmp_path / "acme.toml", lang="ja")

    assert path.read_bytes() == template("ja").encode()


def test_folder_gets_a_file_of_the_usual_name(tmp_path: Path) -> None:
    assert write_template(tmp_path, lang="en") == tmp_path / "kyogyo.toml"


def test_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text("mine")

    with pytest.raises(ModelError) as caught:
        write_template(path, lang="en")

    assert path.read_text() == "mine"
    assert caught.value.text == Text(
        en=f"{path} is there already and stays as it is. Name another file, "
        "or overwrite it with --force.",
        ja=f"{path} はすでにあるため、変更していません。"
        "別の名前を指定するか、--force を付けて上書きしてください。",
    )


def test_file_that_is_there_is_overwritten_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "kyogyo.toml"
    path.write_text("mine")

    write_template(path, lang="en", overwrite=True)

    assert path.read_text(encoding="utf-8") == template("en")


def test_missing_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none" / "kyogyo.toml"

    with pytest.raises(ModelError) as caught:
        write_template(path, lang="en")

    assert caught.value.text == Text(
        en=f"{path} can't be written: there is no folder {path.parent}.",
        ja=f"{path} を書き込めません。フォルダー {path.parent} がありません。",
    )
