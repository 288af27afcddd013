from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.connectors.tables import open_table
from kyogyo.connectors.tables.json_objects.cells import cell_text, flat, load_json
from kyogyo.errors import SourceError


def test_lines_are_rows_and_their_names_columns(whole: Callable) -> None:
    found = whole('{"id": "001", "amount": 1054}\n{"id": "002", "名": "東京"}\n', name="t.jsonl")

    assert (found.table.info.format, found.table.info.columns) == ("jsonl", ("id", "amount", "名"))
    assert found.rows == [("001", "1054", ""), ("002", "", "東京")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"0012"', "0012"),
        ("12345678901234567890", "12345678901234567890"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("true", "true"),
        ("null", ""),
        ('[1, "a", null, {"x": 2.50}]', '[1, "a", null, {"x": 2.50}]'),
        ("[]", "[]"),
        ("{}", "{}"),
    ],
)
def test_values_are_kept_as_they_are_written(value: str, text: str) -> None:
    assert cell_text(load_json(value)) == text


def test_inner_objects_are_columns_with_dots(whole: Callable) -> None:
    found = whole(
        '{"id": 1, "properties": {"stage": "won", "owner": {"name": "山田"}}}\n', name="t.jsonl"
    )

    assert found.table.info.columns == ("id", "properties.stage", "properties.owner.name")
    assert found.rows == [("1", "won", "山田")]


NOT_JSON = "The line is not a JSON object: it breaks off or has a mistake"


def test_broken_lines_are_refused_one_by_one(whole: Callable) -> None:
    found = whole(
        '{"a": 1}\n{"a": 2\n\n[3]\n{"a": 4, "a": 5}\n{"a.b": 6, "a": {"b": 7}}\n'
        '{"a": "\\ud800"}\n{"a": 8}\n' + '{"a":' * 3_000 + "\n",
        name="t.jsonl",
    )

    assert (found.rows, found.numbers) == ([("1",), ("8",)], [1, 8])
    assert found.reasons == [
        (2, None, NOT_JSON),
        (4, None, "The value is not an object with names and values, so it is no row"),
        (5, None, 'The name "a" occurs twice in the object'),
        (6, None, 'The name "a'),
        (7, "a", "The text holds half a character or a NUL, which is no text"),
        (9, None, NOT_JSON),
    ]
    assert found.notes == ["1 empty lines were skipped."]


def test_line_that_does_not_decode_is_refused(whole: Callable) -> None:
    lines = ['{"名": "東京"}'.encode()] * 3 + ['{"名": "大阪"}'.encode("cp932")]

    found = whole(b"\n".join(lines), name="t.jsonl")

    assert len(found.rows) == 3
    assert found.reasons == [(4, None, "The bytes are not utf-8; they look like cp932")]


def test_list_of_objects_is_a_table(whole: Callable) -> None:
    found = whole('[\n {"a": 1},\n {"a": 2, "b": "x"},\n 3]\n', name="t.json")

    assert (found.table.info.format, found.table.info.sheet) == ("json", "")
    assert found.rows == [("1", ""), ("2", "x")]
    assert [each.row for each in found.refusals] == [3]


LISTS = '{"deals": [{"id": 1}, {"id": 2}], "people": [{"name": "x"}], "tags": ["a"], "count": 3}'


def test_list_is_chosen_by_the_sheet(whole: Callable) -> None:
    found = whole(LISTS, name="t.json", sheet="people")

    assert (found.table.info.sheet, found.rows) == ("people", [("x",)])


def test_several_lists_are_named_when_none_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(json.loads(LISTS) | {"tags": [], "count": []}, indent=1))

    with pytest.raises(SourceError) as caught:
        open_table(path)
    assert "holds several lists: deals (2), people (1). Choose one" in caught.value.text.en
    with pytest.raises(SourceError, match='has no list "x"'):
        open_table(path, sheet="x")


def test_only_list_of_an_object_is_read(whole: Callable) -> None:
    found = whole('{\n"results": [{"id": 1}],\n"next": null}', name="t.json")

    assert (found.table.info.sheet, found.rows) == ("results", [("1",)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1}', "no JSON table that can be read"),
        ('{\n"a": 1}', "no list of objects"),
        ('[{"a": 1, "a": 2}]', 'the name "a" twice in one object'),
        ("[]", "holds no JSON object with a value"),
        ("{}\n{}\n", "holds no JSON object with a value"),
        ("[" * 100_000, "no JSON table that can be read"),
    ],
)
def test_json_that_is_no_table_is_said(whole: Callable, content: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        whole(content, name="t.json")

    assert message in caught.value.text.en


def test_list_too_large_for_memory_is_said(
    whole: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyogyo.connectors.tables.json_objects.table.LARGEST_LIST", 10)

    with pytest.raises(SourceError, match="Export it as JSON lines"):
        whole('[{"a": 1}, {"a": 2}]', name="t.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(value=st.lists(JSON, max_size=3))
def test_lists_come_back_as_json(value: object) -> None:
    assert json.loads(cell_text(load_json(json.dumps(value)))) == value


@given(row=st.dictionaries(st.text(alphabet="abc名", min_size=1, max_size=3), st.text(max_size=5)))
def test_flat_objects_come_back(row: dict[str, str]) -> None:
    assert flat(load_json(json.dumps(row))) == row
