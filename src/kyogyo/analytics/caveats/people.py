"""People who do two jobs: sums over jobs count them twice, and comparisons mix the jobs."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from kyogyo.analytics.events import History
from kyogyo.analytics.funnel import Funnel
from kyogyo.analytics.results import Caveat
from kyogyo.analytics.sql import ROWS, Question, emit
from kyogyo.words import Text, count

_ENOUGH = 3
_A_JOB = 0.2
_PERSON_WORDS = (
    "owner",
    "agent",
    "rep",
    "sdr",
    "bdr",
    "sr",
    "user",
    "person",
    "担当",
    "営業",
    "manager",
    "responsible",
    "resource",
)


def people_caveats(funnel: Funnel) -> list[Caveat]:
    """People who own stages of two departments, or stand in two attributes that name people."""
    return [*_owners(funnel), *_attributes(funnel)]


def _owners(funnel: Funnel) -> list[Caveat]:
    history = funnel.history
    columns = history.engine.integers(
        emit(Question(source="visits", keys=(("owner", "owner"), ("department", "department")), measures=(("n", ROWS),),
                      where=("owner > 0", "department > 0", f"track = {history.track_code(funnel.track)}")))
    )  # fmt: skip
    owners, place = np.unique(columns["owner"], return_inverse=True)
    visits = np.bincount(place, columns["n"])
    # A hand-over leaves single entries under the other department; a second job is a good part of one's work.
    jobs = np.bincount(place, (columns["n"] >= _A_JOB * visits[place]) & (columns["n"] >= 10))
    both = int((jobs > 1).sum())
    # A company in which everybody does everything isn't divided; then this is no flaw of the data.
    if both < _ENOUGH or both > 0.8 * owners.size:
        return []
    return [
        _caveat(
            ("owner",),
            both=both,
            total=int(owners.size),
            where=Text("in stages of two departments", "2 つの部門のフェーズ"),
        )
    ]


def _attributes(funnel: Funnel) -> list[Caveat]:
    history = funnel.history
    named = [name for name in history.attributes if _names_people(name)]
    held = {name: _values(history, name, funnel.track) for name in named}
    found = []
    for a, b in combinations(named, 2):
        both, either = held[a] & held[b], held[a] | held[b]
        if len(both) < _ENOUGH or held[a] == held[b]:
            continue
        found.append(
            _caveat(
                (a, b),
                both=len(both),
                total=len(either),
                where=Text(f"as {a} and as {b}", f"{a} と {b} の両方"),
            )
        )
    return found


def _names_people(name: str) -> bool:
    words = name.casefold().replace("-", "_").split("_")
    return any(word in words or (not word.isascii() and word in name) for word in _PERSON_WORDS)


def _values(history: History, name: str, track: str) -> frozenset[int]:
    code = history.attributes[name]
    columns = history.engine.integers(
        emit(Question(source="journeys", keys=(("value", f"a_{code}"),), measures=(("n", ROWS),),
                      where=(f"a_{code} > 0", f"track = {history.track_code(track)}")))
    )  # fmt: skip
    return frozenset(columns["value"].tolist())


def _caveat(about: tuple[str, ...], *, both: int, total: int, where: Text) -> Caveat:
    return Caveat(
        code="two_roles",
        severity="note",
        about=about,
        says=Text(
            en=f"{count(both)} of {count(total)} people appear {where.en}. They are {count(total)} people, not more: head counts by role "
            "add up to too many, and a comparison of people mixes two jobs.",
            ja=f"{count(total)} 人のうち {count(both)} 人が{where.ja}に現れます。役割別の人数を足すと実人数を超え、個人の比較は 2 つの仕事を混ぜたものになります。",
        ),
        evidence={"in_both": both, "people": total},
        forbids=tuple(f"head_count_by_role:{name}" for name in about),
    )
