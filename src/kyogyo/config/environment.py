"""The environment, read by a few typed readers that fail loudly. docs/settings.md lists every variable."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kyogyo.errors import SettingError


def read_text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that `<name>_FILE` names, or `default`."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, default)


def read_flag(name: str, *, default: bool = False) -> bool:
    """True for 1 or true, False for 0 or false. Raises SettingError for anything else."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "1", "true", "0", "false"):
        return default if not value else value in ("1", "true")
    raise SettingError(
        en=f"{name} is {value!r}. Set it to 1 or 0.",
        ja=f"{name} が {value!r} です。1 か 0 にしてください。",
    )


def read_number(name: str, default: int) -> int:
    """A whole number, 0 or more. Raises SettingError for anything else."""
    value = os.environ.get(name, "").strip()
    if value.isdecimal() or not value:
        return int(value) if value else default
    raise SettingError(
        en=f"{name} is {value!r}. Set it to a whole number.",
        ja=f"{name} が {value!r} です。整数にしてください。",
    )


def read_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Words separated by commas."""
    value = os.environ.get(name)
    return (
        list(default) if value is None else [one.strip() for one in value.split(",") if one.strip()]
    )


def read_database(url: str) -> dict[str, object]:
    """Django's connection settings from postgres://user:password@host:port/name. Raises SettingError."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise SettingError(
            en="KYOGYO_DATABASE_URL is no PostgreSQL address. Write it as postgres://user:password@host:5432/name.",
            ja="KYOGYO_DATABASE_URL が PostgreSQL のアドレスではありません。postgres://user:password@host:5432/name の形で書いてください。",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 2, "max_size": 8, "timeout": 4},
            "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
        },
    }
