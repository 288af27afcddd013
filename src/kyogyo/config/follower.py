"""`python -m kyogyo.config.follower`: keeps the measuring copy up to date, started and watched by `kyogyo serve`.

What was being taken back when the application was stopped is gone on with first.
"""

from __future__ import annotations

import logging
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

    _finish_undoing()
    follow(stop=stop)


def _finish_undoing() -> None:
    from django.conf import settings  # noqa: PLC0415 -- slow import

    from kyogyo.usecases.import_jobs import finish_undoing  # noqa: PLC0415 -- slow import

    try:
        finish_undoing(home=settings.HOME)
    except Exception:
        # The page of the imports says what is left; the copy must follow all the same.
        logging.getLogger("kyogyo.imports").exception("what was stopped could not be gone on with")


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    stop.set()


if __name__ == "__main__":
    main()
