"""The declared model in force: the last version that was adopted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kyogyo.errors import RuleError
from kyogyo.records.models import ModelVersion
from kyogyo.records.prepared import prepared
from kyogyo.revenue_model import RevenueModel, parse_model

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class InForce:
    """A declared model, and the row that keeps its text: what new entries name as their version."""

    version: ModelVersion
    model: RevenueModel


def current() -> InForce:
    """The model in force. Raises RuleError where none was adopted yet."""
    found = _last_version()
    if not found:
        raise RuleError(
            en="Kyogyo is not set up: no model was adopted yet. Open /setup/ to choose one, or run `kyogyo demo`.",
            ja="初期設定が済んでいません。モデルがまだ登録されていないため、/setup/ で選ぶか、kyogyo demo を実行してください。",
        )
    last = found[0]
    return InForce(version=last, model=_parsed(last.pk, last.digest))


@prepared
def _last_version() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.defer("text").order_by("-id")[:1]


def text_in_force() -> str:
    """The model in force as it was written, comments and all. Raises RuleError as `current`."""
    return ModelVersion.objects.values_list("text", flat=True).get(pk=current().version.pk)


def as_of(version: ModelVersion) -> RevenueModel:
    """The model as it stood in a version: what an old entry was made under."""
    return _parsed(version.pk, version.digest)


@lru_cache(maxsize=16)
def _parsed(version_id: int, digest: str) -> RevenueModel:
    # The digest is part of the key because tests and a restored backup give an id a second text.
    found = ModelVersion.objects.get(pk=version_id, digest=digest)
    return parse_model(found.text, name=found.version)
