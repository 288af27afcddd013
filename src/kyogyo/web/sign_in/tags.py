"""What allauth's own templates need of ours: the frame of the page, and words in two languages."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.safestring import SafeString
from markupsafe import Markup

from kyogyo.web import formats
from kyogyo.web.shell import shell_of

register = template.Library()


@register.simple_tag
def t(en: str, ja: str) -> str:
    return formats.t(en, ja)


@register.simple_tag
def lang() -> str:
    return formats.lang()


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, **more: Any) -> SafeString:
    """One of the pages' own parts (`parts/<name>.html`)."""
    request = context["request"]
    if not hasattr(request, "kyogyo_shell"):
        request.kyogyo_shell = shell_of(request)
    token = get_token(request)
    values = {
        "request": request,
        "shell": request.kyogyo_shell,
        "csrf_token": token,
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(
            token
        ),
        **more,
    }
    made = engines["pages"].env.get_template(f"parts/{name}.html").render(values)  # type: ignore[attr-defined]
    return SafeString(made)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    return shell_of_context(context).theme


def shell_of_context(context: template.Context) -> Any:
    request = context["request"]
    if not hasattr(request, "kyogyo_shell"):
        request.kyogyo_shell = shell_of(request)
    return request.kyogyo_shell
