"""Planning a countermeasure: what is to be tried, what the experiment can show, and its registration."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.views.decorators.http import require_http_methods

from kyogyo.errors import ConflictError, MissingTableError, RuleError
from kyogyo.records.actions.countermeasures import require_starter
from kyogyo.records.actions.registration import Step
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import list_countermeasures
from kyogyo.records.queries.people import team_tree
from kyogyo.records.queries.takers import takers
from kyogyo.records.queries.wording import ACTIVITIES
from kyogyo.usecases.countermeasures import (
    Asked,
    Scope,
    Words,
    node_words,
    propose_asked,
    register_asked,
    worth_of,
)
from kyogyo.web.formats import say, t
from kyogyo.web.journeys.reading import read_number
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from kyogyo.revenue_model import RevenueModel
    from kyogyo.usecases.countermeasures import Proposed

# Lines of the task analysis that the form offers; empty ones are left out.
STEP_LINES = 6
_SEEDS = 1_000_000


@dataclass(frozen=True)
class Shown:
    """The experiment as the form shows it: what was proposed, and what the change would be worth a month."""

    proposed: Proposed
    worth: int | None


@require_http_methods(["GET", "POST"])
@page
def new(request: HttpRequest) -> HttpResponse:
    """The form; with `act` 'propose' the experiment is shown in it, with 'register' it is kept."""
    actor = actor_of(request)
    require_starter(actor)
    if request.method == "GET":
        return _form(request, _first_values(request), None, Tried())
    post = request.POST
    values = {name: [str(one) for one in post.getlist(name)] for name in post}
    try:
        asked = _read_asked(post)
        if post.get("act") == "register":
            made = register_asked(
                actor=actor, asked=asked, words=_read_words(post), today=local_date()
            )
            tell(request, _REGISTERED)
            return go(request, f"/countermeasures/{made.pk}/")
        proposed = propose_asked(asked, today=local_date())
    except (RuleError, ConflictError, MissingTableError) as error:
        return _form(request, values, None, refused("new", error, post))
    shown = Shown(proposed, worth_of(proposed.weeks, change=asked.change))
    return _form(request, values, shown, Tried())


_REGISTERED = Text(
    en="Registered. From here on each change of it stays visible.",
    ja="登録しました。以後の変更はすべて履歴に残ります。",
)


def _form(
    request: HttpRequest, values: dict[str, list[str]], shown: Shown | None, tried: Tried
) -> HttpResponse:
    model = speaking().model
    track = (values.get("track") or [""])[0]
    node = (values.get("node") or [""])[0]
    nodes = _nodes(model, track) if model else []
    return render(
        request,
        "countermeasures/new.html",
        {
            "kept": lambda name, otherwise="": (values.get(name) or [otherwise])[-1],
            "ticked": lambda name, value: str(value) in values.get(name, []),
            "listed": lambda name, place: (values.get(name, []) + [""] * STEP_LINES)[place],
            "shown": shown,
            "tried": tried,
            "tracks": [(one.code, say(one.label)) for one in model.tracks] if model else [],
            "nodes": nodes,
            "teams": team_tree(),
            "people": [(one.user_id, one.name) for team in takers() for one in team.people],
            "rules": _rules(model) if model else [],
            "lines": range(STEP_LINES),
            "before": [
                one
                for one in list_countermeasures(
                    actor_of(request), today=local_date(), is_open=False, node=node
                )
                if node
            ],
            "team_name": {
                row.team.pk: t(row.team.label_en, row.team.label_ja) for row in team_tree()
            },
        },
        status=tried.status,
    )


def _first_values(request: HttpRequest) -> dict[str, list[str]]:
    model = speaking().model
    track = request.GET.get("track") or (model.tracks[0].code if model and model.tracks else "")
    me = actor_of(request).user
    return {
        "track": [track],
        "node": [request.GET.get("node", "")],
        "segment": [request.GET.get("segment", "")],
        "segment_value": [request.GET.get("value", "")],
        "weeks": ["12"],
        "change": [request.GET.get("change", "20")],
        "owner": [str(me.pk) if me else ""],
        # Drawn once, and sent along: what is registered is what was shown.
        "seed": [str(secrets.randbelow(_SEEDS))],
    }


def _read_asked(post: QueryDict) -> Asked:
    teams = tuple(None if one == "all" else read_whole(one) for one in post.getlist("team") if one)
    model = speaking().model
    if model is None or post.get("node", "") not in {code for code, _ in _nodes(model, post.get("track", ""))}:  # fmt: skip
        raise RuleError(
            en="Choose the step that it is to change.", ja="改善するステップを選んでください。"
        )
    change = read_whole(post.get("change", "").strip())
    return Asked(
        scope=Scope(post.get("track", ""), post.get("segment", ""), post.get("segment_value", "")),
        node=post.get("node", ""),
        team_ids=(None,) if None in teams else teams,
        weeks_ahead=read_number(post, "weeks") or 0,
        reversible=post.get("reversible") == "1",
        change=(change or 0) / 100,
        seed=read_number(post, "seed") or 0,
    )


def _read_words(post: QueryDict) -> Words:
    steps = zip(post.getlist("step"), post.getlist("evidence"), post.getlist("rule"), strict=False)
    critical = set(post.getlist("critical"))
    return Words(
        title=post.get("title", ""),
        hypothesis=post.get("hypothesis", ""),
        owner_id=read_number(post, "owner") or 0,
        steps=tuple(
            Step(text, evidence, rule, is_critical=str(place) in critical)
            for place, (text, evidence, rule) in enumerate(steps)
            if text.strip() or evidence.strip()
        ),
        guard=post.get("guard", ""),
    )


def _nodes(model: RevenueModel, track: str) -> list[tuple[str, str]]:
    """The steps that can be counted week by week: how many enter, how many go on, how soon."""
    if track not in {one.code for one in model.tracks}:
        return []
    path = model.path(track)
    found = [("volume", say(node_words(model, track=track, node="volume")))]
    for stage in path[:-1]:
        for kind in ("conversion", "delay"):
            code = f"{kind}:{stage.code}"
            found.append((code, say(node_words(model, track=track, node=code))))
    return found


def _rules(model: RevenueModel) -> list[tuple[str, str]]:
    """What the records can show about a step."""
    answered = t("“%s” is answered", "「%s」に回答済み")
    within = t("%s within 3 days of entering", "入ってから3日以内に「%s」")
    found = [("", t("people say so", "担当者が記録"))]
    found += [(f"question:{one.code}", answered % say(one.label)) for one in model.questions]
    found += [
        (f"activity:{kind}:3", within % say(ACTIVITIES[kind]))
        for kind in ("call", "mail", "meeting")
    ]
    return found
