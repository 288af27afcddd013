"""What somebody typed into a form, to be shown again beside what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict


class Typed(dict[str, str]):
    """The last value of each field; '' for one that wasn't sent, so that a template may ask for any."""

    def __missing__(self, name: str) -> str:
        return ""


def typed(sent: QueryDict | Mapping[str, str]) -> Typed:
    """The fields that were sent."""
    return Typed({name: str(sent[name]) for name in sent})
