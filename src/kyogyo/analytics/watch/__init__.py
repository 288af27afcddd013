"""The steps of a stream, watched week by week."""

from kyogyo.analytics.watch.alerts import Change, find_changes, is_told
from kyogyo.analytics.watch.around import change_result
from kyogyo.analytics.watch.look import Alert, Watch, WatchedStep, chart_result, watch_steps
from kyogyo.analytics.watch.series import Series

__all__ = [
    "Alert",
    "Change",
    "Series",
    "Watch",
    "WatchedStep",
    "change_result",
    "chart_result",
    "find_changes",
    "is_told",
    "watch_steps",
]
