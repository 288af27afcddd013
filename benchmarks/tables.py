"""The results as tables in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from five_questions import TITLES

Times = Mapping[str, Mapping[str, Mapping[str, list[float]]]]


def as_markdown(found: Mapping[str, Any]) -> str:
    """All tables that the results have something for."""
    machine = found["machine"]
    head = (
        f"{found['events']:,} events, {found['journeys']:,} journeys, seed {found['seed']}, {found['rounds']} rounds, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, load {machine['load_average'][0]:.1f} at the beginning "
        f"and {found['load_average'][0]:.1f} at the end"
    )
    parts = [head]
    if found["questions"]:
        parts += [
            _times(found["questions"], "wall_s", "median ms on the wall"),
            _times(found["questions"], "cpu_s", "median ms of the processor"),
            _ratios(found["questions"]),
            _memory(found["memory"]),
        ]
    parts += [_derivation(found)]
    for name, make in (("functions", _functions), ("import", _imports), ("startup", _startup)):
        if name in found:
            parts.append(make(found[name]))
    return "\n\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _names(questions: Times) -> list[str]:
    return list(dict.fromkeys(name for times in questions.values() for name in times))


def _times(questions: Times, what: str, title: str) -> str:
    names = _names(questions)
    rows = [
        [TITLES[q], *(f"{statistics.median(times[name][what]) * 1e3:,.1f}" if name in times else "" for name in names)]
        for q, times in questions.items()
    ]  # fmt: skip
    return _table([title, *names], rows)


def ratio(times: Mapping[str, Mapping[str, list[float]]], one: str, other: str) -> float:
    """Median over the rounds of the ratio of two contestants' time on the wall within a round."""
    pairs = zip(times[one]["wall_s"], times[other]["wall_s"], strict=True)
    return statistics.median(a / b for a, b in pairs)


def _ratios(questions: Times) -> str:
    others = [name for name in _names(questions) if name != "kyogyo"]
    if not others:
        return ""
    rows = [
        [TITLES[q], *(f"{ratio(times, 'kyogyo', name):.2f}" if name in times and "kyogyo" in times else "" for name in others)]
        for q, times in questions.items()
    ]  # fmt: skip
    return _table(["kyogyo's time / that of", *others], rows)


def _memory(memory: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        [name, f"{m['open_wall_s']:.1f}", f"{m['opened_mb']:,.0f}", f"{m['peak_mb']:,.0f}"]
        for name, m in memory.items()
    ]
    head = [
        "a process of its own",
        "s to open",
        "peak MB when opened",
        "peak MB after all questions",
    ]
    return _table(head, rows)


def _derivation(found: Mapping[str, Any]) -> str:
    derived = found["derivation"]
    size = f"{derived['peak_mb']:,.0f} MB at most; file {derived['file_mb']:,.0f} MB"
    rows = [["full derivation", f"{derived['wall_s']:.1f}", f"{derived['cpu_s']:.1f}", size]]
    if "increment" in found:
        increment = found["increment"]
        wall, cpu = (statistics.median(increment[name]) for name in ("wall_s", "cpu_s"))
        share = f"{wall / increment['full_wall_s']:.2%} of the full one's {increment['full_wall_s']:.1f} s"
        by_cpu = f"{cpu / increment['full_cpu_s']:.2%} of its processor's time"
        equal = "equal to it" if increment["equal_to_rebuild"] else "NOT EQUAL to it"
        rows.append([f"{increment['size']:,} new events", f"{wall:.3f}", f"{cpu:.3f}", f"{share}, {by_cpu}; {equal}"])  # fmt: skip
    return _table(["", "s on the wall", "s of the processor", ""], rows)


def _seconds(what: str, found: Mapping[str, Mapping[str, float]]) -> str:
    rows = [[f"`{name}`", f"{f['wall_s']:.2f}", f"{f['cpu_s']:.2f}"] for name, f in found.items()]
    return _table([what, "s on the wall", "s of the processor"], rows)


def _functions(found: Mapping[str, Any]) -> str:
    return f"{_seconds('function', found['functions'])}\n\nPeak memory of all: {found['peak_mb']:,.0f} MB."


def _imports(imports: Mapping[str, Any]) -> str:
    rows = [
        [name, f"{i['rows']:,}", f"{i['taken']:,}", f"{i['wall_s']:.1f}", f"{i['cpu_s']:.1f}", f"{i['rows'] / i['wall_s']:,.0f}",
         f"{i['derive_wall_s']:.1f}", f"{i['peak_mb']:,.0f}"]
        for name, i in imports.items()
    ]  # fmt: skip
    return _table(
        ["file", "rows", "taken", "s on the wall", "s of the processor", "rows/s on the wall", "s to derive", "peak MB"],
        rows,
    )  # fmt: skip


def _startup(found: Mapping[str, Any]) -> str:
    return _seconds("command", found)
