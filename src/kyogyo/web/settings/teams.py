"""Teams: a tree, each in a department of the model or in none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_http_methods

from kyogyo.errors import RuleError
from kyogyo.records.actions.people import change_team, make_team
from kyogyo.records.queries.people import team_for, team_tree
from kyogyo.web.formats import say
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.typed import typed
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show_all(request: HttpRequest) -> HttpResponse:
    """The tree; a POST adds a team."""
    problem = None
    if request.method == "POST":
        try:
            sent = request.POST
            made = make_team(
                actor=actor_of(request),
                code=sent.get("code") or _code(sent.get("label_en", "")),
                **_typed(request),
            )
        except RuleError as error:
            problem = error.text
        else:
            tell(
                request,
                Text(
                    en=f"The team {made.label_en} is there.",
                    ja=f"チーム「{made.label_ja}」を追加しました。",
                ),
            )
            return go(request, "/settings/teams/")
    values = {"typed": typed(request.POST), "problem": problem, **_choices()}
    return render(request, "settings/teams.html", values, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show(request: HttpRequest, team_id: int) -> HttpResponse:
    """One team; a POST changes it."""
    team, problem = team_for(actor_of(request), team_id), None
    if request.method == "POST":
        try:
            change_team(actor=actor_of(request), team_id=team_id, **_typed(request))
        except RuleError as error:
            problem = error.text
        else:
            tell(request, Text(en="Saved.", ja="保存しました。"))
            return go(request, "/settings/teams/")
    now = {
        "label_en": team.label_en,
        "label_ja": team.label_ja,
        "department": team.department,
        "parent": team.parent_id or "",
    }
    values = {
        "team": team,
        "typed": typed(request.POST) if problem else now,
        "problem": problem,
        **_choices(without=team_id),
    }
    return render(request, "settings/team.html", values, status=422 if problem else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST
    parent = sent.get("parent", "")
    return {
        "label_en": sent.get("label_en", ""),
        "label_ja": sent.get("label_ja", ""),
        "department": sent.get("department", ""),
        "parent_id": read_whole(parent),
    }


def _choices(without: int | None = None) -> dict[str, Any]:
    tree, model = team_tree(), speaking().model
    return {
        "tree": tree,
        "parents": [
            (row.team.pk, "　" * row.depth + say(Text(row.team.label_en, row.team.label_ja)))
            for row in tree
            if row.team.pk != without
        ],
        "departments": [(one.code, say(one.label)) for one in model.departments] if model else [],
    }


def _code(label: str) -> str:
    """A code made from the English name."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:50]
