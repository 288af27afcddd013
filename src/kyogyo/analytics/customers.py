"""Customers month by month: who pays, who left, who pays more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from kyogyo.analytics.events import History

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Growth by less is a price list, not a customer who takes more.
_GROWTH = 1.03

# Customers of the track, and those of whom no journey is known (from before the first one).
_MONTHS = """
SELECT period_end AS ending,
  CAST(COUNT(*) AS BIGINT) AS accounts,
  CAST(SUM(amount) AS BIGINT) AS paid,
  CAST(SUM(CASE WHEN next_start = period_end THEN 0 ELSE 1 END) AS BIGINT) AS left_accounts,
  CAST(SUM(CASE WHEN next_start = period_end THEN 0 ELSE amount END) AS BIGINT) AS left_paid,
  CAST(SUM(CASE WHEN next_start = period_end AND next_amount * 100 > amount * 103 THEN 1 ELSE 0 END) AS BIGINT) AS grew,
  CAST(SUM(CASE WHEN next_start = period_end AND next_amount * 100 > amount * 103 THEN next_amount - amount ELSE 0 END) AS BIGINT) AS grew_by
FROM (
  SELECT account, period_start, period_end, amount,
    LEAD(period_start, 1, CAST(0 AS INTEGER)) OVER (PARTITION BY account ORDER BY period_start) AS next_start,
    LEAD(amount, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY account ORDER BY period_start) AS next_amount
  FROM revenue WHERE amount > 0 AND (
    account IN (SELECT account FROM journeys WHERE account > 0 AND {won}) OR
    account IN (SELECT account FROM (
      SELECT account, MAX(met) AS met FROM (
        SELECT account, 0 AS met FROM revenue UNION ALL SELECT account, 1 AS met FROM journeys WHERE account > 0
      ) AS seen GROUP BY account) AS known WHERE met = 0))
) AS held
GROUP BY period_end ORDER BY period_end
"""


@dataclass(frozen=True)
class CustomerMonths:
    """By period, oldest first: `accounts` that paid, how much, how many of them didn't in the next, how many paid more.

    `ends` are first days of the next period. The last period of the data isn't in it, since what came next isn't known;
    `paying` is what it brought.
    """

    ends: Ints
    accounts: Floats
    paid: Floats
    left: Floats
    left_paid: Floats
    grew: Floats
    grew_by: Floats
    paying: float
    months: float  # in a period

    @property
    def periods(self) -> int:
        return int(self.ends.size)


def customer_months(history: History, *, track: str, value_stage: str) -> CustomerMonths | None:
    """The periods of revenue of a track's customers; None where there is no revenue by account."""
    if not history.has_revenue:
        return None
    won = f"r_{history.stage_code(value_stage)} > 0 AND track = {history.track_code(track)}"
    c = history.engine.integers(_MONTHS.format(won=won))
    if c["ending"].size < 3:
        return None
    length = float(np.median(np.diff(c["ending"])))
    known = slice(0, -1)
    return CustomerMonths(
        ends=c["ending"][known],
        accounts=c["accounts"][known].astype(float),
        paid=c["paid"][known].astype(float),
        left=c["left_accounts"][known].astype(float),
        left_paid=c["left_paid"][known].astype(float),
        grew=c["grew"][known].astype(float),
        grew_by=c["grew_by"][known].astype(float),
        paying=float(c["paid"][-1]),
        months=length / (365.25 / 12),
    )
