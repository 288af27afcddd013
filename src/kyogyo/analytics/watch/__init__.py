"""The steps of a stream, watched week by week."""

from kyogyo.analytics.watch.alerts import Change, find_changes, is_told
from kyogyo.analytics.watch.look import Alert, Watch, WatchedStep, watch_steps
from kyogyo.analytics.watch.series import Series

__all__ = [
    "Alert",
    "Change",
    "Series",
    "Watch",
    "WatchedStep",
    "find_changes",
    "is_told",
    "watch_steps",
]
