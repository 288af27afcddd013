"""The measuring copy of the records: follows them, and can be thrown away and made anew at any time.

It knows the SQL tables of the records, not Django. One process writes a private file and publishes
copies of it; any number of processes read what is published.
"""

from kyogyo.mirror.copy.bring import Brought, bring_over
from kyogyo.mirror.copy.place import Place, hold_alone, publish
from kyogyo.mirror.copy.position import Position, has_changed
from kyogyo.mirror.copy.private import Private
from kyogyo.mirror.copy.published import Opened, Reader, published_key
from kyogyo.mirror.copy.source import Source, read_records

__all__ = [
    "Brought", "Opened", "Place", "Position", "Private", "Reader", "Source", "bring_over", "has_changed",
    "hold_alone", "publish", "published_key", "read_records",
]  # fmt: skip
