"""Everything that happened on one journey, in one line of time: the newest first, nothing left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from kyogyo.records.queries.journey_rows import taken_back
from kyogyo.records.queries.wording import (
    ACTIVITIES,
    CHANGES,
    DECISIONS,
    OUTCOMES,
    answer_words,
    criterion_label,
    gap_label,
    handoff_label,
    own_reason,
    question_label,
    reason_label,
    stage_label,
)
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kyogyo.records.models import (
        Activity,
        Assignment,
        AuditEvent,
        Claim,
        Commitment,
        CommitmentOutcome,
        CriterionCheck,
        HandoffEvent,
        NextStep,
        StageEntry,
        User,
    )
    from kyogyo.records.queries.journey_rows import JourneyRows
    from kyogyo.revenue_model.schema import RevenueModel

Kind = Literal[
    "entry", "criterion", "activity", "claim", "handoff", "promise", "outcome", "owner", "plan", "change"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `lines` are said beneath the title; `words` are somebody's own, quoted."""

    kind: Kind
    row: int
    at: datetime
    recorded_at: datetime
    title: Text
    by: User | None = None
    department: str = ""
    lines: tuple[Text, ...] = ()
    words: tuple[tuple[Text, str], ...] = ()
    is_undone: bool = False
    is_override: bool = False
    cause: str = ""
    link: int | None = None
    sort: tuple[Any, ...] = field(default=())

    @property
    def is_late(self) -> bool:
        """Whether it was written down more than a day after it happened."""
        return (self.recorded_at - self.at).total_seconds() > 86_400


def timeline(rows: JourneyRows, *, model: RevenueModel) -> tuple[Happening, ...]:
    """What happened on a journey, newest first."""
    found = [
        *_entries(rows.entries, model),
        *_criteria(rows.checks, model),
        *_activities(rows.activities),
        *_claims(rows.claims, model),
        *_handoffs(rows.events, model),
        *_promises(rows.promises, rows.outcomes),
        *_owners(rows.assignments),
        *_plans(rows.plans, zone=ZoneInfo(model.time_zone)),
        *_changes(rows.changes),
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.recorded_at, one.row), reverse=True))


def _entries(rows: Sequence[StageEntry], model: RevenueModel) -> list[Happening]:
    gone = taken_back(rows)
    by_id = {row.pk: row for row in rows}
    found = []
    for row in rows:
        stage = stage_label(model, row.stage)
        title = Text(en=f"Entered {stage.en}", ja=f"「{stage.ja}」へ移行")
        if row.undoes_id is not None:
            undone = stage_label(model, by_id[row.undoes_id].stage)
            title = Text(
                en=f"Taken back: {undone.en}; in {stage.en} again",
                ja=f"「{undone.ja}」への移行を取り消し、「{stage.ja}」へ戻した",
            )
        found.append(
            Happening(
                kind="entry",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=title,
                by=row.by,
                department=row.department,
                lines=_entry_lines(row, model),
                words=_said(
                    (Text(en="The buyer's words", ja="顧客の言葉"), row.buyer_words),
                    (Text(en="Our view", ja="当社の見立て"), row.our_view),
                    (
                        Text(en="Why all the same", ja="例外とした理由"),
                        "" if own_reason(row.override_reason) else row.override_reason,
                    ),
                ),
                is_undone=row.pk in gone,
                is_override=bool(row.override_reason),
                cause=row.cause,
            )
        )
    return found


def _entry_lines(row: StageEntry, model: RevenueModel) -> tuple[Text, ...]:
    lines = []
    if row.reason:
        reason = reason_label(model, row.reason)
        lines.append(Text(en=f"Reason: {reason.en}", ja=f"理由：{reason.ja}"))
    if row.revisit_on is not None:
        lines.append(Text(en=f"Come back on {row.revisit_on}", ja=f"{row.revisit_on} に改めて連絡"))
    if row.missing:
        labels = [gap_label(model, code) for code in row.missing]
        lines.append(
            Text(
                en=f"Without: {'; '.join(label.en for label in labels)}",
                ja=f"不足のまま移行：{'、'.join(label.ja for label in labels)}",
            )
        )
    if row.is_inferred:
        lines.append(
            Text(
                en="Inferred: no file says so, but it must have been here by then",
                ja="推定：記録はないが、この時点までに到達していたはず",
            )
        )
    own = own_reason(row.override_reason)
    return (*lines, own) if own else tuple(lines)


def _criteria(rows: Sequence[CriterionCheck], model: RevenueModel) -> list[Happening]:
    found, gone = [], taken_back(rows)
    for row in rows:
        if row.undoes_id is not None:
            continue  # what took it back is said by the decision that was taken back
        label = criterion_label(model, row.stage, row.criterion)
        is_met = (
            Text(en="Met", ja="満たした") if row.is_met else Text(en="Not met", ja="満たしていない")
        )
        found.append(
            Happening(
                kind="criterion",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=Text(en=f"{is_met.en}: {label.en}", ja=f"{is_met.ja}：{label.ja}"),
                by=row.by,
                words=_said((Text(en="Evidence", ja="根拠"), row.evidence)),
                is_undone=row.pk in gone,
            )
        )
    return found


def _activities(rows: Sequence[Activity]) -> list[Happening]:
    return [
        Happening(
            kind="activity",
            row=row.pk,
            at=row.at,
            recorded_at=row.recorded_at,
            title=_activity_title(row),
            by=row.by,
            department=row.department,
            words=_said((Text(en="Note", ja="メモ"), row.words)),
        )
        for row in rows
    ]


def _activity_title(row: Activity) -> Text:
    title = ACTIVITIES[row.kind]
    if row.is_two_way:
        title = Text(en=f"{title.en}, the buyer answered", ja=f"{title.ja}（顧客の反応あり）")
    if row.person is not None:
        title = Text(en=f"{title.en}: {row.person.name}", ja=f"{title.ja}：{row.person.name}")
    return title


def _claims(rows: Sequence[Claim], model: RevenueModel) -> list[Happening]:
    verdicts = {
        "new": Text(en="Answered", ja="回答"),
        "confirms": Text(en="Confirmed", ja="確認（変更なし）"),
        "corrects": Text(en="Corrected", ja="訂正"),
    }
    found = []
    for row in rows:
        label = question_label(model, row.question)
        answer = answer_words(model, row.question, answer=row.answer, is_unknown=row.is_unknown)
        verdict = verdicts[row.verdict]
        found.append(
            Happening(
                kind="claim",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=Text(
                    en=f"{verdict.en}: {label.en} = {answer.en}",
                    ja=f"{verdict.ja}：{label.ja} ＝ {answer.ja}",
                ),
                by=row.by,
                department=row.department,
                words=_said((Text(en="Evidence", ja="根拠"), row.evidence)),
            )
        )
    return found


def _handoffs(rows: Sequence[HandoffEvent], model: RevenueModel) -> list[Happening]:
    found, gone, kinds = [], taken_back(rows), {row.pk: row.kind for row in rows}
    for row in rows:
        label = handoff_label(model, row.handoff.code)
        decision = DECISIONS[row.kind]
        if row.undoes_id is not None:
            undone = DECISIONS[kinds[row.undoes_id]]
            decision = Text(
                en=f"{decision.en}, {undone.en.lower()}", ja=f"{decision.ja}（{undone.ja}）"
            )
        reason = reason_label(model, row.reason) if row.reason else None
        found.append(
            Happening(
                kind="handoff",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=Text(en=f"{decision.en}: {label.en}", ja=f"{decision.ja}：{label.ja}"),
                by=row.by,
                department=row.handoff.giver
                if row.kind in ("offered", "withdrawn")
                else row.handoff.receiver,
                lines=()
                if reason is None
                else (Text(en=f"Reason: {reason.en}", ja=f"理由：{reason.ja}"),),
                words=_said((Text(en="In their words", ja="コメント"), row.words)),
                is_undone=row.pk in gone,
                link=row.handoff_id,
            )
        )
    return found


def _promises(made: Sequence[Commitment], outcomes: Sequence[CommitmentOutcome]) -> list[Happening]:
    found = [
        Happening(
            kind="promise",
            row=row.pk,
            at=row.at,
            recorded_at=row.recorded_at,
            title=Text(en=f"Promised: {row.text}", ja=f"約束：{row.text}"),
            by=row.promised_by,
            department=row.department,
            lines=()
            if row.due_on is None
            else (Text(en=f"By {row.due_on}", ja=f"期日 {row.due_on}"),),
        )
        for row in made
    ]
    texts = {row.pk: row.text for row in made}
    for row in outcomes:
        said, promised = OUTCOMES[row.kind], texts[row.commitment_id]
        found.append(
            Happening(
                kind="outcome",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=Text(
                    en=f"Promise {said.en}: {promised}",
                    ja=f"約束が{said.ja}：{promised}",
                ),
                by=row.by,
                department=row.department,
                words=_said((Text(en="In their words", ja="コメント"), row.words)),
            )
        )
    return found


def _owners(rows: Sequence[Assignment]) -> list[Happening]:
    found = []
    for row in rows:
        team = (
            Text(en=row.team.label_en, ja=row.team.label_ja)
            if row.team
            else Text(en="nobody", ja="担当なし")
        )
        who = Text(en=row.user.name, ja=row.user.name) if row.user else team
        found.append(
            Happening(
                kind="owner",
                row=row.pk,
                at=row.at,
                recorded_at=row.recorded_at,
                title=Text(en=f"Given to {who.en}", ja=f"担当：{who.ja}"),
                by=row.by,
            )
        )
    return found


def _plans(rows: Sequence[NextStep], *, zone: ZoneInfo) -> list[Happening]:
    found, before = [], ""
    for row in rows:
        clock = "" if row.due_at is None else f" {row.due_at.astimezone(zone):%H:%M}"
        due = "" if row.due_on is None else f" ({row.due_on}{clock})"
        title = Text(en=f"Next step: {row.text}{due}", ja=f"次回アクション：{row.text}{due}")
        if not row.text:
            title = (
                Text(en=f"Done: {before}", ja=f"対応済み：{before}")
                if before
                else Text(en="Dealt with for today", ja="今日の分は対応済み")
            )
        found.append(
            Happening(
                kind="plan", row=row.pk, at=row.at, recorded_at=row.at, title=title, by=row.by
            )
        )
        before = row.text
    return found


def _changes(rows: Sequence[AuditEvent]) -> list[Happening]:
    """Changes of the journey's own fields; every other action has a row of its own above."""
    found = []
    for row in rows:
        lines = tuple(
            Text(
                en=f"{CHANGES[name].en}: {_plain(row.before.get(name))} → {_plain(value)}",
                ja=f"{CHANGES[name].ja}：{_plain(row.before.get(name))} → {_plain(value)}",
            )
            for name, value in row.after.items()
            if name in CHANGES and name in row.before and row.before[name] != value
        )
        if lines:
            found.append(
                Happening(
                    kind="change",
                    row=row.pk,
                    at=row.at,
                    recorded_at=row.at,
                    title=Text(en="Changed", ja="変更"),
                    by=row.by,
                    lines=lines,
                )
            )
    return found


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "—"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _said(*pairs: tuple[Text, str]) -> tuple[tuple[Text, str], ...]:
    return tuple((label, words) for label, words in pairs if words)
