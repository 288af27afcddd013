"""The made-up company's report, and its pages, which take seconds to draw."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from kyogyo.reports.contents import Report
from kyogyo.reports.html import render_html


def _load_sample() -> ModuleType:
    spec = spec_from_file_location("sample_report", Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module tests/reports/sample.py."""
    return _load_sample()


@pytest.fixture(scope="session")
def report(sample: ModuleType) -> Report:
    made: Report = sample.sample_report()
    return made


@pytest.fixture(scope="session")
def english(report: Report) -> str:
    return render_html(report=report, lang="en")


@pytest.fixture(scope="session")
def japanese(report: Report) -> str:
    return render_html(report=report, lang="ja")
