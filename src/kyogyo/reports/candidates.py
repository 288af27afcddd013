"""The steps compared by what they cost: each candidate in words, as few columns as can be."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo import words
from kyogyo.analytics.readable import (
    NOT_ENOUGH,
    UNKNOWN,
    Cell,
    Voice,
    form_of,
    interval_text,
    records_of,
    say_value,
)
from kyogyo.analytics.results import Result
from kyogyo.reports.contents import MoneyRange


@dataclass(frozen=True, slots=True)
class Candidate:
    """One step in words. What can't be said is said to be unknown, or is '' (interval, when, why).

    `compared` is whether there is anything to compare: a current value, a reference, a gap.
    """

    step: str
    kind: str
    named: bool
    verdict: str
    why: str
    n: str
    current: str
    current_when: str
    reference: str
    reference_kind: str
    reference_when: str
    gap: str
    cost: str
    interval: str
    chance: str
    valued: bool
    compared: bool


def cost_in_words(cost: MoneyRange, voice: Voice) -> str:
    """The middle of a cost, without the words "a month", which its heading has."""
    return say_value(cost.mid, cost.unit, voice)


def cost_interval(cost: MoneyRange, voice: Voice) -> str:
    low, high = (say_value(each, cost.unit, voice) for each in (cost.lo, cost.hi))
    return f"{voice.say(interval_text(cost.level))} {low} – {high}"


def candidates_in_words(*, result: Result, voice: Voice) -> list[Candidate]:
    """The rows of a `candidates` result in their order (dearest first)."""
    return [_candidate(record, result=result, voice=voice) for record in records_of(result)]


def _candidate(record: dict[str, Cell], *, result: Result, voice: Voice) -> Candidate:
    short = record["status"] == "not_enough_history"
    absent = voice.say(NOT_ENOUGH if short else UNKNOWN)

    def value(name: str) -> str:
        if record[name] is None:
            return absent
        return say_value(record[name], form_of(name, record=record, result=result), voice)

    interval = ""
    if record["cost_lo"] is not None and record["cost_hi"] is not None:
        interval = f"{value('cost_lo')} – {value('cost_hi')}"
    return Candidate(
        step=voice.word(str(record["step"])),
        kind=voice.kind(str(record["kind"])),
        named=record["status"] == "named",
        verdict=voice.word(str(record["status"])),
        why=str(record[f"why_{voice.lang}"] or ""),
        n=words.count(record["n"]),
        current=value("current"),
        current_when=_when(record, "current"),
        reference=value("reference"),
        reference_kind=_kind(record, voice),
        reference_when=_when(record, "reference"),
        gap=value("gap"),
        cost=value("cost_mid"),
        interval=interval,
        chance=value("p_top"),
        valued=record["cost_mid"] is not None,
        compared=any(record[name] is not None for name in ("current", "reference", "gap")),
    )


def _kind(record: dict[str, Cell], voice: Voice) -> str:
    kind = record.get("reference_kind")
    return "" if kind is None else voice.word(str(kind))


def _when(record: dict[str, Cell], name: str) -> str:
    first, last = record.get(f"{name}_from"), record.get(f"{name}_to")
    return f"{first} – {last}" if first and last else ""
