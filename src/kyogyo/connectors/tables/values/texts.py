"""Texts of cells: kept as they are, compared without what the eye overlooks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NOTHING = frozenset({"", "-", "--", "n/a", "na", "#n/a", "null", "none", "nan", "nat", "nil"})


def normalise_text(cell: str) -> str:
    """The text of a code or a name as it is kept: without spaces around it, else unchanged."""
    return cell.strip()


@lru_cache(maxsize=65_536)
def fold_key(text: str) -> str:
    """What to compare headers and values by: width, case and spaces make no difference.

    >>> fold_key("Ｄｅａｌ  Stage ") == fold_key("deal stage")
    True
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def plain(cell: str) -> str:
    """The cell with full-width digits and signs narrow, one kind of minus, no spaces around."""
    if cell.isascii():
        return cell.strip()
    return unicodedata.normalize("NFKC", cell).translate(_DASHES).strip()


def says_nothing(text: str) -> bool:
    """Whether a cell (made `plain`) is a way of writing that there is no value."""
    return text.casefold() in _NOTHING
