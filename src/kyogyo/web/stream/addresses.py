"""The addresses of the stream: the filter stays in them, so that a page can be sent to somebody."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kyogyo.usecases.show_stream import Asked

if TYPE_CHECKING:
    from django.http import QueryDict


def asked_in(query: QueryDict) -> Asked:
    """What the address asks for."""
    given = {field.name: str(query.get(field.name, "")).strip()[:200] for field in fields(Asked)}
    return Asked(**{name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Address:
    """Addresses under one filter."""

    asked: Asked

    @property
    def query(self) -> str:
        """The filter as a query, without what is so anyway."""
        usual = Asked()
        given = {
            field.name: getattr(self.asked, field.name)
            for field in fields(Asked)
            if getattr(self.asked, field.name) != getattr(usual, field.name)
        }
        return urlencode(given)

    def stream(self, **changes: str) -> str:
        """The page of the stream, with parts of the filter changed."""
        query = Address(replace(self.asked, **changes)).query
        return f"/?{query}" if query else "/"

    def number(self, kind: str, of: str = "", **more: str) -> str:
        """The page behind one number: its kind, and the stage or department that it is of."""
        code = f"{kind}-{of}" if of else kind
        query = "&".join(part for part in (self.query, urlencode(more)) if part)
        return f"/stream/{code}/?{query}" if query else f"/stream/{code}/"
