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
    undo_decision,
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
from kyogyo.records.queries.credit import credit_of
from kyogyo.records.queries.decisions import TAKEN_BACK
from kyogyo.records.queries.model import current
from kyogyo.records.undone import that_stand
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
    "take back", "take back", "reopen", "answers", "checks_all", "assigns",
)  # fmt: skip
# Where a handoff begins or waits, and one stage where none does.
GIVEN_FROM = ("mql", "meeting_set", "pending_acceptance", "won", "evaluation")
PEOPLE = ("marketer", "inside", "field", "success", "manager", "revops", "viewer", "outsider")

reasons = st.sampled_from(["The buyer is in a hurry"] * 3 + [""])
waits = st.integers(0, 600)
# Who acts: mostly the one whose turn it is, so that runs get far.
turns = st.sampled_from([""] * 12 + list(PEOPLE))


@dataclass
class Decision:
    """The last decision on a handoff: how all was before it, and what came after it."""

    handoff: int
    before: tuple[Any, ...]
    stages: list[str]  # before it
    by_result: bool = False
    stages_after: int = 0
    checks: set[int] = field(default_factory=set)
    is_assigned_since: bool = False


@dataclass
class Expected:
    """What must stand in the database about one journey, kept by hand beside it.

    `history` is all that was done with each handoff, `handoffs` what of it counts.
    """

    stages: list[str]
    history: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    handoffs: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    open_round: tuple[int, int] | None = None
    decision: Decision | None = None
    revision: int = 0
    state: tuple[Any, ...] = ()

    @property
    def open_handoff(self) -> int | None:
        return self.open_round[0] if self.open_round else None


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
        return self.name_of(owner.pk) if owner else "revops"

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
        # That the receiver ends it is a return, and can be taken back as one.
        decision = self.to_decide(offer) if offer and kind == "returned" else None
        told = ["journey.enter_stage", *([f"handoff.{kind}"] if offer else [])]
        done = self.act(
            told,
            lambda: enter_stage(
                actor=actor, journey_id=self.journey, stage=stage, reason=EXITS[stage], now=self.now
            ),
        )
        if done is not None:
            if offer:
                self.happened(offer, kind, decision)
            self.here.stages.append(stage)
            if decision is not None:
                decision.stages_after = len(self.here.stages)

    def undoes(self, turn: str) -> None:
        """The last step; with one that ended the journey and an offer, the offer is open again."""
        last = StageEntry.objects.filter(journey=self.journey).order_by("-id").first()
        assert last is not None
        closed = HandoffEvent.objects.filter(
            handoff__journey=self.journey,
            recorded_at=last.recorded_at,
            kind__in=("withdrawn", "returned"),
            undone_by=None,
        ).last()
        done = self.act(
            ["journey.undo_entry", *(["handoff.undone"] if closed else [])],
            lambda: undo_entry(actor=self.who(turn, self.holder()), entry_id=last.pk, now=self.now),
        )
        if done is not None:
            assert self.here.stages.pop() == last.stage
            if closed:
                self.taken_back(closed.handoff_id)

    def takes_back(self, turn: str, *, of_last: bool) -> None:
        """A decision: done exactly where nothing rests on it, and then all is as it was before."""
        here, keys = self.here, self.here.handoffs or {0: []}
        every = [key for one in self.journeys.values() for key in one.handoffs] or [0]
        # Those of the journeys before, too: they were opened again, so nothing of them is taken back.
        key = max(keys) if of_last else min(every)
        event = HandoffEvent.objects.filter(handoff=key, kind__in=TAKEN_BACK).last()
        decider = self.name_of(event.by_id) if event and event.by_id else "field"
        who = turn or decider
        decision = here.decision
        is_free = (
            decision is not None
            and key == decision.handoff == max(keys)
            and here.handoffs[key][-1][0] in TAKEN_BACK
            and len(here.stages) == decision.stages_after
            and not decision.is_assigned_since
        )
        told = ["handoff.undone"]
        if decision is not None and is_free:
            accepted = here.handoffs[key][-1][0] == "accepted"
            stepped = decision.stages_after > len(decision.stages)
            told += ["journey.assign"] * accepted + ["journey.undo_entry"] * stepped
        done = self.act(
            told,
            lambda: undo_decision(actor=self.company.actor(who), handoff_id=key, now=self.now),
        )
        if done is None:
            in_time = event is not None and self.now - event.recorded_at <= timedelta(hours=24)
            assert not (is_free and (who == "revops" or (who == decider and in_time)))
            return
        assert is_free
        assert decision is not None
        assert who in (decider, "revops", "manager")
        if decision.stages_after > len(decision.stages):
            here.stages.pop()
        self.taken_back(key)
        # That the meeting was held stays, where a result said so: with the stage and the clocks of it.
        if not decision.by_result:
            assert here.stages == decision.stages
            assert self.all_of(key) == decision.before
        standing = that_stand(CriterionCheck.objects.filter(journey=self.journey))
        assert decision.checks.isdisjoint(standing.values_list("id", flat=True))

    def all_of(self, key: int) -> tuple[Any, ...]:
        """What a decision changes: whose it is, the clocks and the credit, as they would be in a while."""
        handoff = Handoff.objects.select_related("journey").get(pk=key)
        people = [self.company.actor(name) for name in ("marketer", "inside", "field", "success")]
        then = MONDAY + timedelta(days=60)
        return (
            (handoff.journey.stage, handoff.journey.owner_id, handoff.journey.team_id),
            clocks_of_many([handoff], model=current().model, now=then),
            [credit_of(actor=one, user_id=one.user.pk, now=then) for one in people if one.user],
        )

    def name_of(self, user: int) -> str:
        return next(name for name, one in self.company.users.items() if one.pk == user)

    def assigns(self, turn: str) -> None:
        to = ("marketer", "inside", "field", "success")[len(self.here.stages) % 4]
        done = self.act(
            ["journey.assign"],
            lambda: assign_journey(
                actor=self.who(turn, self.holder()),
                journey_id=self.journey,
                user_id=self.company.users[to].pk,
                now=self.now,
            ),
        )
        if done is not None and self.here.decision is not None:
            self.here.decision.is_assigned_since = True

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
        criteria = [one.code for one in current().model.stage(self.here.stages[-1]).exit_criteria]
        decision = self.to_decide(key, by_result=by_result)
        if by_result:
            told += ["journey.log_activity", "handoff.result"]
            work = lambda: file_result(  # noqa: E731 -- one of two
                actor=actor, handoff_id=key, decision="accept", override_reason=reason, now=self.now
            )
        else:
            told += ["journey.check_criterion"] * len(criteria)
            work = lambda: accept_handoff(  # noqa: E731 -- one of two
                actor=actor,
                handoff_id=key,
                criteria=criteria,
                override_reason=reason,
                now=self.now,
            )
        if self.act(told, work) is not None:
            # A step that the meeting itself made is no part of the decision.
            self.here.stages += entered[:-1]
            self.happened(key, "accepted", decision)
            self.here.stages += entered[-1:]
            decision.stages_after = len(self.here.stages)
            assert by_result or len(decision.checks) == len(criteria)

    def returns(self, turn: str, reason: str) -> None:
        key = self.last_handoff()
        found = current().model.reason(reason)
        exits = {"recycle": "recycled", "disqualify": "disqualified"}
        stage = exits.get(found.kind)
        decision = self.to_decide(key)
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
            self.happened(key, "returned", decision)
            self.here.stages += [stage] if stage else []
            decision.stages_after = len(self.here.stages)

    def asks_for_more(self, turn: str, *asks: str) -> None:
        key = self.last_handoff()
        decision = self.to_decide(key)
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
            self.happened(key, "needs_work", decision)

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
        # No two acts are in the same microsecond.
        self.now += timedelta(seconds=1)
        if what in ("undo", "reopen", "offer") and here.decision is not None and steps == 1:
            what = "take back"
        elif what == "take back" and here.decision is None and steps == 1:
            what = "decide" if here.handoffs else "offer"  # so that there is something to take back
        is_built_on = here.decision and len(here.stages) > here.decision.stages_after
        if what == "take back" and is_built_on and steps == 1:
            what = "undo"  # first the step that rests on it; otherwise it must be refused
        elif here.decision and here.stages[-1] not in EXITS and what == "move" and steps == 2:
            what = "assigns"
        if here.stages[-1] in EXITS and what not in ("undo", "take back"):
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
        elif what == "take back":
            self.later(wait // 8)
            self.takes_back(turn, of_last=steps > 0)
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

    def to_decide(self, key: int, *, by_result: bool = False) -> Decision:
        """How all is before a decision on an offer that awaits one."""
        is_open = self.here.open_handoff == key != 0
        before = self.all_of(key) if is_open and not by_result else ()
        return Decision(key, before, [*self.here.stages], by_result=by_result)

    def offered(self, key: int) -> None:
        assert self.here.open_round is None
        done = self.here.handoffs.setdefault(key, [])
        self.writes(key, "offered", done[-1][1] + 1 if done else 1)
        self.here.open_round = (key, done[-1][1])
        self.here.decision = None

    def happened(self, key: int, kind: str, decision: Decision | None = None) -> None:
        """Only what is open is decided, and only once."""
        assert self.here.open_round is not None
        opened, number = self.here.open_round
        assert opened == key
        assert self.here.handoffs[key][-1][0] == "offered"
        self.writes(key, kind, number)
        self.here.open_round, self.here.decision = None, decision
        if decision is not None:
            decision.stages = [*self.here.stages]
            decision.stages_after = len(self.here.stages)
            made = CriterionCheck.objects.filter(journey=self.journey, recorded_at=self.now)
            decision.checks = set(made.values_list("id", flat=True))

    def taken_back(self, key: int) -> None:
        """Neither of the two counts, both stand in history, and the next round is open."""
        assert self.here.open_round is None
        _, number = self.here.handoffs[key].pop()
        self.here.history[key].append(("undone", number))
        self.here.open_round, self.here.decision = (key, number + 1), None

    def writes(self, key: int, kind: str, number: int) -> None:
        self.here.handoffs[key].append((kind, number))
        self.here.history.setdefault(key, []).append((kind, number))

    @invariant()
    def history_is_what_was_done(self) -> None:
        """Only the journey at hand can have changed: the ones before it have ended."""
        events = HandoffEvent.objects.filter(handoff__journey=self.journey).exclude(kind="result")
        found: dict[int, list[tuple[str, int]]] = {}
        for handoff, kind, number in events.order_by("id").values_list(
            "handoff_id", "kind", "round"
        ):
            found.setdefault(handoff, []).append((kind, number))
        assert found == self.here.history

    @invariant()
    def one_offer_at_most_awaits_a_decision(self) -> None:
        expected = self.here
        rows = Handoff.objects.filter(journey__in=self.journeys, open_round__isnull=False)
        found = list(rows.values_list("id", "open_round"))
        assert found == ([expected.open_round] if expected.open_round else [])
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
