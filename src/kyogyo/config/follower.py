"""`python -m kyogyo.config.follower`: keeps the measuring copy up to date, started and watched by `kyogyo serve`.

What was being taken back when the application was stopped is gone on with first. Once a day, every step is
looked at, and what moved is told.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

import django

from kyogyo.errors import KyogyoError

_log = logging.getLogger("kyogyo.watch")
# How often it is asked whether today was looked at already.
_ASK_EVERY_S = 60.0


def main() -> None:
    """Follow the records until told to stop, or until the process that started this is gone."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_stop_with_parent, args=(os.getppid(), stop), daemon=True).start()
    django.setup()
    from kyogyo.usecases.copy_records import follow  # noqa: PLC0415 -- slow import

    _finish_undoing()
    has_copy = threading.Event()
    threading.Thread(target=_watch_daily, args=(stop, has_copy), daemon=True).start()
    follow(stop=stop, told=lambda _: has_copy.set())


def _watch_daily(stop: threading.Event, has_copy: threading.Event) -> None:
    """Beside the copying, which must not wait for it. What was told before a restart isn't told again."""
    looked = ""
    while not stop.wait(_ASK_EVERY_S):
        if has_copy.is_set():
            looked = _watch_unless(looked)


def _watch_unless(looked: str) -> str:
    """Look, unless `looked` is today, and return the day looked at."""
    from django.db import close_old_connections  # noqa: PLC0415 -- slow import

    from kyogyo.records.queries.calendar import local_date  # noqa: PLC0415 -- slow import

    today = looked
    try:
        today = local_date().isoformat()
        if today != looked:
            from kyogyo.usecases.watch_records import watch_records  # noqa: PLC0415 -- slow import

            watch_records()
    except KyogyoError as error:
        # Not set up yet, or nobody entered anything: asked again in a while.
        _log.info("Nothing could be watched yet: %s", error)
        return looked
    except Exception:
        # A defect, which is not to be met again every minute.
        logging.getLogger("kyogyo.watch").exception("the look of today failed")
    finally:
        close_old_connections()
    return today


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
