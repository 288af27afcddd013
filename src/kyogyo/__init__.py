"""Kyogyo (共業): what a divided revenue organisation runs on. See README.md.

As a library: `kyogyo.open_model`, `kyogyo.read` (files or a store), `kyogyo.open_records` (what
people work on) and `kyogyo.measure` (data frames).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Funnel", "__version__", "measure", "open_model", "open_records", "read"]

if TYPE_CHECKING:
    from kyogyo.notebook import Funnel, measure, open_model, open_records, read


def __getattr__(name: str) -> Any:
    """Loaded on first use, so that the command line starts at once."""
    if name in __all__:
        from kyogyo import notebook  # noqa: PLC0415 -- slow import

        return getattr(notebook, name)
    message = f"module 'kyogyo' has no attribute {name!r}"
    raise AttributeError(message)
