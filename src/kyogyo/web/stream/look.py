"""What the pages of the stream are filled with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kyogyo import words
from kyogyo.period import date_of
from kyogyo.usecases.measure_stream import days_in_words
from kyogyo.usecases.show_stream import Held, backs_of, empty_river
from kyogyo.usecases.show_stream.hold import COMPUTING
from kyogyo.web.formats import count, lang, percent, say, t, when
from kyogyo.web.stream.addresses import Address
from kyogyo.web.stream.backs import Backs, place_backs
from kyogyo.web.stream.figures import (
    ReachFigures,
    rate_in_words,
    reaches_of,
    stages_of,
)
from kyogyo.web.stream.picture import Picture, heard, tall_picture, wide_picture

if TYPE_CHECKING:
    from kyogyo.analytics.results import Definition
    from kyogyo.records.access import Actor
    from kyogyo.records.queries.behind import Behind
    from kyogyo.revenue_model import RevenueModel
    from kyogyo.usecases.measure_stream import River
    from kyogyo.usecases.show_stream import (
        Asked,
        Back,
        NumberShown,
        Part,
        Shown,
        StreamPage,
    )
    from kyogyo.words import Text

_TALL_BACKS = 358.0
_BASES = {
    "cohort": (
        "Cohort: those who entered in the period, followed",
        "コホート（期間に入った案件を追跡）",
    ),
    "period": ("Period: what happened in the days", "期間（その期間に起きたこと）"),
    "stock": ("Stock: what is there at the end of the period", "残高（期間の終わりの時点）"),
}


def look_at_stream(shown: Shown, page: StreamPage, actor: Actor) -> dict[str, Any]:
    """The whole page of the stream."""
    mine = frozenset(actor.departments)
    address = Address(page.asked)
    rivers = [_river(page.river, page.held, page.backs, mine, address, key="one")]
    if page.beside is not None:
        other = Address(replace(page.asked, track=page.beside.track, beside=""))
        none = replace(COMPUTING, stage="")
        rivers.append(_river(page.beside, none, (), mine, other, key="two"))
    return {
        "address": address,
        "page": page,
        "asked": page.asked,
        "rivers": rivers,
        "held": page.held,
        "days": days_in_words(page.river.period.span),
        "before": days_in_words(page.river.period.before) if page.river.period.before else None,
        "held_as_of": _instant(page.held.as_of) if page.held.as_of else None,
        "as_of": _instant(page.river.as_of),
        "copied": _instant(shown.copied_at),
        "behind": shown.behind,
        "is_latest": shown.is_latest,
        "stamp": shown.stamp,
        "is_empty": not any(s.entered or s.balance for s in page.river.stages),
        "ends": [(river, _end_to_end(river, address)) for river in (page.river, page.beside) if river],
    }  # fmt: skip


def look_at_nothing(model: RevenueModel, asked: Asked, actor: Actor, why: Text) -> dict[str, Any]:
    """The declared stream before anything has flowed."""
    river = empty_river(model, track=asked.track)
    backs = backs_of(model, river.track)
    mine = frozenset(actor.departments)
    return {
        "why": why,
        "may_change": actor.may_write,
        "rivers": [_river(river, COMPUTING, backs, mine, Address(asked), key="one")],
    }


def _river(
    river: River,
    held: Held,
    backs: tuple[Back, ...],
    mine: frozenset[str],
    address: Address,
    *,
    key: str,
) -> dict[str, Any]:
    stages = stages_of(river, held=held, mine=mine, address=address)
    reaches = reaches_of(river, mine=mine, address=address)
    cost = say(held.cost) if held.cost and held.stage else ""
    wide = wide_picture(stages, reaches, cost=cost, key=f"{key}-wide")
    tall = tall_picture(stages, reaches, cost=cost, key=f"{key}-tall")
    return {
        "key": key,
        "title": say(river.label),
        "says": heard(stages, reaches, held=say(held.headline) if held.stage else ""),
        "stages": stages,
        "reaches": reaches,
        "wide": wide,
        "tall": tall,
        "backs": place_backs(backs, places=_middles(wide), top=wide.height + 62, mine=mine),
        "backs_tall": _tall_backs(backs, reaches, mine),
        "sent": sum(back.sent for back in backs),
        "channels": backs,
        "has_mine": any(reach.is_mine for reach in reaches),
        "limits": _limits(river),
    }


def _middles(wide: Picture) -> dict[str, float]:
    """Where the departments stand: in the middle of the first part of the river that is theirs."""
    found: dict[str, float] = {}
    for stretch in wide.stretches:
        found.setdefault(stretch.reach.department, (stretch.start + stretch.end) / 2)
    return found


def _tall_backs(
    backs: tuple[Back, ...], reaches: list[ReachFigures], mine: frozenset[str]
) -> Backs:
    codes = list(dict.fromkeys(reach.department for reach in reaches))
    column = _TALL_BACKS / max(len(codes), 1)
    places = {code: (i + 0.5) * column for i, code in enumerate(codes)}
    return place_backs(backs, places=places, top=80, mine=mine)


def _limits(river: River) -> list[tuple[str, list[tuple[str, str]]]]:
    """By basis: the stages with such a limit, and after how long a journey counts as stalled there."""
    names = {
        "declared": t("Declared in the model", "モデルで宣言した目安"),
        "median": t("Its own median", "そのフェーズの中央値"),
    }
    found = []
    for basis, name in names.items():
        stages = [
            (say(s.label), words.duration(s.limit_s, lang=lang()))
            for s in river.stages
            if s.limit_s is not None and s.limit_basis == basis
        ]
        if stages:
            found.append((name, stages))
    return found


def _limit(seconds: float, basis: str | None) -> str:
    long = words.duration(seconds, lang=lang())
    if basis == "declared":
        return t(f"over {long} (declared in the model)", f"{long}超（モデルで宣言した目安）")
    return t(f"over {long} (its own median)", f"{long}超（このフェーズの中央値）")


def _end_to_end(river: River, address: Address) -> dict[str, str]:
    step = river.end_to_end
    if step is None:
        said = t("no sale recorded on this track", "この商流に受注の記録なし")
        return {"text": said, "note": "", "horizon": "", "interval": "", "to": ""}
    text, note = rate_in_words(step)
    horizon = say(step.horizon) if step.horizon else ""
    interval = (
        t(f"95% interval {percent(step.lo)} to {percent(step.hi)}", f"95% 区間 {percent(step.lo)}〜{percent(step.hi)}")
        if step.lo is not None
        else ""
    )  # fmt: skip
    to = Address(replace(address.asked, track=river.track, beside="")).number("end_to_end")
    return {"text": text, "note": note, "horizon": horizon, "interval": interval, "to": to}


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1e6, tz=UTC)


# ------------------------------------------------------------------------------ one number


def look_at_number(found: NumberShown, part: Part, records: Behind) -> dict[str, Any]:
    """The page behind one number."""
    page = found.page
    address = Address(page.asked)
    kind, _, of = found.code.partition("-")
    title, value, facts = _said(found)
    return {
        "address": address,
        "here": address.number(kind, of),
        "title": title,
        "value": value,
        "facts": [*facts, *_always(found)],
        "definition": found.definition,
        "basis": t(*_BASES[found.definition.basis]),
        "meaning": _meaning(found.definition),
        "parts": [(one.code, say(one.label), one.journeys.size) for one in found.parts],
        "part": part,
        "records": records,
        "counted": sum(one.journeys.size for one in found.parts),
        "page": page,
        "filter": _filter_in_words(page),
    }


def _said(found: NumberShown) -> tuple[str, str, list[tuple[str, str]]]:
    if found.step is not None:
        return _said_of_step(found)
    stage, reach = found.stage, found.reach
    if reach is not None:
        name = say(reach.label)
        kinds = {
            "balance-in": (t("in it now", "残高"), reach.balance, None),
            "entered-in": (t("came in", "流入"), reach.came_in, reach.came_in_before),
            "stalled-in": (t("stalled", "停滞"), reach.stalled, None),
        }
    else:
        assert stage is not None  # noqa: S101 -- a number is of one or the other
        name = say(stage.label)
        if found.kind == "time":
            return _said_of_time(found)
        kinds = {
            "balance": (t("in it now", "残高"), stage.balance, stage.balance_before),
            "entered": (t("came in", "流入"), stage.entered, stage.entered_before),
            "stalled": (t("stalled", "停滞"), stage.stalled, None),
        }
    what, now, before = kinds[found.kind]
    facts = [(t("Period before", "前の期間"), count(before))] if before is not None else []
    if stage is not None and found.kind == "stalled" and stage.limit_s is not None:
        facts.append(
            (t("Counts as stalled", "停滞とみなす目安"), _limit(stage.limit_s, stage.limit_basis))
        )
    return f"{name}{t(': ', '：')}{what}", count(now), facts


def _said_of_time(found: NumberShown) -> tuple[str, str, list[tuple[str, str]]]:
    stage = found.stage
    assert stage is not None  # noqa: S101 -- asked for by `_said` only
    title = f"{say(stage.label)}{t(': median stay', '：滞留（中央値）')}"
    if stage.median_s is None:
        return title, t("not enough history", "履歴不足"), [("n", count(stage.median_n))]
    facts = [("n", t(f"{count(stage.median_n)} stays", f"{count(stage.median_n)} 件の訪問"))]
    if stage.median_lo_s is not None and stage.median_hi_s is not None:
        lo, hi = (words.duration(s, lang=lang()) for s in (stage.median_lo_s, stage.median_hi_s))
        facts.append((t("95% interval", "95% 区間"), t(f"{lo} to {hi}", f"{lo}〜{hi}")))
    if stage.median_before_s is not None:
        before = words.duration(stage.median_before_s, lang=lang())
        facts.append((t("Period before", "前の期間"), before))
    return title, words.duration(stage.median_s, lang=lang()), facts


def _said_of_step(found: NumberShown) -> tuple[str, str, list[tuple[str, str]]]:
    step, river = found.step, found.page.river
    assert step is not None  # noqa: S101 -- asked for by `_said` only
    start = river.stage(step.code.split(">")[0])
    title = f"{say(start.label) if start else ''} → {say(step.to_label)}"
    facts = [("n", t(f"{count(step.n)} entered, {count(step.mature)} of them observed for the whole horizon",
                     f"{count(step.n)} 件が入り、うち {count(step.mature)} 件は観測日数いっぱい観測済み"))]  # fmt: skip
    facts.append((t("Went on in time", "期間内に進んだ"), count(step.k)))
    if step.horizon is not None:
        facts.append((t("Horizon", "観測日数"), say(step.horizon)))
    if step.lo is not None and step.hi is not None:
        facts.append((t("95% interval", "95% 区間"), f"{percent(step.lo)} – {percent(step.hi)}"))
    if step.rate_before is not None:
        facts.append(
            (
                t("Period before", "前の期間"),
                f"{percent(step.rate_before)} (n={count(step.n_before)})",
            )
        )
    if step.state == "immature" and step.mature_on is not None:
        facts.append((t("Can be told from", "率が分かる日"), str(date_of(step.mature_on))))
        return title, t("too early to say", "未成熟"), facts
    return (
        title,
        t("not enough history", "履歴不足") if step.rate is None else percent(step.rate),
        facts,
    )


def _always(found: NumberShown) -> list[tuple[str, str]]:
    period = found.page.river.period
    return [
        (t("Looked at", "対象期間"), f"{say(period.label)}{t(', ', '、')}{say(days_in_words(period.span))}"),
        (t("As of", "時点"), when(_instant(found.page.river.as_of))),
        (t("Track", "商流"), say(found.page.river.label)),
    ]  # fmt: skip


def _meaning(definition: Definition) -> list[tuple[str, str]]:
    return [
        (t("Counted", "分子"), say(definition.numerator)),
        (t("Out of", "分母"), say(definition.denominator)),
        (t("Window", "期間"), say(definition.window)),
        (t("Rules", "規則"), say(definition.rules)),
    ]


def _filter_in_words(page: StreamPage) -> list[tuple[str, str]]:
    asked, choices = page.asked, page.choices
    found = []
    for label, value, every in (
        (t("Source", "流入経路"), asked.source, choices.sources),
        (t("Segment", "企業規模"), asked.segment, choices.segments),
        (t("Team", "チーム"), asked.team, choices.teams),
    ):
        if value:
            known = next((say(one.label).strip() for one in every if one.value == value), value)
            found.append((label, known))
    return found
