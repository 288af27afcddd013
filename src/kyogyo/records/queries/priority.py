"""The order of a desk: from what is known about a journey to why it lies there, and how high.

The bands, first to last:

1. a clock of mine has run out: somebody in another department waits longer than was agreed;
2. a promise to the buyer is past its day;
3. the buyer reacted and nobody has followed it up: it cools by the hour;
4. the next step is past its day;
5. a clock runs out today; 6. a promise is due today; 7. the next step is due today;
8. another department handed it back to me, or offers it to me;
9. it had ended, and the day has come on which it was to be looked at again;
10. a clock of mine runs, not yet today;
11. answers that the next handoff needs are missing;
12. it lies longer in its stage than expected;
13. nothing is planned at all.

Within a band the longest over, the soonest due, or the freshest comes first. A journey lies once on
a desk, where its first reason puts it; the others are said beside it. Whoever did something about a
journey today isn't asked the softer questions (9, and 11 to 13) again before tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Literal
from zoneinfo import ZoneInfo

from kyogyo.words import Text

HOT = timedelta(hours=72)
Tone = Literal["late", "hot", "today", "calm"]


class Band(IntEnum):
    """Why a journey lies on a desk; the smaller comes first."""

    CLOCK_OVER = 1
    PROMISE_OVER = 2
    HOT = 3
    STEP_PAST = 4
    CLOCK_TODAY = 5
    PROMISE_TODAY = 6
    STEP_TODAY = 7
    HANDED_TO_ME = 8
    REVISIT = 9
    CLOCK_RUNS = 10
    ANSWERS_OWED = 11
    STALLED = 12
    NOTHING_PLANNED = 13


_TONES: dict[Band, Tone] = {
    Band.CLOCK_OVER: "late",
    Band.PROMISE_OVER: "late",
    Band.HOT: "hot",
    Band.STEP_PAST: "late",
    Band.CLOCK_TODAY: "today",
    Band.PROMISE_TODAY: "today",
    Band.STEP_TODAY: "today",
    Band.REVISIT: "today",
}


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that runs against whoever's desk it is. `seconds_left` is in its own kind of time, below 0 when over."""

    label: Text
    due_at: datetime
    seconds_left: int
    is_business: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one journey that can bring it onto a desk. Left out means: nothing of the kind."""

    clocks: tuple[RunningClock, ...] = ()
    promises: tuple[tuple[str, date], ...] = ()
    reacted_at: datetime | None = None
    next_step: str = ""
    next_step_on: date | None = None
    next_step_at: datetime | None = None
    handed: Text | None = None
    answers_owed: tuple[Text, ...] = ()
    stage: Text | None = None
    days_in_stage: int | None = None
    expected_days: int | None = None
    asks_for_a_plan: bool = False
    touched_today: bool = False
    # The day to look again at one that has ended, and why it ended.
    revisit_on: date | None = None
    ended: Text | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words, with its band and how urgent it is within it (the smaller comes first)."""

    band: Band
    urgency: float
    text: Text

    @property
    def rank(self) -> tuple[int, float]:
        return (int(self.band), self.urgency)

    @property
    def tone(self) -> Tone:
        return _TONES.get(self.band, "calm")

    @property
    def code(self) -> str:
        return self.band.name.lower()


def order(facts: Facts, *, now: datetime, zone: str) -> tuple[Reason, ...]:
    """The reasons for which a journey lies on a desk, the first of them decides its place; () for none."""
    today = now.astimezone(ZoneInfo(zone)).date()
    found = [_clock(clock, today=today, zone=zone) for clock in facts.clocks]
    found += [_promise(text, due, today=today) for text, due in facts.promises if due <= today]
    found += _hot(facts, now=now)
    found += _next_step(facts, today=today, zone=zone)
    if facts.handed is not None:
        found.append(Reason(Band.HANDED_TO_ME, 0.0, facts.handed))
    if not facts.touched_today:
        found += [*_revisit(facts, today=today), *_softer(facts)]
    return tuple(sorted(found, key=lambda reason: reason.rank))


def _clock(clock: RunningClock, *, today: date, zone: str) -> Reason:
    length = span(abs(clock.seconds_left), is_business=clock.is_business)
    if clock.seconds_left < 0:
        return Reason(
            Band.CLOCK_OVER,
            clock.due_at.timestamp(),
            Text(en=f"{clock.label.en}: {length.en} over", ja=f"{clock.label.ja}：{length.ja}超過"),
        )
    due = clock.due_at.astimezone(ZoneInfo(zone))
    is_today = due.date() <= today
    return Reason(
        Band.CLOCK_TODAY if is_today else Band.CLOCK_RUNS,
        clock.due_at.timestamp(),
        Text(
            en=f"{clock.label.en}: {length.en} left, until {due:%H:%M}"
            if is_today
            else f"{clock.label.en}: {length.en} left",
            ja=f"{clock.label.ja}：残り{length.ja}（{due:%H:%M}まで）"
            if is_today
            else f"{clock.label.ja}：残り{length.ja}",
        ),
    )


def _promise(text: str, due: date, *, today: date) -> Reason:
    days = (today - due).days
    if days == 0:
        return Reason(
            Band.PROMISE_TODAY,
            0.0,
            Text(en=f"Promise due today: {text}", ja=f"約束の期日が今日：{text}"),
        )
    return Reason(
        Band.PROMISE_OVER,
        float(-days),
        Text(
            en=f"Promise {_days(days).en} past its day: {text}",
            ja=f"約束の期日を{days}日超過：{text}",
        ),
    )


def _hot(facts: Facts, *, now: datetime) -> list[Reason]:
    if facts.reacted_at is None or now - facts.reacted_at > HOT:
        return []
    ago = (now - facts.reacted_at).total_seconds()
    length = span(int(max(ago, 0.0)), is_business=False)
    return [
        Reason(
            Band.HOT,
            ago,
            Text(
                en=f"The buyer reacted {length.en} ago; no follow-up yet",
                ja=f"{length.ja}前に顧客から反応あり（未対応）",
            ),
        )
    ]


def _next_step(facts: Facts, *, today: date, zone: str) -> list[Reason]:
    if facts.next_step_on is None or facts.next_step_on > today:
        return []
    days = (today - facts.next_step_on).days
    step = facts.next_step
    if days == 0 and facts.next_step_at is not None:
        clock = facts.next_step_at.astimezone(ZoneInfo(zone))
        return [
            Reason(
                Band.STEP_TODAY,
                (clock.hour * 60 + clock.minute) / 1_440,
                Text(en=f"Today {clock:%H:%M}: {step}", ja=f"今日 {clock:%H:%M}：{step}"),
            )
        ]
    if days == 0:
        return [
            Reason(Band.STEP_TODAY, 0.0, Text(en=f"Due today: {step}", ja=f"今日の予定：{step}"))
        ]
    return [
        Reason(
            Band.STEP_PAST,
            float(-days),
            Text(
                en=f"Next step {_days(days).en} past its day: {step}",
                ja=f"次回アクションの期日を{days}日超過：{step}",
            ),
        )
    ]


def _revisit(facts: Facts, *, today: date) -> list[Reason]:
    """The day has come, and nothing later is planned."""
    if facts.revisit_on is None or facts.revisit_on > today or facts.next_step_on is not None:
        return []
    days = (today - facts.revisit_on).days
    why = facts.ended or Text(en="it had ended", ja="終了済み")
    return [
        Reason(
            Band.REVISIT,
            float(-days),
            Text(en=f"To be looked at again today: {why.en}", ja=f"今日が見直しの日：{why.ja}")
            if days == 0
            else Text(
                en=f"To be looked at again {_days(days).en} ago: {why.en}",
                ja=f"見直しの日から{days}日経過：{why.ja}",
            ),
        )
    ]


def _softer(facts: Facts) -> list[Reason]:
    found: list[Reason] = []
    if facts.answers_owed:
        count = len(facts.answers_owed)
        first = facts.answers_owed[:2]
        more = "" if count <= 2 else f" + {count - 2}"
        found.append(
            Reason(
                Band.ANSWERS_OWED,
                float(-count),
                Text(
                    en=f"Not answered yet: {', '.join(label.en for label in first)}{more}",
                    ja=f"未回答の確認項目：{'、'.join(label.ja for label in first)}"
                    + ("" if count <= 2 else f" ほか{count - 2}件"),
                ),
            )
        )
    over = (facts.days_in_stage or 0) - (facts.expected_days or 0)
    if facts.expected_days is not None and facts.days_in_stage is not None and over > 0:
        stage = facts.stage or Text(en="this stage", ja="現フェーズ")
        found.append(
            Reason(
                Band.STALLED,
                float(-over),
                Text(
                    en=f"{_days(facts.days_in_stage).en} in {stage.en}, expected {facts.expected_days}",
                    ja=f"「{stage.ja}」に{facts.days_in_stage}日滞留（目安{facts.expected_days}日）",
                ),
            )
        )
    if facts.asks_for_a_plan and facts.next_step_on is None:
        found.append(
            Reason(
                Band.NOTHING_PLANNED,
                0.0,
                Text(en="No next step is planned", ja="次回アクションが未定"),
            )
        )
    return found


def span(seconds: int, *, is_business: bool) -> Text:
    """A length of time, short: minutes, hours, or days of 24 hours where it is no business time."""
    kind = Text(en=" of working time", ja="（営業時間）") if is_business else Text(en="", ja="")
    minutes = seconds // 60
    if minutes < 60:
        return Text(en=f"{minutes} min{kind.en}", ja=f"{minutes}分{kind.ja}")
    hours = minutes // 60
    if is_business or hours < 48:
        return Text(en=f"{hours} h{kind.en}", ja=f"{hours}時間{kind.ja}")
    return _days(hours // 24)


def _days(count: int) -> Text:
    return Text(en=f"{count} day" if count == 1 else f"{count} days", ja=f"{count}日")
