"""The weekly meeting: an agenda made of what changed and what is open, decided point by point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET, require_POST

from kyogyo.errors import RuleError
from kyogyo.records.actions.reviews import close_review, decide_point, finish_point
from kyogyo.records.queries.calendar import local_date
from kyogyo.records.queries.countermeasures import may_start
from kyogyo.records.queries.reviews import list_reviews, read_review
from kyogyo.records.queries.takers import takers
from kyogyo.usecases.hold_review import hold_review
from kyogyo.web.formats import t
from kyogyo.web.journeys.reading import read_day, read_number
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.speaking import speaking
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_CLOSED = Text(
    en="Closed. What is open comes first next time.",
    ja="閉じました。残った項目は次回の最初に載ります。",
)
_DONE = Text(en="Done.", ja="完了にしました。")


@require_GET
@page
def reviews(request: HttpRequest) -> HttpResponse:
    """The open review, and those before."""
    actor = actor_of(request)
    every = list_reviews(actor)
    return render(
        request,
        "reviews/reviews.html",
        {
            "open": [one for one in every if one.closed_at is None],
            "closed": [one for one in every if one.closed_at is not None],
            "tracks": model.tracks if (model := speaking().model) else (),
            "may_lead": may_start(actor),
        },
    )


@require_POST
@page
def start(request: HttpRequest) -> HttpResponse:
    """Open a review with its agenda."""
    review_id = hold_review(actor=actor_of(request), track=request.POST.get("track", ""))
    return go(request, f"/reviews/{review_id}/")


@require_GET
@page
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """One meeting."""
    return _show(request, review_id, Tried())


@require_POST
@page
def decide(request: HttpRequest, point_id: int) -> HttpResponse:
    """Decide one point."""
    post = request.POST
    review_id = read_number(post, "review") or 0
    try:
        point = decide_point(
            actor=actor_of(request),
            point_id=point_id,
            decision=post.get("decision", ""),
            words=post.get("words", ""),
            owner_id=read_number(post, "owner"),
            due_on=read_day(post, "due_on"),
        )
    except RuleError as error:
        return _show(request, review_id, refused(f"point-{point_id}", error, post))
    return go(request, f"/reviews/{point.review_id}/#point-{point_id}")


@require_POST
@page
def finish(request: HttpRequest, point_id: int) -> HttpResponse:
    """Say that what was to be done is done, or not after all."""
    is_done = request.POST.get("undo") != "1"
    point = finish_point(actor=actor_of(request), point_id=point_id, is_done=is_done)
    if is_done:
        tell(request, _DONE, undo=request.path, fields={"undo": "1"})
    return go(request, f"/reviews/{point.review_id}/")


@require_POST
@page
def close(request: HttpRequest, review_id: int) -> HttpResponse:
    """Close the meeting."""
    try:
        close_review(actor=actor_of(request), review_id=review_id)
    except RuleError as error:
        return _show(request, review_id, refused("close", error, request.POST))
    tell(request, _CLOSED)
    return go(request, f"/reviews/{review_id}/")


def _show(request: HttpRequest, review_id: int, tried: Tried) -> HttpResponse:
    actor = actor_of(request)
    read = read_review(actor, review_id)
    kinds = {
        "alert": t("Alert", "アラート"),
        "countermeasure": t("Countermeasure", "打ち手"),
        "bottleneck": t("Bottleneck", "ボトルネック"),
        "handoff": t("Handoffs", "引き継ぎ"),
    }
    return render(
        request,
        "reviews/review.html",
        {
            "review": read,
            "kinds": kinds,
            "may_lead": may_start(actor),
            "people": [person for team in takers() for person in team.people],
            "today": local_date(),
            "me": actor.user.pk if actor.user else 0,
            "tried": tried,
        },
        status=tried.status,
    )
