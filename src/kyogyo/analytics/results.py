"""What every question answers with: a frozen result that carries its own conditions.

A number without its basis, its denominator, its n, its as-of and its definition's version is
unfinished (product rule 2), so none of them is optional here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kyogyo.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

Basis = Literal["cohort", "period", "stock"]
Status = Literal["ok", "not_enough_history", "refused"]
Severity = Literal["note", "limit", "refusal"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means, exactly. `version` goes up whenever the meaning changes.

    `numerator`, `denominator`, `window` and `rules` are sentences; `unit` is one of
    'share', 'count', 'seconds', 'money', 'money_per_month', 'per_day'.
    """

    id: str
    version: int
    label: Text
    basis: Basis
    unit: str
    numerator: Text
    denominator: Text
    window: Text
    rules: Text


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something found in the data that limits what may be said, with the evidence for it.

    `about` names what it touches: stage codes, attribute names. `forbids` names what may not be
    computed because of it, as `question:subject`, e.g. `rate_by:lead_type`, `cohort:mql>won:2017-06`.
    """

    code: str
    severity: Severity
    about: tuple[str, ...]
    says: Text
    evidence: Mapping[str, int | float | str]
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The answer to one question.

    `table` is a pyarrow table of plain columns; `n` the number of journeys (or accounts) the
    answer rests on; `as_of` the instant up to which the data was observed, in epoch microseconds.
    `status` says whether there is an answer at all; if not, `sentence` says why.
    """

    question: str
    definition: Definition
    as_of: int
    n: int
    table: pa.Table
    sentence: Text
    caveats: tuple[Caveat, ...] = ()
    status: Status = "ok"
    model_version: str = ""
    facts: Mapping[str, int | float | str | None] = field(default_factory=dict)
