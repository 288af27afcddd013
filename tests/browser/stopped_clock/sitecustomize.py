"""Python starts with this where the folder is on its path: the clock begins at KYOGYO_TEST_DAY, and goes on from there."""

from __future__ import annotations

import os
from datetime import datetime

import time_machine

if day := os.environ.get("KYOGYO_TEST_DAY"):
    time_machine.travel(datetime.fromisoformat(day), tick=True).start()
