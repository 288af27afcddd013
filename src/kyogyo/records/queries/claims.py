"""What the departments say about the questions of the model, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyogyo.records.access import journey_for
from kyogyo.records.models import Claim, Commitment, Journey
from kyogyo.records.queries.journey_rows import claims_of, promises_of
from kyogyo.records.queries.model import current
from kyogyo.records.queries.proofs import is_required, promises_question
from kyogyo.records.queries.wording import answer_words, department_label
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from kyogyo.records.access import Actor
    from kyogyo.revenue_model import Question, RevenueModel


@dataclass(frozen=True, slots=True)
class Said:
    """The last word of one department on a question. `answer` is in words, `kept` as it is stored."""

    claim_id: int
    department: str
    answer: Text
    kept: str
    is_unknown: bool
    certainty: str
    verdict: str
    evidence: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One question: what each department last said, in the order of the table's departments.

    `is_required`: an answer is needed at the journey's size before it is handed over. `differs`:
    what two departments last said can't both be so (an unknown contradicts nothing). `derived`:
    what other rows answer, so that nobody is asked (the promises that are listed).
    """

    code: str
    label: Text
    kind: str
    choices: tuple[Text, ...]
    said: tuple[Said | None, ...]
    is_required: bool
    differs: bool
    derived: Text | None = None

    @property
    def is_answered(self) -> bool:
        """Whether anybody said anything, or other rows do; "unknown" is an answer."""
        return any(self.said) or self.derived is not None

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.is_answered

    @property
    def last(self) -> Said | None:
        """The newest word of all departments."""
        return max((one for one in self.said if one), key=lambda one: one.claim_id, default=None)


@dataclass(frozen=True, slots=True)
class Table:
    """Questions by departments. Only departments that said something, or are asked, have a column."""

    departments: tuple[tuple[str, Text], ...]
    rows: tuple[Row, ...]

    @property
    def differing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.differs)

    @property
    def missing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_missing)


def claims_table(*, actor: Actor, journey_id: int, questions: Iterable[str] | None = None) -> Table:
    """The table of a journey that `actor` may see; of `questions` alone where they are given."""
    journey = journey_for(actor, journey_id)
    return table_of(journey, model=current().model, questions=questions)


def table_of(
    journey: Journey,
    *,
    model: RevenueModel,
    questions: Iterable[str] | None = None,
    claims: Iterable[Claim] | None = None,
    promises: Iterable[Commitment] | None = None,
) -> Table:
    """The table of a journey that was looked up before. Two queries, unless what they give is handed in."""
    asked = [model.question(code) for code in questions] if questions is not None else None
    last: dict[tuple[str, str], Claim] = {}
    correctable: dict[str, set[int]] = {}
    for claim in claims_of(journey=journey.pk) if claims is None else claims:
        last[claim.question, claim.department] = claim
        if claim.verdict == Claim.Verdict.CORRECTS and claim.answers_to_id is not None:
            correctable.setdefault(claim.question, set()).add(claim.answers_to_id)
    listed = _listed_promises(journey, model=model, promises=promises)
    columns = _columns(model, {department for _, department in last}, journey)
    rows = []
    for question in asked if asked is not None else model.questions:
        held = {of: claim for (code, of), claim in last.items() if code == question.code}
        rows.append(
            Row(
                code=question.code,
                label=question.label.text,
                kind=question.kind,
                choices=tuple(choice.text for choice in question.choices),
                said=tuple(
                    _said(held[code], model) if code in held else None for code, _ in columns
                ),
                is_required=is_required(question, journey.amount, currency=model.currency),
                differs=differs(
                    question, held.values(), corrected=correctable.get(question.code, set())
                ),
                derived=listed if question.answered_by == "commitments" else None,
            )
        )
    return Table(departments=columns, rows=tuple(rows))


def differs(question: Question, last: Iterable[Claim], *, corrected: Collection[int]) -> bool:
    """Whether the last words of the departments contradict each other.

    Texts are rarely the same to the letter, so a text differs only where one department corrected
    what another one still says.
    """
    known = [claim for claim in last if not claim.is_unknown]
    if question.kind == "text":
        return len(known) > 1 and any(claim.pk in corrected for claim in known)
    return len({claim.answer for claim in known}) > 1


def _listed_promises(
    journey: Journey, *, model: RevenueModel, promises: Iterable[Commitment] | None
) -> Text | None:
    if promises_question(model) is None:
        return None
    made = promises_of(journey=journey.pk) if promises is None else promises
    texts = [one.text for one in made]
    return Text(en="; ".join(texts), ja="、".join(texts)) if texts else None


def _columns(
    model: RevenueModel, spoke: set[str], journey: Journey
) -> tuple[tuple[str, Text], ...]:
    path = model.path(journey.track) if journey.track in {t.code for t in model.tracks} else ()
    shown = spoke | {stage.department for stage in path}
    known = [one.code for one in model.departments if one.code in shown]
    gone = sorted(spoke - {one.code for one in model.departments})
    return tuple((code, department_label(model, code)) for code in (*known, *gone))


def _said(claim: Claim, model: RevenueModel) -> Said:
    return Said(
        claim_id=claim.pk,
        department=claim.department,
        answer=answer_words(
            model, claim.question, answer=claim.answer, is_unknown=claim.is_unknown
        ),
        kept=claim.answer,
        is_unknown=claim.is_unknown,
        certainty=claim.certainty,
        verdict=claim.verdict,
        evidence=claim.evidence,
        by=str(claim.by) if claim.by else "",
        at=claim.at,
    )
