"""What the demo people work with: business time before now, the journeys at hand, and the verbs they use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyogyo.records.access import journey_for
from kyogyo.records.actions.claims import answer_question
from kyogyo.records.actions.journeys import (
    assign_journey,
    log_activity,
    plan_next_step,
    reopen_journey,
)
from kyogyo.records.actions.offers import offer_handoff
from kyogyo.records.actions.stages import check_criterion, enter_stage
from kyogyo.records.queries.calendar import hours_of
from kyogyo.records.queries.gate import Missing, gate_for
from kyogyo.records.queries.packet import missing_to_offer
from kyogyo.records.queries.standing import Standing, promises_on, standing_in
from kyogyo.usecases.demo import words

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Handoff
    from kyogyo.revenue_model import Question, RevenueModel
    from kyogyo.usecases.demo.people import Cast
    from kyogyo.words import Lang, Text

TRACK = "new_business"
_MINUTE = 60
_YEN_OF_A_DEAL = 1_200_000


@dataclass
class Scene:
    """Everything that a piece of live work needs. `count` makes each say something else than the last."""

    model: RevenueModel
    cast: Cast
    lang: Lang
    now: datetime
    count: int = 0
    taken: set[int] = field(default_factory=set)
    answered: dict[int, list[str]] = field(default_factory=dict)
    _turns: dict[str, int] = field(default_factory=dict)
    _standing: dict[tuple[str, str], list[Standing]] = field(default_factory=dict)

    # --- time

    def ago(self, hours: float) -> datetime:
        """The latest instant since which so many business hours have passed: always within opening hours."""
        worked = hours_of(self.model)
        stop = int(self.now.timestamp()) * 1_000_000
        wanted = max(int(hours * 3_600), 1)
        near, far = stop, stop - 86_400_000_000 * (7 + int(hours))
        while near - far > 1_000_000:
            middle = (near + far) // 2
            near, far = (near, middle) if worked.seconds_between(middle, stop) >= wanted else (middle, far)  # fmt: skip
        return datetime.fromtimestamp(far // 1_000_000, tz=UTC)

    def day(self, days: int) -> date:
        """The local date so many working days from now (before it, if negative)."""
        worked = hours_of(self.model)
        day = self.now.astimezone(ZoneInfo(self.model.time_zone)).date()
        step = 1 if days > 0 else -1
        left = abs(days)
        while left:
            day += timedelta(days=step)
            left -= worked.works_on(day)
        return day

    # --- words

    def say(self, choices: Sequence[Text]) -> str:
        """One of several ways of saying something, the next one each time."""
        turn = self._turns[choices[0].en] = self._turns.get(choices[0].en, -1) + 1
        return choices[turn % len(choices)].say(self.lang)

    def answer_to(self, question: Question) -> str:
        """Something that somebody could answer."""
        if question.kind == "choice":
            self.count += 1
            return question.choices[self.count % len(question.choices)].text.say(self.lang)
        if question.kind == "date":
            return self.day(40 + 7 * (self.count % 6)).isoformat()
        if question.kind in ("money", "number"):
            self.count += 1
            return str(_YEN_OF_A_DEAL + 150_000 * (self.count % 9))
        if question.kind == "boolean":
            return "yes"
        return self.say(words.ANSWERS.get(question.code, (words.OTHER_ANSWER,)))

    # --- journeys

    def take(self, stage: str, seat: str, *, before: datetime, track: str = TRACK) -> int:
        """A journey that stood in `stage` before then, and is `seat`'s: their own if they have one."""
        user = self.cast.users[seat].pk
        fits = self._free(stage, track, before=before)
        own = [one for one in fits if one.owner_id == user]
        if not fits:
            return self._bring(stage, seat, before=before, track=track)
        chosen = (own or fits)[0]
        self.taken.add(chosen.journey_id)
        if chosen.owner_id != user:
            assign_journey(
                actor=self.cast.actor("revops"),
                journey_id=chosen.journey_id,
                user_id=user,
                now=before,
            )
        return chosen.journey_id

    def own(self, stage: str, seat: str, *, before: datetime) -> list[int]:
        """All that `seat` has had in `stage` since before then; nobody takes them after this."""
        user = self.cast.users[seat].pk
        found = [one.journey_id for one in self._free(stage, TRACK, before=before) if one.owner_id == user]  # fmt: skip
        self.taken.update(found)
        return found

    def _free(self, stage: str, track: str, *, before: datetime) -> list[Standing]:
        """What stood in `stage` before then and nobody has taken yet."""
        known = (stage, track)
        if known not in self._standing:
            self._standing[known] = standing_in(
                actor=self.cast.actor("revops"), stage=stage, track=track
            )
        return [
            one
            for one in self._standing[known]
            if one.entered_at < before and one.journey_id not in self.taken
        ]

    def _bring(self, stage: str, seat: str, *, before: datetime, track: str) -> int:
        """None stands there (a small company): take one that stands a stage before, and move it on."""
        path = [one.code for one in self.model.path(track)]
        place = path.index(stage) if stage in path else 0
        if place == 0:
            msg = f"The demo has no journey left in {stage} from before {before}."
            raise RuntimeError(msg)
        earlier = before - timedelta(minutes=30)
        journey = self.take(path[place - 1], seat, before=earlier, track=track)
        self.go_on(self.cast.actor(seat), journey, stage, earlier)
        return journey

    # --- verbs

    def show(self, actor: Actor, journey_id: int, missing: Sequence[Missing], at: datetime) -> None:
        """Give what is missing: say that criteria are met, and answer questions, some of them "unknown"."""
        for one in missing:
            if one.kind == "criterion":
                check_criterion(
                    actor=actor,
                    journey_id=journey_id,
                    criterion=one.code,
                    stage=one.stage,
                    evidence=words.EVIDENCE_OF_CRITERION.say(self.lang),
                    now=at,
                )
            elif one.kind == "question":
                self.answer(actor, journey_id, one.code, at)

    def answer(self, actor: Actor, journey_id: int, question: str, at: datetime) -> None:
        """Answer a question; one in seven nobody knows."""
        self.count += 1
        is_unknown = self.count % 7 == 0
        self.answered.setdefault(journey_id, []).append(question)
        answer_question(
            actor=actor,
            journey_id=journey_id,
            question=question,
            answer="" if is_unknown else self.answer_to(self.model.question(question)),
            is_unknown=is_unknown,
            certainty="sure" if self.count % 3 else "likely",
            evidence="" if is_unknown else self.say(words.EVIDENCE),
            now=at,
        )

    def go_on(self, actor: Actor, journey_id: int, stage: str, at: datetime) -> None:
        """Show what the gate into `stage` asks for, and enter it."""
        journey = journey_for(actor, journey_id)
        gate = gate_for(journey=journey, to_stage=stage, model=self.model)
        self.show(actor, journey_id, gate.missing, at)
        enter_stage(actor=actor, journey_id=journey_id, stage=stage, now=at)

    def offer(
        self,
        giver: str,
        journey_id: int,
        at: datetime,
        *,
        to: str = "",
        team: str = "",
        code: str = "",
    ) -> Handoff:
        """Complete the packet and offer the journey, to a person or to a team."""
        actor = self.cast.actor(giver)
        journey = journey_for(actor, journey_id)
        declared = next(
            one
            for one in self.model.handoffs
            if (one.code == code if code else one.from_stage == journey.stage)
        )
        self.show(actor, journey_id, missing_to_offer(journey, declared, model=self.model), at)
        return offer_handoff(
            actor=actor,
            journey_id=journey_id,
            code=declared.code,
            why_now=self.say(words.WHY_NOW),
            receiver_user_id=self.cast.users[to].pk if to else None,
            receiver_team_id=self.cast.teams[team].pk if team else None,
            now=at,
        )

    def talk(
        self,
        seat: str,
        journey_id: int,
        at: datetime,
        kind: str = "call",
        *,
        is_two_way: bool = True,
    ) -> None:
        """Note a call, a mail or a meeting."""
        said = (
            words.MEETINGS if kind == "meeting" else words.CALLS if is_two_way else words.NO_ANSWER
        )
        log_activity(
            actor=self.cast.actor(seat),
            journey_id=journey_id,
            kind=kind,
            words=self.say(said),
            is_two_way=is_two_way,
            now=at,
        )

    def plan(self, seat: str, journey_id: int, *, days: int, at: datetime) -> None:
        """Plan the next step for so many working days from now; before now it is late."""
        plan_next_step(
            actor=self.cast.actor(seat),
            journey_id=journey_id,
            text=self.say(words.NEXT_STEPS),
            due_on=self.day(days),
            now=at,
        )

    def show_gate(self, actor: Actor, journey_id: int, stage: str, at: datetime) -> None:
        """Show what the gate into `stage` asks for, without going through."""
        journey = journey_for(actor, journey_id)
        self.show(
            actor,
            journey_id,
            gate_for(journey=journey, to_stage=stage, model=self.model).missing,
            at,
        )

    def show_accepting(self, actor: Actor, handoff: Handoff, at: datetime) -> None:
        """Show what accepting a handoff still asks for."""
        declared = self.model.handoff(handoff.code)
        journey = journey_for(actor, handoff.journey_id)
        target = declared.accepted_stage or declared.to_stage
        missing = gate_for(journey=journey, to_stage=target, model=self.model).missing
        self.show(actor, journey.pk, missing, at)

    def goes_on(self, actor: Actor, journey_id: int, track: str, seat: str, at: datetime) -> int:
        """Open the next journey of an account on another track, linked to the one that was won."""
        made = reopen_journey(
            actor=actor,
            journey_id=journey_id,
            track=track,
            owner_id=self.cast.users[seat].pk,
            now=at,
        )
        return made.pk

    def promises_of(self, actor: Actor, journey_id: int) -> list[int]:
        """The promises made on a journey, in their order."""
        return promises_on(actor=actor, journey_id=journey_id)

    def accounts_of(self, actor: Actor, journeys: Sequence[int]) -> list[int]:
        """The accounts of journeys, each once."""
        return list(dict.fromkeys(journey_for(actor, one).account_id for one in journeys))
