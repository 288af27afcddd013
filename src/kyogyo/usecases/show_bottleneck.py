"""The diagnosis of a track of the records, found once for each published copy and kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.analytics.readable import Voice
from kyogyo.records.access import require_place
from kyogyo.reports.svg import FileKind, chart_file
from kyogyo.usecases.draw_once import draw_once
from kyogyo.usecases.find_bottleneck import find_bottleneck
from kyogyo.usecases.measure_records import open_measured
from kyogyo.usecases.report_funnel import main_track
from kyogyo.usecases.show_stream.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from kyogyo.analytics.results import Result
    from kyogyo.records.access import Actor
    from kyogyo.usecases.find_bottleneck import Diagnosis, NodeAnswer
    from kyogyo.words import Lang, Text

# A page is answered at once; what isn't found by then is shown when it is.
WAIT_S = 0.25
_FILE_WIDTH = 960
_FEWEST_DRAWN = 3
# One thread counts for all pages of a process: it waits for another process no longer than it would take itself.
_LONGEST_S, _LOOK_S = 20, 0.25
_FOUND: Kept[Diagnosis] = Kept(most=12)


@dataclass(frozen=True)
class ShownDiagnosis:
    """`diagnosis` None: it is being looked for for the first time, ask again. `copied_at` is in epoch microseconds."""

    diagnosis: Diagnosis | None
    track: str
    copied_at: int


def show_bottleneck(*, actor: Actor, track: str = "", wait_s: float = WAIT_S) -> ShownDiagnosis:
    """The diagnosis of a track, of the one with most journeys without a name.

    Raises NotAllowedError for who is in no team (it names sources and campaigns), MissingTableError where nothing was copied yet, ModelError for a track that there isn't.
    """
    require_place(actor)
    home = _home()
    with open_measured() as measured:
        chosen = track or main_track(measured.history)
        measured.history.model.track(chosen)
        found = _FOUND.ask(
            (home, chosen),
            key=str(measured.key),
            count=lambda: _find(chosen, home),
            wait_s=wait_s,
        )
        return ShownDiagnosis(found.value if found else None, chosen, measured.copied_at)


def draw_candidates(
    diagnosis: Diagnosis, *, labels: Mapping[str, Text], lang: Lang, width: int
) -> Markup | None:
    """What the dearest steps cost a month, drawn for a page; None where nothing can be valued."""
    return draw_once(
        chart="candidates",
        result=_dearest(diagnosis),
        voice=Voice(lang=lang, currency=diagnosis.currency, labels=labels),
        width=width,
        key=f"candidates-{width}",
        title=diagnosis.result.definition.label.say(lang),
        says=diagnosis.headline.say(lang),
    )


def save_candidates(
    diagnosis: Diagnosis, *, labels: Mapping[str, Text], lang: Lang, kind: FileKind
) -> bytes | None:
    """The same as a file that stands alone."""
    voice = Voice(lang=lang, currency=diagnosis.currency, labels=labels)
    return chart_file(
        chart="candidates", result=_dearest(diagnosis), voice=voice, width=_FILE_WIDTH, kind=kind
    )


def _dearest(diagnosis: Diagnosis) -> Result:
    """The rows that are told apart from nothing; the first three of the ranking where none is."""
    told = [place for place, node in enumerate(diagnosis.nodes) if is_told(node)]
    places = told or list(range(min(_FEWEST_DRAWN, len(diagnosis.nodes))))
    return replace(diagnosis.result, table=diagnosis.result.table.take(places))


def is_told(node: NodeAnswer) -> bool:
    """Whether a node has anything to say: it is a candidate, or better than before, or its gain isn't about nothing."""
    return node.verdict in ("named", "candidate", "improved") or (
        node.gain is not None and abs(node.gain.mid) >= 1
    )


def forget_diagnoses() -> None:
    """Keep nothing that was found: for tests, which change what a copy is without publishing another."""
    _FOUND.forget()


def _find(track: str, home: Path) -> Diagnosis:
    """The diagnosis of the copy published now: as another process found it, or found here and kept for all."""
    from django.core.cache import caches  # noqa: PLC0415 -- needs django.setup()

    counted = caches["counted"]
    with open_measured(home=home) as measured:
        key = f"bottleneck:{track}:{measured.key}"
        known: Diagnosis | None = counted.get(key)
        # One process looks for it; the others wait for what it finds, unless it never does.
        waited = 0.0
        while (
            known is None
            and waited < _LONGEST_S
            and not counted.add(f"{key}:begun", 1, timeout=_LONGEST_S)
        ):
            time.sleep(_LOOK_S)
            waited += _LOOK_S
            known = counted.get(key)
        if known is None:
            known = find_bottleneck(history=measured.history, track=track)
            counted.set(key, known)
        return known


def _home() -> Path:
    from kyogyo.records.queries import database  # noqa: PLC0415 -- needs django.setup()

    return Path(database.home())
