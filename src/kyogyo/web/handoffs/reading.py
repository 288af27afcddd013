"""What the forms of a handoff send, as the values that actions take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyogyo.records.actions.results import Answered, Settled
from kyogyo.web.journeys.reading import (
    read_answers,
    read_clock,
    read_day,
    read_due,
    read_met,
    read_promises,
)
from kyogyo.words import read_whole

if TYPE_CHECKING:
    from django.http import QueryDict

_VERDICTS = ("confirm", "correct", "new", "unknown")


def read_receiver(post: QueryDict) -> dict[str, int | None]:
    """To whom it is offered: field to, as user:<id> or team:<id>."""
    kind, _, key = post.get("to", "").partition(":")
    number = read_whole(key)
    return {
        "receiver_user_id": number if kind == "user" else None,
        "receiver_team_id": number if kind == "team" else None,
    }


def read_offer(post: QueryDict) -> dict[str, Any]:
    """The fields of an offer."""
    return {
        "why_now": post.get("why_now", ""),
        "override_reason": post.get("override_reason", ""),
        "commitments": read_promises(post),
        "met": read_met(post),
        "answers": read_answers(post),
        **read_receiver(post),
    }


def read_criteria(post: QueryDict) -> tuple[str, ...]:
    """The criteria that were confirmed: all of them by one box, or each by its own."""
    together = post.get("criteria_all", "").split(",")
    return tuple(one for one in dict.fromkeys([*together, *post.getlist("criteria")]) if one)


def read_cards(post: QueryDict) -> list[Answered]:
    """The answers that were confirmed, corrected or added; a card that nobody touched says nothing.

    Fields verdict:<question>, answer:<question>. What was typed counts as a correction also where
    the button for it was not pressed.
    """
    codes = dict.fromkeys(
        name.split(":", 1)[1] for name in post if name.startswith(("verdict:", "answer:"))
    )
    found = []
    for code in codes:
        verdict = post.get(f"verdict:{code}", "")
        typed = post.get(f"answer:{code}", "").strip()
        if verdict == "correct":
            found.append(Answered(question=code, verdict="correct", answer=typed))
        elif verdict == "new":
            found.append(Answered(question=code, verdict="new", answer=typed))
        elif verdict in _VERDICTS:
            found.append(Answered(question=code, verdict=verdict))  # type: ignore[arg-type]
    said = {one.question for one in found}
    unknown = [code for code in read_unknown(post) if code not in said]
    return found + [Answered(question=code, verdict="unknown") for code in unknown]


def read_unknown(post: QueryDict) -> tuple[str, ...]:
    """The questions that nobody can answer yet, said so by one box for all of them."""
    return tuple(code for code in post.get("unknown_all", "").split(",") if code)


def read_settled(post: QueryDict) -> list[Settled]:
    """What was said about the promises: fields promise:<id>, promise_words:<id>."""
    return [
        Settled(
            commitment_id=number,
            kind=post.get(name, ""),
            words=post.get(name.replace("promise:", "promise_words:", 1), ""),
        )
        for name in post
        if name.startswith("promise:")
        and (number := read_whole(name.removeprefix("promise:"))) is not None
    ]


def read_result(post: QueryDict) -> dict[str, Any]:
    """The whole result of a meeting."""
    met = post.get("met", "1") == "1"
    decision = post.get("decision", "none")
    accepts = decision == "accept"
    return {
        "met": met,
        "answers": read_cards(post) if met else [],
        "commitments": read_settled(post) if met else [],
        "decision": decision if decision in ("accept", "return", "need_work") else "none",
        "words": post.get("words", ""),
        "reason": post.get("reason", "") if decision == "return" else "",
        "asks": tuple(post.getlist("asks")) if decision == "need_work" else (),
        "criteria": read_criteria(post) if accepts else (),
        "override_reason": post.get("override_reason", "") if accepts else "",
        "next_step": post.get("next_step", "").strip() or post.get("next_step_chip", ""),
        "next_step_on": read_day(post, "due_on") or read_due(post),
        "next_step_time": read_clock(post),
    }
