"""Django's settings. One file; what differs between installations comes from the environment."""

from __future__ import annotations

from pathlib import Path

from django.db.backends.signals import connection_created

from kyogyo.config.environment import read_database, read_flag, read_list, read_text
from kyogyo.config.sqlite import PRAGMAS, WAIT_SECONDS, use_own_sqlite, wait_fairly

use_own_sqlite()
connection_created.connect(wait_fairly, dispatch_uid="wait_fairly")

HOME = Path(read_text("KYOGYO_HOME", "kyogyo-data")).absolute()
DEBUG = read_flag("KYOGYO_DEBUG")
SECRET_KEY = read_text("KYOGYO_SECRET_KEY", "made-anew")
ALLOWED_HOSTS = read_list("KYOGYO_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

_DATABASE_URL = read_text("KYOGYO_DATABASE_URL")
DATABASES = {
    "default": read_database(_DATABASE_URL)
    if _DATABASE_URL
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "kyogyo.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": WAIT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": PRAGMAS,
        },
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kyogyo.records",
]
AUTH_USER_MODEL = "records.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
