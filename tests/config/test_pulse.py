"""One question a second for everybody, and what it says about the database."""

from __future__ import annotations

import time

from kyogyo.config import pulse
from kyogyo.config.pulse import Pulse


def test_pulse_tells_the_last_change() -> None:
    beat = Pulse(lambda: 7, every=0.01)
    beat.start()

    assert _soon(lambda: beat.last_change == 7)
    assert not beat.is_away


def test_pulse_knows_that_the_database_refuses_and_that_it_is_back() -> None:
    refusing = [True]

    def ask() -> int:
        if refusing[0]:
            raise OSError
        return 1

    beat = Pulse(ask, every=0.01)
    beat.start()

    assert _soon(lambda: beat.is_away)
    refusing[0] = False
    assert _soon(lambda: not beat.is_away)


def test_pulse_counts_an_overdue_answer_as_away(monkeypatch) -> None:
    monkeypatch.setattr(pulse, "PATIENCE_S", 0.05)
    beat = Pulse(lambda: time.sleep(60) or 0, every=0.01)
    beat.start()

    assert _soon(lambda: beat.is_away)


def _soon(holds) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.005)
    return False
