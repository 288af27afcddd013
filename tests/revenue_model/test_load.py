"""From a file to a model: what can be wrong with the file itself, and all faults told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.errors import ModelError
from kyogyo.revenue_model import default_model, load_model, make_model, parse_model
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.words import Text


def told_by(path: Path) -> Text:
    with pytest.raises(ModelError) as caught:
        load_model(path)
    return caught.value.text


def test_byte_order_mark_is_not_part_of_the_text(tmp_path: Path, small: Callable[..., str]) -> None:
    path = tmp_path / "acme.toml"
    path.write_bytes(b"\xef\xbb\xbf" + small().encode())

    assert load_model(path) == parse_model(small(), name="acme.toml")


def test_missing_file_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"

    assert told_by(path) == Text(
        en=f"There is no file {path}. `kyogyo init {path}` writes one to start from.",
        ja=f"{path} というファイルがありません。kyogyo init {path} でひな形を作れます。",
    )


def test_folder_is_told(tmp_path: Path) -> None:
    assert told_by(tmp_path) == Text(
        en=f"{tmp_path} is a folder. Name the TOML file in it.",
        ja=f"{tmp_path} はフォルダーです。中のTOMLファイルを指定してください。",
    )


def test_file_in_shift_jis_is_told(tmp_path: Path) -> None:
    path = tmp_path / "acme.toml"
    path.write_bytes('name = "営業"'.encode("cp932"))

    assert told_by(path) == Text(
        en=f"{path} is not in UTF-8. Open it in an editor and save it as UTF-8.",
        ja=f"{path} の文字コードがUTF-8ではありません。エディターで開き、UTF-8で保存してください。",
    )


@pytest.mark.parametrize(
    ("text", "line", "shown", "reason"),
    [
        ('name = "A"\ncurrency = \n', 2, "currency =", "Invalid value"),
        (
            'name = "A"\n[[stages]\n',
            2,
            "[[stages]",
            "Expected ']]' at the end of an array declaration",
        ),
        ('name = "A"\nname = "B"\n', 2, 'name = "B"', "Cannot overwrite a value"),
        ("stages = [\n  1,\n", 2, "1,", "Invalid value"),
    ],
)
def test_text_that_is_no_toml_is_told_with_its_line(
    text: str, line: int, shown: str, reason: str
) -> None:
    with pytest.raises(ModelError) as caught:
        parse_model(text, name="acme.toml")

    assert caught.value.text == Text(
        en=f"acme.toml can't be read from line {line} on: {shown}\nThe TOML parser says: {reason}. "
        "Look for a missing quote, bracket or = there or on the line before.",
        ja=f"acme.toml の{line}行目から読み取れません: {shown}\n"
        "この行か直前の行で、引用符・かっこ・＝ が抜けていないか確かめてください。"
        f"（TOMLの解析結果: {reason}）",
    )


def test_empty_text_lacks_every_key_that_is_needed() -> None:
    with pytest.raises(ModelError) as caught:
        parse_model("", name="acme.toml")

    assert caught.value.text == Text(
        en="acme.toml has 6 problems:\n"
        '  - "name" is missing. Add name = ...\n'
        '  - "currency" is missing. Add currency = ...\n'
        '  - "time_zone" is missing. Add time_zone = ...\n'
        '  - "departments" is missing. Add [[departments]] ...\n'
        '  - "tracks" is missing. Add [[tracks]] ...\n'
        '  - "stages" is missing. Add [[stages]] ...',
        ja="acme.toml に問題が6件あります:\n"
        "  - 「name」がありません。name = … を加えてください。\n"
        "  - 「currency」がありません。currency = … を加えてください。\n"
        "  - 「time_zone」がありません。time_zone = … を加えてください。\n"
        "  - 「departments」がありません。[[departments]] … を加えてください。\n"
        "  - 「tracks」がありません。[[tracks]] … を加えてください。\n"
        "  - 「stages」がありません。[[stages]] … を加えてください。",
    )


def test_faults_of_every_kind_are_told_together_in_the_order_of_the_file(
    refusal: Callable[..., Text],
) -> None:
    told = refusal(
        ('department = "marketing"', 'deparment = "marketing"'),
        ('currency = "JPY"', 'currency = "YEN"'),
        ('returns = ["no_need"]', 'returns = ["no_ned"]'),
        ("hours = 8", 'hours = "8"'),
    )

    assert told == Text(
        en="acme.toml has 5 problems:\n"
        '  - line 2, currency: "YEN" is not a currency. '
        'Write an ISO code in capitals such as "JPY".\n'
        '  - line 19, stages[0] (lead): "department" is missing. Add department = ...\n'
        '  - line 22, stages[0].deparment (lead): "deparment" is not a key here. '
        'Did you mean "department"? There are: code, label, department, type, buyer_state, '
        "exit_criteria, expected_days, horizon_days.\n"
        '  - line 70, handoffs[0].returns[0] (to_sales): "no_ned" is not a reason. '
        'Did you mean "no_need"? There are: no_need, price.\n'
        '  - line 75, handoffs[0].clocks[0].hours (to_sales / accept): "8" doesn\'t fit. '
        "It must be a number, without quotes.",
        ja="acme.toml に問題が5件あります:\n"
        '  - 2行目 currency: "YEN" という通貨コードはありません。'
        "「JPY」のような大文字のISOコードで書いてください。\n"
        "  - 19行目 stages[0]（lead）: 「department」がありません。"
        "department = … を加えてください。\n"
        "  - 22行目 stages[0].deparment（lead）: 「deparment」というキーはここでは使えません。"
        "「department」のことでしょうか。使えるもの: code、label、department、type、buyer_state、"
        "exit_criteria、expected_days、horizon_days。\n"
        "  - 70行目 handoffs[0].returns[0]（to_sales）: 「no_ned」という理由はありません。"
        "「no_need」のことでしょうか。使えるもの: no_need、price。\n"
        "  - 75行目 handoffs[0].clocks[0].hours（to_sales / accept）: "
        '"8" は使えません。数値（引用符なし）を書いてください。',
    )


def test_entry_that_cannot_be_read_is_not_missed_elsewhere(refusal: Callable[..., Text]) -> None:
    """Its fault is told once, and not again by everything that refers to it."""
    told = refusal(('label = { en = "Sales", ja = "営業" }', "label = 5"))

    assert told.en == (
        "acme.toml has 1 problem:\n  - line 11, departments[1].label (sales): 5 doesn't fit. "
        'It must be text in quotes, or { en = "...", ja = "..." }.'
    )


def test_plain_data_is_told_without_lines() -> None:
    with pytest.raises(ModelError) as caught:
        make_model({**default_data(), "currency": "???"}, name="the form")

    assert caught.value.text.en == (
        'the form has 1 problem:\n  - currency: "???" is not a currency. '
        'Write an ISO code in capitals such as "JPY".'
    )


def default_data() -> dict[str, Any]:
    return tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of every value in nested data."""
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(data, dict):
        pairs = list(data.items())
    elif isinstance(data, list):
        pairs = list(enumerate(data))
    found = [path] if path else []
    for step, value in pairs:
        found += places(value, (*path, step))
    return found


PLACES = places(default_data())


@given(
    place=st.sampled_from(PLACES),
    value=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.floats(),
        st.text(max_size=4),
        st.dates(),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    ),
)
def test_any_value_anywhere_makes_a_model_or_an_error_in_both_languages(
    place: tuple[str | int, ...], value: object
) -> None:
    """No value of a file, however wrong, is a traceback, or a sentence of pydantic's."""
    data = default_data()
    holder: Any = data
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value

    told = what_is_told(data)
    assert told is None or told.en.startswith("acme.toml has ")
    assert told is None or len(told.en.split("\n")) == len(told.ja.split("\n"))
    assert told is None or "この値は使えません" not in told.ja


def what_is_told(data: dict[str, Any]) -> Text | None:
    try:
        make_model(data, name="acme.toml")
    except ModelError as error:
        return error.text
    return None


def test_default_model_is_the_file_that_comes_with_the_package() -> None:
    assert default_model() == load_model(DEFAULT_FILE)
