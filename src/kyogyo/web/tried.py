"""A form that was refused: which, why, and what was typed, so that nothing is typed twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kyogyo.web.errors import status_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from kyogyo.errors import KyogyoError
    from kyogyo.words import Text


@dataclass(frozen=True)
class Tried:
    """What was tried last on a page; with no `form`, nothing was."""

    form: str = ""
    error: Text | None = None
    values: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200

    def kept(self, form: str, name: str, otherwise: object = "") -> object:
        """What was typed into a field of `form`, or `otherwise` where it was not that form."""
        if form != self.form:
            return otherwise
        return (self.values.get(name) or [""])[-1]

    def ticked(self, form: str, name: str, value: str) -> bool:
        """Whether a box or a radio button of `form` was on."""
        return form == self.form and value in self.values.get(name, [])

    def says(self, form: str) -> Text | None:
        """Why `form` was refused, None for another form."""
        return self.error if form == self.form else None


def refused(form: str, error: KyogyoError, post: QueryDict) -> Tried:
    """What to show after `error`."""
    values = {name: [str(value) for value in post.getlist(name)] for name in post}
    return Tried(form=form, error=error.text, values=values, status=status_of(error))
