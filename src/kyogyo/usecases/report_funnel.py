"""The main job: measure every step of a history, name what holds revenue back, and say what can't be said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kyogyo.analytics.bottleneck import Bottleneck, find_bottleneck
from kyogyo.analytics.caveats import find_caveats, refusing_rate
from kyogyo.analytics.explain import Explanation, explain_step
from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.errors import MissingTableError
from kyogyo.reports.contents import FileRead, Report, all_caveats, all_definitions, all_results
from kyogyo.usecases.answer import word_answer
from kyogyo.usecases.evidence import evidence_sections, group_attributes, labels_of
from kyogyo.usecases.next_actions import next_actions
from kyogyo.usecases.stream import stream_of
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.analytics.events import History
    from kyogyo.analytics.results import Caveat

PERIOD_DAYS = 365


def main_track(history: History) -> str:
    """The track with the most journeys.

    Raises:
        MissingTableError: no journey is on any declared track.
    """
    columns = history.engine.integers(
        "SELECT track, CAST(COUNT(*) AS BIGINT) AS n FROM journeys WHERE track > 0 GROUP BY track ORDER BY n DESC, track"
    )
    if not columns["track"].size:
        raise MissingTableError(
            en="No journey is on a track that the model declares. Check that the stages of the data are on the path of a track.",
            ja="モデルで宣言された商流に乗る案件がありません。データのフェーズが商流の経路に含まれているか確認してください。",
        )
    return history.model.tracks[int(columns["track"][0]) - 1].code


def report_funnel(
    *,
    history: History,
    made_at: int,
    files: Sequence[FileRead] = (),
    notice: Text | None = None,
    track: str | None = None,
) -> Report:
    """Everything a report says about one track of a history; `made_at` is the instant of making (epoch microseconds)."""
    model = history.model
    funnel = open_funnel(history, track=track or main_track(history))
    caveats = find_caveats(funnel)
    bottleneck = find_bottleneck(funnel, forbidden=caveats)
    since = history.as_of_day - PERIOD_DAYS + 1
    why = explain_bottleneck(funnel, bottleneck, caveats)
    answer = word_answer(funnel, bottleneck, why)
    sections = evidence_sections(funnel, bottleneck, caveats, since_day=since)
    results = all_results(answer=answer, sections=sections)
    return Report(
        title=Text(en="What holds revenue back", ja="売上を止めているのはどこか"),
        organisation=model.name.text,
        model_version=model.version,
        as_of=history.as_of,
        zone=model.time_zone,
        currency=model.currency,
        generated_from=tuple(file.name for file in files),
        made_at=made_at,
        answer=answer,
        stream=stream_of(funnel, marked=answer.stage, since_day=since),
        sections=sections,
        caveats=all_caveats(results=results, more=caveats),
        definitions=all_definitions(results=results),
        next_actions=next_actions(funnel, bottleneck, caveats),
        files=tuple(files),
        labels=labels_of(history),
        covers=(_first_instant(history), history.as_of),
        notice=notice,
    )


def explain_bottleneck(
    funnel: Funnel, bottleneck: Bottleneck, caveats: tuple[Caveat, ...]
) -> tuple[Explanation, ...]:
    """How the attributes see the move of the named step; attributes that may not be rated by aren't asked."""
    top = bottleneck.top
    if top is None or top.node.kind != "conversion":
        return ()
    asked = tuple(
        name
        for name in group_attributes(funnel.history, track=funnel.track)
        if refusing_rate(caveats, funnel=funnel, step=top.node.step, attribute=name) is None
    )
    return explain_step(funnel, node=top.node, attributes=asked)


def _first_instant(history: History) -> int:
    return int(history.engine.integers("SELECT MIN(at_us) AS first FROM entries")["first"][0])
