"""The declared model: what is in force, what was, and taking up a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from kyogyo.errors import KyogyoError, RuleError
from kyogyo.records.actions.model import adopt
from kyogyo.records.queries.settings import version_for, versions_for
from kyogyo.revenue_model import check_model, parse_model
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.uploads import read_text_file
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show(request: HttpRequest) -> HttpResponse:
    """The model in force and its versions; a POST takes up another."""
    problem, text = None, request.POST.get("text", "")
    if request.method == "POST":
        try:
            text = _sent(request)
            return _adopted(request, text)
        except KyogyoError as error:
            problem = error.text
    versions = versions_for(actor_of(request))
    model = speaking().model
    values = {
        "model": model,
        "notices": check_model(model) if model else (),
        "listed": page_of(versions, request.GET.get("page"), size=20),
        "text": text,
        "problem": problem,
    }
    return render(request, "settings/model.html", values, status=422 if problem else 200)


def _sent(request: HttpRequest) -> str:
    text = read_text_file(request, "file") or request.POST.get("text", "").replace("\r\n", "\n")
    if not text.strip():
        raise RuleError(
            en="Choose the file of the new version, or paste its text.",
            ja="新しい版のファイルを選ぶか、内容を貼り付けてください。",
        )
    return text


def _adopted(request: HttpRequest, text: str) -> HttpResponse:
    model = parse_model(text, name="model.toml")
    adopt(actor=actor_of(request), text=text)
    tell(
        request,
        Text(
            en=f"Version {model.version} of the model is in force. What was entered before keeps its version.",
            ja=f"モデルの版 {model.version} を適用しました。これまでの記録には、当時の版が残ります。",
        ),
    )
    return go(request, "/settings/model/")


@require_GET
@page(for_admins=True)
def show_version(request: HttpRequest, version_id: int) -> HttpResponse:
    version = version_for(actor_of(request), version_id)
    lines = list(enumerate(version.text.splitlines(), start=1))
    return render(request, "settings/model_version.html", {"version": version, "lines": lines})


@require_GET
@page(for_admins=True)
def download(request: HttpRequest, version_id: int) -> HttpResponse:
    version = version_for(actor_of(request), version_id)
    return HttpResponse(
        version.text,
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="model-{version.pk}.toml"'},
    )
