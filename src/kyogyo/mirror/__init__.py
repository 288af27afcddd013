"""The measuring copy: what was imported, kept with where it came from, as integer tables.

It can be deleted and made again from the files at any time; nothing a person entered lives only
here.
"""

from kyogyo.mirror.intake import Intake, Outcome
from kyogyo.mirror.portion import Delivery, Portion, Verdict
from kyogyo.mirror.store import FileKept, Store

__all__ = ["Delivery", "FileKept", "Intake", "Outcome", "Portion", "Store", "Verdict"]
