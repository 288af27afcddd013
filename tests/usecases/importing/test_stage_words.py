from __future__ import annotations

import pytest

from kyogyo.revenue_model import Source, default_model
from kyogyo.usecases.importing.stage_words import IGNORED, folded, stage_words

MODEL = default_model()
SOURCE = Source.model_validate(
    {
        "name": "log",
        "file": "log.csv",
        "shape": "events",
        "columns": {"journey": "id", "stage": "stage", "at": "at"},
        "stage_values": {"Lost": "no_decision", "済": "won"},
        "ignore_values": ["Note Added"],
    }
)


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("mql", "mql"),
        ("ＭＱＬ", "mql"),
        ("In conversation", "qualifying"),
        ("in_conversation", "qualifying"),
        ("会話中", "qualifying"),
        (" 受注 ", "won"),
        ("済", "won"),
        ("Lost", "no_decision"),
        ("LOST", "no_decision"),
    ],
)
def test_word_means_the_stage_of_its_mapping_code_or_label(word: str, stage: str) -> None:
    assert stage_words(source=SOURCE, model=MODEL).meaning(word) == MODEL.stage_number(stage)


def test_word_may_be_empty_or_ignored() -> None:
    words = stage_words(source=SOURCE, model=MODEL)

    assert [words.meaning(word) for word in ("", "  ", "note-added")] == [0, 0, IGNORED]


@pytest.mark.parametrize(
    ("word", "near"), [("Disqualifed", "disqualified"), ("受注済み", "受注"), ("☃☃☃", "")]
)
def test_unknown_word_is_said_with_the_nearest(word: str, near: str) -> None:
    found = stage_words(source=SOURCE, model=MODEL).meaning(word)

    assert not isinstance(found, int)
    assert found.en.startswith(f'"{word}" is no stage that the mapping or the model knows.')
    assert near.casefold() in found.en.casefold()


def test_folding_overlooks_width_case_and_joints_only() -> None:
    assert folded(" Closed-Won ") == folded("ＣＬＯＳＥＤ＿ＷＯＮ") == folded("closed won")
    assert folded("closed") != folded("closed won")
    assert folded("--") == "--"
