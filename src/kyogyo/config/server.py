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

_STOPS_WITHIN_S = 4  # open event streams end only by this
_CONNECTIONS = 2048


def main() -> None:
    """Serve until told to stop. Failed workers are started again; nothing outlives the process that started this."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8000)
    asked.add_argument("--workers", type=int, default=1)
    options = asked.parse_args()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    Granian(
        "kyogyo.config.asgi:application",
        address=options.host,
        port=options.port,
        workers=options.workers,
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


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
