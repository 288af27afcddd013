"""One installation made once, copied for each test that spoils it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.serving import prepare


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of an installation, and the secret of a key that may write."""
    home = tmp_path_factory.mktemp("installation")
    return home, prepare(home)
