"""What is wrong with a model file, each with its place, told in one error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kyogyo.errors import ModelError
from kyogyo.revenue_model.lines import Path, line_of
from kyogyo.words import Text

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NOWHERE = (2**31, "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `path` leads to it: ('stages', 3, 'department')."""

    path: Path
    says: Text


def as_error(
    problems: Sequence[Problem],
    *,
    name: str,
    data: Mapping[str, Any],
    lines: Mapping[Path, int],
) -> ModelError:
    """One error that lists every problem, in the order of the file."""
    ordered = sorted(
        problems,
        key=lambda problem: (line_of(problem.path, lines) or _NOWHERE[0], problem.path[:1]),
    )
    told = [_with_place(problem, data=data, lines=lines) for problem in ordered]
    number = len(told)
    head = Text(
        en=f"{name} has {number} problem{'' if number == 1 else 's'}:",
        ja=f"{name} に問題が{number}件あります:",
    )
    return ModelError(
        en="\n".join([head.en, *(f"  - {line.en}" for line in told)]),
        ja="\n".join([head.ja, *(f"  - {line.ja}" for line in told)]),
    )


def written(path: Path) -> str:
    """A path as it reads in the file: `stages[3].department`. Entries count from 0."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            word = step if _BARE.fullmatch(step) else f'"{step}"'
            text += f".{word}" if text else word
    return text


def _with_place(problem: Problem, *, data: Mapping[str, Any], lines: Mapping[Path, int]) -> Text:
    path, says = problem.path, problem.says
    line = line_of(path, lines)
    codes = " / ".join(_codes_along(path, data))
    en = [f"line {line}"] if line else []
    ja = [f"{line}行目"] if line else []
    if path:
        en.append(written(path) + (f" ({codes})" if codes else ""))
        ja.append(written(path) + (f"（{codes}）" if codes else ""))
    if not en:
        return says
    return Text(en=f"{', '.join(en)}: {says.en}", ja=f"{' '.join(ja)}: {says.ja}")


def _codes_along(path: Path, data: Any) -> list[str]:
    """The codes of the entries that the path goes through, outermost first."""
    found = []
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, int) and isinstance(data, Mapping):
            code = data.get("code", data.get("name"))
            if isinstance(code, str):
                found.append(code)
    return found
