"""The handoffs of the last days: offered, accepted, returned, sent back for more, late, each of them between every two departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.handoffs import (
    Answered,
    Settled,
    accept_handoff,
    file_result,
    need_work,
    offer_again,
    return_handoff,
    withdraw_handoff,
)
from kyogyo.records.actions.stages import win
from kyogyo.usecases.demo import words

if TYPE_CHECKING:
    from datetime import datetime

    from kyogyo.records.models import Handoff
    from kyogyo.usecases.demo.scene import Scene
    from kyogyo.words import Text

_MARKETERS, _INSIDERS, _SELLERS = ("marketer", "marketer2"), ("inside", "inside2", "inside3"), ("field", "field2", "field3")  # fmt: skip


def marketing_hands_over(scene: Scene) -> None:
    """Leads that reached the threshold: waiting, late, taken, returned."""
    # To the team: whoever is free takes it. The first two are beyond the clock of the answer.
    for place, hours in enumerate((31, 24, 12, 5, 2, 0.7)):
        _offered_lead(scene, place, hours, to="")
    for place, hours in enumerate((40, 30, 20, 11, 6)):
        taker = _INSIDERS[place % 3]
        handoff = _offered_lead(scene, place, hours + 3, to=taker)
        at = scene.ago(hours)
        scene_accepts(scene, taker, handoff, at)
        scene.talk(taker, handoff.journey_id, scene.ago(hours - 1.5), is_two_way=place % 2 == 0)
        scene.plan(taker, handoff.journey_id, days=place - 2 or 1, at=at)
    for place, (reason, then) in enumerate(
        (("no_budget", "recycle"), ("student", ""), ("bad_timing", "recycle"))
    ):
        taker = _INSIDERS[place % 3]
        handoff = _offered_lead(scene, place, 16 + 5 * place, to=taker)
        _return(scene, taker, handoff, reason, then, scene.ago(7 + 4 * place))
    handoff = _offered_lead(scene, 0, 9, to="inside2")
    need_work(
        actor=scene.cast.actor("inside2"),
        handoff_id=handoff.pk,
        words=words.MORE_WORK.say(scene.lang),
        asks=("source_reaction",),
        now=scene.ago(3),
    )


def _offered_lead(scene: Scene, place: int, hours: float, *, to: str) -> Handoff:
    giver = _MARKETERS[place % 2]
    ready, at = scene.ago(hours + 3), scene.ago(hours)
    journey = scene.take("lead", giver, before=scene.ago(hours + 5))
    actor = scene.cast.actor(giver)
    scene.answer(actor, journey, "source_reaction", ready)
    scene.go_on(actor, journey, "mql", ready)
    return scene.offer(giver, journey, at, to=to, team="" if to else "inside_sales")


def inside_sales_hands_over(scene: Scene) -> None:
    """Meetings that inside sales set: to come, held and waiting, late, with their results."""
    for place in range(4):
        _offered_meeting(scene, place, 6 + 3 * place, seller=_SELLERS[place % 3])
    # Held, and within the clock of the decision; then held so long ago that it is late.
    for place, held in enumerate((2.0, 4.5, 15.0, 26.0)):
        seller = _SELLERS[(place + 0) % 2]
        _held_meeting(scene, place, held, seller=seller)
    for place in range(4):
        seller = _SELLERS[place % 3]
        handoff = _offered_meeting(scene, place, 30 + 6 * place, seller=seller)
        _visit(scene, seller, handoff, scene.ago(14 + 3 * place), corrects=place % 2 == 0)
        scene.plan(seller, handoff.journey_id, days=(-1, 1, 3, 0)[place], at=scene.ago(12))
    # Accepted, and the result is still owed to inside sales.
    handoff = _held_meeting(scene, 1, 22, seller="field")
    scene_accepts(scene, "field", handoff, scene.ago(17))
    for place, (reason, then) in enumerate((("no_next_step", "keep"), ("info_mismatch", "keep"))):
        handoff = _held_meeting(scene, place, 12 + 4 * place, seller=_SELLERS[place])
        _return(scene, _SELLERS[place], handoff, reason, then, scene.ago(8 + 3 * place))
    _send_back(scene, 0, answered=False)
    _send_back(scene, 1, answered=True)
    handoff = _offered_meeting(scene, 2, 11, seller="field3")
    file_result(
        actor=scene.cast.actor("field3"),
        handoff_id=handoff.pk,
        met=False,
        decision="need_work",
        words=words.NO_ANSWER[0].say(scene.lang),
        now=scene.ago(4),
    )


def _offered_meeting(scene: Scene, place: int, hours: float, *, seller: str) -> Handoff:
    giver = _INSIDERS[place % 3]
    actor = scene.cast.actor(giver)
    journey = scene.take("qualifying", giver, before=scene.ago(hours + 12))
    scene.talk(giver, journey, scene.ago(hours + 10))
    for question in ("needs", "current_state", "authority", "timeframe"):
        scene.answer(actor, journey, question, scene.ago(hours + 9))
    scene.go_on(actor, journey, "meeting_set", scene.ago(hours + 8))
    return scene.offer(giver, journey, scene.ago(hours), to=seller)


def _held_meeting(scene: Scene, place: int, held: float, *, seller: str) -> Handoff:
    handoff = _offered_meeting(scene, place, held + 10, seller=seller)
    giver = _INSIDERS[place % 3]
    scene.talk(giver, handoff.journey_id, scene.ago(held), "meeting")
    scene.go_on(scene.cast.actor(giver), handoff.journey_id, "pending_acceptance", scene.ago(held))
    return handoff


def _visit(scene: Scene, seller: str, handoff: Handoff, at: datetime, *, corrects: bool) -> None:
    """The visit result: each answer of inside sales confirmed or corrected, and the journey taken."""
    known = list(dict.fromkeys(scene.answered.get(handoff.journey_id, ())))
    answers = [Answered(question=one, verdict="confirm") for one in known]
    if corrects and "authority" in known:
        answers[known.index("authority")] = Answered(
            question="authority", verdict="correct", answer=scene.say(words.CORRECTED)
        )
    # What nobody had asked before the meeting; of who will run it nobody knows yet.
    for question in ("champion", *scene.model.handoff(handoff.code).questions):
        if question == "human_resources" and question not in known:
            answers.append(Answered(question=question, verdict="unknown"))
        elif question not in known:
            said = scene.answer_to(scene.model.question(question))
            answers.append(Answered(question=question, verdict="new", answer=said))
    file_result(
        actor=scene.cast.actor(seller),
        handoff_id=handoff.pk,
        answers=answers,
        decision="accept",
        words=scene.say(words.MEETINGS),
        criteria=("meeting_held", "next_step_dated"),
        next_step=scene.say(words.NEXT_STEPS),
        next_step_on=scene.day(4),
        amount=1_400_000 + 350_000 * (scene.count % 5),
        now=at,
    )


def _send_back(scene: Scene, place: int, *, answered: bool) -> None:
    """Field sales wants to know more first; inside sales found out, or still has to."""
    seller, giver = _SELLERS[place], _INSIDERS[place % 3]
    handoff = _held_meeting(scene, place, 14, seller=seller)
    need_work(
        actor=scene.cast.actor(seller),
        handoff_id=handoff.pk,
        words=words.MORE_WORK.say(scene.lang),
        asks=("authority", "timeframe"),
        now=scene.ago(10),
    )
    if answered:
        actor = scene.cast.actor(giver)
        for question in ("authority", "timeframe"):
            answer_question(
                actor=actor,
                journey_id=handoff.journey_id,
                question=question,
                answer=scene.answer_to(scene.model.question(question)),
                now=scene.ago(4),
            )
        offer_again(
            actor=actor,
            handoff_id=handoff.pk,
            why_now=words.OFFERED_AGAIN.say(scene.lang),
            now=scene.ago(3),
        )


def field_sales_hands_over(scene: Scene) -> None:
    """Deals that were won: to be handed over, waiting, late, taken with their kickoff, returned."""
    _won(scene, 0, 5)
    _won(scene, 1, 15)
    for place, hours in enumerate((4, 23)):
        scene.offer(_SELLERS[place], _won(scene, place, hours + 5), scene.ago(hours), to="success")
    for place, hours in enumerate((30, 26)):
        seller = _SELLERS[place]
        taker = ("success", "success2")[place]
        journey = _won(scene, place, hours + 12)
        handoff = scene.offer(seller, journey, scene.ago(hours), to=taker)
        scene_accepts(scene, taker, handoff, scene.ago(hours - 6))
        scene.plan(taker, journey, days=(-1, 3)[place], at=scene.ago(hours - 7))
        if place == 0:
            _kickoff(scene, taker, handoff, scene.ago(6))
    handoff = scene.offer("field2", _won(scene, 1, 24), scene.ago(16), to="success2")
    _return(scene, "success2", handoff, "unrecorded_promise", "keep", scene.ago(7))


def _won(scene: Scene, place: int, hours: float) -> int:
    """A deal that is won so many business hours ago, with what was promised."""
    seller = _SELLERS[place % 3]
    actor = scene.cast.actor(seller)
    journey = scene.take("negotiation", seller, before=scene.ago(hours + 4))
    scene.talk(seller, journey, scene.ago(hours + 3), "meeting")
    scene.show_gate(actor, journey, "won", scene.ago(hours + 1))
    promises = [
        (scene.say(words.PROMISES), scene.day(12)),
        (scene.say(words.PROMISES), scene.day(-1)),
    ]
    win(actor=actor, journey_id=journey, commitments=promises, now=scene.ago(hours))
    return journey


def _kickoff(scene: Scene, taker: str, handoff: Handoff, at: datetime) -> None:
    known = list(dict.fromkeys(scene.answered.get(handoff.journey_id, ())))
    promised = scene.promises_of(scene.cast.actor(taker), handoff.journey_id)
    file_result(
        actor=scene.cast.actor(taker),
        handoff_id=handoff.pk,
        answers=[Answered(question=one, verdict="confirm") for one in known],
        words=scene.say(words.MEETINGS),
        next_step=scene.say(words.NEXT_STEPS),
        next_step_on=scene.day(2),
        commitments=[
            Settled(
                commitment_id=one,
                kind=("expected", "not_expected")[place % 2],
                words="" if place % 2 == 0 else words.NOT_EXPECTED.say(scene.lang),
            )
            for place, one in enumerate(promised)
        ],
        now=at,
    )


def customer_success_hands_over(scene: Scene) -> None:
    """Customers who want more: one offered to field sales, one taken, one just seen, one taken back."""
    for place, kind in enumerate(("offered", "accepted", "seen", "withdrawn")):
        giver = ("success", "success2")[place % 2]
        at = scene.ago(10 + place)
        journey = scene.take("adopted", giver, before=scene.ago(40))
        actor = scene.cast.actor(giver)
        grown = scene.goes_on(actor, journey, "expansion", giver, at)
        scene.talk(giver, grown, scene.ago(9 + place), "meeting")
        if kind == "seen":
            scene.plan(giver, grown, days=2, at=at)
            continue
        scene.answer(actor, grown, "needs", scene.ago(8 + place))
        handoff = scene.offer(giver, grown, scene.ago(6 + place), to=_SELLERS[place % 3])
        if kind == "accepted":
            scene_accepts(scene, _SELLERS[place % 3], handoff, scene.ago(3))
            scene.talk(_SELLERS[place % 3], grown, scene.ago(1))
        elif kind == "withdrawn":
            withdraw_handoff(actor=actor, handoff_id=handoff.pk, now=scene.ago(4))


def scene_accepts(scene: Scene, taker: str, handoff: Handoff, at: datetime) -> None:
    """Accept, with what the gate of the stage entered still asks for shown first."""
    actor = scene.cast.actor(taker)
    scene.show_accepting(actor, handoff, at)
    said: tuple[Text, ...] = words.ACCEPTED
    accept_handoff(actor=actor, handoff_id=handoff.pk, words=scene.say(said), now=at)


def _return(
    scene: Scene, taker: str, handoff: Handoff, reason: str, then: str, at: datetime
) -> None:
    return_handoff(
        actor=scene.cast.actor(taker),
        handoff_id=handoff.pk,
        reason=reason,
        words=words.RETURNS[reason].say(scene.lang),
        then=then,
        now=at,
    )
