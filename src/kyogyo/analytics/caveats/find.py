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
from kyogyo.analytics.steps import measured_path

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


def refusing_rate(
    caveats: Iterable[Caveat], *, funnel: Funnel, step: str, attribute: str
) -> Caveat | None:
    """The caveat that forbids a rate of `step` by `attribute`, if any does.

    What is known only of those who reached a stage may still be asked of what comes after it.
    """
    path = [stage.code for stage in measured_path(funnel.history, track=funnel.track)]
    start = path.index(step.split(">")[0])
    for caveat in caveats:
        for ban in caveat.forbids:
            question, _, rest = ban.partition(":")
            name, _, stage = rest.partition(":")
            if (
                question == "rate_by"
                and name == attribute
                and (not stage or stage not in path or start < path.index(stage))
            ):
                return caveat
    return None
