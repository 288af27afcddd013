"""The values of the fields that the company added itself, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kyogyo.records.models import CustomField
from kyogyo.records.prepared import prepared
from kyogyo.records.queries.columns import Value, value_of_field
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class OwnFact:
    """A field of the company's own, with the value that an account or a journey has."""

    label: Text
    kind: str
    value: Value


def own_facts(noun: str, stored: Mapping[str, Any]) -> tuple[OwnFact, ...]:
    """Every field of a noun that is asked for, with what is stored: one query."""
    return tuple(
        OwnFact(
            label=Text(en=one.label_en, ja=one.label_ja),
            kind=one.kind,
            value=value_of_field(one, stored.get(one.code)),
        )
        for one in _asked_for(noun=noun)
    )


@prepared
def _asked_for(*, noun: str) -> QuerySet[CustomField]:
    return CustomField.objects.filter(noun=noun, retired_at=None).order_by("id")
