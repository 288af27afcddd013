"""A design as it is kept with a countermeasure, beside what it can show, and back."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from kyogyo.analytics.single_case import Design

_NAMES = tuple(one.name for one in fields(Design))


def keep_design(design: Design) -> dict[str, Any]:
    """What makes the same design again, as JSON values."""
    return {**asdict(design), "starts": list(design.starts)}


def make_design(kept: dict[str, Any]) -> Design | None:
    """The design that was kept; None where none was registered."""
    if not kept.get("kind"):
        return None
    known = {name: kept[name] for name in _NAMES if name in kept}
    return Design(**{**known, "starts": tuple(known.get("starts", ()))})
