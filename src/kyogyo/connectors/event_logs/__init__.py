"""Event logs of process mining: XES. `open_log` gives the same interface as a table."""

from __future__ import annotations

from kyogyo.connectors.event_logs.xes import open_log

__all__ = ["open_log"]
