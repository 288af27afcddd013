"""The small parts of an xlsx workbook: its sheets, its cell formats, its shared texts."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from kyogyo.connectors.tables.workbooks.archive import damaged_workbook, part
from kyogyo.connectors.tables.workbooks.cell_formats import (
    CellKind,
    built_in_kind,
    format_kind,
    zeros_shown,
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook: its name, its part of the zip, whether people see it."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class CellStyle:
    """What a style makes of numbers. `zeros`: leading zeros are shown up to so many digits."""

    kind: CellKind = "number"
    zeros: int = 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """What is needed to read any of its sheets. `texts` is the part with the shared texts."""

    sheets: tuple[SheetPart, ...]
    base_1904: bool
    styles: tuple[CellStyle, ...]
    texts: str | None
    has_macros: bool


def read_workbook(archive: zipfile.ZipFile, *, path: Path) -> Workbook:
    """The workbook in the zip. Raises SourceError when it is damaged."""
    main = _main_part(archive, path)
    root = _xml(archive, main, path)
    targets = _targets(archive, main, path)
    sheets = []
    for sheet in _each(root, "sheet"):
        target, kind = targets.get(_attribute(sheet, "id"), ("", ""))
        if kind.endswith("/worksheet") and target:
            visible = sheet.get("state", "visible") == "visible"
            sheets.append(SheetPart(sheet.get("name", ""), target, visible))
    properties = next(_each(root, "workbookPr"), None)
    base_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    styles_part = next((t for t, kind in targets.values() if kind.endswith("/styles")), None)
    styles = _styles(_xml(archive, styles_part, path)) if styles_part else ()
    texts = next((t for t, kind in targets.values() if kind.endswith("/sharedStrings")), None)
    texts = texts if texts in archive.namelist() else None
    macros = any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    return Workbook(tuple(sheets), base_1904, styles, texts, macros)


def _main_part(archive: zipfile.ZipFile, path: Path) -> str:
    targets = _targets(archive, "", path)
    for target, kind in targets.values():
        if kind.endswith("/officeDocument"):
            return target
    raise damaged_workbook(path)


def _targets(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, tuple[str, str]]:
    """What the part refers to: by id, the part and the kind of relation."""
    folder = PurePosixPath(name).parent if name else PurePosixPath()
    relations = folder / "_rels" / f"{PurePosixPath(name).name}.rels"
    root = _xml(archive, str(relations), path)
    found = {}
    for relation in _each(root, "Relationship"):
        target = relation.get("Target", "")
        place = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
        found[relation.get("Id", "")] = (place, relation.get("Type", ""))
    return found


def _joined(folder: PurePosixPath, target: str) -> str:
    steps: list[str] = list(folder.parts)
    for step in target.split("/"):
        if step == "..":
            steps[-1:] = []
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def _styles(root: Element) -> tuple[CellStyle, ...]:
    codes = {
        int(each.get("numFmtId", "0")): each.get("formatCode", "") for each in _each(root, "numFmt")
    }
    formats = next(_each(root, "cellXfs"), None)
    styles = []
    for cell in formats if formats is not None else ():
        number = int(cell.get("numFmtId", "0"))
        code = codes.get(number)
        if code is None:
            styles.append(CellStyle(built_in_kind(number)))
        else:
            styles.append(CellStyle(format_kind(code), zeros_shown(code)))
    return tuple(styles)


def _xml(archive: zipfile.ZipFile, name: str, path: Path) -> Element:
    from defusedxml import ElementTree  # noqa: PLC0415 -- slow import

    try:
        root: Any = ElementTree.fromstring(part(archive, name, path=path), forbid_dtd=True)
    except (ParseError, LookupError, ValueError) as error:
        raise damaged_workbook(path) from error
    found: Element = root
    return found


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _each(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _attribute(element: Element, local: str) -> str:
    """An attribute by its name without the namespace, of which two versions are in use."""
    named = (v for key, v in element.attrib.items() if key.endswith(f"}}{local}"))
    return next(named, "")
