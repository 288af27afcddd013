"""Handoffs: what waits for me, what became of mine, one of them in full, and the visit result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.actions import decisions, offers, results
from kyogyo.records.actions.moves import hand_over, take_over
from kyogyo.records.actions.undoing import undo_decision
from kyogyo.records.queries import handoffs as lists
from kyogyo.records.queries.handoff_boxes import MOST_OPEN
from kyogyo.records.queries.journey_page import journey_view
from kyogyo.records.queries.offering import offer_page, told_to_receiver
from kyogyo.records.queries.verdict import handoff_page
from kyogyo.web.desk.views import show_queue
from kyogyo.web.handoffs import reading
from kyogyo.web.live import mark, nothing_new
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, is_part, render
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_ACCEPTED = Text(
    en="Accepted. The giver sees it now.", ja="受け入れました。渡し手にも表示されます。"
)
_RETURNED = Text(
    en="Returned. The giver sees the reason now.", ja="差し戻しました。理由は渡し手に表示されます。"
)
_TAKEN_BACK = Text(
    en="Taken back. It awaits a decision again, and the giver sees that.",
    ja="取り消しました。再び判断待ちになり、渡し手にも表示されます。",
)
_ASKED = Text(
    en="Asked for more. The giver sees what is wanted.",
    ja="追加確認を依頼しました。内容は渡し手に表示されます。",
)


@require_GET
@page
def boxes(request: HttpRequest) -> HttpResponse:
    """Inbox and outbox, with the clocks of both sides."""
    if (unchanged := nothing_new(request)) is not None:
        return unchanged
    actor, box = actor_of(request), "out" if request.GET.get("box") == "out" else "in"
    seen = mark()
    return render(
        request,
        "handoffs/boxes.html",
        {
            "box": box,
            "inbox": lists.inbox(actor=actor, with_decided=box == "in"),
            "outbox": lists.outbox(actor=actor, with_decided=box == "out"),
            "most": MOST_OPEN,
            "seen": seen,
        },
        partial="boxes",
    )


@require_GET
@page
def handoff(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """One handoff in one screen."""
    return nothing_new(request) or _show(request, handoff_id)


@require_POST
@page
def accept(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Take the journey over."""
    post = request.POST
    return _act(
        request,
        handoff_id,
        form="accept",
        do=lambda: take_over(
            actor=actor_of(request),
            handoff_id=handoff_id,
            words=post.get("words", ""),
            criteria=reading.read_criteria(post),
            unknown=reading.read_unknown(post),
            override_reason=post.get("override_reason", ""),
        ),
        done=_ACCEPTED,
        can_be_undone=True,
    )


@require_POST
@page
def give_back(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Return it with a reason."""
    post = request.POST
    return _act(
        request,
        handoff_id,
        form="return",
        do=lambda: decisions.return_handoff(
            actor=actor_of(request),
            handoff_id=handoff_id,
            reason=post.get("reason", ""),
            words=post.get("words", ""),
            then=post.get("then", ""),
        ),
        done=_RETURNED,
        can_be_undone=True,
    )


@require_POST
@page
def need_work(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Ask for more before deciding."""
    post = request.POST
    return _act(
        request,
        handoff_id,
        form="need-work",
        do=lambda: decisions.need_work(
            actor=actor_of(request),
            handoff_id=handoff_id,
            words=post.get("words", ""),
            asks=tuple(post.getlist("asks")),
        ),
        done=_ASKED,
        can_be_undone=True,
    )


@require_POST
@page
def offer_again(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Offer it once more, completed."""
    post = request.POST
    return _act(
        request,
        handoff_id,
        form="offer-again",
        do=lambda: offers.offer_again(
            actor=actor_of(request),
            handoff_id=handoff_id,
            why_now=post.get("why_now", ""),
            override_reason=post.get("override_reason", ""),
        ),
        done=Text(en="Offered again.", ja="再提示しました。"),
    )


@require_POST
@page
def withdraw(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Take the offer back."""
    return _act(
        request,
        handoff_id,
        form="withdraw",
        do=lambda: offers.withdraw_handoff(
            actor=actor_of(request), handoff_id=handoff_id, words=request.POST.get("words", "")
        ),
        done=Text(en="Withdrawn.", ja="取り下げました。"),
    )


@require_POST
@page
def undo(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Take the last decision back."""
    return _act(
        request,
        handoff_id,
        form="undo",
        do=lambda: undo_decision(
            actor=actor_of(request),
            handoff_id=handoff_id,
            event_id=read_whole(request.POST.get("event", "")),
            words=request.POST.get("words", ""),
        ),
        done=_TAKEN_BACK,
    )


@require_http_methods(["GET", "POST"])
@page
def result(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """The visit result, and the kickoff: one form, one act."""
    if request.method == "GET":
        return _show_result(request, handoff_id)
    try:
        given = reading.read_result(request.POST)
        results.file_result(actor=actor_of(request), handoff_id=handoff_id, **given)
    except (RuleError, ConflictError) as error:
        return _show_result(request, handoff_id, tried=refused("result", error, request.POST))
    tell(
        request,
        Text(en="Filed. The giver sees it now.", ja="結果を報告しました。渡し手にも表示されます。"),
    )
    return go(request, f"/handoffs/{handoff_id}/?filed=result-{handoff_id}")


@require_http_methods(["GET", "POST"])
@page
def offer(request: HttpRequest, journey_id: int) -> HttpResponse:
    """Offer a journey to the next department."""
    if request.method == "GET":
        return _show_offer(request, journey_id)
    try:
        made = hand_over(
            actor=actor_of(request), journey_id=journey_id, **reading.read_offer(request.POST)
        )
    except (RuleError, ConflictError) as error:
        return _show_offer(request, journey_id, tried=refused("offer", error, request.POST))
    tell(
        request,
        Text(en="Offered.", ja="提示しました。"),
        undo=f"/handoffs/{made.pk}/withdraw/",
    )
    return go(request, f"/handoffs/{made.pk}/?filed=offer-{journey_id}")


def _act(
    request: HttpRequest,
    handoff_id: int,
    *,
    form: str,
    do: Callable[[], Any],
    done: Text,
    can_be_undone: bool = False,
) -> HttpResponse:
    """Do it and say so; what `can_be_undone` returned an event that the note offers to take back."""
    from_desk = request.POST.get("back") == "desk"
    try:
        made = do()
    except (RuleError, ConflictError) as error:
        if from_desk:  # what is missing is filled in on the handoff's own page
            tell(request, error.text, kind="warning")
            return go(request, f"/handoffs/{handoff_id}/#{form}")
        return _show(request, handoff_id, tried=refused(form, error, request.POST))
    tell(
        request,
        done,
        undo=f"/handoffs/{handoff_id}/undo/" if can_be_undone else "",
        fields={"event": str(made.pk)} if can_be_undone else None,
    )
    if from_desk:
        return show_queue(request) if is_part(request) else go(request, "/desk/")
    return go(request, f"/handoffs/{handoff_id}/")


def _show(request: HttpRequest, handoff_id: int, *, tried: Tried | None = None) -> HttpResponse:
    seen = mark()
    found = handoff_page(actor=actor_of(request), handoff_id=handoff_id)
    return render(
        request,
        "handoffs/handoff.html",
        {"page": found, "row": found.row, "tried": tried or Tried(), "seen": seen},
        partial="handoff",
        status=tried.status if tried else 200,
    )


def _show_result(
    request: HttpRequest, handoff_id: int, *, tried: Tried | None = None
) -> HttpResponse:
    found = handoff_page(actor=actor_of(request), handoff_id=handoff_id)
    return render(
        request,
        "handoffs/result.html",
        {
            "page": found,
            "row": found.row,
            "told_by_question": told_to_receiver(found),
            "tried": tried or Tried(),
        },
        status=tried.status if tried else 200,
    )


def _show_offer(
    request: HttpRequest, journey_id: int, *, tried: Tried | None = None
) -> HttpResponse:
    actor = actor_of(request)
    return render(
        request,
        "handoffs/offer.html",
        {
            "view": journey_view(actor=actor, journey_id=journey_id),
            "form": offer_page(actor=actor, journey_id=journey_id),
            "tried": tried or Tried(),
        },
        status=tried.status if tried else 200,
    )
