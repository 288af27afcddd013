"""What every page shares: who may open it, and how a KyogyoError is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.cache import patch_cache_control

from kyogyo.errors import KyogyoError
from kyogyo.records.access import require_admin, require_importer
from kyogyo.records.queries.organisation import is_set_up
from kyogyo.web.asked import actor_of
from kyogyo.web.errors import say_error
from kyogyo.web.render import go, is_htmx
from kyogyo.web.speaking import speaking

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

View = Callable[..., "HttpResponseBase"]


@overload
def page(view: View) -> View: ...
@overload
def page(*, for_admins: bool = ..., for_importers: bool = ...) -> Callable[[View], View]: ...
def page(
    view: View | None = None, *, for_admins: bool = False, for_importers: bool = False
) -> View | Callable[[View], View]:
    """A page for people who are signed in; `for_admins`: only for administrators, `for_importers`: also RevOps.

    Who isn't signed in goes to the sign-in and comes back. A KyogyoError becomes a page (a note,
    where htmx asked) that says it, with the status that fits.
    """

    def wrap(wrapped: View) -> View:
        @wraps(wrapped)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            timezone.activate(speaking().zone)
            try:
                if for_admins:
                    require_admin(actor_of(request))
                if for_importers:
                    require_importer(actor_of(request))
                response: HttpResponseBase = wrapped(request, *args, **kwargs)
            except KyogyoError as error:
                response = say_error(request, error)
            # The browser may keep it (to go back, to ask whether it changed) but not show it unasked.
            if "Cache-Control" not in response.headers:
                patch_cache_control(response, private=True, no_cache=True)
            return response

        return shown

    return wrap if view is None else wrap(view)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if not is_set_up():
        return go(request, "/setup/")
    back = _page_asked_from(request)
    return go(
        request, f"/sign-in/login/?{urlencode({'next': back})}" if back else "/sign-in/login/"
    )


def _page_asked_from(request: HttpRequest) -> str:
    """The page to come back to: the one that was open, where only a part of it was asked for."""
    if is_htmx(request):
        opened = urlsplit(request.headers.get("HX-Current-URL", ""))
        return f"{opened.path}?{opened.query}" if opened.query else opened.path
    return request.get_full_path() if request.method == "GET" else ""
