"""The shape of the river: a band along the stages, as broad as the root of what came in at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, sqrt

_GRAIN = 6.0
_THINNEST = 2.0  # what came in at all can be seen
_DRY = 13.0  # the bed of the river where nothing is known
_PINCH = 0.62
_SPREAD = 13.0


@dataclass(frozen=True, slots=True)
class Band:
    """Half breadths `halves` at the places `places` along the way, from `start` to `end`; `pinch` is where it is held."""

    places: tuple[float, ...]
    halves: tuple[float, ...]
    start: float
    end: float
    middle: float
    pinch: float | None = None

    def half(self, at: float) -> float:
        """Half the breadth at a place."""
        half = self._smooth(at)
        if self.pinch is not None:
            half *= 1 - _PINCH * exp(-(((at - self.pinch) / _SPREAD) ** 2))
        return half

    def _smooth(self, at: float) -> float:
        if at <= self.places[0]:
            return self.halves[0]
        for (a, b), (low, high) in zip(pairwise(self.places), pairwise(self.halves), strict=True):
            if at <= b:
                share = (at - a) / (b - a)
                return low + (high - low) * share * share * (3 - 2 * share)
        return self.halves[-1]


def band_of(
    entered: Sequence[int | None],
    *,
    places: Sequence[float],
    start: float,
    end: float,
    middle: float,
    broadest: float,
    pinch: float | None = None,
) -> Band:
    """The band of the entries at each stage; None is unknown and lies on a line between its neighbours."""
    most = max((n for n in entered if n), default=0)
    halves = [
        None
        if n is None
        else max(broadest * sqrt(n / most), _THINNEST if n else 0.6)
        if most
        else 0.6
        for n in entered
    ]
    return Band(tuple(places), tuple(_filled(halves)), start, end, middle, pinch)


def _filled(halves: Sequence[float | None]) -> list[float]:
    known = [i for i, half in enumerate(halves) if half is not None]
    if not known:
        return [_DRY] * len(halves)
    found = [half if half is not None else 0.0 for half in halves]
    for i, half in enumerate(halves):
        if half is None:
            before = max((k for k in known if k < i), default=known[0])
            after = min((k for k in known if k > i), default=known[-1])
            share = (i - before) / (after - before) if after > before else 0.0
            found[i] = found[before] + (found[after] - found[before]) * share
    return found


def outline(band: Band, start: float, end: float, *, is_tall: bool, tip: float = 0.0) -> str:
    """The path of the band between two places along it; with `tip` it comes to a point so far beyond."""
    along = _along(start, end)
    one = [(at, band.middle - band.half(at)) for at in along]
    other = [(at, band.middle + band.half(at)) for at in reversed(along)]
    point = [(end + tip, band.middle)] if tip else []
    return f"{_line([*one, *point, *other], is_tall=is_tall)}Z"


def current(band: Band, share: float, start: float, end: float, *, is_tall: bool) -> str:
    """A line that flows with the water, `share` (-1 to 1) of the way to its edge."""
    points = [(at, band.middle + share * band.half(at)) for at in _along(start, end)]
    return _line(points, is_tall=is_tall)


def _along(start: float, end: float) -> list[float]:
    count = max(int((end - start) / _GRAIN), 1)
    return [start + (end - start) * i / count for i in range(count + 1)]


def _line(points: Sequence[tuple[float, float]], *, is_tall: bool) -> str:
    return "M" + "L".join(
        f"{across:.1f} {at:.1f}" if is_tall else f"{at:.1f} {across:.1f}" for at, across in points
    )
