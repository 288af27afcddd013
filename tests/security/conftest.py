"""One company for each test, with a session for everybody in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tests.security.payloads import fill
from tests.security.world import World, make_world


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> Iterator[None]:
    """How often one has tried to sign in is counted in the process, beyond a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> Iterator[World]:
    """The company. Thousands of refusals are not worth a line in the log each."""
    settings.HOME = tmp_path
    logging.disable(logging.CRITICAL)
    yield make_world()
    logging.disable(logging.NOTSET)


@pytest.fixture
def filled(world: World) -> World:
    """The company with payloads in every text."""
    return fill(world)
