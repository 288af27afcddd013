"""Every question to the data, in the order in which a reader should hear the answers."""

from __future__ import annotations

from collections.abc import Iterable

from kyogyo.analytics.caveats.attributes import attribute_caveats
from kyogyo.analytics.caveats.coverage import coverage_caveats
from kyogyo.analytics.caveats.people import people_caveats
from kyogyo.analytics.caveats.times import time_caveats
from kyogyo.analytics.caveats.worth import worth_caveats
from kyogyo.analytics.funnel import Funnel, truncation_caveats
from kyogyo.analytics.results import Caveat

_ORDER = {"refusal": 0, "limit": 1, "note": 2}


def find_caveats(funnel: Funnel) -> tuple[Caveat, ...]:
    """All that was found in the data of one track, refusals first."""
    found = [
        *truncation_caveats(funnel),
        *coverage_caveats(funnel),
        *time_caveats(funnel),
        *attribute_caveats(funnel),
        *people_caveats(funnel),
        *worth_caveats(funnel),
    ]
    return tuple(sorted(found, key=lambda caveat: _ORDER[caveat.severity]))


def forbidding(caveats: Iterable[Caveat], what: str) -> Caveat | None:
    """The first caveat that forbids `what` (as `question:subject`), if any does."""
    return next((caveat for caveat in caveats if what in caveat.forbids), None)
