"""What stands between a journey and a stage: the same answer for pages, the API and every action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from kyogyo.errors import RuleError
from kyogyo.records.models import CustomField
from kyogyo.records.queries.proofs import Proof, how_to_meet, is_required, proof_of
from kyogyo.records.queries.route import Route
from kyogyo.records.queries.shown import required_fields, shown_of
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.models import Journey
    from kyogyo.records.queries.shown import Shown
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.revenue_model.schema import ExitCriterion, Stage


class StepKind(StrEnum):
    """Which way a step goes. After an exit only a new journey goes on: `REOPEN`."""

    FORWARD = "forward"
    SKIP = "skip"
    BACK = "back"
    EXIT = "exit"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Missing:
    """One thing that is not shown yet, and how to show it.

    `kind` is criterion, question, field, handoff or promise; `stage` the one that it is about.
    `met_by` is the model's word for what meets a criterion, '' for anything else.
    """

    kind: str
    code: str
    label: Text
    how: Text
    stage: str = ""
    met_by: str = ""


@dataclass(frozen=True)
class Proven:
    """A criterion that nobody has to say: a row of the records proves it."""

    code: str
    label: Text
    stage: str
    proof: Proof


@dataclass(frozen=True)
class Gate:
    """The step of a journey into `to_stage`.

    `missing` has to be shown first, or overridden with a reason; `proven` is what the records prove
    of it by themselves. `needs_reason`: a step back needs
    words (`override_reason`), an exit one of the codes in `reasons`. `handoff` is the code of the
    handoff that has to be offered or accepted for the step.
    """

    journey_id: int
    from_stage: str
    to_stage: str
    kind: StepKind
    missing: tuple[Missing, ...] = ()
    proven: tuple[Proven, ...] = ()
    needs_reason: bool = False
    reasons: tuple[str, ...] = ()
    handoff: str = ""

    @property
    def is_open(self) -> bool:
        """Whether one may go through at once, with nothing more to say."""
        return self.kind != StepKind.REOPEN and not self.missing and not self.needs_reason


def gate_for(
    *,
    journey: Journey,
    to_stage: str,
    model: RevenueModel,
    shown: Shown | None = None,
    fields: Iterable[CustomField] | None = None,
    now: datetime | None = None,
) -> Gate:
    """What the step of `journey` into `to_stage` needs.

    For a list, get `shown_of(journeys)` and `required_fields()` once and pass them. Raises
    RuleError for a stage that can't be a step of this journey at all.
    """
    route = Route(model=model, track=journey.track)
    route.require_step(from_stage=journey.stage, to_stage=to_stage)
    if route.is_exit(journey.stage):
        return Gate(journey.pk, journey.stage, to_stage, StepKind.REOPEN)
    if route.is_exit(to_stage):
        reasons = tuple(one.code for one in route.reasons(to_stage))
        return Gate(
            journey.pk, journey.stage, to_stage, StepKind.EXIT,
            needs_reason=bool(reasons), reasons=reasons,
        )  # fmt: skip
    here, there = route.position(journey.stage), route.position(to_stage)
    if there < here:
        return Gate(journey.pk, journey.stage, to_stage, StepKind.BACK, needs_reason=True)
    shown = shown if shown is not None else shown_of([journey])[journey.pk]
    fields = fields if fields is not None else required_fields()
    step = _Step(journey, route, here, there, shown, now or timezone.now())
    missing = (*step.handoffs(), *step.criteria(), *step.questions(), *step.fields(fields), *step.promises())  # fmt: skip
    return Gate(
        journey.pk, journey.stage, to_stage,
        StepKind.SKIP if there > here + 1 else StepKind.FORWARD,
        missing=missing,
        proven=tuple(step.proven()),
        handoff=next((one.code for one in missing if one.kind == "handoff"), ""),
    )  # fmt: skip


def next_gate(
    *,
    journey: Journey,
    model: RevenueModel,
    shown: Shown | None = None,
    fields: Iterable[CustomField] | None = None,
) -> Gate | None:
    """The gate to the next stage of the path; None at the end of it and after an exit."""
    route = Route(model=model, track=journey.track)
    following = route.after(journey.stage)
    if following is None:
        return None
    return gate_for(
        journey=journey, to_stage=following.code, model=model, shown=shown, fields=fields
    )


@dataclass(frozen=True)
class _Step:
    """A step forward, from place `here` of the path (-1: not on it yet) to place `there`."""

    journey: Journey
    route: Route
    here: int
    there: int
    shown: Shown
    now: datetime

    def handoffs(self) -> Iterator[Missing]:
        """Handoffs that the step crosses, unless they were taken (or, where it only waits, offered)."""
        for handoff in self.route.handoffs():
            waits = self.route.position(handoff.to_stage)
            taken = self.route.position(handoff.accepted_stage or handoff.to_stage)
            if handoff.code in self.shown.accepted:
                continue
            if self.here < taken <= self.there:
                yield _handoff(
                    self.route.model, handoff.code, is_offered=handoff.code in self.shown.offered
                )
            elif self.here < waits <= self.there and handoff.code not in self.shown.offered:
                yield _handoff(self.route.model, handoff.code, is_offered=False)

    def criteria(self) -> Iterator[Missing]:
        for stage, one, proof in self._criteria():
            if (stage.code, one.code) not in self.shown.met and proof is None:
                yield Missing(
                    kind="criterion",
                    code=one.code,
                    label=one.label.text,
                    how=how_to_meet(one),
                    stage=stage.code,
                    met_by=one.met_by,
                )

    def proven(self) -> Iterator[Proven]:
        for stage, one, proof in self._criteria():
            if proof is not None and (stage.code, one.code) not in self.shown.met:
                yield Proven(one.code, one.label.text, stage.code, proof)

    def _criteria(self) -> Iterator[tuple[Stage, ExitCriterion, Proof | None]]:
        """The criteria of the stages that are left, each with the row that proves it."""
        for stage in self.route.path[max(self.here, 0) : self.there]:
            for one in stage.exit_criteria:
                if one.met_by == "acceptance":
                    continue
                proof = proof_of(
                    one, stage=stage.code, journey=self.journey, route=self.route,
                    contacts=self.shown.contacts, answered=self.shown.answered, now=self.now,
                )  # fmt: skip
                is_denied = (stage.code, one.code) in self.shown.denied
                yield stage, one, None if is_denied else proof

    def questions(self) -> Iterator[Missing]:
        model = self.route.model
        asked = {
            code: handoff.from_stage
            for handoff in reversed(model.handoffs)
            if 0 <= self.route.position(handoff.from_stage) < self.there
            for code in handoff.questions
        }
        for question in model.questions:
            if question.code not in asked or not is_required(
                question, self.journey.amount, currency=model.currency
            ):
                continue
            is_listed = question.answered_by == "commitments" and self.shown.has_promises
            if question.code not in self.shown.answered and not is_listed:
                yield Missing(
                    kind="question",
                    code=question.code,
                    label=question.label.text,
                    how=Text(
                        en="Answer it, or say that it is unknown.",
                        ja="回答するか、「未確認」と記録してください。",
                    ),
                    stage=asked[question.code],
                )

    def fields(self, fields: Iterable[CustomField]) -> Iterator[Missing]:
        left = {stage.code for stage in self.route.path[max(self.here, 0) : self.there]}
        for one in fields:
            of_journey = one.noun == CustomField.Noun.JOURNEY
            facts = self.journey.facts if of_journey else self.journey.account.facts
            if one.required_to_leave in left and facts.get(one.code) in (None, ""):
                yield Missing(
                    kind="field",
                    code=one.code,
                    label=Text(en=one.label_en, ja=one.label_ja),
                    how=Text(
                        en=f"Fill in this field of the {'journey' if of_journey else 'account'}.",
                        ja=f"{'案件' if of_journey else '取引先'}のこの項目を入力してください。",
                    ),
                    stage=one.required_to_leave,
                )

    def promises(self) -> Iterator[Missing]:
        """The sale is won with what was promised written down, or with "nothing" said in so many words."""
        stages = self.route.path[self.here + 1 : self.there + 1]
        is_said = self.shown.has_promises or self.shown.none_promised
        if any(stage.type == "won" for stage in stages) and not is_said:
            yield Missing(
                kind="promise",
                code="promises",
                label=Text(en="What was promised to the buyer", ja="顧客に約束したこと"),
                how=Text(
                    en="List each promise with its date, or say that nothing was promised.",
                    ja="約束と期日を記録するか、「約束はない」と記録してください。",
                ),
                stage=self.journey.stage,
            )


def _handoff(model: RevenueModel, code: str, *, is_offered: bool) -> Missing:
    handoff = model.handoff(code)
    receiver = model.department(handoff.receiver).label
    how = Text(en=f"{receiver.en} has to accept it.", ja=f"{receiver.ja}の受け入れが必要です。")
    if not is_offered:
        how = Text(en=f"Offer it to {receiver.en}.", ja=f"{receiver.ja}に提示してください。")
    return Missing(
        kind="handoff", code=code, label=handoff.label.text, how=how, stage=handoff.from_stage
    )


def refuse(gate: Gate, *, model: RevenueModel) -> RuleError:
    """All that is missing, as one error."""
    to = model.stage(gate.to_stage).label
    en = "\n".join(f"- {one.label.en}: {one.how.en}" for one in gate.missing)
    ja = "\n".join(f"・{one.label.ja}（{one.how.ja}）" for one in gate.missing)
    return RuleError(
        en=f"The journey can't enter {to.en} yet. This is still missing:\n{en}\n"
        "Add it, or go on with a reason that everybody will see.",
        ja=f"まだ「{to.ja}」に進めません。次のものが不足しています。\n{ja}\n"
        "補うか、理由を書いて進めてください（理由は全員に表示されます）。",
    )
