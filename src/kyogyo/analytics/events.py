"""The tables that every measure reads, and the codes in them.

Two shapes of the same facts:

* **text**, as people meet it: `stage_entries`, `attributes`, `revenue` as data frames;
* **integers**, as engines count it: `entries`, `attributes`, `revenue`, `names`, and the derived
  `visits` and `journeys` (see `derive`). No NULL anywhere: 0 stands for none or unknown, and
  codes start at 1. Instants are epoch microseconds; `day` is days since 1970-01-01 and `month`
  year * 12 + month - 1, both in the organisation's own time zone, made when the data is loaded.

`stage`, `track` and `department` codes are positions in the declared model plus one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.engines import Engine
    from kyogyo.revenue_model import RevenueModel, Stage

DAY = 86_400_000_000
SECOND = 1_000_000

ENTRIES: Mapping[str, str] = {
    "journey": "BIGINT",
    "seq": "BIGINT",
    "track": "SMALLINT",
    "stage": "SMALLINT",
    "at_us": "BIGINT",
    "day": "INTEGER",
    "month": "INTEGER",
    "department": "SMALLINT",
    "owner": "INTEGER",
    "amount": "BIGINT",
    "cause": "SMALLINT",
    "inferred": "SMALLINT",
    "prec": "SMALLINT",
    "account": "BIGINT",
}
ATTRIBUTES: Mapping[str, str] = {"journey": "BIGINT", "attribute": "SMALLINT", "value": "INTEGER"}
REVENUE: Mapping[str, str] = {
    "account": "BIGINT",
    "period_start": "INTEGER",
    "period_end": "INTEGER",
    "amount": "BIGINT",
}
NAMES: Mapping[str, str] = {"kind": "VARCHAR", "code": "BIGINT", "name": "VARCHAR"}

# Words for the attributes that most organisations have; others are shown as they are called.
_ATTRIBUTE_WORDS = {
    "source": Text("source", "流入経路"),
    "campaign": Text("campaign", "キャンペーン"),
    "segment": Text("segment", "企業規模"),
    "industry": Text("industry", "業種"),
    "region": Text("region", "地域"),
    "product": Text("product", "商品"),
    "reason": Text("reason", "理由"),
    "competitor": Text("competitor", "競合"),
    "landing_page": Text("landing page", "ランディングページ"),
}

# Who works on a journey now follows from how far it came: no kind of journey, and no cause of anything before.
OF_WORK = frozenset({"team", "owner", "department"})

PRECISION_SECOND, PRECISION_DAY, PRECISION_MONTH, PRECISION_QUARTER = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Window:
    """Days between which entries into one stage were recorded, both ends inside.

    `period_months`: 1 or 3 where the entries are dated by months or quarters, 0 where by days.
    """

    first: int
    last: int
    period_months: int = 0


@dataclass(frozen=True)
class History:
    """A funnel's history, ready to be asked: an engine that holds the integer tables, the declared
    model they were made under, and up to which instant the organisation was observed.

    `attributes` maps the name of each journey attribute to its code; `value_names` maps value codes
    to their text; `windows` says when entries into each stage (by code) were recorded,
    `reached` which stages have entries on which track, as (track, stage). `owners` is None but in a part of a history
    (see `restrict`) that counts only what some people had: then a step counts where it began with one of them.
    """

    engine: Engine
    model: RevenueModel
    as_of: int
    as_of_day: int
    attributes: Mapping[str, int]
    value_names: Mapping[int, str]
    owner_names: Mapping[int, str]
    windows: Mapping[int, Window]
    entries: int
    journeys: int
    reached: frozenset[tuple[int, int]]
    has_revenue: bool = False
    owners: frozenset[int] | None = None

    def stage_code(self, stage: str) -> int:
        return self.model.stage_number(stage)

    def path(self, track: str) -> tuple[Stage, ...]:
        return self.model.path(track)

    def track_code(self, track: str) -> int:
        return self.model.track_number(track)

    def period_months(self, stage: int) -> int:
        """1 or 3 where entries into `stage` are dated by months or quarters, 0 where by days."""
        window = self.windows.get(stage)
        return 0 if window is None else window.period_months

    def observed_until(self, stage: int) -> int:
        """The last day on which an entry into `stage` could have been seen.

        Periods (months, quarters) are only known when they have ended, so a stage whose entries
        are dated by periods was observed up to its last period, not up to `as_of`.
        """
        window = self.windows.get(stage)
        return self.as_of_day if window is None else min(self.as_of_day, window.last)


def attribute_words(name: str) -> Text:
    """What a journey attribute is called in a sentence."""
    return _ATTRIBUTE_WORDS.get(name, Text(name, name))


def ints(column: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """A column of integers as int64."""
    return np.asarray(column, dtype=np.int64)
