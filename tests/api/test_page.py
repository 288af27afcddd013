"""docs/api.md says what there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.test import Client

from kyogyo.api.urls import api
from tests.records.people import Company

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_page_names_every_operation_with_its_words() -> None:
    page = PAGE.read_text(encoding="utf-8")

    missing = [
        f"{method.upper()} {path}"
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if f"| `{method.upper()} {path}` | {operation['description'].splitlines()[0]} |" not in page
    ]

    assert missing == []


def test_description_for_machines_names_the_same_operations(
    company: Company, program: Callable[..., Client]
) -> None:
    described = program("viewer", can_write=False).get("/api/v1/openapi.json").json()

    assert sorted(described["paths"]) == sorted(api.get_openapi_schema()["paths"])
