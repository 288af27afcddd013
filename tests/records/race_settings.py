"""The settings of Kyogyo with the records alone: for the processes of the race."""

import os
from pathlib import Path

from kyogyo.config.settings import *  # noqa: F403 -- settings are a module of names
from kyogyo.config.settings import DATABASES

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "kyogyo.records",
]
MIDDLEWARE: list[str] = []
if socket := os.environ.get("KYOGYO_RACE_SOCKET"):
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["KYOGYO_RACE_DATABASE"],
        "USER": "postgres",
        "HOST": socket,
        "OPTIONS": {"options": "-c statement_timeout=60s -c lock_timeout=30s"},
    }
Path(os.environ["KYOGYO_HOME"]).mkdir(exist_ok=True)
