"""The declared model in force, so that a program knows the stages, questions and reasons by their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Router, Schema

from kyogyo.api.identity import asker
from kyogyo.records.queries.model import current

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["model"])


class ModelOut(Schema):
    """The version that holds, and everything that it declares, as in the file."""

    version: str
    declared: dict[str, Any]


@router.get("/", response=ModelOut)
def read_model(request: HttpRequest) -> dict[str, Any]:
    """The declared model in force."""
    asker(request)
    in_force = current()
    return {
        "version": in_force.version.version,
        "declared": in_force.model.model_dump(mode="json", exclude={"sources"}),
    }
