"""Run the benchmarks: `python benchmarks/run.py --events 1_000_000`.

Everything is generated from a seed into a temporary folder. Contestants answer in turn, round by
round, in one process, so that what else the machine does befalls all of them; ratios of medians are
what counts. Peak memory is taken from processes that do one thing. See docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import data
from clock import Clock, peak_mb
from five_questions import TITLES, Facts, same
from tables import as_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from five_questions import Question

CONTESTANTS = ("kyogyo", "kernel", "sql", "pandas", "polars", "scan", "pm4py")
OTHERS = ("derivation", "increment", "functions", "import", "startup")
IN_MEMORY_UP_TO = 20_000_000  # pandas needs some 15 times 100 million rows' size in memory
BATCHES, BATCH = 7, 1_000
IMPORT_ROWS = 1_000_000
SEED = 20_260_401


def main() -> None:
    """Measure what was asked for, print it as a table, keep it as JSON."""
    asked = _arguments()
    if asked.probe:
        print(json.dumps(_probe(asked)))
        return
    wanted = asked.only or [*CONTESTANTS, *OTHERS]
    with tempfile.TemporaryDirectory(prefix="kyogyo-benchmark-", dir=asked.folder) as name:
        found = measure(
            Path(name), events=asked.events, rounds=asked.rounds, seed=asked.seed, wanted=wanted
        )
    if not asked.only:
        out = Path(__file__).parent / f"results-{_size(asked.events)}.json"
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(as_markdown(found))


def measure(
    folder: Path, *, events: int, rounds: int, seed: int, wanted: list[str]
) -> dict[str, Any]:
    """All results, as in the JSON file."""
    _say(f"making {events:,} events")
    _run_probe("data", folder, events=events, seed=seed)
    facts = data.read_facts(folder)
    _say("deriving")
    found: dict[str, Any] = {
        "machine": _machine(), "seed": seed, "rounds": rounds, "events": facts.events, "journeys": facts.journeys,
        "derivation": _run_probe("derivation", folder),
        "questions": {}, "memory": {},
    }  # fmt: skip
    names = [name for name in CONTESTANTS if name in wanted and _can_run(name, events)]
    if names:
        for name in names:
            _say(f"memory of {name}")
            found["memory"][name] = _run_probe("memory", folder, contestant=name)
        found["questions"] = compare(folder, facts, names=names, rounds=rounds)
    for other in ("increment", "functions", "import", "startup"):
        if other in wanted:
            _say(other)
            found[other] = _run_probe(other, folder, seed=seed)
    found["load_average"] = os.getloadavg()
    return found


def compare(
    folder: Path, facts: Facts, *, names: list[str], rounds: int
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Seconds by question and contestant, one a round, after all answers were found to be the same.

    Raises AssertionError where two contestants differ.
    """
    opened = {name: _open(name, folder, facts) for name in names}
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for question in TITLES:
        asked = {
            name: questions[question] for name, questions in opened.items() if question in questions
        }
        _require_same(question, asked, facts=facts)
        found[question] = {name: {"wall_s": [], "cpu_s": []} for name in asked}
        turn = list(asked)
        for _ in range(rounds):
            for name in turn:
                with Clock() as taken:
                    asked[name]()
                found[question][name]["wall_s"].append(taken.wall)
                found[question][name]["cpu_s"].append(taken.cpu)
            turn = turn[1:] + turn[:1]
        _say(
            f"{question}: "
            + ", ".join(
                f"{name} {statistics.median(t['wall_s']) * 1e3:,.1f} ms"
                for name, t in found[question].items()
            )
        )
    return found


def _require_same(question: str, asked: Mapping[str, Question], *, facts: Facts) -> None:
    answers = {name: ask() for name, ask in asked.items() if name != "scan"}
    reference = next(iter(answers), "")
    for name, answer in answers.items():
        assert same(question, answers[reference], answer, facts=facts), (
            f"{question}: {name} differs from {reference}"
        )


def _open(name: str, folder: Path, facts: Facts) -> dict[str, Question]:
    opened: dict[str, Question] = importlib.import_module(f"by_{name}").open_questions(
        folder, facts
    )
    return opened


def _can_run(name: str, events: int) -> bool:
    if name == "pm4py":
        return importlib.util.find_spec("pm4py") is not None and events <= IN_MEMORY_UP_TO
    return name not in {"pandas", "polars"} or events <= IN_MEMORY_UP_TO


def _run_probe(probe: str, folder: Path, **options: object) -> Any:
    """Run one probe in a process of its own; its result."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    done = subprocess.run(
        [sys.executable, __file__, "--probe", probe, "--folder", str(folder), *words],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        message = f"The probe {probe} failed; what it said stands above."
        raise RuntimeError(message)
    return json.loads(done.stdout.splitlines()[-1])


def _probe(asked: argparse.Namespace) -> Any:
    folder = asked.folder
    if asked.probe == "data":
        data.make_data(folder, events=asked.events, seed=asked.seed)
        return {}
    if asked.probe == "derivation":
        return data.derive_all(folder)
    if asked.probe == "memory":
        return _memory(asked.contestant, folder)
    if asked.probe == "startup":
        return _startup(folder)
    if asked.probe == "import":
        return _imports(folder, seed=asked.seed)
    if asked.probe == "import_file":
        import startup  # noqa: PLC0415 -- not in the memory of the other probes

        return startup.import_file(folder / asked.file, store=folder / f"{asked.file}.duckdb")
    import maintenance  # noqa: PLC0415 -- not in the memory of the other probes

    if asked.probe == "increment":
        return maintenance.increments(folder, batches=BATCHES, size=BATCH, seed=asked.seed)
    return maintenance.product_functions(folder)


def _memory(name: str, folder: Path) -> dict[str, Any]:
    """Peak memory of a contestant, opened (frames loaded) and after all its questions."""
    with Clock() as taken:
        questions = _open(name, folder, data.read_facts(folder))
    opened = {"open_wall_s": taken.wall, "opened_mb": peak_mb()}
    for ask in questions.values():
        ask()
    return opened | {"peak_mb": peak_mb()}


def _startup(folder: Path) -> dict[str, dict[str, float]]:
    import startup  # noqa: PLC0415 -- not in the memory of the other probes

    return {
        "python": startup.command_seconds("-c", "pass", rounds=9),
        "kyogyo --help": startup.command_seconds("-m", "kyogyo", "--help", rounds=9),
        "kyogyo demo": startup.command_seconds("-m", "kyogyo", "demo", rounds=3, folder=folder),
    }


def _imports(folder: Path, *, seed: int) -> dict[str, Any]:
    import startup  # noqa: PLC0415 -- not in the memory of the other probes

    startup.write_events(folder / "events.csv", rows=IMPORT_ROWS, seed=seed)
    startup.write_deals(folder / "deals.csv", rows=IMPORT_ROWS // 4, seed=seed)
    return {
        name: _run_probe("import_file", folder, file=name) for name in ("events.csv", "deals.csv")
    }


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cores": os.cpu_count(), "memory_gib": round(memory), "load_average": os.getloadavg()}


def _size(events: int) -> str:
    return f"{events // 1_000_000}M" if events >= 1_000_000 else f"{events // 1_000}k"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure Kyogyo against SQL by hand, data frames and the bare scan."
    )
    parser.add_argument(
        "--events",
        type=int,
        default=1_000_000,
        help="1_000_000, 10_000_000 or 100_000_000 (default: %(default)s)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="timed answers of each contestant (default: %(default)s)",
    )
    parser.add_argument("--only", nargs="+", choices=[*CONTESTANTS, *OTHERS], metavar="PART",
                        help=f"only some, and nothing is kept: {' '.join([*CONTESTANTS, *OTHERS])}")  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--folder", type=Path, help="where the temporary folder goes; 10 million events need 3 GB"
    )
    for hidden in ("probe", "contestant", "file"):
        parser.add_argument(f"--{hidden}", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
