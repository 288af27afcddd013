"""What an alert rests on, as it was when it was raised: its weeks drawn, or the two parts of a conflict in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kyogyo.analytics.alarm_definitions import CONFLICT, WATCH
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Result
from kyogyo.analytics.tables import table
from kyogyo.usecases.draw_once import draw_once
from kyogyo.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from kyogyo.analytics.results import Definition
    from kyogyo.records.queries.alerts import Told
    from kyogyo.words import Lang

_COLUMNS = ("week", "n", "value", "centre", "lower", "upper", "outside")


@dataclass(frozen=True)
class Rest:
    """What an alert rests on. `n`: cases looked at, None where it wasn't kept; `parts`: a change in words, each with its size."""

    definition: Definition
    n: int | None
    why: tuple[Text, ...]
    caveats: tuple[Text, ...]
    parts: tuple[tuple[Text, Text], ...]


def rest_of(alert: Told) -> Rest:
    """The evidence of an alert in words."""
    numbers = alert.numbers
    chart = numbers.get("chart", {})
    return Rest(
        definition=WATCH if alert.kind == "shift" else CONFLICT,
        n=chart.get("n", numbers.get("n")),
        why=tuple(Text(**one) for one in numbers.get("why", ())),
        caveats=tuple(Text(**one) for one in chart.get("caveats", numbers.get("caveats", ()))),
        parts=_parts(alert),
    )


def draw_alert(alert: Told, *, labels: Mapping[str, Text], lang: Lang, width: int) -> Markup | None:
    """The control chart that the alert came of; None for what has none."""
    chart = alert.numbers.get("chart")
    if not chart:
        return None
    is_count = chart["unit"] == "count"
    result = Result(
        question=f"alert:{alert.id}",
        definition=replace(WATCH, unit="count") if is_count else WATCH,
        as_of=chart["as_of"],
        n=chart["n"],
        table=table(chart["rows"], _COLUMNS),
        sentence=alert.says,
        facts={"stage" if is_count else "step": alert.numbers["step"]},
    )
    return draw_once(
        chart="control",
        result=result,
        voice=Voice(lang=lang, labels=labels),
        width=width,
        key=f"alert-{width}",
        title=WATCH.label.say(lang),
        says=alert.says.say(lang),
    )


def _parts(alert: Told) -> tuple[tuple[Text, Text], ...]:
    """What the larger volume gave and the lower quality took; per 1,000 that came in, or every four weeks."""
    parts = alert.numbers.get("parts")
    if not parts:
        return ()
    per_input = alert.numbers.get("per_input", True)
    times = 1000.0 if per_input else 1.0
    out_of = (
        Text(en="of 1,000 that came in", ja="入口1,000件あたり")
        if per_input
        else Text(en="every four weeks", ja="4週間あたり")
    )

    def amount(name: str, *, signed: bool = False) -> Text:
        said = f"{times * parts[name]:{'+' if signed else ''}.1f}".replace("-", "−")
        return Text(en=said, ja=f"{said}件")

    return (
        (Text(en=f"Reached the common goal before, {out_of.en}", ja=f"以前に共通の目標へ至った件数（{out_of.ja}）"), amount("before")),
        (Text(en="Added by the larger volume", ja="件数の増加による増分"), amount("volume", signed=True)),
        (Text(en="Taken by the lower quality", ja="質の低下による減少分"), amount("quality", signed=True)),
        (Text(en="Reach it now", ja="現在の件数"), amount("after")),
    )  # fmt: skip
