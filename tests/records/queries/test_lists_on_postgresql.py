"""The tests of lists, board, search and of who sees what once more, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SAME = ("test_search.py", "test_journeys.py", "test_board.py", "../test_sight.py")


def test_lists_and_search_are_the_same_on_postgresql(postgres_url: str) -> None:
    around = {
        **os.environ,
        "PGHOST": postgres_url.split("host=")[1],
        "KYOGYO_DATABASE_URL": "postgresql://postgres@/postgres",
    }

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider",
         *(str(HERE / name) for name in SAME)],
        env=around, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
