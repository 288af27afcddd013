"""The processes of a running Kyogyo: started, started again when they die, ended together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType

# One that dies sooner than this after its start is waited for longer each time.
_SOUND_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 15.0
_STOPS_WITHIN_S = 12.0
_LOOK_S = 0.2


class Children:
    """Python modules that run as processes of their own until this one is told to stop."""

    def __init__(self, modules: Mapping[str, tuple[str, ...]]) -> None:
        """`modules`: the words on the command line of each module."""
        self._words = {
            name: [sys.executable, "-m", name, *words] for name, words in modules.items()
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._waits: dict[str, float] = dict.fromkeys(modules, _FIRST_WAIT_S)
        self._again: dict[str, float] = dict.fromkeys(modules, 0.0)
        self._is_stopping = False

    def run(self) -> None:
        """Keep all of them running until SIGINT or SIGTERM; returns when every one has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self._is_stopping:
                self._keep_up()
                time.sleep(_LOOK_S)
        finally:
            self._end_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _keep_up(self) -> None:
        now = time.monotonic()
        for name, words in self._words.items():
            child = self._running.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None:
                del self._running[name]
                was_sound = now - self._started[name] > _SOUND_S
                wait = _FIRST_WAIT_S if was_sound else min(2 * self._waits[name], _LONGEST_WAIT_S)
                self._waits[name], self._again[name] = wait, now + wait
                sys.stderr.write(f"{name} ended ({child.returncode}), starting it again.\n")
            if now >= self._again[name]:
                # A session of its own: Ctrl-C reaches this process, which ends them in good order.
                self._running[name] = subprocess.Popen(words, start_new_session=True)  # noqa: S603 -- our own modules
                self._started[name] = now

    def _end_all(self) -> None:
        for child in self._running.values():
            child.terminate()
        until = time.monotonic() + _STOPS_WITHIN_S
        for child in self._running.values():
            try:
                child.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
