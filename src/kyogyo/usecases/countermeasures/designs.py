"""A design as it is kept with a countermeasure, and back."""

from __future__ import annotations

from typing import Any

from kyogyo.analytics.single_case import (
    Design,
    independent_design,
    reversal_design,
    staggered_design,
    start_design,
)


def keep_design(design: Design) -> dict[str, Any]:
    """What makes the same design again, as JSON values."""
    return {
        "kind": design.kind,
        "teams": design.teams,
        "weeks": design.weeks,
        "first": design.first,
        "least": design.least,
        "gap": design.gap,
    }


def make_design(kept: dict[str, Any]) -> Design | None:
    """The design that was kept; None where none was registered."""
    if not kept.get("kind"):
        return None
    weeks, first, teams = kept["weeks"], kept["first"], kept["teams"]
    last = weeks - kept["least"]
    if kept["kind"] == "staggered":
        return staggered_design(teams=teams, weeks=weeks, first=first, last=last, gap=kept["gap"])
    if kept["kind"] == "independent":
        return independent_design(teams=teams, weeks=weeks, first=first, last=last)
    if kept["kind"] == "abab":
        return reversal_design(weeks=weeks, first=first, least=kept["least"], teams=teams)
    return start_design(weeks=weeks, first=first, last=last)
