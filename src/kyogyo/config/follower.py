"""`python -m kyogyo.config.follower`: keeps the measuring copy up to date, started and watched by `kyogyo serve`."""

from __future__ import annotations

import os
import signal
import threading
import time

import django


def main() -> None:
    """Follow the records until told to stop, or until the process that started this is gone."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_stop_with_parent, args=(os.getppid(), stop), daemon=True).start()
    django.setup()
    from kyogyo.usecases.copy_records import follow  # noqa: PLC0415 -- slow import

    follow(stop=stop)


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    stop.set()


if __name__ == "__main__":
    main()
