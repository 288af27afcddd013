"""The benchmarks compare like with like: every contestant gives the same answers. No timings here."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
ANSWERING = ("sql", "pandas", "polars", "kernel")


@pytest.fixture(scope="module")
def scripts() -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the benchmarks, which are scripts and no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module


@pytest.fixture(scope="module")
def folder(scripts: Callable[[str], ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some ten thousand simulated events, derived."""
    made = tmp_path_factory.mktemp("benchmark")
    data: ModuleType = scripts("data")
    data.make_data(made, events=10_000, seed=5)
    data.derive_all(made)
    return made


@pytest.mark.parametrize("name", ANSWERING)
def test_answers_are_the_same_by_every_contestant(
    scripts: Callable[[str], ModuleType], folder: Path, name: str
) -> None:
    facts = scripts("data").read_facts(folder)
    questions: ModuleType = scripts("five_questions")
    ours = scripts("by_kyogyo").open_questions(folder, facts)
    theirs = scripts(f"by_{name}").open_questions(folder, facts)
    assert set(ours) == set(questions.TITLES)
    assert set(theirs) == ({"stay"} if name == "kernel" else set(ours))
    differing = [q for q in theirs if not questions.same(q, ours[q](), theirs[q](), facts=facts)]
    assert differing == []


def test_scan_reads_only_columns_that_exist(
    scripts: Callable[[str], ModuleType], folder: Path
) -> None:
    facts = scripts("data").read_facts(folder)
    scans = scripts("by_scan").open_questions(folder, facts)
    assert {q: len(scan()) for q, scan in scans.items()} == {
        "funnel": 11,
        "stay": 5,
        "stock": 5,
        "moves": 3,
        "wins": 4,
    }


def test_same_tells_answers_apart(scripts: Callable[[str], ModuleType]) -> None:
    questions: ModuleType = scripts("five_questions")
    facts = questions.Facts(
        events=3, journeys=2, mature_month=24_300, first_day=19_000, last_day=19_003
    )
    one = {"owner": np.array([1, 2]), "n": np.array([5, 6]), "won": np.array([1, 1])}
    turned = {name: column[::-1] for name, column in one.items()}
    other = one | {"won": np.array([1, 2])}
    assert questions.same("wins", one, turned, facts=facts)
    assert not questions.same("wins", one, other, facts=facts)
    # A balance holds until it changes; where it is left out, it is the one of the day before.
    full = {
        "stage": np.array([1, 1, 1, 1]),
        "day": np.arange(19_000, 19_004),
        "balance": np.array([2, 2, 1, 1]),
    }
    sparse = {name: column[[0, 2]] for name, column in full.items()}
    assert questions.same("stock", full, sparse, facts=facts)
    assert not questions.same("stock", full, sparse | {"balance": np.array([2, 2])}, facts=facts)


def test_increments_end_like_a_rebuild(scripts: Callable[[str], ModuleType], folder: Path) -> None:
    found = scripts("maintenance").increments(folder, batches=2, size=50, seed=1)
    assert found["equal_to_rebuild"] is True
    assert len(found["wall_s"]) == 2
    assert not (folder / "increments.duckdb").exists()


def test_results_become_tables(scripts: Callable[[str], ModuleType]) -> None:
    kept = sorted(BENCHMARKS.glob("results-*.json"))
    for path in kept:
        text = scripts("tables").as_markdown(json.loads(path.read_text(encoding="utf-8")))
        assert text.count("| full derivation |") == 1
