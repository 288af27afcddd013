"""The page of a journey, and what is done on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_GET, require_POST

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.access import journey_for
from kyogyo.records.actions import claims, commitments, journeys, stages, undoing
from kyogyo.records.actions.moves import move_journey
from kyogyo.records.queries.journey_page import gate_of, journey_view
from kyogyo.records.queries.takers import takers
from kyogyo.web.desk.views import show_queue
from kyogyo.web.journeys import reading
from kyogyo.web.live import mark, nothing_new
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, is_part, render
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict


@require_GET
@page
def journey(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Everything about one journey."""
    if is_part(request) and "seen" in request.GET:
        journey_for(actor_of(request), journey_id)
        if (unchanged := nothing_new(request, journey_id)) is not None:
            return unchanged
    return _show(request, journey_id)


@require_GET
@page
def gate(request: HttpRequest, journey_id: int) -> HttpResponse:
    """What a step would need, each thing to be filled in here: a page, or the part for one that is open."""
    return _gate(request, journey_id, to=request.GET.get("to", ""))


@require_POST
@page
def enter(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Enter a stage, with the criteria and answers that were given along with it."""
    post = request.POST
    stage = post.get("stage", "")
    try:
        entry = move_journey(
            actor=actor_of(request),
            journey_id=journey_id,
            stage=stage,
            met=reading.read_met(post),
            answers=reading.read_answers(post),
            override_reason=post.get("override_reason", ""),
            reason=post.get("reason", ""),
            buyer_words=post.get("buyer_words", ""),
            our_view=post.get("our_view", ""),
            revisit_on=reading.read_day(post, "revisit_on"),
            commitments=reading.read_promises(post),
            none_promised=bool(post.get("none_promised")),
            revision=reading.read_number(post, "revision"),
        )
    except (RuleError, ConflictError) as error:
        return _gate(request, journey_id, to=stage, tried=refused("move", error, post))
    tell(
        request,
        Text(en="Moved.", ja="フェーズを移しました。"),
        undo=f"/journeys/{journey_id}/undo/",
        fields={"entry_id": str(entry.pk), "back": _back(post)},
    )
    return go(request, _back(post) or f"/journeys/{journey_id}/")


@require_POST
@page
def criterion(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Say that a criterion is met, or no longer."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form="criterion",
        do=lambda: stages.check_criterion(
            actor=actor_of(request),
            journey_id=journey_id,
            criterion=post.get("criterion", ""),
            is_met=post.get("is_met", "1") == "1",
            evidence=post.get("evidence", ""),
        ),
    )


@require_POST
@page
def answer(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Answer a question in the name of one's department; unknown is an answer."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form=f"answer:{post.get('question', '')}",
        do=lambda: claims.answer_question(
            actor=actor_of(request),
            journey_id=journey_id,
            question=post.get("question", ""),
            answer="" if post.get("is_unknown") else post.get("answer", ""),
            is_unknown=bool(post.get("is_unknown")),
            certainty=post.get("certainty", "sure"),
            evidence=post.get("evidence", ""),
        ),
        at="answers",
    )


@require_POST
@page
def activity(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Write down a call, a mail, a meeting, or that nobody came."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form="activity",
        do=lambda: journeys.log_activity(
            actor=actor_of(request),
            journey_id=journey_id,
            kind=post.get("kind", "note"),
            words=post.get("words", ""),
            is_two_way=bool(post.get("is_two_way")),
            person_id=reading.read_number(post, "person_id"),
        ),
        at="timeline",
    )


@require_POST
@page
def next_step(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Plan the next step; an empty one takes the plan away."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form="next-step",
        do=lambda: journeys.plan_next_step(
            actor=actor_of(request),
            journey_id=journey_id,
            text=post.get("text", ""),
            due_on=reading.read_due(post),
            due_time=reading.read_clock(post),
        ),
        done=Text(en="Planned.", ja="予定しました。"),
        at="next",
    )


@require_POST
@page
def assign(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Give it to somebody, or to a team."""
    chosen, _, key = request.POST.get("to", "").partition(":")
    return _act(
        request,
        journey_id,
        form="assign",
        do=lambda: journeys.assign_journey(
            actor=actor_of(request),
            journey_id=journey_id,
            user_id=read_whole(key) if chosen == "user" else None,
            team_id=read_whole(key) if chosen == "team" else None,
            revision=reading.read_number(request.POST, "revision"),
        ),
        done=Text(en="Given.", ja="担当を変更しました。"),
        at="facts",
    )


@require_POST
@page
def change(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Change the title or the amount. Who worked on an older state is told what is new."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form="change",
        do=lambda: journeys.change_journey(
            actor=actor_of(request),
            journey_id=journey_id,
            revision=reading.read_number(post, "revision"),
            amount=reading.read_minor(post, "amount"),
            title=post.get("title", ""),
        ),
        done=Text(en="Changed.", ja="変更しました。"),
        at="facts",
    )


@require_POST
@page
def undo(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Take the last step back."""
    entry_id = reading.read_number(request.POST, "entry_id") or 0
    return _act(
        request,
        journey_id,
        form="undo",
        do=lambda: undoing.undo_entry(actor=actor_of(request), entry_id=entry_id),
        done=Text(
            en="Taken back. Both lines stay in the timeline.",
            ja="取り消しました。記録は2つとも履歴に残ります。",
        ),
    )


@require_POST
@page
def reopen(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Go on with the account in a new journey, linked to this one."""
    try:
        made = journeys.reopen_journey(
            actor=actor_of(request), journey_id=journey_id, track=request.POST.get("track", "")
        )
    except (RuleError, ConflictError) as error:
        return _show(request, journey_id, tried=refused("reopen", error, request.POST))
    tell(
        request,
        Text(en="A new journey was opened.", ja="新しい案件として再開しました。"),
    )
    return go(request, f"/journeys/{made.pk}/")


@require_POST
@page
def promise(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Note what was promised to the buyer."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form="promise",
        do=lambda: commitments.promise(
            actor=actor_of(request),
            journey_id=journey_id,
            text=post.get("text", ""),
            due_on=reading.read_day(post, "due_on"),
        ),
        at="promises",
    )


@require_POST
@page
def settle(request: HttpRequest, journey_id: int, promise_id: int) -> HttpResponse:
    """Say what became of a promise."""
    post = request.POST
    return _act(
        request,
        journey_id,
        form=f"settle:{promise_id}",
        do=lambda: commitments.settle_commitment(
            actor=actor_of(request),
            commitment_id=promise_id,
            kind=post.get("kind", ""),
            words=post.get("words", ""),
        ),
        done=Text(en="Noted.", ja="記録しました。"),
        at="promises",
    )


def _back(said: QueryDict) -> str:
    """The board from which a move was made, '' for none: after it one goes on there."""
    back = said.get("back", "")
    return back if back.startswith("/board/") else ""


def _act(
    request: HttpRequest,
    journey_id: int,
    *,
    form: str,
    do: Callable[[], Any],
    done: Text | None = None,
    at: str = "",
) -> HttpResponse:
    """Do it; then the page as it is now, or the page with what was refused and what was typed."""
    try:
        do()
    except (RuleError, ConflictError) as error:
        return _show(request, journey_id, tried=refused(form, error, request.POST))
    if done is not None:
        tell(request, done)
    if _back(request.POST):
        return go(request, _back(request.POST))
    if request.POST.get("back") in ("desk", "/desk/"):
        return show_queue(request) if is_part(request) else go(request, "/desk/")
    if is_part(request):
        return _show(request, journey_id)
    return go(request, f"/journeys/{journey_id}/{'#' + at if at else ''}")


def _show(request: HttpRequest, journey_id: int, *, tried: Tried | None = None) -> HttpResponse:
    actor = actor_of(request)
    seen = mark(journey_id)
    view = journey_view(actor=actor, journey_id=journey_id)
    return render(
        request,
        "journeys/journey.html",
        {
            "view": view,
            "seen": seen,
            "tried": tried or Tried(),
            "takers": takers() if view.may_move else (),
        },
        partial="journey",
        status=tried.status if tried else 200,
    )


def _gate(
    request: HttpRequest, journey_id: int, *, to: str, tried: Tried | None = None
) -> HttpResponse:
    actor = actor_of(request)
    view = journey_view(actor=actor, journey_id=journey_id)
    found, reasons = gate_of(actor=actor, journey_id=journey_id, to_stage=to)
    return render(
        request,
        "journeys/gate.html",
        {
            "view": view,
            "gate": found,
            "reasons": reasons,
            "back": _back(request.POST or request.GET),
            "tried": tried or Tried(),
        },
        partial="gate",
        status=tried.status if tried else 200,
    )
