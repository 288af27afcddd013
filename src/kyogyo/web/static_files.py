"""Addresses of static files that change with their content, without a step that collects them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class DigestStorage(StaticFilesStorage):
    """`kyogyo/base.css` is `/static/kyogyo/base.css?v=<digest>`: kept for a year, new when changed."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        digest = "" if name is None else (_digest(name) if not settings.DEBUG else _read(name))
        return f"{address}?v={digest}" if digest else address


@cache
def _digest(name: str) -> str:
    return _read(name)


def _read(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if found else ""
