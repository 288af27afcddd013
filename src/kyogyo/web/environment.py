"""What every template can use: see docs/design.md."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from kyogyo.web import formats, marks


def make_environment(**options: Any) -> Environment:
    """Jinja2 as the pages use it: a name that isn't there is an error, text is escaped."""
    environment = Environment(**{**options, "undefined": StrictUndefined})  # noqa: S701 -- Django's backend asks for autoescape
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.globals |= {
        "ago": formats.ago,
        "count": formats.count,
        "day": formats.day,
        "department_hue": marks.department_hue,
        "department_label": marks.department_label,
        "exact_money": formats.exact_money,
        "lang": formats.lang,
        "money": formats.money,
        "percent": formats.percent,
        "say": formats.say,
        "short_day": formats.short_day,
        "due": formats.due,
        "span": formats.span,
        "stage_label": marks.stage_label,
        "stage_look": marks.stage_look,
        "static": static,
        "t": formats.t,
        "track_label": marks.track_label,
        "unknown": formats.unknown,
        "url": _url,
        "when": formats.when,
    }
    return environment


def _url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
