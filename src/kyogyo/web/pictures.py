"""Charts in pages, wide and narrow, and as files to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

WIDE, NARROW = 760, 330
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def both_widths(draw: Callable[[int], Markup | None]) -> tuple[Markup, ...]:
    """The chart for a screen and for a phone (the template shows one of the two); nothing where there is nothing to draw."""
    drawn = (draw(WIDE), draw(NARROW))
    return tuple(one for one in drawn if one is not None)


def as_file(drawn: bytes, *, kind: Literal["svg", "png"], name: str) -> HttpResponse:
    """A drawing to be saved as `name`."""
    response = HttpResponse(drawn, content_type=_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
