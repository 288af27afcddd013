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
        return self._address(name) if settings.DEBUG else self._kept_address(name)

    @cache  # noqa: B019 -- there is one storage, as long as the process
    def _kept_address(self, name: str | None) -> str:
        return self._address(name)

    def _address(self, name: str | None) -> str:
        address = super().url(name)
        digest = "" if name is None else _read(name)
        return f"{address}?v={digest}" if digest else address


def _read(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if found else ""
