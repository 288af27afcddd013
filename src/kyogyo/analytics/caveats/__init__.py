"""What the data itself says against the numbers made from it.

Nothing here is assumed: each caveat is found, comes with its evidence, and names what it forbids.
`find_caveats` asks all; each module asks about one kind of thing.
"""

from kyogyo.analytics.caveats.find import find_caveats, refusing_rate

__all__ = ["find_caveats", "refusing_rate"]
