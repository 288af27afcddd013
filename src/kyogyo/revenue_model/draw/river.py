"""The shape of the water: a band that winds a little, swells before a narrow place and passes it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sin

TIP = 26.0
_HALF = 33.0
_WINDING = 3.0
_WAVE = 300.0
_GRAIN, _FINE = 9.0, 4.0


@dataclass(frozen=True, slots=True)
class River:
    """One row of the stream from `left` to `right` along `middle`.

    `narrow` is where the water is held back, if anywhere; `is_source` says whether the stream
    begins in this row.
    """

    left: float
    right: float
    middle: float
    narrow: float | None
    is_source: bool

    def centre(self, x: float) -> float:
        """The middle of the band at `x`."""
        return self.middle + _WINDING * sin(2 * pi * (x - self.left) / _WAVE)

    def half(self, x: float) -> float:
        """Half the breadth of the band at `x`."""
        half = _HALF
        if self.narrow is not None:
            half *= 1 + 0.24 * _bump(x, self.narrow - 78, 46) - 0.74 * _bump(x, self.narrow, 21)
        if self.is_source:
            half *= 0.42 + 0.58 * _ease((x - self.left) / 96)
        return half

    def band(self, start: float, end: float) -> str:
        """The path of the band between two places. At the end of the row it comes to a point."""
        places = self._along(start, end)
        upper = [(x, self.centre(x) - self.half(x)) for x in places]
        lower = [(x, self.centre(x) + self.half(x)) for x in places]
        tip = [(end + TIP, self.centre(end))] if end >= self.right else []
        return f"{_line([*upper, *tip, *reversed(lower)])}Z"

    def current(self, share: float, start: float, end: float) -> str:
        """A line that flows with the water, `share` (-1 to 1) of the way to its edge."""
        return _line([(x, self.centre(x) + share * self.half(x)) for x in self._along(start, end)])

    def _along(self, start: float, end: float) -> list[float]:
        """Places from `start` to `end`, closer to one another where the band changes quickly."""
        places = []
        x = start
        while x < end:
            places.append(x)
            near = self.narrow is not None and abs(x - self.narrow) < 60
            x += _FINE if near else _GRAIN
        return [*places, end]


def _bump(x: float, at: float, spread: float) -> float:
    return exp(-(((x - at) / spread) ** 2))


def _ease(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _line(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
