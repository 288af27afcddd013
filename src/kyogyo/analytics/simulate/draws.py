"""Random numbers that belong to a journey and a purpose, not to the order of the program.

Two runs that differ in a fault ask for the same columns and get the same numbers (common random
numbers), so that what differs between them is the fault and nothing else.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def generator(*key: int | str) -> np.random.Generator:
    """A PCG64 stream of its own for each key; words and numbers both count."""
    words = [part if isinstance(part, int) else crc32(part.encode()) for part in key]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


class Draws:
    """Columns of `size` random numbers, one row a journey, made once when first asked for."""

    def __init__(self, *, seed: int, replication: int, size: int) -> None:
        self._key = (seed, replication)
        self._size = size
        self._columns: dict[tuple[str, str, int], Floats] = {}

    def uniform(self, purpose: str, number: int = 0) -> Floats:
        """Uniform on [0, 1)."""
        key = ("uniform", purpose, number)
        if key not in self._columns:
            self._columns[key] = generator(*self._key, *key).random(self._size)
        return self._columns[key]

    def normal(self, purpose: str, number: int = 0) -> Floats:
        """Standard normal."""
        key = ("normal", purpose, number)
        if key not in self._columns:
            self._columns[key] = generator(*self._key, *key).standard_normal(self._size)
        return self._columns[key]
