"""How far an import is, told to other processes by a small file: a transaction that isn't done can't say it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FILE = "imports.progress"
_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done (`read`, `write`, `take_back`, `erase`), and how much of how much; 0 of 0: unknown."""

    what: str
    done: int = 0
    total: int = 0


def teller(home: Path, batch_id: int) -> Callable[[Step], None]:
    """A function that keeps how far import `batch_id` is, twice a second at most within one kind of step."""
    last: dict[str, float] = {}

    def tell(step: Step) -> None:
        now = time.monotonic()
        if now - last.get(step.what, -_EVERY_S) < _EVERY_S:
            return
        last[step.what] = now
        beside = home / f"{_FILE}.new"
        beside.write_text(json.dumps({"batch": batch_id, **asdict(step)}), encoding="utf-8")
        beside.replace(home / _FILE)

    return tell


def read_step(home: Path, batch_id: int) -> Step | None:
    """How far import `batch_id` is; None where nobody has said."""
    try:
        kept = json.loads((home / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if kept.pop("batch", None) != batch_id:
        return None
    return Step(**kept)


def forget_step(home: Path) -> None:
    """There is nothing under way any more."""
    (home / _FILE).unlink(missing_ok=True)
