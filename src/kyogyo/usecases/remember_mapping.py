"""Write a confirmed mapping into the model file, leaving everything else there as it stands."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyogyo.errors import ModelError

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel, Source

# Tables that may become long, so they get a header of their own.
_LONG = ("stage_values", "status", "attributes")


def remember_mapping(*, model_file: str | Path, source: Source) -> RevenueModel:
    """Add `source` to the model file as a `[[sources]]` section; returns the model as it is now.

    Comments, order and everything else in the file stay. The file is replaced whole or not at all,
    and only once the new text has been checked. Raises ModelError.
    """
    from kyogyo.revenue_model import parse_model  # noqa: PLC0415 -- slow import

    path = Path(model_file)
    try:
        # Bytes, so that line ends stay what they are.
        before = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            en=f"{path} can't be read: {error}. Write a model first: kyogyo init {path}",
            ja=f"{path} を読めません: {error}。先にモデルを作成してください: kyogyo init {path}",
        ) from error
    after = with_section(before, source)
    model = parse_model(after, name=path.name)
    _replace(path, after)
    return model


def section_of(source: Source) -> str:
    """The mapping as it is written in a model file."""
    return with_section("", source).strip() + "\n"


def with_section(before: str, source: Source) -> str:
    """The text of a model with `source` added; everything else in it stays as it is written."""
    import tomlkit  # noqa: PLC0415 -- slow import

    document = tomlkit.parse(before)
    section = tomlkit.table()
    # An empty line before the section.
    section.trivia.indent = "\n"
    later: dict[str, Any] = {}
    for key, value in _said(source).items():
        if key in _LONG and isinstance(value, dict):
            later[key] = value
        elif isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            section.add(key, inline)
        else:
            section.add(key, value)
    for key, value in later.items():
        table = tomlkit.table()
        for name, inner in value.items():
            if isinstance(inner, dict):
                inline = tomlkit.inline_table()
                inline.update(inner)
                table.add(name, inline)
            else:
                table.add(name, inner)
        section.add(key, table)
    if "sources" in document:
        document["sources"].append(section)
    else:
        sections = tomlkit.aot()
        sections.append(section)
        document.append("sources", sections)
    return tomlkit.dumps(document)


def _said(source: Source) -> dict[str, Any]:
    """The keys that say something: name, file and shape first, defaults left out."""
    given = source.model_dump(mode="json", exclude_defaults=True)
    first = {key: given.pop(key) for key in ("name", "file", "shape")}
    if source.shape == "attributes":
        first["key"] = source.key
        given.pop("key", None)
    return first | given


def _replace(path: Path, text: str) -> None:
    place = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
            Path(name).chmod(place.stat().st_mode & 0o7777)
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ModelError(
            en=f"{path} can't be written: {error.strerror}. The mapping was not kept.",
            ja=f"{path} に書き込めません: {error.strerror}。対応付けは保存していません。",
        ) from error
