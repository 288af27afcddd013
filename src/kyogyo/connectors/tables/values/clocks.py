"""The time of day in a text, and the offset from UTC after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_MINUTE_US = 60_000_000
_CLOCK = re.compile(
    r"(?P<half>午前|午後)?\s*(?P<h>\d{1,2})\s*(?::\s*(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9})\d*)?)?"
    r"|時(?:\s*(?P<jmi>\d{1,2})\s*分(?:\s*(?P<js>\d{1,2})(?:\.(?P<jf>\d{1,9}))?\s*秒)?)?)"
    r"\s*(?P<half2>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|JST|(?:UTC|GMT)?[-+](?:0\d|1[0-5])(?::?[0-5]\d)?)?"
    r"(?:\s*\([A-Z]{2,5}\))?",
    re.I,
)
_COMPACT = re.compile(
    r"(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?(?:[.,](?P<f>\d{1,9}))?(?P<zone>Z|[-+](?:0\d|1[0-5])(?::?[0-5]\d)?)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Microseconds since midnight (a whole day for 24:00), and the offset from UTC if written."""

    micros: int
    offset: int | None


@lru_cache(maxsize=131_072)
def read_clock(text: str) -> Clock | None:
    """The time of day that `text` (made `plain`) is, all of it, like 9:05, 9時5分 or 9:05 pm."""
    match = _CLOCK.fullmatch(text)
    return _made(match.groupdict()) if match else None


def read_compact_clock(text: str) -> Clock | None:
    """The time after the T of 20260401T090500Z."""
    match = _COMPACT.fullmatch(text)
    return _made(match.groupdict()) if match else None


def _made(parts: dict[str, str | None]) -> Clock | None:
    hour = int(parts["h"] or 0)
    minute = int(parts.get("mi") or parts.get("jmi") or 0)
    second = int(parts.get("s") or parts.get("js") or 0)
    fraction = (parts.get("f") or parts.get("jf") or "")[:6].ljust(6, "0")
    half = (parts.get("half") or parts.get("half2") or "").lower()
    if half:
        if not 0 <= hour <= 12 or (hour == 0 and half[0] in "ap"):
            return None
        hour = hour % 12 + (12 if half == "午後" or half[0] == "p" else 0)
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + int(fraction)
    if minute > 59 or second > 59 or micros > 24 * 60 * _MINUTE_US:
        return None
    return Clock(micros, _offset(parts.get("zone")))


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    bare = zone.upper().removeprefix("UTC").removeprefix("GMT")
    if bare in {"", "Z"}:
        return 0
    if bare == "JST":
        return 9 * 60 * _MINUTE_US
    digits = bare[1:].replace(":", "")
    size = (int(digits[:2]) * 60 + int(digits[2:] or 0)) * _MINUTE_US
    return -size if bare[0] == "-" else size
