"""Countermeasures: what is being tried, one of them with its weeks and its fidelity, and what was learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kyogyo.errors import MissingTableError, RuleError
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import (
    list_countermeasures,
    may_start,
    read_countermeasure,
)
from kyogyo.records.queries.step_proofs import rule_words
from kyogyo.usecases.countermeasures import (
    draw_weeks,
    judge_countermeasure,
    node_words,
    read_fidelity,
    save_weeks,
)
from kyogyo.usecases.countermeasures.judge import advise_on
from kyogyo.web.formats import lang, t
from kyogyo.web.pages import page
from kyogyo.web.pictures import as_file, both_widths
from kyogyo.web.render import actor_of, render
from kyogyo.web.speaking import speaking
from kyogyo.web.tried import Tried

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.usecases.countermeasures import Judged
    from kyogyo.words import Text


@require_GET
@page
def countermeasures(request: HttpRequest) -> HttpResponse:
    """Those that are open, the next review first."""
    actor = actor_of(request)
    rows = list_countermeasures(actor, today=local_date(), is_open=True)
    return render(
        request,
        "countermeasures/countermeasures.html",
        {"rows": rows, "may_start": may_start(actor), "node": _node, "states": _states()},
    )


@require_GET
@page
def library(request: HttpRequest) -> HttpResponse:
    """What was tried before, where, how faithfully, and with what result."""
    rows = list_countermeasures(
        actor_of(request),
        today=local_date(),
        is_open=False,
        node=request.GET.get("node", ""),
    )
    return render(
        request,
        "countermeasures/library.html",
        {
            "rows": rows,
            "node": _node,
            "decisions": decisions(),
            "asked": request.GET.get("node", ""),
        },
    )


@require_GET
@page
def countermeasure(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """One of them."""
    return show(request, countermeasure_id, Tried())


@require_GET
@page
def picture(
    request: HttpRequest, countermeasure_id: int, kind: Literal["svg", "png"]
) -> HttpResponse:
    """Its weeks as a file, for a slide."""
    actor, today = actor_of(request), local_date()
    opened = read_countermeasure(actor, countermeasure_id, today=today)
    judged = judge_countermeasure(actor=actor, countermeasure_id=countermeasure_id, today=today)
    names = {one.team_id: one.team for one in opened.starts}
    drawn = save_weeks(judged, names=names, lang=lang(), kind=kind)
    if drawn is None:
        raise RuleError(en=judged.says.en, ja=judged.says.ja)
    return as_file(drawn, kind=kind, name=f"countermeasure-{countermeasure_id}")


def show(request: HttpRequest, countermeasure_id: int, tried: Tried) -> HttpResponse:
    """The page of one, with what was tried last."""
    actor, today = actor_of(request), local_date()
    opened = read_countermeasure(actor, countermeasure_id, today=today)
    fidelity = read_fidelity(opened)
    judged: Judged | None = None
    problem: Text | None = None
    try:
        judged = judge_countermeasure(actor=actor, countermeasure_id=countermeasure_id, today=today)
    except MissingTableError as error:
        problem = error.text
    model = speaking().model
    teams = {one.team_id: one.team for one in opened.starts}
    return render(
        request,
        "countermeasures/countermeasure.html",
        {
            "made": opened,
            "line": opened.line,
            "node": _node,
            "judged": judged,
            "problem": problem,
            "charts": both_widths(
                lambda width: draw_weeks(judged, names=teams, lang=lang(), width=width)
            )
            if judged
            else (),
            "fidelity": fidelity,
            "advice": advise_on(judged, fidelity) if judged else None,
            "rules": {one.id: rule_words(one.rule, model=model) for one in opened.steps}
            if model
            else {},
            "teams": teams,
            "my_teams": [team for team in teams if _may_score(request, team)],
            "states": _states(),
            "decisions": decisions(),
            "kinds": _kinds(),
            "today": today,
            "tried": tried,
        },
        status=tried.status,
    )


def decisions() -> dict[str, str]:
    """What may follow from a review, in words."""
    return {
        "keep": t("Keep it", "続ける"),
        "fix": t("Fix the playbook", "手順を直す"),
        "coach": t("Coach, remove obstacles", "支援し、妨げを取り除く"),
        "drop": t("Drop it", "やめる"),
        "wait": t("Wait", "様子を見る"),
    }


def _may_score(request: HttpRequest, team_id: int | None) -> bool:
    actor = actor_of(request)
    if not actor.may_write:
        return False
    return team_id is None or may_start(actor) or team_id in actor.own_teams | actor.seen_teams


def _node(track: str, node: str) -> Text | str:
    model = speaking().model
    return node if model is None else node_words(model, track=track, node=node)


def _states() -> dict[str, tuple[str, str]]:
    return {
        "planned": (t("Planned", "開始前"), "plain"),
        "running": (t("Running", "実施中"), "info"),
        "review_due": (t("Review due", "振り返り期日"), "warn"),
        "ended": (t("Ended", "終了"), "good"),
    }


def _kinds() -> dict[str, str]:
    return {
        "registered": t("Registered", "登録"),
        "changed": t("Changed", "変更"),
        "started": t("Started", "開始"),
        "reviewed": t("Reviewed", "振り返り"),
        "ended": t("Ended", "終了"),
        "reopened": t("Taken up again", "再開"),
    }
