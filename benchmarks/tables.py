"""The results as tables in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from five_questions import TITLES


def as_markdown(found: Mapping[str, Any]) -> str:
    """All tables that the results have something for."""
    machine = found["machine"]
    head = (
        f"{found['events']:,} events, {found['journeys']:,} journeys, seed {found['seed']}, {found['rounds']} rounds, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB"
    )
    parts = [head]
    if found["questions"]:
        parts += [_times(found["questions"]), _ratios(found["questions"]), _memory(found["memory"])]
    parts += [_derivation(found)]
    parts += [
        make(found[name])
        for name, make in (("functions", _functions), ("import", _imports), ("startup", _startup))
        if name in found
    ]
    return "\n\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _names(questions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for times in questions.values() for name in times))


def _times(questions: Mapping[str, Mapping[str, list[float]]]) -> str:
    names = _names(questions)
    rows = [
        [
            TITLES[q],
            *(
                f"{statistics.median(times[name]) * 1e3:,.1f}" if name in times else ""
                for name in names
            ),
        ]
        for q, times in questions.items()
    ]
    return _table(["median ms", *names], rows)


def ratio(times: Mapping[str, list[float]], one: str, other: str) -> float:
    """Median over rounds of the ratio within a round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def _ratios(questions: Mapping[str, Mapping[str, list[float]]]) -> str:
    others = [name for name in _names(questions) if name != "kyogyo"]
    if not others:
        return ""
    rows = [
        [
            TITLES[q],
            *(
                f"{ratio(times, 'kyogyo', name):.2f}" if name in times and "kyogyo" in times else ""
                for name in others
            ),
        ]
        for q, times in questions.items()
    ]
    return _table(["kyogyo's time / that of", *others], rows)


def _memory(memory: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        [name, f"{m['open_s']:.1f}", f"{m['opened_mb']:,.0f}", f"{m['peak_mb']:,.0f}"]
        for name, m in memory.items()
    ]
    return _table(
        [
            "a process of its own",
            "opened in s",
            "peak MB when opened",
            "peak MB after all questions",
        ],
        rows,
    )


def _derivation(found: Mapping[str, Any]) -> str:
    derived = found["derivation"]
    rows = [
        [
            "full derivation",
            f"{derived['seconds']:.2f} s",
            f"{derived['peak_mb']:,.0f} MB at most, file {derived['file_mb']:,.0f} MB",
        ]
    ]
    if "increment" in found:
        increment = found["increment"]
        one = statistics.median(increment["seconds"])
        rows.append([f"{increment['size']:,} new events", f"{one:.3f} s",
                     f"{one / increment['full_s']:.2%} of a full derivation ({increment['full_s']:.2f} s); equal to it: {increment['equal_to_rebuild']}"])  # fmt: skip
    return _table(["", "time", ""], rows)


def _functions(functions: Mapping[str, Any]) -> str:
    rows = [[f"`{name}`", f"{seconds:.2f}"] for name, seconds in functions["seconds"].items()]
    return (
        _table(["function", "s"], rows) + f"\n\nPeak memory of all: {functions['peak_mb']:,.0f} MB."
    )


def _imports(imports: Mapping[str, Any]) -> str:
    rows = [
        [
            name,
            f"{i['rows']:,}",
            f"{i['import_s']:.1f}",
            f"{i['rows'] / i['import_s']:,.0f}",
            f"{i['derive_s']:.1f}",
            f"{i['peak_mb']:,.0f}",
        ]
        for name, i in imports.items()
    ]
    return _table(["file", "rows", "import s", "rows/s", "derivation s", "peak MB"], rows)


def _startup(startup: Mapping[str, float]) -> str:
    return _table(
        ["command", "s"], [[f"`{name}`", f"{seconds:.2f}"] for name, seconds in startup.items()]
    )
