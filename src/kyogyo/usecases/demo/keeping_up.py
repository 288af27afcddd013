"""The rest of the last days: talks, next steps past and to come, promises, overrides, an account that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.records.access import SYSTEM
from kyogyo.records.actions.accounts import add_person, change_account
from kyogyo.records.actions.commitments import promise, settle_commitment
from kyogyo.records.actions.fields import add_field
from kyogyo.records.actions.journeys import change_journey, reopen_journey
from kyogyo.records.actions.stages import check_criterion, enter_stage, lose, recycle
from kyogyo.usecases.demo import words

if TYPE_CHECKING:
    from kyogyo.usecases.demo.scene import Scene

_A_QUARTER = 480  # business hours


def own_fields_are_added(scene: Scene) -> None:
    """Two fields that the company added itself."""
    name, choices = words.PLAN_FIELD
    add_field(
        actor=SYSTEM,
        noun="journey",
        code="plan",
        label_en=name.en,
        label_ja=name.ja,
        kind="choice",
        choices=[choice.say(scene.lang) for choice in choices],
    )
    add_field(
        actor=SYSTEM,
        noun="account",
        code="system_in_use",
        label_en=words.SYSTEM_FIELD.en,
        label_ja=words.SYSTEM_FIELD.ja,
        kind="text",
    )


def inside_sales_calls(scene: Scene) -> None:
    """Calls and mails, some of today; next steps, some of them past."""
    for place, seat in enumerate(("inside", "inside2", "inside3") * 3):
        journey = scene.take("working", seat, before=scene.ago(30))
        scene.talk(seat, journey, scene.ago(18 + place), is_two_way=False)
        scene.talk(seat, journey, scene.ago(0.3 + place), kind=("call", "mail")[place % 2], is_two_way=place % 3 == 0)  # fmt: skip
        scene.plan(seat, journey, days=(-2, 0, 1, 3)[place % 4], at=scene.ago(0.2 + place))
    for place, seat in enumerate(("inside", "inside2")):
        journey = scene.take("qualifying", seat, before=scene.ago(30))
        actor = scene.cast.actor(seat)
        scene.talk(seat, journey, scene.ago(9 + place))
        for question in ("needs", "current_state", "budget"):
            scene.answer(actor, journey, question, scene.ago(8 + place))
        scene.plan(seat, journey, days=1 + place, at=scene.ago(7))
    journey = scene.take("working", "inside", before=scene.ago(20))
    recycle(
        actor=scene.cast.actor("inside"),
        journey_id=journey,
        reason="bad_timing",
        buyer_words=words.BUYER_WORDS[0].say(scene.lang),
        now=scene.ago(5),
    )


def old_meetings_are_let_go(scene: Scene) -> None:
    """Meetings that inside sales set in earlier quarters and nobody ever held: who has them tidies up."""
    for seat in ("inside", "inside2", "inside3"):
        actor = scene.cast.actor(seat)
        for place, journey in enumerate(
            scene.own("meeting_set", seat, before=scene.ago(_A_QUARTER))
        ):
            recycle(
                actor=actor,
                journey_id=journey,
                reason="no_response",
                buyer_words=words.NO_ANSWER[0].say(scene.lang),
                now=scene.ago(90 + place),
            )


def field_sales_works(scene: Scene) -> None:
    """Deals at every stage: talked to, planned, enriched, one moved on with a reason, one back, one lost."""
    plan_of = [choice.say(scene.lang) for choice in words.PLAN_FIELD[1]]
    place = 0
    for stage in ("discovery", "evaluation", "proposal"):
        for seat in ("field", "field2", "field3"):
            journey = scene.take(stage, seat, before=scene.ago(30))
            actor = scene.cast.actor(seat)
            scene.talk(seat, journey, scene.ago(26 - place), "meeting")
            for question in ("authority", "competitor", "decision_process")[: 1 + place % 3]:
                scene.answer(actor, journey, question, scene.ago(20 - place))
            scene.plan(seat, journey, days=(-3, 0, 2, 5, 1)[place % 5], at=scene.ago(19 - place))
            change_journey(
                actor=actor,
                journey_id=journey,
                facts={"plan": plan_of[place % 3]},
                now=scene.ago(18 - place),
            )
            made = promise(
                actor=actor,
                journey_id=journey,
                text=scene.say(words.PROMISES),
                due_on=scene.day((-2, 1, 6)[place % 3]),
                now=scene.ago(17 - place),
            )
            if place % 4 == 3:
                settle_commitment(actor=actor, commitment_id=made.pk, kind="met", now=scene.ago(2))
            place += 1
    _steps_with_reasons(scene)


def _steps_with_reasons(scene: Scene) -> None:
    journey = scene.take("discovery", "field", before=scene.ago(25))
    enter_stage(
        actor=scene.cast.actor("field"),
        journey_id=journey,
        stage="evaluation",
        override_reason=words.OVERRIDES[0].say(scene.lang),
        now=scene.ago(6),
    )
    journey = scene.take("proposal", "field2", before=scene.ago(25))
    enter_stage(
        actor=scene.cast.actor("field2"),
        journey_id=journey,
        stage="evaluation",
        override_reason=words.BACK.say(scene.lang),
        now=scene.ago(4),
    )
    journey = scene.take("evaluation", "field3", before=scene.ago(25))
    lose(
        actor=scene.cast.actor("field3"),
        journey_id=journey,
        reason="lost_price",
        buyer_words=words.BUYER_WORDS[1].say(scene.lang),
        our_view=words.OUR_VIEW[0].say(scene.lang),
        now=scene.ago(11),
    )


def customer_success_cares(scene: Scene) -> None:
    """Customers being set up and in use, and contracts that come up for renewal."""
    for place, seat in enumerate(("success", "success2") * 2):
        journey = scene.take("onboarding", seat, before=scene.ago(40))
        actor = scene.cast.actor(seat)
        scene.talk(seat, journey, scene.ago(12 + place), "meeting")
        scene.plan(seat, journey, days=(-1, 2, 0, 4)[place], at=scene.ago(11))
        promise(
            actor=actor,
            journey_id=journey,
            text=scene.say(words.PROMISES),
            due_on=scene.day((1, -2, 8, 3)[place]),
            now=scene.ago(10 + place),
        )
    for place, seat in enumerate(("success", "success2") * 2):
        journey = scene.take("adopted", seat, before=scene.ago(60))
        actor = scene.cast.actor(seat)
        due = scene.goes_on(actor, journey, "renewal", seat, scene.ago(30 + 8 * place))
        scene.plan(seat, due, days=(2, -1, 9, 5)[place], at=scene.ago(20))
        if place == 3:
            scene.talk(seat, due, scene.ago(9), "meeting")
            check_criterion(
                actor=actor,
                journey_id=due,
                criterion="decided",
                evidence=words.EVIDENCE_OF_CRITERION.say(scene.lang),
                now=scene.ago(8),
            )
            enter_stage(
                actor=actor,
                journey_id=due,
                stage="renewed",
                none_promised=True,
                now=scene.ago(7),
            )


def an_account_comes_back(scene: Scene) -> None:
    """Recycled months ago, it asks again: a new journey, linked to the old one."""
    for seat, hours in (("marketer2", 6.0), ("marketer", 14.0)):
        actor = scene.cast.actor(seat)
        old = scene.take("recycled", seat, before=scene.ago(400))
        made = reopen_journey(
            actor=actor, journey_id=old, owner_id=scene.cast.users[seat].pk, now=scene.ago(hours)
        )
        scene.plan(seat, made.pk, days=1, at=scene.ago(hours - 1))


def people_are_met(scene: Scene) -> None:
    """Somebody at each account that is worked on, and what they use today."""
    from kyogyo.analytics.simulate.saas.names import person_name  # noqa: PLC0415 -- slow import

    actor = scene.cast.actor("revops")
    accounts = scene.accounts_of(actor, sorted(scene.taken))
    for place, account in enumerate(accounts):
        add_person(
            actor=actor,
            account_id=account,
            name=person_name(900 + place, lang=scene.lang),
            title=scene.say(words.TITLES),
            now=scene.ago(3),
        )
        if place % 2 == 0:
            change_account(
                actor=actor,
                account_id=account,
                facts={"system_in_use": scene.say(words.SYSTEMS)},
                now=scene.ago(2),
            )
