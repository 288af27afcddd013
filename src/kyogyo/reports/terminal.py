"""A report in the terminal: the same sentences and numbers, without colour-only meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text as Line

from kyogyo import words
from kyogyo.analytics.charts import chart_title
from kyogyo.analytics.readable import UNKNOWN, Voice, interval_level, interval_text, readable_table
from kyogyo.analytics.results import Caveat
from kyogyo.reports.candidates import (
    Candidate,
    candidates_in_words,
    cost_in_words,
    cost_interval,
)
from kyogyo.reports.caveats import evidence_in_words, forbidden_in_words
from kyogyo.reports.contents import Answer, Exhibit, Report, Section, StreamStage
from kyogyo.reports.grids import GRIDS, grid_table
from kyogyo.reports.phrases import BASES, PHRASES
from kyogyo.revenue_model.draw.lettering import cells, wrap_cells
from kyogyo.words import Lang

_MOST_ROWS = 8
_BAR = 16
_FEWEST = 3  # columns of a table in the terminal; below that a list says more
_CURVES = frozenset({"cumulative_incidence", "concentration"})  # read in the page, not as rows
_LATEST = frozenset({"cohort_rates", *GRIDS})  # of these the newest rows, which come last
_PANEL = 6  # cells that the frame of the answer and its padding take

Heading = tuple[str, bool]  # its words, and whether its cells are numbers


def render_terminal(*, report: Report, lang: Lang, console: Console) -> None:
    """Print the report: the answer, the stream, every step's cost, evidence, and limits.

    Text of the data is never read as markup. A table that doesn't fit becomes a list.
    """
    voice = Voice(lang=lang, currency=report.currency, labels=report.labels)
    screen = _Screen(voice, console.width)
    for part in screen.parts(report):
        console.print(part, markup=False, highlight=False)


class _Screen:
    """What is printed, for one reader and one width in cells."""

    def __init__(self, voice: Voice, width: int) -> None:
        self.voice, self.width = voice, width

    def phrase(self, name: str) -> str:
        return self.voice.say(PHRASES[name])

    def parts(self, report: Report) -> Iterable[RenderableType]:
        yield from self.head(report)
        yield self.answer(report.answer, report)
        yield from self.titled(self.phrase("candidates"), self.candidates(report.answer))
        if report.stream:
            yield from self.titled(self.phrase("stream"), self.stream(report.stream))
        for section in report.sections:
            yield from self.titled(self.voice.say(section.title), self.section(section))
        yield from self.titled(self.phrase("caveats"), self.caveats(report.caveats))
        yield from self.titled(self.phrase("reading"), self.files(report))

    def titled(self, title: str, parts: Iterable[RenderableType]) -> Iterable[RenderableType]:
        yield Padding(Rule(Line(title, style="bold"), align="left", style="dim"), (1, 0, 0, 0))
        yield from parts

    def flow(
        self, text: str, *, start: str = "", style: str = "", inside: int = 0
    ) -> RenderableType:
        """`text` after `start`, broken into lines the Japanese way; later lines stand below it."""
        indent = cells(start)
        first, *rest = wrap_cells(text, width=max(self.width - indent - inside, 12)) or [""]
        lines = [start + first, *(" " * indent + line for line in rest)]
        return Line("\n".join(lines), style=style)

    # ---- the head and the answer

    def head(self, report: Report) -> Iterable[RenderableType]:
        title = f"{self.voice.say(report.title)} · {self.voice.say(report.organisation)}"
        yield self.flow(title, style="bold")
        day = words.date(report.as_of, zone=report.zone)
        yield self.flow(f"{self.phrase('as_of')} {day}", style="dim")
        if report.notice is not None:
            yield self.flow(self.voice.say(report.notice))

    def answer(self, answer: Answer, report: Report) -> RenderableType:
        def flow(text: str, *, start: str = "", style: str = "") -> RenderableType:
            return self.flow(text, start=start, style=style, inside=_PANEL)

        parts = [flow(self.voice.say(answer.headline), style="bold"), Line("")]
        parts += [flow(f"{name}: {value}") for name, value in self._figures(answer)]
        parts += [Line(""), flow(self.voice.say(answer.paragraph))]
        if answer.reasons:
            parts += [Line(""), flow(self.phrase("why"), style="bold")]
            parts += [flow(self.voice.say(reason), start="- ") for reason in answer.reasons]
        parts += [Line(""), flow(self.phrase("next"), style="bold")]
        if not report.next_actions:
            parts.append(flow(self.phrase("no_next")))
        for place, action in enumerate(report.next_actions, 1):
            parts.append(flow(self.voice.say(action), start=f"{place}. "))
        title = Line(self.phrase(f"kicker_{answer.status}"))
        return Panel(Group(*parts), title=title, title_align="left", padding=(1, 2))

    def _figures(self, answer: Answer) -> list[tuple[str, str]]:
        short = answer.status == "not_enough_history"
        unknown = self.phrase("not_enough_history" if short else "unknown")
        step = self.phrase("not_enough_history" if short else "no_step")
        if answer.step_label is not None:
            step = self.voice.say(answer.step_label)
        cost, sure = unknown, unknown
        if answer.cost_per_month is not None:
            money = answer.cost_per_month
            cost = f"{cost_in_words(money, self.voice)} ({cost_interval(money, self.voice)})"
        if answer.probability_top is not None:
            chance = words.percent(answer.probability_top, digits=0)
            sure = f"{chance} ({self.phrase('how_sure_note')})"
        names = ("step", "cost", "how_sure")
        return [
            (self.phrase(name), told) for name, told in zip(names, (step, cost, sure), strict=True)
        ]

    def candidates(self, answer: Answer) -> Iterable[RenderableType]:
        """A block a step: what it costs, how sure, and from what that follows."""
        result = answer.candidates
        yield self.flow(self.voice.say(result.sentence))
        for place, each in enumerate(candidates_in_words(result=result, voice=self.voice), 1):
            level = self.voice.say(interval_text(interval_level(result)))
            yield from self._candidate(each, start=f"{place}. ", level=level)

    def _candidate(self, each: Candidate, *, start: str, level: str) -> Iterable[RenderableType]:
        below = " " * len(start)
        yield self.flow(
            f"{each.step} [{each.kind}]: {each.verdict}",
            start=start,
            style="bold" if each.named else "",
        )
        if each.valued:
            cost = f"{self.phrase('cost')}: {each.cost} ({level} {each.interval})"
            yield self.flow(f"{cost}; {self.phrase('largest')}: {each.chance}", start=below)
        said = [
            f"{self.phrase(name)}: {value}" + (f" ({when})" if when else "")
            for name, value, when in (
                ("now", each.current, each.current_when),
                (
                    "reference",
                    each.reference,
                    " ".join(filter(None, (each.reference_kind, each.reference_when))),
                ),
                ("gap", each.gap, ""),
            )
        ]
        if not each.compared:
            said = []
        yield self.flow("; ".join([*said, f"n={each.n}"]), start=below)
        if each.why:
            yield self.flow(each.why, start=below, style="dim")

    # ---- the stream

    def stream(self, stages: Sequence[StreamStage]) -> Iterable[RenderableType]:
        """With bars, without them, or as a list, whichever fits."""
        top = max((stage.entered for stage in stages if stage.measured), default=0)
        first: list[Heading] = [(self.phrase("stage"), False)]
        rest = [(self.phrase(name), True) for name in ("entered", "inside", "median", "went_on")]
        rest += [(self.voice.say(interval_text(0.95)), True), ("n", True)]
        barred, rows = [*first, ("", False), *rest], self._stream_rows(stages, top=top or None)
        if top and _total(_widths(rows, barred)) <= self.width:
            yield self.table(barred, rows)
        else:
            yield self.table([*first, *rest], self._stream_rows(stages, top=None))
        for stage in stages:
            if stage.rate is None and stage.rate_note is not None:
                note = self.voice.say(stage.rate_note)
                note += f" (n={words.count(stage.rate_n)})" if stage.rate_n else ""
                yield self.flow(f"{self.voice.say(stage.label)}: {note}", start="  ")
        if any(stage.marked for stage in stages):
            yield self.flow(self.phrase("marked"), start="> ")

    def _stream_rows(
        self, stages: Sequence[StreamStage], *, top: int | None
    ) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for department, members in groupby(
            stages, key=lambda stage: self.voice.say(stage.department)
        ):
            rows.append((f"[{department}]",))
            rows += [self._stage(stage, top=top) for stage in members]
        return rows

    def _stage(self, stage: StreamStage, *, top: int | None) -> tuple[str, ...]:
        """The cells of one stage; `top` None = without a bar."""
        label = f"{'>' if stage.marked else ' '} {self.voice.say(stage.label)}"
        bar = "█" * max(round(stage.entered / top * _BAR), 1 if stage.entered else 0) if top else ""
        start = (label,) if top is None else (label, bar)
        unknown = self.voice.say(UNKNOWN)
        if not stage.measured:
            return (*start, self.phrase("not_measured_short"))
        rate = unknown if stage.rate is None else words.percent(stage.rate)
        interval = "" if stage.rate is None else unknown
        if stage.rate is not None and stage.rate_lo is not None and stage.rate_hi is not None:
            interval = f"{stage.rate_lo * 100:.1f}–{words.percent(stage.rate_hi)}"
        return (
            *start,
            words.count(stage.entered),
            words.count(stage.balance),
            unknown if stage.median_s is None else self.voice.duration(stage.median_s),
            rate,
            interval,
            words.count(stage.rate_n),
        )

    # ---- tables

    def short_table(
        self, headings: Sequence[Heading], rows: Sequence[tuple[str, ...]]
    ) -> Iterable[RenderableType]:
        """The leading columns that fit, at least three, and the names of the others."""
        kept = len(headings)
        while (
            kept > _FEWEST
            and _total(_widths([row[:kept] for row in rows], headings[:kept])) > self.width
        ):
            kept -= 1
        yield self.table(headings[:kept], [row[:kept] for row in rows])
        if kept < len(headings):
            others = ", ".join(heading for heading, _ in headings[kept:])
            yield self.flow(self.phrase("more_columns").format(others), style="dim")

    def table(self, headings: Sequence[Heading], rows: Sequence[tuple[str, ...]]) -> RenderableType:
        """A table, or one entry a row where the columns don't fit side by side.

        A row of one cell is a heading between rows.
        """
        widths = _widths(rows, headings)
        if _total(widths) > self.width:
            return Group(*(self._entry(headings, row) for row in rows))
        free = self.width - _total(widths)
        for place, (heading, _) in enumerate(headings):  # on one line, while there is room
            more = min(max(cells(heading) - widths[place], 0), free)
            widths[place], free = widths[place] + more, free - more
        numeric = [each for _, each in headings]
        above = _broken([heading for heading, _ in headings], widths)
        return Group(
            *(Line(_aligned(row, widths, numeric), style="dim") for row in above),
            *(Line(_aligned(row, widths, numeric)) for row in rows),
        )

    def _entry(self, headings: Sequence[Heading], row: tuple[str, ...]) -> RenderableType:
        rest = [
            f"{heading}: {cell}" if heading else cell
            for (heading, _), cell in zip(headings[1:], row[1:], strict=False)
            if cell
        ]
        told = [self.flow("; ".join(rest), start="    ")] if rest else []
        return Group(Line(row[0]), *told)

    # ---- evidence and limits

    def section(self, section: Section) -> Iterable[RenderableType]:
        yield self.flow(self.voice.say(section.lead), style="dim")
        for exhibit in section.exhibits:
            yield Line("")
            yield from self.exhibit(exhibit)

    def exhibit(self, exhibit: Exhibit) -> Iterable[RenderableType]:
        result = exhibit.result
        title = chart_title(result=result, voice=self.voice)
        if exhibit.title is not None:
            title = self.voice.say(exhibit.title)
        yield self.flow(title, style="bold")
        if result.status != "ok":
            yield self.flow(f"[{self.phrase(f'status_{result.status}')}]")
        yield self.flow(self.voice.say(result.sentence))
        basis = self.voice.say(BASES[result.definition.basis])
        yield self.flow(f"n={words.count(result.n)}; {self.phrase('basis')}: {basis}", style="dim")
        if result.table.num_rows and exhibit.chart not in _CURVES:
            yield from self._rows(exhibit)

    def _rows(self, exhibit: Exhibit) -> Iterable[RenderableType]:
        if exhibit.chart in GRIDS:
            said = grid_table(chart=exhibit.chart, result=exhibit.result, voice=self.voice)
        else:
            said = readable_table(result=exhibit.result, voice=self.voice)
        rows = said.rows[-_MOST_ROWS:] if exhibit.chart in _LATEST else said.rows[:_MOST_ROWS]
        headings = [(heading.text, heading.numeric) for heading in said.headings]
        yield from self.short_table(headings, rows)
        if len(rows) < said.total:
            shown, total = words.count(len(rows)), words.count(said.total)
            yield self.flow(self.phrase("few_rows").format(shown=shown, total=total), style="dim")

    def caveats(self, caveats: Sequence[Caveat]) -> Iterable[RenderableType]:
        if not caveats:
            yield self.flow(self.phrase("no_caveats"))
        for place, caveat in enumerate(caveats, 1):
            start = f"{place}. "
            word = self.phrase(f"severity_{caveat.severity}")
            yield self.flow(f"{word}: {self.voice.say(caveat.says)}", start=start)
            evidence = evidence_in_words(caveat=caveat, voice=self.voice)
            forbidden = forbidden_in_words(caveat=caveat, voice=self.voice)
            for name, told in (
                ("shown_by", "; ".join(f"{key} {value}" for key, value in evidence)),
                ("forbids", "; ".join(forbidden)),
            ):
                if told:
                    below = " " * len(start)
                    yield self.flow(f"{self.phrase(name)}: {told}", start=below, style="dim")

    def files(self, report: Report) -> Iterable[RenderableType]:
        if not report.files:
            yield from (self.flow(name) for name in report.generated_from)
            return
        names = ("file", "taken", "unchanged", "refused", "retracted", "verdicts")
        headings = [(self.phrase(name), 1 <= place <= 4) for place, name in enumerate(names)]
        rows = [
            (
                file.name,
                *(
                    words.count(each)
                    for each in (file.taken, file.unchanged, file.refused, file.retracted)
                ),
                file.verdicts or self.phrase("none"),
            )
            for file in report.files
        ]
        yield self.table(headings, rows)
        for file in report.files:
            yield from (self.flow(f"{file.name}: {self.voice.say(note)}") for note in file.notes)


def _widths(rows: Sequence[tuple[str, ...]], headings: Sequence[Heading]) -> list[int]:
    """The least width of each column in cells: a heading may be broken, a cell may not."""
    widths = []
    for place, (heading, _) in enumerate(headings):
        # A row of one cell is a heading between rows and may run over its neighbours.
        width = max((cells(row[place]) for row in rows if len(row) > max(place, 1)), default=1)
        broken = wrap_cells(heading, width=max(width, 1))
        widths.append(max(width, *(cells(line) for line in broken or [""])))
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _broken(headings: Sequence[str], widths: Sequence[int]) -> list[tuple[str, ...]]:
    """Headings in as many lines as the deepest needs, standing on the last line."""
    heads = [
        wrap_cells(heading, width=max(width, 1))
        for heading, width in zip(headings, widths, strict=True)
    ]
    deepest = max((len(lines) for lines in heads), default=0)
    raised = [[""] * (deepest - len(lines)) + lines for lines in heads]
    return list(zip(*raised, strict=True))


def _aligned(row: tuple[str, ...], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    parts = []
    for cell, width, right in zip(row, widths, numeric, strict=False):
        gap = " " * max(width - cells(cell), 0)
        parts.append(gap + cell if right else cell + gap)
    return "  ".join(parts).rstrip()
