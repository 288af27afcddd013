"""The whole stream in numbers, for the report and for the page of the stream: one measurement."""

from kyogyo.usecases.measure_stream.contents import (
    Period,
    Reach,
    River,
    StageMeasured,
    StepMeasured,
)
from kyogyo.usecases.measure_stream.periods import PERIODS, days_in_words, period_of
from kyogyo.usecases.measure_stream.river import (
    measure_river,
    measure_stages,
    step_of,
    total_code,
)

__all__ = [
    "PERIODS", "Period", "Reach", "River", "StageMeasured", "StepMeasured", "days_in_words",
    "measure_river", "measure_stages", "period_of", "step_of", "total_code",
]  # fmt: skip
