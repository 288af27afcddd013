"""The report on what people work on: from the measuring copy, the same history that the pages ask."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.usecases.measure_records import Measured, find_home, open_measured
from kyogyo.usecases.report_data import end_of
from kyogyo.usecases.report_funnel import report_funnel
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.reports.contents import Report


def report_records(
    *, home: Path | None = None, track: str | None = None, as_of: str | None = None
) -> Report:
    """The report on the records of the installation in `home`, as they were last copied.

    `as_of` is a local date, the last one observed. It says when the records were copied.

    Raises:
        KyogyoError: there is no copy yet, it can't be read, or nothing is there to measure.
    """
    with open_measured(home=find_home(home)) as measured:
        history = measured.history
        if as_of is not None:
            history = measured.until(end_of(as_of, zone=history.model.time_zone))
        return report_funnel(
            history=history,
            made_at=time.time_ns() // 1_000,
            track=track,
            notice=_copied(measured),
        )


def _copied(measured: Measured) -> Text:
    zone = ZoneInfo(measured.history.model.time_zone)
    at = datetime.fromtimestamp(measured.copied_at / 1e6, tz=UTC).astimezone(zone)
    left = measured.left_out
    return Text(
        en=f"Counted from the records as copied at {at:%Y-%m-%d %H:%M}."
        + (
            f" {left:,} entries of stages that the model doesn't have are left out." if left else ""
        ),
        ja=f"{at:%Y-%m-%d %H:%M} 時点でコピーした記録から集計しています。"
        + (f"モデルにないフェーズの記録 {left:,} 件は除いています。" if left else ""),
    )
