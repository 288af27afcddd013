"""From the TOML file to the validated model, or to one error that lists all that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kyogyo.errors import ModelError
from kyogyo.revenue_model import lines
from kyogyo.revenue_model.checks import find_problems
from kyogyo.revenue_model.declaration import read_declaration
from kyogyo.revenue_model.problems import as_error
from kyogyo.revenue_model.schema import RevenueModel
from kyogyo.revenue_model.wording import problems_of

DEFAULT_FILE = Path(__file__).with_name("the_model.toml")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load_model(path: Path | str) -> RevenueModel:
    """The model declared in a TOML file (UTF-8, with or without a byte order mark).

    Raises ModelError when the file can't be read, isn't TOML, or doesn't hold a valid model; then
    all problems of the file are in the one error.
    """
    path = Path(path)
    return parse_model(_read(path), name=str(path))


def default_model() -> RevenueModel:
    """THE MODEL as it comes with Kyogyo."""
    return load_model(DEFAULT_FILE)


def parse_model(text: str, *, name: str) -> RevenueModel:
    """The model declared in a TOML text; `name` is what errors call the text. Raises ModelError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(error, text=text, name=name) from None
    except (RecursionError, ValueError):  # brackets or digits without end
        raise ModelError(
            en=f"{name} can't be read: it is nested too deeply, or has a number of thousands of digits. A model needs neither.",
            ja=f"{name} は読み取れません。入れ子が深すぎるか、数千桁の数値があります。どちらもモデルには不要です。",
        ) from None
    return make_model(data, name=name, lines_of=lines.find_lines(text))


def make_model(
    data: Mapping[str, Any], *, name: str, lines_of: Mapping[lines.Path, int] | None = None
) -> RevenueModel:
    """The model declared by plain data of the file's shape. Raises ModelError.

    `lines_of` says on which line each key stands, if the data came from a text.
    """
    problems = []
    model = None
    try:
        model = RevenueModel.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error)
    problems += find_problems(read_declaration(data))
    if model is None or problems:
        raise as_error(problems, name=name, data=data, lines=lines_of or {})
    return model


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ModelError(
            en=f"There is no file {path}. `kyogyo init {path}` writes one to start from.",
            ja=f"{path} というファイルがありません。kyogyo init {path} でひな形を作れます。",
        ) from None
    except IsADirectoryError:
        raise ModelError(
            en=f"{path} is a folder. Name the TOML file in it.",
            ja=f"{path} はフォルダーです。中のTOMLファイルを指定してください。",
        ) from None
    except UnicodeDecodeError:
        raise ModelError(
            en=f"{path} is not in UTF-8. Open it in an editor and save it as UTF-8.",
            ja=f"{path} の文字コードがUTF-8ではありません。エディターで開き、UTF-8で保存してください。",
        ) from None
    except OSError as error:
        raise ModelError(
            en=f"{path} can't be read: {error.strerror}.",
            ja=f"{path} を読み込めません（{error.strerror}）。",
        ) from None


def _no_toml(error: tomllib.TOMLDecodeError, *, text: str, name: str) -> ModelError:
    """What the parser didn't understand, with the line itself: its own words are for programmers."""
    found = _PLACE.search(str(error))
    reason = _PLACE.sub("", str(error))
    every = text.splitlines() or [""]
    number = int(found[1]) if found and found[1] else len(every)
    line = every[number - 1].strip() if number <= len(every) else ""
    return ModelError(
        en=f"{name} can't be read from line {number} on: {line}\n"
        f"The TOML parser says: {reason}. Look for a missing quote, bracket or = there or "
        "on the line before.",
        ja=f"{name} の{number}行目から読み取れません: {line}\n"
        "この行か直前の行で、引用符・かっこ・＝ が抜けていないか確かめてください。"
        f"（TOMLの解析結果: {reason}）",
    )
