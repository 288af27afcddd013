"""JSON objects as rows of text: inner objects by dotted names, numbers as they are written."""

from __future__ import annotations

import json
from typing import Any

_Pairs = list[tuple[str, Any]]


class TwiceInObject(ValueError):
    """An object has the same name twice, so that one value would hide the other."""


class _Written(str):
    """A number or constant, kept as the text that stands in the file."""

    __slots__ = ()


def _object(pairs: _Pairs) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise TwiceInObject(next(name for name in names if names.count(name) > 1))
    return made


# Made once: `json.loads` would make a new one for each line.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_Written,
    parse_int=_Written,
    parse_constant=_Written,
)


def load_json(text: str) -> Any:
    """The value in `text`, its numbers as texts. Raises ValueError (also TwiceInObject)."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        message = "nested too deeply"
        raise ValueError(message) from error


def flat(value: dict[str, Any]) -> dict[str, str]:
    """The cells of one object by column name, inner objects as `outer.inner`.

    A list is its JSON text; null is ''. Raises TwiceInObject when a dotted name is also a name.
    """
    cells: dict[str, str] = {}
    for name, inner in value.items():
        if type(inner) is str:  # most of them
            cells[name] = inner
        elif isinstance(inner, dict) and inner:
            break
        else:
            cells[name] = cell_text(inner)
    else:
        return cells
    cells = {}
    _flatten(value, "", cells)
    return cells


def _flatten(value: dict[str, Any], before: str, cells: dict[str, str]) -> None:
    for name, inner in value.items():
        column = before + name
        if isinstance(inner, dict) and inner:
            _flatten(inner, f"{column}.", cells)
            continue
        if column in cells:
            raise TwiceInObject(column)
        cells[column] = cell_text(inner)


def cell_text(value: Any) -> str:
    """The text of one value, as `load_json` gave it."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _written(value)


def _written(value: Any) -> str:
    """JSON text of a list or object again, its numbers without quotation marks."""
    if isinstance(value, dict):
        inner = ", ".join(
            f"{json.dumps(name, ensure_ascii=False)}: {_written(each)}"
            for name, each in value.items()
        )
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, _Written):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
