"""The columns that a list of journeys can have, on the page and in an export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from kyogyo.records.queries.wording import stage_label, track_label
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.models import CustomField
    from kyogyo.records.queries.journeys import JourneyRow
    from kyogyo.revenue_model import RevenueModel

Value = str | int | float | date | datetime | Text | None
Kind = Literal["text", "number", "money", "date", "time", "stage", "track", "person"]
FIELD = "field:"


@dataclass(frozen=True)
class Column:
    """One column. `read` gives its value of a row; `sort` is the order that it stands for, '' for none."""

    code: str
    label: Text
    kind: Kind
    read: Callable[[JourneyRow], Value]
    sort: str = ""


def every_column(*, model: RevenueModel, fields: Sequence[CustomField]) -> tuple[Column, ...]:
    """All columns there are, the company's own fields last."""
    return (
        Column("account", Text("Account", "取引先"), "text", lambda r: r.journey.account.name, "account"),
        Column("title", Text("Title", "件名"), "text", lambda r: r.journey.title),
        Column("stage", Text("Stage", "フェーズ"), "stage", lambda r: stage_label(model, r.journey.stage)),
        Column("track", Text("Track", "商流"), "track", lambda r: track_label(model, r.journey.track)),
        Column("days", Text("Days in stage", "滞在日数"), "number", lambda r: r.days_in_stage),
        Column("owner", Text("Owner", "担当者"), "person", lambda r: r.journey.owner.name if r.journey.owner else None),
        Column("team", Text("Team", "チーム"), "text", _team),
        Column("amount", Text("Amount", "金額"), "money", lambda r: r.journey.amount, "amount"),
        Column("next_step", Text("Next step", "次回アクション"), "text", lambda r: r.journey.next_step),
        Column("next_step_on", Text("By when", "期日"), "date", lambda r: r.journey.next_step_on, "next_step"),
        Column("person", Text("Contact", "先方担当者"), "text", lambda r: r.journey.person.name if r.journey.person else None),
        Column("source", Text("Source", "流入元"), "text", lambda r: r.journey.source),
        Column("campaign", Text("Campaign", "キャンペーン"), "text", lambda r: r.journey.campaign),
        Column("segment", Text("Segment", "セグメント"), "text", lambda r: r.journey.account.segment),
        Column("attempt", Text("Attempt", "何回目"), "number", lambda r: r.journey.attempt),
        Column("opened", Text("Opened", "開始日"), "time", lambda r: r.journey.opened_at, "opened"),
        Column("entered", Text("In this stage since", "フェーズ移行日"), "time", lambda r: r.journey.stage_entered_at, "entered"),
        Column("activity", Text("Last activity", "最終活動"), "time", lambda r: r.journey.last_activity_at, "activity"),
        *(_own(field) for field in fields),
    )  # fmt: skip


USUAL = ("account", "stage", "days", "owner", "amount", "next_step", "next_step_on", "source")


def chosen_columns(every: Sequence[Column], codes: Sequence[str]) -> tuple[Column, ...]:
    """The columns of `codes` in that order, those of no column left out; the usual ones where none is left."""
    known = {column.code: column for column in every}
    chosen = tuple(known[code] for code in dict.fromkeys(codes) if code in known)
    return chosen or tuple(known[code] for code in USUAL)


def _team(row: JourneyRow) -> Value:
    team = row.journey.team
    return Text(en=team.label_en, ja=team.label_ja) if team else None


_KINDS: dict[str, Kind] = {"number": "number", "money": "money", "date": "date"}


def _own(field: CustomField) -> Column:
    label = Text(en=field.label_en, ja=field.label_ja)
    return Column(
        f"{FIELD}{field.code}",
        label,
        _KINDS.get(field.kind, "text"),
        lambda row: value_of_field(field, row.journey.facts.get(field.code)),
    )


def value_of_field(field: CustomField, value: object) -> Value:
    """A stored value of a field of the company's own, as it is shown; None where there is none."""
    if value is None or value == "":
        return None
    if field.kind == "date":
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return str(value)
    if field.kind == "choice":
        return choice_label(field, str(value))
    return value if isinstance(value, int | float) else str(value)


def choices_of(field: CustomField) -> tuple[tuple[str, Text], ...]:
    """What a choice is stored as, and how it reads."""
    found = []
    for one in field.choices:
        if isinstance(one, dict):
            en, ja = str(one.get("en", "")), str(one.get("ja", ""))
            found.append((str(one.get("code") or en), Text(en=en or ja, ja=ja or en)))
        else:
            found.append((str(one), Text(en=str(one), ja=str(one))))
    return tuple(found)


def choice_label(field: CustomField, value: str) -> Text:
    return dict(choices_of(field)).get(value, Text(en=value, ja=value))
