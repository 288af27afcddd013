"""From a template to an answer: the whole page, or only the part of it that htmx asks for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.cache import patch_vary_headers
from markupsafe import Markup

from kyogyo.web.asked import actor_of, is_htmx, is_part, lang_of
from kyogyo.web.shell import shell_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from jinja2 import Environment, Template

__all__ = ["actor_of", "go", "is_htmx", "is_part", "lang_of", "render"]


def render(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page `template`. With `partial`, only that block of it where htmx asks for a part.

    Notes that wait (`kyogyo.web.notices.tell`) come along with either.
    """
    found = _environment().get_template(template)
    values = {
        "request": request,
        "shell": shell_of(request),
        "csrf_token": (token := get_token(request)),
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(
            token
        ),
        **(context or {}),
    }
    if partial and is_part(request):
        text = _block(found, partial, values)
        if values["shell"].notices:
            text += _environment().get_template("parts/notices_apart.html").render(values)
    else:
        text = found.render(values)
    response = HttpResponse(text, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    """One block, with what the template imports and sets at its top."""
    context = template.new_context(values)
    # Up to its first words a page that extends another only imports and sets; then the rest is left.
    next(iter(template.root_render_func(context)), None)
    return "".join(context.blocks[name][0](context))


class SeeOther(HttpResponseRedirect):
    """On to another page by a GET, whatever was sent here."""

    status_code = 303


def go(request: HttpRequest, to: str) -> HttpResponse:
    """On to another page after a POST, also where htmx asked."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return SeeOther(to)


@cache
def _environment() -> Environment:
    return engines["pages"].env  # type: ignore[attr-defined,no-any-return]
