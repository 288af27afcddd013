"""What allauth's own templates need of ours: the frame of the page, and words in two languages."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.safestring import SafeString
from markupsafe import Markup

from kyogyo.records.queries import people
from kyogyo.usecases.demo.seats import job_of
from kyogyo.web import formats
from kyogyo.web.shell import Shell, shell_of
from kyogyo.words import Text

_HELD = "_kyogyo_shell"
# What each browser calls itself holds the names of those that came before it: the first found counts.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)

register = template.Library()


@register.simple_tag
def t(en: str, ja: str) -> str:
    return formats.t(en, ja)


@register.simple_tag
def lang() -> str:
    return formats.lang()


@register.simple_tag
def demo_people() -> tuple[people.DemoPerson, ...]:
    """Those who have a seat in the demo company; where its people are others, one for each role."""
    every = people.demo_people()
    return tuple(one for one in every if job_of(one.email)) or every


@register.simple_tag
def demo_job(person: people.DemoPerson) -> Text:
    """What the person does there."""
    return job_of(person.email) or people.ROLES[person.role]


@register.simple_tag
def sends_mail() -> bool:
    return bool(settings.KYOGYO_SENDS_MAIL)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    return _shell(context).theme


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, **more: Any) -> SafeString:
    """One of the pages' own parts (`parts/<name>.html`)."""
    request = context["request"]
    token = get_token(request)
    values = {
        "request": request,
        "shell": _shell(context),
        "csrf_token": token,
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(
            token
        ),
        "roles": people.ROLES,
        "browser": browser,
        **more,
    }
    made = engines["pages"].env.get_template(f"parts/{name}.html").render(values)  # type: ignore[attr-defined]
    return SafeString(made)


def browser(agent: str) -> str:
    """Browser and device of a session in two words."""
    found = [
        next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _DEVICES)
    ]
    return ", ".join(filter(None, found)) or agent[:60] or formats.unknown()


def _shell(context: template.Context) -> Shell:
    """The shell, made once an answer: it takes the notes that wait."""
    request = context["request"]
    if not hasattr(request, _HELD):
        setattr(request, _HELD, shell_of(request))
    held: Shell = getattr(request, _HELD)
    return held
