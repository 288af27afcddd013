"""The first run. Open only while nobody can sign in, and to whoever knows the server's token or sits at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import Http404
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kyogyo.errors import KyogyoError, NotAllowedError, RuleError
from kyogyo.records.actions.first_run import set_up
from kyogyo.records.queries.organisation import is_set_up
from kyogyo.revenue_model.load import DEFAULT_FILE
from kyogyo.usecases.set_up_link import is_right_token
from kyogyo.web.errors import say_error
from kyogyo.web.notices import tell
from kyogyo.web.render import go, lang_of, render
from kyogyo.web.typed import Typed, typed
from kyogyo.web.uploads import read_text_file
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LOOPBACK = ("127.0.0.1", "::1")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@never_cache
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the administrator and choose the model."""
    if is_set_up():
        raise Http404
    token = request.POST.get("token") or request.GET.get("token", "")
    if not (is_right_token(token) or _is_local(request)):
        return say_error(request, _not_here())
    filled = typed(request.POST)
    values = {
        "typed": Typed({**filled, "lang": filled["lang"] or lang_of(request)}),
        "token": token,
    }
    if request.method == "GET":
        return render(request, "setup/first_run.html", {**values, "problem": None})
    try:
        return _made(request)
    except KyogyoError as error:
        problem = {**values, "problem": error.text}
        return render(request, "setup/first_run.html", problem, status=422)


def _made(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    if sent.get("password") != sent.get("again"):
        raise RuleError(
            en="The two passwords are not the same. Type them again.",
            ja="2つのパスワードが一致していません。もう一度入力してください。",
        )
    user = set_up(
        email=sent.get("email", ""),
        name=sent.get("name", ""),
        lang=sent.get("lang", ""),
        password=sent.get("password", ""),
        model_text=_chosen_model(request),
    )
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user=user, method="password")
    translation.activate(user.lang)
    tell(
        request,
        Text(
            en="Kyogyo is set up. Add your colleagues under People, then bring your history in.",
            ja="初期設定が完了しました。担当者を追加し、これまでの履歴を取り込んでください。",
        ),
    )
    return go(request, "/settings/imports/")


def _chosen_model(request: HttpRequest) -> str:
    if request.POST.get("model") != "own":
        return DEFAULT_FILE.read_text(encoding="utf-8")
    text = read_text_file(request, "file")
    if text is None:
        raise RuleError(
            en="Choose the file with your model, or take the default model.",
            ja="モデルのファイルを選ぶか、標準のモデルを選択してください。",
        )
    return text


def _is_local(request: HttpRequest) -> bool:
    """Whether the request came from this machine itself, not through a proxy on it."""
    name = request.get_host().rsplit(":", 1)[0] if "]" not in request.get_host() else "[::1]"
    return (
        request.META.get("REMOTE_ADDR") in _LOOPBACK
        and name in _LOCAL_NAMES
        and "X-Forwarded-For" not in request.headers
        and "Forwarded" not in request.headers
    )


def _not_here() -> NotAllowedError:
    return NotAllowedError(
        en="Kyogyo is not set up yet. Open the link that the server printed when it was started: it holds a token.",
        ja="初期設定がまだ済んでいません。サーバー起動時に表示された、トークン付きのリンクを開いてください。",
    )
