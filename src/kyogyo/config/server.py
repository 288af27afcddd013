"""`python -m kyogyo.config.server`: the web server's own process, started and watched by `kyogyo serve`."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kyogyo.config.environment import read_number

_STOPS_WITHIN_S = 4  # open event streams end only by this
_CONNECTIONS = 2048
_MOST_WORKERS = 4


def main() -> None:
    """Serve until told to stop. Failed workers are started again; nothing outlives the process that started this."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8000)
    asked.add_argument("--workers", type=int, default=0, help="0: as many as fit")
    options = asked.parse_args()
    workers = options.workers or read_number("KYOGYO_WORKERS", 0) or _that_fit()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    Granian(
        "kyogyo.config.asgi:application",
        address=options.host,
        port=options.port,
        workers=workers,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=30_000),
        websockets=False,
        backlog=_CONNECTIONS,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_STOPS_WITHIN_S,
    ).serve()


def _that_fit() -> int:
    """One for each processor that this process may use, four at most: the database has one writer."""
    has_affinity = hasattr(os, "sched_getaffinity")  # not on macOS
    processors = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(processors, _MOST_WORKERS)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
