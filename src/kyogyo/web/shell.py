"""What stands around every page: where one can go, who one is, how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.web.asked import actor_of
from kyogyo.web.formats import t
from kyogyo.web.notices import Notice, take_notices
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.access import Actor
    from kyogyo.words import Lang

# The pages behind the one place that improves the stream.
_IMPROVE = ("/bottleneck/", "/countermeasures/", "/library/", "/alerts/", "/reviews/")
THEME_COOKIE = "kyogyo_theme"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `on_phone`: it has a place in the bar at the foot."""

    code: str
    label: str
    path: str
    is_here: bool
    on_phone: bool = True


@dataclass(frozen=True, slots=True)
class Shell:
    """Around a page. `actor` None: nobody is signed in."""

    lang: Lang
    theme: str
    path: str
    actor: Actor | None
    name: str
    department: str
    places: tuple[Place, ...]
    notices: tuple[Notice, ...]
    can_change: bool


def shell_of(request: HttpRequest) -> Shell:
    """The shell around the answer to this request."""
    # Refused for its host, a request never came as far as being anybody's.
    is_known = hasattr(request, "user") and request.user.is_authenticated
    actor = actor_of(request) if is_known else None
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Shell(
        lang=speaking().lang,
        theme=theme if theme in ("light", "dark") else "auto",
        path=request.get_full_path(),
        actor=actor,
        name=str(actor.user) if actor else "",
        department=actor.department if actor else "",
        places=_places(request.path) if actor else (),
        notices=tuple(take_notices(request)),
        can_change=bool(actor and actor.may_write),
    )


def _places(path: str) -> tuple[Place, ...]:
    every = (
        ("stream", t("Stream", "全体像"), "/", True),
        ("desk", t("My desk", "私の机"), "/desk/", True),
        ("board", t("Board", "ボード"), "/board/", True),
        ("list", t("List", "一覧"), "/journeys/", False),
        ("handoffs", t("Handoffs", "引き継ぎ"), "/handoffs/", True),
        ("improve", t("Improve", "改善"), "/bottleneck/", False),
        ("search", t("Search", "検索"), "/search/", True),
        ("settings", t("Settings", "設定"), "/settings/", False),
    )
    return tuple(
        Place(code, label, to, _is_here(code, to, path), on_phone)
        for code, label, to, on_phone in every
    )


def _is_here(code: str, to: str, path: str) -> bool:
    if code == "improve":
        return path.startswith(_IMPROVE)
    return path == to if to == "/" else path.startswith(to)
