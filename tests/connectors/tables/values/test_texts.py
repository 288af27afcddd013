from __future__ import annotations

import pytest

from kyogyo.connectors.tables.values import fold_key, normalise_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Deal Stage", " deal  stage "),
        ("ＤＥＡＬ", "deal"),
        ("ﾌﾟﾗﾝ", "プラン"),
        ("会社　名", "会社 名"),
        ("Straße", "STRASSE"),
    ],
)
def test_fold_key_overlooks_what_the_eye_does(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other)


def test_fold_key_tells_different_words_apart() -> None:
    assert fold_key("リード") != fold_key("リ一ド")


@pytest.mark.parametrize(
    ("cell", "kept"), [(" 0012 ", "0012"), ("　Ａ１　", "Ａ１"), ("a  b", "a  b")]
)
def test_normalise_text_only_trims(cell: str, kept: str) -> None:
    assert normalise_text(cell) == kept
