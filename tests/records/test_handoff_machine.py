"""Stages and handoffs under any order of acts by anybody: what was refused left nothing, what was
done stands in history, and one decision answers one offer.

KYOGYO_MACHINE=200x50 runs the full size: examples x steps.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kyogyo.errors import ConflictError, MissingRecordError, NotAllowedError, RuleError
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.handoffs import (
    accept_handoff,
    file_result,
    need_work,
    offer_again,
    offer_handoff,
    return_handoff,
    withdraw_handoff,
)
from kyogyo.records.actions.journeys import assign_journey, open_journey, reopen_journey
from kyogyo.records.actions.stages import check_criterion, enter_stage
from kyogyo.records.actions.undoing import undo_entry
from kyogyo.records.models import (
    Activity,
    Assignment,
    AuditEvent,
    Claim,
    CriterionCheck,
    Handoff,
    HandoffEvent,
    Journey,
    Outbox,
    StageEntry,
)
from kyogyo.records.queries.clocks import clocks_of_many
from kyogyo.records.queries.model import current
from tests.records.people import MONDAY, Company, make_account, make_company

EXAMPLES, STEPS = (int(n) for n in os.environ.get("KYOGYO_MACHINE", "20x30").split("x"))
REFUSALS = (RuleError, ConflictError, NotAllowedError, MissingRecordError)
KEPT = (Outbox, AuditEvent, Activity, Assignment, Claim, CriterionCheck, Handoff, HandoffEvent, Journey, StageEntry)  # fmt: skip
COUNTS = "SELECT {}, (SELECT sum(open_round) FROM records_handoff), (SELECT sum(revision) FROM records_journey)".format(
    ", ".join(f"(SELECT count(*) FROM {kind._meta.db_table})" for kind in KEPT)
)
PATH = (
    "lead", "mql", "working", "qualifying", "meeting_set", "pending_acceptance", "discovery",
    "evaluation", "proposal", "negotiation", "won", "onboarding", "adopted",
)  # fmt: skip
EXITS = {"lost": "lost_price", "recycled": "bad_timing", "disqualified": "consultant", "churned": "churn_price"}  # fmt: skip
QUESTIONS = ("needs", "timeframe", "deal_size", "current_state", "next_step", "success_measure", "commitments", "why_bought")  # fmt: skip
HOW = (
    "accept", "result", "again", "again", "ask", "ask in words", "withdraw", "bad_timing",
    "no_authority", "no_show", "no_need", "unclear_goal",
)  # fmt: skip
WHAT = (
    "decide", "decide", "decide", "decide", "offer", "move", "move", "move", "end", "undo",
    "reopen", "answers", "checks_all", "assigns",
)  # fmt: skip
# Where a handoff begins or waits, and one stage where none does.
GIVEN_FROM = ("mql", "meeting_set", "pending_acceptance", "won", "evaluation")
PEOPLE = ("marketer", "inside", "field", "success", "manager", "revops", "viewer", "outsider")

reasons = st.sampled_from(["The buyer is in a hurry"] * 3 + [""])
waits = st.integers(0, 600)
# Who acts: mostly the one whose turn it is, so that runs get far.
turns = st.sampled_from([""] * 12 + list(PEOPLE))


@dataclass
class Expected:
    """What must stand in the database about one journey, kept by hand beside it."""

    stages: list[str]
    handoffs: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    revision: int = 0
    state: tuple[Any, ...] = ()

    @property
    def open_handoff(self) -> int | None:
        return next((key for key, done in self.handoffs.items() if done[-1][0] == "offered"), None)


class Machine(RuleBasedStateMachine):
    """One account, its journeys one after another, and everybody at once."""

    company: Company

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = MONDAY
        self.journeys: dict[int, Expected] = {}
        self.journey = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # ------------------------------------------------------------ how one acts

    def act(self, told: list[str], work: Callable[[], Any]) -> Any:
        """Do something; None if it was refused, and then nothing may have changed.

        `told` are the kinds that must be in the outbox after it, in any order: one audit row each.
        """
        before = self.counted()
        try:
            done = work()
        except REFUSALS as error:
            refusal = error
        else:
            refusal = None
        after = self.counted()
        if refusal is not None:
            assert "" not in (refusal.say("en"), refusal.say("ja"))
            assert after == before
            return None
        new = Outbox.objects.order_by("id").values_list("kind", flat=True)[before[0] :]
        assert sorted(new) == sorted(told)
        assert after[1] - before[1] == len(told)
        return done

    def counted(self) -> tuple[int, ...]:
        """How many rows there are of each kind, the rounds that are open, and the revisions: in one query."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            found: tuple[int, ...] = cursor.fetchone()
        return found

    @property
    def here(self) -> Expected:
        return self.journeys[self.journey]

    def who(self, turn: str, whose: str) -> Any:
        return self.company.actor(turn or whose)

    def holder(self) -> str:
        owner = Journey.objects.get(pk=self.journey).owner
        names = {user.pk: name for name, user in self.company.users.items()}
        return names[owner.pk] if owner else "revops"

    def receiver(self) -> str:
        teams = {"inside_sales": "inside", "field_sales": "field", "customer_success": "success"}
        found = Handoff.objects.filter(journey=self.journey).order_by("-id").first()
        return teams[found.receiver] if found else "inside"

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def last_handoff(self) -> int:
        return max(self.here.handoffs, default=0)

    # ------------------------------------------------------------------- rules

    @initialize(stage=st.sampled_from(["lead", "mql", "meeting_set", "meeting_set", "won"]))
    def begins(self, stage: str) -> None:
        owner = {"meeting_set": "inside", "won": "field"}.get(stage, "marketer")
        journey = open_journey(
            actor=self.company.as_revops,
            account_id=make_account().pk,
            track="new_business",
            stage=stage,
            owner_id=self.company.users[owner].pk,
            override_reason="It began before Kyogyo",
            now=self.now,
        )
        self.journey = journey.pk
        self.journeys[journey.pk] = Expected(stages=[stage])

    def answers(self, turn: str) -> None:
        question = QUESTIONS[len(self.here.stages) % len(QUESTIONS)]
        self.act(
            ["claim.answer"],
            lambda: answer_question(
                actor=self.who(turn, self.holder()),
                journey_id=self.journey,
                question=question,
                is_unknown=True,
                now=self.now,
            ),
        )

    def checks_all(self, turn: str) -> None:
        stage = current().model.stage(self.here.stages[-1])
        for criterion in stage.exit_criteria:
            self.act(
                ["journey.check_criterion"],
                lambda code=criterion.code: check_criterion(
                    actor=self.who(turn, self.holder()),
                    journey_id=self.journey,
                    criterion=code,
                    now=self.now,
                ),
            )

    def moves(self, turn: str, steps: int, reason: str, wait: int) -> None:
        self.later(wait)
        here = self.here.stages[-1]
        place = PATH.index(here) + steps if here in PATH else 0
        stage = PATH[max(0, min(place, len(PATH) - 1))]
        # That nothing was promised is an answer to the question of promises.
        told = ["journey.enter_stage", *(["claim.answer"] if stage == "won" else [])]
        done = self.act(
            told,
            lambda: enter_stage(
                actor=self.who(turn, self.holder()),
                journey_id=self.journey,
                stage=stage,
                override_reason=reason,
                none_promised=True,
                now=self.now,
            ),
        )
        if done is not None:
            self.here.stages.append(stage)

    def ends(self, turn: str, stage: str) -> None:
        offer = self.here.open_handoff
        actor = self.who(turn, self.holder())
        receiver = Handoff.objects.get(pk=offer).receiver if offer else ""
        kind = "returned" if actor.department == receiver else "withdrawn"
        told = ["journey.enter_stage", *([f"handoff.{kind}"] if offer else [])]
        done = self.act(
            told,
            lambda: enter_stage(
                actor=actor, journey_id=self.journey, stage=stage, reason=EXITS[stage], now=self.now
            ),
        )
        if done is not None:
            self.here.stages.append(stage)
            if offer:
                self.happened(offer, kind)

    def undoes(self, turn: str) -> None:
        last = StageEntry.objects.filter(journey=self.journey).order_by("-id").first()
        assert last is not None
        done = self.act(
            ["journey.undo_entry"],
            lambda: undo_entry(actor=self.who(turn, self.holder()), entry_id=last.pk, now=self.now),
        )
        if done is not None:
            assert self.here.stages.pop() == last.stage

    def assigns(self, turn: str) -> None:
        to = ("marketer", "inside", "field", "success")[len(self.here.stages) % 4]
        self.act(
            ["journey.assign"],
            lambda: assign_journey(
                actor=self.who(turn, self.holder()),
                journey_id=self.journey,
                user_id=self.company.users[to].pk,
                now=self.now,
            ),
        )

    def reopens(self, turn: str) -> None:
        new = self.act(
            ["journey.open", "journey.enter_stage"],
            lambda: reopen_journey(
                actor=self.who(turn, self.holder()), journey_id=self.journey, now=self.now
            ),
        )
        if new is not None:
            self.journey = new.pk
            self.journeys[new.pk] = Expected(stages=["lead"])

    def offers(self, turn: str, reason: str, wait: int) -> None:
        self.later(wait)
        handoff = self.act(
            ["handoff.offered"],
            lambda: offer_handoff(
                actor=self.who(turn, self.holder()),
                journey_id=self.journey,
                why_now="Now",
                override_reason=reason,
                now=self.now,
            ),
        )
        if handoff is not None:
            self.offered(handoff.pk)

    def offers_again(self, turn: str, reason: str) -> None:
        key = self.last_handoff()
        done = self.act(
            ["handoff.offered"],
            lambda: offer_again(
                actor=self.who(turn, self.holder()),
                handoff_id=key,
                why_now="Again",
                override_reason=reason,
                now=self.now,
            ),
        )
        if done is not None:
            assert self.here.handoffs[key][-1][0] in ("needs_work", "returned")
            self.offered(key)

    def withdraws(self, turn: str) -> None:
        key = self.last_handoff()
        done = self.act(
            ["handoff.withdrawn"],
            lambda: withdraw_handoff(
                actor=self.who(turn, self.holder()), handoff_id=key, now=self.now
            ),
        )
        if done is not None:
            self.happened(key, "withdrawn")

    def accepts(self, turn: str, reason: str, *, by_result: bool) -> None:
        key = self.last_handoff()
        entered = self.entered_by_accepting(key, by_result=by_result)
        told = ["handoff.accepted", "journey.assign", *["journey.enter_stage"] * len(entered)]
        actor = self.who(turn, self.receiver())
        if by_result:
            told += ["journey.log_activity", "handoff.result"]
            work = lambda: file_result(  # noqa: E731 -- one of two
                actor=actor, handoff_id=key, decision="accept", override_reason=reason, now=self.now
            )
        else:
            work = lambda: accept_handoff(  # noqa: E731 -- one of two
                actor=actor, handoff_id=key, override_reason=reason, now=self.now
            )
        if self.act(told, work) is not None:
            self.happened(key, "accepted")
            self.here.stages += entered

    def returns(self, turn: str, reason: str) -> None:
        key = self.last_handoff()
        found = current().model.reason(reason)
        exits = {"recycle": "recycled", "disqualify": "disqualified"}
        stage = exits.get(found.kind)
        told = ["handoff.returned", *(["journey.enter_stage"] if stage else [])]
        done = self.act(
            told,
            lambda: return_handoff(
                actor=self.who(turn, self.receiver()),
                handoff_id=key,
                reason=reason,
                words="Why",
                now=self.now,
            ),
        )
        if done is not None:
            self.happened(key, "returned")
            self.here.stages += [stage] if stage else []

    def asks_for_more(self, turn: str, *asks: str) -> None:
        key = self.last_handoff()
        done = self.act(
            ["handoff.needs_work"],
            lambda: need_work(
                actor=self.who(turn, self.receiver()),
                handoff_id=key,
                words="More",
                asks=asks,
                now=self.now,
            ),
        )
        if done is not None:
            self.happened(key, "needs_work")

    def decides(self, turn: str, reason: str, wait: int, how: str) -> None:
        """Also on what was decided already: then it must be refused."""
        self.later(wait)
        if how in ("accept", "result"):
            self.accepts(turn, reason, by_result=how == "result")
        elif how == "withdraw":
            self.withdraws(turn)
        elif how == "again":
            self.offers_again(turn, reason)
        elif how == "ask":
            self.asks_for_more(turn, "authority")
        elif how == "ask in words":
            self.asks_for_more(turn)
        else:
            self.returns(turn, how)

    @rule(
        what=st.sampled_from(WHAT),
        turn=turns,
        reason=reasons,
        wait=waits,
        how=st.sampled_from(HOW),
        steps=st.sampled_from([1, 1, 1, 2, -1]),
        stage=st.sampled_from(sorted(EXITS)),
    )
    def acts(  # one rule, so that each act has its weight in short runs too
        self, what: str, turn: str, reason: str, wait: int, how: str, steps: int, stage: str
    ) -> None:
        here = self.here
        if here.stages[-1] in EXITS and what != "undo":
            what = "reopen"
        elif here.open_handoff is None and here.stages[-1] in GIVEN_FROM and what == "decide" and how != "again":  # fmt: skip
            what = "offer"
        elif here.handoffs and here.open_handoff is None and what == "decide" and steps > 0:
            last = here.handoffs[max(here.handoffs)][-1][0]
            how = "again" if last in ("needs_work", "returned") else how
        if what == "decide" and here.handoffs:
            self.decides(turn, reason, wait, how)
        elif what == "offer":
            self.offers(turn, reason, wait)
        elif what == "end":
            self.ends(turn, stage)
        elif what == "undo":
            self.undoes(turn)
        elif what == "reopen":
            self.reopens(turn)
        elif what in ("answers", "checks_all", "assigns"):
            getattr(self, what)(turn)
        else:
            self.moves(turn, steps, reason, wait)

    # ------------------------------------------------------ what must then be so

    def entered_by_accepting(self, key: int, *, by_result: bool) -> list[str]:
        found = Handoff.objects.filter(pk=key).first()
        if found is None:
            return []
        declared = current().model.handoff(found.code)
        here = self.here.stages[-1]
        target = declared.accepted_stage or declared.to_stage
        if here not in PATH or PATH.index(here) >= PATH.index(target):
            return []
        waits = by_result and declared.accepted_stage and here == declared.from_stage
        return [declared.to_stage, target] if waits else [target]

    def offered(self, key: int) -> None:
        assert self.here.open_handoff is None
        done = self.here.handoffs.setdefault(key, [])
        done.append(("offered", done[-1][1] + 1 if done else 1))

    def happened(self, key: int, kind: str) -> None:
        """Only an offer is decided, and only once."""
        done = self.here.handoffs[key]
        assert done[-1][0] == "offered"
        done.append((kind, done[-1][1]))

    @invariant()
    def history_is_what_was_done(self) -> None:
        """Only the journey at hand can have changed: the ones before it have ended."""
        expected = self.here
        events = HandoffEvent.objects.filter(handoff__journey=self.journey).exclude(kind="result")
        found: dict[int, list[tuple[str, int]]] = {}
        for handoff, kind, number in events.order_by("id").values_list(
            "handoff_id", "kind", "round"
        ):
            found.setdefault(handoff, []).append((kind, number))
        assert found == expected.handoffs

    @invariant()
    def one_offer_at_most_awaits_a_decision(self) -> None:
        expected = self.here
        rows = Handoff.objects.filter(journey__in=self.journeys, open_round__isnull=False)
        found = list(rows.values_list("id", "open_round"))
        waiting = expected.open_handoff
        assert found == (
            [(waiting, expected.handoffs[waiting][-1][1])] if waiting is not None else []
        )
        assert not (found and expected.stages[-1] in EXITS)

    @invariant()
    def stage_is_that_of_the_last_entry_that_counts(self) -> None:
        expected = self.here
        entries = StageEntry.objects.filter(journey=self.journey, undoes=None, undone_by=None)
        found = list(entries.order_by("at", "id").values_list("stage", "at"))
        assert [stage for stage, _ in found] == expected.stages
        journey = Journey.objects.get(pk=self.journey)
        assert (journey.stage, journey.stage_entered_at) == found[-1]
        state = (journey.stage, journey.owner_id, journey.team_id, journey.last_activity_at)
        if expected.state and state != expected.state:
            assert journey.revision > expected.revision
        assert journey.revision >= expected.revision
        expected.revision, expected.state = journey.revision, state

    @invariant()
    def clocks_are_never_negative(self) -> None:
        rows = list(Handoff.objects.filter(journey=self.journey))
        for readings in clocks_of_many(rows, model=current().model, now=self.now).values():
            for one in readings:
                assert one.seconds_used >= 0
                assert one.state != "running" or (one.seconds_left or 0) >= 0


@pytest.mark.django_db
def test_stages_and_handoffs_hold_in_any_order_of_acts() -> None:
    company = make_company()

    class OfCompany(Machine):
        pass

    OfCompany.company = company
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OfCompany,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
