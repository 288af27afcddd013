"""The secret that signs sessions and links: given by the environment, or made once and kept."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "secret.key"


def keep_secret(home: Path) -> str:
    """The secret in `home`, made where it is missing.

    Without the folder (a tool looks at the settings, a test runs) the secret is for this process
    only: nothing is written where nobody asked for an installation.
    """
    file = home / FILE
    if not home.is_dir():
        return secrets.token_urlsafe(64)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    with os.fdopen(handle, "w", encoding="ascii") as written:
        made = secrets.token_urlsafe(64)
        written.write(made)
    return made


def _read(file: Path) -> str:
    kept = file.read_text(encoding="ascii").strip()
    if len(kept) < 50:  # a process that died between making the file and writing it
        kept = secrets.token_urlsafe(64)
        file.write_text(kept, encoding="ascii")
    return kept
