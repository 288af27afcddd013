"""Filled tables are brought up to date, taken back and brought up again, on both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.records.test_writers import run_on


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_filled_tables_keep_their_rows_and_get_every_guard(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tests/records/migrating.py"],
        env=run_on(database, request=request, home=tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    told = json.loads(done.stdout)

    expected = {
        "rows": {
            "Journey": 3, "StageEntry": 3, "CriterionCheck": 3, "Handoff": 3, "HandoffEvent": 3,
            "NextStep": 3, "Assignment": 3, "AuditEvent": 3,
        },
        "sight": [0, 0, 0],
        # Of the first its holder and who sees the team (2); of the second also whom it is offered to,
        # those above them and the giver's manager (5); of the third who has it, their manager, the
        # team that it was handed to, the giver and theirs (5).
        "seen": 12,
        "let through": [],
    }  # fmt: skip
    assert told == {"up": expected, "again": expected, "left": []}
