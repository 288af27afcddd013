"""What is done with a countermeasure on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.views.decorators.http import require_POST

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.actions.countermeasures import (
    change_countermeasure,
    reopen_countermeasure,
    start_phase,
)
from kyogyo.records.actions.fidelity import score_step
from kyogyo.records.queries.calendar import local_date
from kyogyo.usecases.countermeasures.judge import review_judged
from kyogyo.web.countermeasures.views import show
from kyogyo.web.journeys.reading import read_day, read_number
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go
from kyogyo.web.tried import refused
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@page
def start(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """Say that it has started in a team."""
    post = request.POST
    return _do(
        request,
        countermeasure_id,
        form=f"start-{post.get('start', '')}",
        act=lambda: start_phase(
            actor=actor_of(request),
            countermeasure_id=countermeasure_id,
            start_id=read_number(post, "start") or 0,
            on=read_day(post, "on") or local_date(),
            why=post.get("why", ""),
        ),
        done=Text(en="Its start is recorded.", ja="開始を記録しました。"),
    )


@require_POST
@page
def score(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """Say whether a step was done."""
    post = request.POST
    return _do(
        request,
        countermeasure_id,
        form="score",
        act=lambda: score_step(
            actor=actor_of(request),
            step_id=read_number(post, "step") or 0,
            team_id=read_number(post, "team"),
            on=read_day(post, "on") or local_date(),
            score=post.get("score", ""),
            journey_id=read_number(post, "journey"),
            words=post.get("words", ""),
        ),
        done=Text(en="Recorded.", ja="記録しました。"),
        part="#fidelity",
    )


@require_POST
@page
def change(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """Change what was registered, with the reason."""
    post = request.POST
    return _do(
        request,
        countermeasure_id,
        form="change",
        act=lambda: change_countermeasure(
            actor=actor_of(request),
            countermeasure_id=countermeasure_id,
            revision=read_number(post, "revision"),
            why=post.get("why", ""),
            title=post.get("title", ""),
            hypothesis=post.get("hypothesis", ""),
        ),
        done=Text(
            en="Changed; what was said before stays in its history.",
            ja="変更しました。以前の内容は履歴に残ります。",
        ),
    )


@require_POST
@page
def review(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """Keep what a review found and decided."""
    post = request.POST
    return _do(
        request,
        countermeasure_id,
        form="review",
        act=lambda: review_judged(
            actor=actor_of(request),
            countermeasure_id=countermeasure_id,
            decision=post.get("decision", ""),
            words=post.get("words", ""),
            next_review_on=read_day(post, "next_review_on"),
            today=local_date(),
        ),
        done=Text(en="Kept, with the verdict of today.", ja="今日時点の判定とともに記録しました。"),
    )


@require_POST
@page
def reopen(request: HttpRequest, countermeasure_id: int) -> HttpResponse:
    """Take an end back."""
    return _do(
        request,
        countermeasure_id,
        form="reopen",
        act=lambda: reopen_countermeasure(
            actor=actor_of(request),
            countermeasure_id=countermeasure_id,
            why=request.POST.get("why", ""),
        ),
        done=Text(en="It runs on.", ja="再開しました。"),
    )


def _do(
    request: HttpRequest,
    countermeasure_id: int,
    *,
    form: str,
    act: Callable[[], object],
    done: Text,
    part: str = "",
) -> HttpResponse:
    try:
        act()
    except (RuleError, ConflictError) as error:
        return show(request, countermeasure_id, refused(form, error, request.POST))
    tell(request, done)
    return go(request, f"/countermeasures/{countermeasure_id}/{part}")
